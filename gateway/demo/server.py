"""The demo's own SFTP server: on this machine only, one folder as its root, login by listed keys only.

It stands in for the bureau's server in the guided month. It listens on the loopback address and lives as long as the
``with`` block; no shell, no forwarding, no passwords."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.base import sshsig

LOOPBACK = "127.0.0.1"
_START = 20.0
"""Seconds that the server may take to listen, or to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServer:
    """A running server: where it listens and the host key to pin."""

    host: str
    port: int
    host_key: str

    @property
    def known_hosts(self) -> str:
        """The line that pins it, in OpenSSH's format."""
        return f"[{self.host}]:{self.port} {self.host_key}\n"


@contextmanager
def local_server(
    folder: Path,
    authorized: Sequence[str],
    *,
    port: int = 0,
    host_key: bytes | None = None,
    files: Callable[[Any], Any] | None = None,
) -> Iterator[LocalServer]:
    """Serves ``folder`` as ``/`` to the holders of the ``authorized`` keys (lines ``ssh-ed25519 AAAA…``).

    Any user name will do. ``port`` 0 takes a free one. ``host_key`` is a private key in OpenSSH format, a new one when
    None. ``files`` makes the asyncssh.SFTPServer of a connection in place of the plain one. Raises OSError when the
    port is taken."""
    private = host_key or sshsig.generate_key()
    running: Future[tuple[int, Callable[[], None]]] = Future()
    thread = threading.Thread(
        target=_run, args=(folder, list(authorized), port, private, files, running), name="demo-sftp", daemon=True
    )
    thread.start()
    listening, stop = running.result(_START)
    try:
        yield LocalServer(host=LOOPBACK, port=listening, host_key=sshsig.public_line(private))
    finally:
        stop()
        thread.join(_START)


def _run(
    folder: Path,
    authorized: list[str],
    port: int,
    private: bytes,
    files: Callable[[Any], Any] | None,
    running: "Future[tuple[int, Callable[[], None]]]",
) -> None:
    """The thread: serves until stopped; a failure to start reaches whoever waits for ``running``."""
    import asyncssh

    connections: set[Any] = set()

    class Server(asyncssh.SSHServer):  # type: ignore[misc]  # asyncssh is not followed
        """Keeps the open connections, so that they end with the server."""

        def connection_made(self, conn: Any) -> None:
            connections.add(conn)

    async def serve() -> None:
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        acceptor = await asyncssh.listen(
            LOOPBACK,
            port,
            server_factory=Server,
            server_host_keys=[asyncssh.import_private_key(private)],
            authorized_client_keys=asyncssh.import_authorized_keys("".join(f"{line}\n" for line in authorized)),
            sftp_factory=files or (lambda channel: asyncssh.SFTPServer(channel, chroot=str(folder).encode())),
            allow_scp=False,
            agent_forwarding=False,
        )

        def stop() -> None:
            loop.call_soon_threadsafe(stopped.set)

        running.set_result((acceptor.get_port(), stop))
        await stopped.wait()
        acceptor.close()
        for connection in connections:
            connection.abort()
        await acceptor.wait_closed()

    try:
        asyncio.run(serve())
    except Exception as error:
        if running.done():
            raise
        running.set_exception(error)
