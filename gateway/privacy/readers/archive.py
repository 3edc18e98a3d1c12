"""ZIP archives: entries within limits, and nothing outside them.

Names, comments and extra fields are texts (:mod:`zipframe`). An archive with bytes that belong to no entry is not
searched: something could hide there. What a header claims is enough to refuse an
entry, not to trust it: sizes are counted while reading."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.privacy.readers.base import UnsearchableError
from gateway.privacy.readers.zipframe import Text, frame_texts
from gateway.privacy.scanned import Reason

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
    """An opened archive: the texts beside its entries' content, with their places; its entries."""

    texts: tuple[Text, ...]
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
    texts = frame_texts(data, archive)
    if any(info.flag_bits & 1 for info in infos):
        import pyzipper

        archive = pyzipper.AESZipFile(io.BytesIO(data))
        infos = archive.infolist()
    return Archive(texts, (_entry(archive, info, passphrase, limits, budget) for info in infos))


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
    if info.file_size > min(most, budget.total):
        raise UnsearchableError(Reason.LIMIT)
    out = bytearray()
    with archive.open(info, pwd=passphrase.encode() if passphrase else None) as stream:
        while block := stream.read(_BLOCK):
            out += block
            budget.total -= len(block)
            if len(out) > most or budget.total < 0:
                raise UnsearchableError(Reason.LIMIT)
    return bytes(out)
