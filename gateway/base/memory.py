"""Memory that is not needed any more goes back to the machine between the stages of a run.

Arrow's own allocator and one heap a thread keep what they once had; on the system's allocator and a single heap a month
on two million rows peaks at two thirds (``make bench``). Figures do not depend on any of it."""

import atexit
import ctypes
import gc
import os
import sys

_M_ARENA_MAX = -8  # mallopt(3), glibc
_THRESHOLDS = (50_000, 20, 100)
"""The libraries' half a million objects are looked through for cycles seldom: a run makes few of its own."""

_state = {"frugal": False}


def frugal() -> None:
    """One heap for the whole process, Arrow's buffers included. Works only before Arrow is imported, and on glibc;
    elsewhere nothing changes."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
    gc.set_threshold(*_THRESHOLDS)
    _state["frugal"] = True


def without_pandas() -> None:
    """Arrow looks for pandas when it makes its first array, to convert from it: 50 MB and a quarter of a second, for
    nothing where nothing is converted. Here it finds none, for as long as the process lives; only in a process that is
    frugal and has not loaded it. Whoever imports pandas itself still gets it."""
    if not _state["frugal"] or "pandas" in sys.modules:
        return
    import pyarrow as pa

    finder = _Refused()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([])  # it looks once
    finally:
        sys.meta_path.remove(finder)


class _Refused:
    """Finds everything but pandas."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Raises ImportError for pandas; leaves the rest to others."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def release() -> None:
    """Gives back what is free; with glibc this trims the heap of the whole process. Loads nothing for it."""
    gc.collect()  # an engine that was let go is often part of a cycle
    gc.freeze()  # what is left is mostly the libraries' code; looking through it again took a tenth of a second a stage
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


atexit.register(gc.unfreeze)  # an interpreter that ends looks through everything
