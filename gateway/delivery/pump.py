"""Many requests in flight, every one of them answered for: writes whose status is read, reads that arrive in order."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO

from gateway.base.errors import InputError
from gateway.delivery import wire
from gateway.delivery.errors import ContentError, RefusedError, Status
from gateway.delivery.line import SSH_PACKET
from gateway.delivery.wire import Wire, string, u32, u64

IN_FLIGHT = 4 << 20
"""Bytes that are written ahead of their acknowledgements."""
FIRST, _GROWTH = 2, 8 * SSH_PACKET
"""A write's SSH packets at first; one is added for each so many bytes that have gone out."""
_WRITE_HEAD = 25
"""A write's length, kind, number, handle length, offset and data length."""
AHEAD = 8 << 20
"""Bytes that are asked for ahead of those that have come."""


def write(
    line: Wire,
    handle: bytes,
    path: str,
    source: BinaryIO,
    *,
    at: int,
    end: int,
    longest: int,
    acknowledged: Callable[[int], None],
    first: int = FIRST,
) -> None:
    """Writes ``source``, which stands at ``at``, to offsets from ``at`` to ``end``, at most ``longest`` bytes a time.

    A write fills whole SSH packets, ``first`` of them to begin with (two are 65,379 bytes with OpenSSH's four-byte
    handles) and more the more has gone out: a line that is soon cut keeps what it was given in small writes, a good one
    has few answers to give.
    ``acknowledged`` is told the offset up to which the server has confirmed. Raises RefusedError at the first status
    that is not OK, InputError when the source ends early."""
    head = _WRITE_HEAD + len(handle)
    most = (longest + head) // SSH_PACKET
    start = confirmed = at
    flight: deque[tuple[int, int]] = deque()

    def settle() -> None:
        nonlocal confirmed
        request, confirmed = flight.popleft()
        line.settle(request, ("写入", "write to"), path)
        acknowledged(confirmed)

    try:
        while at < end:
            packets = min(most, max(first, (at - start) // _GROWTH))
            chunk = source.read(min(packets * SSH_PACKET - head if packets else longest, end - at))
            if not chunk:
                raise InputError("发送期间本地文件变短", "the local file became shorter while it was sent")
            while at + len(chunk) - confirmed > IN_FLIGHT:
                settle()
            request = line.ask(wire.WRITE, string(handle), u64(at), u32(len(chunk)), chunk)
            at += len(chunk)
            flight.append((request, at))
        while flight:
            settle()
    finally:
        for request, _ in flight:
            line.abandon(request)


def read(line: Wire, handle: bytes, path: str, *, size: int, longest: int) -> Iterator[bytes]:
    """The first ``size`` bytes of an open file, in order, at most ``longest`` bytes a time.

    Raises ContentError when the server has fewer. A short answer is asked for again from where it ended."""
    flight: deque[tuple[int, int, int]] = deque()

    def ask(at: int, count: int) -> tuple[int, int, int]:
        return line.ask(wire.READ, string(handle), u64(at), u32(count)), at, count

    asked = came = 0
    try:
        while came < size:
            while asked < size and asked - came < AHEAD:
                flight.append(ask(asked, min(longest, size - asked)))
                asked += flight[-1][2]
            request, at, count = flight.popleft()
            data = _data(line, request, path)
            if not 0 < len(data) <= count:
                raise ContentError(
                    f"服务器上的 {path} 比它声明的短", f"{path} on the server is shorter than the server says"
                )
            if len(data) < count:
                flight.appendleft(ask(at + len(data), count - len(data)))
            came += len(data)
            yield data
    finally:
        for request, _, _ in flight:
            line.abandon(request)


def _data(line: Wire, request: int, path: str) -> bytes:
    """The bytes of a read's answer; none at the end of the file."""
    try:
        return line.answer(request, wire.DATA, ("读取", "read"), path).string()
    except RefusedError as error:
        if error.status is Status.EOF:
            return b""
        raise
