"""Which release a month is at, and whether one may be built: the policies of opening."""

from collections.abc import Mapping
from datetime import datetime

from gateway.base.errors import InputError, TermsError
from gateway.ledger import ReleaseView
from gateway.model.period import Period
from gateway.model.release import ReleaseId, State

OPEN = frozenset({State.DRAFT, State.BLOCKED, State.RETURNED})
"""A run builds on these."""
STANDING = frozenset({State.SUBMITTED, State.PARTIALLY_APPROVED, State.APPROVED, State.DELIVERED, State.ACKNOWLEDGED})
"""A run leaves these as they are."""
ENDED = frozenset({State.REJECTED, State.WITHDRAWN, State.DISPUTED, State.RECALLED, State.SUPERSEDED})
"""After these, only the next revision, with its reason (``gateway supersede``)."""
SUPERSEDABLE = ENDED | {State.DELIVERED, State.ACKNOWLEDGED}
"""A next revision may follow on these."""


def revisions(views: Mapping[str, ReleaseView], first: ReleaseId) -> list[ReleaseView]:
    """The views of a release and of all its later revisions, in order."""
    parsed = sorted((ReleaseId.parse(name).revision, name) for name in views)
    same = [(revision, name) for revision, name in parsed if _family(ReleaseId.parse(name)) == _family(first)]
    return [views[name] for _, name in same]


def current(views: Mapping[str, ReleaseView], first: ReleaseId) -> ReleaseView | None:
    """The latest revision, or None when none was opened."""
    found = revisions(views, first)
    return found[-1] if found else None


def next_command(view: ReleaseView) -> str | None:
    """What goes on from here."""
    release = ReleaseId.parse(view.release)
    period = release.period
    match view.state:
        case State.DRAFT | State.BLOCKED | State.RETURNED:
            request = f"gateway request run {period.compact}_{release.kind}"
            return f"gateway run {period}" if release.kind == "M" else request
        case State.SUBMITTED | State.PARTIALLY_APPROVED:
            return f"gateway review {view.release}"
        case State.APPROVED:
            return f"gateway deliver {view.release}"
        case State.DELIVERED:
            return "gateway receipts"
        case State.REJECTED | State.WITHDRAWN | State.DISPUTED | State.RECALLED:
            return f"gateway supersede {period} --reason …"
        case State.ACKNOWLEDGED | State.SUPERSEDED:
            return None


def check_month_is_over(period: Period, now: datetime) -> None:
    """Raises InputError for a month that has not ended at ``now``."""
    if now < period.end:
        raise InputError(
            f"{period} 尚未结束，不能统计",
            f"{period} has not ended: its statistics can't be made yet",
            safe=("没有生成任何结果", "nothing was produced"),
            next="gateway run last",
        )


def check_may_build(view: ReleaseView | None, period: Period) -> None:
    """Raises TermsError when the month's latest revision has ended and the next was not opened with a reason."""
    if view is not None and view.state in ENDED:
        raise TermsError(
            f"{view.release} 已是 {view.state}，须说明原因后开出下一版",
            f"{view.release} is {view.state}: the next revision is opened with its reason",
            safe=("已有的批次不受影响", "the releases that exist are untouched"),
            next=f"gateway supersede {period} --reason …",
        )


def _family(release: ReleaseId) -> tuple[str, str, Period, str]:
    return release.division, release.platform, release.period, release.kind
