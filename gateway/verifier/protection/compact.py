"""Leaves out worlds that a proof can do without, the largest first, so that a certificate stays small."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from operator import and_

from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.proof import Moves, moves_of, remaining
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.worlds import Worlds


def compact(
    cells: Cells, demands: Demands, worlds: Worlds, used: Mapping[int, Sequence[int]], attackers: Mapping[int, int]
) -> tuple[Worlds, dict[int, list[int]]]:
    """Fewer worlds that prove the same against each cell's ``attackers``, renumbered, and the numbers of its worlds."""
    import numpy as np

    sizes = np.diff(worlds.ends)
    rank = {int(number): at for at, number in enumerate(np.argsort(sizes, kind="stable"))}
    found = {cell: sorted(set(numbers)) for cell, numbers in used.items()}
    moves = moves_of(cells, worlds, found)
    kept = {}
    for cell, numbers in found.items():
        order = sorted(range(len(numbers)), key=lambda at, own=numbers: rank[own[at]])  # type: ignore[misc]
        kept[cell] = [
            numbers[order[at]] for at in _needed(demands, cell, attackers[cell], [moves[cell][at] for at in order])
        ]
    alive = sorted({number for numbers in kept.values() for number in numbers})
    place = {number: at for at, number in enumerate(alive)}
    witnesses = {cell: sorted(place[number] for number in numbers) for cell, numbers in kept.items()}
    return worlds.chosen(np.array(alive, dtype=np.int64)), witnesses


def _needed(demands: Demands, cell: int, attackers: int, moves: Moves) -> list[int]:
    """The places of those moves that the proof against ``attackers`` needs; later ones are given up first."""
    if demands.minimum is not None or _by_width(demands, cell, attackers, moves):
        return list(range(len(moves)))
    sides: list[list[int]] = []
    need = Fraction(int(demands.up[cell]), demands.unit)
    high, low = demands.waived(cell)
    if demands.both[cell]:
        sides.append([against | high if step >= need else -1 for step, against in moves])
        spared = demands.spared(cell) | low
        sides.append([against | ~demands.against(cell, -step) | spared for step, against in moves])
    else:
        sides.append([against | high if step >= need or step <= -1 else -1 for step, against in moves])
    needed = {
        at for side in sides for at in _cover([(at, left & attackers) for at, left in enumerate(side) if left != -1])
    }
    return sorted(needed)


def _by_width(demands: Demands, cell: int, attackers: int, moves: Moves) -> bool:
    """Whether the proof rests on how wide what is possible is, not on both its ends."""
    if cell not in demands.wide:
        return False
    ends_only = replace(demands, wide={})
    return bool(remaining(cell, ends_only, moves, attackers.bit_length()) & attackers)


def _cover(sets: list[tuple[int, int]]) -> list[int]:
    """Of numbered sets those without which their intersection would be larger; later ones are given up first."""
    every = -1
    before = list(accumulate((one for _, one in sets), and_, initial=every))
    held, needed = every, []
    for place in range(len(sets) - 1, -1, -1):
        if before[place] & held != before[-1]:
            needed.append(sets[place][0])
            held &= sets[place][1]
    return needed
