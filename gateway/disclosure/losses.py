"""What a pattern costs, and what it changes: the shares withheld at each level, the cells whose status is another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from gateway.disclosure.declaration import TOTAL, Declaration
from gateway.disclosure.layout import Laid
from gateway.disclosure.protect import ProtectedCell, ProtectedTable
from gateway.model.cells import Place, Status


class Levelled(Laid, Protocol):
    """A table whose codes' levels are given."""

    @property
    def spec(self) -> Declaration:
        """Its declaration."""
        ...

    @property
    def titles(self) -> tuple[str, ...]:
        """How its dimensions are called."""
        ...

    @property
    def levels(self) -> tuple[Mapping[str, str], ...]:
        """For each dimension the level of each code."""
        ...


class Change(Enum):
    """What became of a cell since the table before."""

    HIDDEN = "hidden"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Some cells: how many have each status, and which shares of the cells and of their values are withheld."""

    published: int
    primary: int
    secondary: int
    value_share: float

    @property
    def cells(self) -> int:
        """All of them."""
        return self.published + self.primary + self.secondary

    @property
    def cell_share(self) -> float:
        """The withheld part."""
        return (self.primary + self.secondary) / max(self.cells, 1)


def loss(cells: Iterable[ProtectedCell]) -> Loss:
    """Of these cells."""
    numbers = dict.fromkeys(Status, 0)
    values = dict.fromkeys(Status, 0)
    for cell in cells:
        numbers[cell.status] += 1
        values[cell.status] += cell.value
    everything = sum(values.values())
    return Loss(
        published=numbers[Status.PUBLISHED],
        primary=numbers[Status.PRIMARY],
        secondary=numbers[Status.SECONDARY],
        value_share=(everything - values[Status.PUBLISHED]) / max(everything, 1),
    )


def levels_of(table: ProtectedTable) -> tuple[dict[str, str], ...]:
    """For each dimension the level of each code."""
    found = []
    for at, axis in enumerate(table.spec.dimensions):
        level_of: dict[str, str] = {}
        for code, ups in table.records.above[at].items():
            level_of |= dict(zip((code, *ups), reversed(axis.levels), strict=False))
        found.append(level_of)
    return tuple(found)


def by_level(table: ProtectedTable | Levelled) -> list[tuple[str, str, Loss]]:
    """(dimension, level, loss) for each level that has figures, ``Total`` first."""
    levels = levels_of(table) if isinstance(table, ProtectedTable) else table.levels
    titles = [axis.name for axis in table.spec.dimensions] if isinstance(table, ProtectedTable) else table.titles
    found = []
    for at, axis in enumerate(table.spec.dimensions):
        level_of = {**levels[at], TOTAL: TOTAL}
        groups: dict[str, list[ProtectedCell]] = {level: [] for level in (TOTAL, *axis.levels)}
        for cell in table.cells:
            groups[level_of[cell.place[at]]].append(cell)
        found += [(titles[at], level, loss(cells)) for level, cells in groups.items() if cells]
    return found


def changes(table: Laid, previous: Mapping[Place, Status]) -> dict[Place, Change]:
    """The cells that were published and are withheld now, and the other way round, totals first.

    A cell that was not there before has not changed; neither has one that is withheld for another reason."""
    found = {}
    for cell in sorted(table.cells, key=lambda cell: [(code != TOTAL, code) for code in cell.place]):
        before = previous.get(cell.place)
        shown = cell.status is Status.PUBLISHED
        if before is not None and (before is Status.PUBLISHED) is not shown:
            found[cell.place] = Change.SHOWN if shown else Change.HIDDEN
    return found
