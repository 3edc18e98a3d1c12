"""Files that are gone for good, as far as software can say it: overwritten, flushed, cut to nothing, removed, flushed.

On a disk that writes elsewhere than where it is told (flash, copy-on-write, snapshots) old blocks may outlive this;
what must not outlive it is therefore stored encrypted, and its key is what is shredded (NIST SP 800-88, 2.6)."""

import os
import secrets
from pathlib import Path

from gateway.base.canonical import BLOCK
from gateway.base.files import sync


def shred(path: Path) -> bool:
    """Removes the file at ``path`` after overwriting it; whether there was one. A link is removed, not followed."""
    if path.is_symlink():
        path.unlink()
        sync(path.parent)
        return True
    if not path.exists():
        return False
    with path.open("r+b", buffering=0) as stream:
        left = os.fstat(stream.fileno()).st_size
        while left > 0:
            left -= stream.write(secrets.token_bytes(min(left, BLOCK)))
        os.fsync(stream.fileno())
        stream.truncate(0)
        os.fsync(stream.fileno())
    path.unlink()
    sync(path.parent)
    return True


def shred_folder(folder: Path) -> int:
    """Removes a folder and all below it, hidden and half-written files included; how many files there were."""
    if not folder.is_dir() or folder.is_symlink():
        return 0
    count = 0
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            count += shred_folder(path)
        else:
            count += shred(path)
    folder.rmdir()
    sync(folder.parent)
    return count
