"""When a term ends: minutes, hours, calendar days, months and working days from a moment, or back from one.

Days are whole days of Asia/Shanghai: the day of the event is not counted and the last day counts until its end (民法典
201, 203); a calendar day that is a day off is not moved on, because the earlier date is safe under every reading. Where
a year's holiday notice is not known a term in working days has no due moment, only a target that no arrangement of
that year can make late."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gateway.agreement.calendar import Calendar
from gateway.agreement.clock import Unit
from gateway.model.period import ZONE

LAST_SECOND = time(23, 59, 59)
LONGEST_REST = 15
"""No arrangement leaves so many days in a row without a working day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """The last moment that is in time. ``due`` is None when a year's notice is not known; ``reason`` (Chinese,
    English) then says so, and ``target`` is provisional; otherwise they are the same."""

    due: datetime | None
    target: datetime
    reason: tuple[str, str] | None = None


def known(moment: datetime) -> Reckoned:
    """A term that ends at ``moment``."""
    return Reckoned(due=moment, target=moment)


def end_of(day: date) -> datetime:
    """The last second of ``day``."""
    return datetime.combine(day, LAST_SECOND, tzinfo=ZONE)


def after(start: datetime, length: int, unit: Unit, calendar: Calendar) -> Reckoned:
    """``length`` ``unit`` after ``start`` (aware)."""
    return _counted(start.astimezone(ZONE), length, unit, calendar)


def before(moment: datetime, length: int, unit: Unit, calendar: Calendar) -> Reckoned:
    """The last moment that is at least ``length`` ``unit`` ahead of ``moment`` (aware)."""
    return _counted(moment.astimezone(ZONE), -length, unit, calendar)


def _counted(start: datetime, length: int, unit: Unit, calendar: Calendar) -> Reckoned:
    match unit:
        case "minute":
            return known(start + timedelta(minutes=length))
        case "hour":
            return known(start + timedelta(hours=length))
        case "day":
            return known(end_of(start.date() + timedelta(days=length)))
        case "month":
            return known(end_of(_months(start.date(), length)))
        case "working_day":
            return _working(start.date(), length, calendar)


def _months(start: date, count: int) -> date:
    """The same day so many months on, or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _working(start: date, count: int, calendar: Calendar) -> Reckoned:
    """So many working days on, or back: a day that is not settled counts as worked going on, as off going back, so that
    the target is never late."""
    step, left, day, years = (1 if count > 0 else -1), abs(count), start, set()
    farthest = LONGEST_REST * (abs(count) + 1)
    while left and abs((day - start).days) < farthest:
        day += timedelta(days=step)
        seen = calendar.settled(day)
        if seen is None:
            years.add(day.year if calendar.source(day.year) is None else day.year + 1)
        left -= seen.working if seen else step > 0
    if not years:
        return known(end_of(day))
    listed = "、".join(map(str, sorted(years)))
    zh = f"{listed} 年放假安排的通知尚未载入，期限未定；{day} 为暂定目标，任何安排都不会使其逾期"
    en = f"the holiday notice for {listed} is not loaded, so the term has no end yet; {day} is safe under any notice"
    return Reckoned(due=None, target=end_of(day), reason=(zh, en))
