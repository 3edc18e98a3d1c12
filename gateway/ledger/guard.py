"""Which event may follow: the states of ``model.release.TRANSITIONS``, and what each event must carry and rest on.

Whether a person may do it is not asked here (the corridor's permissions)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.base.errors import GatewayError
from gateway.ledger.body import Wrong
from gateway.ledger.view import ReleaseView
from gateway.model.release import TRANSITIONS, Event, ReleaseId

_DIGEST = re.compile(r"[0-9a-f]{64}")
DIGESTS = frozenset({"statement", "package", "receipt"})

CARRIES: dict[Event, tuple[str, ...]] = {
    Event.OPENED: (),
    Event.BLOCKED: ("reason",),
    Event.SUBMITTED: ("statement",),
    Event.APPROVED_ONCE: ("statement",),
    Event.APPROVED: ("statement",),
    Event.RETURNED: ("reason",),
    Event.REJECTED: ("reason",),
    Event.WITHDRAWN: ("reason",),
    Event.SEALED: ("package",),
    Event.PROVED: ("package",),
    Event.DELIVERED: ("package",),
    Event.PASSPHRASE_TOLD: ("recipient", "channel"),
    Event.RECEIPT: ("receipt", "disposition"),
    Event.RECEIPT_REFUSED: ("reason",),
    Event.ACKNOWLEDGED: ("receipt",),
    Event.DISPUTED: ("reason",),
    Event.RECALLED: ("reason",),
    Event.SUPERSEDED: ("by",),
}
"""What an event's body must hold (more is allowed); the approving steward is the entry's actor."""


def _same_statement(view: ReleaseView, _actor: str, body: Mapping[str, Any]) -> Wrong | None:
    if body["statement"] == view.statement:
        return None
    return "批准的不是所提交的签批单", "the approval is for another statement than the submitted one"


def _second_steward(view: ReleaseView, actor: str, body: Mapping[str, Any]) -> Wrong | None:
    if any(vote.steward == actor for vote in view.approvals):
        return "同一数据审核员不能批准两次", "one steward can't approve twice"
    return _same_statement(view, actor, body)


def _same_package(view: ReleaseView, _actor: str, body: Mapping[str, Any]) -> Wrong | None:
    return None if body["package"] == view.package else ("不是所密封的数据包", "not the package that was sealed")


def _proved(view: ReleaseView, actor: str, body: Mapping[str, Any]) -> Wrong | None:
    """DESIGN, States of a release: DELIVERED needs the read-back proof."""
    if not view.proofs:
        return "尚无回读证明", "there is no read-back proof yet"
    return _same_package(view, actor, body)


def _unsent(view: ReleaseView, _actor: str, _body: Mapping[str, Any]) -> Wrong | None:
    """What has begun to reach the receiver can only be delivered, then recalled."""
    return ("已开始发送，只能完成发送", "it was being sent: it can only be delivered now") if view.proofs else None


def _sealed(view: ReleaseView, _actor: str, _body: Mapping[str, Any]) -> Wrong | None:
    return None if view.package else ("尚未密封", "nothing is sealed yet")


def _receipted(view: ReleaseView, _actor: str, body: Mapping[str, Any]) -> Wrong | None:
    return None if body["receipt"] in view.receipts else ("没有这份回执", "there is no such receipt")


def _later_revision(view: ReleaseView, _actor: str, body: Mapping[str, Any]) -> Wrong | None:
    """DESIGN, decision 9: the same exchange and period, a later revision."""
    old, wrong = ReleaseId.parse(view.release), ("替代者须为同一批次的后续版本", "only a later revision supersedes")
    try:
        new = ReleaseId.parse(body["by"])
    except GatewayError:
        return wrong
    same = (new.division, new.platform, new.period, new.kind) == (old.division, old.platform, old.period, old.kind)
    return None if same and new.revision > old.revision else wrong


RESTS_ON: dict[Event, Callable[[ReleaseView, str, Mapping[str, Any]], Wrong | None]] = {
    Event.APPROVED_ONCE: _same_statement,
    Event.APPROVED: _second_steward,
    Event.BLOCKED: _unsent,
    Event.WITHDRAWN: _unsent,
    Event.PROVED: _same_package,
    Event.DELIVERED: _proved,
    Event.PASSPHRASE_TOLD: _sealed,
    Event.ACKNOWLEDGED: _receipted,
    Event.SUPERSEDED: _later_revision,
}
"""What must have been recorded before an event, beyond the state."""


def guard(view: ReleaseView | None, event: Event, actor: str, body: Mapping[str, Any]) -> Wrong | None:
    """Why ``event`` may not follow on ``view`` (None: the release does not exist yet), or None when it may."""
    if (view.state if view else None) not in TRANSITIONS[event]:
        state = view.state if view else "—"
        return f"状态 {state} 下不能发生 {event}", f"{event} can't happen in state {state}"
    for key in CARRIES[event]:
        value = body.get(key)
        if not isinstance(value, str) or not value or (key in DIGESTS and not _DIGEST.fullmatch(value)):
            return f"{event} 缺少 {key},或其格式不正确", f"{event} lacks {key}, or it is malformed"
    rests_on = RESTS_ON.get(event)
    return rests_on(view, actor, body) if rests_on and view else None
