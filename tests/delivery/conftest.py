"""Two real servers, OpenSSH and asyncssh; every test has a folder of its own on each."""

import itertools
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from gateway.base import sshsig
from gateway.delivery import Endpoint, Session, open_session
from gateway.demo.server import LocalServer, local_server
from tests.servers import sshd


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder on a server: ``inbox`` as the server names it, ``local`` as this machine does."""

    host: str
    port: int
    user: str
    key: bytes
    known_hosts: str
    inbox: str
    local: Path

    def login(self, **more: Any) -> Session:
        endpoint = Endpoint(host=self.host, port=self.port, user=self.user)
        return open_session(endpoint, self.key, self.known_hosts, **more)

    def through(self, port: int) -> "Place":
        """The same place behind a proxy at ``port``."""
        known_hosts = self.known_hosts.replace(f":{self.port} ", f":{port} ")
        return replace(self, port=port, known_hosts=known_hosts)

    def at(self, name: str) -> Path:
        return self.local / name

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.local.iterdir())


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are looked at in one language, whoever runs the tests."""
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="session")
def openssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield Place(
            host=server.host,
            port=server.port,
            user=server.user,
            key=server.private_key,
            known_hosts=server.known_hosts,
            inbox=str(server.folder),
            local=server.folder,
        )


@pytest.fixture(scope="session")
def asyncssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """In a process of its own, as in life: in this one it would share the interpreter with what is tested."""
    root = tmp_path_factory.mktemp("asyncssh")
    key = sshsig.generate_key()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(root, sshsig.public_line(key), theirs), daemon=True)
    process.start()
    server: LocalServer = ours.recv()
    try:
        yield Place(
            host=server.host,
            port=server.port,
            user="platform",
            key=key,
            known_hosts=server.known_hosts,
            inbox="/",
            local=root,
        )
    finally:
        ours.send("stop")
        process.join(10)


def _serve(root: Path, authorized: str, line: Connection) -> None:
    with local_server(root, [authorized]) as server:
        line.send(server)
        line.recv()


_numbers = itertools.count()


def _own_folder(place: Place) -> Place:
    name = f"inbox-{next(_numbers)}"
    (place.local / name).mkdir()
    return replace(place, inbox=f"{place.inbox.rstrip('/')}/{name}", local=place.local / name)


@pytest.fixture
def openssh(openssh_server: Place) -> Place:
    return _own_folder(openssh_server)


@pytest.fixture(params=["openssh", "asyncssh"])
def place(request: pytest.FixtureRequest) -> Place:
    server: Place = request.getfixturevalue(f"{request.param}_server")
    return _own_folder(server)
