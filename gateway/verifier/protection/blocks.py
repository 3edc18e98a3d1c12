"""Decomposition of the search: parts of a table that have no figure in common are attacked one by one.

Only the search: what it finds is put together and checked over the whole table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.rules import Demands
from gateway.verifier.protection.system import System
from gateway.verifier.protection.worlds import Worlds, gathered


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """A part; ``places``, ``inner``: which of the cells and of the inner cells it has."""

    cells: Cells
    demands: Demands
    system: System
    places: Any
    inner: Any


def blocks(cells: Cells, demands: Demands, system: System) -> Iterator[Block]:
    """The parts of a table, by the inner cells that some cell joins; one that has but one as it is."""
    import numpy as np
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    count = cells.inside.shape[0]
    links = sparse.block_array([[None, cells.inside], [cells.inside.T, None]], format="csr")
    number, label = connected_components(links, directed=False)
    if number == 1:
        every = np.arange(count), np.arange(cells.inside.shape[1])
        yield Block(cells=cells, demands=demands, system=system, places=every[0], inner=every[1])
        return
    for part in range(number):
        places, inner = np.flatnonzero(label[:count] == part), np.flatnonzero(label[count:] == part)
        if demands.primary[places].any():
            yield _block(cells, demands, system, places, inner)


def _block(cells: Cells, demands: Demands, system: System, places: Any, inner: Any) -> Block:
    import numpy as np

    at = np.full(len(cells.keys), -1)
    at[places] = np.arange(len(places))
    inside = cells.inside[places][:, inner]
    part = replace(
        cells,
        keys=tuple(cells.keys[place] for place in places),
        figures=int((places < cells.figures).sum()),
        value=cells.value[places],
        groups=cells.groups[places],
        largest=cells.largest[places],
        second=cells.second[places],
        leaders=tuple(cells.leaders[place] for place in places),
        runners=tuple(cells.runners[place] for place in places),
        inner=np.where(cells.inner[inner] >= 0, at[cells.inner[inner]], -1),
        inner_value=cells.inner_value[inner],
        inside=inside,
        own=cells.own[inner],
        shares=cells.shares[places],
        knower=cells.knower[inner],
    )
    asked = replace(
        demands,
        primary=demands.primary[places],
        both=demands.both[places],
        up=demands.up[places],
        down=demands.down[places],
        value=demands.value[places],
        capped={int(at[cell]): most for cell, most in demands.capped.items() if at[cell] >= 0},
    )
    rows = system.rows[:, inner]
    equations = system.equations[:, inner]
    bound = System(
        fixed=system.fixed[inner],
        rows=rows[np.flatnonzero(np.diff(rows.indptr))],
        equations=equations[np.flatnonzero(np.diff(equations.indptr))],
        inside=inside,
    )
    return Block(cells=part, demands=asked, system=bound, places=places, inner=inner)


class Joined:
    """What was found of all parts, counted as in the whole table."""

    def __init__(self) -> None:
        self._lots: list[Worlds] = []
        self._count = 0
        self.witnesses: dict[int, list[int]] = {}
        self.shown: dict[int, int] = {}

    def add(self, block: Block, worlds: Worlds, witnesses: dict[int, list[int]], shown: dict[int, int]) -> None:
        """Takes in a part's worlds, the numbers of them for each of its sensitive cells, and who narrows them."""
        self._lots.append(replace(worlds, places=block.inner[worlds.places]))
        for cell, numbers in witnesses.items():
            self.witnesses[int(block.places[cell])] = [number + self._count for number in numbers]
        for cell, who in shown.items():
            self.shown[int(block.places[cell])] = who
        self._count += len(worlds)

    @property
    def worlds(self) -> Worlds:
        """All worlds, part after part."""
        return gathered(self._lots)
