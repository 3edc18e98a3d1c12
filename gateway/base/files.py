"""Files that are whole or absent: written beside their place, flushed to the disk, then renamed."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

PRIVATE = 0o600
LEFT_ALONE = timedelta(days=2)
"""How old a half-written file must be to be swept away: nobody writes for so long, and clocks may be a day off."""
_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part")
"""What ``staged`` calls a file until it is whole."""


def write_atomic(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Puts ``data`` at ``path`` so that a reader, or a crash at any moment, sees the old file or the whole new one."""
    with staged(path, mode=mode) as part:
        part.write_bytes(data)


@contextmanager
def staged(path: Path, *, mode: int = 0o644) -> Iterator[Path]:
    """A temporary path beside ``path``; on success its file is flushed and renamed into place, otherwise removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        os.close(descriptor)
        yield part
        sync(part)
        part.replace(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def sweep(folder: Path, before: datetime) -> int:
    """Removes what killed processes have left half-written below ``folder`` since before then; how many files.

    Only ``staged``'s own names; ``before`` leaves out what another process may still be writing."""
    left = [path for path in folder.rglob(".*.part") if is_half_written(path) and _changed(path) < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def is_half_written(path: Path) -> bool:
    """Whether ``path`` is, by its name, what a killed write has left or another is writing: nothing that counts yet."""
    return _PART.fullmatch(path.name) is not None


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.lstat().st_mtime, tz=UTC)


def sync(path: Path) -> None:
    """Flushes a file or folder to the disk. Windows flushes only what is open for writing, and no folders."""
    windows = os.name == "nt"
    if windows and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if windows else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
