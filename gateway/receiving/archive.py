"""Reads the encrypted zip from memory, trusting nothing that it says of itself.

Each entry must be AES-256 (AE-2) with nothing extra, and the entries must fill the file: no byte of the zip lies
outside an entry or the directory. Sizes are bounded before anything is unpacked."""

import io
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.receiving.failed import Failed

STATEMENT, ACCEPTANCE = "statement.json", "acceptance.txt"
LIMIT = 1 << 30
"""More plain bytes than this are not unpacked: a month's statistics are a thousandth of it."""

_NAME = re.compile(r"([0-9]{2})\.(xlsx|csv|json|html)")
_LOCAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s4H2LH")
_RECORD = 46
_AES256 = struct.pack("<HHH2sB", 0x9901, 7, 2, b"AE", 3)
_METHODS = (0, 8)
_DATE = (1980, 1, 1, 0, 0, 0)
_DOS_DATE = 1 << 5 | 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A zip in memory with the names of its entries, in order."""

    data: bytes
    names: tuple[str, ...]

    @classmethod
    def inspect(cls, data: bytes) -> "Archive":
        """The archive in ``data``, without its passphrase. Raises Failed."""
        entries, start = _directory(data)
        at, place = 0, start
        for entry in entries:
            at, place = _check_entry(entry, data, at, place)
        if at != start or sum(entry.file_size for entry in entries) > LIMIT:
            raise Failed(
                "压缩包中有条目以外的数据，或体积异常", "the zip holds bytes outside its entries, or is too large"
            )
        names = tuple(entry.filename for entry in entries)
        numbers = [match[1] for name in names[:-2] if (match := _NAME.fullmatch(name))]
        expected = [f"{number:02}" for number in range(1, len(names) - 1)]
        if names[-2:] != (STATEMENT, ACCEPTANCE) or numbers != expected or not numbers:
            raise Failed(
                "压缩包条目的名称或顺序不符合规定", "the zip's entries are not named or ordered as they should be"
            )
        return cls(data=data, names=names)

    def read(self, passphrase: str) -> Mapping[str, bytes]:
        """All entries, decrypted and authenticated. Raises Failed."""
        import pyzipper

        contents: dict[str, bytes] = {}
        try:
            with pyzipper.AESZipFile(io.BytesIO(self.data)) as archive:
                archive.setpassword(passphrase.encode())
                for entry in archive.infolist():
                    entry.file_size += 1  # so that content beyond the stated size shows, instead of being cut off
                    with archive.open(entry) as stream:
                        contents[entry.filename] = stream.read(entry.file_size)
                    if len(contents[entry.filename]) != entry.file_size - 1:
                        raise pyzipper.BadZipFile
        except RuntimeError as error:  # what pyzipper raises for a wrong or empty passphrase
            raise Failed("口令不正确", "the passphrase is wrong") from error
        except (pyzipper.BadZipFile, zlib.error, EOFError) as error:
            raise Failed(
                "用该口令解密后内容校验不通过", "decrypted with this passphrase, the content does not hold"
            ) from error
        return contents


def _directory(data: bytes) -> tuple[list[Any], int]:
    """The entries in the zip's directory, and where the directory starts."""
    import pyzipper

    try:
        with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
            entries, start = archive.infolist(), archive.start_dir
        count, size = len(entries), len(data) - _END.size - start
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0)
    except (pyzipper.BadZipFile, NotImplementedError, struct.error, ValueError, OSError) as error:
        raise Failed("不是可读取的 ZIP 文件", "not a zip file that can be read") from error
    if data[-_END.size :] != end:
        raise Failed("压缩包结尾记录不符合规定", "the zip's end record is not as agreed")
    if len({entry.filename for entry in entries}) != count:
        raise Failed("压缩包有重名条目", "two entries of the zip have one name")
    return entries, start


def _check_entry(entry: Any, data: bytes, at: int, place: int) -> tuple[int, int]:
    """Checks the entry that must start at ``at``, with its directory record at ``place``; where the next ones are.

    From the version needed to the length of the extra field, header and record are the same bytes (APPNOTE 4.3)."""
    plain = entry.compress_type in _METHODS and entry.extra == _AES256 + struct.pack("<H", entry.compress_type)
    bare = entry.date_time == _DATE and data[place + 32 : place + 36] == bytes(4)  # no comment, no second volume
    if not plain or not bare or entry.flag_bits != 1:
        raise Failed(
            "压缩包条目未按规定加密（AES-256，AE-2），或带有附加信息",
            "an entry of the zip is not encrypted as it should be (AES-256, AE-2), or carries more than its content",
        )
    if entry.header_offset != at:
        raise Failed("压缩包条目位置不连续", "the zip's entries don't follow each other")
    name = entry.filename.encode()
    sizes = (entry.compress_size, entry.file_size, len(name), len(entry.extra))
    header = _LOCAL.pack(b"PK\x03\x04", entry.extract_version, 1, 99, 0, _DOS_DATE, 0, *sizes) + name + entry.extra
    if data[at : at + len(header)] != header or data[place + 6 : place + 32] != header[4 : _LOCAL.size]:
        raise Failed("压缩包条目的两处记录不一致", "an entry of the zip is described in two ways")
    return int(at + len(header) + entry.compress_size), place + _RECORD + len(name) + len(entry.extra)
