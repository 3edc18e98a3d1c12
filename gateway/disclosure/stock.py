"""Rounding of a month's tables, by declaration (``rounding``): the remedy for stocks of persons (FIELD 8).

A figure of a finest cell is published as base · ⌊(x + u) / base⌋. The draw u, 0 … base − 1, is secret, belongs to the
cell and stays the same from month to month: what is published depends on x + u alone. So x and one more with u one less
look the same in every month, whoever comes and goes, and rounding again narrows nothing; an independent draw a month
would average out. Each such figure lies less than one base from the truth, multiples of the base stay themselves, and
on average over the draws it is right.

Along dimensions that add up, a total is the sum of its rounded parts. Along those that do not, a part is never larger
than its total: where the draws would have it so it goes down like it. What an earlier release of the month showed of
the same number is shown again."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd

from gateway.base.errors import DisclosureError
from gateway.disclosure.earlier import Earlier
from gateway.model.cells import ZERO, Cells, Key, Place, key_of
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Measure, TableSpec

Rounded = Mapping[str, Mapping[Place, int]]
"""Measure → place → what is published."""
Known = Mapping[tuple[str, Key], tuple[int, int]]
"""Population and cell → the truth, and what was published of it."""


def rounded_tables(
    tables: Sequence[Cells], hierarchies: Mapping[str, Hierarchy], secret: bytes, earlier: Sequence[Earlier]
) -> list[Rounded]:
    """What is published of each table; nothing of one that is not rounded. ``secret``: the exchange's.

    Raises DisclosureError where an earlier release of the month showed the same figures exactly or to another base, or
    this one would show exactly what that one rounded."""
    _check_alike(tables, earlier)
    known = _known(earlier, hierarchies)
    return [
        {
            measure.name: _Rounding(cells, measure, hierarchies, secret, known).all()
            for measure in cells.spec.measures
            if cells.spec.rounding is not None
        }
        for cells in tables
    ]


def check_rounded(spec: TableSpec, rounded: Rounded, cells: Cells, hierarchies: Mapping[str, Hierarchy]) -> bool:
    """Whether a rounding is one: multiples of the base, near the truth, totals add up, no part above its total."""
    base = spec.rounding or 1
    for measure in spec.measures:
        mine, truth = rounded[measure.name], cells.figures[measure.name]
        if mine.keys() != truth.keys():
            return False
        sums: dict[tuple[int, Place], int] = {}
        for place, value in mine.items():
            if value % base or (
                _is_inner(spec, measure, place, hierarchies) and abs(value - truth[place].value) >= base
            ):
                return False
            for at, above in _above(spec, place, hierarchies):
                if spec.additive(measure, spec.dimensions[at]):
                    sums[at, above] = sums.get((at, above), 0) + value
                elif value > mine[above]:
                    return False
        if any(mine[place] != total for (_, place), total in sums.items()):
            return False
    return True


@dataclass
class _Rounding:
    """One measure's figures being rounded, totals before their parts along dimensions that do not add up."""

    cells: Cells
    measure: Measure
    hierarchies: Mapping[str, Hierarchy]
    secret: bytes
    known: Known

    def __post_init__(self) -> None:
        self.spec, self.figures = self.cells.spec, self.cells.figures[self.measure.name]
        self.base = self.spec.rounding or 1
        self.found: dict[Place, int] = {}
        self.least = self._least()

    def all(self) -> dict[Place, int]:
        inner = [p for p in self.figures if _is_inner(self.spec, self.measure, p, self.hierarchies)]
        for place in sorted(inner, key=lambda place: (self._depth(place), place)):
            caps = [self.found[above] for at, above in _above(self.spec, place, self.hierarchies) if not self._adds(at)]
            self.found[place] = self._one(place, min(caps, default=None))
        for place in sorted(self.figures.keys() - self.found.keys(), key=lambda p: (-self._depth(p), p)):
            self.found[place] = self._sum(place)
        return {place: self.found[place] for place in self.figures}

    def _one(self, place: Place, cap: int | None) -> int:
        value, base = self.figures[place].value, self.base
        again = self._again(place)
        if again is not None:
            return again
        wanted = base * ((value + self._draw(place)) // base)
        if cap is not None and wanted > cap:
            wanted -= base
        if wanted < self.least.get(place, 0):
            wanted += base
        return wanted

    def _again(self, place: Place) -> int | None:
        """What was published of the same number; None when it is another number now."""
        truth, rounded = self.known.get((self.measure.population, self._key(place)), (None, 0))
        return rounded if truth == self.figures[place].value else None

    def _sum(self, place: Place) -> int:
        """Along the first dimension that adds up and is broken down there."""
        for at, dimension in enumerate(self.spec.dimensions):
            if self._adds(at):
                tree = self.hierarchies[dimension.hierarchy]
                parts = [
                    (*place[:at], n.code, *place[at + 1 :])
                    for n in tree.at(dimension.levels)
                    if tree.up(n.code, dimension.levels) == place[at]
                ]
                if parts:
                    return sum(self.found[part] for part in parts if part in self.figures)
        raise RuntimeError("a total without parts")

    def _draw(self, place: Place) -> int:
        """The cell's own number of 0 … base − 1. Cells that add up have theirs spread: totals stay near."""
        at = next((at for at in range(len(place)) if self._adds(at)), None)
        order, family = 0, sorted(self._key(place))
        if at is not None:
            name = self.spec.dimensions[at].name
            order = self.hierarchies[self.spec.dimensions[at].hierarchy].order[place[at]]
            family = [pair for pair in family if pair[0] != name]
        text = json.dumps([self.measure.population, self.measure.counted, family], ensure_ascii=False)
        drawn = int.from_bytes(hmac.digest(self.secret, f"rounding/{text}".encode(), hashlib.sha256), "big")
        return (drawn + order * _stride(self.base)) % self.base

    def _least(self) -> dict[Place, int]:
        """Below what no total may go, since a part of it is shown again as it was."""
        least: dict[Place, int] = {}
        for place in sorted(self.figures, key=lambda place: (-self._depth(place), place)):
            if not _is_inner(self.spec, self.measure, place, self.hierarchies):
                continue
            again = self._again(place)
            low = least.get(place, 0) if again is None else again
            for at, above in _above(self.spec, place, self.hierarchies):
                if not self._adds(at):
                    least[above] = max(least.get(above, 0), low)
        return least

    def _adds(self, at: int) -> bool:
        return self.spec.additive(self.measure, self.spec.dimensions[at])

    def _depth(self, place: Place) -> int:
        trees = [self.hierarchies[dimension.hierarchy] for dimension in self.spec.dimensions]
        return sum(tree.levels.index(tree[code].level) for tree, code in zip(trees, place, strict=True))

    def _key(self, place: Place) -> Key:
        return key_of(self.spec, place, self.hierarchies)


def _stride(base: int) -> int:
    return next(step for step in range(2 * base // 5, base + 1) if step and gcd(step, base) == 1)


def _is_inner(spec: TableSpec, measure: Measure, place: Place, hierarchies: Mapping[str, Hierarchy]) -> bool:
    """Whether no dimension that adds up is broken down further there."""
    for code, dimension in zip(place, spec.dimensions, strict=True):
        tree = hierarchies[dimension.hierarchy]
        below = any(tree.up(node.code, dimension.levels) == code for node in tree.at(dimension.levels))
        if below and spec.additive(measure, dimension):
            return False
    return True


def _above(spec: TableSpec, place: Place, hierarchies: Mapping[str, Hierarchy]) -> list[tuple[int, Place]]:
    found = []
    for at, dimension in enumerate(spec.dimensions):
        up = hierarchies[dimension.hierarchy].up(place[at], dimension.levels)
        if up is not None:
            found.append((at, (*place[:at], up, *place[at + 1 :])))
    return found


def _known(earlier: Sequence[Earlier], hierarchies: Mapping[str, Hierarchy]) -> Known:
    known: dict[tuple[str, Key], tuple[int, int]] = {}
    for one in earlier:
        for cells in one.cells:
            for measure in cells.spec.measures:
                for place, rounded in one.rounded.get(cells.spec.name, {}).get(measure.name, {}).items():
                    truth = cells.figures[measure.name].get(place, ZERO).value
                    known[measure.population, key_of(cells.spec, place, hierarchies)] = truth, rounded
    return known


def _check_alike(tables: Sequence[Cells], earlier: Sequence[Earlier]) -> None:
    bases = {m.population: cells.spec.rounding for cells in tables for m in cells.spec.measures}
    for one in earlier:
        for cells in one.cells:
            for m in cells.spec.measures:
                if bases.get(m.population, cells.spec.rounding) != cells.spec.rounding:
                    raise DisclosureError(
                        f"{m.population}：本月已以另一种方式（精确或另一基数）提供，不得混用",
                        f"{m.population}: released otherwise this month, exactly or to another base; the two don't mix",
                        safe=("没有生成任何表", "no table was made"),
                        next=("保留原来的 rounding", "keep the table's rounding as it was"),
                    )
