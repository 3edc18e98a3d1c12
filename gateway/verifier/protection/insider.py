"""The insider test: no contributor group but the protected one may narrow a sensitive cell with what it knows itself.

Groups are tried in classes: a world that none of a class can exclude counts against each of them. What is left after
some divisions into classes is tried for each group by itself, then cell by cell."""

from collections.abc import Callable
from typing import Any

from gateway.verifier.protection.attackers import bits
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.search import settle, sweep

_CLASSES = (8, 8, 16, 32)
_FEW = 400
"""Below this many pairs of cell and group, classes are no longer worth their while."""


def insiders(coverage: Coverage, rng: Any, tell: Callable[[str], None], confirmations: int) -> None:
    """Tries every group on every cell that withstands the outsider."""
    groups = coverage.outsider - 1
    for count in _CLASSES:
        pairs = _pairs(coverage, groups)
        if pairs < _FEW:
            break
        for number, attackers in enumerate(_classes(_attackers(coverage, groups), count, rng), start=1):
            sweep(coverage, attackers, rng)
            tell(f"insider {number}/{count}")
    _each(coverage, groups, rng, tell, confirmations)
    _ties(coverage, groups, confirmations)


def _attackers(coverage: Coverage, groups: int) -> list[int]:
    """The groups that are left anywhere."""
    live = 0
    for side in (0, 1):
        for cell in coverage.open_for(side, groups):
            live |= coverage.left[side][cell] & ~coverage.protected[cell]
    return list(bits(live & groups))


def _pairs(coverage: Coverage, groups: int) -> int:
    open_cells = ((side, cell) for side in (0, 1) for cell in coverage.open_for(side, groups))
    return sum(
        (coverage.left[side][cell] & groups & ~coverage.protected[cell]).bit_count() for side, cell in open_cells
    )


def _classes(attackers: list[int], count: int, rng: Any) -> list[int]:
    order = rng.permutation(attackers).tolist()
    return [made for made in (sum(1 << g for g in order[start::count]) for start in range(count)) if made]


def _each(coverage: Coverage, groups: int, rng: Any, tell: Callable[[str], None], confirmations: int) -> None:
    attackers = _attackers(coverage, groups)
    for number, group in enumerate(attackers, start=1):
        if len(coverage.open_for(0, 1 << group)) + len(coverage.open_for(1, 1 << group)) > 8:
            sweep(coverage, 1 << group, rng, limit=3)
        confirmations -= settle(coverage, 1 << group, confirmations)
        if number % 50 == 0:
            tell(f"insider {number}/{len(attackers)}")


def _ties(coverage: Coverage, groups: int, confirmations: int) -> None:
    """Where several groups are the largest, any one of them may be the protected one: tries the others."""
    for cell, leaders in enumerate(coverage.cells.leaders):
        if len(leaders) < 2 or cell not in coverage.used or not coverage.is_open(cell, groups):
            continue
        first = coverage.protected[cell]
        for leader in leaders[1:]:
            coverage.protected[cell] = 1 << leader
            for attacker in bits((coverage.left[0][cell] | coverage.left[1][cell]) & groups & ~(1 << leader)):
                settle(coverage, 1 << attacker, confirmations, only=cell)
            if not coverage.is_open(cell, groups):
                break
        else:
            coverage.protected[cell] = first
