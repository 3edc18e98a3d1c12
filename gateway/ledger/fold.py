"""States, views and timelines: folds over the entries. Nothing of a release is stored anywhere else."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from gateway.base.errors import IntegrityError
from gateway.ledger.entry import EVENTS, BadEntry, Entry
from gateway.ledger.guard import guard
from gateway.ledger.view import ReleaseView, Vote
from gateway.model.release import TRANSITIONS, Event, State


def states(entries: Iterable[Entry]) -> dict[str, ReleaseView]:
    """Each release's view after all of ``entries``. Raises IntegrityError at an event that may not follow."""
    views: dict[str, ReleaseView] = {}
    for entry in entries:
        _advance(views, entry)
    return views


def timeline(entries: Iterable[Entry], release: str) -> tuple[Entry, ...]:
    """All that the ledger says of ``release``, events and records, in order."""
    return tuple(entry for entry in entries if entry.release == release)


def first_illegal(entries: Iterable[Entry]) -> BadEntry | None:
    """The first event that may not follow on those before it, or None."""
    views: dict[str, ReleaseView] = {}
    for entry in entries:
        try:
            _advance(views, entry)
        except IntegrityError as error:
            return BadEntry(seq=entry.seq, zh=error.zh, en=error.en)
    return None


def step(view: ReleaseView | None, entry: Entry) -> ReleaseView:
    """``view`` (None before the first event) after one more event. Raises IntegrityError when it may not follow."""
    event = Event(entry.kind)
    if wrong := guard(view, event, entry.actor, entry.body):
        raise IntegrityError(
            f"{entry.release}: {wrong[0]}",
            f"{entry.release}: {wrong[1]}",
            safe=("账本未改变", "the ledger is unchanged"),
            next=f"gateway status {entry.release}",
        )
    before = view.state if view else None
    state = TRANSITIONS[event][before]
    start = view or ReleaseView(release=str(entry.release), state=state, since=entry.at, seq=entry.seq)
    moved = replace(start, state=state, seq=entry.seq, since=entry.at if state is not before else start.since)
    return replace(_carry(moved, event, entry), next=_next(state))


def _advance(views: dict[str, ReleaseView], entry: Entry) -> None:
    if entry.release is not None and entry.kind in EVENTS:
        views[entry.release] = step(views.get(entry.release), entry)


def _next(state: State) -> tuple[Event, ...]:
    return tuple(event for event, before in TRANSITIONS.items() if state in before)


def _carry(view: ReleaseView, event: Event, entry: Entry) -> ReleaseView:
    """What an event brings with it, beyond the state."""
    body = entry.body
    match event:
        case Event.OPENED:  # a rebuild voids what was approved or sealed before
            return ReleaseView(release=view.release, state=view.state, since=view.since, seq=view.seq)
        case Event.BLOCKED:
            return replace(view, blocked=body["reason"])
        case Event.SUBMITTED:
            return replace(view, statement=body["statement"], approvals=())
        case Event.APPROVED_ONCE | Event.APPROVED:
            vote = Vote(steward=entry.actor, statement=body["statement"], at=entry.at)
            return replace(view, approvals=(*view.approvals, vote))
        case Event.SEALED:
            if body["package"] == view.package:
                return view
            return replace(view, package=body["package"], proofs=(), told=())
        case Event.PROVED:
            return replace(view, proofs=(*view.proofs, entry.at))
        case Event.PASSPHRASE_TOLD:
            return replace(view, told=(*view.told, body["recipient"]))
        case Event.RECEIPT:
            return replace(view, receipts=(*view.receipts, body["receipt"]))
        case Event.SUPERSEDED:
            return replace(view, superseded_by=body["by"])
        case (
            Event.RETURNED
            | Event.REJECTED
            | Event.WITHDRAWN
            | Event.DELIVERED
            | Event.RECEIPT_REFUSED
            | Event.ACKNOWLEDGED
            | Event.DISPUTED
            | Event.RECALLED
        ):
            return view
    assert_never(event)
