"""The exact linear test: which withheld cells do the published ones determine?

Every equation among withheld cells is a row; published cells are known. A withheld cell is determined exactly when
some combination of the equations contains it alone, which is when it is 0 in every solution of the equations with
right-hand sides 0. Gaussian elimination modulo the prime 2^61 − 1 gives one solution, arbitrary where there is a
choice; a cell that is not determined is 0 in it by a chance of less than one in 2^40. Coefficients are 0 and ±1.

What an accident could do. Modulo p there can be a combination that does not exist over the rationals, and a cell can
be 0 by chance: it is then taken for determined and is not. Where that decides what to withhold, more is withheld.
Where it decides what to publish again (``idle``), only cells are asked about that no proof moves: every proof still
holds with such a cell published, whether it is determined or not. And elimination can miss a combination whose
coefficients' common denominator is a multiple of p: nothing rests on that alone, since every sensitive cell must be
shown to move besides."""

import heapq
from collections.abc import Iterable, Set

from gateway.base.later import later
from gateway.disclosure.cells import Flags, Grid, distinct
from gateway.disclosure.system import Population
from gateway.model.cells import Key

sparse = later("scipy.sparse")

PRIME = (1 << 61) - 1
_BASE = 0x243F6A8885A308D  # digits of pi: its powers are the arbitrary values
_Row = dict[int, int]


def known(population: Population, withheld: Set[Key]) -> set[Key]:
    """The withheld cells of a population that the published ones determine, for some kind of measure."""
    names, found = population.names, set[int]()
    hidden = [name in withheld for name in names]
    for rows in population.rows.values():
        left = ({cell: by for cell, by in row if hidden[cell]} for row in rows)
        found |= _zeros(row for row in left if row)
    return {names[cell] for cell in found}


def determined_cells(grid: Grid, withheld: Flags, asked: Iterable[int]) -> set[int]:
    """Those of the withheld cells ``asked`` that the published cells of a grid determine."""
    shown = grid.totals @ sparse.diags(withheld[: grid.inner].astype(float))
    shown.eliminate_zeros()
    rows: list[_Row] = [
        dict.fromkeys(shown.indices[shown.indptr[row] : shown.indptr[row + 1]].tolist(), 1)
        for row in distinct(shown, ~withheld[grid.inner :])
    ]
    beyond = len(withheld)  # one more unknown for each cell asked about: the sum of what moves in it
    for cell in asked:
        moving = (i for i in grid.reach(cell).tolist() if withheld[i])
        rows.append({**dict.fromkeys(moving, 1), beyond + cell: -1})
    return {unknown - beyond for unknown in _zeros(rows) if unknown >= beyond}


def _zeros(rows: Iterable[_Row]) -> set[int]:
    """The unknowns that are 0 in every solution of rows whose sums are 0."""
    solution: dict[int, int] = {}
    power = 1
    for pivot, row in reversed(_steps(rows)):
        total = 0
        for column, factor in row.items():
            if column != pivot:
                if column not in solution:  # in no later row that was used up: it can be anything
                    power = power * _BASE % PRIME
                    solution[column] = power
                total += factor * solution[column]
        lead = row[pivot]
        solution[pivot] = (-total if lead == 1 else total if lead == -1 else -total * pow(lead, -1, PRIME)) % PRIME
    return {column for column, value in solution.items() if not value}


def _steps(rows: Iterable[_Row]) -> list[tuple[int, _Row]]:
    """Rows as they are used up, each with a column that is in no later one: of all columns one in the fewest rows."""
    left = list({frozenset(row.items()): row for row in rows}.values())
    holders: dict[int, set[int]] = {}
    for number, row in enumerate(left):
        for column in row:
            holders.setdefault(column, set()).add(number)
    heap = [(len(held), column) for column, held in holders.items()]
    heapq.heapify(heap)
    steps = []
    while heap:
        count, column = heapq.heappop(heap)
        held = holders[column]
        if len(held) != count or not held:
            continue  # it stands in the heap again with the number of now
        number = min(held, key=lambda other: (len(left[other]), other))
        row = left[number]
        steps.append((column, row))
        for other in sorted(held - {number}):
            _subtract(left[other], row, column, other, holders)
        for place in row:
            holders[place].discard(number)
        holders[column] = set()
        for place in row:
            if holders[place]:
                heapq.heappush(heap, (len(holders[place]), place))
    return steps


def _subtract(target: _Row, row: _Row, column: int, number: int, holders: dict[int, set[int]]) -> None:
    """Takes ``column`` out of ``target``, whose number is ``number``, with the help of ``row``."""
    lead = row[column]
    times = target[column] * (lead if lead in (1, -1) else pow(lead, -1, PRIME))
    for place, factor in row.items():
        value = target.get(place, 0) - times * factor
        if not -PRIME < value < PRIME:
            value %= PRIME
        if value:
            if place not in target:
                holders[place].add(number)
            target[place] = value
        elif place in target:
            del target[place]
            holders[place].discard(number)
