"""Which days of a year are statutory holidays: 全国年节及纪念日放假办法, article 2.

The published arrangement (放假安排) says which days are off, not which of them are statutory, hence this table. The
days of the moon's calendar are given by year (GB/T 33661-2017); 清明 is the solar term."""

from datetime import date, timedelta

MOON: dict[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2020: ((1, 25), (6, 25), (10, 1)),
    2021: ((2, 12), (6, 14), (9, 21)),
    2022: ((2, 1), (6, 3), (9, 10)),
    2023: ((1, 22), (6, 22), (9, 29)),
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
}
"""Year → (正月初一, 端午, 中秋) as (month, day)."""

REVISED = 2025
"""From this year on 除夕 and 2 May are statutory too (国务院令第795号)."""


def days(year: int) -> frozenset[date] | None:
    """The statutory holidays of ``year``, or None for a year that the table does not have."""
    if year not in MOON:
        return None
    spring, dragon_boat, mid_autumn = (date(year, *day) for day in MOON[year])
    found = {date(year, 1, 1), _qingming(year), date(year, 5, 1), dragon_boat, mid_autumn}
    found |= {spring + timedelta(days=n) for n in range(3)} | {date(year, 10, n) for n in (1, 2, 3)}
    if year >= REVISED:
        found |= {spring - timedelta(days=1), date(year, 5, 2)}
    return frozenset(found)


def _qingming(year: int) -> date:
    from chinese_calendar import get_solar_terms

    terms = get_solar_terms(date(year, 4, 3), date(year, 4, 7))
    return next(day for day, _ in terms if isinstance(day, date))
