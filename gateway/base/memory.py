"""Memory that is not needed any more goes back to the machine between the stages of a run.

Arrow's own allocator and one heap a thread keep what they once had; on the system's allocator and a single heap a month
on two million rows peaks at two thirds (``make bench``). Figures do not depend on any of it."""

import atexit
import ctypes
import gc
import os

_M_ARENA_MAX = -8  # mallopt(3), glibc
_THRESHOLDS = (50_000, 20, 100)
"""The libraries' half a million objects are looked through for cycles seldom: a run makes few of its own."""


def frugal() -> None:
    """One heap for the whole process, Arrow's buffers included. Works only before Arrow is imported, and on glibc;
    elsewhere nothing changes."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
    gc.set_threshold(*_THRESHOLDS)


def release() -> None:
    """Gives back what is free; with glibc this trims the heap of the whole process."""
    import pyarrow as pa

    gc.collect()  # an engine that was let go is often part of a cycle
    gc.freeze()  # what is left is mostly the libraries' code; looking through it again took a tenth of a second a stage
    pa.default_memory_pool().release_unused()


atexit.register(gc.unfreeze)  # an interpreter that ends looks through everything
