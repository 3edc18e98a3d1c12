"""A month's plan: what is due in it, when to build, who approves, where days off fall, what is at risk.

Light: it reads terms, calendar and ledger, and loads no engine."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from gateway.agreement import Day, Due, Standing, due, in_force
from gateway.base.language import say
from gateway.ledger import ReleaseView, states
from gateway.model.period import Period
from gateway.model.release import State
from gateway.release.site.office import Office
from gateway.release.terms.clocks import Row, standings
from gateway.release.terms.opening import current

SENT = frozenset({State.DELIVERED, State.ACKNOWLEDGED})
OPEN = frozenset({Standing.RUNNING, Standing.DUE_SOON, Standing.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``month``: the month of delivery; ``off``: its days off until the due date, None where the year is not known;
    ``rows``: the clocks whose target falls into it, or that are overdue; ``risks``: sentences in both languages."""

    month: Period
    due: Due
    view: ReleaseView | None
    off: tuple[Day, ...] | None
    makeup: tuple[date, ...]
    rows: tuple[Row, ...]
    stewards: tuple[str, ...]
    risks: tuple[tuple[str, str], ...]

    @property
    def workdays(self) -> int | None:
        """The working days from the 1st to the target, None where the year is not known."""
        if self.off is None:
            return None
        span = (self.due.target - self.month.first).days + 1
        return span - sum(day.date <= self.due.target for day in self.off)

    def as_json(self) -> dict[str, Any]:
        """The shape of ``gateway calendar --json``."""
        return {
            "month": str(self.month),
            **self.due.as_json(),
            "release": self.view.release if self.view else None,
            "state": self.view.state.value if self.view else None,
            "build_on": self.month.first.isoformat(),
            "approvers": list(self.stewards),
            "days_off": [day.date.isoformat() for day in self.off] if self.off is not None else None,
            "make_up_days": [day.isoformat() for day in self.makeup],
            "workdays_before_target": self.workdays,
            "clocks": [row_json(row) for row in self.rows],
            "at_risk": [say(*risk) for risk in self.risks],
        }


def row_json(row: Row) -> dict[str, Any]:
    """A clock's shape in ``--json``; a due moment that is not known is null."""
    one, found = row.clock, row.reckoned
    permanent = row.standing is Standing.PERMANENT
    return {
        "agreement": one.agreement,
        "clock": one.rule.name,
        "subject": one.subject,
        "title": say(one.rule.title.zh, one.rule.title.en),
        "clause": one.rule.clause,
        "who": one.rule.who,
        "topic": one.rule.topic,
        "since": one.since.isoformat(),
        "due": found.due.isoformat() if found.due else None,
        "target": None if permanent else found.target.isoformat(),
        "reason": say(*found.reason) if found.reason else None,
        "standing": row.standing.value,
    }


def plan(office: Office, month: Period, now: datetime) -> Plan:
    """The plan of ``month``, in which the month before it is delivered."""
    found = due(office.terms, month.previous, office.calendar)
    view = current(states(office.ledger.entries()), office.terms.release(month.previous))
    off = office.calendar.days_off(month.first, found.due or found.target)
    days = office.calendar.days(month.first, month.last) or ()
    rows = tuple(row for row in standings(office, now) if _belongs(row, month))
    made = Plan(
        month=month,
        due=found,
        view=view,
        off=off,
        makeup=tuple(day.date for day in days if day.makeup),
        rows=rows,
        stewards=office.terms.stewards,
        risks=(),
    )
    return replace(made, risks=_risks(office, made, now))


def _belongs(row: Row, month: Period) -> bool:
    within = month.first <= row.reckoned.target.date() <= month.last
    return row.standing in OPEN and (within or row.standing is Standing.OVERDUE)


def _risks(office: Office, made: Plan, now: datetime) -> tuple[tuple[str, str], ...]:
    target, sent = made.due.target, made.view is not None and made.view.state in SENT
    risks: list[tuple[str, str]] = []
    if not in_force(office.terms, target):
        risks.append(("协议当日不在有效期内，不得提供", "the agreement is not in force then: nothing may be provided"))
        return tuple(risks)
    if made.due.reason:
        risks.append(made.due.reason)
    if made.workdays == 0:
        risks.append(
            ("目标日前没有工作日：提前安排值班签批", "no working day before the target: have stewards on duty")
        )
    elif made.off and any(day.date == made.month.first for day in made.off):
        risks.append(("1日为休息日：由定时任务编制", "the 1st is a day off: the timer builds"))
    if not sent and now.date() > target:
        risks.append(("已过内部目标日，尚未送达", "the target has passed and nothing is delivered"))
    elif not sent and made.view is None and now.date() >= made.month.first + timedelta(days=1):
        risks.append(("尚未编制", "nothing is built yet"))
    overdue = sum(row.standing is Standing.OVERDUE for row in made.rows)
    if overdue:
        risks.append((f"{overdue} 项时限已逾期", f"{overdue} clocks are overdue"))
    last = office.terms.last
    if made.month.first <= last <= made.month.last:
        risks.append((f"协议于 {last} 到期，其后不得提供", f"the agreement ends on {last}: nothing after it"))
    return tuple(risks)
