"""Proofs from the neighbourhood of each cell: a small change there, against those who are left, one cell at a time."""

from collections.abc import Callable

from gateway.verifier.protection.attackers import bounds
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.flows import Flow, scaled
from gateway.verifier.protection.nearby import Nearby

LIMITS = (150, 800, 1 << 30)
"""How many inner cells a neighbourhood has: first, and where that was not enough; at last the whole table."""
_LOT = 64


def locally(coverage: Coverage, nearby: Nearby, attackers: int, chosen: Callable[[int, int], int]) -> None:
    """Tries each cell for which one of ``attackers`` is left. ``chosen``: of those left for it whom to try at once."""
    for limit in LIMITS:
        todo = sorted((cell, side) for side in (0, 1) for cell in coverage.open_for(side, attackers))
        for start in range(0, len(todo), _LOT):
            flows: list[Flow] = []
            for cell, side in todo[start : start + _LOT]:
                left = coverage.left[side][cell] & attackers & ~coverage.protected[cell]
                if left:
                    flows += _pushed(coverage, nearby, cell, side, chosen(cell, left), limit)
            coverage.take(coverage.fitting(scaled(coverage, flows)))


def _pushed(coverage: Coverage, nearby: Nearby, cell: int, side: int, attackers: int, limit: int) -> list[Flow]:
    low, high = bounds(attackers, coverage.cells, coverage.system.fixed, coverage.value)
    inside = coverage.system.inside
    own = inside.indices[inside.indptr[cell] : inside.indptr[cell + 1]].tolist()
    region = nearby.region(own, limit)
    up, down = coverage.whole
    need = float(up[cell]) if side == 0 else -float(down[cell])
    found = nearby.smallest(region, set(own), need, low, high)
    if found is None and not coverage.demands.both[cell] and coverage.demands.minimum is None:
        found = nearby.smallest(region, set(own), -1.0, low, high)
    return [] if found is None else [found]
