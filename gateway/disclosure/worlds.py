"""Worlds far from the truth that prove many sensitive cells at once.

One linear programme moves every cell that is not proved yet up or down, at random, each only as far as it must go; its
solution is a feasible world, whatever it was asked for, and its sums are recomputed here before they prove anything.
A world that keeps what a random half of the contributor groups has themselves goes unnoticed by all of that half; the
other half is next. After a few rounds only cells are left that are hard to move, or can't be moved."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from gateway.base.later import later
from gateway.disclosure.cells import CLOSE, Flags, Floats, Grid, Ints, distinct
from gateway.disclosure.solver import Solver

sparse = later("scipy.sparse")

_ROUNDS = 20
_SEED = 4754
_WORTH = 60
"""A round that proves less than one cell for so many inner cells ends the search: one at a time is quicker then."""
_LARGE = 2_000
"""From so many inner cells that move on interior points are quicker: a third of the time at 4,500."""

Needs = tuple[Flags, Flags]


def worlds(grid: Grid, withheld: Flags, asked: Callable[[Flags], Needs], *, noticed: bool) -> Iterator[Floats]:
    """Differences of inner cells to the truth, each feasible. ``asked``: the cells still to be moved up, and down,
    unnoticed by these groups; it is asked anew every two worlds. ``noticed``: groups may notice (an outsider's)."""
    moving = np.flatnonzero(withheld[: grid.inner])
    if not len(moving):
        return
    model = _Model(grid, withheld, moving)
    draws = np.random.default_rng(_SEED)
    everybody = np.ones(grid.groups.shape[1], bool)
    nobody = ~everybody
    before = 0
    for number in range(_ROUNDS):
        left = _count(asked(everybody))
        if not left or (number and (before - left) * _WORTH < len(moving)):
            return
        before = left
        signs = draws.choice([-1.0, 1.0], len(withheld))
        half = draws.random(len(everybody)) < 0.5
        wishes = []
        for sign, knowing in ((signs, half), (-signs, ~half)):
            up, down = asked(everybody if noticed else knowing)
            wishes.append(_Wish(up & (sign > 0), down & (sign < 0), nobody if noticed else knowing))
        yield from model.worlds(wishes)


def _count(needs: Needs) -> int:
    return int(needs[0].sum() + needs[1].sum())


@dataclass(frozen=True)
class _Wish:
    """Cells that a world shall move up, and down, unnoticed by the groups ``knowing``."""

    rising: Flags
    sinking: Flags
    knowing: Flags


class _Model:
    """The linear programme: a column an inner cell that moves; a row a published total, or a sensitive withheld one."""

    def __init__(self, grid: Grid, withheld: Flags, moving: Ints) -> None:
        self.grid, self.withheld, self.moving = grid, withheld, moving
        n = grid.inner
        rows = grid.totals[:, moving].tocsr()
        held = withheld[n:]
        self.aims = np.flatnonzero(held & grid.sensitive[n:])
        self.shown = distinct(rows, ~held)
        matrix = sparse.vstack([grid.ties[:, moving], rows[self.shown], rows[self.aims]])
        self.room = grid.values[moving] - grid.least[moving]
        large = len(moving) >= _LARGE
        self.solvers = Solver(interior=large), Solver(interior=large)
        self.threads = ThreadPoolExecutor(len(self.solvers))
        still = np.zeros(len(self.shown))
        free = np.full(len(self.aims), np.inf)
        self.low, self.high = (
            np.concatenate([tied, still, sign * free]) for tied, sign in zip(grid.tied, (-1, 1), strict=True)
        )
        nothing, endless = np.zeros(len(moving)), np.full(len(moving), np.inf)
        for solver in self.solvers:
            solver.load(matrix, nothing, -self.room, endless, self.low, self.high)

    def worlds(self, wishes: Sequence[_Wish]) -> Iterator[Floats]:
        """A world for each of two wishes, where there is one."""
        yield from (world for world in self.threads.map(self._world, wishes, self.solvers) if world is not None)

    def _world(self, wished: _Wish, solver: Solver) -> Floats | None:
        """A feasible world that grants as much of a wish as it can, and moves no cell further than it must."""
        grid, n = self.grid, self.grid.inner
        rising, sinking = wished.rising, wished.sinking
        room, still = self._bounds(wished.knowing)
        wish = np.zeros(len(self.withheld))
        wish[rising] = -1 / grid.up[rising]
        wish[sinking] = 1 / grid.down[sinking]
        low, high = -room, np.where(still, 0, np.inf)
        high = np.where(rising[:n][self.moving], np.minimum(high, grid.up[:n][self.moving]), high)
        low = np.where(sinking[:n][self.moving], np.maximum(low, -grid.down[:n][self.moving]), low)
        row_low, row_high = self.low.copy(), self.high.copy()
        first = len(row_low) - len(self.aims)
        row_high[first:] = np.where(rising[n:][self.aims], grid.up[n:][self.aims], np.inf)
        row_low[first:] = np.where(sinking[n:][self.aims], -grid.down[n:][self.aims], -np.inf)
        found = solver.solve((grid.cells.T @ wish)[self.moving], low, high, row_low, row_high)
        if found is None:
            return None
        world = np.zeros(n)
        world[self.moving] = np.maximum(found, -room)
        return world if self._feasible(world) else None

    def _bounds(self, knowing: Flags) -> tuple[Floats, Flags]:
        """How far each inner cell may sink, and which may not move, for these groups not to notice."""
        if not knowing.any():
            return self.room, np.zeros(len(self.moving), bool)
        grid = self.grid
        own = grid.groups[:, knowing][self.moving].max(axis=1).toarray().ravel()
        sole = grid.sole[self.moving]
        still = (sole >= 0) & knowing[np.maximum(sole, 0)]
        return np.where(still, 0, np.minimum(self.room, grid.values[self.moving] - own)), still

    def _feasible(self, world: Floats) -> bool:
        """Whether nothing published moves and no tie breaks."""
        tied = self.grid.ties @ world
        low, high = self.grid.tied
        moved = np.abs(self.grid.cells @ world)[~self.withheld]
        return bool(moved.max(initial=0) < CLOSE and (tied > low - CLOSE).all() and (tied < high + CLOSE).all())
