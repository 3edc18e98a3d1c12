"""Cells: what is computed (secret), what is protected (secret), what is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from gateway.model.hierarchy import Hierarchy
from gateway.model.table import TableSpec

Place = tuple[str, ...]
"""A cell's codes, in the order of its table's dimensions."""
Key = frozenset[tuple[str, str]]
"""A cell's name in all tables of its population: its (dimension, code) pairs, tops left out."""
Parts = Mapping[str, Mapping[str, Mapping[Key, Mapping[int, int]]]]
"""Who has how much: population → kind of measure → inner cell → contributor's pseudonym → part. Secret.

Of employer groups all parts of the finest cells; of persons only who is alone in a cell, since that is all that a
person knows of a cell beyond what everybody does, or may be taken to."""


def key_of(spec: TableSpec, place: Place, hierarchies: Mapping[str, Hierarchy]) -> Key:
    """The population-wide name of a table's cell. A dimension is known by its hierarchy and its column."""
    pairs = zip(spec.dimensions, place, strict=True)
    return frozenset((d.name, code) for d, code in pairs if code != hierarchies[d.hierarchy].top.code)


def place_of(spec: TableSpec, key: Key, hierarchies: Mapping[str, Hierarchy]) -> Place | None:
    """Where a table has a cell; None where it has no such cell."""
    codes, found = dict(key), []
    for dimension in spec.dimensions:
        tree = hierarchies[dimension.hierarchy]
        code = codes.pop(dimension.name, tree.top.code)
        if code not in tree or tree[code].level not in dimension.levels:
            return None
        found.append(code)
    return None if codes else tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measure's value in one cell with what the disclosure rules need. Secret.

    ``contributors`` counts employer groups or persons; ``largest`` and ``second`` are the two largest contributions. Of
    persons only the largest part of a count of rows is kept; otherwise both are 0."""

    value: int
    contributors: int
    largest: int
    second: int


ZERO = Figure(value=0, contributors=0, largest=0, second=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What became of a cell between two releases: what came, what went, what stayed. Secret.

    ``alone``: who is alone in what came, went and stayed; None where nobody is, or where it is not known."""

    came: Figure
    gone: Figure
    stayed: Figure
    alone: tuple[int | None, int | None, int | None] = (None, None, None)


Moves = Mapping[str, Mapping[str, Mapping[Key, Move]]]
"""Population → kind of measure → cell → what became of it. A cell that is not named has the same contributors with the
same parts as before."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A computed table: for each measure, its non-empty cells. Secret."""

    spec: TableSpec
    figures: Mapping[str, Mapping[Place, Figure]]


class Status(StrEnum):
    """Why a cell is shown or not. Secret: the receiver learns only *withheld*."""

    PUBLISHED = "published"
    PRIMARY = "primary"
    SECONDARY = "secondary"


class Mark(StrEnum):
    """What the receiver is told of a figure, so that withheld, zero and missing differ (SDMX CL_OBS_STATUS wording:
    A normal, M missing; C is CL_CONF_STATUS's confidential; R is ours: rounded to protect, or made of such figures)."""

    NORMAL = "A"
    WITHHELD = "C"
    MISSING = "M"
    ROUNDED = "R"

    @property
    def has_value(self) -> bool:
        """Whether a figure with this mark has a value: it is normal, or rounded to protect (or made of such)."""
        return self in (Mark.NORMAL, Mark.ROUNDED)


@dataclass(frozen=True, kw_only=True)
class Protected:
    """A table's statuses: for each measure, the status of each non-empty cell. Secret.

    ``rounded``: of a table that is rounded, what is published of each of them."""

    spec: TableSpec
    status: Mapping[str, Mapping[Place, Status]]
    rounded: Mapping[str, Mapping[Place, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One published figure: a value only when the mark says so (``Mark.has_value``)."""

    value: int | Decimal | None
    mark: Mark


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """What leaves: for each place with anything in it, a figure per measure and derived figure."""

    spec: TableSpec
    rows: Mapping[Place, Mapping[str, Shown]]
