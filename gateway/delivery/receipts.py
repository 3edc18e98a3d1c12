"""What lies on the server: names, the bytes of one small file, and the removal of a file that was only a trial."""

from enum import StrEnum

from gateway.base.errors import ConfigurationError
from gateway.delivery import pump
from gateway.delivery.errors import ContentError
from gateway.delivery.publish import check_name, is_plain, part_name
from gateway.delivery.remote import READ, join
from gateway.delivery.session import Session

LARGEST = 16 << 20
"""Receipts are a few KB; whatever is larger than 16 MiB is none."""

_RELEASE = "LGTJ_"
"""How the files of every release begin (gateway.model.release.ReleaseId)."""


def list_names(session: Session, *, folder: str = "/receipts") -> tuple[str, ...]:
    """The plain files in ``folder``, sorted; hidden ones, folders, links and odd names are left out."""
    with session.within(0):
        names = session.remote.names(folder)
    return tuple(sorted(name for name, what in names if what.regular and is_plain(name)))


class Where(StrEnum):
    """Where a file that was proved is now: under its name, still under its part's name, or neither."""

    NAMED = "named"
    PART = "part"
    GONE = "gone"


def find(session: Session, name: str, sha256: str, *, folder: str) -> Where:
    """Looks for ``name`` and for its part. Raises RefusedError when the server does not say, LinkError."""
    check_name(name)
    with session.within(0):
        if session.remote.stat(join(folder, name)) is not None:
            return Where.NAMED
        part = session.remote.stat(join(folder, part_name(name, sha256)))
        return Where.GONE if part is None else Where.PART


def fetch(session: Session, name: str, *, folder: str = "/receipts", largest: int = LARGEST) -> bytes:
    """The bytes of ``name`` in ``folder``. Raises ContentError when it is larger than ``largest`` or changes meanwhile,
    RefusedError when it is not there, LinkError when the line fails."""
    check_name(name)
    path, remote = join(folder, name), session.remote
    with session.within(largest), remote.open(path, READ) as handle:
        size = remote.size(handle, path)
        if size is None or size > largest:
            raise ContentError(f"{path} 过大，不是回执", f"{path} is too large for a receipt")
        data = b"".join(pump.read(remote.wire, handle, path, size=size, longest=remote.longest_read))
        if remote.size(handle, path) != size:
            raise ContentError(f"{path} 正在被写入", f"{path} is being written")
    return data


def remove(session: Session, name: str, *, folder: str) -> bool:
    """Removes a trial's file; False when it is not there. A release's file is never removed: ConfigurationError."""
    check_name(name)
    if name.startswith(_RELEASE):
        raise ConfigurationError(
            "已发布的文件不得删除", "a published file is never removed", next="gateway recall / gateway supersede"
        )
    path = join(folder, name)
    if session.remote.stat(path) is None:
        return False
    session.remote.remove(path)
    return True
