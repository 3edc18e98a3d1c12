"""Which cells are sensitive, and how far each must be able to move: recomputed, in whole numbers.

A business's cell: fewer than the minimum of groups with a value, or X - x1 - x2 < p/100 * x1, or its n largest groups
have more than k% of X. It must be able to move both ways by the widest protection level, rounded up, of the rules that
find it sensitive: p/100 * x1 - (X - x1 - x2), 100/k * (the n largest) - X; where none is above 0, by 1 either way.
Nobody need believe less than is known of it (a listed cell is at least 1), and no group less than it has itself; what a
cell can't fall since more is known of it, it must rise more. A person's cell: fewer than n persons; its interval must
reach n and be n - 1 wide. Where one part of a figure holds all its persons (group disclosure), what is beside that part
must be able to be 1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, Literal

from gateway.verifier.protection.cells import MOST, Cells
from gateway.verifier.protection.declaration import Declaration
from gateway.verifier.report import Problem

Kind = Literal["both", "either", "wide"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Demands:
    """What each cell needs, by its place among the cells. All levels are in units of 1/``unit``.

    ``primary``: sensitive or not. ``both``: it needs ``up`` above and ``down`` below; otherwise a business's cell needs
    one of the two and a person's cell (``minimum`` is then the n) an interval that reaches n and is n - 1 wide.
    ``up`` and ``down`` are always enough: what meets them meets the demand. ``capped``: of some cells the groups that
    have so much there themselves that they need not believe in ``down``, and in how much. ``wide``: cells that need
    ``both`` and have enough as well if they can rise by the first and move by the second in all. ``excused``: of some
    cells the attackers (sets) against whom it is proved that what is needed above, and below, can't be had."""

    unit: int
    primary: Any
    both: Any
    up: Any
    down: Any
    value: Any
    minimum: int | None
    capped: Mapping[int, Mapping[int, int]]
    wide: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    excused: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def waived(self, cell: int) -> tuple[int, int]:
        """The attackers (sets) against whom nothing is needed above, and below: one that need but move is excused only
        where it can do neither."""
        above, below = self.excused.get(cell, (0, 0))
        return (above, below) if self.both[cell] else (above & below, above & below)

    def spared(self, cell: int) -> int:
        """The attackers (a set) against whom a cell that needs ``both`` needs no fall at all."""
        if not self.down[cell]:
            return -1
        return sum(1 << group for group, most in self.capped.get(cell, {}).items() if most <= 0)

    def against(self, cell: int, fall: Fraction) -> int:
        """The attackers (a set, see ``attackers``) against whom a fall by ``fall`` is as much as is needed."""
        if fall * self.unit >= int(self.down[cell]):
            return -1
        return sum(1 << group for group, most in self.capped.get(cell, {}).items() if fall * self.unit >= most)

    def met(self, cell: int, up: Fraction, down: Fraction) -> bool:
        """Whether a cell that can move by ``up`` above and ``down`` below its value has what it needs."""
        enough_up, enough_down = up * self.unit >= int(self.up[cell]), down * self.unit >= int(self.down[cell])
        if self.both[cell]:
            rise, width = self.wide.get(cell, (0, 0))
            wide = width > 0 and up * self.unit >= rise and (up + down) * self.unit >= width
            return (enough_up and enough_down) or wide
        if self.minimum is None:
            return up >= 1 or down >= 1
        if not self.value[cell]:
            return up >= 1
        return int(self.value[cell]) + up >= self.minimum and up + down >= self.minimum - 1


def demands(declaration: Declaration, cells: Cells) -> Demands:
    """The demands of ``declaration``'s rules. Raises Problem where the numbers are too large to compare exactly."""
    import numpy as np

    if declaration.percent is None:
        primary = (cells.groups > 0) & (cells.groups < declaration.minimum)
        primary[cells.figures + cells.rests :] = True
        up = np.where(cells.value > 0, np.maximum(declaration.minimum - 1, declaration.minimum - cells.value), 1)
        both, down = np.zeros_like(primary), np.zeros_like(cells.value)
        return Demands(
            unit=1,
            primary=primary,
            both=both,
            up=up,
            down=down,
            value=cells.value,
            minimum=declaration.minimum,
            capped={},
        )
    level = _levels(declaration, declaration.percent, cells)
    both = level > 0
    down = np.where(both, np.minimum(level, cells.inside @ cells.inner_value), 0)
    return Demands(
        unit=1,
        primary=(cells.groups < declaration.minimum) | both,
        both=both,
        up=np.where(both, level + np.minimum(level, cells.value) - down, 1),
        down=down,
        value=cells.value,
        minimum=None,
        capped=_capped(cells, down),
    )


def _levels(declaration: Declaration, percent: Fraction, cells: Cells) -> Any:
    """The widest protection level of each cell, rounded up: values are whole numbers, and everybody knows it."""
    import numpy as np

    shares = [(percent / 100, cells.largest, cells.value - cells.largest - cells.second)]
    if declaration.dominance:
        top = cells.largest + (cells.second if declaration.dominance[0] == 2 else 0)
        shares.append((100 / declaration.dominance[1], top, cells.value))
    unit = lcm(*(share.denominator for share, _, _ in shares))
    if int(cells.value.max()) * max(unit, *(int(share * unit) for share, _, _ in shares)) >= MOST:
        raise Problem("数值过大，无法精确比较", "the numbers are too large to compare exactly")
    levels = [int(share * unit) * top - unit * rest for share, top, rest in shares]
    return -(-np.maximum.reduce(levels) // unit)


def _capped(cells: Cells, down: Any) -> dict[int, dict[int, int]]:
    import numpy as np

    found: dict[int, dict[int, int]] = {}
    room = cells.inside @ cells.inner_value
    own = cells.shares.max(axis=1).toarray().ravel() if cells.names else np.zeros_like(room)
    for cell in np.flatnonzero(down > room - own).tolist():
        held = cells.shares[[cell]]
        least = {
            who: int(room[cell]) - part for who, part in zip(held.indices.tolist(), held.data.tolist(), strict=True)
        }
        found[cell] = {group: most for group, most in least.items() if most < down[cell]}
    return found


def whole_steps(demands: Demands) -> tuple[Any, Any]:
    """How far up and down is enough, in whole steps of the values (so that corners are whole numbers too)."""
    return -(-demands.up // demands.unit), -(-demands.down // demands.unit)
