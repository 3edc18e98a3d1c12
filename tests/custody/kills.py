"""A command that is killed: in a child process, at the n-th step that reaches the disk, before, within or after it.

Counted are what custody and its ledger do to files: create, write, flush, rename, remove, and each entry's commit."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.ledger import Ledger

KILLED, DONE, FAILED = 9, 0, 7
_STEPS = ("fsync", "replace", "unlink", "rmdir", "mkdir")


def killed_at(step: int, action: Callable[[], Any], *, after: bool) -> bool:
    """Runs ``action`` in a child that is killed at its ``step``-th step, just before or just after it; whether it was.

    Raises AssertionError when the child failed by itself."""
    child = os.fork()
    if child == 0:
        try:
            _arm(step, after)
            action()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(FAILED)
        os._exit(DONE)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (KILLED, DONE), f"the child failed at step {step}"
    return status == KILLED


def _arm(step: int, after: bool) -> None:
    left = [step]

    def counted(function: Callable[..., Any], half: Callable[..., Any] | None = None) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and not after:
                if half:
                    half(*args, **kwargs)
                os._exit(KILLED)
            result = function(*args, **kwargs)
            if left[0] == 0:
                os._exit(KILLED)
            return result

        return run

    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))
    write = Path.write_bytes

    def half_written(path: Path, data: bytes) -> None:
        write(path, data[: len(data) // 2])

    Path.write_bytes = counted(write, half_written)  # type: ignore[method-assign]
    Ledger.append = counted(Ledger.append)  # type: ignore[method-assign]
