"""A delivery in spite of an outage: tried again, hour after hour, until it is due; then an alert.

Each attempt that the transfer has ended stands in the ledger (``delivery.failed``): how long an outage of the line or a
full disk lasted can be told and shown afterwards (四(二)5), and that another host key was presented. The alert
(``delivery.alerted``) goes on record before anyone is told. Whatever does not get better by repetition is an alert at
once: nobody sits before an unattended command."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time

from gateway.agreement import due
from gateway.base.errors import GatewayError, TransferError
from gateway.delivery import HostKeyError, LinkError, SpaceError
from gateway.ledger import Entry, ReleaseView
from gateway.model.period import ZONE
from gateway.model.release import Event, ReleaseId
from gateway.release.build.corridor import Body, Book, Clock
from gateway.release.sending.delivering import DONE, Word, deliver
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Progress

FAILED = "delivery.failed"
"""The record of an attempt that the transfer has ended: ``reason`` (the error's code). Of a host key that is not the
pinned one, what an auditor asks for as well: ``shown`` and ``pinned``, fingerprints."""
OUTAGES = frozenset({LinkError.__name__, SpaceError.__name__})
"""The reasons that get better by waiting: only these are an outage. A refused key or login is not."""
ALERTED = "delivery.alerted"
"""The record of an alert: ``reason``, and ``until``, the moment up to which it was tried (null: no time was left)."""
UNTOLD = "delivery.alert_untold"
"""The record of an alert that no message could carry."""
_PINNED_TOLD = 9
"""A text of the ledger is short: no more fingerprints fit into one."""
FIRST, LONGEST = 60.0, 1800.0
"""Seconds: the first pause between two attempts, and the longest."""

Tell = Callable[[str, str], None]
"""Takes a message's title and text to whoever is on duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What the ledger says of a release's outage: ``over`` is None while it lasts; times are ISO 8601."""

    since: str
    last: str
    attempts: int
    alerted: bool
    over: str | None


def deliver_in_time(
    deployment: Deployment,
    release: str,
    clock: Clock,
    progress: Progress,
    *,
    sleep: Callable[[float], None],
    random: Callable[[], float],
    tell: Tell,
) -> ReleaseView:
    """Delivers like ``deliver``, and while the line fails or the inbox is full tries again until the release is due.

    Pauses double from a minute to half an hour; each is between half and all of that. Raises the last error when no
    time is left, and any other error at once, both after an alert by ``tell``."""
    until = last_moment(deployment, release, clock())
    longest = FIRST
    while True:
        try:
            return deliver_once(deployment, release, clock, progress, sleep=sleep, random=random)
        except (LinkError, SpaceError) as error:
            left = (until - clock()).total_seconds() if until else 0.0
            if left < FIRST:
                _alert(deployment, release, error, until, clock, tell)
                raise
        except GatewayError as error:
            _alert(deployment, release, error, until, clock, tell)
            raise
        sleep(min(left, longest * (1 + random()) / 2))
        longest = min(LONGEST, 2 * longest)


def deliver_once(
    deployment: Deployment,
    release: str,
    clock: Clock,
    progress: Progress,
    *,
    sleep: Callable[[float], None],
    random: Callable[[], float],
    word: Word | None = None,
) -> ReleaseView:
    """``deliver``, with its short retries; a transfer that fails after them is put on record."""
    try:
        return deliver(deployment, release, clock, progress, sleep=sleep, random=random, word=word)
    except TransferError as error:
        _record(deployment, FAILED, release, facts(error), clock())
        raise


def facts(error: TransferError) -> Body:
    """What the ledger keeps of a transfer that failed: the error's code, and of a refused host key both fingerprints;
    several pinned ones are separated by spaces."""
    found: Body = {"reason": error.code}
    return (
        found | {"shown": error.shown, "pinned": " ".join(error.pinned[:_PINNED_TOLD])}
        if isinstance(error, HostKeyError)
        else found
    )


def last_moment(deployment: Deployment, release: str, now: datetime) -> datetime | None:
    """Until when it may be tried: the end of the target day, after that of the due day; None when both are over.

    Only the agreement's monthly term is known here: another release is tried once, then there is an alert."""
    parsed = ReleaseId.parse(release)
    if parsed.kind != "M":
        return None
    found = due(deployment.terms, parsed.period)
    days = [day for day in (found.target, found.due) if day is not None]
    ends = [datetime.combine(day, time(23, 59, 59), tzinfo=ZONE) for day in days]
    return next((end for end in ends if end > now), None)


def outage_of(entries: Iterable[Entry], release: str) -> Outage | None:
    """The last outage of a release's delivery, or None: its failed attempts since a file was last proved."""
    found: Outage | None = None
    for entry in entries:
        if entry.release != release or (entry.kind == FAILED and entry.body["reason"] not in OUTAGES):
            continue
        if entry.kind == FAILED and (found is None or found.over):
            found = Outage(since=entry.at, last=entry.at, attempts=1, alerted=False, over=None)
        elif found is None or found.over:
            continue
        elif entry.kind == FAILED:
            found = replace(found, last=entry.at, attempts=found.attempts + 1)
        elif entry.kind == ALERTED:
            found = replace(found, alerted=True)
        elif entry.kind in (Event.PROVED, Event.DELIVERED):
            found = replace(found, over=entry.at)
    return found


def _alert(
    deployment: Deployment, release: str, error: GatewayError, until: datetime | None, clock: Clock, tell: Tell
) -> None:
    """On record first. A message that can't be sent is recorded as well, and hides nothing of ``error``."""
    limit = until.isoformat() if until else None
    _record(deployment, ALERTED, release, {"reason": error.code, "until": limit}, clock())
    view = Book.read(deployment).views.get(release)
    arrived = view is not None and view.state in DONE
    title = f"数据共享网关：{release} {'已送达，记录未完成' if arrived else '未能送达'}"
    lines = (
        error.zh,
        f"期限：{until:%Y-%m-%d}" if until else "期限已过",
        *(() if arrived else ("恢复后立即补送；可预见的中断须提前一个工作日书面告知市局（四(二)5）。",)),
        f"{release} {'has arrived, its records are unfinished' if arrived else 'was not delivered'}: {error.en}",
    )
    try:
        tell(title, "\n".join(lines))
    except GatewayError as untold:
        _record(deployment, UNTOLD, release, {"reason": untold.code}, clock())


def _record(deployment: Deployment, kind: str, release: str, body: Body, now: datetime) -> None:
    deployment.ledger.append(kind, release=release, actor=deployment.settings.operator, body=body, at=now, expect=None)
