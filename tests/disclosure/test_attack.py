"""The promise of disclosure control, attacked: from random records through the door to the published tables, and then
by a receiver who solves everything that they and their declarations say.

A release that the door refuses has given nothing away."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gateway.base.errors import DisclosureError
from gateway.disclosure import check_published
from gateway.model.cells import Mark, Place, PublishedTable, Shown, Status
from gateway.model.table import Change, Quartile, Ratio, Share
from tests.disclosure import worlds
from tests.disclosure.attacker import attack
from tests.disclosure.siege import Siege, check_promises


def protected(siege: Siege) -> Siege:
    """The siege once its release is made; the example does not count when the door refuses it."""
    try:
        _ = siege.published
    except DisclosureError:
        reject()
    return siege


@settings(max_examples=120, deadline=None)
@given(worlds.employers())
def test_no_employer_is_found(siege: Siege) -> None:
    check_promises(protected(siege))


@settings(max_examples=80, deadline=None)
@given(worlds.persons())
def test_no_person_is_found(siege: Siege) -> None:
    check_promises(protected(siege))


@settings(max_examples=120, deadline=None)
@given(worlds.linked())
def test_tables_about_the_same_do_not_give_each_other_away(siege: Siege) -> None:
    check_promises(protected(siege))


@settings(max_examples=60, deadline=None)
@given(worlds.months())
def test_derived_figures_give_nothing_back(pair: tuple[Siege, Siege]) -> None:
    now, before = pair
    check_promises(protected(now))
    earlier = {name._replace(month=1) for name in before.primary()}
    assert not earlier & {*now.attack.known, *now.attack.recovered}
    for place, row in now.published[0].rows.items():
        for figure in now.specs[0].derived:
            terms = _terms(now, before.published[0], figure, place)
            if Mark.WITHHELD in terms:
                assert row[figure.name] == Shown(value=None, mark=Mark.WITHHELD)
            else:
                assert row[figure.name].mark is not Mark.WITHHELD


def _terms(now: Siege, before: PublishedTable, figure: Any, place: Place) -> list[Mark]:
    """The marks of everything that a derived figure is made of."""
    rows, total = now.published[0].rows, "Total"

    def mark(table: PublishedTable, measure: str, *at: str) -> Mark:
        row = table.rows.get(at)
        return row[measure].mark if row is not None else Mark.NORMAL

    table = now.published[0]
    match figure:
        case Ratio():
            return [rows[place][figure.numerator].mark, rows[place][figure.denominator].mark]
        case Share():
            whole = (total, place[1]) if figure.along == "a" else (place[0], total)
            return [rows[place][figure.measure].mark, mark(table, figure.measure, *whole)]
        case Change():
            return [rows[place][figure.measure].mark, mark(before, figure.measure, *place)]
        case Quartile():
            bands = {"h": ("h1", "h2", "h3"), "d": ("d1", "d2")}.get(place[1], ())
            parts = [mark(table, figure.measure, place[0], band) for band in bands]
            return [rows[place][figure.measure].mark, *parts] if bands else []
    raise AssertionError(figure)


@settings(max_examples=80, deadline=None)
@given(worlds.employers(), st.data())
def test_the_second_look_lets_nothing_through_that_can_be_solved(siege: Siege, data: Any) -> None:
    """Whatever withheld cells are shown by mistake: what the last check lets pass still gives nothing away."""
    tables = protected(siege).published
    withheld = [
        (at, place, name)
        for at, one in enumerate(tables)
        for place, row in one.rows.items()
        for name, shown in row.items()
        if shown.mark is Mark.WITHHELD
    ]
    if not withheld:
        return
    leaks = data.draw(st.lists(st.sampled_from(withheld), min_size=1, max_size=4, unique=True))
    spoiled = spoil(siege, tables, leaks)
    try:
        check_published(siege.cells, siege.protection, spoiled, siege.lists, siege.holdings, siege.before)
    except DisclosureError:
        return
    found = attack([spoiled], siege.lists)
    assert not siege.primary() & {*found.known, *found.recovered}


def spoil(
    siege: Siege, tables: Sequence[PublishedTable], leaks: Sequence[tuple[int, Place, str]]
) -> list[PublishedTable]:
    """The tables with the true figures shown at these places."""
    rows = [{place: dict(row) for place, row in one.rows.items()} for one in tables]
    for at, place, name in leaks:
        rows[at][place][name] = Shown(value=siege.cells[at].figures[name][place].value, mark=Mark.NORMAL)
    return [PublishedTable(spec=one.spec, rows=changed) for one, changed in zip(tables, rows, strict=True)]


@pytest.mark.parametrize("world", [worlds.employers, worlds.persons, worlds.linked])
def test_the_same_cells_get_the_same_statuses(world: Any) -> None:
    """Also when the figures come in another order."""

    @settings(max_examples=25, deadline=None)
    @given(world(), st.randoms(use_true_random=False))
    def check(siege: Siege, random: Any) -> None:
        protected(siege)
        shuffled = list(siege.records)
        random.shuffle(shuffled)
        again = Siege(siege.specs, shuffled, siege.lists, siege.parameters)
        for one in again.cells:
            for name, figures in one.figures.items():
                mixed = random.sample(list(figures.items()), len(figures))
                one.figures[name] = dict(mixed)  # type: ignore[index]
        first, second = (
            [{m: dict(s) for m, s in t.status.items()} for t in x.protection.tables] for x in (siege, again)
        )
        assert first == second
        assert siege.protection.certificate == again.protection.certificate

    check()


@settings(max_examples=80, deadline=None)
@given(worlds.employers())
def test_nothing_is_withheld_without_a_reason(siege: Siege) -> None:
    """Where no cell is sensitive everything is published."""
    statuses = [
        status for one in protected(siege).protection.tables for s in one.status.values() for status in s.values()
    ]
    if Status.PRIMARY not in statuses:
        assert Status.SECONDARY not in statuses
