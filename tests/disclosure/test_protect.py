"""One contributors' table, protected and then attacked: from the outside, and by every group from the inside.

Everything is recomputed from the definitions: which cells there are, what they are worth, which are sensitive, how far
each must be able to move. What can't be protected may be refused; where hiding everything would do, it may not."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base.errors import InputError
from gateway.disclosure import ProtectedTable
from gateway.model.cells import Status
from tests.disclosure import contributor_worlds as worlds
from tests.disclosure.contributors import (
    Demand,
    Inner,
    Parts,
    Row,
    Rules,
    Table,
    demand,
    inner_cells,
    leaders,
    members,
    parts_of,
    sensitive,
)
from tests.disclosure.narrowing import Attacker, found, integer_worlds


def recomputed(table: Table, result: ProtectedTable) -> tuple[Attacker, dict[frozenset[Inner], Demand]]:
    """Checks cells, values and statuses; what is published, and what every sensitive cell must keep."""
    inner = inner_cells(table.rows)
    places = members(list(inner), table)
    assert [cell.place for cell in result.cells] == sorted(places)
    wanted = {}
    for cell in result.cells:
        parts = parts_of(places[cell.place], inner)
        assert cell.value == sum(parts.values())
        assert (cell.status is Status.PRIMARY) is sensitive(parts, table.rules)
        if cell.status is Status.PRIMARY:
            wanted[places[cell.place]] = demand(parts, table.rules)
    statuses = {cell.status for cell in result.cells}
    assert Status.PRIMARY in statuses or Status.SECONDARY not in statuses, "withheld without a reason"
    known = {places[cell.place] for cell in result.cells if cell.status is Status.PUBLISHED}
    assert not known & {places[cell.place] for cell in result.cells if cell.status is not Status.PUBLISHED}
    return Attacker(inner, known), wanted


@pytest.mark.parametrize("insiders", ["any", "second"])
def test_no_group_is_found_by_another_or_from_outside(insiders: str) -> None:
    @settings(max_examples=35 if insiders == "any" else 50, deadline=None)
    @given(worlds.businesses(insiders))
    def check(table: Table) -> None:
        attacker, wanted = recomputed(table, table.protected())  # refused: hiding everything would have done
        assert not found(attacker, wanted, insiders)

    check()


@settings(max_examples=80, deadline=None)
@given(worlds.persons())
def test_no_person_is_found(table: Table) -> None:
    attacker, wanted = recomputed(table, table.protected())
    assert not found(attacker, wanted, None)


@settings(max_examples=60, deadline=None)
@given(worlds.tiny())
def test_whole_numbers_tell_no_more(table: Table) -> None:
    """All worlds of whole numbers, one by one: no sensitive cell has only one value in them, for whomever."""
    attacker, wanted = recomputed(table, table.protected())
    most = int(attacker.truth.max()) + 2
    for who in [None, *attacker.groups]:
        possible = integer_worlds(attacker, most, who)
        assert len(possible)
        for cells in wanted:
            protected = who in leaders(parts_of(cells, attacker.inner))
            assert protected or len(set((possible @ attacker.row(cells)).tolist())) > 1


@settings(max_examples=25, deadline=None)
@given(worlds.businesses(), st.randoms(use_true_random=False))
def test_the_same_records_are_the_same_release(table: Table, shuffle: random.Random) -> None:
    """In another order, with a value in two parts, with a record of nothing."""
    rows = [*table.rows, Row("Z", table.rows[0].at, 0)]
    for number, row in enumerate(list(rows)):
        if row.value > 1 and shuffle.random() < 0.5:
            part = shuffle.randrange(row.value)
            rows[number] = Row(row.group, row.at, part)
            rows.append(Row(row.group, row.at, row.value - part))
    shuffle.shuffle(rows)
    again = Table(rows, table.levels, table.rules).protected()
    assert again.cells == table.protected().cells


@settings(max_examples=40, deadline=None)
@given(worlds.businesses())
def test_levels_that_are_not_shown_are_no_figures(table: Table) -> None:
    """Only the lowest level is shown, or only the top: what is hidden below a figure protects nobody by itself."""
    for pick in (0, -1):
        shown = tuple(((("Total", *table.names(axis))[pick],)) for axis in range(len(table.levels)))
        part = Table(table.rows, table.levels, table.rules, shown)
        attacker, wanted = recomputed(part, part.protected())
        assert not found(attacker, wanted, "any")


def cell(at: str, **parts: int) -> list[Row]:
    return [Row(group, ((at,),), value) for group, value in parts.items()]


SAFE = dict.fromkeys("PQRSTUVWXYZ", 10)
DOOR: list[tuple[str, Rules, dict[str, int], bool]] = [
    ("two groups of three", Rules(minimum=3, p=1), {"A": 5, "B": 5}, True),
    ("three groups of three", Rules(minimum=3, p=1), {"A": 5, "B": 5, "C": 5}, False),
    ("a group that gives nothing is none", Rules(minimum=3, p=1), {"A": 5, "B": 5, "C": 0}, True),
    ("one more than 15 % are left", Rules(minimum=2, p=15), {"A": 100, "B": 50, "C": 16}, False),
    ("exactly 15 % are left", Rules(minimum=2, p=15), {"A": 100, "B": 50, "C": 15}, False),
    ("one less than 15 % are left", Rules(minimum=2, p=15), {"A": 100, "B": 50, "C": 14}, True),
    ("15 % of 101 are more than 15", Rules(minimum=2, p=15), {"A": 101, "B": 50, "C": 15}, True),
    ("(1,50): exactly half", Rules(minimum=2, p=1, dominance=(1, 50)), {"A": 50, "B": 25, "C": 25}, False),
    ("(1,50): more than half", Rules(minimum=2, p=1, dominance=(1, 50)), {"A": 51, "B": 25, "C": 25}, True),
    ("(2,85): exactly 85 %", Rules(minimum=2, p=1, dominance=(2, 85)), {"A": 45, "B": 40, "C": 15}, False),
    ("(2,85): more than 85 %", Rules(minimum=2, p=1, dominance=(2, 85)), {"A": 46, "B": 40, "C": 15}, True),
    ("nine persons of ten", Rules("persons", 10), {f"p{i}": 1 for i in range(9)}, True),
    ("ten persons of ten", Rules("persons", 10), {f"p{i}": 1 for i in range(10)}, False),
    ("persons know no p %", Rules("persons", 2), {"A": 1000, "B": 1}, False),
]


@pytest.mark.parametrize(("why", "rules", "parts", "primary"), DOOR, ids=[row[0] for row in DOOR])
def test_the_rules_through_the_door(why: str, rules: Rules, parts: Parts, primary: bool) -> None:
    rows = [*cell("a", **parts), *cell("b", **SAFE), *cell("c", **SAFE)]
    statuses = {one.place: one.status for one in Table(rows, (1,), rules).protected().cells}
    assert (statuses["a",] is Status.PRIMARY) is primary
    assert {statuses["b",], statuses["c",]} == ({Status.PUBLISHED, Status.SECONDARY} if primary else {Status.PUBLISHED})


def test_only_a_singleton_gives_its_neighbour_away() -> None:
    """Two withheld cells are closed to an outsider; who is alone in one of them reads the other."""
    rows = [*cell("a", A=100), *cell("b", B=100), *cell("c", **SAFE), *cell("d", **SAFE)]
    result = Table(rows, (1,), Rules()).protected()
    statuses = {one.place: one.status for one in result.cells}
    assert statuses["Total",] is Status.PUBLISHED
    assert Status.SECONDARY in {statuses["c",], statuses["d",]}


@pytest.mark.parametrize(("value", "count"), [(10**15 - 1, 10), (1 << 49, 17)])
def test_sums_that_are_not_exact_are_refused(value: int, count: int) -> None:
    rows = [Row(f"g{number}", (("a",),), value) for number in range(count)]
    with pytest.raises(InputError):
        Table(rows, (1,), Rules()).protected()


@pytest.mark.parametrize("dominance", [(0, 85), (3, 85), (-1, 85), (2, 0), (2, 101), (2, -5)])
def test_a_dominance_rule_that_is_not_known_is_refused(dominance: Any) -> None:
    with pytest.raises(ValueError, match="dominance"):
        _ = Table([], (1,), Rules(dominance=dominance)).declaration


# the attacker ---------------------------------------------------------------------------------------------------------


def attacker(rows: list[Row], *known: str) -> Attacker:
    """Of a table of one dimension; ``known``: published codes, ``Total`` among them."""
    places = members(list(inner_cells(rows)), Table(rows, (1,)))
    return Attacker(inner_cells(rows), {places[name,] for name in known})


def test_the_attacker_recovers_a_lone_gap() -> None:
    rows = [*cell("a", A=5), *cell("b", B=5, C=5, D=5)]
    alone = frozenset({(("a",),)})
    assert found(attacker(rows, "Total", "b"), {alone: demand({"A": 5}, Rules())}, None) == {alone: {None}}
    assert not found(attacker(rows, "Total"), {alone: demand({"A": 5}, Rules())}, None)


def test_the_attacker_is_a_group_that_knows_its_own() -> None:
    rows = [*cell("a", A=100), *cell("b", B=100), *cell("c", A=1, C=9)]
    alone = frozenset({(("a",),)})
    besieged = attacker(rows, "Total", "c")
    assert besieged.interval(alone) == (100, 100)
    assert besieged.interval(alone, "B") == (0, 0)
    assert found(besieged, {alone: demand({"A": 100}, Rules())}, "any") == {alone: {"B"}}
    assert not found(besieged, {alone: demand({"A": 100}, Rules())}, None)


def test_the_attacker_narrows_without_recovering() -> None:
    """a + b = 103 with b = 3: a lies within 0..103, which is not 15 above 100."""
    rows = [*cell("a", A=100), *cell("b", B=1, C=1, D=1)]
    alone = frozenset({(("a",),)})
    besieged = attacker(rows, "Total")
    assert besieged.interval(alone) == (100, 3)
    assert not besieged.recovered([alone])
    assert found(besieged, {alone: demand({"A": 100}, Rules())}, None) == {alone: {None}}


@settings(max_examples=40, deadline=None)
@given(worlds.tiny(), st.data())
def test_linear_programmes_and_counted_worlds_agree(table: Table, data: Any) -> None:
    """In two dimensions without hierarchies the ends of an interval are whole; whatever is withheld."""
    inner = inner_cells(table.rows)
    places = members(list(inner), table)
    known = data.draw(st.sets(st.sampled_from(sorted(places)))) | {("Total", "Total")}
    besieged = Attacker(inner, {places[place] for place in known})
    total = int(besieged.truth.sum())
    who = data.draw(st.sampled_from([None, *besieged.groups]))
    if total ** len(besieged.order) > 200_000:
        return
    possible = integer_worlds(besieged, total, who)
    for cells in places.values():
        values = possible @ besieged.row(cells) - besieged.truth @ besieged.row(cells)
        down, up = besieged.interval(cells, who)
        assert (-values.min(), values.max()) == (pytest.approx(down), pytest.approx(up))
