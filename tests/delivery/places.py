"""Folders on two real servers, OpenSSH's sshd and asyncssh's, and how to log in there."""

import itertools
import logging
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gateway.base import sshsig
from gateway.delivery import Endpoint, Patience, Session, open_session
from gateway.demo.server import LocalServer, local_server
from tests.servers import sshd


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder on a server: ``inbox`` as the server names it, ``local`` as this machine does; ``pid``: the server's."""

    host: str
    port: int
    user: str
    key: bytes
    known_hosts: str
    inbox: str
    local: Path
    pid: int = 0

    def login(self, patience: Patience | None = None) -> Session:
        endpoint = Endpoint(host=self.host, port=self.port, user=self.user)
        return open_session(endpoint, self.key, self.known_hosts, patience=patience or Patience())

    def through(self, port: int) -> "Place":
        """The same place behind a proxy at ``port``."""
        known_hosts = self.known_hosts.replace(f":{self.port} ", f":{port} ")
        return replace(self, port=port, known_hosts=known_hosts)

    def below(self, name: str) -> "Place":
        """A folder in this one, made if it is absent."""
        (self.local / name).mkdir(exist_ok=True)
        return replace(self, inbox=f"{self.inbox.rstrip('/')}/{name}", local=self.local / name)

    def at(self, name: str) -> Path:
        return self.local / name

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.local.iterdir())


@contextmanager
def openssh_place(base: Path, **options: Any) -> Iterator[Place]:
    """``options`` as for tests.servers.sshd. A folder that only the server sees is reached through its process."""
    with sshd(base, **options) as server:
        yield Place(
            host=server.host,
            port=server.port,
            user=server.user,
            key=server.private_key,
            known_hosts=server.known_hosts,
            inbox=str(server.folder),
            local=Path(f"/proc/{server.pid}/root{server.folder}") if "wrapper" in options else server.folder,
            pid=server.pid,
        )


@contextmanager
def asyncssh_place(root: Path, *, host_key: bytes | None = None) -> Iterator[Place]:
    """In a process of its own, as in life: in this one it would share the interpreter with what is tested."""
    key = sshsig.generate_key()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (root, sshsig.public_line(key), host_key, theirs)
    process = context.Process(target=_serve, args=arguments, daemon=True)
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
            pid=int(process.pid or 0),
        )
    finally:
        if process.is_alive():
            ours.send("stop")
        process.join(10)


def _serve(root: Path, authorized: str, host_key: bytes | None, line: Connection) -> None:
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # it warns of every connection that a test has cut
    with local_server(root, [authorized], host_key=host_key) as server:
        line.send(server)
        line.recv()


_numbers = itertools.count()


def own_folder(place: Place) -> Place:
    """A new folder in ``place``."""
    return place.below(f"inbox-{next(_numbers)}")
