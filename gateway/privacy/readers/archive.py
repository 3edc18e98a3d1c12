"""ZIP archives: entries within limits, and nothing outside them.

Names and comments are texts. An archive with bytes that belong to no entry, or with unknown extra fields, is not
searched: something could hide there. Sizes are counted while reading; what a header claims is not believed."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.privacy.readers.base import UnsearchableError
from gateway.privacy.scanned import Reason

_EXTRAS = {0x9901, 0x0001, 0x5455, 0x5855, 0x7875, 0x000A}  # AES, zip64, times, owners
_GROWTH_HINT = 0xA220  # Microsoft's padding: a mark, a length, zeros
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an archive may be at most, all that is nested in it included. Sizes in bytes."""

    entries: int = 10_000
    total: int = 1 << 30
    ratio: int = 300
    ratio_from: int = 8 << 20
    depth: int = 3


@dataclass(slots=True)
class Budget:
    """What is left of the limits."""

    entries: int
    total: int

    @classmethod
    def of(cls, limits: Limits) -> "Budget":
        """All of it."""
        return cls(limits.entries, limits.total)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry's name and either its bytes or why there are none."""

    name: str
    data: bytes
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """An opened archive: its comments, its entries."""

    comments: tuple[str, ...]
    entries: Iterator[Entry]


def open_archive(data: bytes, passphrase: str | None, limits: Limits, budget: Budget) -> Archive:
    """Opens a ZIP. Raises UnsearchableError for what is no ZIP, has too many entries, or hides bytes."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, struct.error) as error:
        raise UnsearchableError(Reason.DAMAGED) from error
    infos = archive.infolist()
    budget.entries -= len(infos)
    if budget.entries < 0:
        raise UnsearchableError(Reason.LIMIT)
    if _hides(data, archive, infos):
        raise UnsearchableError(Reason.HIDDEN)
    comments = tuple(_decoded(c) for c in (archive.comment, *(i.comment for i in infos)) if c)
    if any(info.flag_bits & 1 for info in infos):
        import pyzipper

        archive = pyzipper.AESZipFile(io.BytesIO(data))
        infos = archive.infolist()
    return Archive(comments, (_entry(archive, info, passphrase, limits, budget) for info in infos))


def _decoded(comment: bytes) -> str:
    return comment.decode("utf-8", "replace")


def _entry(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, passphrase: str | None, limits: Limits, budget: Budget
) -> Entry:
    if info.is_dir() and not info.compress_size:
        return Entry(info.filename, b"")
    if info.flag_bits & 1 and passphrase is None:
        return Entry(info.filename, b"", Reason.ENCRYPTED)
    try:
        return Entry(info.filename, _bytes(archive, info, passphrase, limits, budget))
    except UnsearchableError as error:
        return Entry(info.filename, b"", error.reason)
    except NotImplementedError:
        return Entry(info.filename, b"", Reason.FORMAT)
    except RuntimeError:
        return Entry(info.filename, b"", Reason.PASSPHRASE)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error) as error:
        # pyzipper has an exception of its own for a wrong passphrase in some versions, and zipfile for a wrong CRC
        return Entry(info.filename, b"", Reason.PASSPHRASE if "assword" in str(error) else Reason.DAMAGED)


def _bytes(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, passphrase: str | None, limits: Limits, budget: Budget
) -> bytes:
    """The entry's bytes, in blocks, never more than the limits. Raises UnsearchableError."""
    most = max(limits.ratio_from, limits.ratio * max(info.compress_size, 1))
    out = bytearray()
    with archive.open(info, pwd=passphrase.encode() if passphrase else None) as stream:
        while block := stream.read(_BLOCK):
            out += block
            budget.total -= len(block)
            if len(out) > most or budget.total < 0:
                raise UnsearchableError(Reason.LIMIT)
    return bytes(out)


def _hides(data: bytes, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> bool:
    """Whether any byte of the file belongs neither to an entry, nor to the directory, nor to the comment."""
    position = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset != position:
            return True
        end = _end_of(data, info)
        if end is None:
            return True
        position = end
    if position != archive.start_dir or any(not _known(info.extra) for info in infos):
        return True
    return not _ends_well(data, archive, infos)


def _end_of(data: bytes, info: zipfile.ZipInfo) -> int | None:
    """Where the entry that begins at its header ends; None where the local header differs from the directory."""
    head = data[info.header_offset : info.header_offset + 30]
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        return None
    name, extra = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
    start = info.header_offset + 30
    if data[start : start + name] != info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437"):
        return None
    if not _known(data[start + name : start + name + extra]):
        return None
    end = start + name + extra + info.compress_size
    if info.flag_bits & 8:
        marked = data[end : end + 4] == b"PK\x07\x08"
        wide = info.file_size >= 1 << 32 or info.compress_size >= 1 << 32
        end += (4 if marked else 0) + (20 if wide else 12)
    return end


def _known(extra: bytes) -> bool:
    """Whether the extra fields are of known kinds and fill their place."""
    while extra:
        if len(extra) < 4:
            return False
        kind, size = struct.unpack("<HH", extra[:4])
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if len(body) != size or (kind == _GROWTH_HINT and any(body[4:])):
            return False
        if kind not in _EXTRAS and kind != _GROWTH_HINT:
            return False
    return True


def _ends_well(data: bytes, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> bool:
    """Whether the directory is followed by its end record (and zip64's) and the comment, and nothing else."""
    directory = sum(
        46 + len(i.orig_filename.encode("utf-8" if i.flag_bits & 0x800 else "cp437")) + len(i.extra) + len(i.comment)
        for i in infos
    )
    rest = len(data) - archive.start_dir - directory - 22 - len(archive.comment)
    return rest == 0 or (rest == 56 + 20 and b"PK\x06\x06" in data[-200 - len(archive.comment) :])
