"""What has been proved so far about each sensitive cell, by the flows that were found.

A flow proves more than it was asked for: scaled, and turned round, it moves every sensitive cell that it touches, as
far as no inner cell sinks below what is known of it. It proves a cell against everybody but the contributor groups that
would notice it from their own parts. A cell is safe upward (or downward) when for every group but the one it protects
some flow goes unnoticed."""

from dataclasses import dataclass, field

import numpy as np

from gateway.disclosure.cells import CLOSE, Flags, Floats, Grid
from gateway.disclosure.flows import Flow

_CLOSE = 1e-6
UP, DOWN = 1, -1


@dataclass
class Proofs:
    """For each sensitive cell and direction: whether an outsider is answered, and the groups that are not yet.

    No entry in ``suspects`` where no flow says anything of groups."""

    grid: Grid
    outsider: dict[int, Flags] = field(init=False)
    moved: Flags = field(init=False)
    """Cells that some world moves: none of them is determined."""
    suspects: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.moved = np.zeros(len(self.grid.sensitive), bool)
        self.outsider = {way: np.zeros(len(self.grid.sensitive), bool) for way in (UP, DOWN)}

    def need(self, cell: int, way: int) -> float:
        """How far the cell must move."""
        return float((self.grid.up if way == UP else self.grid.down)[cell])

    def left(self, way: int) -> Flags:
        """The cells that nothing proves against an outsider yet."""
        return ((self.grid.up if way == UP else self.grid.down) > 0) & ~self.outsider[way]

    def unanswered(self, knowing: Flags) -> tuple[Flags, Flags]:
        """The cells that one of these groups might still narrow, upward and downward."""
        masks = {way: self.left(way) for way in (UP, DOWN)}
        if self.grid.rivals is not None:
            asked = np.array([not rivals or any(knowing[one] for one in rivals) for rivals in self.grid.rivals])
            for mask in masks.values():
                mask &= asked
        for (cell, way), groups in self.suspects.items():
            masks[way][cell] |= any(knowing[group] for group in groups)
        return masks[UP], masks[DOWN]

    def add_world(self, world: Floats) -> None:
        """Takes in a world that moves nearly everything: what it proves as it is."""
        grid = self.grid
        moved = grid.cells @ world
        self.moved |= np.abs(moved) > _CLOSE
        noticing = self._noticing_world(world)
        for way in (UP, DOWN):
            need = grid.up if way == UP else grid.down
            far = np.flatnonzero((need > 0) & (way * moved >= need - _CLOSE))
            self.outsider[way][far] = True
            for cell in far.tolist():
                self._strike(cell, way, noticing)

    def add(self, flow: Flow) -> None:
        """Takes in what a flow proves. Its sums are those that the caller found: published cells do not move."""
        grid = self.grid
        moved = grid.by_inner[:, flow.at] @ flow.by
        self.moved |= np.abs(moved) > _CLOSE
        touched = np.flatnonzero((np.abs(moved) > _CLOSE) & grid.sensitive)
        for turn in (1.0, -1.0):
            by = turn * flow.by
            most = self.most(flow, by)
            for cell in touched.tolist():
                way = UP if turn * moved[cell] > 0 else DOWN
                scale = self.need(cell, way) / abs(moved[cell])
                if 0 < scale <= most:
                    self._prove(cell, way, flow, scale * by)

    def most(self, flow: Flow, by: Floats) -> float:
        """How far a flow, in one of its directions, can be scaled: no inner cell below what is known of it, no tie
        broken, and what the solver left inexact not grown into a difference."""
        grid = self.grid
        sinking = by < 0
        room = (grid.values[flow.at] - grid.least[flow.at])[sinking]
        tied = grid.ties[:, flow.at] @ by
        low, high = grid.tied
        up, down = tied > _CLOSE, tied < -_CLOSE
        limits = [room / -by[sinking], high[up] / tied[up], low[down] / tied[down]]
        limits.append(np.array([CLOSE / flow.off if flow.off else np.inf]))
        return float(min(limit.min(initial=np.inf) for limit in limits)) * (1 + 1e-9)

    def answer(self, cell: int, way: int, group: int) -> None:
        """A flow as far as this group can be asked to believe goes unnoticed by it."""
        self.suspects[cell, way] = self.suspects[cell, way] - {group}

    def _prove(self, cell: int, way: int, flow: Flow, by: Floats) -> None:
        self.outsider[way][cell] = True
        if self.suspects.get((cell, way)) != frozenset():
            self._strike(cell, way, self.noticing(flow, by))

    def _strike(self, cell: int, way: int, noticing: frozenset[int]) -> None:
        """Leaves those groups as suspects that notice this world too."""
        before = self.suspects.get((cell, way))
        if self.grid.rivals is None:
            noticing -= {int(self.grid.protected[cell])}
        else:
            noticing &= self.grid.rivals[cell]
        self.suspects[cell, way] = noticing if before is None else before & noticing

    def _noticing_world(self, world: Floats) -> frozenset[int]:
        """The groups that know from their own parts that this world can't be."""
        grid = self.grid
        if not grid.groups.shape[1]:
            return frozenset()
        own = grid.groups.tocoo()
        sole = (grid.sole[own.row] >= 0) & (np.abs(world[own.row]) > _CLOSE)
        less = own.data > (grid.values + world)[own.row] + _CLOSE
        return frozenset(own.col[sole | less].tolist())

    def noticing(self, flow: Flow, by: Floats) -> frozenset[int]:
        """The groups that know it can't be: sole contributors of what moves, and those with more than is left."""
        grid = self.grid
        sole = grid.sole[flow.at]
        found = set(sole[sole >= 0].tolist())
        for inner, change in zip(flow.at[by < 0].tolist(), by[by < 0].tolist(), strict=True):
            if -change > grid.free[inner] and grid.sole[inner] < 0:
                start, end = grid.groups.indptr[inner : inner + 2]
                own = grid.groups.data[start:end]
                left = grid.values[inner] + change + _CLOSE
                found |= set(grid.groups.indices[start:end][own > left].tolist())
        return frozenset(found)
