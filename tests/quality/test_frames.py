"""What the helper columns hold: worked examples, and that no inconsistency can hide in a fully published table."""

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.cells import Cells, Figure, Mark, PublishedTable, Shown
from gateway.model.hierarchy import REST
from gateway.quality import table_frame
from tests.quality.declarations import CITY, COUNTIES, HIERARCHIES, SECTIONS, SPECS, tree

A, B, *OTHERS = COUNTIES
U = CITY + REST
LISTS = {**HIERARCHIES, "region": tree("region", (CITY, "city"), ("county", [(A, CITY), (B, CITY), (U, CITY)]))}
WITHHELD = Shown(value=None, mark=Mark.WITHHELD)
MISSING = Shown(value=None, mark=Mark.MISSING)


def shown(value: int | Decimal | None) -> Shown:
    return WITHHELD if value is None else Shown(value=value, mark=Mark.NORMAL)


def figure(value: int, contributors: int = 9) -> Figure:
    return Figure(value=value, contributors=contributors, largest=1, second=1)


def area_frame(
    postings: Mapping[str, int | None],
    vacancies: Mapping[str, int | None] | None = None,
    computed: Mapping[str, Figure] | None = None,
    totals: Mapping[str, int] | None = None,
    before: Mapping[str, int | None] | None = None,
) -> pd.DataFrame:
    """The recruiting area table's frame, by code."""
    spec, other = SPECS["recruiting_area"], vacancies or dict.fromkeys(postings, 0)
    rows = {(c,): {"postings": shown(v), "vacancies": shown(other[c])} for c, v in postings.items()}
    cells = computed or {c: figure(v or 0) for c, v in postings.items()}
    previous = None
    if before is not None:
        previous = PublishedTable(spec=spec, rows={(c,): {"postings": shown(v)} for c, v in before.items()})
    frame = table_frame(
        Cells(spec=spec, figures={"postings": {(c,): f for c, f in cells.items()}}),
        PublishedTable(spec=spec, rows=rows),
        LISTS,
        totals or {},
        previous,
    )
    return frame.set_index("region")


def column(frame: pd.DataFrame, name: str) -> dict[str, object]:
    """The column's values where there is one."""
    return frame[name].dropna().to_dict()


@pytest.mark.parametrize(
    ("postings", "residual"),
    [
        ({CITY: 10, A: 6, B: 4}, {CITY: 0}),
        ({CITY: 10, A: 6, B: 3, U: 1}, {CITY: 0}),
        ({CITY: 10, A: 6, B: 3}, {CITY: 1}),
        ({CITY: 10, A: 6, B: 5}, {CITY: 1}),
        ({CITY: 10, A: 6}, {CITY: 4}),
        ({CITY: 0}, {CITY: 0}),
        ({A: 6, B: 4}, {}),
    ],
)
def test_a_residual_is_what_the_parts_leave_of_a_total(postings, residual):
    assert column(area_frame(postings), "postings__residual") == residual
    empty = area_frame(postings, computed={})
    assert column(empty, "postings__residual") == residual


@pytest.mark.parametrize(
    ("hidden", "residual"), [({CITY: 10, A: 6, B: 4}, 0), ({CITY: 10, A: 6, B: 3}, 1), ({CITY: 10, A: 6, B: 5}, 1)]
)
@pytest.mark.parametrize("withheld", [(B,), (A, B), (CITY, A, B)])
def test_what_is_withheld_must_add_up_too(hidden, residual, withheld):
    postings = {code: None if code in withheld else value for code, value in hidden.items()}
    found = area_frame(postings, computed={code: figure(value) for code, value in hidden.items()})
    assert column(found, "postings__residual") == {CITY: residual}


@pytest.mark.parametrize(
    ("postings", "share"),
    [
        ({CITY: 10, A: 6, B: 3, U: 1}, {CITY: 0.1}),
        ({CITY: 10, A: 6, B: 4}, {CITY: 0.0}),
        ({CITY: 10, A: 6, B: 3, U: None}, {}),
        ({CITY: None, A: 6, U: 1}, {}),
    ],
)
def test_the_unplaced_share_is_that_of_the_not_stated_row(postings, share):
    assert column(area_frame(postings), "postings__unplaced") == share


def test_counties_without_a_row_are_counted_on_the_top_row():
    assert column(area_frame({CITY: 3, A: 3}), "region__missing") == {CITY: 1}
    assert column(area_frame({CITY: 3, A: 3, B: 0}), "region__missing") == {CITY: 0}
    assert column(area_frame({A: 3}), "region__missing") == {}


def test_a_part_without_its_total_is_an_orphan():
    assert column(area_frame({CITY: 3, A: 3}), "place__orphan") == {CITY: 0, A: 0}
    assert column(area_frame({A: 3}), "place__orphan") == {A: 1}


def test_codes_of_no_list_or_of_another_level_are_not_in_the_list():
    assert column(area_frame({CITY: 3, A: 3, "220381": 1}), "region__in_list") == {CITY: 1, A: 1, "220381": 0}


def test_contributors_are_given_for_published_figures_that_someone_stands_behind():
    cells = {CITY: figure(9, 4), A: figure(9, 2), B: figure(0, 1)}
    found = area_frame({CITY: 9, A: None, B: 0, U: 0}, computed=cells)
    assert column(found, "postings__contributors") == {CITY: 4, B: 1}


def test_a_published_figure_that_nobody_computed_has_no_contributors():
    found = area_frame({CITY: 9, A: 9}, computed={CITY: figure(9)})
    assert column(found, "postings__contributors") == {CITY: 9, A: 0}
    assert column(found, "postings__computed_difference") == {CITY: 0, A: 9}


def test_the_source_s_total_is_compared_with_what_was_computed_and_what_is_published():
    assert column(area_frame({CITY: 9}, totals={"postings": 9}), "postings__source_difference") == {CITY: 0}
    assert column(area_frame({CITY: 9}, totals={"postings": 7}), "postings__source_difference") == {CITY: 2}
    assert column(area_frame({CITY: 9}, totals={}), "postings__source_difference") == {}
    other = area_frame({CITY: 9}, computed={CITY: figure(5)}, totals={"postings": 5})
    assert column(other, "postings__source_difference") == {CITY: 4}
    hidden = area_frame({CITY: None}, computed={CITY: figure(5)}, totals={"postings": 6})
    assert column(hidden, "postings__source_difference") == {CITY: 1}


def test_the_change_is_relative_to_the_month_before_where_both_are_published():
    now, before = {CITY: 15, A: 5, B: None, U: 3}, {CITY: 10, A: None, B: 5}
    assert column(area_frame(now, before=before), "postings__change") == {CITY: 0.5, U: 3.0}
    assert column(area_frame(now), "postings__change") == {}


def test_a_level_that_the_month_before_did_not_have_is_not_compared():
    """A supplement that adds townships: nothing is wrong with their first month."""
    now, before = {CITY: 15, A: 5}, {CITY: 10}
    assert column(area_frame(now, before=before), "postings__change") == {CITY: 0.5}


def test_marks_and_values_that_disagree_are_told():
    spec = SPECS["market_activity"]
    rows = {
        (CITY,): {"published": Shown(value=3, mark=Mark.WITHHELD), "viewed": Shown(value=None, mark=Mark.NORMAL)},
        (A,): {"published": MISSING, "viewed": WITHHELD},
        (B,): {"published": shown(1)},
    }
    found = table_frame(Cells(spec=spec, figures={}), PublishedTable(spec=spec, rows=rows), LISTS, {}, None)
    found = found.set_index("region")
    assert column(found, "published__withheld_has_value") == {CITY: 1, A: 0, B: 0}
    assert column(found, "viewed__normal_without_value") == {CITY: 1, A: 0, B: 0}
    assert column(found, "viewed__mark") == {CITY: "A", A: "C"}


def test_types_stay_when_they_fit_and_show_when_they_do_not():
    frame = area_frame({CITY: 3, A: None}, {CITY: Decimal("1.5"), A: 2})
    assert str(frame["postings"].dtype) == "Int64"
    assert str(frame["vacancies"].dtype) == "object"
    assert str(area_frame({CITY: True})["postings"].dtype) == "object"


def test_a_huge_count_keeps_every_digit():
    value = 2**62 + 1
    assert area_frame({CITY: value})["postings"].iloc[0] == value


T = "Total"
Seekers = Mapping[str, int | None]


def seekers_frame(published: Seekers, computed: Mapping[str, int]) -> pd.DataFrame:
    """The supply and demand table of the city by industry, seekers only."""
    spec = SPECS["supply_demand"]
    rows = {(CITY, code): {"seekers": shown(value)} for code, value in published.items()}
    cells = Cells(spec=spec, figures={"seekers": {(CITY, code): figure(value) for code, value in computed.items()}})
    lists = {**LISTS, "region": tree("region", (CITY, "city"))}
    return table_frame(cells, PublishedTable(spec=spec, rows=rows), lists, {}, None).set_index("industry")


@pytest.mark.parametrize(
    ("seekers", "above", "uncovered"),
    [
        ({T: 10, "C": 8, "F": 7}, {"C": 0, "F": 0}, 0),
        ({T: 10, "C": 10}, {"C": 0}, 0),
        ({T: 10, "C": 11}, {"C": 1}, 0),
        ({T: 10, "C": 4, "F": 3}, {"C": 0, "F": 0}, 3),
    ],
)
def test_persons_in_several_codes_are_bounded_by_their_total(seekers, above, uncovered):
    """Published, and withheld altogether: the computed figures must keep the bounds as well."""
    for published in (seekers, dict.fromkeys(seekers)):
        frame = seekers_frame(published, seekers)
        assert column(frame, "seekers__below_total") == above
        assert column(frame, "seekers__uncovered") == {T: uncovered}
        assert column(frame, "seekers__residual") == {}


@settings(max_examples=60, deadline=None)
@given(
    cells=st.dictionaries(
        st.tuples(st.sampled_from([*COUNTIES, U]), st.sampled_from(SECTIONS)), st.integers(0, 10**6), min_size=1
    ),
    data=st.data(),
)
def test_no_single_wrong_figure_hides_in_a_fully_published_table(cells, data):
    """Sums of the inner cells leave no residual; one figure off by any amount leaves one, without any knowledge of
    what was computed."""
    values: dict[tuple[str, str], int] = {}
    for (region, section), value in cells.items():
        for place in ((region, section), (CITY, section), (region, T), (CITY, T)):
            values[place] = values.get(place, 0) + value
    assert set(postings_residuals(values)) <= {0}
    place = data.draw(st.sampled_from(sorted(values)))
    off = data.draw(st.integers(-(10**6), 10**6).filter(bool))
    assert max(postings_residuals({**values, place: values[place] + off})) == abs(off)


def postings_residuals(values: Mapping[tuple[str, str], int]) -> list[int]:
    spec = SPECS["supply_demand"]
    rows = {place: {"postings": shown(value)} for place, value in values.items()}
    frame = table_frame(Cells(spec=spec, figures={}), PublishedTable(spec=spec, rows=rows), HIERARCHIES, {}, None)
    return list(frame["postings__residual"].dropna())
