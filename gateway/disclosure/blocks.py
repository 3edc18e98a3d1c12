"""Decomposition: parts of a linear system that have no figure in common are protected one by one.

Months of which no total is published are such parts, or regions without a total of all. What moves in one part is
noticed in no other: a flow that serves a cell can be cut to the cell's part, and proves as much."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gateway.base.later import later
from gateway.disclosure.cells import Flags, Grid, Ints
from gateway.disclosure.lean import lean
from gateway.disclosure.suppression import Pattern, Progress, idle, suppress

sparse = later("scipy.sparse")


@dataclass(frozen=True, eq=False)
class Block:
    """A part of a grid, and which rows of the whole its rows are."""

    grid: Grid
    rows: Ints


def blocks(grid: Grid) -> Iterator[Block]:
    """The parts, by their first inner cell; a grid that has but one as it is."""
    links = sparse.vstack([grid.totals, abs(grid.ties)]).tocsr()
    size = links.shape[0]
    both = sparse.bmat([[None, links.T], [links, sparse.csr_matrix((size, size))]], format="csr")
    number, label = sparse.csgraph.connected_components(both, directed=False)
    first = label[: grid.inner]
    if number == 1 or len(set(first.tolist())) == 1:
        yield Block(grid, np.arange(grid.cells.shape[0]))
        return
    order = sorted(set(first.tolist()), key=lambda one: int(np.argmax(first == one)))
    totals, ties = label[grid.inner : grid.inner + grid.totals.shape[0]], label[grid.inner + grid.totals.shape[0] :]
    for one in order:
        inner = np.flatnonzero(first == one)
        rows = np.concatenate([inner, grid.inner + np.flatnonzero(totals == one)])
        yield Block(_part(grid, inner, rows, np.flatnonzero(ties == one)), rows)


def _part(grid: Grid, inner: Ints, rows: Ints, ties: Ints) -> Grid:
    """Some inner cells, the cells over them, and the groups that are in them."""
    groups = grid.groups[inner]
    there = np.flatnonzero(np.diff(groups.tocsc().indptr))
    number = np.full(grid.groups.shape[1] + 1, -1)
    number[there] = np.arange(len(there))
    place = {int(row): at for at, row in enumerate(rows.tolist())}
    families = [tuple(place[cell] for cell in family) for family in grid.families if family[0] in place]
    return Grid(
        values=grid.values[inner],
        least=grid.least[inner],
        cells=grid.cells[rows][:, inner].tocsr(),
        groups=groups[:, there].tocsr(),
        sensitive=grid.sensitive[rows],
        up=grid.up[rows],
        down=grid.down[rows],
        protected=number[grid.protected[rows]],
        rivals=None if grid.rivals is None else [_renumbered(grid.rivals[row], number) for row in rows.tolist()],
        weight=grid.weight[rows],
        fixed=grid.fixed[rows],
        families=families,
        ties=grid.ties[ties][:, inner].tocsr(),
        tied=(grid.tied[0][ties], grid.tied[1][ties]),
    )


def _renumbered(groups: frozenset[int], number: Ints) -> frozenset[int]:
    return frozenset(int(number[group]) for group in groups)


@dataclass(frozen=True)
class Protected:
    """What is withheld in the end, and the sensitive cells that could not be protected."""

    withheld: Flags
    broken: tuple[int, ...]


def protected(grid: Grid, withheld: Flags, new: Flags, progress: Progress = lambda part: None) -> Protected:
    """The pattern of a grid, part by part: suppressed, without what hides nothing, without what no proof needs.

    ``withheld`` to begin with; ``new``: the cells that are figures of this release alone."""
    found = withheld.copy()
    broken: list[int] = []
    parts = list(blocks(grid))
    for number, part in enumerate(parts):

        def told(done: float, number: int = number) -> None:
            progress((number + done) / len(parts))

        pattern = suppress(part.grid, withheld[part.rows], told)
        broken += part.rows[[cell for cell, _, _ in pattern.broken]].tolist()
        found[part.rows] = pattern.withheld if pattern.broken else _less(part, pattern, new[part.rows])
    return Protected(found, tuple(sorted(set(broken))))


def _less(part: Block, pattern: Pattern, new: Flags) -> Flags:
    withheld = pattern.withheld & ~idle(part.grid, pattern)
    return withheld & ~lean(part.grid, withheld, new)
