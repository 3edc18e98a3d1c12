"""Which withheld cells are determined by the published ones: elimination modulo the prime 2**61 - 1.

One random solution of the equations is drawn modulo the prime. A cell that is determined does not change in any
solution; a cell that is not changes in this one but for a chance of 2**-61. (The equations' coefficients are whole; a
rank that is smaller modulo this prime than in truth would need a minor that is a multiple of it.)"""

import heapq
import random
from itertools import pairwise
from typing import Any

PRIME = (1 << 61) - 1
_Row = dict[int, int]


def determined(rows: Any, fixed: Any, inside: Any, seed: bytes) -> Any:
    """For each cell whether it can't change. ``rows``: sparse, equations over the inner cells; ``fixed``: inner cells
    that can't change anyway; ``inside``: sparse, what each cell is made of; ``seed``: of the random solution."""
    import numpy as np

    solution = _solution(_pivots(rows), np.flatnonzero(~fixed).tolist(), random.Random(seed))  # nosec B311: a check, no secret
    ends, places = inside.indptr.tolist(), inside.indices.tolist()
    sums = (sum(solution.get(i, 0) for i in places[a:b]) for a, b in pairwise(ends))
    return np.array([total % PRIME == 0 for total in sums])


def _solution(pivots: list[tuple[int, _Row]], unknowns: list[int], draw: random.Random) -> dict[int, int]:
    led = {column for column, _ in pivots}
    solution = {column: draw.randrange(PRIME) for column in unknowns if column not in led}
    for column, row in reversed(pivots):
        others = sum(factor * solution[place] for place, factor in row.items() if place != column)
        solution[column] = -others * pow(row[column], -1, PRIME) % PRIME
    return solution


def _pivots(matrix: Any) -> list[tuple[int, _Row]]:
    """Rows in the order in which they were used up, each with its column; a column is in no later row."""
    ends = matrix.indptr.tolist()
    places, factors = matrix.indices.tolist(), matrix.data.tolist()
    rows = [dict(zip(places[a:b], factors[a:b], strict=True)) for a, b in pairwise(ends)]
    holders: dict[int, set[int]] = {}
    for number, row in enumerate(rows):
        for column in row:
            holders.setdefault(column, set()).add(number)
    heap = [(len(held), column) for column, held in holders.items()]
    heapq.heapify(heap)
    pivots = []
    while heap:
        count, column = heapq.heappop(heap)
        held = holders.get(column)
        if not held:
            continue
        if len(held) != count:
            heapq.heappush(heap, (len(held), column))
            continue
        pivots.append((column, _use_up(rows, holders, column, heap)))
    return pivots


def _use_up(rows: list[_Row], holders: dict[int, set[int]], column: int, heap: list[tuple[int, int]]) -> _Row:
    """Takes the shortest row that has ``column`` out of the others, and away."""
    number = min(holders[column], key=lambda held: (len(rows[held]), held))
    row = rows[number]
    inverse = pow(row[column], -1, PRIME)
    for other in sorted(holders[column] - {number}):
        _subtract(rows[other], row, rows[other][column] * inverse % PRIME, other, holders)
    for place in row:
        holders[place].discard(number)
        if place != column and holders[place]:
            heapq.heappush(heap, (len(holders[place]), place))
    del holders[column]
    rows[number] = {}
    return row


def _subtract(target: _Row, row: _Row, times: int, number: int, holders: dict[int, set[int]]) -> None:
    for place, factor in row.items():
        left = (target.get(place, 0) - times * factor) % PRIME
        if left:
            if place not in target:
                holders[place].add(number)
            target[place] = left
        elif place in target:
            del target[place]
            holders[place].discard(number)
