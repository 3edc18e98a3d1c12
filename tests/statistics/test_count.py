"""Tables from feeds, against the same tables counted in plain Python."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.model.cells import Figure, Place
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Contributor, FollowedBy, Kind, Measure, TableSpec, Without
from gateway.statistics import Engine, Holdings, compute, read_parts, source_totals, write_parts
from tests.disclosure.microdata import dimension, flat, hierarchy, measure, table
from tests.statistics.counting import Row, count, feed

ENGINE = Engine(memory="500MB", threads=1)
START = datetime.fromisoformat("2026-09-01")  # in the feeds: local time, without a zone
LEVELS = ("city", "county", "town")
REGIONS: dict[str, Any] = {
    "city": {"c1": {"t1": {}, "t2": {}, "c1_U": {}}, "c2": {"t3": {}, "c2_U": {}}, "c3": {}, "city_U": {}},
}
LISTS: Mapping[str, Hierarchy] = {
    "region": hierarchy("region", REGIONS, LEVELS),
    "age": flat("age", ["young", "old"]),
    "skill": hierarchy(
        "skill", {"Total": {"house": {"clean": {}, "cook": {}}, "drive": {}, "none": {}}}, ("total", "group", "skill")
    ),
    "event": flat("event", ["apply", "match", "view"]),
}
WORKER: dict[str, Any] = {"contributor": Contributor.WORKER}
APPLY: dict[str, Any] = {"feed": "activities", "where": {"event": "apply"}, **WORKER}


def followed(on: tuple[str, ...] = ("worker", "posting"), **where: str) -> FollowedBy:
    return FollowedBy(where=where or {"event": "match"}, on=on, time="occurred_at")


def row(**given: Any) -> Row:
    """A row with something in every column that a test does not care about."""
    common = {"employer_group": 1, "worker": 1, "posting": 1, "region": "t1", "age": "old", "skill": ["none"]}
    return {**common, "event": "apply", "kind": "", "amount": 1, "occurred_at": START, **given}


def cells(specs: Sequence[TableSpec], rows: Sequence[Row], lists: Mapping[str, Hierarchy] = LISTS) -> list[Any]:
    """The figures of each table; every feed that is named has the same rows."""
    feeds = {of.feed: feed(rows) for spec in specs for of in spec.measures}
    return [one.figures for one in compute(specs, feeds, lists, ENGINE)]


def check(specs: Sequence[TableSpec], rows: Sequence[Row], lists: Mapping[str, Hierarchy] = LISTS) -> None:
    expected = [{of.name: count(spec, of, rows, lists) for of in spec.measures} for spec in specs]
    assert cells(specs, rows, lists) == expected


SPECS = [
    table(
        "market",
        [dimension("region", LEVELS)],
        [
            measure("postings", feed="postings"),
            measure("headcount", Kind.SUM, feed="postings"),
            measure("views", feed="postings", where={"event": "view"}),
            measure("applied", **APPLY),
            measure("asked", Kind.SUM, **APPLY),
            measure("seekers", Kind.DISTINCT, repeats=("region",), **APPLY),
            measure("matched", followed_by=followed(), **APPLY),
            measure("unmatched", without=Without(followed_by=followed()), **APPLY),
            measure("unmatched_persons", Kind.DISTINCT, without=Without(followed_by=followed()), **APPLY),
            measure("not_old", without=Without(where={"kind": "x", "event": "view"}), feed="activities", **WORKER),
            measure("not_seen", Kind.SUM, without=Without(where={"event": "view"}), feed="postings"),
            measure("matched_persons", Kind.DISTINCT, followed_by=followed(), repeats=("region",), **APPLY),
        ],
    ),
    table(
        "profile",
        [
            dimension("skill", ("total", "group", "skill"), multi=True),
            dimension("age"),
            dimension("region", LEVELS[:2]),
        ],
        [measure("persons", Kind.DISTINCT, feed="workers", repeats=("region",), **WORKER)],
    ),
    table(
        "events",
        [dimension("event"), dimension("region", ("city", "county"))],
        [measure("n", feed="activities"), measure("amounts", Kind.SUM, feed="activities")],
    ),
]

keys = st.sampled_from([1, 2, 3, 2**63 + 1, 2**64 - 1])
rows = st.fixed_dictionaries(
    {
        "employer_group": keys,
        "worker": keys,
        "posting": st.one_of(st.none(), keys),
        "region": st.sampled_from(["city", "c1", "c2", "c3", "t1", "t2", "t3"]),
        "age": st.sampled_from(["young", "old"]),
        "skill": st.lists(st.sampled_from(["clean", "cook", "drive", "none"]), min_size=1, max_size=3, unique=True),
        "event": st.sampled_from(["apply", "match", "view"]),
        "kind": st.sampled_from(["", "x", None]),
        "amount": st.one_of(st.none(), st.integers(0, 5), st.integers(0, 10**12)),
        "occurred_at": st.integers(0, 4).map(lambda s: START + timedelta(seconds=s)),
    }
)


@settings(max_examples=10, deadline=None)
@given(st.lists(rows, max_size=40))
def test_tables_are_what_counting_row_by_row_gives(month: list[Row]) -> None:
    check(SPECS, month)


@settings(max_examples=4, deadline=None)
@given(st.lists(rows, max_size=40))
def test_the_source_totals_are_the_tables_tops(month: list[Row]) -> None:
    feeds = {name: feed(month) for name in ("postings", "activities", "workers")}
    for spec, one in zip(SPECS, compute(SPECS, feeds, LISTS, ENGINE), strict=True):
        top = tuple(LISTS[d.hierarchy].top.code for d in spec.dimensions)
        tops = {name: figures[top].value if top in figures else 0 for name, figures in one.figures.items()}
        assert tops == source_totals(spec, feeds)


def figures(of: Measure, given: Sequence[Row], levels: tuple[str, ...] = LEVELS) -> dict[Place, Figure]:
    """One measure by region."""
    (one,) = cells([table("t", [dimension("region", levels)], [of])], given)
    return dict(one[of.name])


def test_the_two_largest_groups_are_groups_not_rows() -> None:
    amounts = [(1, 4), (1, 4), (2, 5), (2, 1), (3, 6)]
    given = [row(employer_group=group, amount=amount) for group, amount in amounts]
    assert figures(measure("x", Kind.SUM), given)["t1",] == Figure(value=20, contributors=3, largest=8, second=6)
    assert figures(measure("n"), given)["t1",] == Figure(value=5, contributors=3, largest=2, second=2)


def test_the_largest_of_a_sum_need_not_be_the_largest_of_a_count() -> None:
    spec = table("t", [dimension("region", LEVELS)], [measure("n"), measure("x", Kind.SUM)])
    given = [row(employer_group=1, amount=1)] * 3 + [row(employer_group=2, amount=50)] + [row(employer_group=3)] * 2
    (one,) = cells([spec], given)
    assert one["n"]["city",] == Figure(value=6, contributors=3, largest=3, second=2)
    assert one["x"]["city",] == Figure(value=55, contributors=3, largest=50, second=3)


def test_a_lone_group_has_no_second() -> None:
    assert figures(measure("n"), [row(), row()])["t1",] == Figure(value=2, contributors=1, largest=2, second=0)


def test_of_persons_only_the_largest_part_of_a_count_is_kept() -> None:
    given = [row(), row(), row(worker=2)]
    assert figures(measure("n", **WORKER), given)["t1",] == Figure(value=3, contributors=2, largest=2, second=0)
    assert figures(measure("n", Kind.DISTINCT, **WORKER), given)["t1",] == Figure(
        value=2, contributors=2, largest=0, second=0
    )


def test_a_missing_amount_adds_nothing_but_its_contributor_is_there() -> None:
    given = [row(employer_group=1, amount=None), row(employer_group=2, amount=3), row(employer_group=2, amount=None)]
    assert figures(measure("x", Kind.SUM), given)["t1",] == Figure(value=3, contributors=2, largest=3, second=0)
    assert figures(measure("x", Kind.SUM), given[:1])["t1",] == Figure(value=0, contributors=1, largest=0, second=0)


def test_what_is_not_broken_down_further_stands_in_the_rest() -> None:
    given = [row(region=code) for code in ("city", "c1", "t1", "c3")]
    values = {place[0]: figure.value for place, figure in figures(measure("n"), given).items()}
    assert values == {"city": 4, "city_U": 1, "c1": 2, "c1_U": 1, "t1": 1, "c3": 1}
    values = {p[0]: f.value for p, f in figures(measure("n"), given, ("city", "county")).items()}
    assert values == {"city": 4, "city_U": 1, "c1": 2, "c3": 1}


def test_an_empty_month_has_no_cells() -> None:
    assert cells(SPECS, []) == [{of.name: {} for of in spec.measures} for spec in SPECS]


def test_a_condition_on_a_dimension_of_the_table() -> None:
    spec = table("t", [dimension("event")], [measure("n", where={"event": "view"})])
    (one,) = cells([spec], [row(event="view"), row(event="apply")])
    assert {place: figure.value for place, figure in one["n"].items()} == {("Total",): 1, ("view",): 1}


def test_money_is_exact() -> None:
    cents = [10**15 + 1, 10**15 + 2, 3]
    given = [row(employer_group=i, amount=amount) for i, amount in enumerate(cents)]
    assert figures(measure("x", Kind.SUM), given)["t1",].value == sum(cents)


# followed by ----------------------------------------------------------------------------------------------------------

FOLLOWED = [
    ("the same moment counts", [("match", 1, 1, 0)], 1),
    ("later counts", [("match", 1, 1, 5)], 1),
    ("earlier does not", [("match", 1, 1, -1)], 0),
    ("earlier and later", [("match", 1, 1, -1), ("match", 1, 1, 1)], 1),
    ("another worker's does not", [("match", 2, 1, 5)], 0),
    ("another posting's does not", [("match", 1, 2, 5)], 0),
    ("one without a posting does not", [("match", 1, None, 5)], 0),
    ("another event does not", [("view", 1, 1, 5)], 0),
    ("one that follows twice counts once", [("match", 1, 1, 5), ("match", 1, 1, 6)], 1),
]


@pytest.mark.parametrize(("why", "others", "value"), FOLLOWED, ids=[why for why, _, _ in FOLLOWED])
def test_followed_by(why: str, others: list[tuple[str, int, int | None, int]], value: int) -> None:
    def at(event: str, worker: int, posting: int | None, second: int) -> Row:
        return row(event=event, worker=worker, posting=posting, occurred_at=START + timedelta(seconds=10 + second))

    given = [at("apply", 1, 1, 0), *(at(*other) for other in others)]
    found = figures(measure("matched", followed_by=followed(), **APPLY), given)
    assert {place: figure.value for place, figure in found.items() if place == ("city",)} == (
        {("city",): value} if value else {}
    )


def test_an_event_without_a_posting_follows_nothing() -> None:
    given = [row(posting=None), row(event="match", posting=None)]
    assert figures(measure("matched", followed_by=followed(), **APPLY), given) == {}


def test_two_ways_to_be_followed_are_two_measures() -> None:
    """By a match for the same posting: nobody; by any match of the same worker: one."""
    measures = [
        measure("here", followed_by=followed(("worker", "posting")), **APPLY),
        measure("anywhere", followed_by=followed(("worker",)), **APPLY),
    ]
    given = [row(posting=1), row(posting=2, event="match")]
    check([table("t", [dimension("region", LEVELS)], measures)], given)
    check([table("t", [dimension("region", LEVELS)], measures[::-1])], given)


def test_two_conditions_with_the_same_value_are_two_conditions() -> None:
    """By an event *match*: worker 1; by a kind *match*: workers 2 and 3."""
    measures = [
        measure("by_event", followed_by=followed(event="match"), **APPLY),
        measure("by_kind", followed_by=followed(kind="match"), **APPLY),
    ]
    given = [row(worker=1), row(worker=1, event="match")]
    given += [row(worker=w, **how) for w in (2, 3) for how in ({}, {"event": "view", "kind": "match"})]
    check([table("t", [dimension("region", LEVELS)], measures)], given)


# several values -------------------------------------------------------------------------------------------------------

SKILL = dimension("skill", ("total", "group", "skill"), multi=True)


def test_a_person_with_several_skills_counts_once_in_each_and_once_above() -> None:
    given = [
        row(worker=1, skill=["clean", "cook"]),
        row(worker=2, skill=["cook", "drive"]),
        row(worker=1, skill=["clean"]),
    ]
    (one,) = cells([table("t", [SKILL], [measure("p", Kind.DISTINCT, **WORKER)])], given)
    values = {place[0]: figure.value for place, figure in one["p"].items()}
    assert values == {"Total": 2, "house": 2, "clean": 1, "cook": 2, "drive": 1}


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.SUM])
def test_rows_and_amounts_are_not_declared_in_a_multi_valued_dimension(kind: Kind) -> None:
    """A total of rows or amounts would grow with the number of a row's skills."""
    with pytest.raises(ValidationError):
        table("t", [SKILL], [measure("n", kind, **WORKER)])


# names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["n_1", "n_2", "n_rank", "contributors_", "rows_", "contributor_", "amount"])
def test_no_name_of_a_measure_collides_with_what_the_query_needs(name: str) -> None:
    """A name is refused where it is declared, or counted like any other."""
    try:
        spec = table("t", [dimension("region", LEVELS)], [measure("n"), measure(name, Kind.SUM)])
    except ValidationError:
        return
    check([spec], [row(employer_group=i % 4, amount=10 + i) for i in range(8)])


def test_the_parts_of_the_finest_cells_are_kept_and_no_others() -> None:
    """Of employers who has how much in townships, not in their sums; of persons who is alone somewhere."""
    rows = [row(employer_group=1), row(employer_group=2, region="t2"), row(employer_group=2, region="t2", worker=2)]
    specs = [
        table("coarse", [dimension("region", LEVELS[:2])], [measure("n")]),
        table("fine", [dimension("region", LEVELS)], [measure("m"), measure("views", **WORKER)]),
    ]
    kept = Holdings()
    compute(specs, {"rows": feed(rows)}, LISTS, ENGINE, kept)
    at = {code: frozenset({("region", code)}) for code in ("t1", "t2")}
    assert kept.parts["rows/employer"]["count:"] == {at["t1"]: {1: 1}, at["t2"]: {2: 2}}
    assert kept.parts["rows/worker"]["count:"] == {at["t1"]: {1: 1}}
    assert read_parts(write_parts(kept.parts)) == kept.parts
