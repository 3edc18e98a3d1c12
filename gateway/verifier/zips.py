"""Reads the structure of an encrypted zip from its bytes, and its content with a passphrase.

Sources: PKWARE APPNOTE 4.3 (headers), WinZip's AE-2 description (method 99, extra field 0x9901). The entries must fill
the file exactly: one after another from its first byte, then the directory, then the end record."""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.verifier.report import Problem

MOST_PLAIN_BYTES = 1 << 30

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_AES256_AE2 = struct.pack("<2HH2sB", 0x9901, 7, 2, b"AE", 3)
_DATE = 1 << 5 | 1  # 1980-01-01


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: its name and the size of its plain content."""

    name: str
    size: int


def structure(data: bytes) -> list[Entry]:
    """The entries of the zip in ``data``. Raises Problem unless it is built exactly as agreed."""
    try:
        entries = list(_entries(data))
    except (struct.error, UnicodeDecodeError) as error:
        raise Problem("压缩包结构不完整", "the zip's structure is incomplete") from error
    if len({entry.name for entry in entries}) != len(entries):
        raise Problem("压缩包有重名条目", "two entries of the zip have one name")
    if sum(entry.size for entry in entries) > MOST_PLAIN_BYTES:
        raise Problem("压缩包解开后过大", "the zip unfolds to too much")
    return entries


def contents(data: bytes, passphrase: str) -> dict[str, bytes]:
    """The plain content of every entry of a zip whose structure was checked. Raises Problem."""
    import pyzipper

    found: dict[str, bytes] = {}
    try:
        with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
            archive.setpassword(passphrase.encode())
            for info in archive.infolist():
                stated = info.file_size
                info.file_size = stated + 1  # pyzipper stops at the size that is stated: let it show what lies beyond
                with archive.open(info) as stream:
                    found[info.filename] = stream.read(stated + 1)
                if len(found[info.filename]) != stated:
                    raise pyzipper.BadZipFile
    except RuntimeError as error:
        raise Problem("口令不正确", "the passphrase is wrong") from error
    except (pyzipper.BadZipFile, zlib.error, EOFError) as error:
        raise Problem("解密后内容校验不通过", "the decrypted content does not hold") from error
    return found


def _entries(data: bytes) -> Iterator[Entry]:
    kind, disk, start_disk, here, total, size, directory, comment = _END.unpack(data[-_END.size :])
    if kind != b"PK\x05\x06" or disk or start_disk or comment or here != total:
        raise Problem("压缩包结尾记录不符合规定", "the zip's end record is not as agreed")
    at, place = 0, directory
    for _ in range(total):
        entry, at, place = _entry(data, at, place)
        yield entry
    if at != directory or place != directory + size or place + _END.size != len(data):
        raise Problem("压缩包含有条目以外的数据", "the zip holds bytes that belong to no entry")


def _entry(data: bytes, at: int, place: int) -> tuple[Entry, int, int]:
    """The entry with its directory record at ``place`` and its data at ``at``; where the next ones must lie."""
    head = _CENTRAL.unpack(data[place : place + _CENTRAL.size])
    kind, _, needs, flags, method, time, date, crc, packed, size, name_length, extra_length, comment, disk = head[:14]
    offset = head[16]
    name = data[place + _CENTRAL.size :][:name_length]
    extra = data[place + _CENTRAL.size + name_length :][:extra_length]
    local = _LOCAL.unpack(data[at : at + _LOCAL.size])
    behind = data[at + _LOCAL.size :][: local[9] + local[10]]
    if kind != b"PK\x01\x02" or offset != at or comment or disk:
        raise Problem("压缩包目录不符合规定", "the zip's directory is not as agreed")
    aes = extra[:-2] == _AES256_AE2 and extra[-2:] in (b"\x00\x00", b"\x08\x00")
    if not aes or flags != 1 or method != 99 or crc or (time, date) != (0, _DATE):
        raise Problem(
            "有条目未按 AES-256（AE-2）加密，或带有日期等附加信息",
            "an entry is not encrypted with AES-256 (AE-2), or carries a date or more",
        )
    told = (b"PK\x03\x04", needs, flags, method, time, date, crc, packed, size, name_length, extra_length)
    if local != told or behind != name + extra:
        raise Problem("条目的两处记录不一致", "an entry is described in two ways")
    end = at + _LOCAL.size + len(behind) + packed
    return Entry(name=name.decode("ascii"), size=size), end, place + _CENTRAL.size + name_length + extra_length
