"""Worlds far from the truth that prove many sensitive cells at once against an outsider.

One linear programme moves every cell that is not proved yet up or down, at random, each only as far as it must go; its
solution is a feasible world, whatever it was asked for, and its sums are recomputed here before they prove anything.
After a few rounds only cells are left that are hard to move, or can't be moved."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from gateway.disclosure.cells import CLOSE, Flags, Floats, Grid, Ints, distinct
from gateway.disclosure.solver import Solver

_ROUNDS = 40
_SEED = 4754
_STALLED = 0.05
"""A round that proves less than this share of what is left ends the search."""


def worlds(grid: Grid, withheld: Flags, needs: tuple[Flags, Flags]) -> Iterator[Floats]:
    """Differences of inner cells to the truth, each feasible. ``needs``: the cells still to be moved up, and down; the
    caller strikes out what a world proves."""
    moving = np.flatnonzero(withheld[: grid.inner])
    if not len(moving):
        return
    model = _Model(grid, withheld, moving)
    draws = np.random.default_rng(_SEED)
    signs = np.ones(len(withheld))
    for number in range(_ROUNDS):
        left = int(needs[0].sum() + needs[1].sum())
        if not left:
            return
        signs = draws.choice([-1.0, 1.0], len(withheld)) if number % 2 == 0 else -signs
        world = model.world(needs[0] & (signs > 0), needs[1] & (signs < 0))
        if world is not None:
            yield world
        if world is not None and number % 2 and left - needs[0].sum() - needs[1].sum() <= _STALLED * left:
            return


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
        self.solver = Solver()
        still = np.zeros(len(self.shown))
        free = np.full(len(self.aims), np.inf)
        self.low, self.high = (
            np.concatenate([tied, still, sign * free]) for tied, sign in zip(grid.tied, (-1, 1), strict=True)
        )
        self.solver.load(matrix, np.zeros(len(moving)), -self.room, np.full(len(moving), np.inf), self.low, self.high)

    def world(self, rising: Flags, sinking: Flags) -> Floats | None:
        """A feasible world with as many of ``rising`` up and ``sinking`` down as it gets, none further than it must."""
        grid, n = self.grid, self.grid.inner
        wish = np.zeros(len(self.withheld))
        wish[rising] = -1 / grid.up[rising]
        wish[sinking] = 1 / grid.down[sinking]
        low, high = -self.room, np.full(len(self.moving), np.inf)
        high = np.where(rising[:n][self.moving], grid.up[:n][self.moving], high)
        low = np.where(sinking[:n][self.moving], np.maximum(low, -grid.down[:n][self.moving]), low)
        row_low, row_high = self.low.copy(), self.high.copy()
        first = len(row_low) - len(self.aims)
        row_high[first:] = np.where(rising[n:][self.aims], grid.up[n:][self.aims], np.inf)
        row_low[first:] = np.where(sinking[n:][self.aims], -grid.down[n:][self.aims], -np.inf)
        found = self.solver.solve((grid.cells.T @ wish)[self.moving], low, high, row_low, row_high)
        if found is None:
            return None
        world = np.zeros(n)
        world[self.moving] = np.maximum(found, -self.room)
        return world if self._feasible(world) else None

    def _feasible(self, world: Floats) -> bool:
        """Whether nothing published moves and no tie breaks."""
        tied = self.grid.ties @ world
        low, high = self.grid.tied
        moved = np.abs(self.grid.cells @ world)[~self.withheld]
        return bool(moved.max(initial=0) < CLOSE and (tied > low - CLOSE).all() and (tied < high + CLOSE).all())
