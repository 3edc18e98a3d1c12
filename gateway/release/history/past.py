"""What the release history gives back: a month as it was last shown, an earlier release with the figures behind it, and
what was published of a month before the gateway, of which nobody knows the figures behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.model.cells import Cells, Mark, Place, PublishedTable
from gateway.model.release import ReleaseId
from gateway.model.table import Model

BEFORE_GATEWAY = 0
"""The revision that stands for what was published of a month before the gateway."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What was published of a month before the gateway: its tables, under a release's name of revision 0."""

    release: str
    tables: Sequence[PublishedTable]

    @property
    def declared(self) -> list[dict[str, Any]]:
        """The tables' declarations."""
        return [table.spec.model_dump(mode="json") for table in self.tables]

    @property
    def counts(self) -> tuple[int, int]:
        """How many figures were shown, and withheld."""
        marks = [row[m.name].mark for one in self.tables for row in one.rows.values() for m in one.spec.measures]
        return marks.count(Mark.NORMAL), marks.count(Mark.WITHHELD)


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month as it was last delivered."""

    release: str
    digest: str
    tables: Sequence[PublishedTable]


@dataclass(frozen=True, kw_only=True)
class Past:
    """An earlier release with the figures behind it. ``rests``: of wholes without a part, counted and not published;
    ``feeds``: the digests of the rows that it was counted from."""

    id: ReleaseId
    digest: str
    cells: Sequence[Cells]
    rests: Sequence[Cells]
    published: Sequence[PublishedTable]
    feeds: dict[str, str]
    parts: bytes
    documents: tuple[Any, Any]
    """What it published and the figures behind it, as they are kept: for the verifier."""

    @property
    def imported(self) -> bool:
        """Whether it was published before the gateway: the figures behind it are not known, ``cells`` are empty."""
        return self.id.revision == BEFORE_GATEWAY

    @property
    def shown(self) -> dict[str, dict[str, frozenset[Place]]]:
        """For each table and measure, the places that are not empty and whose figures were published."""
        return {
            cells.spec.name: {
                measure.name: frozenset(
                    place
                    for place in cells.figures[measure.name]
                    if place not in table.rows or table.rows[place][measure.name].mark is Mark.NORMAL
                )
                for measure in cells.spec.measures
            }
            for cells, table in zip(self.cells, self.published, strict=True)
            if cells.spec.rounding is None
        }

    @property
    def zeros(self) -> dict[str, dict[str, frozenset[Place]]]:
        """For each table and measure of persons, the places that are empty and were withheld; of employers no zero is
        a secret."""
        return {
            cells.spec.name: {
                measure.name: frozenset(
                    place
                    for place, row in table.rows.items()
                    if place not in cells.figures[measure.name] and row[measure.name].mark is Mark.WITHHELD
                )
                for measure in cells.spec.measures
                if measure.model is Model.PERSONS
            }
            for cells, table in zip(self.cells, self.published, strict=True)
        }

    @property
    def rounded(self) -> dict[str, dict[str, dict[Place, int]]]:
        """For each table that is rounded and each measure, what was published; what has no row was rounded to zero."""
        return {
            cells.spec.name: {
                name: {p: int(table.rows[p][name].value or 0) if p in table.rows else 0 for p in figures}
                for name, figures in cells.figures.items()
            }
            for cells, table in zip(self.cells, self.published, strict=True)
            if cells.spec.rounding is not None
        }
