"""What custody needs to know of an agreement, of the ledger and of the clocks; the corridor passes them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from gateway.model.custody import End, Grant, Material, Places, Procedure, Proof, Rule, Rules, Text
from gateway.model.documents import LedgerHead
from gateway.model.table import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person whom the agreement names, by role: from when until when (both included)."""

    id: str
    clause: str
    title: Wording
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A purpose that the agreement lists."""

    name: str
    clause: str
    title: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One agreement on custody. ``owner``: the id of who speaks for the owner of the material; ``clauses``: the
    contract's own words."""

    id: str
    title: Wording
    holder: Wording
    principal: Wording
    clauses: Mapping[str, str]
    persons: Sequence[Named]
    owner: str
    purposes: Sequence[Purpose]
    materials: Sequence[Material]
    rules: Sequence[Rules]
    places: Places
    grants: Sequence[Grant]
    told: Text | None
    commitment: Text
    ends: Sequence[End]
    proof: Proof
    procedures: Sequence[Procedure]


class Noted(Protocol):
    """An entry of the ledger."""

    @property
    def seq(self) -> int:
        """Its number."""
        ...

    @property
    def at(self) -> str:
        """When it was written, ISO 8601."""
        ...

    @property
    def kind(self) -> str:
        """``custody.added`` and so on."""
        ...

    @property
    def actor(self) -> str:
        """Who did it."""
        ...

    @property
    def body(self) -> Mapping[str, Any]:
        """What it carries."""
        ...

    @property
    def hash(self) -> str:
        """Its hash."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry that was just written."""

    seq: int
    at: str
    kind: str
    actor: str
    body: Mapping[str, Any]
    hash: str


Told = tuple[str, str, str, datetime, datetime | None]
"""What the clocks are told: agreement, event, subject, moment, and the moment that came with it."""


class Record(Protocol):
    """The ledger."""

    def entries(self) -> Sequence[Noted]:
        """All entries, in order, checked."""
        ...

    def append(
        self, kind: str, *, actor: str, body: Mapping[str, Any], at: datetime, expect: LedgerHead | None
    ) -> LedgerHead:
        """Adds one, on the disk when this returns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """A clock about something: until when (None: not known, or never), how it stands in words, whether it was met."""

    name: str
    clause: str
    title: Wording
    due: datetime | None
    stands: tuple[str, str]
    met: bool


class Clocks(Protocol):
    """The agreements' clocks."""

    def steps(self, entries: Sequence[Noted], told: Told, now: datetime) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """The records by which the event starts and stops clocks; none when it was told already or concerns none."""
        ...

    def about(self, entries: Sequence[Noted], agreement: str, subject: str, now: datetime) -> Sequence[Clocked]:
        """The clocks that were ever started about ``subject``, in order."""
        ...


def demands(terms: Terms, rule: Rule) -> Rules | None:
    """The entry by which the agreement demands ``rule``, or None."""
    return next((row for row in terms.rules if row.rule is rule), None)


def named(terms: Terms, person: str) -> Named | None:
    """The person of this id."""
    return next((row for row in terms.persons if row.id == person), None)


def purpose(terms: Terms, name: str) -> Purpose | None:
    """The purpose of this name."""
    return next((row for row in terms.purposes if row.name == name), None)


def material(terms: Terms, name: str) -> Material | None:
    """The material of this name."""
    return next((row for row in terms.materials if row.name == name), None)


def granted(terms: Terms, person: str) -> Grant | None:
    """What the person may see."""
    return next((row for row in terms.grants if row.person == person), None)


def ending(terms: Terms, event: str) -> End | None:
    """What the event ends."""
    return next((row for row in terms.ends if row.event == event), None)


def procedure(terms: Terms, name: str) -> Procedure | None:
    """The procedure of this name."""
    return next((row for row in terms.procedures if row.name == name), None)
