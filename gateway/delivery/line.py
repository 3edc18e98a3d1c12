"""The socket under a session: it leaves a peer that takes nothing, reads ahead, and sends a write's packets together.

paramiko sends one SSH packet at a time and reads each in two goes. At 32 KiB a packet these calls, and the wake-ups of
the peer that they cause, cost more than the encryption does."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SSH_PACKET = 32_768 - 64
"""What paramiko puts into one SSH packet, in bytes."""
_AHEAD = 1 << 16
_TOGETHER = 1 << 18


class Line(socket.socket):
    """A connected socket that paramiko reads from in one thread and writes to from several, each packet under its lock.

    ``patience``: seconds after which a peer that takes nothing is left; paramiko would try for ever."""

    patience: float = 120

    def __init__(self, plain: socket.socket) -> None:
        timeout = plain.gettimeout()
        super().__init__(plain.family, plain.type, plain.proto, fileno=plain.detach())
        self.settimeout(timeout)
        self._stuck_since: float | None = None
        self._writing = threading.RLock()
        self._gatherer: int | None = None
        self._held: list[bytes] = []
        self._ahead, self._at = b"", 0

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """As socket.recv, from what was read ahead while there is some."""
        if self._at == len(self._ahead):
            self._ahead, self._at = super().recv(max(bufsize, _AHEAD), flags), 0
        data = self._ahead[self._at : self._at + bufsize]
        self._at += len(data)
        return data

    def send(self, data: bytes, flags: int = 0, /) -> int:  # type: ignore[override]  # paramiko sends bytes only
        """As socket.send; within ``together`` the sending is put off. Raises ConnectionAbortedError when patience is
        over."""
        with self._writing:
            if self._gatherer == threading.get_ident():
                self._held.append(data)
                if sum(map(len, self._held)) >= _TOGETHER:
                    self.flush()
                return len(data)
            self.flush()
            return self._push([data])

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread sends inside goes out at the end, or before what another thread sends.

        Who is about to wait for the peer calls ``flush`` first."""
        self._gatherer = threading.get_ident()
        try:
            yield
        finally:
            self._gatherer = None
        self.flush()

    def flush(self) -> None:
        """Sends what is held back. Raises ConnectionAbortedError when patience is over."""
        with self._writing:
            while self._held:
                try:
                    sent = self._push(self._held)
                except TimeoutError:
                    continue
                while self._held and sent >= len(self._held[0]):
                    sent -= len(self._held.pop(0))
                if sent:
                    self._held[0] = self._held[0][sent:]

    def _push(self, pieces: list[bytes]) -> int:
        try:
            sent = self.sendmsg(pieces)
        except TimeoutError:
            now = time.monotonic()
            self._stuck_since = now if self._stuck_since is None else self._stuck_since
            if now - self._stuck_since > self.patience:
                raise ConnectionAbortedError from None
            raise
        self._stuck_since = None
        return sent
