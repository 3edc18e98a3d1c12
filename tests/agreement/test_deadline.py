"""The deadline of each month of 2025 and 2026 under the three readings, and what happens beyond the known years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.agreement import Calendar, Terms, days_off, due
from gateway.model.period import Period

# (the month that the data are about; statutory_day, published_block, any_rest_day)
DEADLINES = [
    ("2024-12", "2025-01-05", "2025-01-05", "2025-01-06"),
    ("2025-01", "2025-02-05", "2025-02-05", "2025-02-05"),
    ("2025-02", "2025-03-05", "2025-03-05", "2025-03-05"),
    ("2025-03", "2025-04-05", "2025-04-07", "2025-04-07"),
    ("2025-04", "2025-05-05", "2025-05-06", "2025-05-06"),
    ("2025-05", "2025-06-05", "2025-06-05", "2025-06-05"),
    ("2025-06", "2025-07-05", "2025-07-05", "2025-07-07"),
    ("2025-07", "2025-08-05", "2025-08-05", "2025-08-05"),
    ("2025-08", "2025-09-05", "2025-09-05", "2025-09-05"),
    ("2025-09", "2025-10-05", "2025-10-09", "2025-10-09"),
    ("2025-10", "2025-11-05", "2025-11-05", "2025-11-05"),
    ("2025-11", "2025-12-05", "2025-12-05", "2025-12-05"),
    ("2025-12", "2026-01-05", "2026-01-05", "2026-01-05"),
    ("2026-01", "2026-02-05", "2026-02-05", "2026-02-05"),
    ("2026-02", "2026-03-05", "2026-03-05", "2026-03-05"),
    ("2026-03", "2026-04-06", "2026-04-07", "2026-04-07"),
    ("2026-04", "2026-05-05", "2026-05-06", "2026-05-06"),
    ("2026-05", "2026-06-05", "2026-06-05", "2026-06-05"),
    ("2026-06", "2026-07-05", "2026-07-05", "2026-07-06"),
    ("2026-07", "2026-08-05", "2026-08-05", "2026-08-05"),
    ("2026-08", "2026-09-05", "2026-09-05", "2026-09-07"),
    ("2026-09", "2026-10-05", "2026-10-08", "2026-10-08"),
    ("2026-10", "2026-11-05", "2026-11-05", "2026-11-05"),
    ("2026-11", "2026-12-05", "2026-12-05", "2026-12-07"),
]
NAMES = ("statutory_day", "published_block", "any_rest_day")


def by(terms: Terms, reading: str) -> Terms:
    return terms.model_copy(update={"delivery": terms.delivery.model_copy(update={"reading": reading})})


def test_the_table_is_whole():
    assert len(DEADLINES) * len(NAMES) == 72
    assert [row[0] for row in DEADLINES] == sorted({row[0] for row in DEADLINES})


@pytest.mark.parametrize(("period", "statutory", "block", "rest"), DEADLINES)
def test_each_month_under_each_reading(siping, period, statutory, block, rest):
    found = due(siping, Period.parse(period))
    assert found.as_json()["readings"] == dict(zip(NAMES, (statutory, block, rest), strict=True))
    assert (found.reason, found.provisional) == (None, False)
    for name, expected in zip(NAMES, (statutory, block, rest), strict=True):
        chosen = due(by(siping, name), Period.parse(period))
        assert chosen.due == date.fromisoformat(expected)
        assert chosen.target == date.fromisoformat(min(statutory, block, rest)) - timedelta(days=1)


def test_the_agreement_s_reading_is_the_published_block(siping):
    assert siping.delivery.reading == "published_block"
    assert due(siping, Period.parse("2026-06")).due == date(2026, 7, 5)  # a plain Sunday: no block moves it
    assert due(siping, Period.parse("2026-09")).due == date(2026, 10, 8)


@pytest.mark.parametrize("period", ["2026-12", "2027-05", "2031-01", "2018-01"])
def test_a_year_without_its_notice_has_no_due_date_but_a_target_that_no_shift_makes_late(siping, period):
    found = due(siping, Period.parse(period))
    nominal = Period.parse(period).next.first.replace(day=5)
    assert (found.due, found.readings, found.provisional) == (None, None, True)
    assert found.target == nominal.replace(day=4)
    assert found.reason is not None
    assert all(str(nominal.year) in text for text in found.reason)
    document = found.as_json()
    assert document["due"] is None
    assert document["readings"] == dict.fromkeys(NAMES)


def test_whether_the_due_date_lies_in_the_term_is_said(siping):
    assert due(siping, Period.parse("2025-12")).within_term  # the agreement's first delivery
    assert not due(siping, Period.parse("2025-11")).within_term
    assert due(siping, Period.parse("2027-11")).within_term
    assert not due(siping, Period.parse("2027-12")).within_term  # 八1: nothing is provided after the end


@given(month=st.integers(0, 12 * 16))
def test_no_reading_is_before_the_fifth_and_none_makes_the_target_late(siping, month):
    found = due(siping, Period(year=2018 + month // 12, month=month % 12 + 1))
    assert found.target >= found.nominal - timedelta(days=1)
    if found.readings:
        values = [getattr(found.readings, name) for name in NAMES]
        assert found.nominal <= min(values)
        assert found.target < min(values)
        assert found.due in values
        assert found.readings.statutory_day <= found.readings.any_rest_day
        assert found.readings.published_block <= found.readings.any_rest_day
    else:
        assert found.target.day == 4


def test_the_trap_months_have_no_working_day_before_the_fifth():
    calendar = Calendar()
    months = [(y, m) for y in (2025, 2026) for m in range(1, 13)]
    idle = [(y, m) for y, m in months if not any(d.working for d in calendar.days(date(y, m, 1), date(y, m, 4)))]
    assert idle == [(2025, 2), (2025, 5), (2025, 10), (2026, 5), (2026, 10)]


def test_days_off_in_between(siping):
    found = due(siping, Period.parse("2026-09"))
    off = days_off(date(2026, 10, 1), found.due)
    assert [day.date.day for day in off] == [1, 2, 3, 4, 5, 6, 7]
    assert off[0].as_json() == {"day": "2026-10-01", "holiday": "国庆节", "statutory": True}
    assert off[4].as_json() == {"day": "2026-10-05", "holiday": "国庆节", "statutory": False}
    assert days_off(date(2026, 9, 5), date(2026, 9, 6))[0].holiday is None  # a plain weekend
    assert days_off(date(2026, 10, 8), date(2026, 10, 1)) == ()
    assert days_off(date(2026, 12, 31), date(2027, 1, 4)) is None
