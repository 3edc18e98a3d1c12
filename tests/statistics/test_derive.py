"""Derived figures by hand: from published figures only, half up, withheld with any of their terms."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.base.errors import GatewayError
from gateway.model.cells import Cells, Figure, Mark, Place, Protected, PublishedTable, Shown, Status
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Change, Kind, Quartile, Ratio, Share, TableSpec
from gateway.statistics import publish
from tests.disclosure.microdata import WORD, dimension, flat, hierarchy, measure, table

TEXTS = {"title": WORD, "unit": WORD, "definition": WORD}
LISTS = {"a": flat("a", ["a1", "a2", "a3"]), "b": flat("b", ["b1", "b2"])}
C, M = "withheld", "missing"
"""What the tables below expect instead of a number; C also stands for a withheld term."""
Value = int | str | None
"""A number, C, or None where there is nobody (no cell at all: a zero)."""


def released(
    spec: TableSpec,
    values: Mapping[Place, Mapping[str, Value]],
    lists: Mapping[str, Hierarchy] = LISTS,
    edges: Any = None,
    previous: PublishedTable | None = None,
) -> PublishedTable:
    """The table with these measures. A withheld figure is 987654 underneath."""
    figures: dict[str, dict[Place, Figure]] = {of.name: {} for of in spec.measures}
    status: dict[str, dict[Place, Status]] = {of.name: {} for of in spec.measures}
    for place, row in values.items():
        for name, value in row.items():
            if value is None:
                continue
            number = 987654 if isinstance(value, str) else value
            figures[name][place] = Figure(value=number, contributors=9, largest=1, second=1)
            status[name][place] = Status.SECONDARY if isinstance(value, str) else Status.PUBLISHED
    cells, protected = Cells(spec=spec, figures=figures), Protected(spec=spec, status=status)
    return publish(cells, protected, lists, edges or {}, previous)


def told(shown: Shown) -> str:
    """A shown figure as a test expects it, with its decimals."""
    if shown.mark is Mark.NORMAL:
        return str(shown.value)
    assert shown.value is None
    return C if shown.mark is Mark.WITHHELD else M


RATIOS: list[tuple[Value, Value, int, bool, str]] = [
    # numerator, denominator, decimals, percent, expected
    (6, 37, 2, False, "0.16"),
    (8, 10, 2, False, "0.80"),
    (1, 8, 2, False, "0.13"),  # 0.125: half up
    (3, 8, 2, False, "0.38"),  # 0.375
    (1, 3, 4, False, "0.3333"),
    (2, 3, 4, False, "0.6667"),
    (1, 8, 0, True, "13"),  # 12.5
    (1, 200, 1, True, "0.5"),
    (1, 2000, 1, True, "0.1"),  # 0.05
    (1, 2001, 1, True, "0.0"),
    (29, 200, 2, False, "0.15"),  # 0.145, which is less in binary
    (7, 7, 1, True, "100.0"),
    (10**18 + 1, 10**18, 4, False, "1.0000"),
    (10**18, 1, 2, False, f"{10**18}.00"),
    (0, 5, 2, False, "0.00"),
    (None, 5, 2, False, "0.00"),  # nobody is zero
    (5, 0, 2, False, M),
    (5, None, 2, False, M),
    (None, None, 2, False, M),
    (C, 37, 2, False, C),
    (6, C, 2, False, C),
    (C, C, 2, False, C),
    (C, 0, 2, False, C),  # not defined, but that would tell of the other
    (0, C, 2, False, C),
    (None, C, 2, False, C),
]


@pytest.mark.parametrize(("above", "below", "decimals", "percent", "expected"), RATIOS)
def test_ratio(above: Value, below: Value, decimals: int, percent: bool, expected: str) -> None:
    names = {"numerator": "n", "denominator": "m"}
    figure = Ratio(kind="ratio", name="d", percent=percent, decimals=decimals, **names, **TEXTS)
    spec = table("t", [dimension("a")], [measure("n"), measure("m", Kind.SUM)], [figure])
    assert told(released(spec, {("a1",): {"n": above, "m": below}}).rows["a1",]["d"]) == expected


SHARES: list[tuple[Value, Value, int, str]] = [
    # part, whole, decimals, expected
    (10, 80, 1, "12.5"),
    (1, 3, 1, "33.3"),
    (1, 16, 1, "6.3"),  # 6.25
    (80, 80, 1, "100.0"),
    (90, 80, 1, "112.5"),  # a person can stand in several parts
    (None, 80, 1, "0.0"),
    (None, None, 1, M),
    (C, 80, 1, C),
    (10, C, 1, C),
    (None, C, 1, C),
    (C, C, 1, C),
]


@pytest.mark.parametrize(("part", "whole", "decimals", "expected"), SHARES)
def test_share(part: Value, whole: Value, decimals: int, expected: str) -> None:
    figure = Share(kind="share", name="d", measure="n", along="a", decimals=decimals, **TEXTS)
    spec = table("t", [dimension("a")], [measure("n")], [figure])
    rows = released(spec, {("Total",): {"n": whole}, ("a1",): {"n": part}}).rows
    assert told(rows["a1",]["d"]) == expected
    assert told(rows["Total",]["d"]) == (C if whole == C else M if whole is None else "100.0")


def test_a_share_is_of_the_same_rows_total() -> None:
    """Along a: of (Total, b1), not of everything and not of (a1, Total)."""
    figure = Share(kind="share", name="d", measure="n", along="a", decimals=0, **TEXTS)
    spec = table("t", [dimension("a"), dimension("b")], [measure("n")], [figure])
    places: dict[Place, Mapping[str, Value]] = {
        ("Total", "Total"): {"n": 1000},
        ("Total", "b1"): {"n": 50},
        ("Total", "b2"): {"n": C},
        ("a1", "Total"): {"n": 100},
        ("a1", "b1"): {"n": 10},
        ("a1", "b2"): {"n": 90},
    }
    rows = released(spec, places).rows
    shares = {place: told(rows[place]["d"]) for place in places}
    assert shares == {
        ("Total", "Total"): "100",
        ("Total", "b1"): "100",
        ("Total", "b2"): C,
        ("a1", "Total"): "10",
        ("a1", "b1"): "20",
        ("a1", "b2"): C,
    }


NO_MONTH = "no month before"
CHANGES: list[tuple[Value, Value, int, str]] = [
    # before, now, decimals, expected
    (100, 110, 1, "10.0"),
    (100, 100, 1, "0.0"),
    (100, 95, 1, "-5.0"),
    (800, 801, 2, "0.13"),  # 0.125
    (800, 799, 2, "-0.13"),  # half away from zero, as 四舍五入
    (3, 4, 1, "33.3"),
    (3, 2, 1, "-33.3"),
    (100_000, 99_999, 1, "0.0"),  # never "-0.0"
    (100, 0, 1, "-100.0"),
    (100, None, 1, "-100.0"),
    (0, 5, 1, M),
    (None, 5, 1, M),  # not in the month before: it was zero
    (None, None, 1, M),
    (NO_MONTH, 5, 1, M),
    (NO_MONTH, C, 1, C),
    (C, 5, 1, C),
    (5, C, 1, C),
    (None, C, 1, C),
    (C, None, 1, C),
    (C, C, 1, C),
]


@pytest.mark.parametrize(("before", "now", "decimals", "expected"), CHANGES)
def test_change(before: Value, now: Value, decimals: int, expected: str) -> None:
    figure = Change(kind="change", name="d", measure="n", decimals=decimals, **TEXTS)
    spec = table("t", [dimension("a")], [measure("n")], [figure])
    earlier = None if before is NO_MONTH else released(spec, {("a1",): {"n": before}})
    assert told(released(spec, {("a1",): {"n": now}}, previous=earlier).rows["a1",]["d"]) == expected


def test_a_change_of_a_place_that_had_no_row() -> None:
    """An inner place without anybody has no row: it was zero."""
    figure = Change(kind="change", name="d", measure="n", decimals=1, **TEXTS)
    spec = table("t", [dimension("a"), dimension("b")], [measure("n")], [figure])
    earlier = released(spec, {("a1", "b1"): {"n": 4}})
    rows = released(spec, {("a1", "b1"): {"n": 5}, ("a1", "b2"): {"n": 5}}, previous=earlier).rows
    assert [told(rows[place]["d"]) for place in (("a1", "b1"), ("a1", "b2"))] == ["25.0", M]


PAY_LEVELS = ("total", "unit", "band")
PAY = {
    "pay": hierarchy(
        "pay", {"Total": {"h": {"h1": {}, "h2": {}, "h3": {}, "h4": {}}, "d": {"d1": {}}, "talk": {}}}, PAY_LEVELS
    )
}
EDGES = {"pay": {"h1": (None, 10), "h2": (10, 20), "h3": (20, 40), "h4": (40, None), "d1": (100, 200)}}

QUARTILES: list[tuple[list[Value], int, str]] = [
    # the bands' counts (…10, 10–20, 20–40, 40…), quarter, expected
    ([0, 4, 4, 0], 1, "15"),  # 2 of the 4 in 10–20
    ([0, 4, 4, 0], 2, "20"),  # exactly at the edge
    ([0, 4, 4, 0], 3, "30"),
    ([0, 3, 1, 0], 1, "13"),  # 1 of 3: 13.33
    ([0, 3, 1, 0], 3, "20"),
    ([0, 1, 3, 0], 2, "27"),  # 1 of 3: 26.67
    ([0, 8, 0, 0], 1, "13"),  # 12.5: half up
    ([None, 8, None, None], 3, "18"),  # 17.5; nobody is zero
    ([0, 0, 4, 0], 1, "25"),  # an empty band is passed over
    ([4, 0, 4, 0], 3, "30"),
    ([1, 2, 1, 0], 1, M),  # at the upper edge of an open band
    ([4, 4, 0, 0], 1, M),  # in the open band below
    ([0, 1, 1, 6], 3, M),  # in the open band above
    ([0, 0, 0, 0], 2, M),
    ([None, None, None, None], 2, M),
    ([C, 4, 4, 4], 2, C),
    ([4, 4, 4, C], 2, C),
    ([0, C, C, 0], 2, C),
    ([C, C, C, C], 2, C),
]


def quartile(rows: Mapping[Place, Mapping[str, Value]], quarter: int) -> PublishedTable:
    figure = Quartile(kind="quartile", name="d", measure="n", along="pay", quarter=quarter, **TEXTS)
    spec = table("t", [dimension("pay", PAY_LEVELS)], [measure("n")], [figure])
    return released(spec, rows, PAY, EDGES)


@pytest.mark.parametrize(("counts", "quarter", "expected"), QUARTILES)
def test_quartile(counts: list[Value], quarter: int, expected: str) -> None:
    bands: dict[Place, Mapping[str, Value]] = {(f"h{i}",): {"n": count} for i, count in enumerate(counts, 1)}
    whole = sum(count for count in counts if isinstance(count, int))
    assert told(quartile({("h",): {"n": whole}, **bands}, quarter).rows["h",]["d"]) == expected


def test_a_quartile_is_withheld_with_its_node() -> None:
    """With all bands shown the node is their sum; whoever hides it hides the quartile too."""
    rows = quartile({("h",): {"n": C}, ("h2",): {"n": 4}, ("h3",): {"n": 4}}, 2).rows
    assert told(rows["h",]["d"]) == C


def test_only_a_node_with_bands_has_a_quartile() -> None:
    rows = quartile({("Total",): {"n": 9}, ("h",): {"n": 4}, ("h2",): {"n": 4}, ("talk",): {"n": 5}}, 2).rows
    assert {place[0]: told(row["d"]) for place, row in rows.items() if place[0] in ("Total", "talk", "h2")} == {
        "Total": M,
        "talk": M,
        "h2": M,
    }


def test_a_table_that_shows_no_bands_has_no_quartiles() -> None:
    figure = Quartile(kind="quartile", name="d", measure="n", along="pay", quarter=2, **TEXTS)
    spec = table("t", [dimension("pay", PAY_LEVELS[:2])], [measure("n")], [figure])
    assert told(released(spec, {("h",): {"n": 4}}, PAY, EDGES).rows["h",]["d"]) == M


# rows and marks -------------------------------------------------------------------------------------------------------


def test_margins_stand_there_as_zeros_and_inner_places_only_when_somebody_is_there() -> None:
    spec = table("t", [dimension("a"), dimension("b")], [measure("n"), measure("m", Kind.SUM)])
    rows = released(spec, {("a1", "b1"): {"n": 3}, ("a2", "b2"): {"m": C}}).rows
    margins = [("Total", "Total"), ("Total", "b1"), ("Total", "b2"), ("a1", "Total"), ("a2", "Total"), ("a3", "Total")]
    assert set(rows) == {*margins, ("a1", "b1"), ("a2", "b2")}
    assert rows["a3", "Total"]["n"] == Shown(value=0, mark=Mark.NORMAL)
    assert rows["a1", "b1"] == {"n": Shown(value=3, mark=Mark.NORMAL), "m": Shown(value=0, mark=Mark.NORMAL)}
    assert rows["a2", "b2"] == {"n": Shown(value=0, mark=Mark.NORMAL), "m": Shown(value=None, mark=Mark.WITHHELD)}


def test_rows_stand_in_the_order_of_the_code_lists() -> None:
    spec = table("t", [dimension("a"), dimension("b")], [measure("n")])
    places = [("a2", "b1"), ("a1", "b2"), ("a1", "b1")]
    rows = list(released(spec, {place: {"n": 1} for place in places}).rows)
    order = {code: i for i, code in enumerate(["Total", "a1", "a2", "a3"])}
    assert rows == sorted(rows, key=lambda place: (order[place[0]], place[1] != "Total", place[1]))


def test_not_stated_stands_there_only_when_somebody_is_there() -> None:
    lists = {"a": hierarchy("a", {"City": {"c1": {}, "City_U": {}}}, ("city", "county"))}
    spec = table("t", [dimension("a", ("city", "county"))], [measure("n")])
    assert set(released(spec, {}, lists).rows) == {("City",), ("c1",)}
    assert set(released(spec, {("City_U",): {"n": 1}}, lists).rows) == {("City",), ("c1",), ("City_U",)}


def test_a_zero_with_somebody_in_it_can_be_withheld_and_differs_from_nobodys() -> None:
    spec = table("t", [dimension("a")], [measure("x", Kind.SUM)])
    rows = released(spec, {("a1",): {"x": C}, ("a2",): {"x": 0}}).rows
    assert [told(rows[place]["x"]) for place in (("a1",), ("a2",), ("a3",))] == [C, "0", "0"]


def test_a_table_that_shows_no_total_claims_no_zero() -> None:
    """The total is not shown, so it has no row; a row of zero would be false. Refusing the declaration is as good."""
    lists = {"a": hierarchy("a", {"Total": {"s1": {"x1": {}}, "s2": {"x2": {}}}}, ("total", "section", "code"))}
    try:
        spec = table("t", [dimension("a", ("section", "code"))], [measure("n")])
        rows = released(spec, {("s1",): {"n": 3}, ("x1",): {"n": 3}}, lists).rows
    except (ValidationError, GatewayError):
        return
    assert set(rows) == {("s1",), ("x1",), ("s2",), ("x2",)}


def test_a_number_has_the_declared_decimals() -> None:
    figure = Ratio(kind="ratio", name="d", numerator="n", denominator="m", decimals=4, **TEXTS)
    spec = table("t", [dimension("a")], [measure("n"), measure("m", Kind.SUM)], [figure])
    value = released(spec, {("a1",): {"n": 1, "m": 2}}).rows["a1",]["d"].value
    assert isinstance(value, Decimal)
    assert value.as_tuple().exponent == -4
