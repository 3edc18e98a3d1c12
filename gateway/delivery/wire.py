"""SFTP version 3 packets over one byte stream (draft-ietf-secsh-filexfer-02), with every reply accounted for.

Replies are matched to requests by number, whatever their order, and each carries its status code to whoever asked. That
is why paramiko's own SFTP client is not used on top of its channels: it drops replies that arrive out of order, forgets
failed writes, swallows the status of a close, and does not tell which extensions the server offers."""

import struct
from typing import Protocol

from gateway.delivery.errors import LinkError, RefusedError, Status

INIT, VERSION, OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT = 1, 2, 3, 4, 5, 6, 7, 8
OPENDIR, READDIR, REMOVE, RENAME = 11, 12, 13, 18
STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED, EXTENDED_REPLY = 101, 102, 103, 104, 105, 200, 201

_LONGEST = 1 << 20
"""A longer packet is not SFTP: no request of ours is answered with more than 256 KiB of data."""


class Pipe(Protocol):
    """A byte stream; both methods raise LinkError when it fails or does not move within its timeout."""

    def send(self, data: bytes) -> None:
        """Sends all of ``data``."""

    def receive(self) -> bytes:
        """At least one byte."""


def u32(number: int) -> bytes:
    """A 32-bit number on the wire."""
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    """A 64-bit number on the wire."""
    return number.to_bytes(8, "big")


def string(data: bytes | str) -> bytes:
    """A string on the wire, text as UTF-8."""
    raw = data.encode() if isinstance(data, str) else data
    return u32(len(raw)) + raw


class Fields:
    """The fields of a packet's body, read one after another. Raises LinkError when there are fewer than needed."""

    def __init__(self, body: bytes, at: int = 0) -> None:
        self._body, self._at = body, at

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        end = self._at + count
        if end > len(self._body):
            raise garbled()
        part, self._at = self._body[self._at : end], end
        return part

    def u32(self) -> int:
        """The next 32-bit number."""
        return int.from_bytes(self.take(4), "big")

    def u64(self) -> int:
        """The next 64-bit number."""
        return int.from_bytes(self.take(8), "big")

    def string(self) -> bytes:
        """The next string."""
        return self.take(self.u32())

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self._at < len(self._body)


def garbled() -> LinkError:
    """What the server sends is not SFTP."""
    return LinkError("服务器的应答不符合 SFTP 协议", "the server's answer is not SFTP")


class Wire:
    """Requests out, replies in. ``extensions`` names what the server offers beyond version 3."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._buffer = bytearray()
        self._number = 0
        self._awaited: set[int] = set()
        self._abandoned: set[int] = set()
        self._replies: dict[int, tuple[int, Fields]] = {}
        self._send(INIT, u32(3))
        kind, fields = self._packet()
        if kind != VERSION or fields.u32() < 3:
            raise garbled()
        names = []
        while fields.more:
            names.append(fields.string().decode(errors="replace"))
            fields.string()
        self.extensions = frozenset(names)

    def ask(self, kind: int, *body: bytes) -> int:
        """Sends a request without waiting; returns its number."""
        self._number = (self._number + 1) % (1 << 32)
        self._awaited.add(self._number)
        self._send(kind, u32(self._number), *body)
        return self._number

    def reply(self, request: int) -> tuple[int, Fields]:
        """The kind and fields of the reply to ``request``."""
        while request not in self._replies:
            self._receive()
        return self._replies.pop(request)

    def abandon(self, request: int) -> None:
        """The reply to ``request`` is of no interest: it is dropped when it comes."""
        if self._replies.pop(request, None) is None:
            self._abandoned.add(request)

    def settle(self, request: int, operation: tuple[str, str], path: str) -> None:
        """Waits for the status of ``request``. Raises RefusedError unless it is OK."""
        status = self._status(request, STATUS)[0]
        if status is not Status.OK:
            raise RefusedError(operation, path, status)

    def answer(self, request: int, kind: int, operation: tuple[str, str], path: str) -> Fields:
        """Waits for a reply of ``kind`` to ``request``. Raises RefusedError with the status that came instead."""
        status, fields = self._status(request, kind)
        if status is not Status.OK:
            raise RefusedError(operation, path, status)
        return fields

    def _status(self, request: int, kind: int) -> tuple[Status, Fields]:
        came, fields = self.reply(request)
        if came == STATUS:
            status = Status(fields.u32())
            if status is Status.OK and kind != STATUS:
                raise garbled()
            return status, fields
        if came != kind:
            raise garbled()
        return Status.OK, fields

    def _send(self, kind: int, *body: bytes) -> None:
        self._pipe.send(b"".join((struct.pack(">IB", sum(map(len, body)) + 1, kind), *body)))

    def _receive(self) -> None:
        kind, fields = self._packet()
        number = fields.u32()
        if number not in self._awaited:
            raise garbled()
        self._awaited.remove(number)
        if number in self._abandoned:
            self._abandoned.remove(number)
        else:
            self._replies[number] = (kind, fields)

    def _packet(self) -> tuple[int, Fields]:
        length = int.from_bytes(self._take(4), "big")
        if not 1 <= length <= _LONGEST:
            raise garbled()
        packet = self._take(length)
        return packet[0], Fields(packet, at=1)

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._buffer += self._pipe.receive()
        with memoryview(self._buffer) as arrived:
            data = bytes(arrived[:count])
        del self._buffer[:count]
        return data
