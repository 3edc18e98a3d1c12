"""What goes back to its owner: an AES-256 ZIP that 7-Zip opens; neutral names outside, the true ones inside."""

import io
from collections.abc import Sequence
from typing import Any

from gateway.base.canonical import digest, encode_for_people
from gateway.custody.vault import ending

LIST = "list.json"
_DATE = (1980, 1, 1, 0, 0, 0)


def pack(files: Sequence[tuple[str, bytes]], passphrase: str) -> bytes:
    """The ZIP of ``files`` (true name, content) under ``passphrase``."""
    import pyzipper

    names = [f"{number:04}{ending(name)}" for number, (name, _) in enumerate(files, start=1)]
    listed = [
        {"file": inside, "name": name, "bytes": len(data), "sha256": digest(data)}
        for inside, (name, data) in zip(names, files, strict=True)
    ]
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for inside, data in [(LIST, encode_for_people(listed)), *zip(names, (d for _, d in files), strict=True)]:
            info: Any = pyzipper.zipfile_aes.AESZipInfo(filename=inside, date_time=_DATE)
            info.compress_type = pyzipper.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()
