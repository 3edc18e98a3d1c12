"""The last check before tables leave: each mistake that shows a withheld figure is seen."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.base.errors import DisclosureError
from gateway.disclosure import check_published
from gateway.model.cells import Mark, Place, PublishedTable, Shown, Status
from tests.disclosure.attacker import attack
from tests.disclosure.microdata import Record, dimension, flat, measure, table
from tests.disclosure.siege import Siege

A, B = flat("a", ["a1", "a2", "a3"]), flat("b", ["b1", "b2"])


@pytest.fixture(scope="module")
def siege() -> Siege:
    """Two tables that share the margin a; (a3, b1) is sensitive."""
    amounts = {("a1", "b1"): 6, ("a2", "b1"): 5, ("a3", "b1"): 1, ("a3", "b2"): 5, ("a1", "b2"): 4}
    records = [
        Record(group=f"g{i}", codes={"a": a, "b": b}, amount=3) for (a, b), n in amounts.items() for i in range(n)
    ]
    specs = [
        table("t", [dimension("a")], [measure("n")]),
        table("u", [dimension("a"), dimension("b")], [measure("n"), measure("m")]),
    ]
    return Siege(specs, records, {"a": A, "b": B})


def look(siege: Siege, published: list[PublishedTable]) -> None:
    check_published(siege.cells, siege.protection, published, siege.lists, {})


def with_shown(siege: Siege, at: int, place: Place, name: str, shown: Shown) -> list[PublishedTable]:
    tables = list(siege.published)
    rows = {where: dict(row) for where, row in tables[at].rows.items()}
    rows[place][name] = shown
    tables[at] = replace(tables[at], rows=rows)
    return tables


def true(siege: Siege, at: int, place: Place, name: str) -> Shown:
    return Shown(value=siege.cells[at].figures[name][place].value, mark=Mark.NORMAL)


def test_what_was_made_passes(siege: Siege) -> None:
    look(siege, siege.published)


def test_each_sensitive_cell_shown_is_seen(siege: Siege) -> None:
    for at, of, place in siege.each():
        if siege.status(at, of.name, *place) is Status.PRIMARY:
            with pytest.raises(DisclosureError):
                look(siege, with_shown(siege, at, place, of.name, true(siege, at, place, of.name)))


def test_a_cell_shown_in_one_measure_and_withheld_in_another_is_seen(siege: Siege) -> None:
    with pytest.raises(DisclosureError):
        look(siege, with_shown(siege, 1, ("a3", "b2"), "m", true(siege, 1, ("a3", "b2"), "m")))


def test_a_cover_shown_everywhere_is_seen() -> None:
    amounts = {"a1": 1, "a2": 5, "a3": 6}
    records = [Record(group=f"g{i}", codes={"a": a}, amount=3) for a, n in amounts.items() for i in range(n)]
    specs = [
        table("t", [dimension("a")], [measure("n")]),
        table("u", [dimension("a")], [measure("n"), measure("m")]),
    ]
    small = Siege(specs, records, {"a": A})
    assert small.status(0, "n", "a2") is Status.SECONDARY
    tables = []
    for at, one in enumerate(small.published):
        shown = {of.name: true(small, at, ("a2",), of.name) for of in one.spec.measures}
        tables.append(replace(one, rows={**one.rows, ("a2",): shown}))
    found = attack([tables], small.lists)
    assert small.primary() <= {*found.recovered}
    with pytest.raises(DisclosureError):
        look(small, tables)


SPOILS: list[tuple[str, Callable[[list[PublishedTable]], list[PublishedTable]]]] = [
    ("a table is missing", lambda tables: tables[:1]),
    ("two tables changed places", lambda tables: tables[::-1]),
    ("a sensitive row is missing, so it reads as zero", lambda tables: [tables[0], without(tables[1], ("a3", "b1"))]),
    ("a figure is missing", lambda tables: [tables[0], replace(tables[1], rows={at: {} for at in tables[1].rows})]),
]


def without(table: PublishedTable, place: Place) -> PublishedTable:
    return replace(table, rows={where: row for where, row in table.rows.items() if where != place})


@pytest.mark.parametrize(("what", "spoil"), SPOILS, ids=[what for what, _ in SPOILS])
def test_anything_unexpected_stops(siege: Siege, what: str, spoil: Callable[..., list[PublishedTable]]) -> None:
    with pytest.raises((DisclosureError, ValueError, KeyError)):
        look(siege, spoil(list(siege.published)))


def test_withholding_everything_passes(siege: Siege) -> None:
    nothing = Shown(value=None, mark=Mark.WITHHELD)
    tables = [replace(t, rows={p: dict.fromkeys(row, nothing) for p, row in t.rows.items()}) for t in siege.published]
    look(siege, tables)
