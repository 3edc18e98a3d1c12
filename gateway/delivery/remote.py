"""The few file operations that a delivery needs, each answered by a status that is looked at."""

import stat as modes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from gateway.delivery import wire
from gateway.delivery.errors import LinkError, RefusedError, Status
from gateway.delivery.wire import Fields, Wire, string, u32

READ = 0x1
WRITE = 0x2
"""Write into an existing file. Nothing is ever truncated: whoever else writes the same content is not undone."""
CREATE = WRITE | 0x8
"""The same, and create the file if it is absent."""

_FSYNC, _STATVFS, _LIMITS = "fsync@openssh.com", "statvfs@openssh.com", "limits@openssh.com"
EVERYONES = 32_768
"""Data that a write may carry to any server (draft-ietf-secsh-filexfer-02, section 3: packets of 34,000 bytes)."""
_ENOUGH = 1 << 18
"""Some servers would take megabytes at a time: nothing is gained by it, and more is lost when the line is cut."""
_LEAST = 1024
"""A server that says it takes less is not believed: it would drown in requests, or refuse the first one."""
_PACKET_HEAD = 1024
"""What a packet holds beside its data, generously."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What the server says of a file; ``size`` in bytes, None when it does not say."""

    size: int | None
    regular: bool


class Remote:
    """A server's files. Every method raises LinkError when the line fails and RefusedError when the server says no."""

    def __init__(self, line: Wire) -> None:
        self.wire = line

    @property
    def has_fsync(self) -> bool:
        """Whether the server offers to flush a file to its disk."""
        return _FSYNC in self.wire.extensions

    @property
    def longest_write(self) -> int:
        """Bytes that one write may carry: what the server says, up to 256 KiB, else what every server must take
        (section 3)."""
        return self._limits[1]

    @property
    def longest_read(self) -> int:
        """Bytes that one read may ask for, in the same way."""
        return self._limits[0]

    @cached_property
    def _limits(self) -> tuple[int, int]:
        """(read, write)."""
        if _LIMITS not in self.wire.extensions:
            return EVERYONES, EVERYONES
        request = self.wire.ask(wire.EXTENDED, string(_LIMITS))
        try:
            fields = self.wire.answer(request, wire.EXTENDED_REPLY, ("查询限额", "tell the limits"), "/")
        except RefusedError:
            return EVERYONES, EVERYONES
        packet, read, write, _ = (fields.u64() for _ in range(4))
        most = min(packet - _PACKET_HEAD if packet else EVERYONES, _ENOUGH)
        return max(min(read or EVERYONES, most), _LEAST), max(min(write or EVERYONES, most), _LEAST)

    def stat(self, path: str) -> Attributes | None:
        """The attributes of ``path``, a link not followed; None when there is no such file."""
        request = self.wire.ask(wire.LSTAT, string(path))
        try:
            return _attributes(self.wire.answer(request, wire.ATTRS, ("查看", "look at"), path))
        except RefusedError as error:
            if error.status is Status.NO_SUCH_FILE:
                return None
            raise

    @contextmanager
    def open(self, path: str, flags: int) -> Iterator[bytes]:
        """The handle of an open file. The close's status is read; when the body failed, its error is the one raised."""
        operation = ("打开", "open") if flags == READ else ("写入", "write to")
        handle = self.wire.answer(
            self.wire.ask(wire.OPEN, string(path) + u32(flags) + u32(0)), wire.HANDLE, operation, path
        ).string()
        try:
            yield handle
        except LinkError:
            raise
        except Exception:
            self.wire.abandon(self.wire.ask(wire.CLOSE, string(handle)))
            raise
        self._settle(wire.CLOSE, string(handle), ("关闭", "close"), path)

    def size(self, handle: bytes, path: str) -> int | None:
        """The size of an open file, None when the server does not say."""
        request = self.wire.ask(wire.FSTAT, string(handle))
        return _attributes(self.wire.answer(request, wire.ATTRS, ("查看", "look at"), path)).size

    def fsync(self, handle: bytes, path: str) -> bool:
        """Flushes an open file to the server's disk; False when the server does not offer it."""
        if self.has_fsync:
            self._settle(wire.EXTENDED, string(_FSYNC) + string(handle), ("刷盘", "flush"), path)
        return self.has_fsync

    def rename(self, old: str, new: str) -> None:
        """Plain rename: a server refuses it when ``new`` exists (the overwriting ``posix-rename`` is never used)."""
        self._settle(wire.RENAME, string(old) + string(new), ("改名为", "rename to"), new)

    def remove(self, path: str) -> None:
        """Deletes a file."""
        self._settle(wire.REMOVE, string(path), ("删除", "remove"), path)

    def free(self, folder: str) -> int | None:
        """Bytes that may still be written below ``folder``; None when the server does not tell."""
        if _STATVFS not in self.wire.extensions:
            return None
        request = self.wire.ask(wire.EXTENDED, string(_STATVFS) + string(folder))
        try:
            fields = self.wire.answer(request, wire.EXTENDED_REPLY, ("查询空间", "tell the space of"), folder)
        except RefusedError:
            return None
        _, fragment, _, _, available = (fields.u64() for _ in range(5))
        return fragment * available

    def names(self, folder: str) -> list[tuple[str, Attributes]]:
        """Every entry of ``folder``, in the server's order; a name that is not UTF-8 keeps no trace of its bytes."""
        operation = ("列出", "list")
        opened = self.wire.ask(wire.OPENDIR, string(folder))
        handle = self.wire.answer(opened, wire.HANDLE, operation, folder).string()
        entries: list[tuple[str, Attributes]] = []
        while True:
            request = self.wire.ask(wire.READDIR, string(handle))
            try:
                fields = self.wire.answer(request, wire.NAME, operation, folder)
            except RefusedError as error:
                if error.status is Status.EOF:
                    break
                raise
            for _ in range(fields.u32()):
                name = fields.string().decode(errors="replace")
                fields.string()
                entries.append((name, _attributes(fields)))
        self._settle(wire.CLOSE, string(handle), ("关闭", "close"), folder)
        return entries

    def _settle(self, kind: int, body: bytes, operation: tuple[str, str], path: str) -> None:
        self.wire.settle(self.wire.ask(kind, body), operation, path)


def join(folder: str, name: str) -> str:
    """The path of ``name`` in ``folder``."""
    return f"{folder.rstrip('/')}/{name}"


def _attributes(fields: Fields) -> Attributes:
    flags = fields.u32()
    size = fields.u64() if flags & 0x1 else None
    if flags & 0x2:
        fields.take(8)
    mode = fields.u32() if flags & 0x4 else 0
    if flags & 0x8:
        fields.take(8)
    if flags & 0x80000000:
        for _ in range(fields.u32()):
            fields.string()
            fields.string()
    return Attributes(size=size, regular=modes.S_ISREG(mode))
