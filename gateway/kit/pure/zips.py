"""Reads WinZip's AE-2 entries (AES-256): what the verifier uses of ``pyzipper``, under its names.

The password check and the authentication code are as WinZip describes them: PBKDF2-HMAC-SHA1 with 1000 rounds gives the
AES key, the HMAC key and two bytes that tell a wrong passphrase; ten bytes of HMAC-SHA1 follow the data."""

import hashlib
import hmac
import io
import zipfile
import zlib
from types import TracebackType
from typing import BinaryIO

from gateway.kit.pure.aes import counter_mode

BadZipFile = zipfile.BadZipFile
_SALT, _CHECK, _CODE, _KEY = 16, 2, 10, 32


class AESZipFile:
    """A zip whose entries are all encrypted."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._zip = stream, zipfile.ZipFile(stream)
        self._password = b""

    def __enter__(self) -> "AESZipFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def setpassword(self, password: bytes) -> None:
        """For all entries."""
        self._password = password

    def infolist(self) -> list[zipfile.ZipInfo]:
        """The entries."""
        return self._zip.infolist()

    def open(self, info: zipfile.ZipInfo) -> io.BytesIO:
        """The plain content, at most ``info.file_size`` bytes. Raises RuntimeError (wrong passphrase), BadZipFile."""
        self._stream.seek(info.header_offset)
        header = self._stream.read(30)
        names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        self._stream.seek(info.header_offset + 30 + names)
        data = self._stream.read(info.compress_size)
        if len(data) != info.compress_size or len(data) < _SALT + _CHECK + _CODE or not self._password:
            raise BadZipFile("cut off") if self._password else RuntimeError("no passphrase")
        salt, check = data[:_SALT], data[_SALT : _SALT + _CHECK]
        sealed, code = data[_SALT + _CHECK : -_CODE], data[-_CODE:]
        made = hashlib.pbkdf2_hmac("sha1", self._password, salt, 1000, 2 * _KEY + _CHECK)
        if not hmac.compare_digest(made[-_CHECK:], check):
            raise RuntimeError("wrong passphrase")
        if not hmac.compare_digest(hmac.new(made[_KEY : 2 * _KEY], sealed, "sha1").digest()[:_CODE], code):
            raise BadZipFile("the content does not hold")
        plain = counter_mode(made[:_KEY], sealed)
        if info.extra[-2:] == b"\x08\x00":
            plain = zlib.decompressobj(-15).decompress(plain, info.file_size) if info.file_size else b""
        return io.BytesIO(plain[: info.file_size])
