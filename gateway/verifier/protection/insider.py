"""The insider test: no contributor group but the protected one may narrow a sensitive cell with what it knows itself.

First in the neighbourhood of each cell, where a small change is excluded by few groups: against one of those that are
left, then against all that still are. What is left after that is tried for each group. Where several groups are the
largest, all of them attack."""

from collections.abc import Callable

from gateway.verifier.protection.attackers import bits, members
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.local import locally
from gateway.verifier.protection.nearby import Nearby
from gateway.verifier.protection.search import settle

_ROUNDS = 3
_MANY = 64
"""Where more groups are left, a change that outsiders believe leaves fewer."""


def insiders(coverage: Coverage, nearby: Nearby, tell: Callable[[str], None], confirmations: int) -> None:
    """Tries every group that is to be tried on every cell that withstands the outsider; after so many
    ``confirmations`` that a cell is narrowed, the rest is not known."""
    groups = coverage.outsider - 1

    def second(cell: int, left: int) -> int:
        return left & members(coverage.cells.runners[cell])

    def nobody(_: int, left: int) -> int:
        return coverage.outsider if left.bit_count() > _MANY else 0

    before = -1
    for number in range(1, _ROUNDS + 1):
        left = coverage.pairs(groups)
        if not left or left == before:
            break
        before = left
        for chosen in (second, nobody, lambda _, left: left):
            locally(coverage, nearby, groups, chosen)
        tell(f"insider, nearby {number}/{_ROUNDS}")
    _each(coverage, nearby, groups, tell, confirmations)


def _each(coverage: Coverage, nearby: Nearby, groups: int, tell: Callable[[str], None], confirmations: int) -> None:
    left = sorted({cell for side in (0, 1) for cell in coverage.open_for(side, groups)})
    for number, cell in enumerate(left, start=1):
        if confirmations > 0:
            confirmations -= _settled(coverage, nearby, cell, groups)
        if number % 50 == 0:
            tell(f"insider {number}/{len(left)}")


def _settled(coverage: Coverage, nearby: Nearby, cell: int, groups: int) -> int:
    """Tries a cell against each group left, the second largest first; the rest only until one narrows it. Says how many
    were shown to."""
    second = members(coverage.cells.runners[cell])
    shown = 0
    for part in (second, groups & ~second):
        for attacker in bits((coverage.left[0][cell] | coverage.left[1][cell]) & part & ~coverage.protected[cell]):
            shown += settle(coverage, nearby, cell, 1 << attacker)
            if shown and part != second:
                return shown
        if shown:
            return shown
    return shown
