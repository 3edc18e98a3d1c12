"""One byte form for one document: canonical JSON, and the digests taken over it.

Keys sorted, no white space, UTF-8 unescaped, no NaN, no floats that are not finite: the same document gives the same
bytes on every machine (the idea of RFC 8785; numbers here are integers, decimal strings or short floats)."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

BLOCK = 1 << 20


def encode(document: Any) -> bytes:
    """Canonical JSON bytes of ``document``, with a line end so that text tools show it well."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def encode_for_people(document: Any) -> bytes:
    """The same document, indented, keys in their given order: for files that a person opens."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False).encode() + b"\n"


def digest(data: bytes) -> str:
    """SHA-256 of ``data``, lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def digest_of(document: Any) -> str:
    """SHA-256 of the canonical JSON of ``document``."""
    return digest(encode(document))


def digests(data: bytes) -> dict[str, str]:
    """SHA-256 and SM3 (GB/T 32905) of ``data``, lower-case hex."""
    return {"sha256": digest(data), "sm3": hashlib.new("sm3", data).hexdigest()}


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The rest of ``stream`` in blocks of 1 MiB."""
    while block := stream.read(BLOCK):
        yield block


def digest_file(path: Path) -> str:
    """SHA-256 of the file at ``path``, read in blocks."""
    sha = hashlib.sha256()
    with path.open("rb") as stream:
        for block in blocks(stream):
            sha.update(block)
    return sha.hexdigest()
