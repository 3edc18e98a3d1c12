"""Releases one after another, protected together: who knows everything published so far finds nothing of any of them.

And the history that remembers them: what is damaged, foreign or missing is refused, never taken for an empty one."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from gateway.base.errors import DisclosureError, IntegrityError
from gateway.disclosure import exchange
from gateway.model.cells import Status
from tests.disclosure import contributor_worlds as worlds
from tests.disclosure.contributors import (
    TOP,
    Demand,
    Inner,
    Row,
    Rules,
    Table,
    demand,
    inner_cells,
    members,
    parts_of,
    sensitive,
)
from tests.disclosure.narrowing import Attacker, found


class Series:
    """Releases into one history, and what its attacker knows: every figure, as it was when it was published."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "siping.history"
        self.history = exchange.begin(self.path, "siping")
        self.rows: list[Row] = []
        self.known: set[frozenset[Inner]] = set()
        self.wanted: dict[frozenset[Inner], Demand] = {}

    def release(self, table: Table) -> bool:
        """Whether it was released; checks its values and statuses."""
        try:
            result = table.protected(self.history)
        except DisclosureError:
            return False
        cells = [(cell.place, cell.status is Status.PUBLISHED) for cell in result.cells]
        name = f"r{len(self.history.releases)}"
        self.history = exchange.append(self.path, self.history, name, table.declaration, result.microdata, cells)
        self.rows += table.rows
        inner = inner_cells(self.rows)
        places = members(list(inner), Table(self.rows, table.levels, table.rules, table.shown))
        for cell in result.cells:
            parts = parts_of(places[cell.place], inner)
            assert cell.value == sum(parts.values())
            assert (cell.status is Status.PRIMARY) is sensitive(parts, table.rules)
            if cell.status is Status.PRIMARY:
                self.wanted[places[cell.place]] = demand(parts, table.rules)
            if cell.status is Status.PUBLISHED:
                self.known.add(places[cell.place])
        return True

    def attacked(self, insiders: str | None) -> object:
        return found(Attacker(inner_cells(self.rows), self.known), self.wanted, insiders)


@pytest.mark.parametrize("insiders", ["any", "second"])
def test_months_and_their_total_give_nothing_away_together(insiders: str, tmp_path: Path) -> None:
    @settings(max_examples=15 if insiders == "any" else 20, deadline=None)
    @given(worlds.months(insiders))
    def check(tables: list[Table]) -> None:
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            series = Series(Path(folder))
            for table in tables:
                assert series.release(table), "withholding everything of the release would have done"
        assert not series.attacked(insiders)

    check()


def month(number: int, values: dict[tuple[str, str], int], shown: tuple[str, ...] = ("d0l0",)) -> Table:
    """A month's table of one other dimension; ``values`` by code and group."""
    rows = [Row(group, ((f"2026-{number:02}",), (code,)), value) for (code, group), value in values.items()]
    return Table(rows, (1, 1), Rules(), (shown,))


SAFE = {("a", group): 10 for group in "PQRSTUVW"} | {("b", group): 10 for group in "PQRSTUVW"}
OPEN = {("c", group): 10 for group in "PQRSTUVW"}
SMALL = {("a", "A"): 7}


def test_a_total_over_months_does_not_show_the_hidden_month(tmp_path: Path) -> None:
    """Month 1 hides a; month 2 may show it, and then the total over both may not."""
    series = Series(tmp_path)
    assert series.release(month(1, {("a", "A"): 7, ("a", "B"): 1} | {("b", "A"): 3} | OPEN))
    assert series.release(month(2, SAFE | OPEN, (TOP, "d0l0")))
    assert not series.attacked("any")
    hidden = {cells for cells in series.wanted if all(cell[0] == ("2026-01",) for cell in cells)}
    assert hidden


def test_what_was_published_stays_published_and_is_not_released_again(tmp_path: Path) -> None:
    series = Series(tmp_path)
    series.release(month(1, SAFE | OPEN))
    before = series.history.shown
    series.release(month(2, SMALL | OPEN))
    assert before < series.history.shown
    assert not series.history.shown & series.history.held
    assert series.history.releases == ("r0", "r1")


def test_a_figure_that_was_published_does_not_grow(tmp_path: Path) -> None:
    """The county was 85; towns that came later are no part of it, or 85 − 80 is the hidden town."""
    series = Series(tmp_path)

    def county(towns: tuple[str, str], shown: str) -> Table:
        rows = [Row(group, (("c1", towns[0]),), 10) for group in "ABCDEFGH"] + [Row("Z", (("c1", towns[1]),), 5)]
        return Table(rows, (2,), Rules(), ((shown,),))

    assert series.release(county(("t1", "t2"), "d0l0"))
    series.release(county(("t3", "t4"), "d0l1"))
    assert not series.attacked("any")


@pytest.mark.parametrize("rules", [Rules(minimum=2), Rules(p=1), Rules(insiders="second")])
def test_weaker_rules_do_not_open_what_was_hidden_before(tmp_path: Path, rules: Rules) -> None:
    series = Series(tmp_path)
    few = {(code, group): value for code in "ab" for group, value in {"A": 1000, "B": 800, "C": 20}.items()}
    assert series.release(month(1, few | {("c", group): 400 for group in "PQRSTUVW"}))
    table = month(2, {(code, group): 1 for code in "abc" for group in "PQRS"}, (TOP, "d0l0"))
    with pytest.raises(IntegrityError):
        series.release(Table(table.rows, table.levels, rules, table.shown))
    assert not series.attacked("any")


# the history's own safety ---------------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A history of two releases."""
    series = Series(tmp_path)
    series.release(month(1, SMALL | OPEN))
    series.release(month(2, SAFE | SMALL))
    return series.path


def refused(path: Path, name: str = "siping") -> None:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(IntegrityError) as caught:
        exchange.load(path, name)
    assert caught.value.exit == 18
    assert (path.read_bytes() if path.is_file() else None) == before


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_a_history_is_read_as_it_was_written(written: Path) -> None:
    assert len(lines_of(written)) >= 3
    assert exchange.load(written, "siping").releases == ("r0", "r1")


@pytest.mark.parametrize("line", range(6))
def test_an_edit_of_any_byte_is_found(written: Path, line: int) -> None:
    whole = lines_of(written)
    spoiled = whole[line]
    for at in range(len(spoiled)):
        other = bytes([spoiled[at] ^ 1])
        written.write_bytes(b"".join([*whole[:line], spoiled[:at] + other + spoiled[at + 1 :], *whole[line + 1 :]]))
        refused(written)


def test_a_cut_anywhere_is_found(written: Path) -> None:
    whole = written.read_bytes()
    ends = {at + 1 for at, byte in enumerate(whole[:-1]) if byte == ord("\n")}
    for size in ends | set(range(0, len(whole), 3)):
        written.write_bytes(whole[:size])
        refused(written)


MANGLED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "empty": lambda lines: [],
    "without its first line": lambda lines: lines[1:],
    "without its first release": lambda lines: [lines[0], *lines[2:]],
    "releases the other way round": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "its first line moved": lambda lines: [lines[1], lines[0], *lines[2:]],
    "a release twice": lambda lines: [*lines[:2], *lines[1:]],
    "an empty line between": lambda lines: [lines[0], b"\n", *lines[1:]],
    "an empty line at the end": lambda lines: [*lines, b"\n"],
    "something after its end": lambda lines: [*lines, b"{}"],
    "not UTF-8": lambda lines: [lines[0], b"\xff" + lines[1], *lines[2:]],
    "nothing but a line end": lambda lines: [b"\n"],
    "a list": lambda lines: [b"[]\n", *lines[1:]],
    "a release's values left out": lambda lines: [*lines[:2], *lines[3:]],
    "a release's values taken away": lambda lines: [*lines[:2], b"null\n", *lines[3:]],
    "two releases' values exchanged": lambda lines: [*lines[:2], lines[4], lines[3], lines[2], lines[5]],
    "another format": lambda lines: [lines[0].replace(b"history/2", b"history/1"), *lines[1:]],
}


@pytest.mark.parametrize("how", MANGLED)
def test_a_mangled_history_is_refused(written: Path, how: str) -> None:
    written.write_bytes(b"".join(MANGLED[how](lines_of(written))))
    refused(written)


def test_a_history_that_is_missing_or_anothers_is_refused(written: Path, tmp_path: Path) -> None:
    refused(written, "changchun")
    refused(tmp_path / "missing.history")
    refused(tmp_path)
    with pytest.raises(IntegrityError):
        exchange.begin(written, "siping")


def test_another_structure_is_refused(written: Path) -> None:
    history = exchange.load(written, "siping")
    for other in (Table([], (1, 2)), Table([], (1,)), Table([], (1, 1, 1)), Table([], (1, 1), Rules("persons"))):
        with pytest.raises(IntegrityError):
            Table(cut(other.levels), other.levels, other.rules).protected(history)


def cut(levels: tuple[int, ...]) -> list[Row]:
    return [Row("A", tuple(tuple(f"d{axis}n{level}" for level in range(n)) for axis, n in enumerate(levels)), 1)]


def test_a_history_that_moved_on_is_not_added_to(written: Path) -> None:
    """Two releases from one state: the second is refused."""
    stale = exchange.load(written, "siping")
    third = month(3, SAFE)
    result = third.protected(stale)
    cells = [(cell.place, cell.status is Status.PUBLISHED) for cell in result.cells]
    exchange.append(written, stale, "r2", third.declaration, result.microdata, cells)
    before = written.read_bytes()
    with pytest.raises(IntegrityError):
        exchange.append(written, stale, "r3", third.declaration, result.microdata, cells)
    assert written.read_bytes() == before


def test_a_hierarchy_that_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.history"
    history = exchange.begin(path, "x")
    first = Table([Row("A", (("north", "town"),), 5)], (2,))
    result = first.protected(history)
    history = exchange.append(path, history, "r0", first.declaration, result.microdata, [])
    with pytest.raises(DisclosureError):
        Table([Row("A", (("south", "town"),), 5)], (2,)).protected(history)
