"""The release history of an exchange: every figure ever released, over contributor-stable inner cells.

A file (``chain``), secret: it holds contributors' values until they are destroyed at the end of their retention. An
empty history is begun explicitly and says so in its first line; figures that were published before the gateway are
imported; either can be signed. What was published can't be withheld any more, whoever published it."""

import secrets
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.base.errors import ConfigurationError, DisclosureError
from gateway.disclosure import chain
from gateway.disclosure.chain import Chain
from gateway.disclosure.declaration import Declaration
from gateway.disclosure.microdata import Microdata, Place

NOTHING_BEFORE, IMPORTED = "nothing was released", "what was published is imported"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What was released so far. ``shown`` and ``held``: the figures published and withheld, ``imported`` those of them
    that were published before the gateway (None: withheld then). ``records``: of each release whose values are still
    there. ``destroyed``: the releases whose values are not, ``gone`` the inner cells (no values) that were in them
    alone. ``signed``: by whom the history is."""

    name: str
    structure: dict[str, Any] | None
    shown: set[Place]
    held: set[Place]
    imported: Mapping[Place, int | None]
    records: tuple[Microdata, ...]
    releases: tuple[str, ...]
    destroyed: tuple[str, ...]
    gone: tuple[Microdata, ...]
    signed: str | None
    chain: Chain

    @property
    def head(self) -> str:
        """The digest of the last line."""
        return self.chain.head

    @property
    def told(self) -> tuple[Set[str], ...]:
        """By dimension the codes that a release, or an imported figure, spoke of; none without either."""
        lowest = [records.above for records in (*self.records, *self.gone)]
        size = len(lowest[0]) if lowest else len(next(iter(self.imported), ()))
        return tuple(
            {code for above in lowest for code in above[axis]} | {place[axis] for place in self.imported}
            for axis in range(size)
        )

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
            raise chain.damaged(
                "声明与历史的结构不同，可能属于另一交换", "the declaration's structure is not the history's"
            )
        joined: Microdata | None = None
        for record in self.records:
            joined = record if joined is None else joined.joined(record)
        return joined


def fresh(name: str) -> Exchange:
    """A history that states that nothing was released before, in memory."""
    return _exchange(chain.begun(name, NOTHING_BEFORE))


def begin(path: Path, name: str, *, imports: bool = False) -> Exchange:
    """A new history that states that nothing was released before, or that what was is imported. Raises IntegrityError
    when there is one already."""
    if path.exists():
        raise chain.damaged("历史文件已存在", "there is a history already")
    known = chain.begun(name, IMPORTED if imports else NOTHING_BEFORE)
    chain.write(path, known)
    return load(path, name)


def load(path: Path, name: str) -> Exchange:
    """Reads and checks a history. Raises IntegrityError for a missing, damaged or foreign one."""
    return _exchange(chain.read(path, name))


def append(
    path: Path, exchange: Exchange, release: str, spec: Declaration, data: Microdata, cells: Any, *, salt: str = ""
) -> Exchange:
    """Adds a release: its records, and its (place, shown) pairs. ``salt``: secret and random; drawn when none is given.
    Raises IntegrityError when the file has moved on."""
    entry = {
        "release": release,
        "structure": spec.structure,
        "shown": [list(place) for place, shown in cells if shown],
        "held": [list(place) for place, shown in cells if not shown],
    }
    values = {
        "salt": salt or secrets.token_hex(16),
        "records": [[list(c), g, v] for c, g, v in zip(data.codes, data.groups, data.values, strict=True)],
        "above": [{code: list(ups) for code, ups in above.items()} for above in data.above],
        "zeros": [list(codes) for codes in data.zeros],
    }
    return _exchange(chain.add(path, exchange.chain, entry, values))


def import_figures(
    path: Path, exchange: Exchange, names: Sequence[str], figures: Mapping[Place, int | None]
) -> Exchange:
    """Adds figures that were published before the gateway (None: withheld then), over the dimensions ``names``.

    Raises IntegrityError when the history has one of them already, or has other dimensions."""
    known = exchange.shown | exchange.held
    if known & figures.keys():
        raise chain.damaged("历史中已有其中的数字", "the history has some of these figures already")
    if exchange.structure is not None and [axis["name"] for axis in exchange.structure["dimensions"]] != list(names):
        raise chain.damaged("维度与历史不同", "the dimensions are not the history's")
    told = [[list(place), value] for place, value in sorted(figures.items())]
    return _exchange(chain.add(path, exchange.chain, {"imported": told, "dimensions": list(names)}))


def add_signature(path: Path, exchange: Exchange, signer: str, signature: str) -> Exchange:
    """Adds the (verified) signature of somebody over the file as it stands."""
    return _exchange(chain.add(path, exchange.chain, {"signed": signer, "signature": signature}))


def forget(path: Path, exchange: Exchange, releases: Sequence[str], kept: Any, at: str) -> Exchange:
    """Destroys the contributors' values of ``releases`` and keeps ``kept`` in their place.

    Raises ConfigurationError for a release that is not there, or whose values are not."""
    unknown = set(releases) - set(exchange.releases) | set(releases) & set(exchange.destroyed)
    if unknown or not releases:
        raise ConfigurationError(
            f"历史中没有其中 {len(unknown)} 个版本的数值",
            f"the history has no values of {len(unknown)} of these releases",
            safe=("没有销毁任何数值", "no value was destroyed"),
        )
    document = {"destroyed": sorted(releases), "at": at, "kept": kept}
    return _exchange(chain.add_and_empty(path, exchange.chain, document, frozenset(releases)))


def _exchange(known: Chain) -> Exchange:
    """What a history's lines say. Raises IntegrityError where they contradict each other."""
    try:
        return _read(known)
    except (KeyError, TypeError, ValueError) as error:
        raise chain.damaged("历史文件无法读取", "the history can't be read") from error


def _read(known: Chain) -> Exchange:
    structure: dict[str, Any] | None = None
    shown: set[Place] = set()
    held: set[Place] = set()
    imported: dict[Place, int | None] = {}
    records: list[Microdata] = []
    releases: list[str] = []
    gone: set[str] = set()
    destroyed: set[str] = set()
    cells: list[Microdata] = []
    signed: str | None = None
    for entry in known.entries:
        document = entry.document
        if "release" in document:
            if structure is not None and document["structure"] != structure:
                raise chain.damaged("历史内的结构不一致", "the history's structure changes on the way")
            structure = document["structure"]
            releases.append(document["release"])
            shown |= {tuple(place) for place in document["shown"]}
            held |= {tuple(place) for place in document["held"]}
            if entry.values is None:
                gone.add(document["release"])
            else:
                records.append(_microdata(entry.values))
        elif "imported" in document:
            figures = {tuple(place): value for place, value in document["imported"]}
            imported |= figures
            shown |= {place for place, value in figures.items() if value is not None}
            held |= {place for place, value in figures.items() if value is None}
        elif "destroyed" in document:
            destroyed |= set(document["destroyed"])
            cells.append(_without_values(document["kept"]))
        else:
            signed = document["signed"]
    if gone != destroyed:
        raise chain.damaged("历史中的数值缺失或重现", "values in the history are missing, or there again")
    return Exchange(
        name=known.first["exchange"],
        structure=structure,
        shown=shown,
        held=held,
        imported=imported,
        records=tuple(records),
        releases=tuple(releases),
        destroyed=tuple(sorted(destroyed)),
        gone=tuple(cells),
        signed=signed,
        chain=known,
    )


def _microdata(values: Mapping[str, Any]) -> Microdata:
    return Microdata(
        codes=tuple(tuple(codes) for codes, _, _ in values["records"]),
        groups=tuple(group for _, group, _ in values["records"]),
        values=tuple(int(value) for _, _, value in values["records"]),
        above=tuple({code: tuple(ups) for code, ups in above.items()} for above in values["above"]),
        zeros=tuple(tuple(codes) for codes in values["zeros"]),
    )


def _without_values(kept: Mapping[str, Any]) -> Microdata:
    above = tuple({code: tuple(ups) for code, ups in above.items()} for above in kept["above"])
    codes = tuple(tuple(kept["inner"][at]) for at in kept["gone"])
    return Microdata(codes=codes, groups=(), values=(), above=above)
