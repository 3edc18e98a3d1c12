"""The file of a release history: JSON lines, each naming the digest of the line before it.

A release's line is followed by that of its contributors' values, which it names by digest; that line holds a salt, so
that nobody can try values out against a digest that they are told, and it can be emptied at the end of the values'
retention without breaking the chain. The last line names the head and the number of releases, so that an edit and a cut
show wherever they are (a whole earlier copy put back does not). What is damaged is an error, never an empty history."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest, encode
from gateway.base.errors import IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.base.lock import exclusive

FORMAT = "gateway-history/2"
_EMPTIED = b"null\n"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line, and of a release its values' line; None once they are destroyed, and where there are none."""

    document: dict[str, Any]
    head: str
    values: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A whole history file: its bytes, its first line, the lines behind it."""

    raw: bytes
    first: dict[str, Any]
    entries: tuple[Entry, ...]
    head: str

    @property
    def releases(self) -> int:
        """How many releases."""
        return sum("release" in entry.document for entry in self.entries)


def begun(exchange: str, before: str) -> Chain:
    """A history that has no lines but its first, in memory."""
    first = {"format": FORMAT, "exchange": exchange, "before": before}
    line = encode(first)
    head = digest(line[:-1])
    return Chain(raw=line + _end(head, 0), first=first, entries=(), head=head)


def read(path: Path, exchange: str) -> Chain:
    """The history at ``path``. Raises IntegrityError for a missing, damaged or foreign one."""
    try:
        raw = path.read_bytes()
        lines = raw.split(b"\n")
        first = json.loads(lines[0])
        if lines[-1] != b"" or first["format"] != FORMAT:
            raise damaged("历史文件不完整", "the history is not whole")
        if first["exchange"] != exchange:
            raise damaged("历史属于另一交换", "the history is another exchange's")
        chain = Chain(raw=raw, first=first, entries=_entries(lines), head="")
        head = chain.entries[-1].head if chain.entries else digest(lines[0])
        if lines[-2] + b"\n" != _end(head, chain.releases):
            raise damaged("历史文件不完整", "the history is not whole")
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise damaged("历史文件无法读取", "the history can't be read") from error
    return Chain(raw=raw, first=first, entries=chain.entries, head=head)


def _entries(lines: Sequence[bytes]) -> tuple[Entry, ...]:
    head = digest(lines[0])
    found: list[Entry] = []
    rest = iter(lines[1:-2])
    for line in rest:
        document = json.loads(line)
        if document["after"] != head:
            raise damaged("历史的链断了", "the history's chain is broken")
        values = None
        if "release" in document:
            told = next(rest, b"")
            values = json.loads(told)
            if values is not None and digest(told) != document["values"]:
                raise damaged("历史中的数值被改动", "values in the history were changed")
        head = digest(line)
        found.append(Entry(document=document, head=head, values=values))
    return tuple(found)


def write(path: Path, chain: Chain) -> None:
    """Writes a history that is begun."""
    write_atomic(path, chain.raw, mode=PRIVATE)


def add(path: Path, known: Chain, document: dict[str, Any], values: dict[str, Any] | None = None) -> Chain:
    """Adds a line behind ``known``, and a release's values. Raises IntegrityError when the file has moved on."""
    return _written(path, known, document, values, lambda lines: lines)


def add_and_empty(path: Path, known: Chain, document: dict[str, Any], releases: frozenset[str]) -> Chain:
    """Adds a line and empties the values of ``releases``, in one write. Raises IntegrityError when the file has moved
    on."""

    def emptied(lines: list[bytes]) -> list[bytes]:
        at = 1
        for entry in known.entries:
            if "release" in entry.document:
                at += 1
                if entry.document["release"] in releases:
                    lines[at] = _EMPTIED
            at += 1
        return lines

    return _written(path, known, document, None, emptied)


def _written(
    path: Path,
    known: Chain,
    document: dict[str, Any],
    values: dict[str, Any] | None,
    change: Callable[[list[bytes]], list[bytes]],
) -> Chain:
    told = encode(values) if values is not None else b""
    line = encode({"after": known.head, **document, **({"values": digest(told[:-1])} if told else {})})
    head = digest(line[:-1])
    with exclusive(path.with_name(f".{path.name}.lock")):
        if read(path, known.first["exchange"]).head != known.head:
            raise damaged("历史在此期间已变化", "the history has changed meanwhile")
        before = change(known.raw.splitlines(keepends=True)[:-1])
        end = _end(head, known.releases + ("release" in document))
        write_atomic(path, b"".join([*before, line, told, end]), mode=PRIVATE)
        return read(path, known.first["exchange"])


def _end(head: str, releases: int) -> bytes:
    return encode({"end": head, "releases": releases})


def damaged(zh: str, en: str) -> IntegrityError:
    """A history that can't be relied on."""
    return IntegrityError(
        zh,
        en,
        safe=("没有生成任何文件，历史未改动", "no file was made, the history is as it was"),
        next=("从备份恢复历史", "restore the history from a backup"),
    )
