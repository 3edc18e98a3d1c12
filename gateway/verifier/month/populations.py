"""What tables say of the same rows and contributors: cells that they share, and how parts make up totals.

A cell that stands in several tables is one cell. Parts and totals are found along every code list, in each table and
across tables (the counties of one table are the sum of the towns of another)."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from gateway.verifier.month.figures import NOTHING, Figure, Figures, Parts
from gateway.verifier.month.lists import Axis, CodeList, Key, Measure, Place, Table
from gateway.verifier.report import Problem


class Family(NamedTuple):
    """A cell and those right below it along one dimension. They add up to it, or, where a contributor can be in several
    of them, each is at most as much and together they are at least as much."""

    parent: Key
    children: tuple[Key, ...]
    adds_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """``figures``, ``families``: by what is counted; ``parts``: of employers' groups all of the inner cells, of persons
    those who are alone in one. ``measures``: what tables publish of it."""

    name: str
    persons: bool
    measures: tuple[Measure, ...]
    figures: Mapping[str, Mapping[Key, Figure]]
    families: Mapping[str, Sequence[Family]]
    parts: Mapping[str, Mapping[Key, Mapping[int, int]]]

    @property
    def keys(self) -> set[Key]:
        """Every cell."""
        return {key for cells in self.figures.values() for key in cells}


def populations(tables: Sequence[Table], figures: Sequence[Figures], parts: Parts) -> dict[str, Population]:
    """The populations of ``tables`` by name. Raises Problem where tables contradict each other or do not add up."""
    used: dict[str, list[tuple[Table, Measure, Mapping[Key, Figure]]]] = {}
    for table, own in zip(tables, figures, strict=True):
        for measure in table.measures:
            cells = {table.key(place): figure for place, figure in own[measure.name].items()}
            used.setdefault(measure.population, []).append((table, measure, cells))
    return {name: _population(name, uses, parts.get(name, {})) for name, uses in used.items()}


def _population(
    name: str,
    uses: Sequence[tuple[Table, Measure, Mapping[Key, Figure]]],
    parts: Mapping[str, Mapping[Key, Mapping[int, int]]],
) -> Population:
    figures: dict[str, dict[Key, Figure]] = {}
    families: dict[str, dict[Family, None]] = {}
    for table, measure, cells in uses:
        known = figures.setdefault(measure.counts, {})
        if any(known.setdefault(key, figure) != figure for key, figure in cells.items()):
            raise Problem("同一单元在两张表中的数不同", "a cell has different figures in two tables")
        own = families.setdefault(measure.counts, {})
        for family in families_of(table, measure, cells):
            _check(cells, family)
            own[family] = None
    for counts, cells in figures.items():
        families[counts] |= dict.fromkeys(_across([(t, m) for t, m, _ in uses if m.counts == counts], cells))
    return Population(
        name=name,
        persons=uses[0][1].persons,
        measures=tuple(measure for _, measure, _ in uses),
        figures=figures,
        families={counts: tuple(own) for counts, own in families.items()},
        parts=parts,
    )


def with_zeros(table: Table, cells: Mapping[Place, Figure], withheld: Set[Place]) -> dict[Place, Figure]:
    """A measure's cells with those that are zero and ``withheld``, and the zeros that these are part of."""
    found = dict(cells)
    for place in withheld - cells.keys():
        found |= {above: NOTHING for above in table.above(place) if above not in cells}
    return found


def families_of(table: Table, measure: Measure, cells: Mapping[Key, object]) -> Iterator[Family]:
    """A table's totals with their parts, among the cells that are not empty."""
    for axis in table.axes:
        for parent, children in _below(cells, axis.name, axis.codes, axis.levels):
            yield Family(parent, children, table.adds_up(measure, axis))


def _below(
    cells: Mapping[Key, object], name: str, codes: CodeList, levels: frozenset[str]
) -> Iterator[tuple[Key, tuple[Key, ...]]]:
    """Each cell with those right below it along one dimension."""
    found: dict[Key, list[Key]] = {}
    for key in sorted(cells):
        code = dict(key).get(name, codes.top)
        others = tuple(pair for pair in key if pair[0] != name)
        above = codes.up(code, levels)
        parent = _with(others, name, above, codes)
        while above is not None and parent not in cells:
            above = codes.up(above, levels)
            parent = _with(others, name, above, codes)
        if above is not None:
            found.setdefault(parent, []).append(key)
    yield from ((parent, tuple(children)) for parent, children in found.items())


def _with(others: Key, name: str, code: str | None, codes: CodeList) -> Key:
    return others if code is None or code == codes.top else tuple(sorted((*others, (name, code))))


def _check(cells: Mapping[Key, Figure], family: Family) -> None:
    total, parts = cells[family.parent].value, [cells[key].value for key in family.children]
    if sum(parts) != total if family.adds_up else max(parts) > total or sum(parts) < total:
        raise Problem("部分与合计不符", "parts do not fit their total")


def _across(uses: Sequence[tuple[Table, Measure]], cells: Mapping[Key, Figure]) -> Iterator[Family]:
    """Sums of one table's cells that another shows, where they do add up."""
    axes: dict[str, list[Axis]] = {}
    repeating = {axis.name for table, measure in uses for axis in table.axes if not table.adds_up(measure, axis)}
    for table, _ in uses:
        for axis in table.axes:
            axes.setdefault(axis.name, []).append(axis)
    for name, several in axes.items():
        if name not in repeating and len({axis.levels for axis in several}) > 1:
            levels = frozenset().union(*(axis.levels for axis in several))
            for parent, children in _below(cells, name, several[0].codes, levels):
                if sum(cells[key].value for key in children) == cells[parent].value:
                    yield Family(parent, children, adds_up=True)


def contents(cells: Mapping[Key, object], families: Sequence[Family]) -> dict[Key, tuple[Key, ...]]:
    """Each cell's inner cells: itself, or those that make it up by one of its families."""
    first = _first(families)
    found: dict[Key, tuple[Key, ...]] = {}

    def inner(key: Key) -> tuple[Key, ...]:
        if key not in found:
            below = first.get(key)
            found[key] = (key,) if below is None else tuple(i for child in below.children for i in inner(child))
        return found[key]

    for key in cells:
        inner(key)
    return found


def _first(families: Sequence[Family]) -> dict[Key, Family]:
    """Of each total the family that makes it up."""
    first: dict[Key, Family] = {}
    for family in families:
        if family.adds_up:
            first.setdefault(family.parent, family)
    return first


def shares(population: Population, counts: str) -> dict[Key, Mapping[int, int]]:
    """Who has how much of every cell of employers' groups. Raises Problem where that does not make up its figure."""
    cells, parts = population.figures[counts], population.parts.get(counts, {})
    first = _first(population.families[counts])
    found: dict[Key, Mapping[int, int]] = {}
    for key, figure in cells.items():
        mine = _held(key, first, parts, found)
        one, two, *_ = [*sorted(mine.values(), reverse=True), 0, 0]
        if Figure(sum(mine.values()), len(mine), one, two) != figure:
            raise Problem(
                "贡献者的份额与单元格的数不符", "the contributors' parts do not make up the figures of the cells"
            )
    return {key: found[key] for key in cells}


def _held(
    key: Key,
    first: Mapping[Key, Family],
    parts: Mapping[Key, Mapping[int, int]],
    found: dict[Key, Mapping[int, int]],
) -> Mapping[int, int]:
    """What those below a cell have together; ``found`` is what is known already."""
    if key not in found:
        mine: dict[int, int] = {}
        for child in first[key].children if key in first else ():
            for who, part in _held(child, first, parts, found).items():
                mine[who] = mine.get(who, 0) + part
        found[key] = mine if key in first else parts.get(key, {})
    return found[key]
