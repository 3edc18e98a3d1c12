"""A release and its life: states, events, transitions, as data."""

import re
from dataclasses import dataclass
from enum import StrEnum

from gateway.base.errors import InputError
from gateway.model.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseId:
    """``LGTJ_{division6}_{platform}_{YYYYMM}_{M|Ann}_R{nn}`` (DESIGN, decision 9)."""

    division: str
    platform: str
    period: Period
    kind: str = "M"
    revision: int = 1

    _PATTERN = r"LGTJ_(\d{6})_([A-Z0-9]+)_(\d{4})(\d{2})_(M|A\d{2})_R(\d{2})"

    @classmethod
    def parse(cls, text: str) -> "ReleaseId":
        """The id in ``text``. Raises InputError."""
        match = re.fullmatch(cls._PATTERN, text)
        if not match:
            raise InputError("批次号格式不正确", "not a release id")
        division, platform, year, month, kind, revision = match.groups()
        period = Period.parse(f"{year}-{month}")
        return cls(division=division, platform=platform, period=period, kind=kind, revision=int(revision))

    def __str__(self) -> str:
        return f"LGTJ_{self.division}_{self.platform}_{self.period.compact}_{self.kind}_R{self.revision:02}"


class State(StrEnum):
    """Where a release stands (DESIGN, States of a release)."""

    DRAFT = "DRAFT"
    BLOCKED = "BLOCKED"
    SUBMITTED = "SUBMITTED"
    PARTIALLY_APPROVED = "PARTIALLY_APPROVED"
    APPROVED = "APPROVED"
    DELIVERED = "DELIVERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RETURNED = "RETURNED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    DISPUTED = "DISPUTED"
    RECALLED = "RECALLED"
    SUPERSEDED = "SUPERSEDED"


class Event(StrEnum):
    """What the ledger records of a release."""

    OPENED = "opened"
    BLOCKED = "blocked"
    SUBMITTED = "submitted"
    APPROVED_ONCE = "approved_once"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SEALED = "sealed"
    PROVED = "proved"
    DELIVERED = "delivered"
    PASSPHRASE_TOLD = "passphrase_told"
    RECEIPT = "receipt"
    RECEIPT_REFUSED = "receipt_refused"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    RECALLED = "recalled"
    SUPERSEDED = "superseded"


TRANSITIONS: dict[Event, dict[State | None, State]] = {
    Event.OPENED: {None: State.DRAFT, State.BLOCKED: State.DRAFT, State.RETURNED: State.DRAFT},
    Event.BLOCKED: {State.DRAFT: State.BLOCKED, State.APPROVED: State.BLOCKED},
    Event.SUBMITTED: {State.DRAFT: State.SUBMITTED},
    Event.APPROVED_ONCE: {State.SUBMITTED: State.PARTIALLY_APPROVED},
    Event.APPROVED: {State.PARTIALLY_APPROVED: State.APPROVED},
    Event.RETURNED: {State.SUBMITTED: State.RETURNED, State.PARTIALLY_APPROVED: State.RETURNED},
    Event.REJECTED: {State.SUBMITTED: State.REJECTED, State.PARTIALLY_APPROVED: State.REJECTED},
    Event.WITHDRAWN: {
        State.DRAFT: State.WITHDRAWN,
        State.BLOCKED: State.WITHDRAWN,
        State.SUBMITTED: State.WITHDRAWN,
        State.PARTIALLY_APPROVED: State.WITHDRAWN,
        State.APPROVED: State.WITHDRAWN,
    },
    Event.SEALED: {State.APPROVED: State.APPROVED},
    Event.PROVED: {State.APPROVED: State.APPROVED},
    Event.DELIVERED: {State.APPROVED: State.DELIVERED},
    Event.PASSPHRASE_TOLD: {
        State.APPROVED: State.APPROVED,
        State.DELIVERED: State.DELIVERED,
        State.ACKNOWLEDGED: State.ACKNOWLEDGED,
    },
    Event.RECEIPT: {State.DELIVERED: State.DELIVERED, State.ACKNOWLEDGED: State.ACKNOWLEDGED},
    Event.RECEIPT_REFUSED: {State.DELIVERED: State.DELIVERED, State.ACKNOWLEDGED: State.ACKNOWLEDGED},
    Event.ACKNOWLEDGED: {State.DELIVERED: State.ACKNOWLEDGED},
    Event.DISPUTED: {State.DELIVERED: State.DISPUTED, State.ACKNOWLEDGED: State.DISPUTED},
    Event.RECALLED: {
        State.DELIVERED: State.RECALLED,
        State.ACKNOWLEDGED: State.RECALLED,
        State.DISPUTED: State.RECALLED,
    },
    Event.SUPERSEDED: {
        State.DELIVERED: State.SUPERSEDED,
        State.ACKNOWLEDGED: State.SUPERSEDED,
        State.DISPUTED: State.SUPERSEDED,
        State.RECALLED: State.SUPERSEDED,
        State.REJECTED: State.SUPERSEDED,
        State.WITHDRAWN: State.SUPERSEDED,
    },
}
"""Event → state before → state after. An event that is not listed for a state is refused."""
