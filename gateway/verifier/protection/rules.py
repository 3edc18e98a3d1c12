"""Which cells are sensitive, and how far each must be able to move: recomputed, in whole numbers.

A business's cell: fewer than the minimum of groups with a value, or X - x1 - x2 < p/100 * x1; it must be able to move
by the protection level p/100 * x1 - (X - x1 - x2) both ways, or, where that is not above 0, by 1 either way. A person's
cell: fewer than n persons; its interval must reach n and be n - 1 wide."""

from dataclasses import dataclass
from fractions import Fraction
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
    ``up`` and ``down`` are always enough: what meets them meets the demand."""

    unit: int
    primary: Any
    both: Any
    up: Any
    down: Any
    value: Any
    minimum: int | None

    def met(self, cell: int, up: Fraction, down: Fraction) -> bool:
        """Whether a cell that can move by ``up`` above and ``down`` below its value has what it needs."""
        enough_up, enough_down = up * self.unit >= int(self.up[cell]), down * self.unit >= int(self.down[cell])
        if self.both[cell]:
            return enough_up and enough_down
        if self.minimum is None:
            return up >= 1 or down >= 1
        return int(self.value[cell]) + up >= self.minimum and up + down >= self.minimum - 1


def demands(declaration: Declaration, cells: Cells) -> Demands:
    """The demands of ``declaration``'s rules. Raises Problem where the numbers are too large to compare exactly."""
    import numpy as np

    if declaration.percent is None:
        primary = cells.groups < declaration.minimum
        up = np.maximum(declaration.minimum - 1, declaration.minimum - cells.value)
        both, down = np.zeros_like(primary), np.zeros_like(cells.value)
        return Demands(
            unit=1, primary=primary, both=both, up=up, down=down, value=cells.value, minimum=declaration.minimum
        )
    share = declaration.percent / 100
    if int(cells.value.max()) * max(share.numerator, share.denominator) >= MOST:
        raise Problem("数值过大，无法精确比较", "the numbers are too large to compare exactly")
    rest = cells.value - cells.largest - cells.second
    level = share.numerator * cells.largest - share.denominator * rest
    both = level > 0
    primary = (cells.groups < declaration.minimum) | both
    up = np.where(both, level, share.denominator)
    down = np.where(both, np.minimum(level, share.denominator * cells.value), 0)
    return Demands(
        unit=share.denominator, primary=primary, both=both, up=up, down=down, value=cells.value, minimum=None
    )
