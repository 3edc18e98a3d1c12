"""A leaner pattern: what no proof needs is published again, the most valuable first.

Withholding was greedy, and what was withheld for one cell may be spared since another's companions do as well. A cell
is published again when for every demand that rests on flows that move it others are found that don't; those are kept
instead. What is left is proved as before: by flows that leave every published cell alone. Deterministic."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gateway.disclosure.cells import Flags, Grid
from gateway.disclosure.flows import Flow, Flows, Search
from gateway.disclosure.proofs import DOWN, UP, Proofs

_NEAR = 300
_DEMANDS, _SEARCHES = 3000, 6000
"""Beyond so many demands, or searches, the pass takes longer than what it saves is worth."""
_TINY = 1e-6

Demand = tuple[int, int]
"""A sensitive cell, and a direction."""


@dataclass(frozen=True, eq=False)
class _Proof:
    """A flow for a demand: ``noticing`` groups don't believe it; where ``only`` is a group, it is for that one."""

    flow: "_Kept"
    noticing: frozenset[int]
    only: int = -1


@dataclass(frozen=True, eq=False)
class _Kept:
    """A flow and the withheld figures that it moves."""

    flow: Flow
    moves: frozenset[int]


_NOTHING = _Kept(Flow(np.zeros(0, int), np.zeros(0), 0.0), frozenset())
"""For a group that has so much in a cell itself that it need not believe in less."""


@dataclass
class _Pool:
    """All flows that are known, by the demands that they prove."""

    grid: Grid
    proofs: dict[Demand, list[_Proof]] = field(default_factory=dict)
    resting: dict[int, set[Demand]] = field(default_factory=dict)
    """By cell the demands of which some proof moves it."""
    stubborn: Counter[Demand] = field(default_factory=Counter)
    """How often a demand kept a cell from being published again."""
    searches: int = 0

    def __post_init__(self) -> None:
        self._reader = Proofs(self.grid)

    def kept(self, flow: Flow, asked: Demand, only: int) -> list[tuple[Demand, _Proof]]:
        """What a flow proves. ``only``: the group that it was sought for, as far as that one has to believe."""
        grid, reader = self.grid, self._reader
        moved = grid.by_inner[:, flow.at] @ flow.by
        some = np.flatnonzero(np.abs(moved) > _TINY)
        kept = _Kept(flow, frozenset(some.tolist()))
        found: list[tuple[Demand, _Proof]] = []
        for turn in (1.0, -1.0):
            by = turn * flow.by
            most = reader.most(flow, by)
            for cell in some[grid.sensitive[some]].tolist():
                way = UP if turn * moved[cell] > 0 else DOWN
                scale = reader.need(cell, way) / abs(moved[cell])
                if 0 < scale <= most:
                    noticing = reader.noticing(flow, scale * by) - {int(grid.protected[cell])}
                    found.append(((cell, way), _Proof(kept, noticing)))
        if only >= 0 and not any(demand == asked and only not in proof.noticing for demand, proof in found):
            found.append((asked, _Proof(kept, frozenset(), only)))
        return found

    def take(self, new: list[tuple[Demand, _Proof]]) -> None:
        """Keeps proofs."""
        for demand, proof in new:
            self.proofs.setdefault(demand, []).append(proof)
            for cell in proof.flow.moves:
                self.resting.setdefault(cell, set()).add(demand)

    def drop(self, cell: int) -> None:
        """Forgets the proofs that move a cell."""
        for demand in self.resting.pop(cell, ()):
            self.proofs[demand] = [proof for proof in self.proofs[demand] if cell not in proof.flow.moves]

    def left(self, demand: Demand, without: int, more: list[tuple[Demand, _Proof]]) -> frozenset[int] | None:
        """The groups that are not answered by flows that leave a cell alone; None where there is no such flow."""
        left: frozenset[int] | None = None
        answered: set[int] = set()
        every = (p for p in self.proofs.get(demand, ()) if without not in p.flow.moves)
        for proof in (*every, *(p for d, p in more if d == demand)):
            if proof.only >= 0:
                answered.add(proof.only)
            else:
                left = proof.noticing if left is None else left & proof.noticing
                if not left:
                    return left
        return None if left is None else left - answered


def lean(grid: Grid, withheld: Flags, may: Flags) -> Flags:
    """The cells of a proved pattern that need not be withheld, of those that ``may`` be published.

    Only where any contributor group attacks; none of a large pattern, and what a bounded search finds."""
    spared = np.zeros(len(withheld), bool)
    demands = [
        (cell, way)
        for cell in np.flatnonzero(grid.sensitive).tolist()
        for way, need in ((UP, grid.up), (DOWN, grid.down))
        if need[cell] > 0
    ]
    if not grid.groups.shape[1] or grid.rivals is not None or len(demands) > _DEMANDS:
        return spared
    flows, pool = Flows(grid, withheld.copy()), _Pool(grid)
    for demand in demands:
        new = _answered(pool, flows, demand, -1, [])
        if new is None:
            return spared  # not proved after all: nothing is published again
        pool.take(new)
    order = np.flatnonzero(withheld & ~grid.sensitive & may)
    for cell in order[np.lexsort((order, -grid.weight[order]))].tolist():
        if pool.searches > _SEARCHES:
            break
        spared[cell] = _spared(pool, flows, cell)
    return spared


def _spared(pool: _Pool, flows: Flows, cell: int) -> bool:
    """Publishes a cell again if all that rests on it can be proved otherwise; what has fewest proofs is tried first."""
    resting = sorted(pool.resting.get(cell, ()))
    asked = [demand for demand in resting if pool.left(demand, cell, []) != frozenset()]
    flows.publish(cell)
    more: list[tuple[Demand, _Proof]] = []
    for demand in sorted(asked, key=lambda demand: (-pool.stubborn[demand], len(pool.proofs[demand]))):
        new = _answered(pool, flows, demand, cell, more)
        if new is None:
            pool.stubborn[demand] += 1
            flows.withhold(np.array([cell]))
            return False
        more += new
    pool.drop(cell)
    pool.take(more)
    return True


def _answered(
    pool: _Pool, flows: Flows, demand: Demand, without: int, more: list[tuple[Demand, _Proof]]
) -> list[tuple[Demand, _Proof]] | None:
    """New proofs until no group is left that could narrow a demand's cell; None where one can."""
    grid = flows.grid
    cell, way = demand
    need = float((grid.up if way == UP else grid.down)[cell])
    new: list[tuple[Demand, _Proof]] = []
    while (left := pool.left(demand, without, more + new)) is None or left:
        group = min(left) if left else -1
        by = way * need
        if group >= 0 and way == DOWN:
            by = max(by, -grid.room(cell, group))
        if not by:
            new.append((demand, _Proof(_NOTHING, frozenset(), group)))
            continue
        flow = next(_found(pool, flows, cell, by, group), None)
        if flow is None:
            return None
        new += pool.kept(flow, demand, group)
    return new


def _found(pool: _Pool, flows: Flows, cell: int, by: float, group: int) -> Iterator[Flow]:
    knowing = (group,) if group >= 0 else ()
    near, everywhere = flows.near(cell, _NEAR), flows.everywhere()
    for at in (near, everywhere) if len(near) < len(everywhere) else (everywhere,):
        pool.searches += 1
        flow = flows.find([Search(cell=cell, by=by, at=at, knowing=knowing)])[0].flow
        if flow is not None:
            yield flow
