"""What one table's sheet shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.model.table import TableSpec, Wording
from gateway.package.columns import Computed, figures
from gateway.package.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSheet:
    """A table with its checked rows, and what stands above it. ``entry``: the CSV with the same content."""

    number: int
    name: str
    spec: TableSpec
    rows: Sequence[Row]
    entry: str
    period: Wording
    release: str

    @property
    def figures(self) -> tuple[Computed, ...]:
        """The columns right of the dimensions."""
        return figures(self.spec)

    @property
    def labels(self) -> int:
        """How many columns the dimensions take: a name and a code each."""
        return 2 * len(self.spec.dimensions)

    @property
    def last(self) -> int:
        """The last column."""
        return self.labels + len(self.figures) - 1
