"""The attack on one sheet: worlds that prove its sensitive numbers, and what could not be proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.verifier.month.room import GivenUp, Room
from gateway.verifier.month.system import Excuses, Sheet
from gateway.verifier.protection.attackers import bits
from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.compact import compact
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.exact import determined
from gateway.verifier.protection.insider import insiders
from gateway.verifier.protection.local import locally
from gateway.verifier.protection.nearby import Nearby
from gateway.verifier.protection.proof import Unproved, unproved
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.search import settle, sweep
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
        """The sensitive numbers that can be computed exactly, but for those that are given up for outsiders."""
        import numpy as np

        found = np.flatnonzero(self.pinned & self.demands.primary).tolist()
        return {cell for cell in found if not self._excused(cell)}

    def _excused(self, cell: int) -> bool:
        above, below = self.demands.waived(cell)
        below = below if self.demands.down[cell] or not self.demands.both[cell] else -1
        return bool((above & below) >> len(self.cells.names) & 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attacked:
    """What was found: worlds, for each sensitive number which of them, and what no pattern can give."""

    ground: Ground
    worlds: Worlds
    witnesses: Mapping[int, Sequence[int]]
    given_up: Sequence[GivenUp]


def attack(sheet: Sheet, seed: bytes) -> Attacked:
    """Attacks a sheet; what it can't prove, it tries again without what is proved that no pattern could give."""
    given_up: dict[tuple[int, int, int], GivenUp] = {}
    while True:
        ground = Ground.of(sheet, given_up.keys(), seed)
        coverage, worlds, witnesses = _searched(ground, _insiders(sheet))
        more = {one.excuse: one for one in _impossible(sheet, ground, coverage)}
        if not more.keys() - given_up.keys():
            found = [one for _, one in sorted(given_up.items())]
            return Attacked(ground=ground, worlds=worlds, witnesses=witnesses, given_up=found)
        given_up |= more


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


def _impossible(sheet: Sheet, ground: Ground, coverage: Coverage) -> list[GivenUp]:
    """Of what is left unproved, what is proved that it can't be given although this release withheld everything. Those
    below first: what is needed above depends on them."""
    room = Room(sheet=sheet, cells=ground.cells, demands=ground.demands)
    for side in (1, 0):
        found: list[GivenUp] = []
        left = {cell: coverage.left[side][cell] & ~coverage.protected[cell] for cell in coverage.used}
        for cell in [cell for cell, who in left.items() if who][:CONFIRMATIONS]:
            sides = (side,) if ground.demands.both[cell] else (1, 0)
            outsider = left[cell] & coverage.outsider
            for who in bits(outsider or left[cell]):
                proofs = [room.proof(cell, one, who) for one in sides]
                found += [one for one in proofs if one is not None] if None not in proofs else []
        if found:
            return found
    return []
