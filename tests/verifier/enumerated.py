"""The attacker who tries everything: all whole numbers that fit what a small month publishes, and who knows what.

Written apart from the verifier and from the suppressor. It starts from the records: what each contributor has where,
which figures are sensitive and how far each must be able to move. A count that is withheld is known to be at least 1,
unless it is a zero that is withheld; every contributor knows its own part of each finest cell, and all of one where it
is alone. Where a contributor can be in several parts, each is at most the total and all together at least as much."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import ceil

from gateway.model.cells import Status
from gateway.model.table import Kind, Measure, Model, TableSpec
from tests.disclosure.microdata import parts
from tests.disclosure.siege import Siege, gives_away

Cell = frozenset[tuple[str, str]]
Row = Mapping[Cell, int]
Holders = Mapping[str, int]


@dataclass(frozen=True)
class Bound:
    """low ≤ Σ factor · value ≤ high."""

    terms: tuple[tuple[Cell, int], ...]
    low: int
    high: int


@dataclass(frozen=True)
class Ask:
    """A number that must be able to move: ``row`` is what it is made of. ``rise`` and ``fall`` from its value;
    ``wide``: or rise so far and be so wide in all; neither: by 1 either way. ``spared``: who may narrow it: the largest
    of employers, and nobody where several are; of persons who is alone. ``second``: those with the second largest part,
    where several are the largest these."""

    row: Row
    value: int
    rise: Fraction
    fall: Fraction
    wide: bool = False
    spared: frozenset[str] = frozenset()
    second: frozenset[str] = frozenset()
    group: bool = False


class Attacker:
    """What can be told of a system of finest cells: ``published`` and ``structure`` hold for them; each is at ``least``
    so much for one who may be in it, and known to who is ``alone`` in it."""

    inner: Sequence[Cell]
    published: Sequence[Bound]
    structure: Sequence[Bound]
    persons: bool

    def least(self, cell: Cell, who: str | None) -> int:
        raise NotImplementedError

    def value(self, cell: Cell) -> int:
        raise NotImplementedError

    def alone(self, cell: Cell) -> str | None:
        raise NotImplementedError

    def broken(self, ask: Ask, who: str | None) -> bool:
        """Whether an attacker (None: an outsider) knows a number more narrowly than it may be known."""
        reach = ceil(ask.rise + ask.fall) + 1
        low, high = self.range(ask.row, who, ask.value, reach)
        up, down = high - ask.value, ask.value - low
        if ask.group:
            return up < 1
        if not ask.rise and not ask.fall:
            return not up and not down
        sinks = min(ask.fall, Fraction(ask.value - self.range(ask.row, None, ask.value, reach, free=True)[0]))
        rises = ask.rise + ask.fall - sinks
        if ask.wide and up >= ask.rise and up + down >= ask.rise + ask.fall:
            return False
        if who is not None:
            sinks = min(sinks, Fraction(ask.value - self.range(ask.row, who, ask.value, reach, free=True)[0]))
        return up < rises or down < sinks

    def range(self, row: Row, who: str | None, value: int, reach: int, *, free: bool = False) -> tuple[int, int]:
        """The least and the most that a number can be for an attacker, looked for up to ``reach`` around its value;
        ``free``: as if nothing were published."""
        known = [*self.structure, *(() if free else self.published)]
        ends = [value, value]
        for side, sign in ((0, -1), (1, 1)):
            while abs(ends[side] - value) < reach:
                beyond = ends[side] + sign
                aim = _bound(row, beyond, 1 << 30) if sign > 0 else _bound(row, -(1 << 30), beyond)
                if not aim.terms or not self._possible([*known, aim], who, reach):
                    break
                ends[side] = beyond
        return ends[0], ends[1]

    def _possible(self, bounds: Sequence[Bound], who: str | None, reach: int) -> bool:
        """Whether some values of the finest cells fit: tried one after the other, none further than ``reach`` from the
        truth (who moves a figure by so many moves no finest cell by more)."""
        ranges = {}
        for cell in self.inner:
            least, value = self.least(cell, who), self.value(cell)
            known = who is not None and self.alone(cell) == who
            ranges[cell] = (value, value) if known else (max(least, value - reach), value + reach)
        return _search(list(bounds), ranges)


@dataclass(frozen=True)
class Enumerated(Attacker):
    """One count of one population in a release. ``specs``: its tables, or those of what is left of a whole without a
    part, which are not ``shown``; ``zeros``: empty cells that nobody knows to be empty."""

    siege: Siege
    measure: Measure
    zeros: frozenset[Cell]
    specs: Sequence[TableSpec]
    shown: bool = True

    # what is there ----------------------------------------------------------------------------------------------------

    @property
    def persons(self) -> bool:  # type: ignore[override]
        return self.measure.model is Model.PERSONS

    @cached_property
    def uses(self) -> list[tuple[TableSpec, Measure]]:
        mine = (self.measure.population, self.measure.counted)
        return [(s, m) for s in self.specs for m in s.measures if (m.population, m.counted) == mine]

    @cached_property
    def held(self) -> dict[Cell, Holders]:
        """Of every cell that is listed somewhere, who has how much."""
        found: dict[Cell, Holders] = {zero: {} for zero in self.zeros}
        for spec, one in self.uses:
            for place, holders in parts(spec, one, self.siege.records, self.siege.lists).items():
                found[self._cell(spec, place)] = holders
        for zero in self.zeros:
            for size in range(len(zero)):
                for above in map(frozenset, combinations(sorted(zero), size)):
                    if any(self._has(spec, above) for spec, _ in self.uses):
                        found.setdefault(above, {})
        return found

    @staticmethod
    def _cell(spec: TableSpec, place: Sequence[str]) -> Cell:
        return frozenset((d.name, c) for d, c in zip(spec.dimensions, place, strict=True) if c != "Total")

    @staticmethod
    def _has(spec: TableSpec, cell: Cell) -> bool:
        return {name for name, _ in cell} <= {d.name for d in spec.dimensions}

    @cached_property
    def families(self) -> list[tuple[Cell, list[Cell], bool]]:
        """(total, parts, whether they add up), in every table and direction."""
        found = []
        for spec, one in self.uses:
            for total in self.held:
                for dimension in spec.dimensions:
                    if dimension.name in dict(total) or not self._has(spec, total):
                        continue
                    below = [
                        cell
                        for cell in self.held
                        if self._has(spec, cell)
                        and len(cell) == len(total) + 1
                        and total < cell
                        and dimension.name in dict(cell)
                    ]
                    if below:
                        found.append((total, below, spec.additive(one, dimension)))
        return found

    @cached_property
    def rows(self) -> dict[Cell, Row]:
        """What every cell is made of: itself, or finer ones that add up to it."""
        found: dict[Cell, Row] = {}

        def row(cell: Cell) -> Row:
            if cell not in found:
                below = next((below for total, below, adds_up in self.families if total == cell and adds_up), None)
                total: dict[Cell, int] = {} if below else {cell: 1}
                for part in below or ():
                    for inner, by in row(part).items():
                        total[inner] = total.get(inner, 0) + by
                found[cell] = total
            return found[cell]

        for cell in self.held:
            row(cell)
        return found

    @cached_property
    def inner(self) -> list[Cell]:  # type: ignore[override]
        return sorted({cell for row in self.rows.values() for cell in row}, key=sorted)

    def value(self, cell: Cell) -> int:
        return sum(self.held[cell].values())

    def withheld(self, cell: Cell) -> bool:
        """As the tables have it."""
        if not self.shown:
            return True
        spec, one = next((spec, one) for spec, one in self.uses if self._has(spec, cell))
        table = next(table for table in self.siege.protection.tables if table.spec.name == spec.name)
        return table.status[one.name].get(_place(spec, cell), Status.PUBLISHED) is not Status.PUBLISHED

    # what anyone knows ------------------------------------------------------------------------------------------------

    @cached_property
    def published(self) -> list[Bound]:  # type: ignore[override]
        """What the tables show."""
        found = [_bound(self.rows[cell], self.value(cell)) for cell in self.held if not self.withheld(cell)]
        return [bound for bound in found if bound.terms]

    @cached_property
    def structure(self) -> list[Bound]:  # type: ignore[override]
        """How cells hang together."""
        found = []
        for total, below, adds_up in self.families:
            excess = _sum([self.rows[part] for part in below], self.rows[total])
            if adds_up:
                found.append(_bound(excess, 0))
                continue
            found.append(_bound(excess, 0, 1 << 30))
            found += [_bound(_sum([self.rows[total]], self.rows[part]), 0, 1 << 30) for part in below]
        return [bound for bound in found if bound.terms]

    def least(self, cell: Cell, who: str | None) -> int:
        """What everybody knows a finest cell to be at least, and what ``who`` does."""
        holders = self.held[cell]
        known = 0 if self.measure.kind is Kind.SUM or not holders else 1
        if self.measure.model is Model.PERSONS and self.measure.kind is not Kind.DISTINCT:
            known = max(known, max(holders.values(), default=0))
        if who is not None:
            known = max(known, holders.get(who, 0), self.value(cell) if self.alone(cell) == who else 0)
        return min(known, self.value(cell))

    def alone(self, cell: Cell) -> str | None:
        holders = [who for who, part in self.held[cell].items() if part]
        return holders[0] if len(holders) == 1 else None

    def knowers(self) -> list[str]:
        """The contributors who could attack: employers' groups; of persons those who are alone in a finest cell."""
        if self.measure.model is Model.PERSONS:
            return sorted({who for cell in self.inner if (who := self.alone(cell)) is not None})
        return sorted({who for cell in self.inner for who, part in self.held[cell].items() if part})

    # what is asked ----------------------------------------------------------------------------------------------------

    def asked(self) -> Iterator[Ask]:
        """Every sensitive number of this count with what it needs, from the rules as they are written in FIELD 8."""
        parameters = self.siege.parameters
        for cell, holders in self.held.items():
            if not self._sensitive(cell):
                continue
            value, many = self.value(cell), sorted(holders.values(), reverse=True)
            if self.measure.model is Model.PERSONS:
                n = parameters.minimum_persons
                few = 0 < len(holders) < n
                spared = frozenset(holders) if len(holders) == 1 else frozenset()
                rise, fall = (n - len(holders), len(holders) - 1) if few else (0, 0)
                yield Ask(self.rows[cell], value, Fraction(rise), Fraction(fall), wide=few, spared=spared)
                continue
            first, second, *_ = [*many, 0, 0]
            level = max(Fraction(parameters.p_percent * first, 100) - (value - first - second), Fraction(0))
            leaders = frozenset(who for who, part in holders.items() if part == first)
            runners = frozenset(who for who, part in holders.items() if part == second)
            spared = leaders if len(leaders) == 1 else frozenset()
            yield Ask(self.rows[cell], value, level, level, spared=spared, second=runners)
        if parameters.group_disclosure and self.shown and self.measure.model is Model.PERSONS:
            yield from self._groups()

    def _groups(self) -> Iterator[Ask]:
        for spec, one in self.uses:
            for place in parts(spec, one, self.siege.records, self.siege.lists):
                for at, dimension in enumerate(spec.dimensions):
                    if place[at] == "Total":
                        continue
                    part, whole = self._cell(spec, place), self._cell(spec, (*place[:at], "Total", *place[at + 1 :]))
                    more = len(self.siege.lists[dimension.hierarchy].nodes) > 2
                    if more and self.value(part) == self.value(whole):
                        row = _sum([self.rows[whole]], self.rows[part])
                        alone = frozenset(self.held[whole]) if len(self.held[whole]) == 1 else frozenset()
                        yield Ask(row, 0, Fraction(1), Fraction(0), spared=alone, group=True)

    def _sensitive(self, cell: Cell) -> bool:
        """By any count of its population."""
        for spec in self.specs:
            for one in spec.measures:
                if one.population == self.measure.population and self._has(spec, cell):
                    there = parts(spec, one, self.siege.records, self.siege.lists).get(_place(spec, cell), {})
                    if gives_away(there, one.model, self.siege.parameters):
                        return True
        return False


class Joint(Attacker):
    """A whole, a part of it and what is left, in one count: each cell with the number of the one that it is of."""

    def __init__(self, whole: Enumerated, part: Enumerated, rest: Enumerated) -> None:
        self.several = (whole, part, rest)
        self.persons = whole.persons
        self.inner = [self._of(at, cell) for at, one in enumerate(self.several) for cell in one.inner]
        self.published = self._all([one.published for one in self.several])
        self.structure = self._all([one.structure for one in self.several])
        for cell in rest.held:
            rows = [self.row(at, one.rows.get(cell, {})) for at, one in enumerate(self.several)]
            if whole.measure.kind is Kind.DISTINCT:
                self.structure.append(_bound(_sum(rows[1:], rows[0]), 0, 1 << 30))
                self.structure += [_bound(_sum([rows[0]], row), 0, 1 << 30) for row in rows[1:]]
            else:
                self.structure.append(_bound(_sum(rows[1:], rows[0]), 0))
        self.structure = [bound for bound in self.structure if bound.terms]

    def _all(self, several: Sequence[Sequence[Bound]]) -> list[Bound]:
        return [
            Bound(tuple((self._of(at, cell), by) for cell, by in bound.terms), bound.low, bound.high)
            for at, bounds in enumerate(several)
            for bound in bounds
        ]

    @staticmethod
    def _of(at: int, cell: Cell) -> Cell:
        return cell | {(":of", str(at))}

    def row(self, at: int, row: Row) -> Row:
        """A row of one of them."""
        return {self._of(at, cell): by for cell, by in row.items()}

    def _own(self, cell: Cell) -> tuple[Enumerated, Cell]:
        at = int(dict(cell)[":of"])
        return self.several[at], cell - {(":of", str(at))}

    def least(self, cell: Cell, who: str | None) -> int:
        one, own = self._own(cell)
        return one.least(own, who)

    def value(self, cell: Cell) -> int:
        one, own = self._own(cell)
        return one.value(own)

    def alone(self, cell: Cell) -> str | None:
        one, own = self._own(cell)
        return one.alone(own)

    def knowers(self) -> list[str]:
        return sorted({who for one in self.several for who in one.knowers()})

    def asked(self) -> Iterator[Ask]:
        """What each of them asks for. Who is alone in a finest cell of the whole knows that nobody is in the part
        there, and perhaps where everybody in the part is: nothing hides that (docs/adr/0022)."""
        whole = self.several[0]
        lonely = frozenset(who for cell in whole.inner if (who := whole.alone(cell)) is not None)
        for at, one in enumerate(self.several):
            for ask in one.asked():
                spared = ask.spared | lonely if ask.group and at else ask.spared
                yield replace(ask, row=self.row(at, ask.row), spared=spared)


def verdict(attackers: Sequence[Enumerated | Joint], insiders: str = "any") -> set[str]:
    """The tests that the attackers pass, by the names that the verifier has for them. ``insiders``: ``any`` contributor
    that a number does not spare, or of employers ``second``."""
    found = set()
    for attacker in attackers:
        knowers = set(attacker.knowers())
        for ask in attacker.asked():
            only = ask.second if insiders == "second" and not attacker.persons else knowers
            if attacker.broken(ask, None):
                found.add("group" if ask.group else "outsider")
            elif any(attacker.broken(ask, who) for who in sorted((knowers & only) - ask.spared)):
                found.add("group" if ask.group else "insider")
    return found


def _place(spec: TableSpec, cell: Cell) -> tuple[str, ...]:
    return tuple(dict(cell).get(d.name, "Total") for d in spec.dimensions)


def _search(bounds: list[Bound], ranges: dict[Cell, tuple[int, int]]) -> bool:
    """Whether whole numbers within ``ranges`` fit: narrows the ranges, then tries the narrowest cell's values."""
    ranges = dict(ranges)
    if not _narrow(bounds, ranges):
        return False
    open_ = [cell for cell, (low, high) in ranges.items() if low < high]
    if not open_:
        return True
    cell = min(open_, key=lambda one: (ranges[one][1] - ranges[one][0], sorted(one)))
    low, high = ranges[cell]
    return any(_search(bounds, {**ranges, cell: (value, value)}) for value in range(low, high + 1))


def _narrow(bounds: Sequence[Bound], ranges: dict[Cell, tuple[int, int]]) -> bool:
    changed = True
    while changed:
        changed = False
        for bound in bounds:
            ends = [tuple(sorted((by * ranges[cell][0], by * ranges[cell][1]))) for cell, by in bound.terms]
            least, most = sum(low for low, _ in ends), sum(high for _, high in ends)
            if least > bound.high or most < bound.low:
                return False
            for (cell, by), (low, high) in zip(bound.terms, ends, strict=True):
                most_of_it, least_of_it = bound.high - (least - low), bound.low - (most - high)
                if by < 0:
                    most_of_it, least_of_it = -least_of_it, -most_of_it
                new = (max(ranges[cell][0], -(-least_of_it // abs(by))), min(ranges[cell][1], most_of_it // abs(by)))
                if new[0] > new[1]:
                    return False
                if new != ranges[cell]:
                    ranges[cell], changed = new, True
    return True


def _bound(row: Row, low: int, high: int | None = None) -> Bound:
    return Bound(tuple((cell, by) for cell, by in row.items() if by), low, low if high is None else high)


def _sum(rows: Sequence[Row], less: Row) -> Row:
    total = {cell: -by for cell, by in less.items()}
    for row in rows:
        for cell, by in row.items():
            total[cell] = total.get(cell, 0) + by
    return total
