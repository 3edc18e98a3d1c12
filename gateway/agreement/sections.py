"""The sections that every agreement file may have: who, why, what, from when until when, and the contract's own words.

Each entry names its clause as the contract numbers it, with plain brackets: ``二(一)1`` for 二、（一）1.; ``3.4`` for a
contract with figures; ``首部`` for what stands before the first clause, ``签署页`` for the signatures; ``自定`` for
a rule of the deployment's own, which no contract has."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from gateway.base.toml import Fault, wrong
from gateway.model.table import Declaration, Name, Wording

OWN = "自定"
"""Instead of a clause: the deployment's own rule, which the contract does not have."""

Clause = Annotated[
    str,
    StringConstraints(
        pattern=rf"^(首部|签署页|{OWN}"
        r"|[一二三四五六七八九十]+(\([一二三四五六七八九十]+\))?([0-9]+(\([0-9]+\))?)?"
        r"|[0-9]+(\.[0-9]+){0,2})$"
    ),
]
Side = Literal["provider", "receiver", "holder", "owner"]
"""Who is bound: of statistics the provider (the platform) and the receiver (the bureau); of personal material the
holder and the owner."""


class Contact(Declaration):
    """Who answers questions: a role, never a person's name, and how to reach it."""

    id: Name
    role: Wording
    reach: str


class Party(Declaration):
    """An organisation or person that signed; ``side``: what the contract calls it."""

    name: Wording
    side: Literal["甲方", "乙方"]
    clause: Clause
    contact: Contact


class Person(Declaration):
    """Somebody whom the agreement wants named, by role; an id is a role, never a person's name. Days are included."""

    id: Name
    role: Name
    of: Side
    clause: Clause
    title: Wording
    since: date
    until: date | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Person":
        if self.until is not None and self.until < self.since:
            raise wrong(Fault(("until",), "早于 since", "is before since"))
        return self


class Purpose(Declaration):
    """What the data may be used for; nothing else."""

    name: Name
    clause: Clause
    title: Wording


class Duty(Declaration):
    """A duty without a term of its own; ``kept``: how it is kept, as a person would say it."""

    name: Name
    clause: Clause
    who: Side | Literal["either"]
    title: Wording
    kept: Wording


class Option(Declaration):
    """Something that the contract leaves to a later supplement: off until an amendment in force enables it."""

    name: Name
    clause: Clause
    title: Wording


class Permitted(Declaration):
    """A clause under which something may be shared or collected."""

    clause: Clause
    title: Wording


class Forbidden(Declaration):
    """What may never be shared."""

    name: Name
    clause: Clause
    title: Wording


class Scope(Declaration):
    """What may be shared and what never."""

    permitted: tuple[Permitted, ...] = Field(min_length=1)
    forbidden: tuple[Forbidden, ...] = Field(min_length=1)


class Term(Declaration):
    """From when until when (both included) the agreement is in force; ``ended``: its last day if it ended early.

    ``until`` is left out where the contract has no last day; only an agreement on statistics always has one."""

    clause: Clause
    stop_clause: Clause
    since: date
    until: date | None = None
    ended: date | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Term":
        if self.until is not None and self.until < self.since:
            raise wrong(Fault(("until",), "早于 since", "is before since"))
        if self.ended is not None and not self.since <= self.ended <= (self.until or date.max):
            raise wrong(Fault(("ended",), "不在协议期限内", "is outside the term"))
        return self


class Retention(Declaration):
    """How long a kind of holding is kept after the event ``after``; ``permanent`` has no length.

    ``basis`` says why; ``least``: at least so long."""

    what: Name
    title: Wording | None = None
    basis: str
    clause: Clause = OWN
    after: Name
    unit: Literal["day", "month", "permanent"]
    length: int | None = Field(default=None, ge=1)
    least: bool = False

    @model_validator(mode="after")
    def _fits(self) -> "Retention":
        if self.unit == "permanent" and self.length is not None:
            raise wrong(Fault(("length",), "permanent 无期限", "permanent has none"))
        return self


class Blank(Declaration):
    """What the contract leaves to be filled in: ``at`` is the place in this file that it sets.

    ``printed``: the figure that the contract prints in brackets; it holds where the file sets no other."""

    at: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")]
    clause: Clause
    words: str = Field(min_length=1)
    printed: int | None = Field(default=None, ge=1)


class Added(Declaration):
    """Levels of a dimension that an amendment adds, in these tables (all when none is named)."""

    dimension: Name
    add: tuple[Name, ...] = Field(min_length=1)
    tables: tuple[Name, ...] = ()


class Amendment(Declaration):
    """A supplementary agreement, in force from ``effective`` (included) on. ``until``: a renewal's new last day;
    ``enable``: options that it turns on."""

    id: Name
    clause: Clause
    title: Wording
    effective: date
    until: date | None = None
    levels: tuple[Added, ...] = ()
    enable: tuple[Name, ...] = ()
