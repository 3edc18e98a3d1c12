"""Figures that were published before the gateway: nobody knows what was withheld then.

What was shown is known. For what was withheld a world is found that fits all that was shown, as near to today's figures
as can be: where nothing tells of a change, a withheld cell is taken for what it is today, and so is one number with it
(``earlier``). Where there is no such world, what was published does not add up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gateway.disclosure.integers import solve
from gateway.model.cells import Cells, Figure, Key, Mark, Place, PublishedTable, key_of
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Kind, Measure, Model

_MOST = float(1 << 40)
Lists = Mapping[str, Hierarchy]
Values = Mapping[tuple[str, str], Mapping[Key, int]]
"""(population, what is counted) → cell → value."""


class NoWorldError(ValueError):
    """No whole numbers of at least 0 fit what was published. ``table``: the first table of the figures."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


def world_of(published: Sequence[PublishedTable], now: Sequence[Cells], hierarchies: Lists) -> list[Cells]:
    """The figures of the tables as they may have been: what was shown, and beside it the world that is nearest ``now``.

    Raises NoWorldError, and UnsolvedError where it stays open whether there is one."""
    near = _values(now, hierarchies)
    found = {name: _Figures.of(name, published, hierarchies).world(near.get(name, {})) for name in _names(published)}
    return [_cells(table, found, hierarchies) for table in published]


def _names(published: Sequence[PublishedTable]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((m.population, m.counted) for table in published for m in table.spec.measures))


def _values(tables: Sequence[Cells], hierarchies: Lists) -> Values:
    found: dict[tuple[str, str], dict[Key, int]] = {}
    for cells in tables:
        for measure in cells.spec.measures:
            mine = found.setdefault((measure.population, measure.counted), {})
            for place, figure in cells.figures[measure.name].items():
                mine[key_of(cells.spec, place, hierarchies)] = figure.value
    return found


@dataclass
class _Figures:
    """All that was published of one measure's figures. ``families``: parent, children, whether they add up."""

    table: str
    shown: dict[Key, int] = field(default_factory=dict)
    withheld: dict[Key, None] = field(default_factory=dict)
    families: dict[tuple[Key, tuple[Key, ...], bool], None] = field(default_factory=dict)

    @classmethod
    def of(cls, name: tuple[str, str], published: Sequence[PublishedTable], hierarchies: Lists) -> "_Figures":
        uses = [(t, m) for t in published for m in t.spec.measures if (m.population, m.counted) == name]
        found = cls(table=uses[0][0].spec.name)
        for table, measure in uses:
            found.table = table.spec.name
            for place, row in table.rows.items():
                key, one = key_of(table.spec, place, hierarchies), row[measure.name]
                if one.mark is not Mark.NORMAL:
                    found.withheld[key] = None
                elif found.shown.setdefault(key, int(one.value or 0)) != one.value:
                    raise NoWorldError(table.spec.name)
            found.families |= dict.fromkeys(_families(table, measure, hierarchies))
        return found

    def world(self, near: Mapping[Key, int]) -> dict[Key, int]:
        """Every cell's value. Raises NoWorldError, UnsolvedError."""
        hidden = [key for key in self.withheld if key not in self.shown]
        at = {key: number for number, key in enumerate(hidden)}
        rows: list[tuple[dict[int, float], float, float]] = []
        for parent, children, adds_up in self.families:
            for low, high, cells in _rows(parent, children, adds_up):
                known = sum(sign * self.shown[key] for key, sign in cells if key in self.shown)
                unknown = {at[key]: float(sign) for key, sign in cells if key in at}
                if unknown:
                    rows.append((unknown, low - known, high - known))
                elif not low <= known <= high:
                    raise NoWorldError(self.table)
        found = _nearest(rows, [near.get(key, 0) for key in hidden]) if hidden else []
        if found is None:
            raise NoWorldError(self.table)
        return self.shown | dict(zip(hidden, found, strict=True))


def _rows(parent: Key, children: Sequence[Key], adds_up: bool) -> Iterator[tuple[float, float, list[tuple[Key, int]]]]:
    """What holds of a total and its parts: least, most, and what is summed."""
    whole = [(parent, 1), *((child, -1) for child in children)]
    if adds_up:
        yield 0.0, 0.0, whole
        return
    yield -np.inf, 0.0, whole
    yield from ((0.0, np.inf, [(parent, 1), (child, -1)]) for child in children)


def _families(
    table: PublishedTable, measure: Measure, hierarchies: Lists
) -> Iterator[tuple[Key, tuple[Key, ...], bool]]:
    """Totals and their parts among the rows: a total none of whose parts has a row is nothing. Raises NoWorldError for
    a part, not zero, whose total has no row."""
    spec = table.spec
    found: dict[tuple[int, Place], list[Place]] = {}
    trees = [(hierarchies[dimension.hierarchy], dimension.levels) for dimension in spec.dimensions]
    totals = [{tree.up(node.code, levels) for node in tree.at(levels)} for tree, levels in trees]
    for place in sorted(table.rows):
        for at, dimension in enumerate(spec.dimensions):
            if place[at] in totals[at]:
                found.setdefault((at, place), [])
            above = hierarchies[dimension.hierarchy].up(place[at], dimension.levels)
            if above is not None:
                found.setdefault((at, (*place[:at], above, *place[at + 1 :])), []).append(place)
    for (at, parent), children in found.items():
        if parent not in table.rows:
            if any(table.rows[child][measure.name].value != 0 for child in children):
                raise NoWorldError(spec.name)
            continue
        keys = tuple(key_of(spec, child, hierarchies) for child in children)
        yield key_of(spec, parent, hierarchies), keys, spec.additive(measure, spec.dimensions[at])


def _nearest(rows: Sequence[tuple[dict[int, float], float, float]], near: Sequence[int]) -> list[int] | None:
    """Whole numbers of at least 0 that keep the ``rows``, with the least sum of distances to ``near``."""
    from scipy.sparse import csr_array

    size = len(near)
    entries = [(row, at, sign) for row, (unknown, _, _) in enumerate(rows) for at, sign in unknown.items()]
    for at in range(size):  # x − more + less = near
        entries += [(len(rows) + at, at, 1.0), (len(rows) + at, size + at, -1.0), (len(rows) + at, 2 * size + at, 1.0)]
    places = ([row for row, _, _ in entries], [at for _, at, _ in entries])
    matrix = csr_array(([sign for _, _, sign in entries], places), shape=(len(rows) + size, 3 * size))
    low = np.array([low for _, low, _ in rows] + [float(one) for one in near])
    high = np.array([high for _, _, high in rows] + [float(one) for one in near])
    cost = np.concatenate([np.zeros(size), np.ones(2 * size)])
    found = solve(matrix, cost, np.zeros(3 * size), np.full(3 * size, _MOST), low, high, size, gap=0.0)
    return None if found is None else [int(one) for one in found[:size]]


def _cells(table: PublishedTable, found: Mapping[tuple[str, str], Mapping[Key, int]], hierarchies: Lists) -> Cells:
    """A table's figures; a place where any measure of a population is not zero is one of all of them."""
    spec = table.spec
    figures: dict[str, dict[Place, Figure]] = {measure.name: {} for measure in spec.measures}
    for place in table.rows:
        key = key_of(spec, place, hierarchies)
        values = {m.name: found[m.population, m.counted][key] for m in spec.measures}
        there = {m.population for m in spec.measures if values[m.name]}
        for measure in spec.measures:
            if measure.population in there:
                figures[measure.name][place] = _figure(measure, values[measure.name])
    return Cells(spec=spec, figures=figures)


def _figure(measure: Measure, value: int) -> Figure:
    """As few contributors as can be, one at least; of employer groups one that has it all."""
    contributors = max(value, 1) if measure.kind is Kind.DISTINCT else 1
    return Figure(
        value=value, contributors=contributors, largest=value if measure.model is Model.BUSINESS else 0, second=0
    )
