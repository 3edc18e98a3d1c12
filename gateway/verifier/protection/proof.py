"""What a pool of worlds proves, without a solver: for each sensitive cell, who is left that might narrow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gateway.verifier.protection.attackers import bits, excluded, members
from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.worlds import Worlds

_LOT = 200
Moves = list[tuple[Fraction, int]]
"""How far a cell changes in each of its worlds, and the groups that know that world is not so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproved:
    """Sensitive cells (by place) without a proof: against the outsider, the second largest group, any group."""

    outsider: frozenset[int]
    second: frozenset[int]
    any: frozenset[int]


def unproved(cells: Cells, demands: Demands, worlds: Worlds, witnesses: Mapping[int, Sequence[int]]) -> Unproved:
    """``witnesses``: for each sensitive cell the numbers of its worlds. Every sensitive cell is looked at."""
    import numpy as np

    moves = moves_of(cells, worlds, witnesses)
    outsider, second, any_group = set(), set(), set()
    for cell in np.flatnonzero(demands.primary).tolist():
        left = remaining(cell, demands, moves.get(cell, []), len(cells.names))
        if left >> len(cells.names):
            outsider.add(cell)
        groups = left & ((1 << len(cells.names)) - 1)
        if beyond_leader(groups, cells.leaders[cell]):
            any_group.add(cell)
        if beyond_leader(groups & members(cells.runners[cell]), cells.leaders[cell]):
            second.add(cell)
    return Unproved(outsider=frozenset(outsider), second=frozenset(second), any=frozenset(any_group))


def beyond_leader(groups: int, leaders: Sequence[int]) -> bool:
    """Whether ``groups`` are more than the one that a cell protects: the largest, nobody where several are."""
    return groups & ~protected_of(leaders) != 0


def protected_of(leaders: Sequence[int]) -> int:
    """The one group (a set) that is no attacker of a cell: its largest. Where several are, each of them would narrow
    what the others have, so all of them attack."""
    return 1 << leaders[0] if len(leaders) == 1 else 0


def remaining(cell: int, demands: Demands, moves: Moves, groups: int) -> int:
    """The attackers (groups, and the outsider above them) against whom ``moves`` do not prove a cell."""
    every = (2 << groups) - 1
    need = Fraction(int(demands.up[cell]), demands.unit)
    high, low = demands.waived(cell)
    if demands.both[cell]:
        above = every & ~high if need else 0
        below = every & ~low & ~demands.spared(cell)
        for step, against in moves:
            above &= against if step >= need else every
            below &= against | ~demands.against(cell, -step)
        left = above | below
    else:
        left = every & ~high
        for step, against in moves:
            left &= against if step >= need or (demands.minimum is None and step <= -1) else every
    widths = cell in demands.wide or (demands.minimum is not None and not demands.both[cell])
    for attacker in bits(left if widths and moves else 0):
        known = [step for step, against in moves if not against >> attacker & 1]
        if demands.met(cell, max([*known, Fraction(0)]), -min([*known, Fraction(0)])):
            left &= ~(1 << attacker)
    return left


def moves_of(cells: Cells, worlds: Worlds, witnesses: Mapping[int, Sequence[int]]) -> dict[int, Moves]:
    """The moves of each cell in its worlds, in the order of their numbers."""
    import numpy as np

    shown: list[list[int]] = [[] for _ in range(len(worlds))]
    for cell, numbers in witnesses.items():
        for number in numbers:
            shown[number].append(cell)
    value = cells.inner_value
    moves: dict[int, Moves] = {}
    for start in range(0, len(worlds), _LOT):
        lot = worlds.chosen(np.arange(start, min(start + _LOT, len(worlds))))
        steps = (lot.matrix(len(value)) @ cells.inside.T).toarray()
        for at, against in enumerate(excluded(lot, cells, value)):
            unit = int(lot.unit[at])
            for cell in shown[start + at]:
                moves.setdefault(cell, []).append((Fraction(int(steps[at, cell]), unit), against))
    return moves
