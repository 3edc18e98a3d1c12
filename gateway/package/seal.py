"""Sealing plain files into the AES-256 ZIP that is sent, and opening it again to see what was really sent.

The ZIP opens in 7-Zip, WinRAR and Bandizip. It carries no dates, comments or extra fields beyond those of the
encryption (WinZip AE-2, which keeps no checksum of the plain text). Opening accepts only what sealing makes."""

import io
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.package.codes import is_passphrase
from gateway.package.frame import AE2, MODE, UNIX, Entry, is_framed
from gateway.package.names import is_neutral

DATE = (1980, 1, 1, 0, 0, 0)
LIMIT = 1 << 30
"""The most plain bytes that a package may unfold to: a month takes a few megabytes."""


def seal(entries: Sequence[tuple[str, bytes]], passphrase: str) -> bytes:
    """The ZIP of ``entries`` (name, plain bytes) in the order given.

    The salts come from the system's randomness: sealing twice gives different bytes. Raises ConfigurationError for a
    passphrase that ``new_passphrase`` didn't make, a name that is not neutral, and a name that stands twice."""
    import pyzipper

    _check_entries(entries, passphrase)
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256, force_wz_aes_version=AE2)
        for name, data in entries:
            info = pyzipper.zipfile_aes.AESZipInfo(filename=name, date_time=DATE)
            info.compress_type = pyzipper.ZIP_DEFLATED
            info.create_system = UNIX
            info.external_attr = MODE
            archive.writestr(info, data)
    return out.getvalue()


def open_package(package: bytes, passphrase: str) -> dict[str, bytes]:
    """Each entry's plain bytes by its name, in the archive's order.

    Raises IntegrityError for a wrong passphrase, a damaged archive, and anything that ``seal`` would not have made:
    an entry twice, a path, an entry that is not AES-256 AE-2, a comment, a date, bytes that belong to no entry."""
    import pyzipper

    try:
        with pyzipper.AESZipFile(io.BytesIO(package)) as archive:
            infos = archive.infolist()
            _check_archive(infos, package)
            archive.setpassword(passphrase.encode())
            return {info.filename: _read(archive, info) for info in infos}
    except (pyzipper.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, ValueError) as error:
        raise IntegrityError("数据包已损坏", "the package is damaged") from error
    except RuntimeError as error:  # what pyzipper raises for a wrong passphrase
        raise IntegrityError("口令不正确，无法打开数据包", "wrong passphrase: the package can't be opened") from error


def _read(archive: Any, info: Any) -> bytes:
    """The whole of an entry. Its declared size, which no authentication covers, may cut nothing off."""
    declared, info.file_size = info.file_size, LIMIT + 1
    data: bytes = archive.read(info)
    if len(data) != declared:
        raise _unexpected("条目长度不符", "an entry is not as long as it says")
    return data


def _check_entries(entries: Sequence[tuple[str, bytes]], passphrase: str) -> None:
    if not is_passphrase(passphrase):
        raise ConfigurationError("口令应为随机产生的 24 位 base32 字符", "a passphrase is 24 random base32 characters")
    names = [name for name, _ in entries]
    if not names or len(set(names)) != len(names):
        raise ConfigurationError("数据包条目为空或重名", "a package has entries, each name once")
    if not all(map(is_neutral, names)):
        raise ConfigurationError(
            "数据包条目名应为中性名称，如 02.csv", "the names of a package's entries are neutral, such as 02.csv"
        )


def _check_archive(infos: Sequence[Any], package: bytes) -> None:
    names = [info.orig_filename for info in infos]
    if not names or len(set(names)) != len(names):
        raise _unexpected("条目为空或重名", "no entries, or a name stands twice")
    if not all(map(is_neutral, names)):
        raise _unexpected("条目名不合规定", "an entry's name is not one of ours")
    entries = [Entry(name=info.orig_filename, sealed=info.compress_size, plain=info.file_size) for info in infos]
    if not is_framed(package, entries):
        raise _unexpected(
            "加密方式、属性或附加内容不合规定",
            "its encryption, its attributes or what stands between entries is not ours",
        )
    if sum(entry.plain for entry in entries) > LIMIT:
        raise _unexpected("解开后过大", "it unfolds to too much")


def _unexpected(zh: str, en: str) -> IntegrityError:
    return IntegrityError(f"数据包不合规定：{zh}", f"not a package of ours: {en}")
