"""How a release stands, folded from its events."""

from dataclasses import dataclass

from gateway.model.release import Event, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """An approval: whose, of which statement, when."""

    steward: str
    statement: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A release as the ledger knows it. ``since`` (ISO 8601): when it came to its state; ``seq``: its last entry.

    ``statement``, ``package``: SHA-256; ``proofs``: times of read-back proofs of this package; ``receipts``: SHA-256 of
    receipts; ``next``: the events that its state allows."""

    release: str
    state: State
    since: str
    seq: int
    statement: str | None = None
    approvals: tuple[Vote, ...] = ()
    blocked: str | None = None
    package: str | None = None
    proofs: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    superseded_by: str | None = None
    next: tuple[Event, ...] = ()
