"""Readers: which reader opens a file, by its first bytes and then by its name; archives are walked to their bottom."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import pyarrow.compute as pc

from gateway.privacy.cells import Collector, Column
from gateway.privacy.readers.archive import Archive, Budget, Entry, Limits, open_archive
from gateway.privacy.readers.base import Gap, Nested, Reader, UnsearchableError
from gateway.privacy.readers.zipframe import Text
from gateway.privacy.scanned import NotSearched, Reason, Searched

__all__ = ["Limits", "Opened", "opened"]

_ZIPS = frozenset({".zip", ".xlsx", ".xlsm", ".docx", ".pptx"})
_TEXTS = frozenset(
    {"", ".txt", ".md", ".log", ".sig", ".asc", ".pub", ".pem", ".toml", ".ini", ".yaml", ".yml", ".sql", ".py"}
)

LONGEST = 1 << 20
"""Bytes of the longest text that is searched as one; a cell of a release has hundreds."""


@dataclass(slots=True)
class Opened:
    """A file that was read: its texts; what could not be read of it; archives are followed by their entries."""

    file: str
    sha256: str
    columns: list[Column] = field(default_factory=list)
    gaps: list[NotSearched] = field(default_factory=list)

    @property
    def searched(self) -> Searched | None:
        """That it was read to its end; None when it was not."""
        return None if self.gaps else Searched(self.file, self.sha256, sum(len(c.values) for c in self.columns))


@dataclass(frozen=True, slots=True)
class _Way:
    """How far in we are, and what opens the next door."""

    passphrase: str | None
    limits: Limits
    budget: Budget
    depth: int


def opened(name: str, data: bytes, *, passphrase: str | None = None, limits: Limits | None = None) -> Iterator[Opened]:
    """``data`` and everything nested in it, as texts with places. Never raises for what a file holds."""
    bounds = limits or Limits()
    yield from _opened(name, data, _Way(passphrase, bounds, Budget.of(bounds), 0))


def _opened(name: str, data: bytes, way: _Way) -> Iterator[Opened]:
    this = Opened(name, hashlib.sha256(data).hexdigest())
    names = Collector()
    names.add(PurePosixPath(name.rsplit("!", 1)[-1]).name, "file name")
    this.columns.extend(names.columns())
    nested: list[Nested] = []
    try:
        for part in _parts(name, data, way):
            if isinstance(part, Column) and _longest(part) > LONGEST:
                this.gaps.append(NotSearched(name, Reason.LIMIT))
            elif isinstance(part, Column):
                this.columns.append(part)
            elif isinstance(part, Gap):
                this.gaps.append(NotSearched(f"{name}!{part.part}", part.reason))
            else:
                nested.append(part)
    except UnsearchableError as error:
        this.gaps.append(NotSearched(name, error.reason))
    yield this
    for inner in nested:
        yield from _deeper(f"{name}!{inner.name}", inner.data, way)


def _longest(column: Column) -> int:
    return pc.max(pc.binary_length(column.values)).as_py() or 0


def _deeper(name: str, data: bytes, way: _Way) -> Iterator[Opened]:
    if way.depth >= way.limits.depth:
        yield Opened(name, hashlib.sha256(data).hexdigest(), gaps=[NotSearched(name, Reason.DEPTH)])
        return
    yield from _opened(name, data, _Way(way.passphrase, way.limits, way.budget, way.depth + 1))


def _parts(name: str, data: bytes, way: _Way) -> Iterator[Column | Gap | Nested]:
    suffix = PurePosixPath(name).suffix.lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) or suffix in _ZIPS:
        yield from _zip(open_archive(data, way.passphrase, way.limits, way.budget))
        return
    yield from _reader(suffix, data)(data)


def _zip(archive: Archive) -> Iterator[Column | Gap | Nested]:
    from gateway.privacy.readers import ooxml

    entries = list(archive.entries)
    again = Archive(archive.texts, iter(entries))
    if any(entry.name == ooxml.CONTENT_TYPES for entry in entries):
        yield from ooxml.read_parts(again)
    else:
        yield from _entries(again.texts, entries)


def _entries(beside: tuple[Text, ...], entries: list[Entry]) -> Iterator[Column | Gap | Nested]:
    texts = Collector()
    for location, text in beside:
        texts.add(text, location)
    for entry in entries:
        texts.add(entry.name, "entry name")
        if entry.reason is not None:
            yield Gap(entry.name, entry.reason)
        elif not (entry.name.endswith("/") and not entry.data):
            yield Nested(entry.name, entry.data)
    yield from texts.columns()


def _reader(suffix: str, data: bytes) -> Reader:
    """The reader of a file that is no archive. Raises UnsearchableError for an unknown format."""
    from gateway.privacy.readers import csvs, htmls, jsons, plain, xmls

    by_suffix: dict[str, Callable[[bytes], Iterator[Column | Gap | Nested]]] = {
        **dict.fromkeys(_TEXTS, plain.read),
        **dict.fromkeys((".csv", ".tsv"), csvs.read),
        **dict.fromkeys((".json", ".jsonl", ".ndjson"), jsons.read),
        **dict.fromkeys((".html", ".htm", ".xhtml"), htmls.read),
        **dict.fromkeys((".xml", ".svg", ".rels"), xmls.read),
    }
    if data.startswith((b"PAR1", b"PARE")) or suffix == ".parquet":
        from gateway.privacy.readers import parquets

        return parquets.read
    if suffix not in by_suffix:
        raise UnsearchableError(Reason.FORMAT)
    return by_suffix[suffix]
