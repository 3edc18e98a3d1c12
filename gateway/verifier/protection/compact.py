"""Leaves out worlds that a proof can do without, the largest first, so that a certificate stays small."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from operator import and_
from typing import Any

from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.proof import Moves, moves_of
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.worlds import Worlds


def compact(
    cells: Cells, demands: Demands, worlds: Worlds, used: Mapping[int, Sequence[int]]
) -> tuple[Worlds, dict[int, list[int]]]:
    """Fewer worlds that prove the same, renumbered, and the numbers of each cell's worlds."""
    import numpy as np

    sizes = np.diff(worlds.ends)
    rank = {int(number): at for at, number in enumerate(np.argsort(sizes, kind="stable"))}
    found = {cell: sorted(set(numbers)) for cell, numbers in used.items()}
    moves = moves_of(cells, worlds, found)
    kept = {}
    for cell, numbers in found.items():
        order = sorted(range(len(numbers)), key=lambda at, own=numbers: rank[own[at]])  # type: ignore[misc]
        kept[cell] = [numbers[order[at]] for at in _needed(cells, demands, cell, [moves[cell][at] for at in order])]
    alive = sorted({number for numbers in kept.values() for number in numbers})
    place = {number: at for at, number in enumerate(alive)}
    witnesses = {cell: sorted(place[number] for number in numbers) for cell, numbers in kept.items()}
    return worlds.chosen(np.array(alive, dtype=np.int64)), witnesses


def _needed(cells: Cells, demands: Demands, cell: int, moves: Moves) -> list[int]:
    """The places of those moves that the proof needs; later ones are given up first."""
    if demands.minimum is not None:
        return list(range(len(moves)))
    need = (Fraction(int(demands.up[cell]), demands.unit), Fraction(int(demands.down[cell]), demands.unit))
    leaders = cells.leaders[cell]
    ignored = 1 << leaders[0] if len(leaders) == 1 else 0
    if demands.both[cell]:
        sides: list[Any] = [[step >= need[0] for step, _ in moves], [-step >= need[1] for step, _ in moves]]
    else:
        sides = [[abs(step) >= 1 for step, _ in moves]]
    needed = {at for far in sides for at in _cover([(at, moves[at][1] & ~ignored) for at, on in enumerate(far) if on])}
    return sorted(needed)


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
