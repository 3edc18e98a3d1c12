"""The release history of an exchange: every figure ever released, over contributor-stable inner cells.

A file of JSON lines, each naming the digest of the line before it; the last one tells the number of releases too, so
that an edit and a cut show wherever they are (a whole earlier copy put back does not). Secret: it holds contributors'
values until they are destroyed at the end of their retention. A damaged history is an error, never an empty one; an
empty one is begun explicitly and says so in its first line."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest, encode
from gateway.base.errors import DisclosureError, IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.base.lock import exclusive
from gateway.disclosure.declaration import Declaration
from gateway.disclosure.microdata import Microdata, Place

FORMAT = "gateway-history/1"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What was released so far. ``shown`` and ``held``: the figures published and withheld."""

    name: str
    structure: dict[str, Any] | None
    shown: set[Place]
    held: set[Place]
    records: tuple[Microdata, ...]
    head: str
    releases: tuple[str, ...] = field(default=())

    def microdata(self, spec: Declaration) -> Microdata | None:
        """All earlier releases' records together. Raises IntegrityError when ``spec`` is of another exchange,
        DisclosureError when one of the two is rounded and the other is not, or to another base."""
        if self.structure is not None and self.structure.get("rounding") != spec.structure.get("rounding"):
            raise DisclosureError(
                "历史中的数字不是以同一方式提供的（准确数字，或按另一基数取整）",
                "the history's figures were released in another way (exact, or rounded to another base)",
                safe=("没有生成任何文件，历史未改动", "no file was made, the history is as it was"),
                next=("以新的历史文件提供其他单元格", "release other cells, with a history of their own"),
            )
        if self.structure is not None and self.structure != spec.structure:
            raise _damaged("声明与历史的结构不同，可能属于另一交换", "the declaration's structure is not the history's")
        joined: Microdata | None = None
        for record in self.records:
            joined = record if joined is None else joined.joined(record)
        return joined


def begin(path: Path, name: str) -> Exchange:
    """A new history that states that nothing was released before. Raises IntegrityError when there is one already."""
    if path.exists():
        raise _damaged("历史文件已存在", "there is a history already")
    first = encode({"format": FORMAT, "exchange": name, "before": "nothing was released"})
    write_atomic(path, first + _end(digest(first[:-1]), 0), mode=PRIVATE)
    return load(path, name)


def load(path: Path, name: str) -> Exchange:
    """Reads and checks a history. Raises IntegrityError for a missing, damaged or foreign one."""
    try:
        lines = path.read_bytes().split(b"\n")
        first = json.loads(lines[0])
        if lines[-1] != b"" or first["format"] != FORMAT:
            raise _damaged("历史文件不完整", "the history is not whole")
        if first["exchange"] != name:
            raise _damaged("历史属于另一交换", "the history is another exchange's")
        head = digest(lines[0])
        exchange = Exchange(name=name, structure=None, shown=set(), held=set(), records=(), head=head)
        for line in lines[1:-2]:
            entry = json.loads(line)
            if entry["after"] != exchange.head:
                raise _damaged("历史的链断了", "the history's chain is broken")
            exchange = _with(exchange, entry, digest(line))
        if lines[-2] + b"\n" != _end(exchange.head, len(exchange.releases)):
            raise _damaged("历史文件不完整", "the history is not whole")
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise _damaged("历史文件无法读取", "the history can't be read") from error
    return exchange


def append(path: Path, exchange: Exchange, release: str, spec: Declaration, data: Microdata, cells: Any) -> Exchange:
    """Adds a release: its records, and its (place, shown) pairs. Raises IntegrityError when the file has moved on."""
    entry = {
        "after": exchange.head,
        "release": release,
        "structure": spec.structure,
        "records": [[list(c), g, v] for c, g, v in zip(data.codes, data.groups, data.values, strict=True)],
        "above": [{code: list(ups) for code, ups in above.items()} for above in data.above],
        "shown": [list(place) for place, shown in cells if shown],
        "held": [list(place) for place, shown in cells if not shown],
    }
    line = encode(entry)
    end = _end(digest(line[:-1]), len(exchange.releases) + 1)
    with exclusive(path.with_name(f".{path.name}.lock")):
        if load(path, exchange.name).head != exchange.head:
            raise _damaged("历史在此期间已变化", "the history has changed meanwhile")
        before = path.read_bytes().removesuffix(_end(exchange.head, len(exchange.releases)))
        write_atomic(path, before + line + end, mode=PRIVATE)
        return load(path, exchange.name)


def _end(head: str, releases: int) -> bytes:
    """A history's last line: what stands before it, and how many releases."""
    return encode({"end": head, "releases": releases})


def _with(exchange: Exchange, entry: dict[str, Any], head: str) -> Exchange:
    records = Microdata(
        codes=tuple(tuple(codes) for codes, _, _ in entry["records"]),
        groups=tuple(group for _, group, _ in entry["records"]),
        values=tuple(int(value) for _, _, value in entry["records"]),
        above=tuple({code: tuple(ups) for code, ups in above.items()} for above in entry["above"]),
    )
    if exchange.structure is not None and entry["structure"] != exchange.structure:
        raise _damaged("历史内的结构不一致", "the history's structure changes on the way")
    return Exchange(
        name=exchange.name,
        structure=entry["structure"],
        shown=exchange.shown | {tuple(place) for place in entry["shown"]},
        held=exchange.held | {tuple(place) for place in entry["held"]},
        records=(*exchange.records, records),
        head=head,
        releases=(*exchange.releases, entry["release"]),
    )


def _damaged(zh: str, en: str) -> IntegrityError:
    return IntegrityError(
        zh,
        en,
        safe=("没有生成任何文件，历史未改动", "no file was made, the history is as it was"),
        next=("从备份恢复历史", "restore the history from a backup"),
    )
