"""Many requests in flight, every one of them answered for: writes whose status is read, reads that arrive in order."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO

from gateway.base.errors import InputError
from gateway.delivery import wire
from gateway.delivery.errors import ContentError, RefusedError, Status
from gateway.delivery.wire import Wire, string, u32, u64

WRITES = 64
READS = 256
_SSH_PACKET = 32_768 - 64
"""What paramiko puts into one SSH packet."""
_WRITE_HEAD = 25
"""A write's length, kind, number, handle length, offset and data length."""
READ_SIZE = 32_768
"""Every server must answer this much at once."""


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
) -> None:
    """Writes ``source``, which stands at ``at``, to offsets from ``at`` to ``end``, at most ``longest`` bytes a time.

    A write fills exactly two SSH packets (65,379 bytes with OpenSSH's four-byte handles), or one where the server does
    not take so much. ``acknowledged`` is told the offset up to which the server has confirmed. Raises RefusedError at
    the first status that is not OK, InputError when the source ends early."""
    full = [packets * _SSH_PACKET - _WRITE_HEAD - len(handle) for packets in (2, 1)]
    most = next((size for size in full if size <= longest), longest)
    flight: deque[tuple[int, int]] = deque()

    def settle() -> None:
        request, done = flight.popleft()
        line.settle(request, ("写入", "write to"), path)
        acknowledged(done)

    try:
        while at < end:
            chunk = source.read(min(most, end - at))
            if not chunk:
                raise InputError("发送期间本地文件变短", "the local file became shorter while it was sent")
            if len(flight) == WRITES:
                settle()
            request = line.ask(wire.WRITE, string(handle) + u64(at) + string(chunk))
            at += len(chunk)
            flight.append((request, at))
        while flight:
            settle()
    finally:
        for request, _ in flight:
            line.abandon(request)


def read(line: Wire, handle: bytes, path: str, *, size: int) -> Iterator[bytes]:
    """The first ``size`` bytes of an open file, in order. Raises ContentError when the server has fewer.

    A short answer is asked for again from where it ended."""
    flight: deque[tuple[int, int, int]] = deque()

    def ask(at: int, count: int) -> tuple[int, int, int]:
        return line.ask(wire.READ, string(handle) + u64(at) + u32(count)), at, count

    asked = 0
    try:
        while asked < size or flight:
            while asked < size and len(flight) < READS:
                flight.append(ask(asked, min(READ_SIZE, size - asked)))
                asked += flight[-1][2]
            request, at, count = flight.popleft()
            data = _data(line, request, path)
            if not 0 < len(data) <= count:
                raise ContentError(
                    f"服务器上的 {path} 比它声明的短", f"{path} on the server is shorter than the server says"
                )
            if len(data) < count:
                flight.appendleft(ask(at + len(data), count - len(data)))
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
