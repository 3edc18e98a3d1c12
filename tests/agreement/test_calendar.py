"""Working days, make-up days and statutory days; notices that are loaded, and the slips that are found in them."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.agreement import Calendar, due, load_calendar, statutory
from gateway.agreement.deadline import readings, shifted
from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.model.period import Period

# a made-up arrangement of 2027 in the notice's shape; its real one was not out when this was written
NOTICE = """format = "gateway-calendar/1"

[[notice]]
year = 2027
number = "示例〔2026〕1号"
published = 2026-11-25
workdays = [2026-12-26, 2027-02-20, 2027-10-09]

[[notice.blocks]]
name = "元旦"
first = 2026-12-31
last = 2027-01-03

[[notice.blocks]]
name = "春节"
first = 2027-02-05
last = 2027-02-11

[[notice.blocks]]
name = "清明节"
first = 2027-04-03
last = 2027-04-05

[[notice.blocks]]
name = "劳动节"
first = 2027-05-01
last = 2027-05-05

[[notice.blocks]]
name = "端午节"
first = 2027-06-09
last = 2027-06-09

[[notice.blocks]]
name = "中秋节"
first = 2027-09-15
last = 2027-09-15

[[notice.blocks]]
name = "国庆节"
first = 2027-10-01
last = 2027-10-07
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "calendar.toml"
    path.write_text(NOTICE, encoding="utf-8")
    return path


@pytest.mark.parametrize("year", range(2020, 2027))
def test_every_day_of_the_known_years_is_worked_or_off_as_the_library_says(year):
    calendar = Calendar()
    assert calendar.source(year) == "chinesecalendar"
    for day in calendar.days(date(year, 1, 1), date(year, 12, 31)):
        assert day.working == chinese_calendar.is_workday(day.date)
        assert (day.holiday is not None) == (day.date in chinese_calendar.holidays)
        assert not (day.statutory and day.working)


@pytest.mark.parametrize("year", range(2020, 2031))
def test_a_year_has_its_statutory_days(year):
    days = statutory.days(year)
    meeting = year in {2020, 2028}  # 中秋 on a National Day
    assert len(days) + meeting == (13 if year >= 2025 else 11)
    assert {date(year, 1, 1), date(year, 5, 1), date(year, 10, 3)} <= days


DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
"""The years that the library has whole with their statutory days, and 2027 with and without its notice below."""


def known_or_loaded(tmp_path: Path) -> list[Calendar]:
    path = tmp_path / "calendar.toml"
    path.write_text(NOTICE, encoding="utf-8")
    return [Calendar(), load_calendar(path)]


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(year=st.integers(2019, 2028), month=st.integers(1, 12), number=st.integers(1, 28))
def test_no_due_date_falls_where_its_reading_says_that_it_can_not(tmp_path, year, month, number):
    """Whatever day of the month an agreement sets: under *published_block* never in a published holiday, under
    *any_rest_day* never on a day off, under *statutory_day* never on a statutory day; the target is before all three.
    A year that is neither in the library nor loaded has none of them."""
    nominal = date(year, month, number)
    for calendar in known_or_loaded(tmp_path):
        found = readings(nominal, calendar)
        if calendar.source(year) is None:
            assert found is None
            for reading in ("statutory_day", "published_block", "any_rest_day"):
                day, target, reason = shifted(nominal, reading, calendar)
                assert (day, target) == (None, nominal - timedelta(days=1))
                assert reason is not None
            continue
        if found is None:  # the day is moved into a year that is not known
            assert month == 12
            continue
        assert calendar.day(found.published_block).holiday is None
        assert calendar.day(found.any_rest_day).working
        assert not calendar.day(found.statutory_day).statutory
        for reading in ("statutory_day", "published_block", "any_rest_day"):
            day, target, _ = shifted(nominal, reading, calendar)
            assert day == found.chosen(reading) >= nominal
            assert target < min(found.statutory_day, found.published_block, found.any_rest_day)
        if calendar.day(nominal).working:
            assert found.any_rest_day == found.published_block == nominal


@settings(deadline=None, max_examples=300)
@given(day=DAYS, count=st.integers(1, 80))
def test_make_up_days_are_counted_and_counting_forth_and_back_are_inverse(day, count):
    """A Saturday or Sunday that is worked is a working day like any other, checked against the library's own list."""
    calendar = Calendar()
    there = calendar.workday(day, count)
    if there is None:
        assert day.year == 2026  # into a year without its notice
        return
    between = [day + timedelta(days=n) for n in range(1, (there - day).days + 1)]
    worked = [
        one
        for one in between
        if one in chinese_calendar.workdays or (one.weekday() < 5 and one not in chinese_calendar.holidays)
    ]
    assert len(worked) == count
    assert worked[-1] == there
    if calendar.day(day).working:
        assert calendar.workday(there, -count) == day


def test_every_make_up_day_of_every_known_year_is_worked():
    calendar, found = Calendar(), 0
    for day in chinese_calendar.workdays:
        if calendar.source(day.year):
            assert calendar.day(day).working
            assert calendar.day(day).makeup
            assert day.weekday() >= 5
            found += 1
    assert found > 30


def test_statutory_days_of_2026():
    months = ["01-01", "02-16", "02-17", "02-18", "02-19", "04-05", "05-01", "05-02", "06-19", "09-25"]
    expected = {date.fromisoformat(f"2026-{day}") for day in [*months, "10-01", "10-02", "10-03"]}
    assert statutory.days(2026) == expected


@pytest.mark.parametrize("year", [2003, 2019, 2027, 2031])
def test_an_unknown_year_answers_nothing(year):
    calendar = Calendar()
    assert calendar.source(year) is None
    assert calendar.day(date(year, 6, 1)) is None
    assert calendar.days(date(year, 6, 1), date(year, 6, 2)) is None
    assert calendar.workday(date(year, 6, 1), 1) is None


WORKDAYS = [
    ("2026-02-13", 1, "2026-02-14"),  # a Saturday that is worked
    ("2026-02-14", 1, "2026-02-24"),  # the Spring Festival between
    ("2026-10-08", -1, "2026-09-30"),
    ("2026-10-08", -3, "2026-09-28"),
    ("2026-09-05", 1, "2026-09-07"),
    ("2026-09-07", 0, "2026-09-07"),
    ("2026-11-02", 3, "2026-11-05"),
    ("2026-12-30", 3, None),  # reaches into a year that is not known
]


@pytest.mark.parametrize(("start", "count", "expected"), WORKDAYS)
def test_working_days_are_counted_over_make_up_days_and_holidays(start, count, expected):
    found = Calendar().workday(date.fromisoformat(start), count)
    assert found == (date.fromisoformat(expected) if expected else None)


def test_a_loaded_notice_makes_its_year_known(path, siping):
    calendar = load_calendar(path)
    assert calendar.source(2027) == "示例〔2026〕1号"
    found = due(siping, Period.parse("2027-04"), calendar)
    assert found.as_json()["readings"] == {
        "statutory_day": "2027-05-05",
        "published_block": "2027-05-06",
        "any_rest_day": "2027-05-06",
    }
    assert (found.due, found.target) == (date(2027, 5, 6), date(2027, 5, 4))
    assert due(siping, Period.parse("2027-03"), calendar).readings.statutory_day == date(2027, 4, 6)


def test_a_notice_reaches_into_the_last_days_of_the_year_before(path):
    calendar = load_calendar(path)
    assert calendar.day(date(2026, 12, 31)).holiday == "元旦"
    assert calendar.day(date(2026, 12, 26)).makeup
    assert calendar.day(date(2026, 12, 26)).working
    assert Calendar().day(date(2026, 12, 31)).working
    assert calendar.workday(date(2026, 12, 30), 1) == date(2027, 1, 4)
    assert calendar.days(date(2026, 10, 1), date(2026, 10, 7)) == Calendar().days(date(2026, 10, 1), date(2026, 10, 7))


# the arrangement of 2026 in the shape of a notice
OF_2026 = """format = "gateway-calendar/1"

[[notice]]
year = 2026
number = "示例〔2025〕1号"
published = 2025-11-04
workdays = [2026-01-04, 2026-02-14, 2026-02-28, 2026-05-09, 2026-09-20, 2026-10-10]
blocks = [
  { name = "元旦", first = 2026-01-01, last = 2026-01-03 },
  { name = "春节", first = 2026-02-15, last = 2026-02-23 },
  { name = "清明节", first = 2026-04-04, last = 2026-04-06 },
  { name = "劳动节", first = 2026-05-01, last = 2026-05-05 },
  { name = "端午节", first = 2026-06-19, last = 2026-06-21 },
  { name = "中秋节", first = 2026-09-25, last = 2026-09-27 },
  { name = "国庆节", first = 2026-10-01, last = 2026-10-07 },
]
"""


def test_a_notice_of_a_year_that_the_library_has_must_say_the_same(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text(OF_2026, encoding="utf-8")
    assert load_calendar(path).source(2026) == "示例〔2025〕1号"
    contradictions = {
        "2026-05-09, ": ["2026-05-09"],  # a make-up day left out
        "last = 2026-06-21": ["2026-06-22"],  # a day off too many
        "2026-10-10": ["2026-10-10", "2026-10-11"],  # the wrong Saturday
    }
    changed = {"2026-05-09, ": "", "last = 2026-06-21": "last = 2026-06-22", "2026-10-10": "2026-10-11"}
    for old, days in contradictions.items():
        path.write_text(OF_2026.replace(old, changed[old]), encoding="utf-8")
        with pytest.raises(ConfigurationError) as caught:
            load_calendar(path)
        assert "2026" in caught.value.zh
        assert all(day in caught.value.zh for day in days)
        assert f"{len(days)} days" in caught.value.en


SLIPS = {
    "a holiday left out": (
        "first = 2027-04-03\nlast = 2027-04-05",
        "first = 2027-04-03\nlast = 2027-04-04",
        "2027-04-05",
    ),
    "first after last": ("first = 2027-10-01", "first = 2027-10-08", "calendar.toml:39: notice.0.blocks.6: "),
    "a block of a month": ("last = 2027-10-07", "last = 2027-11-07", "calendar.toml:39: notice.0.blocks.6: "),
    "another year": ("first = 2027-10-01\nlast = 2027-10-07", "first = 2028-10-01\nlast = 2028-10-07", "2027-10-01"),
    "overlapping": ("first = 2027-06-09\nlast = 2027-06-09", "first = 2027-05-05\nlast = 2027-05-06", "overlaps"),
    "a make-up day in the week": ("2027-02-20", "2027-02-22", "workdays.1"),
    "a make-up day in a block": ("2027-02-20", "2027-02-06", "workdays.1"),
    "an unknown key": ("published", "publishd", "publishd"),
    "a text for a date": ("2026-11-25", '"25.11.2026"', "published"),
    "a year out of range": ("year = 2027", "year = 1999", "calendar.toml:4: notice.0.year"),
    "the number missing": ('number = "示例〔2026〕1号"\n', "", "number"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_of_the_pen_is_found(path, name):
    old, new, named = SLIPS[name]
    assert NOTICE.count(old) == 1
    path.write_text(NOTICE.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_calendar(path)
    assert named in caught.value.en
    assert "at least 1 item" not in caught.value.en  # of what stands there with a mistake in it


def test_a_year_beyond_the_table_must_list_its_statutory_days(path):
    later = NOTICE.replace("2027-", "2031-").replace("2026-12-31", "2031-01-01").replace("year = 2027", "year = 2031")
    later = later.replace("[2026-12-26, 2031-02-20, 2031-10-09]", "[]")
    path.write_text(later, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_calendar(path)
    assert "notice.0.statutory: " in caught.value.en
    path.write_text(later.replace("workdays = []", "workdays = []\nstatutory = [2031-01-01]"), encoding="utf-8")
    calendar = load_calendar(path)
    assert calendar.day(date(2031, 1, 1)).statutory
    assert not calendar.day(date(2031, 1, 4)).working  # a Saturday


def test_the_same_year_twice_is_refused(path):
    path.write_text(NOTICE + NOTICE.split("\n", 2)[2], encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_calendar(path)
    assert "notice.1.year: stands twice" in caught.value.en


def test_the_file_s_bytes_are_verified_before_they_are_read(path):
    seen = []
    assert load_calendar(path, verify=seen.append).source(2027)
    assert seen == [path.read_bytes()]

    def refuse(_data: bytes) -> None:
        raise IntegrityError("签名不成立", "the signature does not hold")

    path.write_bytes(b"not even TOML")
    with pytest.raises(IntegrityError):
        load_calendar(path, verify=refuse)


def test_a_missing_file_is_told(tmp_path):
    for verify in (None, len):
        with pytest.raises(ConfigurationError):
            load_calendar(tmp_path / "none.toml", verify=verify)
    assert load_calendar() == Calendar()
