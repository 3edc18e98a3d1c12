"""Files that are whole or absent: written beside their place, flushed to the disk, then renamed."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE = 0o600


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
