"""When a month is due: 每月5日前(遇法定节假日顺延), in each of its three readings, and the operator's target.

Readings are inclusive. The target is the day before the earliest of them, so that no reading makes a release late. For
a year whose notice is not known there is no due date, only a provisional target on the day before the nominal day,
which no shift can make late (FIELD 2)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gateway.agreement.calendar import Calendar, Day
from gateway.agreement.exchange import Reading
from gateway.agreement.permission import in_force
from gateway.agreement.terms import Terms
from gateway.base.language import say
from gateway.model.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The deadline under each reading of 遇法定节假日顺延."""

    statutory_day: date
    published_block: date
    any_rest_day: date

    @property
    def earliest(self) -> date:
        """The earliest of the three."""
        return min(self.statutory_day, self.published_block, self.any_rest_day)

    def chosen(self, name: str) -> date:
        """The one that the agreement names."""
        by_name = {
            "statutory_day": self.statutory_day,
            "published_block": self.published_block,
            "any_rest_day": self.any_rest_day,
        }
        return by_name[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When ``period`` is due. ``nominal``: the unmoved day. ``due`` and ``readings`` are None when the year's notice is
    not known; ``reason`` (Chinese, English) then says so, and ``target`` is provisional. ``within_term``: whether
    the due date (else the target) lies in the agreement's term."""

    period: Period
    nominal: date
    due: date | None
    target: date
    readings: Readings | None
    reason: tuple[str, str] | None
    within_term: bool

    @property
    def provisional(self) -> bool:
        """Whether the target may still move."""
        return self.due is None

    def as_json(self) -> dict[str, Any]:
        """The stable shape of ``gateway deadline --json``; what is not known is null."""
        names = ("statutory_day", "published_block", "any_rest_day")
        found = self.readings
        return {
            "period": str(self.period),
            "nominal": self.nominal.isoformat(),
            "due": self.due.isoformat() if self.due else None,
            "target": self.target.isoformat(),
            "provisional": self.provisional,
            "readings": {name: found.chosen(name).isoformat() if found else None for name in names},
            "reason": say(*self.reason) if self.reason else None,
            "within_term": self.within_term,
        }


def due(terms: Terms, period: Period, calendar: Calendar | None = None) -> Due:
    """When the statistics of ``period`` are due under ``terms`` (三(二) of the main agreement).

    ``calendar``: with the notices that were loaded; the library alone when None."""
    nominal = period.next.first.replace(day=terms.delivery.day)
    calendar = calendar or Calendar()
    chosen, target, reason = shifted(nominal, terms.delivery.reading, calendar)
    return Due(
        period=period,
        nominal=nominal,
        due=chosen,
        target=target,
        readings=readings(nominal, calendar),
        reason=reason,
        within_term=in_force(terms, chosen or target),
    )


def shifted(nominal: date, reading: Reading, calendar: Calendar) -> tuple[date | None, date, tuple[str, str] | None]:
    """(the day that ``nominal`` is moved to under ``reading``, the target, why the first is not known)."""
    found = readings(nominal, calendar)
    target = (found.earliest if found else nominal) - timedelta(days=1)
    if found:
        return found.chosen(reading), target, None
    reason = (
        f"{nominal.year} 年放假安排的通知尚未载入，应报日期未定；{target.isoformat()} 为暂定目标，"
        "任何顺延都不会使其迟报",
        f"the holiday notice for {nominal.year} is not loaded, so there is no due date; {target.isoformat()} is a "
        "provisional target that no shift can make late",
    )
    return None, target, reason


def readings(nominal: date, calendar: Calendar) -> Readings | None:
    """The three readings of a deadline on ``nominal``, or None when a year is not known.

    *statutory_day*: to the next day that is not statutory itself, even if nobody works then. *published_block*: if the
    day lies in a published block, to the next working day. *any_rest_day*: to the next working day (as 民法典 203)."""
    day = calendar.day(nominal)
    statutory = calendar.first(nominal, lambda day: not day.statutory)
    working = calendar.first(nominal, lambda day: day.working)
    if day is None or statutory is None or working is None:
        return None
    block = working if day.holiday else nominal
    return Readings(statutory_day=statutory, published_block=block, any_rest_day=working)


def days_off(start: date, end: date, calendar: Calendar | None = None) -> tuple[Day, ...] | None:
    """The days from ``start`` to ``end``, both included, that nobody works; None when a year is not known."""
    return (calendar or Calendar()).days_off(start, end)
