"""A clock as an agreement file declares it: which event starts it, when it is due, which event stops it."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from gateway.agreement.exchange import Reading
from gateway.agreement.sections import Clause, Side
from gateway.base.toml import Fault, wrong
from gateway.model.table import Declaration, Name, Wording

Unit = Literal["minute", "hour", "day", "working_day", "month"]
Topic = Literal[
    "delivery",
    "delay",
    "request",
    "fault",
    "rectification",
    "renewal",
    "end",
    "force_majeure",
    "confidentiality",
    "retention",
    "deletion",
    "handover",
    "legal_demand",
    "incident",
    "complaint",
    "response",
]
TIMED = frozenset({"within", "before"})


class Lead(Declaration):
    """How long ahead of the due moment the engine warns."""

    length: int = Field(ge=1)
    unit: Unit


class Clock(Declaration):
    """A duty with a term.

    ``kind``: *within* ``length`` ``unit`` after the starting event; *before*: at least so long before the moment that
    comes with the event; *at_once*: with the event (a length is then the deployment's own measure, not the contract's);
    *set*: on the date that the other side names with the event; *day_of_month*: on ``day`` of the month in which the
    event falls, moved by holidays as ``reading`` says; *permanent*: no end, it only goes on.
    A length that is left out is the figure that a blank of the contract prints. ``waivable``: the other side may accept
    less. ``survives``: it goes on after the agreement's end; ``least``: kept at least so long, so that
    it is met, not overdue, when the time has passed."""

    name: Name
    clause: Clause
    title: Wording
    topic: Topic
    who: Side | Literal["either"]
    kind: Literal["within", "before", "at_once", "set", "day_of_month", "permanent"]
    started_by: Name
    stopped_by: Name | None = None
    unit: Unit | None = None
    length: int | None = Field(default=None, ge=1)
    day: int | None = Field(default=None, ge=1, le=28)
    reading: Reading | None = None
    waivable: bool = False
    survives: bool = False
    least: bool = False
    warn: Lead | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Clock":
        faults = [*_misfits(self)]
        if faults:
            raise wrong(*faults)
        return self


def _misfits(row: Clock) -> Iterator[Fault]:
    """Keys that a kind needs and lacks, or has and can't have."""
    monthly, measured = row.kind == "day_of_month", row.kind in TIMED | {"at_once"}
    if row.kind in TIMED and row.unit is None:
        yield Fault(("kind",), f"{row.kind} 须有 unit", f"{row.kind} has a unit")
    if not measured and (row.length is not None or row.unit is not None):
        yield Fault(("kind",), f"{row.kind} 没有 length 与 unit", f"{row.kind} has neither length nor unit")
    if row.kind == "at_once" and (row.length is None) != (row.unit is None):
        yield Fault(("kind",), "length 与 unit 须同时有", "length and unit come together")
    if monthly != (row.day is not None) or monthly != (row.reading is not None):
        yield Fault(("kind",), "仅 day_of_month 有 day 与 reading", "only day_of_month has day and reading, and both")
    if (row.kind == "permanent") != (row.stopped_by is None):
        yield Fault(("stopped_by",), "仅 permanent 没有 stopped_by", "only permanent has no stopped_by")
