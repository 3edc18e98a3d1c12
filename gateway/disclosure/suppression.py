"""Secondary suppression with interval protection: which further cells are withheld.

1. A lone withheld cell in a family gets a companion: the cheapest.
2. For each sensitive cell, upward and downward, a flow (``flows``) shows a world far enough away. Where there is none,
   the flow that may move published cells at their weight names the cheapest to withhold.
3. Where a contributor group other than the protected one would notice all of a cell's flows, another is sought that it
   does not notice; again cells are withheld where there is none.
At the end, what is determined although withheld is published again: hiding it hides nothing. Withholding only widens
what may be, so what is proved stays proved. Deterministic."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gateway.disclosure.cells import CLOSE, Flags, Floats, Grid
from gateway.disclosure.exact import computable
from gateway.disclosure.flows import Flow, Flows
from gateway.disclosure.proofs import DOWN, UP, Proofs
from gateway.disclosure.worlds import worlds

Progress = Callable[[float], None]
_NEAR = (300, 1200, 2400)
_PAID = (1800, 900)
"""Inner cells that a flow is sought over: ever farther; and where it may be paid for, withheld and any."""


@dataclass(frozen=True)
class Pattern:
    """What is withheld, and the sensitive cells that could not be protected: (cell, way, against group or −1).

    ``impossible``: those (cell, way) of them that no pattern can protect, not even if everything is withheld."""

    withheld: Flags
    broken: tuple[tuple[int, int, int], ...]
    impossible: frozenset[tuple[int, int]]


def suppress(grid: Grid, withheld: Flags, progress: Progress = lambda part: None) -> Pattern:
    """Protects every sensitive cell of ``grid``; ``withheld`` to begin with holds at least those."""
    withheld = withheld.copy()
    _companions(grid, withheld)
    work = _Work(grid, Flows(grid, withheld), Proofs(grid), _weights(grid))
    order = np.flatnonzero(grid.sensitive)
    order = order[np.lexsort((order, -np.maximum(grid.up[order], grid.down[order])))].tolist()
    asked = [(cell, way) for cell in order for way in (UP, DOWN) if work.proofs.need(cell, way) > 0]
    work.crowds()
    progress(0.2)
    for number, (cell, way) in enumerate(asked):
        if work.proofs.left(way)[cell]:
            work.outsider(cell, way)
        progress(0.2 + 0.3 * number / len(asked))
    for number, (cell, way) in enumerate(asked if grid.groups.shape[1] else ()):
        work.insiders(cell, way)
        progress(0.5 + 0.5 * number / len(asked))
    withheld = work.flows.withheld & ~work.determined()
    return Pattern(withheld=withheld, broken=tuple(work.broken), impossible=frozenset(work.impossible))


def audit(grid: Grid, withheld: Flags, progress: Progress = lambda part: None) -> tuple[tuple[int, int, int], ...]:
    """What a pattern leaves unprotected: (cell, way, against group or −1). Withholds nothing."""
    work = _Work(grid, Flows(grid, withheld.copy()), Proofs(grid), None)
    work.crowds()
    asked = [(cell, way) for cell in np.flatnonzero(grid.sensitive).tolist() for way in (UP, DOWN)]
    for number, (cell, way) in enumerate(asked):
        if work.proofs.left(way)[cell] or (grid.groups.shape[1] and work.proofs.need(cell, way) > 0):
            work.insiders(cell, way)
        progress(number / len(asked))
    return tuple(work.broken)


class _Work:
    """The steps of one suppression."""

    def __init__(self, grid: Grid, flows: Flows, proofs: Proofs, weights: Floats | None) -> None:
        self.grid, self.flows, self.proofs, self.weights = grid, flows, proofs, weights
        self.broken: list[tuple[int, int, int]] = []
        self.impossible: set[tuple[int, int]] = set()

    def crowds(self) -> None:
        """Proves most cells at once against an outsider."""
        needs = (self.proofs.left(UP), self.proofs.left(DOWN))
        for world in worlds(self.grid, self.flows.withheld, needs):
            self.proofs.add_world(world)
            for need, way in zip(needs, (UP, DOWN), strict=True):
                need &= self.proofs.left(way)

    def outsider(self, cell: int, way: int) -> None:
        """Seeks a flow for a cell that no world moved; withholds more if it must."""
        flow = self._paid(cell, way * self.proofs.need(cell, way), ())
        if flow is None:
            self.broken.append((cell, way, -1))
            if self.flows.impossible:
                self.impossible.add((cell, way))
        else:
            self.proofs.add(flow)

    def insiders(self, cell: int, way: int) -> None:
        """Seeks flows until no group but the protected one can narrow the cell."""
        while (suspects := self.proofs.suspects.get((cell, way))) is None or suspects:
            knowing = (min(suspects),) if suspects else ()
            by = way * self.proofs.need(cell, way)
            if knowing and way == DOWN:
                by = max(by, -self._room(cell, knowing[0]))  # a group need not believe less than it has itself
            flow = (self._unpaid(cell, by, knowing) or self._paid(cell, by, knowing)) if by else None
            if flow is not None:
                self.proofs.add(flow)
            elif by:
                self.broken.append((cell, way, knowing[0] if knowing else -1))
                return
            if knowing:
                self.proofs.answer(cell, way, knowing[0])
            elif self.proofs.suspects.get((cell, way)) is None:
                self.broken.append((cell, way, -1))
                return

    def _room(self, cell: int, group: int) -> float:
        """How far a cell can sink before it holds no more than a group has in it, or than is known of it."""
        grid, reach = self.grid, self.grid.reach(cell)
        own = float(grid.groups_by_group[:, group].toarray().ravel()[reach].sum())
        return max(float(grid.values[reach].sum()) - max(own, float(grid.least[reach].sum())), 0.0)

    def determined(self) -> Flags:
        """Withheld cells that anyone can compute exactly: hiding them hides nothing. Never a sensitive one."""
        grid, held = self.grid, self.flows.withheld
        asked = np.flatnonzero(held & ~grid.sensitive & ~self.proofs.moved & (grid.weight > 0)).tolist()
        found = np.zeros(len(held), bool)
        if not asked:
            return found
        n = grid.inner
        moving = {cell: {i: 1 for i in grid.reach(cell).tolist() if held[i]} for cell in range(n, len(held))}
        rows = [row for cell, row in moving.items() if row and not held[cell]]
        rows += [{**moving.get(cell, {cell: 1}), len(held) + cell: -1} for cell in asked]
        for unknown in computable(rows):
            if unknown >= len(held):
                found[unknown - len(held)] = True
        return found

    def _unpaid(self, cell: int, by: float, knowing: tuple[int, ...]) -> Flow | None:
        """A flow through what is withheld already."""
        for limit in _NEAR:
            flow = self.flows.find(cell, by, self.flows.near(cell, limit), knowing=knowing)
            if flow is not None:
                return flow
        return self.flows.find(cell, by, self.flows.everywhere(), knowing=knowing)

    def _paid(self, cell: int, by: float, knowing: tuple[int, ...]) -> Flow | None:
        """A flow that may move published cells, which are then withheld; none where there is nothing to pay with."""
        if self.weights is None:
            return None
        for at in (self.flows.around(cell, *_PAID), self.flows.everywhere(anywhere=True)):
            flow = self.flows.find(cell, by, at, knowing=knowing, weights=self.weights)
            if flow is not None:
                moved = np.abs(self.grid.by_inner[:, flow.at] @ flow.by) >= CLOSE
                more = np.flatnonzero(moved & ~self.flows.withheld)
                if len(more):
                    self.flows.withhold(more)
                return flow
        return None


def _weights(grid: Grid) -> Floats:
    return np.asarray(grid.weight / max(float(grid.weight.mean()), 1e-9), float)


def _companions(grid: Grid, withheld: Flags) -> None:
    """No family with a lone withheld cell: the cheapest child joins it, the parent only when no child is left."""
    changed = True
    while changed:
        changed = False
        for parent, *children in grid.families:
            if sum(bool(withheld[cell]) for cell in (parent, *children)) != 1:
                continue
            may = [cell for cell in children if not withheld[cell] and not grid.fixed[cell]]
            may = may or [cell for cell in (parent,) if not withheld[cell] and not grid.fixed[cell]]
            if may:
                withheld[min(may, key=lambda cell: (grid.weight[cell], cell))] = True
                changed = True
