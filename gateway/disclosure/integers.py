"""Integer programmes by HiGHS: one thread, and a search that ends by its effort, so the same input has one answer. What
runs out of time has none, whatever it found: an answer must not depend on the machine.

A solution is believed only after its sums have been recomputed here."""

from typing import Any

import numpy as np

from gateway.disclosure.cells import Floats
from gateway.disclosure.solver import load

_CLOSE = 1e-6
_NODES = 200
_SECONDS = 120.0
_GAP = 0.05
"""A solution whose cost is within this share of the least one is good enough."""


class UnsolvedError(Exception):
    """It stays open whether there is a solution. ``timed``: for want of time, another machine may do better; otherwise
    the search ended by its effort, as it would anywhere."""

    def __init__(self, *, timed: bool) -> None:
        super().__init__("no answer within the limits")
        self.timed = timed


def solve(
    matrix: Any,
    cost: Floats,
    low: Floats,
    high: Floats,
    row_low: Floats,
    row_high: Floats,
    integers: int | None = None,
    *,
    gap: float = _GAP,
) -> Floats | None:
    """A cheap solution in which the first ``integers`` columns (all when None) are whole numbers, its cost within the
    share ``gap`` of the least one unless the search ends before; None where there is none at all: all columns must be
    bounded. Raises UnsolvedError where that stays open, or a solution's sums are not as asked when recomputed."""
    import highspy

    highs = highspy.Highs()
    highs.silent()
    options = {"threads": 1, "random_seed": 0, "mip_max_nodes": _NODES, "mip_rel_gap": gap, "time_limit": _SECONDS}
    for name, value in options.items():
        highs.setOptionValue(name, value)
    whole = matrix.shape[1] if integers is None else integers
    _, number = load(highs, matrix, cost, low, high, row_low, row_high, whole)
    highs.run()
    status, of = highs.getModelStatus(), highspy.HighsModelStatus
    if status in (of.kInfeasible, of.kUnboundedOrInfeasible):
        return None
    found = np.array(highs.getSolution().col_value)
    if len(found) != number or status == of.kTimeLimit:
        raise UnsolvedError(timed=status == of.kTimeLimit)
    found[:whole] = np.rint(found[:whole])
    sums = matrix @ found
    within = (found >= low - _CLOSE).all() and (found <= high + _CLOSE).all()
    if not (within and (sums >= row_low - _CLOSE).all() and (sums <= row_high + _CLOSE).all()):
        raise UnsolvedError(timed=False)
    return found
