"""What no pattern can give a number, proved in whole numbers: earlier figures, or what everybody knows, leave no room.

With everything withheld that this release could withhold, the unknown changes x keep the equations R·x = 0 of what was
published earlier, and stay within what an attacker knows, low <= x <= high. The number moves by w·x. For any weights y
of the equations, r = w - y·R gives w·x = r·x, which is never above the sum of r·low where r is below 0 and of r·high
where it is above. Where that bound is below what the number needs there is no such world, wherever y came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import isfinite, lcm
from typing import Any

from gateway.verifier.month.system import Row, Sheet
from gateway.verifier.protection.attackers import bounds
from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.solver import Programme
from gateway.verifier.protection.system import System

MOST = 1 << 61
"""A proof's weights are below this."""
_DENOMINATORS = (1, 12, 1000, 10**6)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """That a number (``place``) can't move as far as it needs above (``side`` 0) or below (1), believed by ``who``: a
    contributor, or above the last of them the outsider. ``duals``: the weight of each equation, in 1/``unit``."""

    place: int
    side: int
    who: int
    unit: int
    duals: Mapping[int, int]

    @property
    def excuse(self) -> tuple[int, int, int]:
        """What it excuses."""
        return self.place, self.side, self.who


@dataclass(frozen=True, kw_only=True)
class Room:
    """What earlier figures leave the numbers of a sheet. ``demands``: with the excuses, of which only those below
    change what is needed above, and none what is needed below."""

    sheet: Sheet
    cells: Cells
    demands: Demands

    @cached_property
    def _free(self) -> System:
        return self.sheet.system(self.sheet.net.names - self.sheet.net.fixed)

    @cached_property
    def _rows(self) -> list[Row]:
        rows = self._free.rows
        ends, places, factors = rows.indptr.tolist(), rows.indices.tolist(), rows.data.tolist()
        return [dict(zip(places[a:b], factors[a:b], strict=True)) for a, b in pairwise(ends)]

    def may_be_given_up(self, place: int, side: int, who: int) -> bool:
        """Whether a proof is heard at all: a number of this release must be able to rise, the more if it can't fall."""
        names = self.sheet.names
        if not (place < len(names) and side <= 1 and who <= self.sheet.outsider and bool(self.demands.primary[place])):
            return False
        return side == 1 or names[place] not in self.sheet.net.asked

    def need(self, place: int, side: int, who: int) -> Fraction:
        """How far it must be able to move for ``who``; one that need but move, by 1 either way."""
        demands = self.demands
        if not demands.both[place]:
            return Fraction(1)
        if side == 0:
            return Fraction(int(demands.up[place]), demands.unit)
        down = int(demands.down[place])
        return Fraction(min(down, demands.capped.get(place, {}).get(who, down)), demands.unit)

    def holds(self, one: GivenUp) -> bool:
        """Whether it is proved, in whole numbers, without any solver."""
        if not self.may_be_given_up(*one.excuse) or one.unit < 1 or any(at >= len(self._rows) for at in one.duals):
            return False
        left = {at: by * one.unit for at, by in self._weight(one.place, one.side).items()}
        for number, dual in one.duals.items():
            for at, by in self._rows[number].items():
                left[at] = left.get(at, 0) - dual * by
        low, high = self._bounds(one.who)
        if any(by > 0 and not isfinite(high[at]) for at, by in left.items()):
            return False
        most = sum(by * int(high[at] if by > 0 else low[at]) for at, by in left.items() if by)
        return Fraction(most, one.unit) < self.need(*one.excuse)

    def proof(self, place: int, side: int, who: int) -> GivenUp | None:
        """A proof that holds, from a solver's weights; None without one."""
        import numpy as np
        from scipy import sparse

        if not self.may_be_given_up(place, side, who):
            return None
        low, high = self._bounds(who)
        weight = np.zeros(len(low))
        for at, by in self._weight(place, side).items():
            weight[at] = by
        nothing = sparse.csr_array((0, len(low)), dtype=np.int64)
        found = Programme(self._free.rows, nothing, low, high).duals(weight, low, high)
        for most in () if found is None else _DENOMINATORS:
            near = {at: Fraction(float(found[at])).limit_denominator(most) for at in np.flatnonzero(found).tolist()}
            unit = lcm(*(one.denominator for one in near.values()))
            duals = {at: int(one * unit) for at, one in near.items() if one}
            one = GivenUp(place=place, side=side, who=who, unit=unit, duals=duals)
            if max([unit, *map(abs, duals.values())]) < MOST and self.holds(one):
                return one
        return None

    def _weight(self, place: int, side: int) -> Row:
        return {at: -by if side else by for at, by in self.sheet.content[place].items()}

    def _bounds(self, who: int) -> tuple[Any, Any]:
        """Whole numbers below 2^53, or no bound above."""
        return bounds(1 << who, self.cells, self._free.fixed, self.cells.inner_value)
