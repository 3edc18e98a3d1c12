"""The search for worlds: many cells at once, each pushed up or down as far as it needs; the rest one by one."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gateway.verifier.protection.attackers import bounds
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.local import DOUBT, narrowed, push
from gateway.verifier.protection.nearby import Nearby
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.solver import Programme

_ENOUGH = 0.03
"""A round that proves a smaller part of what it aimed at is the last of its kind."""
_ROUNDS, _FEW = 40, 200
_SCALE = 100.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aims:
    """What a round pushes: ``above`` and ``below`` (truths over all cells), and the cells ``watched`` in extra rows."""

    above: Any
    below: Any
    watched: Any


def sweep(coverage: Coverage, attackers: int, rng: Any) -> None:
    """Rounds against all of ``attackers`` jointly: a world that none of them can exclude counts for each of them.

    First the inner cells, which need no rows of their own, then all; as long as they are not few."""
    low, high = bounds(attackers, coverage.cells, coverage.system.fixed, coverage.value)
    for inner_only in (True, False):
        for _ in range(_ROUNDS):
            aims = _aims(coverage, attackers, inner_only)
            count = int(aims.above.sum() + aims.below.sum())
            if count < _FEW or _round(coverage, aims, low, high, rng) < _ENOUGH * count:
                break


def _aims(coverage: Coverage, attackers: int, inner_only: bool) -> Aims:
    import numpy as np

    marks = []
    is_inner = np.zeros(len(coverage.cells.keys), dtype=bool)
    is_inner[coverage.cells.inner[coverage.cells.inner >= 0]] = True
    for side in (0, 1):
        mark = np.zeros(len(is_inner), dtype=bool)
        mark[coverage.open_for(side, attackers)] = True
        marks.append(mark & is_inner if inner_only else mark)
    return Aims(above=marks[0], below=marks[1], watched=np.flatnonzero((marks[0] | marks[1]) & ~is_inner))


def _round(coverage: Coverage, aims: Aims, low: Any, high: Any, rng: Any) -> int:
    import numpy as np

    inner = coverage.cells.inner
    up, down = (one.astype(float) for one in coverage.whole)
    sign = np.where(rng.random(len(up)) < 0.5, 1.0, -1.0)
    sign = np.where(aims.above & aims.below, sign, np.where(aims.above, 1.0, -1.0))
    aimed = aims.above | aims.below
    weight = np.where(aimed, _SCALE * sign / np.maximum(np.where(sign > 0, up, down), 1.0), 0.0)
    top, bottom = np.where(aims.above, up, np.inf), np.where(aims.below, -down, -np.inf)
    listed = inner >= 0
    programme = Programme(coverage.system.rows, coverage.system.inside[aims.watched], low, high)
    change = programme.best(
        weight @ _only(coverage, aimed),
        np.maximum(low, np.where(listed, bottom[inner], -np.inf)),
        np.minimum(high, np.where(listed, top[inner], np.inf)),
        bottom[aims.watched],
        top[aims.watched],
    )
    return 0 if change is None else coverage.absorb(change)


def _only(coverage: Coverage, aimed: Any) -> Any:
    import numpy as np
    from scipy import sparse

    return sparse.diags_array(aimed.astype(float)) @ coverage.system.inside.astype(np.float64)


def settle(coverage: Coverage, nearby: Nearby, cell: int, attacker: int) -> bool:
    """Settles what is left of a cell for one attacker (a set of one), and says whether it is shown to be narrowed."""
    if not coverage.is_open(cell, attacker):
        return False
    push(coverage, nearby, cell, attacker)
    if not coverage.is_open(cell, attacker):
        return False
    if narrowed(coverage, nearby, cell, attacker) or _single(coverage, cell, attacker):
        coverage.show(cell, attacker)
        return True
    return False


def _single(coverage: Coverage, cell: int, attacker: int) -> bool:
    """Pushes one cell up, then down, as far as it needs; whether it is left, each answer was optimal, and they fall
    short by more than a solver's inaccuracy."""
    import numpy as np

    bottom, top = bounds(attacker, coverage.cells, coverage.system.fixed, coverage.value)
    programme = Programme(coverage.system.rows, coverage.system.inside[[cell]], bottom, top)
    up, down = (one.astype(float) for one in coverage.whole)
    both = bool(coverage.demands.both[cell]) and cell not in coverage.demands.wide
    high = np.array([up[cell] + 1])
    low = np.array([-down[cell] - 1 if both else -float(coverage.cells.value[cell])])
    weight = np.asarray(coverage.system.inside[[cell]].toarray()).ravel().astype(float)
    answers = {}
    for side, sign in ((0, 1.0), (1, -1.0)):
        if both and not coverage.left[side][cell] & attacker:
            continue
        change = programme.best(sign * weight, bottom, top, low, high)
        if change is None:
            return False
        coverage.absorb(change)
        answers[side] = change
    if not both and len(answers) == 2:
        coverage.pair(cell, attacker, list(answers.values()))
    far = {side: abs(float(weight @ one)) for side, one in answers.items()}
    return coverage.is_open(cell, attacker) and _short(coverage.demands, cell, attacker, far)


def _short(demands: Demands, cell: int, attacker: int, far: dict[int, float]) -> bool:
    """Whether a cell that can be moved so ``far`` (by side; a side not given is proved) is narrowed beyond doubt."""
    up, down = (Fraction(far[side]) + Fraction(DOUBT) if side in far else Fraction(1 << 60) for side in (0, 1))
    if demands.both[cell] and cell not in demands.wide:
        return up * demands.unit < int(demands.up[cell]) or not demands.against(cell, down) & attacker
    return not demands.met(cell, up, down)
