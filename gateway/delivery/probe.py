"""What a server can do for a delivery, tried for real with two small files that are removed again."""

import secrets
from dataclasses import dataclass
from io import BytesIO

from gateway.delivery import pump
from gateway.delivery.errors import RefusedError
from gateway.delivery.remote import CREATE, READ, Remote, join
from gateway.delivery.session import Session

_TRIAL = bytes(range(256)) * 2048
"""512 KiB: two writes and reads of the largest size that deliveries use, so that a server that can't take what it says
is found out here."""
_LARGEST = 1 << 10
"""SSH packets of a write: more than any server takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A server as found: the login worked. ``free`` in bytes, None when unknown. ``fsync``: offered and working.
    ``longest_write``: bytes that it takes at once.

    ``rename_refuses``: plain rename leaves an existing file alone; None when it could not be tried."""

    server: str
    host_key: str
    cipher: str
    folder: str
    writable: bool
    readable: bool
    free: int | None
    fsync: bool
    longest_write: int
    rename_refuses: bool | None

    @property
    def fit(self) -> bool:
        """Whether packages can be delivered there with proof."""
        return self.writable and self.readable and self.rename_refuses is True


def probe(session: Session, folder: str = "/inbox") -> Probe:
    """Tries ``folder`` and reports. Raises LinkError when the line fails; what the server refuses is in the result."""
    with session.within(4 * len(_TRIAL)):
        return _probe(session, folder)


def _probe(session: Session, folder: str) -> Probe:
    remote, token = session.remote, secrets.token_hex(4)
    first, second = (join(folder, f".probe.{token}.{number}.part") for number in (1, 2))
    try:
        writable, fsync = _write(remote, first)
        readable = writable and _reads_back(remote, first)
        refuses = _refuses(remote, first, second) if writable and _write(remote, second)[0] else None
    finally:
        for path in (first, second):
            _remove(remote, path)
    return Probe(
        server=session.server,
        host_key=session.host_key.fingerprint,
        cipher=session.cipher,
        folder=folder,
        writable=writable,
        readable=readable,
        free=remote.free(folder),
        fsync=fsync,
        longest_write=remote.longest_write,
        rename_refuses=refuses,
    )


def _write(remote: Remote, path: str) -> tuple[bool, bool]:
    """(written, flushed)."""
    try:
        with remote.open(path, CREATE) as handle:
            pump.write(
                remote.wire,
                handle,
                path,
                BytesIO(_TRIAL),
                at=0,
                end=len(_TRIAL),
                longest=remote.longest_write,
                acknowledged=lambda done: None,
                first=_LARGEST,
            )
            try:
                return True, remote.fsync(handle, path)
            except RefusedError:
                return True, False
    except RefusedError:
        return False, False


def _reads_back(remote: Remote, path: str) -> bool:
    try:
        with remote.open(path, READ) as handle:
            return (
                b"".join(pump.read(remote.wire, handle, path, size=len(_TRIAL), longest=remote.longest_read)) == _TRIAL
            )
    except RefusedError:
        return False


def _refuses(remote: Remote, old: str, new: str) -> bool | None:
    """Whether renaming ``old`` to the existing ``new`` fails and leaves both; None when no rename works at all."""
    try:
        remote.rename(old, new)
    except RefusedError:
        both = remote.stat(old) is not None and remote.stat(new) is not None
    else:
        return False
    if not both:
        return False
    remote.remove(new)
    try:
        remote.rename(old, new)
    except RefusedError:
        return None
    return True


def _remove(remote: Remote, path: str) -> None:
    try:
        if remote.stat(path) is not None:
            remote.remove(path)
    except RefusedError:
        return
