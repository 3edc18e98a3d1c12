"""What the agreement has us tell the other side: the letter is drafted, kept encrypted, and its clocks are started.

A draft is not yet told: once it is sent, ``gateway clock event`` says so (``delay_notified`` and the like). A month
whose delay was told of goes out marked as resupply, with the reason that was given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gateway.agreement import Happening, Terms, due, fold, in_force, reckon
from gateway.agreement.reckoning import after
from gateway.base.canonical import digest
from gateway.base.errors import GatewayError, InputError, TermsError
from gateway.base.files import PRIVATE, write_atomic
from gateway.ledger import Entry, states
from gateway.model.period import ZONE, Period
from gateway.model.release import State
from gateway.release.site.office import Office
from gateway.release.terms import letters
from gateway.release.terms.clocks import check_time, find, happen, refuse
from gateway.release.terms.letters import Letter
from gateway.release.terms.opening import current

DRAFTED, REFUSED = "notice.drafted", "notice.refused"
RESUPPLY = "补送"


class Notice(StrEnum):
    """What can be told."""

    DELAY = "delay"
    FORCE_MAJEURE = "force-majeure"
    RECTIFIED = "rectified"
    BREACH = "breach"
    MISUSE = "misuse"
    RENEWAL = "renewal"
    TERMINATION = "termination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person gives: ``subject`` the month, letter or matter; ``reason`` what happened or was done (no data);
    ``at`` when it happened; ``until`` the new or last date."""

    notice: Notice
    subject: str
    reason: str
    at: datetime
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text, and the event that says that it was sent (None: none of the agreement's clocks waits for it)."""

    text: str
    sent: str | None


def draft(office: Office, told: Told, now: datetime) -> Draft:
    """Drafts the letter and starts its clocks. What can't be is refused and recorded: TermsError, InputError."""
    ledger, operator = office.ledger, office.settings.operator
    try:
        check_time(ledger, now)
        if told.at > now:
            raise InputError("事件的时间在将来", "it lies in the future", safe=("没有记录", "nothing was recorded"))
        letter, event, sent = _letter(office, told, now)
        if event is not None:
            happen(office, office.terms.id, event, actor=operator, now=now)
    except GatewayError as error:
        refuse(ledger, error, actor=operator, now=now, what=told.notice, kind=REFUSED)
        raise
    text = letter.text()
    name = f"{told.notice}-{digest(text.encode())[:16]}"
    path = office.var / "letters" / f"{name}.sealed"
    write_atomic(path, office.keyring.seal(text.encode(), f"letter/{name}"), mode=PRIVATE)
    body = {
        "notice": told.notice.value,
        "subject": told.subject,
        "reason": told.reason,
        "until": told.until.isoformat() if told.until else None,
        "letter": digest(text.encode()),
    }
    ledger.append(DRAFTED, actor=operator, body=body, at=now, expect=ledger.head())
    return Draft(text=text, sent=sent)


def resupply(entries: Iterable[Entry], period: Period) -> str | None:
    """The reason with which a month is marked as resupply: that of the last delay that was told of; None: not late."""
    told = [e for e in entries if e.kind == DRAFTED and (e.body["notice"], e.body["subject"]) == ("delay", str(period))]
    return f"{RESUPPLY}：{told[-1].body['reason']}" if told else None


def _letter(office: Office, told: Told, now: datetime) -> tuple[Letter, Happening | None, str | None]:
    terms, day = office.terms, now.astimezone(ZONE).date()
    match told.notice:
        case Notice.DELAY:
            return _delay(office, told, now)
        case Notice.FORCE_MAJEURE:
            event = Happening(event="force_majeure", subject=told.subject, at=told.at)
            evidence = _evidence(office, told)
            letter = letters.force_majeure(terms, told.at, told.reason, evidence, day)
            return letter, event, "force_majeure_notified"
        case Notice.RECTIFIED:
            running = fold(office.ledger.entries()).values()
            keys = [
                one.key for one in running if one.subject == told.subject and one.runs and one.rule.who == "provider"
            ]
            one = find(running, keys[0] if keys else told.subject)
            until = reckon(one, office.calendar).target.date()
            letter = letters.rectified(terms, told.subject, one.since.astimezone(ZONE).date(), until, told.reason, day)
            return letter, None, one.rule.stopped_by
        case Notice.BREACH | Notice.MISUSE:
            started = "breach_told" if told.notice is Notice.BREACH else "misuse_told"
            rule = next((row for row in terms.all_clocks if row.started_by == started), None)
            if rule is None:
                raise _no_clock(terms, started)
            event = Happening(event=started, subject=told.subject, at=told.at)
            return letters.breach(terms, rule, told.reason, told.until, day), event, rule.stopped_by
        case Notice.RENEWAL:
            if not in_force(terms, day):
                raise _ended(terms)
            return letters.renewal(terms, day), None, "renewal_settled"
        case Notice.TERMINATION:
            return letters.termination(terms, told.until or terms.last, told.reason, day), None, None


def _delay(office: Office, told: Told, now: datetime) -> tuple[Letter, Happening | None, str]:
    """四(二)5. The clock of one working day ahead runs only where the delay was foreseen: up to the due day."""
    terms, period = office.terms, Period.parse(told.subject)
    found = due(terms, period, office.calendar)
    last = found.due or found.target
    view = current(states(office.ledger.entries()), terms.release(period))
    if view is not None and view.state in {State.DELIVERED, State.ACKNOWLEDGED}:
        raise TermsError(
            f"{period} 已送达，不是迟报",
            f"{period} was delivered: it is not late",
            safe=("没有记录", "nothing was recorded"),
        )
    if told.until is None or told.until <= last:
        raise InputError(
            f"新的提供日期须晚于应报期限 {last}",
            f"the new date has to be after the due date {last}",
            safe=("没有记录", "nothing was recorded"),
        )
    if not in_force(terms, told.until):
        raise _ended(terms)
    letter = letters.delay(terms, f"{period.zh}数据", last, told.until, told.reason, now.astimezone(ZONE).date())
    foreseen = told.at.astimezone(ZONE).date() <= last
    event = Happening(event="delay_foreseen", subject=told.subject, at=told.at, sets=last) if foreseen else None
    return letter, event, "delay_notified"


def _evidence(office: Office, told: Told) -> date | None:
    rule = office.terms.clock("force_majeure_evidence")
    if rule is None:
        raise _no_clock(office.terms, "force_majeure")
    length = office.terms.length(rule)
    if length is None or rule.unit is None:
        return None
    return after(told.at, length, rule.unit, office.calendar).target.date()


def _no_clock(terms: Terms, event: str) -> TermsError:
    return TermsError(
        f"协议 {terms.id} 没有 {event} 的时限",
        f"agreement {terms.id} has no clock for {event}",
        safe=("没有记录", "nothing was recorded"),
        next="gateway agreement show",
    )


def _ended(terms: Terms) -> TermsError:
    return TermsError(
        f"协议 {terms.id} 至 {terms.last},其后不再提供",
        f"agreement {terms.id} ends on {terms.last}: nothing is provided after it",
        safe=("没有记录", "nothing was recorded"),
        next="gateway agreement show",
    )
