"""The exact linear test: which withheld cells do the published ones determine?

Every equation among withheld cells is a row; published cells are known. A withheld cell is determined exactly when
some combination of the equations contains it alone. Gaussian elimination modulo the prime 2^61 − 1 finds all of them
at once: coefficients are 0 and ±1, so a combination over the rationals is one modulo p, and an accidental one modulo p
alone would only withhold more."""

from collections.abc import Iterable, Mapping, Sequence, Set

from gateway.disclosure.system import Equation, Key

PRIME = (1 << 61) - 1
_Row = dict[int, int]


def determined(equations: Sequence[Equation], withheld: Set[Key]) -> set[Key]:
    """The withheld cells that the published ones determine."""
    order = {key: place for place, key in enumerate(sorted(withheld, key=sorted))}
    names = list(order)
    rows = [row for equation in equations if (row := _row(equation, order))]
    return {names[place] for place in _lone(_reduce(rows))}


def computable(rows: Iterable[Mapping[int, int]]) -> set[int]:
    """The unknowns that linear equations (unknown → whole coefficient; the right sides are known) determine."""
    return set(_lone(_reduce({at: by % PRIME for at, by in row.items()} for row in rows)))


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
