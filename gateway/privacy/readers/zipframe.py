"""What stands in a ZIP beside the content of its entries: names, comments and extra fields as texts, every byte told.

A byte that belongs neither to an entry, nor to the directory, nor to the end record hides something, and so does an
extra field of unknown kind that is no text. Extra fields are read entry by entry, in the local header and in the
directory, and those of known kinds too: a field for a time has room for a telephone number. Layout: PKWARE APPNOTE
6.3.10, sections 4.3 to 4.6."""

import re
import struct
import zipfile
from collections.abc import Iterator

from gateway.privacy.readers.base import UnsearchableError, decode
from gateway.privacy.scanned import Reason

Text = tuple[str, str]
"""(location, text)."""

_SIZES = {
    0x9901: {7},  # WinZip's AES
    0x0001: {4, 8, 12, 16, 20, 24, 28},  # zip64
    0x5455: {1, 5, 9, 13},  # times
    0x5855: {8, 12},  # Info-ZIP for Unix, old
    0x7855: {0, 4},  # Info-ZIP for Unix, second
    0x7875: {7, 11, 15},  # owner and group
    0x000A: {32},  # NTFS times
}
_UNICODE = {0x7075, 0x6375}  # Info-ZIP's name and comment in UTF-8, after a version and a CRC-32
_PADDING = 0xA220  # Microsoft's: a mark, a length, zeros
_RUN = re.compile(r"[\x20-\x7e]{4,}")


def frame_texts(data: bytes, archive: zipfile.ZipFile) -> tuple[Text, ...]:
    """The texts of the frame. Raises UnsearchableError (HIDDEN) for bytes that belong to nothing or can't be read."""
    infos = archive.infolist()
    texts = [*_comments(archive), *(("entry name", name) for info in infos for name in _other_names(info))]
    position = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset != position:
            raise UnsearchableError(Reason.HIDDEN)
        local, position = _local(data, info)
        texts.extend(("extra field", text) for extra in (local, info.extra) for text in _extra_texts(extra))
    if position != archive.start_dir or not _ends_well(data, archive, infos):
        raise UnsearchableError(Reason.HIDDEN)
    return tuple(dict.fromkeys(texts))


def _comments(archive: zipfile.ZipFile) -> Iterator[Text]:
    for comment in (archive.comment, *(info.comment for info in archive.infolist())):
        if comment:
            yield "comment", _text(comment)


def _other_names(info: zipfile.ZipInfo) -> Iterator[str]:
    """The name as a tool of today or a Chinese Windows reads it, where it does not say that it is UTF-8."""
    raw = _raw_name(info)
    if not info.flag_bits & 0x800 and not raw.isascii():
        yield _text(raw)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _text(data: bytes) -> str:
    """Text in UTF-8, UTF-16 or GB18030. Raises UnsearchableError (HIDDEN)."""
    try:
        return decode(data)
    except UnsearchableError as error:
        raise UnsearchableError(Reason.HIDDEN) from error


def _local(data: bytes, info: zipfile.ZipInfo) -> tuple[bytes, int]:
    """(extra fields of the local header, where the entry ends). Raises UnsearchableError where the local header
    differs from the directory."""
    head = data[info.header_offset : info.header_offset + 30]
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise UnsearchableError(Reason.HIDDEN)
    name, extra = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
    start = info.header_offset + 30
    if data[start : start + name] != _raw_name(info):
        raise UnsearchableError(Reason.HIDDEN)
    end = start + name + extra + info.compress_size
    if info.flag_bits & 8:
        marked = data[end : end + 4] == b"PK\x07\x08"
        wide = info.file_size >= 1 << 32 or info.compress_size >= 1 << 32
        end += (4 if marked else 0) + (20 if wide else 12)
    return data[start + name : start + name + extra], end


def _extra_texts(extra: bytes) -> Iterator[str]:
    """The texts of an entry's extra fields. Raises UnsearchableError where they do not fill their place, or one is of
    no known kind and no text."""
    while extra:
        if len(extra) < 4:
            raise UnsearchableError(Reason.HIDDEN)
        kind, size = struct.unpack("<HH", extra[:4])
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if len(body) != size:
            raise UnsearchableError(Reason.HIDDEN)
        yield from _field_texts(kind, body)


def _field_texts(kind: int, body: bytes) -> Iterator[str]:
    yield from _RUN.findall(body.decode("latin-1"))
    if kind in _UNICODE and len(body) >= 5:
        yield _text(body[5:])
    elif kind == _PADDING:
        if any(body[4:]):
            raise UnsearchableError(Reason.HIDDEN)
    elif len(body) not in _SIZES.get(kind, ()):
        yield _text(body if body.startswith((b"\xff\xfe", b"\xfe\xff")) else body.rstrip(b"\x00"))


def _ends_well(data: bytes, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> bool:
    """Whether the directory is followed by its end record (and zip64's) and the comment, and nothing else."""
    directory = sum(46 + len(_raw_name(i)) + len(i.extra) + len(i.comment) for i in infos)
    rest = len(data) - archive.start_dir - directory - 22 - len(archive.comment)
    return rest == 0 or (rest == 56 + 20 and b"PK\x06\x06" in data[-200 - len(archive.comment) :])
