"""The risk before secondary suppression: what an outsider learns of the sensitive cells when only they are withheld.

*Recovered*: what is published leaves it no other value. *Narrowed*: it can't be as far above or below its value as its
rule demands. Both for somebody who knows all that is published, and how little an inner cell can be at least. With the
whole pattern both are zero: ``protect`` refuses otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gateway.base.later import later
from gateway.disclosure.cells import Flags, Grid
from gateway.disclosure.exact import determined_cells
from gateway.disclosure.protect import ProtectedTable
from gateway.disclosure.solver import Solver
from gateway.disclosure.worlds import worlds
from gateway.model.cells import Status

sparse = later("scipy.sparse")

UP, DOWN = 1, -1
_CLOSE = 1e-6
_MUCH = 200_000
"""Cells that are left × inner cells that move, beyond which the last test takes minutes and is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How many of the ``sensitive`` cells are recovered, and how many others are narrowed.

    ``at_most``: a large table's narrowed cells were not told apart from some that are only hard to move."""

    sensitive: int
    recovered: int
    narrowed: int
    at_most: bool = False

    @property
    def at_risk(self) -> int:
        """Recovered or narrowed."""
        return self.recovered + self.narrowed


def risk(table: ProtectedTable, withheld: Flags | None = None) -> Risk:
    """The table's sensitive cells that an outsider recovers or narrows when only they are withheld, or ``withheld`` is
    (flags over the rows of its system).

    Three tests, each for what the one before it left: the exact linear test says what is recovered, worlds far from the
    truth say what is neither, a linear programme a cell and direction says how far the others can be."""
    rows = [table.system.row_of[cell.place] for cell in table.cells if cell.status is Status.PRIMARY]
    return risk_of(table.system.grid, rows, table.start if withheld is None else withheld)


def risk_of(grid: Grid, rows: Sequence[int], withheld: Flags) -> Risk:
    """The same of the sensitive cells ``rows`` of a grid."""
    known = determined_cells(grid, withheld, sorted(set(rows)))
    needs = {way: np.zeros(len(withheld), bool) for way in (UP, DOWN)}
    for row in set(rows) - known:
        needs[UP][row], needs[DOWN][row] = grid.up[row] > 0, grid.down[row] > 0
    asked = {way: flags.copy() for way, flags in needs.items()}
    for world in worlds(grid, withheld, lambda _: (needs[UP], needs[DOWN]), noticed=True):
        moved = grid.cells @ world
        needs[UP] &= moved < grid.up - _CLOSE
        needs[DOWN] &= -moved < grid.down - _CLOSE
    left = set(np.flatnonzero(needs[UP] | needs[DOWN]).tolist())
    large = len(left) * int(withheld[: grid.inner].sum()) > _MUCH
    fixed, short = (set(), left) if large else _tried(grid, withheld, needs, asked)
    return Risk(
        sensitive=len(rows),
        recovered=sum(row in known or row in fixed for row in rows),
        narrowed=sum(row in short for row in rows),
        at_most=large,
    )


def _tried(
    grid: Grid, withheld: Flags, needs: Mapping[int, Flags], asked: Mapping[int, Flags]
) -> tuple[set[int], set[int]]:
    """The cells that can't move in any direction asked of them, and the others that can't move as far as they must."""
    still: dict[int, set[int]] = {UP: set(), DOWN: set()}
    short: set[int] = set()
    for cell, way, part in _reaches(grid, withheld, needs):
        short |= {cell} if part < 1 - _CLOSE else set()
        still[way] |= {cell} if part < _CLOSE else set()
    fixed = {cell for cell in short if all(cell in still[way] or not asked[way][cell] for way in (UP, DOWN))}
    return fixed, short - fixed


def _reaches(grid: Grid, withheld: Flags, needs: Mapping[int, Flags]) -> Iterator[tuple[int, int, float]]:
    """For each cell and direction of ``needs``: which part of the way that it must be able to move it can move.

    No answer of the solver counts as none of it."""
    left = np.flatnonzero(needs[UP] | needs[DOWN])
    if not len(left):
        return
    moving = np.flatnonzero(withheld[: grid.inner])
    shown = grid.totals[:, moving][~withheld[grid.inner :]]
    aims = grid.cells[left][:, moving]
    room, high = grid.values[moving] - grid.least[moving], np.full(len(moving), np.inf)
    low_rows, high_rows = (
        np.concatenate([np.zeros(shown.shape[0]), tied, np.full(len(left), way * np.inf)])
        for tied, way in zip(grid.tied, (DOWN, UP), strict=True)
    )
    solver = Solver()
    matrix = sparse.vstack([shown, grid.ties[:, moving], aims])
    solver.load(matrix, np.zeros(len(moving)), -room, high, low_rows, high_rows)
    first = len(low_rows) - len(left)
    for at, cell in enumerate(left.tolist()):
        row = aims[at].toarray().ravel()
        for way, far in ((UP, grid.up), (DOWN, grid.down)):
            if needs[way][cell]:
                lows, highs = low_rows.copy(), high_rows.copy()
                (highs if way == UP else lows)[first + at] = way * far[cell]
                found = solver.solve(-way * row, -room, high, lows, highs)
                yield cell, way, 0.0 if found is None else way * float(row @ found) / float(far[cell])
