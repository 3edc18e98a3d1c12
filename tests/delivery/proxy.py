"""A line that misbehaves: a TCP proxy that cuts, or falls silent, after so many bytes from either side."""

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """What the proxy does with the next connections, and what it has passed on. None: no limit.

    ``up`` counts bytes to the server, ``down`` those from it; ``marks`` are the counts of ``down`` at its pauses;
    ``cuts`` and ``freezes`` say how often either has happened. After
    ``cut_up``/``cut_down`` bytes both ends are reset; after ``freeze_up``/``freeze_down`` bytes nothing is taken from
    anyone any more, and nothing is closed. ``pace``: bytes a second that are passed on, either way together. ``then``
    is called once, when ``at`` bytes have gone up. ``target``: the server's port, which may move.
    """

    port: int = 0
    target: int = 0
    cut_up: int | None = None
    cut_down: int | None = None
    freeze_up: int | None = None
    freeze_down: int | None = None
    pace: int | None = None
    at: int | None = None
    then: Callable[[], None] = lambda: None
    up: int = 0
    down: int = 0
    marks: list[int] = field(default_factory=list)
    cuts: int = 0
    freezes: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def heal(self) -> None:
        self.cut_up = self.cut_down = self.freeze_up = self.freeze_down = self.pace = self.at = None
        self.up = self.down = 0


@contextlib.contextmanager
def proxy(target: int, *, buffer: int | None = None) -> Iterator[Line]:
    """A proxy before port ``target`` on the loopback address; ``buffer`` bounds what it takes without reading it."""
    listener = socket.create_server(("127.0.0.1", 0))
    if buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    listener.settimeout(0.1)
    line = Line(port=listener.getsockname()[1], target=target)
    threading.Thread(target=_accept, args=(listener, line), daemon=True).start()
    try:
        yield line
    finally:
        line.ended.set()
        listener.close()


def _accept(listener: socket.socket, line: Line) -> None:
    while not line.ended.is_set():
        try:
            client = listener.accept()[0]
        except TimeoutError:
            continue
        except OSError:
            return
        try:
            server = socket.create_connection(("127.0.0.1", line.target))
        except OSError:
            client.close()
            continue
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_carry, args=(client, server, line), daemon=True).start()


def _carry(client: socket.socket, server: socket.socket, line: Line) -> None:
    with contextlib.suppress(OSError), client, server, selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ)
        selector.register(server, selectors.EVENT_READ)
        while not line.ended.is_set():
            for key, _ in selector.select(0.1):
                if _over(line.up, line.freeze_up) or _over(line.down, line.freeze_down):
                    line.freezes += 1
                    line.ended.wait()
                    return
                upwards = key.fileobj is client
                source, sink = (client, server) if upwards else (server, client)
                done, limit = (line.up, line.cut_up) if upwards else (line.down, line.cut_down)
                if line.pace:
                    time.sleep(0.02)
                data = source.recv(max(1, line.pace // 50) if line.pace else 65_536)
                if not data:
                    return
                passed = data if limit is None else data[: max(0, limit - done)]
                sink.sendall(passed)
                if upwards:
                    line.up += len(passed)
                    if _over(line.up, line.at):
                        line.at = None
                        line.then()
                else:
                    line.down += len(passed)
                    line.marks.append(line.down)
                if len(passed) < len(data):
                    line.cuts += 1
                    for end in (client, server):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return


def _over(done: int, limit: int | None) -> bool:
    return limit is not None and done >= limit
