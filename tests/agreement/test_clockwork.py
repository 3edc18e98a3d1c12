"""The clock engine: when each kind of term ends, what starts and stops it, how it stands, what is refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.agreement import Calendar, Clock, Happening, Outcome, Running, Standing, fold, move, react, reckon
from gateway.agreement.clockwork import standing, tick, warn_from
from gateway.agreement.notice import Notice
from gateway.agreement.reckoning import after, before
from gateway.base.errors import InputError, TermsError
from gateway.ledger.body import fault
from gateway.model.period import ZONE
from gateway.model.table import Wording

CALENDAR = Calendar()


@dataclass(frozen=True)
class Entry:
    kind: str
    body: dict[str, Any]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def recorded(steps: Iterable[Any]) -> list[Entry]:
    """As the ledger would keep them: every body is one that it takes."""
    entries = [Entry(kind=step.kind, body=step.body) for step in steps]
    assert [fault(entry.body) for entry in entries] == [None] * len(entries)
    return entries


def rule(kind: str, length: int | None = None, unit: str | None = None, **more: Any) -> Clock:
    return Clock.model_validate(
        {
            "name": "c",
            "clause": "一",
            "title": Wording(zh="", en=""),
            "topic": "end",
            "who": "provider",
            "kind": kind,
            "length": length,
            "unit": unit,
            "started_by": "a",
            "stopped_by": None if kind == "permanent" else "b",
            **more,
        }
    )


def running(clock: Clock, since: str, sets: str | None = None, **more: Any) -> Running:
    return Running(agreement="x", rule=clock, subject="s", since=at(since), sets=at(sets) if sets else None, **more)


# kind, length, unit, since, sets → the last moment that is in time
DUE = [
    ("within", 24, "hour", "2026-10-03 15:30:00", None, "2026-10-04 15:30:00"),  # hours run on days off
    ("within", 48, "hour", "2026-02-15 23:00:00", None, "2026-02-17 23:00:00"),
    ("within", 4, "hour", "2026-11-20 22:30:00", None, "2026-11-21 02:30:00"),
    ("within", 30, "minute", "2026-11-20 23:45:00", None, "2026-11-21 00:15:00"),
    ("within", 15, "day", "2026-11-20 00:00:01", None, "2026-12-05 23:59:59"),  # the day of the event is not counted
    ("within", 15, "day", "2026-11-20 23:59:59", None, "2026-12-05 23:59:59"),
    ("within", 30, "day", "2026-12-15 09:00:00", None, "2027-01-14 23:59:59"),  # calendar days need no notice
    ("within", 6, "month", "2026-08-31 09:00:00", None, "2027-02-28 23:59:59"),
    ("within", 3, "working_day", "2026-11-20 17:00:00", None, "2026-11-25 23:59:59"),  # over a weekend
    ("within", 3, "working_day", "2026-09-29 09:00:00", None, "2026-10-09 23:59:59"),  # over the National Days
    ("within", 1, "working_day", "2026-02-13 09:00:00", None, "2026-02-14 23:59:59"),  # a Saturday that is worked
    ("within", 6, "working_day", "2026-02-13 09:00:00", None, "2026-02-28 23:59:59"),  # and another at the end
    ("before", 3, "working_day", "2026-11-01 09:00:00", "2026-11-12 23:59:59", "2026-11-09 23:59:59"),
    ("before", 1, "working_day", "2026-10-01 09:00:00", "2026-10-08 23:59:59", "2026-09-30 23:59:59"),
    ("before", 30, "day", "2026-01-01 00:00:00", "2027-12-31 23:59:59", "2027-12-01 23:59:59"),
    ("before", 2, "hour", "2026-11-20 08:00:00", "2026-11-20 18:00:00", "2026-11-20 16:00:00"),
    ("at_once", None, None, "2026-11-20 08:00:00", None, "2026-11-20 08:00:00"),
    ("at_once", 24, "hour", "2026-11-20 08:00:00", None, "2026-11-21 08:00:00"),
    ("set", None, None, "2026-11-20 08:00:00", "2026-11-27 23:59:59", "2026-11-27 23:59:59"),
]


@pytest.mark.parametrize(("kind", "length", "unit", "since", "sets", "expected"), DUE)
def test_when_a_term_ends(kind, length, unit, since, sets, expected):
    one = running(rule(kind, length, unit), since, sets)
    found = reckon(one, CALENDAR)
    assert (found.due, found.target, found.reason) == (at(expected), at(expected), None)
    late = at(expected) + timedelta(seconds=1)
    assert standing(one, CALENDAR, at(expected)) is not Standing.OVERDUE
    assert standing(one, CALENDAR, at(expected).replace(microsecond=999_999)) is not Standing.OVERDUE
    assert standing(one, CALENDAR, late) is Standing.OVERDUE


MONTHS = [("2026-10-01", "2026-10-08"), ("2026-07-01", "2026-07-05"), ("2026-11-01", "2026-11-05")]


@pytest.mark.parametrize(("since", "due"), MONTHS)
def test_a_day_of_the_month_moved_by_the_holidays(since, due):
    one = running(rule("day_of_month", day=5, reading="published_block"), f"{since} 00:00:00")
    assert reckon(one, CALENDAR).due == at(f"{due} 23:59:59")


UNKNOWN = [
    ("within", 3, "2026-12-30 09:00:00", None, "2027-01-02"),
    (
        "within",
        3,
        "2026-12-24 09:00:00",
        None,
        "2026-12-27",
    ),  # the next year's notice may make a Saturday a working day
    ("within", 3, "2027-01-04 09:00:00", None, "2027-01-07"),
    ("before", 1, "2026-12-01 09:00:00", "2027-01-05 23:59:59", "2026-12-23"),  # no day that a notice may still change
]


@pytest.mark.parametrize(("kind", "length", "since", "sets", "target"), UNKNOWN)
def test_working_days_of_a_year_without_its_notice_have_no_due_date_and_an_early_target(
    kind, length, since, sets, target
):
    one = running(rule(kind, length, "working_day"), since, sets)
    found = reckon(one, CALENDAR)
    assert found.due is None
    assert found.target == at(f"{target} 23:59:59")
    assert found.reason is not None
    assert "2027" in found.reason[0]
    assert "2027" in found.reason[1]
    assert standing(one, CALENDAR, at("2027-03-01 00:00:00")) is Standing.DUE_SOON  # warned of, never called overdue


def test_what_is_permanent_never_ends():
    one = running(rule("permanent"), "2026-01-01 00:00:00")
    assert reckon(one, CALENDAR).due is None
    assert standing(one, CALENDAR, at("2099-01-01 00:00:00")) is Standing.PERMANENT


WORKDAY = {"length": 1, "unit": "working_day"}
WARNED = [
    (rule("within", 15, "day"), "2026-11-20 09:00:00", "2026-12-02 23:59:59"),
    (rule("within", 24, "hour"), "2026-11-20 09:00:00", "2026-11-20 21:00:00"),
    (rule("within", 3, "working_day", warn=WORKDAY), "2026-11-20 09:00:00", "2026-11-24 23:59:59"),
    (rule("within", 15, "day", warn={"length": 10, "unit": "day"}), "2026-11-20 09:00:00", "2026-11-25 23:59:59"),
]


@pytest.mark.parametrize(("clock", "since", "expected"), WARNED)
def test_it_warns_ahead(clock, since, expected):
    one = running(clock, since)
    assert warn_from(one, CALENDAR) == at(expected)
    assert standing(one, CALENDAR, at(expected) - timedelta(seconds=1)) is Standing.RUNNING
    assert standing(one, CALENDAR, at(expected)) is Standing.DUE_SOON


def happened(siping, event: str, moment: str, entries: list[Entry], **more: Any) -> list[Entry]:
    happening = Happening(event=event, subject=more.pop("subject", "S1"), at=at(moment), **more)
    now = at(moment) + timedelta(minutes=1)
    return entries + recorded(react(siping, fold(entries), happening, calendar=CALENDAR, now=now))


def test_a_life_from_event_to_event(siping):
    entries = happened(siping, "breach_notified", "2026-11-20 10:00:00", [])
    (one,) = fold(entries).values()
    assert (one.key, one.rule.clause, reckon(one, CALENDAR).due) == (
        "rectification/S1",
        "六4",
        at("2026-11-25 23:59:59"),
    )
    assert tick([one], CALENDAR, at("2026-11-21 10:00:00")) == []
    ((warned, _),) = tick([one], CALENDAR, at("2026-11-25 10:00:00"))
    entries += recorded([warned])
    (one,) = fold(entries).values()
    assert tick([one], CALENDAR, at("2026-11-25 11:00:00")) == []  # once
    ((overdue, _),) = tick([one], CALENDAR, at("2026-11-26 00:00:00"))
    entries += recorded([overdue])
    entries = happened(siping, "breach_rectified", "2026-11-27 10:00:00", entries)
    (one,) = fold(entries).values()
    assert [entry.kind for entry in entries] == ["clock.started", "clock.warned", "clock.overdue", "clock.stopped"]
    assert not one.runs
    assert standing(one, CALENDAR, at("2026-12-01 00:00:00")) is Standing.MET_LATE
    assert tick([one], CALENDAR, at("2026-12-01 00:00:00")) == []


def test_one_event_starts_several_clocks_each_stopped_by_its_own(siping):
    entries = happened(siping, "force_majeure", "2026-07-01 10:00:00", [])
    entries = happened(siping, "force_majeure_notified", "2026-07-01 20:00:00", entries)
    stands = {one.rule.name: standing(one, CALENDAR, at("2026-07-02 12:00:00")) for one in fold(entries).values()}
    assert stands == {
        "force_majeure_notice": Standing.MET,
        "force_majeure_evidence": Standing.RUNNING,
    }


def test_the_date_of_the_other_side_and_its_move(siping):
    entries = happened(siping, "rectification_demanded", "2026-11-20 10:00:00", [], sets=date(2026, 11, 27))
    (one,) = fold(entries).values()
    assert reckon(one, CALENDAR).due == at("2026-11-27 23:59:59")
    entries += recorded([move(one, date(2026, 12, 4), "四就函〔2026〕12号", now=at("2026-11-26 09:00:00"))])
    (one,) = fold(entries).values()
    assert reckon(one, CALENDAR).due == at("2026-12-04 23:59:59")
    with pytest.raises(InputError):
        move(one, date(2026, 11, 1), "x", now=at("2026-11-26 09:00:00"))
    entries = happened(siping, "rectified", "2026-12-01 10:00:00", entries)
    (one,) = fold(entries).values()
    with pytest.raises(TermsError):
        move(one, date(2026, 12, 31), "x", now=at("2026-12-02 09:00:00"))


def test_a_change_of_the_file_does_not_change_a_term_that_runs(siping):
    entries = happened(siping, "breach_notified", "2026-11-20 10:00:00", [])
    longer = tuple(
        row.model_copy(update={"length": 30}) if row.name == "rectification" else row for row in siping.clocks
    )
    changed = siping.model_copy(update={"clocks": longer})
    (one,) = fold(entries).values()
    assert one.rule.length == 3
    entries = happened(changed, "breach_notified", "2026-11-21 10:00:00", entries, subject="S2")
    assert {one.subject: one.rule.length for one in fold(entries).values()} == {"S1": 3, "S2": 30}


def test_the_same_event_again_causes_nothing_and_another_while_it_runs_is_refused(siping):
    entries = happened(siping, "breach_notified", "2026-11-20 10:00:00", [])
    assert happened(siping, "breach_notified", "2026-11-20 10:00:00", entries) == entries
    with pytest.raises(TermsError):
        happened(siping, "breach_notified", "2026-11-21 10:00:00", entries)
    assert len(happened(siping, "breach_notified", "2026-11-21 10:00:00", entries, subject="S2")) == 2
    entries = happened(siping, "breach_rectified", "2026-11-22 10:00:00", entries)
    again = happened(siping, "breach_notified", "2026-11-23 10:00:00", entries)
    (one,) = fold(again).values()
    assert one.runs
    assert one.since == at("2026-11-23 10:00:00")


def test_a_waiver_lifts(siping):
    entries = happened(siping, "use_report_asked", "2026-11-20 10:00:00", [], sets=date(2026, 11, 30))
    entries = happened(siping, "use_report_received", "2026-12-20 10:00:00", entries, outcome=Outcome.WAIVED)
    (one,) = fold(entries).values()
    assert standing(one, CALENDAR, at("2026-12-21 00:00:00")) is Standing.LIFTED


def test_after_the_end_only_what_survives_goes_on(siping):
    entries = happened(siping, "term_ended", "2028-01-01 00:00:00", [])
    assert {one.rule.name for one in fold(entries).values()} == {
        "stop",
        "liability",
        "keep_secret_cells",
        "keep_packages",
        "keep_requests",
        "keep_ledger",
    }
    with pytest.raises(TermsError) as caught:
        happened(siping, "breach_notified", "2028-01-02 00:00:00", entries)
    assert "2027-12-31" in caught.value.zh


REFUSED = {
    "an event that no clock knows": ("nonsense", "2026-11-20 10:00:00", {}, TermsError),
    "before the agreement": ("breach_notified", "2025-12-31 10:00:00", {}, TermsError),
    "no date where one is needed": ("rectification_demanded", "2026-11-20 10:00:00", {}, InputError),
    "a date before the event": (
        "rectification_demanded",
        "2026-11-20 10:00:00",
        {"sets": date(2026, 11, 19)},
        InputError,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_is_refused(siping, name):
    event, moment, more, error = REFUSED[name]
    with pytest.raises(error) as caught:
        happened(siping, event, moment, [], **more)
    assert caught.value.safe


def test_the_future_and_a_time_without_its_zone_are_refused(siping):
    now = at("2026-11-20 10:00:00")
    for moment in (now + timedelta(seconds=1), now.replace(tzinfo=None)):
        with pytest.raises(InputError):
            react(siping, {}, Happening(event="force_majeure", subject="x", at=moment), calendar=CALENDAR, now=now)


def test_a_stop_before_its_start_is_refused(siping):
    entries = happened(siping, "breach_notified", "2026-11-20 10:00:00", [])
    with pytest.raises(InputError):
        happened(siping, "breach_rectified", "2026-11-19 10:00:00", entries)


def moments(first: str, days: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, days * 86_400).map(lambda seconds: at(first) + timedelta(seconds=seconds))


KNOWN = moments("2020-07-01", 2_270)
steady = settings(deadline=None)  # the calendar is loaded on first use
LENGTHS = st.integers(1, 60)


@steady
@given(start=KNOWN, length=LENGTHS)
def test_working_days_count_exactly_the_days_that_are_worked(start, length):
    due = after(start, length, "working_day", CALENDAR).due
    days = CALENDAR.days(start.date() + timedelta(days=1), due.date())
    assert sum(day.working for day in days) == length
    assert days[-1].working
    back = before(start, length, "working_day", CALENDAR).due
    days = CALENDAR.days(back.date(), start.date() - timedelta(days=1))
    assert sum(day.working for day in days) == length
    assert days[0].working


@steady
@given(start=KNOWN, length=LENGTHS)
def test_adding_and_counting_back_working_days_are_inverse(start, length):
    first = CALENDAR.first(start.date(), lambda day: day.working)
    there = CALENDAR.workday(first, length)
    assert CALENDAR.workday(there, -length) == first


@steady
@given(start=KNOWN, length=LENGTHS, unit=st.sampled_from(["minute", "hour", "day", "working_day", "month"]))
def test_longer_terms_end_later_and_later_events_never_sooner(start, length, unit):
    due = after(start, length, unit, CALENDAR).target
    assert due > start
    assert after(start, length + 1, unit, CALENDAR).target > due
    assert after(start + timedelta(days=1), length, unit, CALENDAR).target >= due
    assert before(start, length, unit, CALENDAR).target < start
    assert before(start, length + 1, unit, CALENDAR).target <= before(start, length, unit, CALENDAR).target


BLOCKS = [
    ("元旦", "01-01", "01-02"),
    ("春节", "02-05", "02-11"),
    ("清明节", "04-05", "04-05"),
    ("劳动节", "05-01", "05-02"),
    ("端午节", "06-09", "06-09"),
    ("中秋节", "09-15", "09-15"),
    ("国庆节", "10-01", "10-07"),
]
WEEKENDS = [date(2026, 12, 26), date(2026, 12, 27), date(2027, 1, 3), date(2027, 1, 9), date(2027, 1, 10)]


@steady
@given(
    start=moments("2026-10-01", 100),
    length=st.integers(1, 40),
    first=st.sampled_from(["2026-12-30", "2026-12-31", "2027-01-01"]),
    worked=st.sets(st.sampled_from(WEEKENDS)),
)
def test_a_provisional_target_is_early_whatever_the_notice_will_say(start, length, first, worked):
    """Under made-up arrangements of 2027, some of which reach into the last days of 2026."""
    blocks = [{"name": name, "first": f"2027-{begin}", "last": f"2027-{end}"} for name, begin, end in BLOCKS]
    blocks[0]["first"] = first
    notice = Notice.model_validate(
        {"year": 2027, "number": "x", "published": "2026-11-25", "blocks": blocks, "workdays": sorted(worked)}
    )
    later = Calendar(notices=(notice,))
    for reckoned in (after, before):
        found, real = reckoned(start, length, "working_day", CALENDAR), reckoned(start, length, "working_day", later)
        assert real.due is not None
        assert found.target <= real.due
        assert found.due in (None, real.due)
