"""A table that is wrong in the way of a real fault is stopped by the expectation that is meant for it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from gateway.base.errors import ConfigurationError
from gateway.model.cells import Mark, PublishedTable, Shown
from gateway.model.hierarchy import REST
from gateway.quality import Reason, run_suite, table_frame
from tests.quality.conftest import PARAMETERS, single, suite
from tests.quality.declarations import CITY, COUNTIES, HIERARCHIES, SPECS

TOP = (CITY, "Total")


def normal(value):
    return Shown(value=value, mark=Mark.NORMAL)


BAND = ("Total", "25-34", CITY)


def rounded(value):
    return Shown(value=value, mark=Mark.ROUNDED)


def withheld_place(rows, measure):
    return next(place for place, figures in rows.items() if figures[measure].mark is Mark.WITHHELD)


def add(rows, place, measure, amount):
    rows[place][measure] = normal(rows[place][measure].value + amount)


def reveal(rows, measure, value=1):
    rows[withheld_place(rows, measure)][measure] = normal(value)


def leave_value(rows, measure):
    rows[withheld_place(rows, measure)][measure] = Shown(value=1, mark=Mark.WITHHELD)


def derive_from_withheld(rows, measure, derived):
    rows[withheld_place(rows, measure)][derived] = normal(Decimal("0.5"))


def drop_county(rows):
    for place in [place for place in rows if place[0] == COUNTIES[0]]:
        del rows[place]


def drop_total(rows):
    del rows[TOP]


def empty(rows):
    rows.clear()


def put(place, measure, shown):
    return lambda rows: rows[place].__setitem__(measure, shown)


def new_row(*place):
    return lambda rows: rows.__setitem__(place, dict(rows[TOP]))


def all_unplaced(rows):
    rows[CITY + REST, "Total"] = dict(rows[TOP])


def shown_band_unit(rows):
    return next(p for p, figures in rows.items() if figures["median"].mark is Mark.NORMAL)


FAULTS = {
    "a total one too high": (
        "supply_demand",
        lambda rows: add(rows, TOP, "postings", 1),
        {"postings_adds_up", "postings_as_computed", "postings_as_source"},
    ),
    "a county one too low": (
        "recruiting_area",
        lambda rows: add(rows, (COUNTIES[0],), "vacancies", -1),
        {"vacancies_adds_up", "vacancies_as_computed"},
    ),
    "an age band too high": (
        "worker_profile",
        lambda rows: put(BAND, "workers", rounded(rows[BAND]["workers"].value + 10))(rows),
        {"workers_adds_up", "workers_as_computed"},
    ),
    "a figure that is not rounded": (
        "worker_profile",
        lambda rows: put(BAND, "workers", normal(rows[BAND]["workers"].value))(rows),
        {"workers_marks"},
    ),
    "a withheld cell shown": (
        "supply_demand",
        lambda rows: reveal(rows, "seekers"),
        {"seekers_threshold"},
    ),
    "an employer's cell shown": ("pay_bands", lambda rows: reveal(rows, "postings"), {"postings_threshold"}),
    "a value left under its mark": (
        "supply_demand",
        lambda rows: leave_value(rows, "postings"),
        {"postings_withheld_is_empty"},
    ),
    "a ratio of a withheld figure": (
        "supply_demand",
        lambda rows: derive_from_withheld(rows, "vacancies", "ratio"),
        {"ratio_terms_shown"},
    ),
    "a share of a withheld figure": (
        "supply_demand",
        lambda rows: derive_from_withheld(rows, "seekers", "seeker_share"),
        {"seeker_share_terms_shown"},
    ),
    "a change of a withheld figure": (
        "supply_demand",
        lambda rows: derive_from_withheld(rows, "vacancies", "vacancies_change"),
        {"vacancies_change_terms_shown"},
    ),
    "a quartile over withheld bands": (
        "pay_bands",
        lambda rows: rows[next(p for p, f in rows.items() if f["q1"].mark is Mark.WITHHELD)].update(q1=normal(5)),
        {"q1_terms_shown"},
    ),
    "a mark without its value": (
        "market_activity",
        put((CITY,), "applied", Shown(value=None, mark=Mark.NORMAL)),
        {"applied_normal_is_filled"},
    ),
    "a figure without a mark": ("market_activity", lambda rows: rows[(CITY,)].pop("viewed"), {"viewed_marked"}),
    "a derived figure without a mark": (
        "market_activity",
        lambda rows: rows[(CITY,)].pop("match_rate"),
        {"match_rate_marked"},
    ),
    "a county lost": ("supply_demand", drop_county, {"counties_present", "postings_adds_up"}),
    "the total lost": ("supply_demand", drop_total, {"totals_present", "counties_present", "postings_as_source"}),
    "nothing in it": ("recruiting_area", empty, {"rows_present", "counties_present", "postings_as_source"}),
    "a code of nowhere": ("supply_demand", new_row("220381", "Total"), {"region_in_list"}),
    "a township in a county table": ("supply_demand", new_row(f"{COUNTIES[0]}001", "Total"), {"region_in_list"}),
    "a negative figure": (
        "market_activity",
        put((CITY,), "completed", normal(-1)),
        {"completed_not_negative", "completed_as_computed"},
    ),
    "half a person": (
        "worker_profile",
        put(("Total", "Total", CITY), "workers", rounded(Decimal("1.5"))),
        {"workers_type"},
    ),
    "a rate that is no number": (
        "market_activity",
        put((CITY,), "match_rate", normal(Decimal("NaN"))),
        {"match_rate_type"},
    ),
    "more matched than applied": (
        "market_activity",
        lambda rows: put((CITY,), "matched", normal(rows[(CITY,)]["applied"].value + 1))(rows),
        {"matched_within_applied", "matched_adds_up"},
    ),
    "a share over a hundred": (
        "supply_demand",
        put(TOP, "vacancy_share", normal(Decimal("100.1"))),
        {"vacancy_share_range"},
    ),
    "a fall of more than everything": (
        "supply_demand",
        put(TOP, "vacancies_change", normal(Decimal("-100.1"))),
        {"vacancies_change_range"},
    ),
    "quartiles crossed": (
        "pay_bands",
        lambda rows: rows[shown_band_unit(rows)].update(q3=normal(Decimal(1))),
        {"q3_above_median"},
    ),
    "a part above its total": (
        "supply_demand",
        lambda rows: add(rows, (COUNTIES[0], "C"), "seekers", 100_000),
        {"seekers_parts_within_total", "seekers_as_computed"},
    ),
    "persons lost from the parts": (
        "supply_demand",
        lambda rows: add(rows, TOP, "seekers", 100_000),
        {"seekers_parts_cover_total", "seekers_as_source"},
    ),
    "most records without a county": ("supply_demand", all_unplaced, {"postings_placed", "seekers_placed"}),
}


def frame_of(month, before, table, published=None, totals=None, previous=None):
    return table_frame(
        month.cells[table],
        published or month.published[table],
        HIERARCHIES,
        month.totals[table] if totals is None else totals,
        previous or before.published[table],
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault, now, before):
    table, edit, expected = FAULTS[fault]
    frame = frame_of(now, before, table, now.edited(table, edit))
    result = run_suite(single(table, *expected), frame, PARAMETERS)
    assert {failure.id for failure in result.failures} == expected
    assert not result.success


@pytest.mark.parametrize("table", SPECS)
def test_totals_that_the_source_does_not_know_are_found_and_nothing_else(table, now, before):
    frame = frame_of(now, before, table, totals={name: total - 1 for name, total in now.totals[table].items()})
    result = run_suite(suite(table), frame, PARAMETERS)
    assert {failure.id for failure in result.failures} == {f"{measure}_as_source" for measure in now.totals[table]}


@pytest.mark.parametrize("table", SPECS)
def test_without_a_source_total_nothing_passes_for_compared(table, now, before):
    ids = [f"{measure}_as_source" for measure in now.totals[table]]
    result = run_suite(single(table, *ids), frame_of(now, before, table, totals={}), PARAMETERS)
    assert {failure.reason for failure in result.results} == {Reason.NOTHING_CHECKED}
    assert not result.success


@pytest.mark.parametrize("table", SPECS)
def test_a_jump_since_the_month_before_is_found(table, now, before):
    few = {place: dict.fromkeys(figures, normal(1)) for place, figures in before.published[table].rows.items()}
    frame = frame_of(now, before, table, previous=replace(before.published[table], rows=few))
    result = run_suite(single(table, *(f"{measure}_change" for measure in now.totals[table])), frame, PARAMETERS)
    assert result.passed == 0


@pytest.mark.parametrize("table", SPECS)
def test_the_first_month_has_no_change_to_check(table, now):
    rows = {
        place: {k: v if not k.endswith("_change") else Shown(value=None, mark=Mark.MISSING) for k, v in figures.items()}
        for place, figures in now.published[table].rows.items()
    }
    published = PublishedTable(spec=now.published[table].spec, rows=rows)
    frame = table_frame(now.cells[table], published, HIERARCHIES, now.totals[table], None)
    ids = [f"{name}_change" for name in now.totals[table]]
    ids += [f"{d.name}_terms_shown" for d in now.cells[table].spec.derived]
    result = run_suite(single(table, *ids), frame, PARAMETERS)
    assert result.success
    assert {r.checked for r in result.results if r.id in ids[: len(now.totals[table])]} == {0}


def test_a_change_shown_in_the_first_month_is_found(now):
    name, ids = "supply_demand", ("vacancies_change_terms_shown", "seekers_change_terms_shown")
    frame = table_frame(now.cells[name], now.published[name], HIERARCHIES, now.totals[name], None)
    assert run_suite(single(name, *ids), frame, PARAMETERS).passed == 0


def test_another_declaration_and_a_missing_list_are_refused(now):
    args = (now.published["recruiting_area"], HIERARCHIES, now.totals["recruiting_area"], None)
    with pytest.raises(ConfigurationError):
        table_frame(now.cells["market_activity"], *args)
    with pytest.raises(ConfigurationError):
        table_frame(now.cells["recruiting_area"], args[0], {}, *args[2:])
