"""Other worlds: ways in which the withheld cells could be different while all that is published stays.

A *flow* is a difference between inner cells of such a world and the true ones that leaves every published cell as it
is. One small linear programme finds the smallest flow that moves a given cell by a given amount: HiGHS minimises
Σ |flow|, so few inner cells move. Moving a published cell may be allowed at that cell's weight; the cells that such a
flow moves are then the cheapest to withhold (Fischetti and Salazar 2000's model, relaxed).

A flow is believed only after its sums have been recomputed here. Any answer of HiGHS but an optimal one is no flow,
which only ever withholds more."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from gateway.base.later import later
from gateway.disclosure.cells import CLOSE, Flags, Floats, Grid, Ints, distinct
from gateway.disclosure.solver import Solver

sparse = later("scipy.sparse")

_TINY = 1e-7
_DEEP = 3.0
"""Cost of a unit through an inner cell of which some contributor would know better, where others cost 1."""
_PUBLISHED = 1e3


@dataclass(frozen=True)
class Flow:
    """A flow over the inner cells ``at``, by the amounts ``by``. ``off``: how far it moves, for want of exactness, what
    it may not move."""

    at: Ints
    by: Floats
    off: float


@dataclass(frozen=True, kw_only=True)
class Search:
    """A flow is wanted over ``at`` that moves ``cell`` by at least ``by`` (its sign is the direction).

    ``knowing``: contributor groups whose own parts bound it. ``weights``: published cells may move at these."""

    cell: int
    by: float
    at: Ints
    knowing: tuple[int, ...] = ()
    weights: Floats | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The smallest flow, or none. ``impossible``: because there is proved to be none; no other failure says that."""

    flow: Flow | None = None
    impossible: bool = False


AT_ONCE = 2
"""Searches that are answered at the same time."""


@dataclass
class Flows:
    """Finds flows in a grid whose ``withheld`` cells may move."""

    grid: Grid
    withheld: Flags

    def __post_init__(self) -> None:
        self._solvers = [Solver() for _ in range(AT_ONCE)]
        self._threads = ThreadPoolExecutor(AT_ONCE)
        totals = self.grid.totals
        self._by_inner = totals.tocsc()
        self._sizes = np.diff(totals.indptr)
        self._refresh()

    def withhold(self, cells: Ints) -> None:
        """Lets more cells move."""
        self.withheld[cells] = True
        self._refresh()

    def publish(self, cell: int) -> None:
        """Lets a cell move no more."""
        self.withheld[cell] = False
        self._refresh()

    def _refresh(self) -> None:
        """The published totals as rows over inner cells that may move; equal rows once."""
        grid, n = self.grid, self.grid.inner
        moving = sparse.diags(self.withheld[:n].astype(float))
        rows = (grid.totals @ moving).tocsr()
        rows.eliminate_zeros()
        self._rows = rows[distinct(rows, ~self.withheld[n:])]
        self._rows_by_inner = self._rows.tocsc()
        self._row_sizes = np.diff(self._rows.indptr)

    # where to look ----------------------------------------------------------------------------------------------------

    def near(self, cell: int, limit: int, *, anywhere: bool = False) -> Ints:
        """Inner cells around a cell, about ``limit`` of them: through published rows, the small ones first.

        ``anywhere``: published inner cells too."""
        if anywhere:
            rows, by_inner, sizes = self.grid.totals, self._by_inner, self._sizes
        else:
            rows, by_inner, sizes = self._rows, self._rows_by_inner, self._row_sizes
        start = self.grid.reach(cell)
        found = set((start if anywhere else start[self.withheld[start]]).tolist())
        edge, seen = list(found), set[int]()
        while edge and len(found) < limit:
            around = {r for i in edge for r in by_inner.indices[by_inner.indptr[i] : by_inner.indptr[i + 1]].tolist()}
            edge = []
            for row in sorted(around - seen, key=lambda row: (sizes[row], row)):
                if len(found) >= limit or sizes[row] > limit:
                    break
                seen.add(row)
                more = set(rows.indices[rows.indptr[row] : rows.indptr[row + 1]].tolist()) - found
                found |= more
                edge.extend(more)
        return np.array(sorted(found), np.int64)

    def around(self, cell: int, withheld: int, published: int) -> Ints:
        """Inner cells around a cell: about so many that are withheld, and so many of any kind."""
        return np.union1d(self.near(cell, withheld), self.near(cell, published, anywhere=True))

    def everywhere(self, *, anywhere: bool = False) -> Ints:
        """All inner cells that may move."""
        n = self.grid.inner
        return np.arange(n) if anywhere else np.flatnonzero(self.withheld[:n])

    # the linear programme ---------------------------------------------------------------------------------------------

    def find(self, searches: Sequence[Search]) -> list[Answer]:
        """The answers to at most ``AT_ONCE`` searches, each as if it were the only one."""
        if len(searches) == 1:
            return [self._find(searches[0], self._solvers[0])]
        return list(self._threads.map(self._find, searches, self._solvers[: len(searches)]))

    def _find(self, search: Search, solver: Solver) -> Answer:
        grid, at, weights = self.grid, search.at, search.weights
        if weights is None:
            rows, slack, costs, prices = self._strict(at)
        else:
            at = at[self.withheld[at] | ~grid.fixed[at]]
            rows, slack, costs, prices = self._elastic(at, weights)
        m, k = len(at), slack.shape[1]
        if not m:
            return Answer()
        down, deep, still = self._bounds(at, search.knowing)
        wanted = sparse.vstack([grid.ties[:, at], grid.cells[search.cell][:, at]])
        matrix = sparse.vstack(
            [
                sparse.hstack([rows, -rows, -rows, slack]),
                sparse.hstack([wanted, -wanted, -wanted, sparse.csr_matrix((wanted.shape[0], k))]),
            ]
        ).tocsc()
        upper = np.concatenate([np.where(still, 0, np.inf), down, deep, np.full(k, np.inf)])
        sole = np.where(grid.sole[at] >= 0, _DEEP, 1.0)
        cost = np.concatenate([sole + costs, 1 + costs, _DEEP + costs, prices])
        asked = (search.by, np.inf) if search.by > 0 else (-np.inf, search.by)
        shown = np.zeros(rows.shape[0])
        low, high = (np.concatenate([shown, tied, [end]]) for tied, end in zip(grid.tied, asked, strict=True))
        solver.load(matrix, cost, np.zeros(len(cost)), upper, low, high)
        solution = solver.solve()
        if solution is None:
            return Answer(impossible=solver.infeasible)
        flow = solution[:m] - solution[m : 2 * m] - solution[2 * m : 3 * m]
        moved = np.abs(rows @ flow)
        if weights is not None:
            moved = moved[grid.fixed[grid.inner :][self._shown(at)] | (moved < CLOSE)]  # others it may move
        off = float(moved.max(initial=0))
        if off >= CLOSE or not self._holds(flow, at, search.cell, search.by):
            return Answer()
        some = np.abs(flow) > _TINY
        return Answer(flow=Flow(at[some], flow[some], off))

    def _holds(self, flow: Floats, at: Ints, cell: int, by: float) -> bool:
        """Whether the flow does what was asked: the cell moves so far, no tie breaks."""
        tied = self.grid.ties[:, at] @ flow
        low, high = self.grid.tied
        moved = float((self.grid.cells[cell][:, at] @ flow)[0])
        return bool(
            moved * np.sign(by) >= abs(by) - CLOSE and (tied > low - CLOSE).all() and (tied < high + CLOSE).all()
        )

    def _bounds(self, at: Ints, knowing: Collection[int]) -> tuple[Floats, Floats, Flags]:
        """How far each inner cell may sink unnoticed by all groups, how far beyond, and which may not move at all."""
        grid = self.grid
        room = grid.values[at] - grid.least[at]
        still = np.zeros(len(at), bool)
        for group in sorted(knowing):
            own = grid.groups_by_group[:, group]
            known = np.zeros(grid.inner)
            known[own.indices] = own.data
            room = np.minimum(room, grid.values[at] - known[at])
            still |= grid.sole[at] == group
        room = np.where(still, 0, room)
        down = np.minimum(grid.free[at], room)
        return down, room - down, still

    def _strict(self, at: Ints) -> tuple[Any, Any, Floats, Floats]:
        """Rows of the published totals over ``at``, which may not move."""
        rows = self._rows[:, at]
        rows = rows[np.diff(rows.indptr) > 0]
        return rows, sparse.csr_matrix((rows.shape[0], 0)), np.zeros(len(at)), np.zeros(0)

    def _shown(self, at: Ints) -> Ints:
        """The published totals over ``at``."""
        return np.flatnonzero(~self.withheld[self.grid.inner :] & (np.diff(self.grid.totals[:, at].indptr) > 0))

    def _elastic(self, at: Ints, weights: Floats) -> tuple[Any, Any, Floats, Floats]:
        """Rows of all published totals over ``at``, each with a slack at its weight; the weights of inner cells."""
        grid, n = self.grid, self.grid.inner
        shown = self._shown(at)
        rows = grid.totals[:, at][shown]
        r = len(shown)
        prices = np.where(grid.fixed[n:][shown], np.inf, _PUBLISHED * weights[n:][shown])
        may = np.isfinite(prices)
        slack = sparse.eye(r).tocsc()[:, may]
        costs = np.where(self.withheld[:n][at], 0, _PUBLISHED * weights[:n][at])
        return rows, sparse.hstack([-slack, slack]), costs, np.concatenate([prices[may], prices[may]])
