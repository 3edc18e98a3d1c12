"""Figures from before the gateway: a world that fits what was shown, the nearest to today's; and a release after them
from which no number that either protects is worked out.

The nearest world is held against one that tries every assignment; the release against somebody who solves both
tables."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gateway.disclosure import Before, Earlier, NoWorldError, world_of
from gateway.model.cells import Cells, Figure, Mark, Place, PublishedTable, Shown, Status
from gateway.model.table import Contributor, Kind, TableSpec
from tests.disclosure.attacker import attack, number
from tests.disclosure.linear import Equation, solve
from tests.disclosure.microdata import Record, dimension, hierarchy, measure, table
from tests.disclosure.siege import RULES, Siege
from tests.disclosure.test_earlier import FLOW, LISTS, ONE, Second, _primary, corrections, many, protected, stocks

TREE = {"r": hierarchy("r", {"Total": {"A": {"a1": {}, "a2": {}}, "B": {"b1": {}, "b2": {}}}}, ("total", "up", "low"))}
ROWS = [table("t", [dimension("r", ("total", "up", "low"))], [measure("n")])]
SEVERAL = [table("t", [dimension("a", multi=True)], [measure("w", Kind.DISTINCT, Contributor.WORKER)])]
PLACES = [("Total",), ("A",), ("B",), ("a1",), ("a2",), ("b1",), ("b2",)]


def published(spec: TableSpec, values: Mapping[Place, int | None]) -> PublishedTable:
    """A table of one measure; None is withheld."""
    (one,) = spec.measures
    rows = {
        place: {one.name: Shown(value=value, mark=Mark.WITHHELD if value is None else Mark.NORMAL)}
        for place, value in values.items()
    }
    return PublishedTable(spec=spec, rows=rows)


def counted(spec: TableSpec, values: Mapping[Place, int]) -> Cells:
    (one,) = spec.measures
    figures = {p: Figure(value=v, contributors=v, largest=0, second=0) for p, v in values.items() if v}
    return Cells(spec=spec, figures={one.name: figures})


def values(cells: Cells) -> dict[Place, int]:
    (found,) = cells.figures.values()
    return {place: figure.value for place, figure in found.items()}


def whole(low: tuple[int, ...]) -> dict[Place, int]:
    """The figures of a tree from its leaves."""
    a1, a2, b1, b2 = low
    return dict(zip(PLACES, (a1 + a2 + b1 + b2, a1 + a2, b1 + b2, a1, a2, b1, b2), strict=True))


LOW = st.tuples(*[st.integers(0, 2)] * 4)


@settings(max_examples=50, deadline=None)
@given(LOW, LOW, st.sets(st.sampled_from(PLACES)))
def test_the_world_fits_what_was_shown_and_none_is_nearer(
    low: tuple[int, ...], now: tuple[int, ...], hidden: set[Place]
) -> None:
    then, today = whole(low), whole(now)
    shown = {place: value for place, value in then.items() if place not in hidden}
    told = published(ROWS[0], {**dict.fromkeys(hidden), **shown})
    (found,) = world_of([told], [counted(ROWS[0], today)], TREE)
    world = {place: values(found).get(place, 0) for place in PLACES}
    assert world == whole(tuple(world[place] for place in PLACES[3:]))
    assert {place: world[place] for place in shown} == shown

    def far(one: Mapping[Place, int]) -> int:
        return sum(abs(one[place] - today[place]) for place in hidden)

    most = then["Total",] + today["Total",]
    leaves = [[shown[place]] if place in shown else range(most + 1) for place in PLACES[3:]]
    every = (whole(low) for low in product(*leaves) if sum(low) <= most)
    fitting = (one for one in every if all(one[place] == value for place, value in shown.items()))
    assert far(world) == min(map(far, fitting))


@given(LOW, st.sets(st.sampled_from(PLACES)))
def test_where_nothing_tells_of_a_change_a_withheld_figure_is_what_it_is_now(
    low: tuple[int, ...], hidden: set[Place]
) -> None:
    then = whole(low)
    told = published(ROWS[0], {place: None if place in hidden else value for place, value in then.items()})
    (found,) = world_of([told], [counted(ROWS[0], then)], TREE)
    assert values(found) == {place: value for place, value in then.items() if value}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({("Total",): 9, ("A",): 5, ("B",): 5}, id="parts above their total"),
        pytest.param({("Total",): 9, ("A",): 5, ("B",): 3}, id="parts below their total"),
        pytest.param({("Total",): 9, ("A",): 10, ("B",): None}, id="a withheld part would be negative"),
        pytest.param({("A",): 5, ("a1",): 5}, id="a total is missing"),
        pytest.param({("Total",): 5}, id="no part has a row"),
        pytest.param({("Total",): 5, ("A",): 5, ("B",): 0}, id="no part of a part has a row"),
        pytest.param({("Total",): 0, ("A",): None, ("a1",): 1}, id="a part of nothing"),
    ],
)
def test_what_does_not_add_up_has_no_world(told: dict[Place, int | None]) -> None:
    with pytest.raises(NoWorldError):
        world_of([published(ROWS[0], told)], [], TREE)


def test_one_figure_in_two_tables_has_one_value() -> None:
    other = ROWS[0].model_copy(update={"name": "u"})
    both = [
        published(spec, {("Total",): all_, ("A",): all_, ("a1",): all_}) for spec, all_ in ((ROWS[0], 3), (other, 4))
    ]
    with pytest.raises(NoWorldError):
        world_of(both, [], TREE)


@pytest.mark.parametrize(("parts", "fits"), [((6, 6), True), ((9, 4), True), ((4, 4), False), ((11, 1), False)])
def test_distinct_persons_fit_as_bounds(parts: tuple[int, int], fits: bool) -> None:
    """Each part at most the total, the total at most their sum."""
    told = published(SEVERAL[0], {("Total",): 10, ("a1",): parts[0], ("a2",): parts[1]})
    if not fits:
        with pytest.raises(NoWorldError):
            world_of([told], [], LISTS)
        return
    (found,) = world_of([told], [], LISTS)
    assert values(found) == {("Total",): 10, ("a1",): parts[0], ("a2",): parts[1]}


class AfterImport(Second):
    """A release after one that was published before the gateway: only its tables are known."""

    @cached_property
    def before(self) -> Before:
        first = self._first
        known = world_of(first.published, self.cells, self.lists)
        pairs = list(zip(known, first.published, strict=True))
        marks: dict[Mark, dict[str, Any]] = {Mark.NORMAL: {}, Mark.WITHHELD: {}}
        for one, told in pairs:
            for mark, found in marks.items():
                found[one.spec.name] = {
                    m.name: frozenset(
                        p
                        for p, row in told.rows.items()
                        if row[m.name].mark is mark and (p in one.figures[m.name]) is (mark is Mark.NORMAL)
                    )
                    for m in one.spec.measures
                }
        earlier = Earlier(
            release="R00",
            cells=known,
            shown=marks[Mark.NORMAL],
            zeros=marks[Mark.WITHHELD],
            parts={},
            moves=None,
            tied=None,
            imported=True,
        )
        return Before(earlier=[earlier], rests=self.rests)


def after(siege: Second) -> AfterImport:
    return AfterImport(siege.specs, siege.records, siege.lists, siege.parameters, first=siege.first)


def told(siege: AfterImport) -> list[object]:
    """What somebody finds who reads both tables: a primary number of either, or a difference that one contributor (or
    fewer persons than the minimum) may be behind. Where the world that was found is the true one, it is also known
    which figures are what they were."""
    first = siege._first
    seen = attack([siege.published, first.published], siege.lists)
    known = {**seen.known, **seen.recovered}
    true = [{m: figures_of(one, m) for m in one.figures} for one in first.cells]
    world = [{m: figures_of(one, m) for m in one.figures} for one in siege.before.earlier[0].cells]
    pairs = [
        (
            [number(spec, m, place, siege.lists, month) for month in (0, 1)],
            m,
            figures_of(now, m.name).get(place, 0) - then,
        )
        for spec, now, one in zip(siege.specs, siege.cells, true, strict=True)
        for m in spec.measures
        for place, then in {**dict.fromkeys(now.figures[m.name], 0), **one[m.name]}.items()
    ]
    if world == true:
        same = [Equation({names[0]: ONE, names[1]: -ONE}, Fraction(0)) for names, _, by in pairs if not by]
        known |= solve([*seen.equations, *same], known)
    found: list[object] = [
        names[0]
        for names, m, by in pairs
        if by and all(name in known for name in names) and (m.kind is not Kind.DISTINCT or abs(by) < 3)
    ]
    return found + [one for month, s in enumerate((siege, first)) for one in _primary(s, month) if one in known]


def figures_of(cells: Cells, measure: str) -> dict[Place, int]:
    return {place: figure.value for place, figure in cells.figures[measure].items() if figure.value}


PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""An example of two whole tables takes minutes to make smaller."""


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(corrections())
def test_a_correction_of_an_imported_month_does_not_tell_whose_it_is(siege: Second) -> None:
    imported = after(siege)
    if protected(imported):
        assert not told(imported)


@settings(max_examples=40, deadline=None, phases=PHASES)
@given(stocks())
def test_nobody_is_found_by_joining_or_leaving_since_an_import(siege: Second) -> None:
    imported = after(siege)
    if protected(imported):
        assert not told(imported)


def test_without_the_import_it_would_be_found() -> None:
    more = [Record(group="V", codes={"a": "a1", "b": "b1"})] * 5
    blind = correction(more)
    blind.__dict__["published"] = Siege(FLOW, many(more), LISTS, RULES).published
    assert told(blind)


def correction(more: list[Record]) -> AfterImport:
    first = Siege(FLOW, many(), LISTS, RULES)
    return AfterImport(FLOW, many(more), LISTS, RULES, first=first)


def test_the_same_month_again_shows_the_same_and_keeps_what_was_withheld() -> None:
    assert set(correction([]).protection.tables[0].status["n"].values()) == {Status.PUBLISHED}


def test_what_differs_from_an_import_is_withheld_whoever_it_was() -> None:
    """Nobody knows how many groups the difference is of: one, then."""
    more = [Record(group=group, codes={"a": "a1", "b": "b1"}) for group in "VWXYZ"] * 5
    status = correction(more).protection.tables[0].status["n"]
    for place in (("a1", "b1"), ("a1", "Total"), ("Total", "b1"), ("Total", "Total")):
        assert status[place] is not Status.PUBLISHED


def test_what_an_import_withheld_stays_withheld() -> None:
    first = Siege(FLOW, many(), LISTS, RULES)
    withheld = {("a1", "b1"), ("a1", "b2"), ("a2", "b1"), ("a2", "b2")}
    hidden = Shown(value=None, mark=Mark.WITHHELD)
    (shown,) = first.published
    rows = {p: {n: hidden if p in withheld else one for n, one in row.items()} for p, row in shown.rows.items()}
    object.__setattr__(first, "published", [replace(shown, rows=rows)])
    siege = AfterImport(FLOW, many(), LISTS, RULES, first=first)
    status = siege.protection.tables[0].status["n"]
    assert {place for place, one in status.items() if one is not Status.PUBLISHED} == withheld
