"""The doctor is told what the server really does, and nothing is left behind."""

from pathlib import Path
from typing import Any

import pytest

from gateway.delivery import probe, publish, wire
from gateway.delivery.wire import Wire
from tests.delivery.places import Place, openssh_place
from tests.delivery.test_refusals import Files, place_of, serving
from tests.servers import sshd


def test_a_good_server_is_fit(place: Place) -> None:
    with place.login() as session:
        found = probe(session, place.inbox)
    assert (found.writable, found.readable, found.fsync, found.rename_refuses, found.fit) == (True,) * 5
    assert found.free is not None
    assert found.free > 0
    assert found.host_key.startswith("SHA256:")
    assert found.server.startswith("SSH-2.0-")
    assert place.names == []


@pytest.mark.parametrize(
    ("options", "writable", "readable", "rename_refuses"),
    [
        ("-R", False, False, None),
        ("-P write", False, False, None),
        ("-P read", True, False, True),
        ("-P rename", True, True, None),
    ],
)
def test_what_is_forbidden_shows(
    tmp_path: Path, options: str, writable: bool, readable: bool, rename_refuses: bool | None
) -> None:
    with sshd(tmp_path, sftp_options=options) as server:
        place = place_of(server)
        with place.login() as session:
            found = probe(session, place.inbox)
        assert (found.writable, found.readable, found.rename_refuses) == (writable, readable, rename_refuses)
        assert not found.fit
        assert [name for name in place.names if (place.at(name)).stat().st_size] == []


def test_a_folder_that_is_not_there_is_not_fit(place: Place) -> None:
    with place.login() as session:
        assert not probe(session, place.inbox + "/absent").fit


class Overwrites(Files):
    """Plain rename replaces what is there, as some servers do."""

    def rename(self, oldpath: bytes, newpath: bytes) -> Any:
        return self.posix_rename(oldpath, newpath)


class Mangles(Files):
    """What is read is not what was written."""

    def read(self, file_obj: Any, offset: int, size: int) -> Any:
        return bytes(len(super().read(file_obj, offset, size)))


def test_a_server_that_overwrites_is_found_out(tmp_path: Path) -> None:
    with serving(Overwrites, tmp_path / "root") as place, place.login() as session:
        found = probe(session, "/")
        assert (found.rename_refuses, found.fit, place.names) == (False, False, [])


def test_a_server_that_mangles_is_found_out(tmp_path: Path) -> None:
    with serving(Mangles, tmp_path / "root") as place, place.login() as session:
        found = probe(session, "/")
        assert (found.readable, found.fit, place.names) == (False, False, [])


@pytest.mark.parametrize(("options", "at_once"), [("", 261_120), ("-P limits", 32_768)])
def test_a_server_that_tells_no_limits_gets_writes_that_every_server_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str, at_once: int
) -> None:
    sizes: list[int] = []
    ask = Wire.ask

    def counted(line: Wire, kind: int, *body: bytes) -> int:
        if kind == wire.WRITE:
            sizes.append(len(body[-1]))
        return ask(line, kind, *body)

    monkeypatch.setattr(Wire, "ask", counted)
    (tmp_path / "package").write_bytes(bytes(3_000_000))
    with openssh_place(tmp_path / "sshd", sftp_options=options) as place, place.login() as session:
        assert session.remote.longest_write == session.remote.longest_read == at_once
        publish(session, tmp_path / "package", "package", folder=place.inbox)
    assert max(sizes) == (228_899 if at_once == 261_120 else 32_675)
