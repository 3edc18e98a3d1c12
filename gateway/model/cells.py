"""Cells: what is computed (secret), what is protected (secret), what is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from gateway.model.table import TableSpec

Place = tuple[str, ...]
"""A cell's codes, in the order of its table's dimensions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measure's value in one cell with what the disclosure rules need. Secret.

    ``contributors`` counts employer groups or persons; ``largest`` and ``second`` are the two largest contributions."""

    value: int
    contributors: int
    largest: int
    second: int


ZERO = Figure(value=0, contributors=0, largest=0, second=0)


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
    A normal, M missing; C is CL_CONF_STATUS's confidential)."""

    NORMAL = "A"
    WITHHELD = "C"
    MISSING = "M"


@dataclass(frozen=True, kw_only=True)
class Protected:
    """A table's statuses: for each measure, the status of each non-empty cell. Secret."""

    spec: TableSpec
    status: Mapping[str, Mapping[Place, Status]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One published figure: a value only when the mark is NORMAL."""

    value: int | Decimal | None
    mark: Mark


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """What leaves: for each place with anything in it, a figure per measure and derived figure."""

    spec: TableSpec
    rows: Mapping[Place, Mapping[str, Shown]]
