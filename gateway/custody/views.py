"""Holdings, persons and cases as the ledger knows them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.custody.vault import Stored
from gateway.model.custody import Sensitivity, Step


class State(StrEnum):
    """How a holding stands."""

    HELD = "HELD"
    RETURNING = "RETURNING"
    DESTROYING = "DESTROYING"
    DESTROYED = "DESTROYED"
    RETURNED = "RETURNED"

    @property
    def wording(self) -> tuple[str, str]:
        """Its wording."""
        return STATES[self]


STATES: dict[State, tuple[str, str]] = {
    State.HELD: ("保管中", "held"),
    State.RETURNING: ("交回中，待对方签收", "being returned, receipt awaited"),
    State.DESTROYING: ("销毁中", "being destroyed"),
    State.DESTROYED: ("已销毁", "destroyed"),
    State.RETURNED: ("已交回，未留备份", "returned, no copy kept"),
}
GONE = frozenset({State.DESTROYED, State.RETURNED})
"""States in which nothing is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who saw a holding, when, for what; ``copy``: with a working copy, ``closed`` when that was removed."""

    id: str
    person: str
    purpose: str
    at: datetime
    request: str
    commitment: str
    copy: bool
    closed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An event that ended the keeping, and when it happened."""

    event: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is held. ``seq`` and ``hash`` are its entry in the ledger; ``told``: the version of what the person
    concerned was told; ``paper``: copies on paper; ``cleared``: whether the plain copy that was handed in is gone;
    ``permission`` (to destroy), ``copying``, ``package``, ``receipt``: digests of papers."""

    id: str
    agreement: str
    purpose: str
    material: str
    classes: tuple[Sensitivity, ...]
    subject: str
    place: str
    stored: Stored
    told: str | None
    paper: int
    since: datetime
    by: str
    seq: int
    hash: str
    state: State = State.HELD
    cleared: bool = False
    accesses: tuple[Access, ...] = ()
    ended: tuple[Ended, ...] = ()
    permission: str | None = None
    copying: str | None = None
    package: str | None = None
    receipt: str | None = None
    gone: datetime | None = None
    gone_seq: int | None = None

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left of it."""
        return self.state in GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A commitment that a person signed: its version, the digests of text and signature, on which occasion."""

    version: str
    text: str
    signature: str
    occasion: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of one agreement, as the ledger knows it. ``key``: the public key that they sign with, for this
    agreement alone; ``filed``: the digest of the signature that was filed."""

    id: str
    agreement: str
    key: str | None = None
    signed: Signed | None = None
    filed: str | None = None
    trained: datetime | None = None
    consent: str | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Holdings on their way from one keeper to another; ``done`` when the new one has signed."""

    id: str
    agreement: str
    holdings: tuple[str, ...]
    giver: str
    taker: str
    at: datetime
    done: datetime | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step of a case: when it was taken, and the digest of its paper."""

    step: Step
    at: datetime
    paper: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An incident, complaint, defect, legal demand or lead; ``occurred``: when it happened or came in; ``planned``:
    when a demand is to be met."""

    id: str
    agreement: str
    procedure: str
    urgent: bool
    holdings: tuple[str, ...]
    occurred: datetime
    opened: datetime
    planned: datetime | None
    summary: str
    by: str
    seq: int
    steps: tuple[Taken, ...] = ()
    closed: datetime | None = None

    def step(self, step: Step) -> Taken | None:
        """The first time that a step was taken."""
        return next((taken for taken in self.steps if taken.step is step), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that was asked for and refused."""

    seq: int
    at: datetime
    reason: str
    agreement: str | None
    holding: str | None
    person: str
