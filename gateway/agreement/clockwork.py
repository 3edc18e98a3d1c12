"""The clock engine: one for all terms of all agreements. Pure: the time and the calendar are passed in.

How to use it
-------------
1. Declare the term in the agreement file (``[[clocks]]``, see ``gateway.agreement.clock.Clock``): its clause, the event
   that starts it, the rule by which it is due, the event that stops it.
2. When something happens, say so: ``react(agreement, running, Happening(event="completed", subject="H0007",
   at=moment), calendar=…, now=…)`` gives the records that it causes, ``clock.started`` and ``clock.stopped``: an event
   may do both. Append each to the ledger. ``subject`` is what the clock is about (a month, a request, a holding): one
   clock runs once a subject. A clock of kind *set* or *before* needs ``Happening.sets``, the date of the other side.
3. To look: ``fold(records)`` gives every clock ever started (``Running``), from the ledger's entries alone; what the
   rule was stands in the record, so that a later change of the file does not change a term that runs.
   ``reckon(running, calendar)`` says when it is due, ``standing(running, calendar, now)`` how it stands.
4. Once a day or oftener, ``tick(running, calendar, now)`` gives the records of what has become due soon or overdue
   (``clock.warned``, ``clock.overdue``), each once; whoever appends them also tells people.

A clock that does not survive the agreement's end is not started after it.

In the corridor all of this is one call: ``gateway.release.terms.clocks.happen(office, happening, now)`` and ``remind``.

Guarantees: an event that no clock of the agreement knows is refused, as is one in the future, one before the term it
rests on, a date set before the event, and a second start of what runs. A term whose calendar is not known has no due
moment, warns from its start, and is never called overdue."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from gateway.agreement.calendar import Calendar
from gateway.agreement.clock import Clock
from gateway.agreement.deadline import shifted
from gateway.agreement.reckoning import Reckoned, after, before, end_of, known
from gateway.agreement.terms import Agreement
from gateway.base.errors import InputError, TermsError
from gateway.model.period import ZONE

STARTED, STOPPED, MOVED, WARNED, OVERDUE = (
    "clock.started",
    "clock.stopped",
    "clock.moved",
    "clock.warned",
    "clock.overdue",
)
REFUSED = "clock.refused"
RECORDS = frozenset({STARTED, STOPPED, MOVED, WARNED, OVERDUE})
AHEAD = timedelta(days=3)
"""Terms in minutes and hours warn when half of them is left, others so long ahead, unless the file says more."""


class Outcome(StrEnum):
    """Why a clock stopped."""

    DONE = "done"
    WAIVED = "waived"  # the other side does without it
    WITHDRAWN = "withdrawn"  # what started it was taken back


class Standing(StrEnum):
    """How a clock stands at a moment."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    LIFTED = "lifted"  # waived or withdrawn
    PERMANENT = "permanent"


WORDING = {
    Standing.RUNNING: ("进行中", "running"),
    Standing.DUE_SOON: ("即将到期", "due soon"),
    Standing.OVERDUE: ("已逾期", "overdue"),
    Standing.MET: ("按期完成", "met"),
    Standing.MET_LATE: ("逾期完成", "met late"),
    Standing.LIFTED: ("已免除", "lifted"),
    Standing.PERMANENT: ("长期有效", "goes on"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something happened: ``event`` about ``subject`` at ``at`` (aware). ``sets``: a date (until its end) or moment
    that the other side names, or from which a *before* term counts back. ``outcome``: how it stops what it stops."""

    event: str
    subject: str
    at: datetime
    sets: date | datetime | None = None
    outcome: Outcome = Outcome.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A record that belongs into the ledger."""

    kind: str
    body: dict[str, Any]


class Recorded(Protocol):
    """An entry of the ledger, as far as the fold reads it."""

    @property
    def kind(self) -> str:
        """``clock.started`` and so on."""
        ...

    @property
    def body(self) -> Mapping[str, Any]:
        """What it carries."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One clock about one subject. ``rule``: the declaration as it was when it started; ``sets``: the moment that came
    with the event; ``stopped``: when what stopped it happened."""

    agreement: str
    rule: Clock
    subject: str
    since: datetime
    sets: datetime | None
    stopped: datetime | None = None
    outcome: Outcome | None = None
    warned: bool = False
    overdue: bool = False

    @property
    def key(self) -> str:
        """What it is told apart by."""
        return f"{self.rule.name}/{self.subject}"

    @property
    def runs(self) -> bool:
        """Whether it has not stopped."""
        return self.stopped is None


def react(
    agreement: Agreement, running: Mapping[str, Running], happening: Happening, *, calendar: Calendar, now: datetime
) -> list[Step]:
    """The records that ``happening`` causes: what it stops, then what it starts.

    ``running``: as ``fold`` gives it. Raises TermsError for an event that no clock knows, InputError for a moment or
    date that can't be. An event that was recorded already causes nothing."""
    _check(agreement, happening, now)
    starting = [row for row in agreement.all_clocks if row.started_by == happening.event]
    ended = agreement.last_day is not None and happening.at.astimezone(ZONE).date() > agreement.last_day
    stopping = [
        one
        for one in running.values()
        if one.agreement == agreement.id
        and one.runs
        and one.subject == happening.subject
        and one.rule.stopped_by == happening.event
    ]
    if not starting and not any(row.stopped_by == happening.event for row in agreement.all_clocks):
        raise _unknown(agreement, happening.event)
    for one in stopping:
        if happening.at < one.since:
            raise InputError(
                f"{happening.event} 的时间早于时钟 {one.key} 的起点",
                f"{happening.event} is before the start of the clock {one.key}",
                safe=("账本未改变", "the ledger is unchanged"),
            )
    if ended and starting and not stopping and not any(row.survives for row in starting):
        raise _over(agreement, happening.event)
    starting = [row for row in starting if row.survives or not ended]
    return [*(_stop(one, happening) for one in stopping), *_starts(agreement, running, starting, happening, calendar)]


def _starts(
    agreement: Agreement,
    running: Mapping[str, Running],
    starting: list[Clock],
    happening: Happening,
    calendar: Calendar,
) -> Iterator[Step]:
    for row in starting:
        rule = row.model_copy(update={"length": agreement.length(row)})
        before_this = running.get(f"{agreement.id}:{rule.name}/{happening.subject}")
        if before_this and before_this.since == happening.at:
            continue
        if before_this and before_this.runs:
            raise TermsError(
                f"时钟 {before_this.key} 已在进行",
                f"the clock {before_this.key} is running already",
                safe=("账本未改变", "the ledger is unchanged"),
                next="gateway clock list",
            )
        one = Running(
            agreement=agreement.id,
            rule=rule,
            subject=happening.subject,
            since=happening.at,
            sets=_moment(rule, happening),
        )
        due = reckon(one, calendar).due
        body = {
            "agreement": one.agreement,
            "clock": rule.name,
            "subject": one.subject,
            "since": one.since.isoformat(),
            "sets": one.sets.isoformat() if one.sets else None,
            "due": due.isoformat() if due else None,
            "rule": rule.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        }
        yield Step(kind=STARTED, body=body)


def _moment(rule: Clock, happening: Happening) -> datetime | None:
    """The moment that comes with the event, where the rule needs one."""
    if rule.kind not in {"set", "before"}:
        return None
    sets = happening.sets
    if sets is None:
        raise InputError(
            f"{happening.event} 须给出日期：时钟 {rule.name} 依据它计算",
            f"{happening.event} needs a date: the clock {rule.name} rests on it",
            safe=("账本未改变", "the ledger is unchanged"),
        )
    moment = sets.astimezone(ZONE) if isinstance(sets, datetime) else end_of(sets)
    if moment < happening.at:
        raise InputError(
            f"{happening.event} 给出的日期早于事件本身",
            f"the date that {happening.event} sets is before the event itself",
            safe=("账本未改变", "the ledger is unchanged"),
        )
    return moment


def move(one: Running, to: date, reference: str, *, now: datetime) -> Step:
    """The record of a date that the other side has moved, with the reference of its letter. Raises TermsError for a
    clock that has stopped or whose date nobody sets, InputError for a date in the past."""
    if not one.runs or one.sets is None:
        raise TermsError(
            f"时钟 {one.key} 已停止，或其日期不由对方指定",
            f"the clock {one.key} has stopped, or nobody sets its date",
            safe=("账本未改变", "the ledger is unchanged"),
            next="gateway clock list",
        )
    if end_of(to) < now:
        raise InputError("新的日期已过", "the new date has passed", safe=("账本未改变", "the ledger is unchanged"))
    body = {"agreement": one.agreement, "clock": one.rule.name, "subject": one.subject}
    return Step(kind=MOVED, body={**body, "sets": end_of(to).isoformat(), "reference": reference})


def fold(entries: Iterable[Recorded], onto: Mapping[str, Running] | None = None) -> dict[str, Running]:
    """Every clock that the records speak of, by ``agreement:clock/subject``: the last round of each.

    ``onto``: the fold of what was recorded before ``entries``."""
    found = dict(onto or {})
    for entry in entries:
        if entry.kind not in RECORDS:
            continue
        body, key = entry.body, key_of(entry.body)
        if entry.kind == STARTED:
            found[key] = _started(body)
        else:
            found[key] = _carried(found[key], entry.kind, body)
    return found


def key_of(body: Mapping[str, Any]) -> str:
    """``agreement:clock/subject`` of a record's body."""
    return f"{body['agreement']}:{body['clock']}/{body['subject']}"


def _started(body: Mapping[str, Any]) -> Running:
    return Running(
        agreement=body["agreement"],
        rule=Clock.model_validate(body["rule"]),
        subject=body["subject"],
        since=datetime.fromisoformat(body["since"]),
        sets=datetime.fromisoformat(body["sets"]) if body["sets"] else None,
    )


def _carried(one: Running, kind: str, body: Mapping[str, Any]) -> Running:
    if kind == STOPPED:
        return replace(one, stopped=datetime.fromisoformat(body["at"]), outcome=Outcome(body["outcome"]))
    if kind == MOVED:  # what was told of the old date is told again of the new one
        return replace(one, sets=datetime.fromisoformat(body["sets"]), warned=False, overdue=False)
    return replace(one, warned=True) if kind == WARNED else replace(one, overdue=True)


def reckon(one: Running, calendar: Calendar) -> Reckoned:
    """When it is due. A *permanent* clock is due never: its target is the last day of all days."""
    rule = one.rule
    match rule.kind:
        case "permanent":
            return Reckoned(due=None, target=datetime.max.replace(tzinfo=ZONE, microsecond=0))
        case "set":
            return known(one.sets or one.since)
        case "day_of_month":
            nominal = one.since.astimezone(ZONE).date().replace(day=rule.day or 1)
            day, target, reason = shifted(nominal, rule.reading or "published_block", calendar)
            return Reckoned(due=end_of(day) if day else None, target=end_of(target), reason=reason)
        case "at_once" | "within" | "before":
            if rule.length is None or rule.unit is None:
                return known(one.since)
            if rule.kind == "before":
                return before(one.sets or one.since, rule.length, rule.unit, calendar)
            return after(one.since, rule.length, rule.unit, calendar)


def warn_from(one: Running, calendar: Calendar) -> datetime:
    """From when on it counts as due soon."""
    found = reckon(one, calendar)
    if found.reason:
        return one.since
    lead = one.rule.warn
    if lead is not None:
        return before(found.target, lead.length, lead.unit, calendar).target
    short = one.rule.unit in {"minute", "hour"}
    return found.target - ((found.target - one.since) / 2 if short else AHEAD)


def standing(one: Running, calendar: Calendar, now: datetime) -> Standing:
    """How it stands at ``now``; a term whose end is not known yet is never overdue."""
    if one.rule.kind == "permanent":
        return Standing.PERMANENT
    found = reckon(one, calendar)
    if one.stopped is not None:
        if one.outcome is not Outcome.DONE:
            return Standing.LIFTED
        return Standing.MET_LATE if found.due and one.stopped > found.due else Standing.MET
    past = found.due is not None and now.replace(microsecond=0) > found.due
    if one.rule.least:
        return Standing.MET if past else Standing.RUNNING
    if past:
        return Standing.OVERDUE
    return Standing.DUE_SOON if now >= warn_from(one, calendar) else Standing.RUNNING


def tick(running: Iterable[Running], calendar: Calendar, now: datetime) -> list[tuple[Step, Running]]:
    """The records of clocks that have become due soon or overdue and were not recorded as such, with the clock."""
    steps = []
    for one in running:
        stands = standing(one, calendar, now)
        body = {"agreement": one.agreement, "clock": one.rule.name, "subject": one.subject}
        if stands is Standing.OVERDUE and not one.overdue:
            steps.append((Step(kind=OVERDUE, body=body), one))
        elif stands is Standing.DUE_SOON and not one.warned:
            steps.append((Step(kind=WARNED, body=body), one))
    return steps


def _stop(one: Running, happening: Happening) -> Step:
    body = {
        "agreement": one.agreement,
        "clock": one.rule.name,
        "subject": one.subject,
        "at": happening.at.isoformat(),
        "by": happening.event,
        "outcome": happening.outcome.value,
    }
    return Step(kind=STOPPED, body=body)


def _check(agreement: Agreement, happening: Happening, now: datetime) -> None:
    """Moments that can't be: no time zone, in the future, before the agreement began, after it ended."""
    unchanged = ("账本未改变", "the ledger is unchanged")
    if happening.at.tzinfo is None:
        raise InputError("时间须带时区", "a moment needs its time zone", safe=unchanged)
    if happening.at > now:
        raise InputError(f"{happening.event} 的时间在将来", f"{happening.event} lies in the future", safe=unchanged)
    if happening.at.astimezone(ZONE).date() < agreement.term.since:
        raise TermsError(
            f"{happening.event} 的时间早于协议 {agreement.id} 的生效日",
            f"{happening.event} is before agreement {agreement.id} came into force",
            safe=unchanged,
        )


def _over(agreement: Agreement, event: str) -> TermsError:
    return TermsError(
        f"协议 {agreement.id} 已于 {agreement.last_day} 终止，{event} 不再引起任何义务",
        f"agreement {agreement.id} ended on {agreement.last_day}: {event} starts no duty any more",
        safe=("账本未改变", "the ledger is unchanged"),
        next="gateway agreement show",
    )


def _unknown(agreement: Agreement, event: str) -> TermsError:
    known_events = sorted({row.started_by for row in agreement.all_clocks})
    listed = "、".join(known_events)
    return TermsError(
        f"协议 {agreement.id} 没有由 {event} 开始或停止的时钟；已知：{listed}",
        f"agreement {agreement.id} has no clock that {event} starts or stops; known: {listed}",
        safe=("账本未改变", "the ledger is unchanged"),
        next="gateway agreement show",
    )


__all__ = [
    "WORDING",
    "Happening",
    "Outcome",
    "Running",
    "Standing",
    "Step",
    "fold",
    "key_of",
    "move",
    "react",
    "reckon",
    "standing",
    "tick",
    "warn_from",
]
