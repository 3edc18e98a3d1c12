"""The exact linear test: which withheld cells do the published ones determine?

Every equation among withheld cells is a row; published cells are known. A withheld cell is determined exactly when
some combination of the equations contains it alone. Gaussian elimination modulo the prime 2^61 − 1 finds all of them
at once: coefficients are 0 and ±1.

What an accident modulo p could do. It can find a combination that does not exist over the rationals: a cell is then
taken for determined that is not. Where that decides what to withhold, more is withheld. Where it decides what to
publish again (``idle``), only cells are asked about that no proof moves: every proof still holds with such a cell
published, whether it is determined or not. And it can miss a combination whose coefficients' common denominator is a
multiple of p: nothing rests on that alone, since every sensitive cell must be shown to move besides."""

from collections.abc import Iterable, Mapping, Sequence, Set

from scipy import sparse

from gateway.disclosure.cells import Flags, Grid, distinct
from gateway.disclosure.system import Equation, Population
from gateway.model.cells import Key

PRIME = (1 << 61) - 1
_Row = dict[int, int]


def determined(equations: Sequence[Equation], withheld: Set[Key]) -> set[Key]:
    """The withheld cells that the published ones determine."""
    order = {key: place for place, key in enumerate(sorted(withheld, key=sorted))}
    names = list(order)
    rows = [row for equation in equations if (row := _row(equation, order))]
    return {names[place] for place in _lone(_reduce(rows))}


def known(population: Population, withheld: Set[Key]) -> set[Key]:
    """The withheld cells of a population that the published ones determine, for some kind of measure."""
    found: set[Key] = set()
    for kind in population.kinds:
        found |= determined(population.of(kind), withheld)
    return found


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
        rows.append({**dict.fromkeys(moving, 1), beyond + cell: PRIME - 1})
    return {unknown - beyond for unknown in _lone(_reduce(rows)) if unknown >= beyond}


def _row(equation: Equation, order: Mapping[Key, int]) -> _Row:
    row: _Row = {}
    if equation.parent in order:
        row[order[equation.parent]] = 1
    for child in equation.children:
        if child in order:
            row[order[child]] = PRIME - 1
    return row


def _reduce(rows: Iterable[_Row]) -> dict[int, _Row]:
    """Reduced row echelon form, shortest rows first: pivot column → its row, pivot coefficient 1."""
    pivots: dict[int, _Row] = {}
    uses: dict[int, set[int]] = {}  # column → pivots whose rows contain it
    for source in sorted(rows, key=lambda row: (len(row), sorted(row))):
        row = dict(source)
        for column in [c for c in source if c in pivots]:
            _subtract(row, pivots[column], row.get(column, 0))
        if not row:
            continue
        pivot = min(row, key=lambda c: (len(uses.get(c, ())), c))
        inverse = pow(row[pivot], PRIME - 2, PRIME)
        row = {c: v * inverse % PRIME for c, v in row.items()}
        for other in sorted(uses.get(pivot, ())):
            target = pivots[other]
            before = set(target)
            _subtract(target, row, target[pivot])
            for column in before - set(target):
                uses[column].discard(other)
            for column in set(target) - before:
                uses.setdefault(column, set()).add(other)
        pivots[pivot] = row
        for column in row:
            if column != pivot:
                uses.setdefault(column, set()).add(pivot)
    return pivots


def _subtract(target: _Row, row: _Row, factor: int) -> None:
    if not factor:
        return
    for column, value in row.items():
        left = (target.get(column, 0) - factor * value) % PRIME
        if left:
            target[column] = left
        else:
            target.pop(column, None)


def _lone(pivots: Mapping[int, _Row]) -> list[int]:
    return [pivot for pivot, row in pivots.items() if len(row) == 1]
