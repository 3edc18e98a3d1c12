"""A server that refuses, is full, or loses data without a word: the call fails, and the final name does not appear."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from gateway.base import sshsig
from gateway.base.errors import Exit, TransferError
from gateway.delivery import ContentError, LinkError, Patience, Proof, RefusedError, SpaceError, publish
from gateway.delivery.errors import Status
from gateway.demo.server import local_server
from tests.delivery.places import Place
from tests.servers import Sshd, key_exchanges, small_disk, sshd

NAME = "LGTJ_220300_LHYG_202610_M_R01.zip"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "package"
    path.write_bytes(random.Random(7).randbytes(2_000_000))
    return path


def place_of(server: Sshd) -> Place:
    return Place(
        host=server.host,
        port=server.port,
        user=server.user,
        key=server.private_key,
        known_hosts=server.known_hosts,
        inbox=str(server.folder),
        local=server.folder,
    )


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ("-R", Status.PERMISSION_DENIED),
        ("-P open", Status.PERMISSION_DENIED),
        ("-P write", Status.PERMISSION_DENIED),
        ("-P close", Status.PERMISSION_DENIED),
        ("-P rename", Status.PERMISSION_DENIED),
        ("-P read", Status.PERMISSION_DENIED),  # an inbox that can't be read can't be proved to hold anything
        ("-P lstat", Status.PERMISSION_DENIED),
    ],
)
def test_what_the_server_forbids_is_an_error(tmp_path: Path, package: Path, options: str, status: Status) -> None:
    told: list[Proof] = []
    with sshd(tmp_path / "sshd", sftp_options=options) as server:
        place = place_of(server)
        with place.login() as session, pytest.raises(RefusedError) as caught:
            publish(session, package, NAME, folder=place.inbox, proved=told.append)
        assert NAME not in place.names
    assert (caught.value.status, caught.value.exit) == (status, Exit.TRANSFER)
    assert len(told) == (options == "-P rename")


def test_flushing_is_not_claimed_where_it_is_not_offered(tmp_path: Path, package: Path) -> None:
    with sshd(tmp_path / "sshd", sftp_options="-P fsync") as server:
        place = place_of(server)
        with place.login() as session:
            if session.remote.has_fsync:  # offered, but forbidden: then it has to be an error
                with pytest.raises(RefusedError):
                    publish(session, package, NAME, folder=place.inbox)
            else:
                assert not publish(session, package, NAME, folder=place.inbox).flushed


@pytest.mark.parametrize("size", [1_000_000, 1_048_576, 1_990_000])
def test_a_full_disk_never_gives_a_name(tmp_path: Path, package: Path, size: int) -> None:
    """The disk runs full while writing: statvfs is denied, so that nothing warns beforehand."""
    folder, wrapper, _ = small_disk(tmp_path, size)
    told: list[Proof] = []
    with sshd(tmp_path / "sshd", folder=folder, sftp_options="-P statvfs", wrapper=wrapper) as server:
        place = place_of(server)
        with place.login() as session:
            with pytest.raises(TransferError):
                publish(session, package, NAME, folder=place.inbox, proved=told.append)
            names = [name for name, _ in session.remote.names(place.inbox)]
    assert NAME not in names
    assert told == []


def test_a_disk_that_fills_up_meanwhile_is_named_and_then_resumed(tmp_path: Path, package: Path) -> None:
    folder, wrapper, own_disk = small_disk(tmp_path, 3_000_000)
    filler = tmp_path / "filler"
    filler.write_bytes(bytes(2_000_000))
    with sshd(tmp_path / "sshd", folder=folder, wrapper=wrapper) as server:
        place = place_of(server)
        with place.login() as session:
            publish(session, filler, "filler", folder=place.inbox)
            if not own_disk:
                return
            with pytest.raises(SpaceError) as caught:
                publish(session, package, NAME, folder=place.inbox)
            assert "2000000 bytes are needed" in caught.value.en
            session.remote.remove(f"{place.inbox}/filler")
            assert not publish(session, package, NAME, folder=place.inbox).already
            with pytest.raises(SpaceError):
                publish(session, package, "second.zip", folder=place.inbox)


def test_new_keys_in_the_middle_of_a_transfer_are_borne(tmp_path: Path) -> None:
    """The server asks for a new key exchange after every megabyte, with dozens of requests in flight."""
    path = tmp_path / "package"
    path.write_bytes(random.Random(8).randbytes(12_000_000))
    with sshd(tmp_path / "sshd", config=["RekeyLimit 1M", "LogLevel DEBUG1"]) as server:
        place = place_of(server)
        with place.login(Patience(reply=20)) as session:
            publish(session, path, NAME, folder=place.inbox)
        assert place.at(NAME).read_bytes() == path.read_bytes()
    assert key_exchanges(tmp_path / "sshd" / "log") > 20


class Files(asyncssh.SFTPServer):  # type: ignore[misc]  # asyncssh is not followed
    """The demo's server with a folder as root; what is wrong with it stands in the subclasses."""

    root: Path

    def __init__(self, channel: Any) -> None:
        super().__init__(channel, chroot=str(self.root).encode())


class DropsOneWrite(Files):
    """Says yes and writes nothing, once: a full disk behind a careless cache."""

    def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
        return len(data) if 1_000_000 <= offset < 1_060_000 else super().write(file_obj, offset, data)


class DropsTheEnd(Files):
    """The silent loss on a full disk: the last bytes are not there, every answer is yes."""

    def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
        return len(data) if offset > 1_900_000 else super().write(file_obj, offset, data)


class ChangesAByte(Files):
    """The size is right, one bit is not."""

    def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
        return super().write(file_obj, offset, bytes([data[0] ^ 1]) + data[1:] if offset else data)


class FailsToClose(Files):
    """Reports the loss where network file systems do: at the close."""

    def close(self, file_obj: Any) -> Any:
        super().close(file_obj)
        raise asyncssh.SFTPFailure("no space")


class FailsToFlush(Files):
    """Can't bring the bytes to the disk."""

    def fsync(self, file_obj: Any) -> Any:
        raise asyncssh.SFTPFailure("no space")


class FailsOneWrite(Files):
    """One refused write among many in flight."""

    def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
        if offset > 500_000:
            raise asyncssh.SFTPFailure("no space")
        return super().write(file_obj, offset, data)


class ReadsTooLittle(Files):
    """Says the right size and gives less."""

    def read(self, file_obj: Any, offset: int, size: int) -> Any:
        return b"" if offset >= 1_500_000 else super().read(file_obj, offset, size)


class ReadsTooMuch(Files):
    """Answers more than was asked for."""

    def read(self, file_obj: Any, offset: int, size: int) -> Any:
        return super().read(file_obj, offset, size) + b"x"


class ShortReads(Files):
    """Allowed: fewer bytes than asked for, whenever it likes."""

    def read(self, file_obj: Any, offset: int, size: int) -> Any:
        return super().read(file_obj, offset, 1 + (offset * 7919) % size)


class NoSpaceLeft(Files):
    """Tells beforehand that there is no room."""

    def statvfs(self, path: bytes) -> Any:
        return asyncssh.SFTPVFSAttrs(bsize=4096, frsize=4096, blocks=1000, bfree=1000, bavail=1)


class NoStatvfs(Files):
    """Offers statvfs and then refuses it."""

    def statvfs(self, path: bytes) -> Any:
        raise asyncssh.SFTPFailure("no")


@contextmanager
def serving(kind: type[Files], root: Path) -> Iterator[Place]:
    root.mkdir()
    key = sshsig.generate_key()
    files: Callable[[Any], Any] = type(kind.__name__, (kind,), {"root": root})
    with local_server(root, [sshsig.public_line(key)], files=files) as server:
        yield Place(
            host=server.host,
            port=server.port,
            user="platform",
            key=key,
            known_hosts=server.known_hosts,
            inbox="/",
            local=root,
        )


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (DropsOneWrite, ContentError),
        (DropsTheEnd, ContentError),
        (ChangesAByte, ContentError),
        (FailsToClose, RefusedError),
        (FailsToFlush, RefusedError),
        (FailsOneWrite, RefusedError),
        (ReadsTooLittle, ContentError),
        (ReadsTooMuch, ContentError),
        (NoSpaceLeft, SpaceError),
    ],
)
def test_loss_is_caught(tmp_path: Path, package: Path, kind: type[Files], error: type[TransferError]) -> None:
    told: list[Proof] = []
    with serving(kind, tmp_path / "root") as place:
        with place.login() as session, pytest.raises(error) as caught:
            publish(session, package, NAME, folder="/", proved=told.append)
        assert not place.at(NAME).exists()
    assert told == []
    assert not isinstance(caught.value, LinkError)  # repetition does not help
    assert caught.value.safe
    assert caught.value.next


@pytest.mark.parametrize("kind", [ShortReads, NoStatvfs])
def test_what_a_server_may_do_is_borne(tmp_path: Path, package: Path, kind: type[Files]) -> None:
    small = tmp_path / "small"
    small.write_bytes(package.read_bytes()[:300_000])
    with serving(kind, tmp_path / "root") as place, place.login() as session:
        publish(session, small, NAME, folder="/")
        assert place.at(NAME).read_bytes() == small.read_bytes()


def test_after_a_loss_the_next_call_repairs(tmp_path: Path, package: Path) -> None:
    root = tmp_path / "root"
    with serving(DropsOneWrite, root) as place, place.login() as session, pytest.raises(ContentError):
        publish(session, package, NAME, folder="/")
    healthy = tmp_path / "healthy"
    with serving(Files, healthy) as place:
        for left in root.iterdir():
            left.rename(healthy / left.name)
        with place.login() as session:
            assert 900_000 < publish(session, package, NAME, folder="/").resumed < 1_060_000
        assert place.at(NAME).read_bytes() == package.read_bytes()
