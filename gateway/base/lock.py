"""One command at a time: an advisory lock on a file, let go when the process ends however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.base.errors import ConfigurationError


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds the lock at ``path``. Raises ConfigurationError at once when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                "另一个 gateway 命令正在处理本部署",
                "another gateway command is at work on this deployment",
                safe=("本命令没有做任何改动", "this command changed nothing"),
                next=("等它结束后运行同一命令", "run the same command again when it has ended"),
            ) from error
        yield
