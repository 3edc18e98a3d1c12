"""The attack on one sheet: worlds that prove its sensitive numbers, and what could not be proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.verifier.month.system import Excuses, Sheet
from gateway.verifier.protection.attackers import bits, bounds
from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.compact import compact
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.exact import determined
from gateway.verifier.protection.insider import insiders
from gateway.verifier.protection.local import DOUBT, locally
from gateway.verifier.protection.nearby import Nearby
from gateway.verifier.protection.proof import Unproved, unproved
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.search import settle, sweep
from gateway.verifier.protection.solver import Programme
from gateway.verifier.protection.system import System
from gateway.verifier.protection.worlds import Worlds

CONFIRMATIONS = 200
"""So many numbers are shown to be narrowed before the rest counts as not protected unasked."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What a sheet's proofs stand on."""

    cells: Cells
    demands: Demands
    system: System
    pinned: Any

    @classmethod
    def of(cls, sheet: Sheet, excuses: Excuses, seed: bytes) -> "Ground":
        """``seed``: of the random solution of the exact test."""
        import numpy as np

        system = sheet.system()
        hidden = np.array([name in sheet.withheld for name in sheet.names])
        pinned = determined(system.rows, system.fixed, system.inside, seed) & hidden
        return cls(cells=sheet.cells(), demands=sheet.demands(excuses), system=system, pinned=pinned)

    def unproved(self, worlds: Worlds, witnesses: Mapping[int, Sequence[int]]) -> Unproved:
        """The sensitive numbers without a proof."""
        return unproved(self.cells, self.demands, worlds, witnesses)

    @property
    def open(self) -> set[int]:
        """The sensitive numbers that can be computed exactly."""
        import numpy as np

        return set(np.flatnonzero(self.pinned & self.demands.primary).tolist())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attacked:
    """What was found: worlds, for each sensitive number which of them, and what no pattern can give."""

    ground: Ground
    worlds: Worlds
    witnesses: Mapping[int, Sequence[int]]
    excuses: Excuses


def attack(sheet: Sheet, seed: bytes) -> Attacked:
    """Attacks a sheet; what it can't prove, it tries again without what no pattern could give."""
    excuses: set[tuple[int, int]] = set()
    while True:
        ground = Ground.of(sheet, excuses, seed)
        coverage, worlds, witnesses = _searched(ground, _insiders(sheet))
        more = _impossible(sheet, ground, coverage) - excuses
        if not more:
            return Attacked(ground=ground, worlds=worlds, witnesses=witnesses, excuses=frozenset(excuses))
        excuses |= more


def _insiders(sheet: Sheet) -> Any:
    return "any" if sheet.net.persons else sheet.rules.insiders


def _searched(ground: Ground, insiders_are: Any) -> tuple[Coverage, Worlds, dict[int, list[int]]]:
    import numpy as np

    coverage = Coverage(ground.cells, ground.demands, ground.system, insiders_are)
    for cell in coverage.used:
        if ground.pinned[cell]:
            coverage.show(cell, coverage.outsider)
    sweep(coverage, coverage.outsider, np.random.default_rng(1))
    nearby = Nearby(ground.system.rows, ground.system.fixed)
    locally(coverage, nearby, coverage.outsider, lambda _, left: left)
    for cell in _left(coverage, coverage.outsider)[:CONFIRMATIONS]:
        settle(coverage, nearby, cell, coverage.outsider)
    if ground.cells.names:
        insiders(coverage, nearby, lambda _: None, CONFIRMATIONS)
    worlds, witnesses = compact(ground.cells, ground.demands, coverage.pool(), coverage.used, coverage.attackers())
    return coverage, worlds, witnesses


def _left(coverage: Coverage, attackers: int) -> list[int]:
    return sorted({cell for side in (0, 1) for cell in coverage.open_for(side, attackers)})


def _impossible(sheet: Sheet, ground: Ground, coverage: Coverage) -> set[tuple[int, int]]:
    """What is left unproved and can't be given although this release withheld everything: earlier figures, or what
    everybody knows, leave no room. A number of this release must still be able to rise."""
    import numpy as np

    every = 2 * coverage.outsider - 1
    open_ = [(cell, side) for side in (0, 1) for cell in coverage.used if coverage.left[side][cell] & every]
    open_ = [(cell, side) for cell, side in open_ if coverage.left[side][cell] & every & ~coverage.protected[cell]]
    open_ = [(c, s) for c, s in open_ if s or sheet.names[c] not in sheet.net.asked][:CONFIRMATIONS]
    if not open_:
        return set()
    free = sheet.system(sheet.net.names - sheet.net.fixed)
    found = set()
    for cell, side in open_:
        left = coverage.left[side][cell] & ~coverage.protected[cell]
        low, high = bounds(left & -left, ground.cells, free.fixed, coverage.value)
        weight = np.asarray(free.inside[[cell]].toarray()).ravel().astype(float) * (1 - 2 * side)
        need = int((ground.demands.down if side else ground.demands.up)[cell]) / ground.demands.unit
        programme = Programme(free.rows, free.inside[[cell]], low, high)
        reach = np.array([-need - 1]), np.array([need + 1])
        change = programme.best(weight, low, high, *reach)
        if change is not None and float(weight @ change) < _capped(ground, cell, side, left & -left, need) - DOUBT:
            found.add((cell, side))
    return found


def _capped(ground: Ground, cell: int, side: int, attacker: int, need: float) -> float:
    """How much of it this attacker has to believe."""
    who = next(bits(attacker))
    most = ground.demands.capped.get(cell, {}).get(who) if side else None
    return need if most is None else min(need, most / ground.demands.unit)
