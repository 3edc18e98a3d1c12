"""What the ledger's tests share: an event's least body, and a walk to every state."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.ledger import CARRIES, GENESIS, Entry
from gateway.ledger.entry import make
from gateway.model.release import Event, State

RELEASE = "LGTJ_220300_LHYG_202610_M_R01"
OTHER = "LGTJ_220300_LHYG_202611_M_R01"
NOW = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
D1, D2 = "1" * 63 + "a", "2" * 63 + "b"

LEAST: dict[str, str] = {
    "reason": "quality",
    "statement": D1,
    "package": D1,
    "receipt": D1,
    "disposition": "processed",
    "recipient": "manager-a",
    "channel": "phone",
    "by": "LGTJ_220300_LHYG_202610_M_R02",
}

TO: dict[State, tuple[Event, ...]] = {
    State.DRAFT: (Event.OPENED,),
    State.BLOCKED: (Event.OPENED, Event.BLOCKED),
    State.SUBMITTED: (Event.OPENED, Event.SUBMITTED),
    State.PARTIALLY_APPROVED: (Event.OPENED, Event.SUBMITTED, Event.APPROVED_ONCE),
}
TO[State.APPROVED] = (*TO[State.PARTIALLY_APPROVED], Event.APPROVED)
TO[State.DELIVERED] = (*TO[State.APPROVED], Event.SEALED, Event.PROVED, Event.DELIVERED)
TO[State.ACKNOWLEDGED] = (*TO[State.DELIVERED], Event.RECEIPT, Event.ACKNOWLEDGED)
TO[State.RETURNED] = (*TO[State.SUBMITTED], Event.RETURNED)
TO[State.REJECTED] = (*TO[State.SUBMITTED], Event.REJECTED)
TO[State.WITHDRAWN] = (Event.OPENED, Event.WITHDRAWN)
TO[State.DISPUTED] = (*TO[State.DELIVERED], Event.DISPUTED)
TO[State.RECALLED] = (*TO[State.DELIVERED], Event.RECALLED)
TO[State.SUPERSEDED] = (*TO[State.DELIVERED], Event.SUPERSEDED)


def body_of(event: Event) -> dict[str, str]:
    return {key: LEAST[key] for key in CARRIES[event]}


def actor_of(event: Event) -> str:
    return {Event.APPROVED_ONCE: "steward-a", Event.APPROVED: "steward-b"}.get(event, "operator-a")


def chain(rows: list[tuple[str, str | None, str, Mapping[str, Any]]]) -> Iterator[Entry]:
    """Entries of (kind, release, actor, body), a minute apart, properly chained."""
    prev = GENESIS
    for seq, (kind, release, actor, body) in enumerate(rows, 1):
        at = (NOW + timedelta(minutes=seq)).isoformat()
        entry = make(seq=seq, at=at, kind=kind, release=release, actor=actor, body=body, prev=prev)
        prev = entry.hash
        yield entry


def life(events: tuple[Event, ...], release: str = RELEASE) -> list[Entry]:
    return list(chain([(event, release, actor_of(event), body_of(event)) for event in events]))
