"""The bytes of a package that are not ciphertext: what ``seal`` writes around the entries, and nothing else.

A ZIP has room for dates, comments, versions, attributes, extra fields and gaps, which no authentication covers and
which readers take from different places. So nothing is tolerated there: the frame is rebuilt from names and sizes and
has to be equal (PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16; WinZip AE-2)."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

AE2, AES256, AES_METHOD, DEFLATED = 2, 3, 99, 8
MODE = 0o100600 << 16
UNIX = 3

_VERSION = 20
_ENCRYPTED = 1
_TIME, _DATE = 0, (0 << 9) | (1 << 5) | 1  # 1980-01-01 00:00:00
_EXTRA = struct.pack("<HHH2sBH", 0x9901, 7, AE2, b"AE", AES256, DEFLATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry's name and its sizes in bytes, sealed and plain."""

    name: str
    sealed: int
    plain: int

    def fields(self) -> bytes:
        """What local header and directory share, from the flags to the length of the extra field."""
        numbers = (_ENCRYPTED, AES_METHOD, _TIME, _DATE, 0, self.sealed, self.plain, len(self.name), len(_EXTRA))
        return struct.pack("<HHHHLLLHH", *numbers)

    def local(self) -> bytes:
        """The header before the entry's ciphertext."""
        return struct.pack("<4sH", b"PK\3\4", _VERSION) + self.fields() + self.name.encode() + _EXTRA

    def listed(self, offset: int) -> bytes:
        """The entry's line in the directory."""
        head = struct.pack("<4sBBH", b"PK\1\2", _VERSION, UNIX, _VERSION)
        tail = struct.pack("<HHHLL", 0, 0, 0, MODE, offset)
        return head + self.fields() + tail + self.name.encode() + _EXTRA


def is_framed(package: bytes, entries: Iterable[Entry]) -> bool:
    """Whether ``package`` is exactly these entries, one after the other, with our frame around them."""
    at, directory, count = 0, b"", 0
    for entry in entries:
        local = entry.local()
        if package[at : at + len(local)] != local:
            return False
        directory += entry.listed(at)
        at += len(local) + entry.sealed
        count += 1
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, len(directory), at, 0)
    return package[at:] == directory + end
