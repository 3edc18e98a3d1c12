"""The clocks of a deployment: what happened is recorded, what time and the ledger bring about follows by itself.

Three kinds of happenings drive them. People tell what they know (``happen``): a letter came, an outage ended. The
ledger tells what the gateway did (``from_ledger``): a release was delivered, acknowledged, recalled, disputed. Time
tells the rest (``from_time``): a month ended, the term ends. ``standings`` shows all of it without writing anything;
``due_now`` records it and gives what people have to be told of, ``record_told`` that they were."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gateway.agreement import (
    Agreement,
    Calendar,
    Happening,
    Outcome,
    Reckoned,
    Running,
    Standing,
    Step,
    Terms,
    fold,
    in_force,
    react,
    reckon,
    standing,
    tick,
)
from gateway.agreement.clockwork import MOVED, REFUSED, key_of, move
from gateway.base.errors import GatewayError, InputError, TermsError
from gateway.ledger import Entry, Ledger, head_of
from gateway.model.period import ZONE, Period
from gateway.model.release import Event, ReleaseId
from gateway.release.site.office import Office

_CLOSED = frozenset({Event.ACKNOWLEDGED, Event.SUPERSEDED, Event.WITHDRAWN, Event.REJECTED})
"""What a release ends with: from then on its extract and feeds are kept for corrections only."""
CONFIRMED = "recall.confirmed"
"""The record that a receiver confirmed that recalled data are deleted."""
GATEWAY = "gateway"
"""The actor of what follows by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A clock as it stands at a moment."""

    clock: Running
    reckoned: Reckoned
    standing: Standing


def happen(office: Office, agreement: str, happening: Happening, *, actor: str, now: datetime) -> list[Running]:
    """Records what somebody says has happened; the clocks that it started or stopped.

    Raises what ``react`` raises, and InputError when this machine's clock has gone back; each refusal is recorded."""
    terms, ledger = office.agreement(agreement), office.ledger
    try:
        check_time(ledger, now)
        _catch_up(office, terms, ledger, now)
        entries = ledger.entries()
        steps = react(terms, fold(entries), happening, calendar=office.calendar, now=now)
    except GatewayError as error:
        refuse(ledger, error, actor=actor, now=now, what=f"{agreement} {happening.event}")
        raise
    _append(ledger, entries, steps, actor, now)
    touched = {key_of(step.body) for step in steps}
    return [one for key, one in fold(ledger.entries()).items() if key in touched]


def postpone(office: Office, key: str, to: date, reference: str, *, actor: str, now: datetime) -> Running:
    """Records that the other side has moved the date of a clock, by a letter with that reference."""
    ledger = office.ledger
    entries = ledger.entries()
    try:
        check_time(ledger, now)
        one = find(fold(entries).values(), key)
        step = move(one, to, reference, now=now)
    except GatewayError as error:
        refuse(ledger, error, actor=actor, now=now, what=MOVED)
        raise
    _append(ledger, entries, [step], actor, now)
    return find(fold(ledger.entries()).values(), key)


def find(running: Iterable[Running], key: str) -> Running:
    """The clock ``name/subject``, or ``agreement:name/subject``. Raises TermsError."""
    for one in running:
        if key in (one.key, f"{one.agreement}:{one.key}"):
            return one
    raise TermsError(f"没有时钟 {key}", f"there is no clock {key}", next="gateway clock list")


def standings(office: Office, now: datetime) -> list[Row]:
    """Every clock as it stands at ``now``, what has not been recorded yet included; the earliest target first."""
    entries: Sequence[Entry | Step] = office.ledger.entries()
    for terms in office.agreements:
        entries = [*entries, *_following(terms, office.calendar, entries, office.ledger.entries(), now)]
    rows = [
        Row(clock=one, reckoned=reckon(one, office.calendar), standing=standing(one, office.calendar, now))
        for one in fold(entries).values()
    ]
    return sorted(rows, key=lambda row: (row.reckoned.target, row.clock.key))


def due_now(office: Office, now: datetime) -> list[Row]:
    """Records what time and the ledger have brought about; the clocks that have become due soon or overdue and of which
    nobody was told. Raises InputError when this machine's clock has gone back."""
    ledger = office.ledger
    try:
        check_time(ledger, now)
    except InputError as error:
        refuse(ledger, error, actor=GATEWAY, now=now, what="remind")
        raise
    for terms in office.agreements:
        _catch_up(office, terms, ledger, now)
    calendar = office.calendar
    ticked = [one for _, one in tick(fold(ledger.entries()).values(), calendar, now)]
    return [Row(clock=one, reckoned=reckon(one, calendar), standing=standing(one, calendar, now)) for one in ticked]


def record_told(office: Office, rows: Iterable[Row], now: datetime) -> None:
    """Records that people were told of these clocks, once each."""
    entries = office.ledger.entries()
    told = {row.clock.key for row in rows}
    steps = [step for step, one in tick(fold(entries).values(), office.calendar, now) if one.key in told]
    _append(office.ledger, entries, steps, GATEWAY, now)


def check_time(ledger: Ledger, now: datetime) -> None:
    """Raises InputError when ``now`` lies before the ledger's last entry: every term would be reckoned wrongly."""
    entries = ledger.entries()
    if entries and now < datetime.fromisoformat(entries[-1].at):
        raise InputError(
            f"本机时间 {now.astimezone(ZONE):%Y-%m-%d %H:%M} 早于账本的最后一条记录：时钟被拨回",
            f"this machine's time {now.astimezone(ZONE):%Y-%m-%d %H:%M} is before the ledger's last entry: moved back",
            safe=("没有记录任何事件", "no event was recorded"),
            next=("校准本机时间后重试", "set the machine's clock right, then repeat the command"),
        )


def refuse(ledger: Ledger, error: GatewayError, *, actor: str, now: datetime, what: str, kind: str = REFUSED) -> None:
    """Records that something was refused and why; control characters and long runs of digits are left out."""
    entries = ledger.entries()
    at = max(now, datetime.fromisoformat(entries[-1].at)) if entries else now
    body = {"error": error.code, "what": _plain(what, 200), "reason": _plain(error.en, 400)}
    ledger.append(kind, actor=actor, body=body, at=at, expect=head_of(entries))


def from_ledger(entries: Iterable[Entry]) -> Iterator[Happening]:
    """What the gateway did, as the clocks call it. A month's clock is about the month, others about the release."""
    for entry in entries:
        if entry.release is None:
            continue
        if entry.kind in (Event.DISPUTED, Event.RECALLED, Event.SUPERSEDED):  # none is waited for any more
            gone = datetime.fromisoformat(entry.at)
            yield Happening(event="receipt_given", subject=entry.release, at=gone, outcome=Outcome.WITHDRAWN)
        if entry.kind in _CLOSED:
            yield Happening(event="release_closed", subject=entry.release, at=datetime.fromisoformat(entry.at))
        release, at = ReleaseId.parse(entry.release), datetime.fromisoformat(entry.at)
        if entry.kind == Event.DELIVERED:
            yield Happening(event="receipt_awaited", subject=entry.release, at=at)
            if release.kind == "M":
                yield Happening(event="delivered", subject=str(release.period), at=at)
                yield Happening(event="resupplied", subject=str(release.period), at=at)
            else:
                yield Happening(event="request_closed", subject=f"{release.period.compact}_{release.kind}", at=at)
        elif entry.kind == Event.ACKNOWLEDGED:
            yield Happening(event="acknowledged", subject=entry.release, at=at)
            yield Happening(event="receipt_given", subject=entry.release, at=at)
        elif entry.kind == Event.RECALLED:
            yield Happening(event="recalled", subject=entry.release, at=at)
            if until := entry.body.get("until"):
                by = date.fromisoformat(until)
                yield Happening(event="rectification_demanded", subject=entry.release, at=at, sets=by)
        elif entry.kind == CONFIRMED:
            yield Happening(event="recall_confirmed", subject=entry.release, at=at)
        elif entry.kind == Event.DISPUTED:
            yield Happening(event="disputed", subject=entry.release, at=at)
        elif entry.kind == Event.SUPERSEDED:
            yield Happening(event="dispute_settled", subject=entry.release, at=at)
            yield Happening(event="rectified", subject=entry.release, at=at)


def from_time(terms: Agreement, since: Period, now: datetime) -> Iterator[Happening]:
    """What time brings about until ``now``: the term begins, each month from ``since`` on ends, the term ends."""
    began, last = _start_of(terms.term.since), terms.last_day
    if began <= now:
        yield Happening(event="term_began", subject=terms.id, at=began)
    for amendment in terms.amendments:
        signed = _start_of(amendment.effective)
        if amendment.until and signed <= now:
            yield Happening(event="renewal_settled", subject=str(terms.term.until), at=signed)
    if last and began <= now:
        yield Happening(event="term_set", subject=str(last), at=began, sets=last)
    month = since
    while month.end <= now:
        if in_force(terms, month.end.date()):
            yield Happening(event="month_ended", subject=str(month), at=month.end)
        month = month.next
    if last and _start_of(last + timedelta(days=1)) <= now:
        ended = _start_of(last + timedelta(days=1))
        lapsed = Outcome.WITHDRAWN
        yield Happening(event="renewal_settled", subject=str(last), at=ended, outcome=lapsed)
        yield Happening(event="term_ended", subject=terms.id, at=ended)
        yield Happening(event="provision_stopped", subject=terms.id, at=ended)


def _following(
    terms: Agreement, calendar: Calendar, recorded: Iterable[Entry | Step], entries: Sequence[Entry], now: datetime
) -> list[Step]:
    """The records that time and the ledger cause beyond ``recorded``."""
    running, steps = fold(recorded), list[Step]()
    since = _first_month(terms, running, entries, now)
    own = [*from_time(terms, since, now), *(from_ledger(entries) if isinstance(terms, Terms) else ())]
    for happening in sorted(own, key=lambda one: one.at):
        if not _matters(terms, running, happening):
            continue
        found = react(terms, running, happening, calendar=calendar, now=max(now, happening.at))
        steps += found
        running = fold(found, running)
    return steps


def _first_month(terms: Agreement, running: Mapping[str, Running], entries: Iterable[Entry], now: datetime) -> Period:
    """The first month that was begun here; the one before this when none was. Earlier ones are somebody else's."""
    begun = [ReleaseId.parse(entry.release).period for entry in entries if entry.release]
    begun += [Period.parse(one.subject) for one in running.values() if one.key.startswith("delivery/")]
    return min(begun, default=Period(year=now.astimezone(ZONE).year, month=now.astimezone(ZONE).month).previous)


def _matters(terms: Agreement, running: dict[str, Running], happening: Happening) -> bool:
    """Whether the agreement has a clock for it: one to start that has never run, or one that runs to stop."""
    for row in terms.all_clocks:
        one = running.get(f"{terms.id}:{row.name}/{happening.subject}")
        if row.started_by == happening.event and one is None:
            return True
        if row.stopped_by == happening.event and one is not None and one.runs and happening.at >= one.since:
            return True
    return False


def _catch_up(office: Office, terms: Agreement, ledger: Ledger, now: datetime) -> None:
    entries = ledger.entries()
    _append(ledger, entries, _following(terms, office.calendar, entries, entries, now), GATEWAY, now)


def _append(ledger: Ledger, entries: Sequence[Entry], steps: Iterable[Step], actor: str, now: datetime) -> None:
    """Appends the records, the first on exactly the head that was read."""
    head = head_of(entries)
    for step in steps:
        head = ledger.append(step.kind, actor=actor, body=step.body, at=now, expect=head)


def _plain(text: str, longest: int) -> str:
    readable = "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in text)
    return re.sub(r"\d{7,}", "…", unicodedata.normalize("NFKC", readable))[:longest]


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)
