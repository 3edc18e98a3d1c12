"""Proofs from the neighbourhood of each cell: a small change there, against those who are left, one cell at a time."""

from collections.abc import Callable
from math import copysign

from gateway.verifier.protection.attackers import bounds
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.flows import Flow, scaled
from gateway.verifier.protection.nearby import Nearby

LIMITS = (300, 800, 1 << 30)
"""How many inner cells a neighbourhood has: first, and where that was not enough; at last the whole table."""
_LOT = 64
DOUBT = 1e-3
"""What falls short by less may be a solver's inaccuracy."""


def locally(coverage: Coverage, nearby: Nearby, attackers: int, chosen: Callable[[int, int], int]) -> None:
    """Tries each cell for which one of ``attackers`` is left. ``chosen``: of those left for it whom to try
    at once, nobody to leave it out."""
    for limit in LIMITS:
        todo = sorted((cell, side) for side in (0, 1) for cell in coverage.open_for(side, attackers))
        for start in range(0, len(todo), _LOT):
            flows: list[Flow] = []
            for cell, side in todo[start : start + _LOT]:
                left = coverage.left[side][cell] & attackers & ~coverage.protected[cell]
                if left and (who := chosen(cell, left)):
                    flows += _pushed(coverage, nearby, cell, side, who, limit)
            coverage.take(coverage.fitting(scaled(coverage, flows)))


def _pushed(coverage: Coverage, nearby: Nearby, cell: int, side: int, attackers: int, limit: int) -> list[Flow]:
    low, high = bounds(attackers, coverage.cells, coverage.system.fixed, coverage.value)
    own = _own(coverage, cell)
    region = nearby.region(own, limit)
    up, down = coverage.whole
    need = float(up[cell]) if side == 0 else -float(down[cell])
    found = nearby.smallest(region, own, need, low, high)
    if not found and not coverage.demands.both[cell] and coverage.demands.minimum is None:
        found = nearby.smallest(region, own, -1.0, low, high)
    return [found] if found else []


def push(coverage: Coverage, nearby: Nearby, cell: int, attacker: int) -> None:
    """Tries one cell against one attacker (a set of one) in the whole table."""
    for side in (0, 1):
        if coverage.left[side][cell] & attacker:
            flows = _pushed(coverage, nearby, cell, side, attacker, LIMITS[-1])
            coverage.take(coverage.fitting(scaled(coverage, flows)))


def narrowed(coverage: Coverage, nearby: Nearby, cell: int, attacker: int) -> bool:
    """Whether a solver says that a cell can't be moved as far as it needs, nor by what it may be inaccurate less."""
    demands = coverage.demands
    if demands.minimum is not None or cell in demands.wide:
        return False
    low, high = bounds(attacker, coverage.cells, coverage.system.fixed, coverage.value)
    own = _own(coverage, cell)
    region = nearby.region(own, LIMITS[-1])
    down = demands.capped.get(cell, {}).get(attacker.bit_length() - 1, int(demands.down[cell]))
    if demands.both[cell]:
        sides = [(0, int(demands.up[cell]) / demands.unit), (1, -down / demands.unit)]
        sides = [(side, need) for side, need in sides if coverage.left[side][cell] & attacker]
    else:
        sides = [(0, 1.0), (1, -1.0)]
    short = [nearby.smallest(region, own, need - copysign(DOUBT, need), low, high) is False for _, need in sides]
    return any(short) if demands.both[cell] else all(short)


def _own(coverage: Coverage, cell: int) -> list[int]:
    inside = coverage.system.inside
    own: list[int] = inside.indices[inside.indptr[cell] : inside.indptr[cell + 1]].tolist()
    return own
