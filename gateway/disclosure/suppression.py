"""Secondary suppression with interval protection: which further cells are withheld.

1. A lone withheld cell in a family gets a companion: the cheapest.
2. For each sensitive cell, upward and downward, a flow (``flows``) shows a world far enough away. Where there is none,
   the flow that may move published cells at their weight names the cheapest to withhold.
3. Where a contributor group other than the protected one would notice all of a cell's flows, another is sought that it
   does not notice; again cells are withheld where there is none.
Withholding only widens what may be, so what is proved stays proved. What is determined although withheld may be
published again (``idle``): hiding it hides nothing. Deterministic."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gateway.disclosure.cells import CLOSE, Flags, Floats, Grid
from gateway.disclosure.exact import determined_cells
from gateway.disclosure.flows import AT_ONCE, Answer, Flow, Flows, Search
from gateway.disclosure.proofs import DOWN, UP, Proofs
from gateway.disclosure.worlds import worlds

Progress = Callable[[float], None]
Task = Generator[Search, Answer, None]
Finding = Generator[Search, Answer, Flow | None]
_NEAR = (300, 1200, 2400)
_PAID = (1800, 900)
"""Inner cells that a flow is sought over: ever farther; and where it may be paid for, withheld and any."""


@dataclass(frozen=True)
class Pattern:
    """What is withheld, and the sensitive cells that could not be protected: (cell, way, against group or −1).

    ``impossible``: those (cell, way) of them that no pattern can protect, not even if everything is withheld.
    ``moved``: the cells that a proof moves."""

    withheld: Flags
    broken: tuple[tuple[int, int, int], ...]
    impossible: frozenset[tuple[int, int]]
    moved: Flags


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
    work.run(
        work.outsider(cell, way) for cell, way in _telling(asked, progress, 0.2, 0.5) if work.proofs.left(way)[cell]
    )
    if grid.groups.shape[1]:
        work.insider_crowds()
        work.run(work.insiders(cell, way) for cell, way in _telling(asked, progress, 0.6, 1.0))
    return Pattern(
        withheld=work.flows.withheld,
        broken=tuple(work.broken),
        impossible=frozenset(work.impossible),
        moved=work.proofs.moved,
    )


def idle(grid: Grid, pattern: Pattern) -> Flags:
    """Figures that are withheld although anyone can compute them. Never a sensitive one, nor one that a proof moves."""
    asked = np.flatnonzero(pattern.withheld & ~grid.sensitive & ~pattern.moved & (grid.weight > 0)).tolist()
    found = np.zeros(len(pattern.withheld), bool)
    found[list(determined_cells(grid, pattern.withheld, asked))] = True
    return found


def audit(grid: Grid, withheld: Flags, progress: Progress = lambda part: None) -> tuple[tuple[int, int, int], ...]:
    """What a pattern leaves unprotected: (cell, way, against group or −1). Withholds nothing."""
    work = _Work(grid, Flows(grid, withheld.copy()), Proofs(grid), None)
    work.crowds()
    knowing = grid.groups.shape[1] > 0
    if knowing:
        work.insider_crowds()
    asked = [(cell, way) for cell in np.flatnonzero(grid.sensitive).tolist() for way in (UP, DOWN)]
    work.run(
        work.insiders(cell, way)
        for cell, way in _telling(asked, progress, 0.0, 1.0)
        if work.proofs.left(way)[cell] or (knowing and work.proofs.need(cell, way) > 0)
    )
    return tuple(work.broken)


def _telling(
    asked: Sequence[tuple[int, int]], progress: Progress, start: float, end: float
) -> Iterator[tuple[int, int]]:
    for number, each in enumerate(asked):
        yield each
        progress(start + (end - start) * number / len(asked))


class _Work:
    """The steps of one suppression."""

    def __init__(self, grid: Grid, flows: Flows, proofs: Proofs, weights: Floats | None) -> None:
        self.grid, self.flows, self.proofs, self.weights = grid, flows, proofs, weights
        self.broken: list[tuple[int, int, int]] = []
        self.impossible: set[tuple[int, int]] = set()
        self.levels: dict[int, int] = {}
        """How far away a flow was found for a cell."""

    def crowds(self) -> None:
        """Proves most cells at once against an outsider."""
        for world in worlds(self.grid, self.flows.withheld, lambda _: self._left(), noticed=True):
            self.proofs.add_world(world)

    def insider_crowds(self) -> None:
        """Proves many cells at once against contributor groups."""
        for world in worlds(self.grid, self.flows.withheld, self.proofs.unanswered, noticed=False):
            self.proofs.add_world(world)

    def run(self, tasks: Iterator[Task]) -> None:
        """Carries out tasks, two at a time; each is told its answers in turn. What is found depends on no clock."""
        active: list[tuple[Task, Search]] = []
        while True:
            while len(active) < AT_ONCE and (task := next(tasks, None)) is not None:
                active += [(task, search) for search in _sent(task, None)]
            if not active:
                return
            answers = self.flows.find([search for _, search in active])
            active = [
                (task, search)
                for (task, _), answer in zip(active, answers, strict=True)
                for search in _sent(task, answer)
            ]

    def outsider(self, cell: int, way: int) -> Task:
        """Seeks a flow for a cell that no world moved; withholds more if it must."""
        if (flow := (yield from self._paid(cell, way, way * self.proofs.need(cell, way), ()))) is None:
            self.broken.append((cell, way, -1))
        else:
            self.proofs.add(flow)

    def insiders(self, cell: int, way: int) -> Task:
        """Seeks flows until no group but the protected one can narrow the cell."""
        while (suspects := self.proofs.suspects.get((cell, way))) is None or suspects:
            knowing = (min(suspects),) if suspects else ()
            by = way * self.proofs.need(cell, way)
            if knowing and way == DOWN:
                by = max(by, -self.grid.room(cell, knowing[0]))  # a group need not believe less than it has itself
            flow = None
            if by:
                flow = (yield from self._unpaid(cell, by, knowing)) or (yield from self._paid(cell, way, by, knowing))
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

    def _left(self) -> tuple[Flags, Flags]:
        return self.proofs.left(UP), self.proofs.left(DOWN)

    def _unpaid(self, cell: int, by: float, knowing: tuple[int, ...]) -> Finding:
        """A flow through what is withheld already: ever farther, from where one was found for this cell before."""
        size = -1
        for level in range(self.levels.get(cell, 0), len(_NEAR) + 1):
            at = self.flows.near(cell, _NEAR[level]) if level < len(_NEAR) else self.flows.everywhere()
            if len(at) == size:
                continue  # it looked there
            size = len(at)
            answer = yield Search(cell=cell, by=by, at=at, knowing=knowing)
            if answer.flow is not None:
                self.levels[cell] = level
                return answer.flow
        return None

    def _paid(self, cell: int, way: int, by: float, knowing: tuple[int, ...]) -> Finding:
        """A flow that may move published cells, which are then withheld; none where there is nothing to pay with."""
        if self.weights is None:
            return None
        for at in (self.flows.around(cell, *_PAID), self.flows.everywhere(anywhere=True)):
            answer = yield Search(cell=cell, by=by, at=at, knowing=knowing, weights=self.weights)
            if (flow := answer.flow) is not None:
                moved = np.abs(self.grid.by_inner[:, flow.at] @ flow.by) >= CLOSE
                more = np.flatnonzero(moved & ~self.flows.withheld)
                if len(more):
                    self.flows.withhold(more)
                return flow
        if answer.impossible:
            self.impossible.add((cell, way))
        return None


def _sent(task: Task, answer: Answer | None) -> Iterator[Search]:
    """The task's next search, if it has one; an answer of None begins it."""
    try:
        yield next(task) if answer is None else task.send(answer)
    except StopIteration:
        return


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
