"""Working days, make-up days, published holidays and statutory days, for the years whose notice is known.

A year is known when its notice was loaded, or when ``chinesecalendar`` has the whole of it. For any other year every
answer is None: nothing is guessed."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from gateway.agreement import statutory
from gateway.agreement.notice import Notice, Notices
from gateway.base.errors import ConfigurationError
from gateway.base.toml import load_toml

FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}
"""The library's names → the notices' names."""

LONGEST_WALK = 400
UNSETTLED = (12, 24)
"""From this day on the next year's notice may still change a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What is known of a day. ``holiday``: the published block that it lies in; ``makeup``: a weekend day that is
    worked (调休); ``statutory``: a statutory holiday itself."""

    date: date
    working: bool
    holiday: str | None
    makeup: bool
    statutory: bool

    def as_json(self) -> dict[str, str | bool | None]:
        """Its shape in ``--json``."""
        return {"day": self.date.isoformat(), "holiday": self.holiday, "statutory": self.statutory}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The calendar with the notices that were loaded, beside the years of the library."""

    notices: tuple[Notice, ...] = ()

    def source(self, year: int) -> str | None:
        """Where the year's arrangement comes from: the notice's number or ``chinesecalendar``; None: not known."""
        notice = self._notice(year)
        if notice:
            return notice.number
        known = statutory.days(year) is not None and _library_has(year)
        return "chinesecalendar" if known else None

    def day(self, day: date) -> Day | None:
        """What is known of ``day``, or None when its year is not known."""
        if self.source(day.year) is None:
            return None
        notice = self._notice(day.year)
        # a notice may reach into the last days of the year before
        block = next((block for known in self.notices if (block := known.block(day))), None)
        makeup = any(day in known.workdays for known in self.notices)
        holiday = block.name if block else None
        if notice is None and not block and not makeup:
            holiday, makeup = _library(day)
        legal = notice.statutory_days if notice else statutory.days(day.year) or frozenset()
        working = makeup or (holiday is None and day.weekday() < 5)
        return Day(date=day, working=working, holiday=holiday, makeup=makeup, statutory=day in legal)

    def settled(self, day: date) -> Day | None:
        """What is known of ``day`` for good: None also in a year's last days while the next year's notice, which may
        reach into them (as in 2018), is not known."""
        if (day.month, day.day) >= UNSETTLED and self.source(day.year + 1) is None:
            return None
        return self.day(day)

    def first(self, start: date, fits: Callable[[Day], bool], step: int = 1) -> date | None:
        """The first day from ``start`` on (``step`` -1: backwards) that fits; None when an unknown year comes first."""
        for distance in range(LONGEST_WALK):
            day = self.day(start + timedelta(days=step * distance))
            if day is None or fits(day):
                return day.date if day else None
        return None

    def workday(self, start: date, count: int) -> date | None:
        """The ``count``-th working day after ``start`` (negative: before it), or None when a year is not known."""
        step, found = (1, start) if count > 0 else (-1, start)
        for _ in range(abs(count)):
            following = self.first(found + timedelta(days=step), lambda day: day.working, step)
            if following is None:
                return None
            found = following
        return found

    def days(self, start: date, end: date) -> tuple[Day, ...] | None:
        """All days from ``start`` to ``end``, both included, or None when a year is not known."""
        days = [self.day(day) for day in _span(start, end)]
        known = tuple(day for day in days if day is not None)
        return known if len(known) == len(days) else None

    def days_off(self, start: date, end: date) -> tuple[Day, ...] | None:
        """The days from ``start`` to ``end``, both included, that nobody works, or None when a year is not known."""
        days = self.days(start, end)
        return None if days is None else tuple(day for day in days if not day.working)

    def _notice(self, year: int) -> Notice | None:
        return next((notice for notice in self.notices if notice.year == year), None)


def load_calendar(path: Path | None = None, *, verify: Callable[[bytes], object] | None = None) -> Calendar:
    """The calendar with the override file at ``path`` (FIELD 2), or the library alone.

    ``verify`` is given the file's exact bytes before they are read and raises when their signature does not hold.
    Raises ConfigurationError naming file and line of every mistake, and for a notice that contradicts the library."""
    if path is None:
        return Calendar()
    loaded = Calendar(notices=load_toml(path, Notices, verify=verify).notice)
    for notice in loaded.notices:
        _check_agrees(path, notice.year, loaded)
    return loaded


def _check_agrees(path: Path, year: int, loaded: Calendar) -> None:
    """Raises ConfigurationError when both the library and the notice have the year and they differ: one is wrong."""
    library = Calendar()
    if library.source(year) is None:
        return
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if monthrange(year, 2)[1] == 29 else 365)]
    differ = [day.isoformat() for day in days if _work(loaded, day) != _work(library, day)]
    if differ:
        listed = "、".join(differ[:5]) + (" …" if differ[5:] else "")
        raise ConfigurationError(
            f"{path}: {year} 年的通知与 chinesecalendar 不一致，共 {len(differ)} 天：{listed}",
            f"{path}: the notice for {year} contradicts chinesecalendar on {len(differ)} days: {listed}",
            safe=("这份放假通知没有被采用", "this holiday notice is not used"),
            next=(
                "核对国务院通知；若通知已被修改，请更新 chinesecalendar",
                "check the notice, or update chinesecalendar",
            ),
        )


def _work(calendar: Calendar, day: date) -> tuple[bool, bool]:
    seen = calendar.day(day)
    return (seen.working, seen.holiday is not None) if seen else (False, False)


@cache
def _library_has(year: int) -> bool:
    """Whether the library has the whole of ``year``: a release may carry single days of the year after its last."""
    from chinese_calendar import holidays

    needed = {date(year, 1, 1), date(year, 5, 1), *(date(year, 10, day) for day in (1, 2, 3))}
    needed |= statutory.days(year) or frozenset()
    return all(day in holidays for day in needed)


def _library(day: date) -> tuple[str | None, bool]:
    """(published holiday, whether it is a make-up day) by the library."""
    from chinese_calendar import holidays, workdays

    name = holidays.get(day)
    return (FESTIVALS.get(name, name) if name else None), day in workdays


def _span(start: date, end: date) -> Iterator[date]:
    for distance in range((end - start).days + 1):
        yield start + timedelta(days=distance)
