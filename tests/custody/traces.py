"""Looking for what should be gone: any 16 bytes of the known content, as they are or in common disguises."""

import base64
import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path

RUN = 16


def runs(content: bytes) -> frozenset[bytes]:
    """Every 16-byte run of the content; of its base64 (three alignments), hexadecimal and UTF-16 too."""
    texts = [content, content.hex().encode(), content.decode("latin-1").encode("utf-16-le")]
    texts += [base64.b64encode(content[start:]) for start in range(3)]
    return frozenset(text[at : at + RUN] for text in texts for at in range(len(text) - RUN + 1))


def found_in(data: bytes, wanted: frozenset[bytes]) -> bool:
    """Whether any of the runs stands in ``data``, or in what it unpacks to."""
    if any(data[at : at + RUN] in wanted for at in range(len(data) - RUN + 1)):
        return True
    if not data:
        return False
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            plain = unpack(data)
        except (OSError, zlib.error, EOFError):
            continue
        return found_in(plain, wanted)
    return False


def traces(folders: Iterable[Path], wanted: frozenset[bytes]) -> list[Path]:
    """The files below ``folders``, hidden ones included, in which a run is found."""
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in files if found_in(path.read_bytes(), wanted)]
