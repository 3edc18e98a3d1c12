"""Records of contributors, the cells they make, and small declarations: the platform's side of the tests.

Cells are counted here in plain Python, without the statistics room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from gateway.model.cells import Cells, Figure, Key, Parts, Place, key_of
from gateway.model.hierarchy import Hierarchy, Node
from gateway.model.table import Contributor, Derived, Dimension, Kind, Measure, Model, TableSpec, Wording

WORD = Wording(zh="词", en="word")


@dataclass(frozen=True)
class Record:
    """One row of a feed. A code can be several codes, for a dimension in which a person stands more than once."""

    group: str = "g"
    worker: str = "w"
    codes: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    amount: int = 1

    def who(self, contributor: Contributor) -> str:
        return self.group if contributor is Contributor.EMPLOYER else self.worker


def hierarchy(name: str, tree: Any, levels: tuple[str, ...]) -> Hierarchy:
    """From nested dicts: ``{"Total": {"A": {"a1": {}, "a2": {}}, "B": {}}}``. A key ``"x:level"`` skips levels."""
    nodes: list[Node] = []

    def walk(branch: Mapping[str, Any], depth: int, parent: str | None) -> None:
        for key, below in branch.items():
            code, _, level = key.partition(":")
            at = levels.index(level) if level else depth
            nodes.append(Node(code=code, label=code, label_en=code, level=levels[at], parent=parent))
            walk(below, at + 1, code)

    walk(tree, 0, None)
    return Hierarchy(name=name, levels=levels, nodes=tuple(nodes))


def flat(name: str, codes: Iterable[str]) -> Hierarchy:
    """A total and its codes."""
    return hierarchy(name, {"Total": {code: {} for code in codes}}, ("total", "code"))


def leaves(tree: Hierarchy) -> list[str]:
    """The codes with nothing below them."""
    parents = {node.parent for node in tree.nodes}
    return [node.code for node in tree.nodes if node.code not in parents]


def dimension(
    name: str, levels: tuple[str, ...] = ("total", "code"), of: str | None = None, multi: bool = False
) -> Dimension:
    return Dimension(name=name, title=WORD, hierarchy=of or name, levels=levels, multi_valued=multi)


def measure(
    name: str, kind: Kind = Kind.COUNT, contributor: Contributor = Contributor.EMPLOYER, **more: Any
) -> Measure:
    """Of the feed ``rows`` unless said otherwise; a sum is of ``amount``."""
    model = Model.PERSONS if contributor is Contributor.WORKER else Model.BUSINESS
    texts = {"title": WORD, "unit": WORD, "definition": WORD}
    column = {"column": "amount"} if kind is Kind.SUM else {}
    given = {"feed": "rows", **texts, **column, **more}
    return Measure(name=name, kind=kind, contributor=contributor, model=model, **given)


def table(
    name: str, dimensions: Sequence[Dimension], measures: Sequence[Measure], derived: Sequence[Derived] = ()
) -> TableSpec:
    return TableSpec(
        name=name,
        title=WORD,
        clause="1",
        definition=WORD,
        dimensions=tuple(dimensions),
        measures=tuple(measures),
        derived=tuple(derived),
    )


def _counts(measure: Measure, record: Record) -> bool:
    def is_so(where: Mapping[str, str]) -> bool:
        return all(record.codes.get(name) == value for name, value in where.items())

    return is_so(measure.where) and not (measure.without and is_so(measure.without.where))


Holders = dict[Place, dict[str, int]]
"""Each place's contributors with their parts."""


def parts(spec: TableSpec, measure: Measure, records: Iterable[Record], lists: Mapping[str, Hierarchy]) -> Holders:
    """Who contributes how much to each place; a record counts once in a place."""
    found: Holders = {}
    for record in records:
        if not _counts(measure, record):
            continue
        codes = []
        for dim in spec.dimensions:
            given = record.codes[dim.name]
            several = given if isinstance(given, tuple) else (given,)
            tree = lists[dim.hierarchy]
            codes.append({up for code in several if code in tree for up in tree.shown(code, dim.levels)})
        amount = record.amount if measure.kind is Kind.SUM else 1
        who = record.who(measure.contributor)
        for place in product(*codes):
            there = found.setdefault(place, {})
            there[who] = 1 if measure.kind is Kind.DISTINCT else there.get(who, 0) + amount
    return found


def figure(there: Mapping[str, int], model: Model, kind: Kind = Kind.COUNT) -> Figure:
    """A cell's figure from its contributors' parts."""
    first, second, *_ = [*sorted(there.values(), reverse=True), 0, 0]
    if model is Model.PERSONS:
        first, second = (0 if kind is Kind.DISTINCT else first), 0
    return Figure(value=sum(there.values()), contributors=len(there), largest=first, second=second)


def cells(spec: TableSpec, records: Sequence[Record], lists: Mapping[str, Hierarchy]) -> Cells:
    """The table's cells."""
    return Cells(
        spec=spec,
        figures={
            m.name: {
                place: figure(there, m.model, m.kind) for place, there in sorted(parts(spec, m, records, lists).items())
            }
            for m in spec.measures
        },
    )


def holdings(specs: Sequence[TableSpec], records: Sequence[Record], lists: Mapping[str, Hierarchy]) -> Parts:
    """Who has how much of each cell: employers in all of them, persons where one is alone."""
    found: dict[str, dict[str, dict[Key, dict[int, int]]]] = {}
    for spec in specs:
        for m in spec.measures:
            cells = found.setdefault(m.population, {}).setdefault(m.counted, {})
            for place, there in parts(spec, m, records, lists).items():
                if m.model is Model.BUSINESS or len(there) == 1:
                    cells[key_of(spec, place, lists)] = {number(who): part for who, part in there.items()}
    return found


def number(who: str) -> int:
    """A contributor's pseudonym."""
    return int.from_bytes(who.encode(), "big")
