"""One count of a population as the attack's linear system: every number is an unknown, published ones do not move.

Unknowns are the changes of the inner numbers (those that are no total), in the order of their names; after them those
of what is left between a total and parts that do not add up to it, which is never below 0. What is not empty is known
to be at least 1 (a sum: 0; of persons: as much as one of them has)."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

from gateway.verifier.month.figures import Figure
from gateway.verifier.month.net import Name, Net
from gateway.verifier.month.rules import Rules
from gateway.verifier.protection.cells import MOST, Cells
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.system import System
from gateway.verifier.report import Problem

Row = dict[int, int]
Excuses = Set[tuple[int, int, int]]
"""(Number, side, attacker): what no pattern can give it against whom; side 0 is above, 1 below. The attacker is a
contributor or, above the last of them, the outsider: nobody can believe more than that one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A net's numbers in one count. ``sensitive``, ``withheld``: names."""

    net: Net
    counts: str
    rules: Rules
    sensitive: Set[Name]
    withheld: Set[Name]

    @cached_property
    def names(self) -> list[Name]:
        """The numbers, in order."""
        return sorted(self.net.figures[self.counts])

    @cached_property
    def figures(self) -> list[Figure]:
        """Their figures."""
        return [self.net.figures[self.counts][name] for name in self.names]

    @cached_property
    def _places(self) -> dict[Name, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _ties(self) -> list[tuple[int, list[int], bool]]:
        """Each family by places: total, parts, whether they add up."""
        at = self._places
        return [
            (at[tie.parent], [at[child] for child in tie.children], tie.adds_up)
            for tie in self.net.ties.get(self.counts, {})
        ]

    @cached_property
    def _sums(self) -> dict[int, list[list[int]]]:
        """Of each total the parts that add up to it, one way or another. A part and what is beside it are none of these
        ways: who is alone in an inner figure knows it, whatever it is compared with."""
        found: dict[int, list[list[int]]] = {}
        for total, parts, adds_up in self._ties:
            if adds_up and self.names[parts[-1]] not in self.net.grouped:
                found.setdefault(total, []).append(parts)
        return found

    @cached_property
    def inner(self) -> list[int]:
        """The places of the numbers that are no total."""
        return [place for place in range(len(self.names)) if place not in self._sums]

    @cached_property
    def content(self) -> list[Row]:
        """Of each number the inner ones (counted among themselves) that make it up."""
        known: dict[int, Row] = {place: {at: 1} for at, place in enumerate(self.inner)}

        def row(place: int) -> Row:
            if place not in known:
                known[place] = _sum(map(row, self._sums[place][0]))
            return known[place]

        return [row(place) for place in range(len(self.names))]

    @cached_property
    def least(self) -> list[int]:
        """What everybody knows each inner number to be at least."""
        known = []
        for figure in (self.figures[place] for place in self.inner):
            one = 0 if self.counts.startswith("sum") else max(1, figure.largest if self.net.persons else 1)
            known.append(min(one, figure.value))
        return known

    @cached_property
    def holders(self) -> list[Mapping[int, int]]:
        """Who is known to have how much of each inner number, by their places among the contributors."""
        parts = self.net.parts.get(self.counts, {})
        held = [{w: part for w, part in parts.get(self.names[place], {}).items() if part} for place in self.inner]
        at = {who: place for place, who in enumerate(sorted({who for one in held for who in one}))}
        return [{at[who]: part for who, part in one.items()} for one in held]

    @property
    def outsider(self) -> int:
        """The outsider's number among the attackers: above the last contributor's."""
        return max((who for held in self.holders for who in held), default=-1) + 1

    def share(self, place: int) -> dict[int, int]:
        """Who has how much of a number."""
        return _sum(self.holders[one] for one in self.content[place])

    @cached_property
    def _between(self) -> tuple[list[tuple[Row, int]], list[int]]:
        """What is left between a total and parts that do not add up to it: its equation and unknown; its value."""
        rows: list[tuple[Row, int]] = []
        left: list[int] = []
        for total, parts, adds_up in self._ties:
            value, own = self.figures[total].value, [self.figures[part].value for part in parts]
            if adds_up:
                if value != sum(own):
                    raise Problem("部分与合计不符", "parts do not add up to their total")
                continue
            rows.append(({total: -1, **dict.fromkeys(parts, 1)}, len(self.inner) + len(left)))
            left.append(sum(own) - value)
            for part, size in zip(parts, own, strict=True):
                rows.append(({total: 1, part: -1}, len(self.inner) + len(left)))
                left.append(value - size)
        if min(left, default=0) < 0:
            raise Problem("部分与合计不符", "parts do not fit their total")
        return rows, left

    def system(self, withheld: Set[Name] | None = None) -> System:
        """What binds the unknowns when only ``withheld`` numbers are unknown (by default those of the release)."""
        import numpy as np
        from scipy import sparse

        unknown = self.withheld if withheld is None else withheld
        hidden = [name in unknown for name in self.names]
        width = len(self.inner) + len(self._between[1])
        fixed = np.zeros(width, dtype=bool)
        fixed[[at for at, place in enumerate(self.inner) if not hidden[place]]] = True
        shown = [self.content[place] for place, one in enumerate(hidden) if not one]
        ties = [
            _sum([self.content[place], *(_less(self.content[one]) for one in parts)]) for place, parts in self._again
        ]
        short: list[Row] = []
        left = self._left(hidden, short)
        between = [
            {**_sum(_times(left[place], by) for place, by in row.items()), at: -1} for row, at in self._between[0]
        ]
        whole = [
            {**_sum(_times(self.content[place], by) for place, by in row.items()), at: -1}
            for row, at in self._between[0]
        ]
        return System(
            fixed=fixed,
            rows=matrix(reduced([*short, *ties, *between], fixed), width),
            equations=sparse.csr_array(matrix([*shown, *(tie for tie in ties if tie), *whole], width)),
            inside=matrix(self.content, width),
        )

    @property
    def _again(self) -> list[tuple[int, list[int]]]:
        """The further ways in which totals are made up, and figures of a part and what is beside it."""
        further = [(total, parts) for total, ways in self._sums.items() for parts in ways[1:]]
        beside = [(total, parts) for total, parts, _ in self._ties if self.names[parts[-1]] in self.net.grouped]
        return [*further, *beside]

    def _left(self, hidden: Sequence[bool], short: list[Row]) -> list[Row]:
        """Of each number what of it is not published, in the fewest terms; into ``short`` the same of published totals:
        together it does not change."""

        known: dict[int, Row] = {}

        def row(place: int) -> Row:
            if place not in known:
                ways = self._sums.get(place)
                found = min((_sum(map(row, parts)) for parts in ways), key=len) if ways else {self._at[place]: 1}
                if not hidden[place]:
                    if ways:
                        short.append(found)
                    found = {}
                known[place] = found
            return known[place]

        return [row(place) for place in range(len(self.names))]

    @cached_property
    def _at(self) -> dict[int, int]:
        return {place: at for at, place in enumerate(self.inner)}

    def cells(self) -> Cells:
        """The numbers as the attack knows cells: inner values are counted from the least that is known."""
        import numpy as np
        from scipy import sparse

        values = np.array([figure.value for figure in self.figures], dtype=np.int64)
        if int(values.sum()) * 100 >= MOST:
            raise Problem("总值过大", "the total is too large")
        between = self._between[1]
        entries = [(i, who, part) for i, held in enumerate(self.holders) for who, part in held.items()]
        listed = np.array(entries, dtype=np.int64).reshape(-1, 3)
        least = np.array(self.least, dtype=np.int64)
        known = np.maximum(listed[:, 2] - least[listed[:, 0]], 0)
        groups = int(listed[:, 1].max(initial=-1)) + 1
        own = sparse.csr_array((known, (listed[:, 0], listed[:, 1])), shape=(len(least) + len(between), groups))
        own.eliminate_zeros()
        leaders, runners = self._leading()
        alone = [next(iter(held)) if len(held) == 1 else -1 for held in self.holders]
        return Cells(
            keys=tuple((str(place),) for place in range(len(values))),
            figures=len(values),
            value=values,
            groups=np.array([figure.contributors for figure in self.figures], dtype=np.int64),
            largest=np.array([figure.largest for figure in self.figures], dtype=np.int64),
            second=np.array([figure.second for figure in self.figures], dtype=np.int64),
            leaders=leaders,
            runners=runners,
            inner=np.array([*self.inner, *(-1 for _ in between)], dtype=np.int64),
            inner_value=np.array([*(values[self.inner] - least), *between], dtype=np.int64),
            inside=matrix(self.content, own.shape[0]),
            own=own,
            shares=own,
            knower=np.array([*alone, *(-1 for _ in between)], dtype=np.int64),
            names=tuple(map(str, range(groups))),
        )

    def _leading(self) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
        """Of each sensitive number those who have the largest part, and the second largest. Of persons only who is
        alone in it is left out as an attacker (of what is beside a part: alone in the whole), and everybody attacks."""
        leaders: list[tuple[int, ...]] = []
        runners: list[tuple[int, ...]] = []
        for place, name in enumerate(self.names):
            of = self._places[Name(name.of, name.key)] if name in self.net.grouped else place
            held = self.share(of) if name in self.sensitive else {}
            if self.net.persons:
                leaders.append(tuple(held) if self.figures[of].contributors == 1 and len(held) == 1 else ())
                runners.append(tuple(sorted(held)))
                continue
            first, second, *_ = [*sorted(held.values(), reverse=True), 0, 0]
            leaders.append(tuple(sorted(who for who, part in held.items() if part == first)))
            runners.append(tuple(sorted(who for who, part in held.items() if part == second)))
        return tuple(leaders), tuple(runners)

    def demands(self, excuses: Excuses) -> Demands:
        """What each sensitive number needs. What is needed below does not depend on the ``excuses``, what is needed
        above on those below only."""
        import numpy as np

        asked: dict[int, tuple[Fraction, Fraction]] = {}
        for place, name in enumerate(self.names):
            if name in self.sensitive and (levels := self._levels(place)) is not None:
                asked[place] = levels
        unit = lcm(*(level.denominator for pair in asked.values() for level in pair))
        count = len(self.names)
        both, up, down = np.zeros(count, dtype=bool), np.full(count, unit, dtype=np.int64), np.zeros(count, np.int64)
        wide: dict[int, tuple[int, int]] = {}
        primary = np.array([name in self.sensitive for name in self.names])
        outsider, stuck = self.outsider, {place for place, side, _ in excuses if side}
        for place, (rise, fall) in asked.items():
            sinks = min(fall, Fraction(self._room(place)))
            rises = rise + fall - sinks
            if self.names[place] not in self.net.asked:
                rises = rise if (place, 1, outsider) in excuses else rises
            elif place in stuck:
                rises = rise + fall
            both[place], up[place], down[place] = True, int(rises * unit), int(sinks * unit)
            if self.net.persons:
                wide[place] = (int(rise * unit), int((rise + fall) * unit))
            if not up[place] and not down[place]:
                primary[place] = both[place] = False
        capped = self._capped(unit, down, both)
        return Demands(
            unit=unit,
            primary=primary,
            both=both,
            up=up,
            down=down,
            value=np.array([figure.value for figure in self.figures], dtype=np.int64),
            minimum=None,
            capped=capped,
            wide={place: pair for place, pair in wide.items() if primary[place]},
            excused=self._excused(excuses, capped),
        )

    def _excused(self, excuses: Excuses, capped: Mapping[int, Mapping[int, int]]) -> dict[int, tuple[int, int]]:
        """Of each number the attackers (sets) excused above and below: with the outsider everybody, but for those of
        whom less of a fall is asked."""
        found: dict[int, tuple[int, int]] = {}
        for place, side, who in excuses:
            more = 1 << who
            if who == self.outsider:
                more = (2 << who) - 1
                more ^= sum(1 << one for one in capped.get(place, ())) if side else 0
            above, below = found.get(place, (0, 0))
            found[place] = (above, below | more) if side else (above | more, below)
        return found

    def _levels(self, place: int) -> tuple[Fraction, Fraction] | None:
        """How far up and down; None where a number need but move."""
        figure, persons = self.figures[place], self.net.persons
        rise = fall = Fraction(0)
        if persons and self.rules.sensitive(figure, persons):
            rise, fall = Fraction(self.rules.minimum_persons - figure.contributors), Fraction(figure.contributors - 1)
        elif not persons:
            rise = fall = max(self.rules.level(figure), Fraction(0))
        if self.names[place] in self.net.grouped:
            rise = Fraction(1)
        return (rise, fall) if rise or fall else None

    def _room(self, place: int) -> int:
        """How far a number can fall before it is less than everybody knows."""
        return self.figures[place].value - sum(self.least[one] for one in self.content[place])

    def _capped(self, unit: int, down: Any, both: Any) -> dict[int, dict[int, int]]:
        """Those who have so much in a number themselves that they need not believe in its fall."""
        found: dict[int, dict[int, int]] = {}
        for place, name in enumerate(self.names):
            if name not in self.sensitive or not both[place] or not down[place]:
                continue
            more: dict[int, int] = {}
            for one in self.content[place]:
                held, least = self.holders[one], self.least[one]
                for who, part in held.items():
                    known = self.figures[self.inner[one]].value if len(held) == 1 else max(part, least)
                    more[who] = more.get(who, 0) + known - least
            room = self._room(place)
            most = {who: unit * (room - own) for who, own in more.items() if unit * (room - own) < int(down[place])}
            if most:
                found[place] = most
        return found


def reduced(rows: Iterable[Row], fixed: Any) -> list[Row]:
    """The equations without what is ``fixed``; what one fixes by itself is fixed. Each once."""
    left = [dict(row) for row in rows]
    while True:
        left = [{place: by for place, by in row.items() if not fixed[place]} for row in left]
        single = [next(iter(row)) for row in left if len(row) == 1]
        if not single:
            break
        fixed[single] = True
    return [dict(row) for row in sorted({_signed(row) for row in left if row})]


def _sum(rows: Iterable[Mapping[int, int]]) -> Row:
    total: Row = {}
    for row in rows:
        for place, by in row.items():
            total[place] = total.get(place, 0) + by
    return {place: by for place, by in total.items() if by}


def _less(row: Row) -> Row:
    return _times(row, -1)


def _times(row: Row, by: int) -> Row:
    return {place: by * one for place, one in row.items()}


def _signed(row: Row) -> tuple[tuple[int, int], ...]:
    listed = sorted(row.items())
    return tuple(listed) if listed[0][1] > 0 else tuple((place, -by) for place, by in listed)


def matrix(rows: Sequence[Row], width: int) -> Any:
    """Rows of so many columns as a sparse matrix."""
    import numpy as np
    from scipy import sparse

    ends = np.cumsum([0, *map(len, rows)])
    places = np.array([place for row in rows for place in sorted(row)], dtype=np.int64)
    data = np.array([row[place] for row in rows for place in sorted(row)], dtype=np.int64)
    return sparse.csr_array((data, places, ends), shape=(len(rows), width))
