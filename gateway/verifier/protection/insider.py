"""The insider test: no contributor group but the protected one may narrow a sensitive cell with what it knows itself.

First in the neighbourhood of each cell, where a small change is excluded by few groups: against one of those that are
left, then against all that still are. What is left after that is tried for each group over the whole table."""

from collections.abc import Callable

from gateway.verifier.protection.attackers import bits, members
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.local import locally
from gateway.verifier.protection.nearby import Nearby
from gateway.verifier.protection.search import settle

_ROUNDS = 3


def insiders(coverage: Coverage, nearby: Nearby, tell: Callable[[str], None], confirmations: int) -> None:
    """Tries every group that is to be tried on every cell that withstands the outsider."""
    groups = coverage.outsider - 1

    def one(cell: int, left: int) -> int:
        second = left & members(coverage.cells.runners[cell])
        return second or left & -left

    before = -1
    for number in range(1, _ROUNDS + 1):
        left = coverage.pairs(groups)
        if not left or left == before:
            break
        before = left
        locally(coverage, nearby, groups, one)
        locally(coverage, nearby, groups, lambda _, left: left)
        tell(f"insider, nearby {number}/{_ROUNDS}")
    _each(coverage, groups, tell, confirmations)
    _ties(coverage, groups, confirmations)


def _attackers(coverage: Coverage, groups: int) -> list[int]:
    """The groups that are left anywhere."""
    live = 0
    for side in (0, 1):
        for cell in coverage.open_for(side, groups):
            live |= coverage.left[side][cell] & ~coverage.protected[cell]
    return list(bits(live & groups))


def _each(coverage: Coverage, groups: int, tell: Callable[[str], None], confirmations: int) -> None:
    attackers = _attackers(coverage, groups)
    for number, group in enumerate(attackers, start=1):
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
