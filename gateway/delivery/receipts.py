"""What the bureau has put down for us: names, and the bytes of one small file. Whether they are true is for others."""

from gateway.delivery import pump
from gateway.delivery.errors import ContentError
from gateway.delivery.publish import check_name, is_plain
from gateway.delivery.remote import READ, join
from gateway.delivery.session import Session

LARGEST = 16 << 20
"""Receipts are a few KB; whatever is larger than 16 MiB is none."""


def list_names(session: Session, *, folder: str = "/receipts") -> tuple[str, ...]:
    """The plain files in ``folder``, sorted; hidden ones, folders, links and odd names are left out."""
    return tuple(sorted(name for name, what in session.remote.names(folder) if what.regular and is_plain(name)))


def fetch(session: Session, name: str, *, folder: str = "/receipts", largest: int = LARGEST) -> bytes:
    """The bytes of ``name`` in ``folder``. Raises ContentError when it is larger than ``largest`` or changes meanwhile,
    RefusedError when it is not there, LinkError when the line fails."""
    check_name(name)
    path, remote = join(folder, name), session.remote
    with remote.open(path, READ) as handle:
        size = remote.size(handle, path)
        if size is None or size > largest:
            raise ContentError(f"{path} 过大,不是回执", f"{path} is too large for a receipt")
        data = b"".join(pump.read(remote.wire, handle, path, size=size))
        if remote.size(handle, path) != size:
            raise ContentError(f"{path} 正在被写入", f"{path} is being written")
    return data
