"""The receiver as attacker: what can be worked out from published tables and their declarations alone.

It knows the values and marks, that a place without a row is zero, that a withheld figure has a contributor, the code
lists with their hierarchies, which measures add up along which dimensions, and how derived figures are rounded. It
does not know the rules, the statuses or who contributes. Its equations are its own; nothing is taken from the room
under attack.

A number is named by what it counts, not by where it stands: feed, conditions and codes are coordinates, so that a
measure with ``where = {sex: f}`` and the code ``f`` of a dimension ``sex`` are the same number, in whichever table, and
a count of rows is the same number whoever is said to contribute it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from gateway.model.cells import Mark, Place, PublishedTable
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Kind, Measure, TableSpec
from tests.disclosure.figures import Known, learn
from tests.disclosure.linear import Equation, solve

ONE = Fraction(1)


class Number(NamedTuple):
    """One number of the world, published or not."""

    month: int
    quantity: tuple[str, ...]
    at: frozenset[tuple[str, str]]


def quantity(measure: Measure) -> tuple[str, ...]:
    """What a measure counts, without its conditions."""
    follows = measure.followed_by.model_dump_json() if measure.followed_by else ""
    who = measure.contributor.value if measure.kind is Kind.DISTINCT else ""
    found = (measure.feed, follows, measure.kind.value, measure.column or "", who)
    return (*found, measure.without.model_dump_json()) if measure.without else found


def number(
    spec: TableSpec, measure: Measure, place: Place, hierarchies: Mapping[str, Hierarchy], month: int = 0
) -> Number:
    """The number that ``measure`` shows at ``place``. The top of a list is everything, unless another list knows it as
    a part."""
    at = set(measure.where.items())
    for dimension, code in zip(spec.dimensions, place, strict=True):
        top = code == hierarchies[dimension.hierarchy].top.code
        part = any(code in other and other.top.code != code for other in hierarchies.values())
        if part or not top:
            at.add((dimension.name, code))
    return Number(month, quantity(measure), frozenset(at))


@dataclass(frozen=True)
class Bound:
    """Σ coefficient · number ≥ 0."""

    terms: Mapping[Number, int]


@dataclass
class Attack:
    """Everything that is known after the attack."""

    known: dict[Number, Fraction] = field(default_factory=dict)
    hidden: set[Number] = field(default_factory=set)
    equations: list[Equation[Number]] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    recovered: dict[Number, Fraction] = field(default_factory=dict)


def attack(
    months: Sequence[Sequence[PublishedTable]],
    hierarchies: Mapping[str, Hierarchy],
    edges: Mapping[str, Mapping[str, tuple[int | None, int | None]]] | None = None,
) -> Attack:
    """Solves for every hidden number; ``months`` from the latest back, each with its tables."""
    found = Attack()
    for month, tables in enumerate(months):
        for table in tables:
            _read(found, table, hierarchies, month)
    found.hidden -= set(found.known)
    while True:
        everything = {**found.known, **found.recovered}
        new = {v: x for v, x in solve(found.equations, everything).items() if v not in everything}
        everything |= new
        for month, tables in enumerate(months):
            for table in tables:
                earlier = months[month + 1] if month + 1 < len(months) else ()
                terms = _Terms(table, earlier, hierarchies, month, everything)
                new |= {v: x for v, x in learn(table, hierarchies, edges or {}, terms) if v not in everything}
        if not new:
            return found
        found.recovered |= new


@dataclass(frozen=True)
class _Terms:
    """Looks up the terms of derived figures."""

    table: PublishedTable
    earlier: Sequence[PublishedTable]
    hierarchies: Mapping[str, Hierarchy]
    month: int
    everything: Mapping[Number, Fraction]

    def now(self, measure: str, place: Place) -> Known[Number]:
        return self._known(self.table, measure, place, self.month)

    def before(self, measure: str, place: Place) -> Known[Number] | None:
        for table in self.earlier:
            if table.spec.name == self.table.spec.name:
                return self._known(table, measure, place, self.month + 1)
        return None

    def _known(self, table: PublishedTable, measure: str, place: Place, month: int) -> Known[Number]:
        declared = next(m for m in table.spec.measures if m.name == measure)
        name = number(table.spec, declared, place, self.hierarchies, month)
        return Known(name, self.everything.get(name))


def _read(found: Attack, table: PublishedTable, hierarchies: Mapping[str, Hierarchy], month: int) -> None:
    """Takes in one table: its figures, its zeros, and how its numbers hang together."""
    spec = table.spec
    lists = [hierarchies[d.hierarchy] for d in spec.dimensions]
    shown = [[n.code for n in h.at(d.levels)] for h, d in zip(lists, spec.dimensions, strict=True)]
    for measure in spec.measures:
        for place in product(*shown):
            name = number(spec, measure, place, hierarchies, month)
            row = table.rows.get(place)
            if row is None:
                found.known[name] = Fraction(0)
            elif row[measure.name].value is not None:
                found.known[name] = Fraction(row[measure.name].value or 0)
            elif row[measure.name].mark is Mark.WITHHELD:
                found.hidden.add(name)
        for parent, children, adds_up in _families(spec, measure, lists):
            whole = number(spec, measure, parent, hierarchies, month)
            parts = [number(spec, measure, child, hierarchies, month) for child in children]
            if adds_up:
                found.equations.append(Equation({whole: -ONE, **dict.fromkeys(parts, ONE)}, Fraction(0)))
            else:
                found.bounds.append(Bound({whole: -1, **dict.fromkeys(parts, 1)}))
                found.bounds += [Bound({whole: 1, part: -1}) for part in parts]


def _families(
    spec: TableSpec, measure: Measure, lists: Sequence[Hierarchy]
) -> Iterator[tuple[Place, list[Place], bool]]:
    """Each node with the nodes right below it, at every place of the other dimensions, shown or not: a table without
    the counties still says that a city is the sum of all its townships."""
    for at, (dimension, hierarchy) in enumerate(zip(spec.dimensions, lists, strict=True)):
        below: dict[str, list[str]] = {}
        for node in hierarchy.nodes:
            if node.parent is not None:
                below.setdefault(node.parent, []).append(node.code)
        for rest in product(*([n.code for n in h.nodes] for i, h in enumerate(lists) if i != at)):
            for code, codes in below.items():
                children = [(*rest[:at], child, *rest[at:]) for child in codes]
                yield (*rest[:at], code, *rest[at:]), children, spec.additive(measure, dimension)
