"""What may lie nowhere in plain: samples of the source's rows, of the package's cells, and the passphrase."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from gateway.package import open_package

_STEP = 7
"""Every seventh row is looked for: enough to notice any file of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Byte strings by what they are. ``clean``: digests of files in which none of ``known`` was found, so that what
    turn after turn leaves as it is gets read, but not searched again."""

    known: tuple[tuple[str, bytes], ...]
    more: tuple[tuple[str, bytes], ...] = ()
    clean: set[bytes] = field(default_factory=set)

    def found_in(self, folders: Iterable[Path]) -> list[str]:
        """What lies in plain below ``folders``: the kind of secret and the file's name, never the value."""
        broken = []
        for path in _files(folders):
            for data in _readings(path):
                kinds = self._in(data)
                broken += [f"{kind} in plain text in {path.name}" for kind in sorted(kinds)]
        return broken

    def also(self, kind: str, secret: bytes) -> "Secrets":
        return replace(self, more=(*self.more, (kind, secret)))

    def _in(self, data: bytes) -> set[str]:
        digest = hashlib.sha256(data).digest()
        searched = self.more if digest in self.clean else (*self.known, *self.more)
        kinds = {kind for kind, secret in searched if secret in data}
        if not kinds:
            self.clean.add(digest)
        return kinds


def secrets_of(extract: Path, package: bytes, passphrase: str) -> Secrets:
    """Samples of the extract, lines of the package's CSV files, and the passphrase."""
    known = [*source_secrets(extract).known, ("passphrase", passphrase.encode())]
    for name, data in open_package(package, passphrase).items():
        if name.endswith(".csv"):
            lines = [line for line in data.splitlines()[1::_STEP] if len(line) > 30]
            known += [("a cell's line", line) for line in lines[:20]]
    return Secrets(known=tuple(known))


def source_secrets(extract: Path) -> Secrets:
    """Samples: the longest field of every seventh row."""
    known: list[tuple[str, bytes]] = []
    for path in sorted(extract.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))[1::_STEP]
        fields = {max(row, key=len) for row in rows}
        known += [("a feed's value", value.encode()) for value in sorted(fields)[:40] if len(value) > 10]
    return Secrets(known=tuple(known))


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    return (path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _readings(path: Path) -> Iterable[bytes]:
    """The bytes as they are, and unpacked when they are packed without a key."""
    data = path.read_bytes()
    yield data
    if data[:2] == b"\x1f\x8b":
        try:
            yield gzip.GzipFile(fileobj=io.BytesIO(data)).read()
        except (OSError, EOFError, zlib.error):
            return
