"""The linear system that suppression and audits work on: numbers that may be published, each a sum of inner cells.

An inner cell is as fine as anything that is published gets; an attacker does not see it. A *cell* is a number that is
published or withheld: a row of 0 and 1 over the inner cells. Cells over the same inner cells are one cell, whatever
tables they stand in. An empty inner cell is no part of the system: everybody is taken to know that it is zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy import sparse

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
CLOSE = 1e-4
"""Published figures are whole numbers: a sum that is off by less than this is taken for equal."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """``cells`` (N × n) over ``values`` (n inner cells), the first n rows being the inner cells themselves.

    ``least``: what anyone knows an inner cell to be at least. ``groups`` (n × G): what each contributor group has in
    each inner cell; no columns where that is not asked. ``up``, ``down`` (N): how far above and below its value an
    attacker must be left to think each cell may be; 0 where the cell is not sensitive. ``protected`` (N): the one
    group that does not attack a sensitive cell, the largest in it; −1 where there is none. ``rivals`` (N): the groups
    that are taken to attack it from their own parts; None: every group but the protected one does. ``weight`` (N): what
    withholding a cell costs. ``fixed``: published already, can't be withheld any more. ``families``: (parent,
    children…) that add up. ``ties`` (T × n): combinations
    of inner cells whose change lies between the two bounds of ``tied``, whatever is withheld: one number in two tables,
    or a part that can't exceed its total."""

    values: Floats
    least: Floats
    cells: "sparse.csr_matrix"
    groups: "sparse.csr_matrix"
    sensitive: Flags
    up: Floats
    down: Floats
    protected: Ints
    rivals: Sequence[frozenset[int]] | None
    weight: Floats
    fixed: Flags
    families: Sequence[tuple[int, ...]]
    ties: "sparse.csr_matrix"
    tied: tuple[Floats, Floats]

    @property
    def inner(self) -> int:
        """How many inner cells."""
        return len(self.values)

    @cached_property
    def totals(self) -> "sparse.csr_matrix":
        """The cells that are not inner cells."""
        return self.cells[self.inner :]

    @cached_property
    def by_inner(self) -> "sparse.csc_matrix":
        """The cells, column by column."""
        return self.cells.tocsc()

    @cached_property
    def groups_by_group(self) -> "sparse.csc_matrix":
        """What each group has, column by column."""
        return self.groups.tocsc()

    @cached_property
    def sole(self) -> Ints:
        """The only contributor group of each inner cell, −1 where there are several."""
        alone = np.diff(self.groups.indptr) == 1
        found = np.full(self.inner, -1)
        found[alone] = self.groups.indices[self.groups.indptr[:-1][alone]]
        return found

    @cached_property
    def free(self) -> Floats:
        """How far each inner cell can sink before any contributor group's own part says no."""
        largest = self.groups.max(axis=1).toarray().ravel() if self.groups.shape[1] else np.zeros(self.inner)
        return np.asarray(np.where(self.sole >= 0, 0, self.values - np.maximum(largest, self.least)), float)

    def room(self, cell: int, group: int) -> float:
        """How far a cell can sink before one of its inner cells holds less than a group has in it, or than is known."""
        reach = self.reach(cell)
        own = self.groups_by_group[:, group].toarray().ravel()[reach]
        return float((self.values[reach] - np.maximum(own, self.least[reach])).sum())

    def reach(self, cell: int) -> Ints:
        """The inner cells of a cell."""
        return np.asarray(self.cells.indices[self.cells.indptr[cell] : self.cells.indptr[cell + 1]])


def distinct(rows: "sparse.csr_matrix", among: Flags) -> list[int]:
    """Of the rows ``among`` that are not empty the first of each kind: rows over the same columns say the same."""
    rows.sort_indices()
    seen: dict[bytes, int] = {}
    for row in np.flatnonzero(among & (np.diff(rows.indptr) > 0)).tolist():
        seen.setdefault(rows.indices[rows.indptr[row] : rows.indptr[row + 1]].tobytes(), row)
    return list(seen.values())
