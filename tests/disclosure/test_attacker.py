"""The attacker itself: it finds what can be found in publications that leak, and claims nothing else."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from gateway.model.cells import Mark, PublishedTable, Shown
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Change, Contributor, Kind, Quartile, Ratio, Share, TableSpec
from tests.disclosure.attacker import Number, attack, number
from tests.disclosure.figures import half_up, quartile
from tests.disclosure.intervals import intervals
from tests.disclosure.linear import Equation, solve
from tests.disclosure.microdata import WORD, dimension, flat, hierarchy, measure, table

Rows = Mapping[tuple[str, ...], Mapping[str, Any]]
LISTS = {"a": flat("a", ["a1", "a2", "a3"]), "b": flat("b", ["b1", "b2"])}
TEXTS = {"title": WORD, "unit": WORD, "definition": WORD}
N = measure("n")
HIDDEN = Shown(value=None, mark=Mark.WITHHELD)


def publication(spec: TableSpec, rows: Rows) -> PublishedTable:
    """None stands for withheld."""
    shown = {
        place: {k: HIDDEN if v is None else Shown(value=v, mark=Mark.NORMAL) for k, v in row.items()}
        for place, row in rows.items()
    }
    return PublishedTable(spec=spec, rows=shown)


def at(spec: TableSpec, name: str, *place: str, lists: Mapping[str, Hierarchy] = LISTS, month: int = 0) -> Number:
    declared = next(m for m in spec.measures if m.name == name)
    return number(spec, declared, place, lists, month)


def test_linear_equations_are_solved_exactly() -> None:
    one = Fraction(1)
    equations = [
        Equation({"x": one, "y": one, "z": one}, Fraction(6)),
        Equation({"x": one, "y": -one}, Fraction(1, 3)),
        Equation({"z": one, "u": one}, Fraction(9)),
        Equation({"x": one, "y": one}, Fraction(2)),
    ]
    assert solve(equations, {}) == {"x": Fraction(7, 6), "y": Fraction(5, 6), "z": Fraction(4), "u": Fraction(5)}
    assert solve(equations[:3], {}) == {}
    assert solve(equations[:3], {"u": Fraction(5)}) == {"x": Fraction(7, 6), "y": Fraction(5, 6), "z": Fraction(4)}


def test_a_lone_gap_is_filled() -> None:
    spec = table("t", [dimension("a")], [N])
    rows: Rows = {("Total",): {"n": 12}, ("a1",): {"n": 5}, ("a2",): {"n": None}}
    assert attack([[publication(spec, rows)]], LISTS).recovered[at(spec, "n", "a2")] == 7


def test_two_gaps_in_a_row_are_not_but_have_bounds() -> None:
    spec = table("t", [dimension("a")], [N])
    rows: Rows = {("Total",): {"n": 12}, ("a1",): {"n": 5}, ("a2",): {"n": None}, ("a3",): {"n": None}}
    found = attack([[publication(spec, rows)]], LISTS)
    assert found.hidden == {at(spec, "n", "a2"), at(spec, "n", "a3")}
    assert not found.recovered
    assert intervals(found, [at(spec, "n", "a2")]) == {at(spec, "n", "a2"): (1, 6)}


def test_gaps_in_rows_and_columns_are_solved_together() -> None:
    spec = table("t", [dimension("a"), dimension("b")], [N])
    rows: Rows = {
        ("Total", "Total"): {"n": 21},
        ("Total", "b1"): {"n": 9},
        ("Total", "b2"): {"n": 12},
        ("a1", "Total"): {"n": 3},
        ("a2", "Total"): {"n": 7},
        ("a3", "Total"): {"n": 11},
        ("a1", "b1"): {"n": None},
        ("a1", "b2"): {"n": None},
        ("a2", "b1"): {"n": None},
        ("a2", "b2"): {"n": None},
        ("a3", "b1"): {"n": 5},
        ("a3", "b2"): {"n": 6},
    }
    assert not attack([[publication(spec, rows)]], LISTS).recovered
    rows = {**rows, ("a2", "b2"): {"n": 4}}
    found = attack([[publication(spec, rows)]], LISTS).recovered
    assert {found[at(spec, "n", *p)] for p in [("a1", "b1"), ("a2", "b1")]} == {1, 3}


def test_a_table_without_the_counties_gives_the_other_tables_counties() -> None:
    lists = {"a": hierarchy("a", {"City": {"c1": {"t1": {}, "t2": {}}, "c2": {"t3": {}}}}, ("city", "county", "town"))}
    counties = table("t", [dimension("a", ("city", "county"))], [N])
    towns = table("u", [dimension("a", ("city", "town"))], [N])
    upper = publication(counties, {("City",): {"n": None}, ("c1",): {"n": None}, ("c2",): {"n": 2}})
    lower = publication(towns, {("City",): {"n": None}, ("t1",): {"n": 3}, ("t2",): {"n": 4}, ("t3",): {"n": 2}})
    found = attack([[upper, lower]], lists).recovered
    assert found[at(counties, "n", "c1", lists=lists)] == 7
    assert found[at(counties, "n", "City", lists=lists)] == 9


def test_a_condition_is_a_coordinate() -> None:
    whole = table("t", [dimension("a")], [measure("n", where={"b": "b1"})])
    split = table("u", [dimension("a"), dimension("b")], [N])
    assert at(whole, "n", "a1") == at(split, "n", "a1", "b1")


def test_nothing_adds_up_where_persons_stand_twice() -> None:
    persons = measure("p", Kind.DISTINCT, Contributor.WORKER)
    spec = table("t", [dimension("a", multi=True)], [persons])
    found = attack([[publication(spec, {("Total",): {"p": 9}, ("a1",): {"p": 7}, ("a2",): {"p": None}})]], LISTS)
    hidden = at(spec, "p", "a2")
    assert not found.recovered
    assert intervals(found, [hidden]) == {hidden: (2, 9)}


RATIO = Ratio(kind="ratio", name="d", numerator="n", denominator="m", decimals=2, **TEXTS)
SHARE = Share(kind="share", name="d", measure="n", along="a", decimals=1, **TEXTS)
CHANGE = Change(kind="change", name="d", measure="n", decimals=1, **TEXTS)


@pytest.mark.parametrize(
    ("figure", "row", "value"),
    [
        (RATIO, {"n": None, "m": 37, "d": Decimal("0.16")}, 6),  # FIELD 8
        (RATIO, {"n": 6, "m": None, "d": Decimal("0.16")}, None),  # 37 or 38
        (RATIO, {"n": 3, "m": None, "d": Decimal("0.75")}, 4),
        (SHARE, {"n": None, "m": 0, "d": Decimal("12.5")}, 10),  # of 80
        (CHANGE, {"n": None, "m": 0, "d": Decimal("-40.0")}, 12),  # after 20
        (CHANGE, {"n": None, "m": 0, "d": Decimal("160.0")}, 52),
    ],
)
def test_a_derived_figure_gives_its_term(figure: Any, row: dict[str, Any], value: int | None) -> None:
    spec = table("t", [dimension("a")], [N, measure("m", Kind.SUM)], [figure])
    gap = {"n": None, "m": None, "d": None}
    others: Rows = {("Total",): {"n": 80, "m": 99, "d": None}, ("a2",): gap, ("a3",): gap}
    now = publication(spec, {**others, ("a1",): row})
    before = publication(spec, {**others, ("a1",): {"n": 20, "m": 9, "d": None}})
    hidden = "n" if row["n"] is None else "m"
    assert attack([[now], [before]], LISTS).recovered.get(at(spec, hidden, "a1")) == value


def test_a_change_gives_the_month_before() -> None:
    spec = table("t", [dimension("a")], [N], [CHANGE])
    gap = {"n": None, "d": None}
    now = publication(spec, {("Total",): gap, ("a1",): {"n": 15, "d": Decimal("-40.0")}, ("a2",): gap})
    before = publication(spec, {("Total",): gap, ("a1",): gap, ("a2",): gap})
    assert attack([[now], [before]], LISTS).recovered[at(spec, "n", "a1", month=1)] == 25


def test_a_quartile_gives_a_band() -> None:
    lists = {"a": hierarchy("a", {"Total": {"h": {"h1": {}, "h2": {}}, "d": {}}}, ("total", "unit", "band"))}
    edges = {"a": {"h1": (0, 1000), "h2": (1000, 2000)}}
    figure = Quartile(kind="quartile", name="q", measure="n", along="a", quarter=1, **TEXTS)
    spec = table("t", [dimension("a", ("total", "unit", "band"))], [N], [figure])
    rows: Rows = {
        ("Total",): {"n": None, "q": None},
        ("h",): {"n": None, "q": 357},  # (7 + 3) / 4 / 7 of the band
        ("h1",): {"n": 7, "q": None},
        ("h2",): {"n": None, "q": None},
        ("d",): {"n": None, "q": None},
    }
    assert attack([[publication(spec, rows)]], lists, edges).recovered[at(spec, "n", "h2", lists=lists)] == 3


def test_half_up_and_quartiles_by_hand() -> None:
    assert [half_up(Fraction(x, 8), 0) for x in (4, 12, 20, -4, -3)] == [1, 2, 3, -1, 0]
    assert quartile([4, 4], [(0, 10), (10, 20)], 2) == 10
    assert quartile([1, 3], [(0, 10), (10, 20)], 3) == Fraction(50, 3)
    assert quartile([0, 0], [(0, 10), (10, 20)], 3) is None
    assert quartile([1, 9], [(0, 10), (10, None)], 2) is None
