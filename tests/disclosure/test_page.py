"""The stewards' page: complete by itself, told apart by more than colour, and silent about what is withheld."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest

from gateway.disclosure import ProtectedTable, month_pages, page, protect, risk
from gateway.disclosure.layout import blocks
from gateway.disclosure.losses import Change, by_level, changes
from gateway.disclosure.page import percent
from gateway.model.cells import Status
from tests.disclosure.protected import AXES, columns, declared, drawn
from tests.disclosure.test_release import release

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Reader(HTMLParser):
    """Checks that tags are closed in order; collects text, tags, attributes, and the cells of grids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.cells: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert "src" not in dict(attrs)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))
        if tag == "td":
            self.cells.append((dict(attrs).get("class") or "", ""))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        if "style" not in tags:
            self.text.append(data)
        if "td" in tags:
            self.cells[-1] = (self.cells[-1][0], self.cells[-1][1] + data)


@cache
def table(seed: int = 3) -> ProtectedTable:
    return protect(drawn(seed), declared(*AXES))


def read(made: bytes) -> tuple[Reader, str]:
    reader = Reader()
    reader.feed(made.decode())
    reader.close()
    assert not reader.open
    return reader, " ".join("".join(reader.text).split())


def test_it_opens_offline_without_scripts():
    made = page(table(), risk(table()), name="t")
    reader, _ = read(made)
    assert not reader.tags & {"script", "img", "link", "iframe", "object"}
    assert "default-src 'none'" in made.decode()
    assert not re.search(rb"https?:|url\(|@import", made)


def test_the_same_table_gives_the_same_bytes():
    assert page(table(), risk(table()), name="t") == page(protect(drawn(3), declared(*AXES)), risk(table()), name="t")


@pytest.mark.parametrize("chinese", [True, False])
def test_every_cell_stands_in_it_with_a_mark_that_is_not_only_a_colour(chinese):
    reader, text = read(page(table(), risk(table()), name="t", chinese=chinese))
    marks = {"p": ("■", "主隐去" if chinese else "primary"), "s": ("□", "补充隐去" if chinese else "secondary")}
    seen = dict.fromkeys(marks, 0)
    for kind, told in reader.cells:
        for name, words in marks.items():
            assert all((word in told) == (kind == name) for word in words) or "key" in kind or not kind
            seen[name] += kind == name
    assert seen["p"] >= table().number(Status.PRIMARY)
    assert seen["s"] >= table().number(Status.SECONDARY)
    assert ("披露控制" in text) is chinese
    assert ("Disclosure control" in text) is not chinese


def test_every_cell_of_the_table_stands_in_a_grid():
    placed = {cell.place for block in blocks(table()) for cell in block.cells}
    assert placed == {cell.place for cell in table().cells}


def test_no_value_of_a_withheld_cell_stands_in_it():
    """Values so peculiar that no count on the page can be one of them by chance."""
    rows = columns(
        [
            {"who": f"g{who}", "a": f"a{a}", "b": f"b{b}", "value": str(7_000_003 + 1009 * (31 * a + 7 * b + who) ** 2)}
            for a in range(4)
            for b in range(4)
            for who in range(1 + (a + 3 * b) % 6)
        ]
    )
    small = protect(rows, declared(("x", "a"), ("y", "b")))
    _, text = read(page(small, risk(small), name="t"))
    shown = {cell.value for cell in small.cells if cell.status is Status.PUBLISHED}
    assert small.number(Status.PRIMARY) > 3
    for cell in small.cells:
        assert (f"{cell.value:,}" in text) is (cell.value in shown)


def test_a_primary_cell_names_its_rules_and_no_other_does():
    dominated = declared(*AXES, rules={"dominance": [1, 60]})
    found = protect(drawn(4), dominated)
    for cell in found.cells:
        assert bool(cell.rules) is (cell.status is Status.PRIMARY)
        assert set(cell.rules) <= {"minimum-groups", "p-percent", "dominance"}
    assert any("dominance" in cell.rules for cell in found.cells)
    assert "占优" in page(found, risk(found), name="t").decode()


def test_the_risk_is_told_before_and_is_none_after():
    """With the whole pattern the same tests find nothing: what the page states by proof."""
    for seed in range(6):
        made = table(seed)
        withheld = made.start.copy()
        for cell in made.cells:
            withheld[made.system.row_of[cell.place]] |= cell.status is not Status.PUBLISHED
        assert risk(made, withheld).at_risk == 0
        assert risk(made).sensitive == made.number(Status.PRIMARY)
    assert any(risk(table(seed)).recovered for seed in range(6))


def test_a_lone_withheld_cell_is_recovered():
    rows = [{"who": f"g{n}", "a": "a1", "value": "10"} for n in range(9)] + [{"who": "g1", "a": "a2", "value": "4"}]
    rows += [{"who": f"g{n}", "a": "a3", "value": "10"} for n in range(9)]
    found = risk(protect(columns(rows), declared(("x", "a"))))
    assert (found.sensitive, found.recovered, found.narrowed) == (1, 1, 0)


def test_changes_are_from_published_to_withheld_and_back():
    before = {cell.place: cell.status for cell in table().cells}
    assert changes(table(), before) == {}
    shown = next(cell for cell in table().cells if cell.status is Status.PUBLISHED)
    primary = next(cell for cell in table().cells if cell.status is Status.PRIMARY)
    second, missing = [cell for cell in table().cells if cell.status is Status.SECONDARY][:2]
    before |= {
        shown.place: Status.SECONDARY,
        primary.place: Status.PUBLISHED,
        second.place: Status.PRIMARY,  # withheld for another reason: no change
    }
    del before[missing.place]  # was not there: no change
    assert changes(table(), before) == {shown.place: Change.SHOWN, primary.place: Change.HIDDEN}
    _, text = read(page(table(), risk(table()), name="t", previous=before))
    assert "▲新隐去" in text
    assert "▽新公布" in text
    assert "▲" not in read(page(table(), risk(table()), name="t"))[1]


def test_losses_by_level_add_up_to_the_table_in_each_dimension():
    for axis in ("region", "industry"):
        assert sum(part.cells for name, _, part in by_level(table()) if name == axis) == len(table().cells)


@pytest.mark.parametrize("axes", [(AXES[0],), (*AXES, ("size", "size")), ((*AXES[0],), ("industry", "division"))])
def test_one_dimension_three_and_a_flat_one(axes):
    rows = drawn(5)
    rows["size"] = ["big" if int(value) > 30 else "small" for value in rows["value"]]
    found = protect(rows, declared(*axes))
    placed = {cell.place for block in blocks(found) for cell in block.cells}
    assert placed == {cell.place for cell in found.cells}
    read(page(found, risk(found), name="t"))


def test_levels_that_are_not_shown_leave_no_hole():
    spec = declared(*AXES).model_dump(mode="json")
    spec["dimensions"][0]["shown"] = ["town"]
    found = protect(drawn(6), type(declared(*AXES)).model_validate(spec))
    assert {cell.place for block in blocks(found) for cell in block.cells} == {cell.place for cell in found.cells}


def test_a_name_can_not_break_the_page():
    read(page(table(), risk(table()), name="<script>alert(1)</script>"))


@pytest.mark.parametrize(("share", "told"), [(0, "0.0%"), (1e-6, "<0.1%"), (0.146, "14.6%"), (0.9999, ">99.9%")])
def test_a_small_share_is_not_told_as_none(share, told):
    assert percent(share) == told


def test_a_month_has_a_page_for_each_measure_with_its_labels_and_last_months_pattern() -> None:
    """Not a value of a withheld cell, nor that of a contributor; what is withheld, by which rule, and what changed."""
    one = release(3)
    spec = one.specs[0]
    statuses = one.protection.tables[0].status["n"]
    turned = {
        place: Status.SECONDARY if status is Status.PUBLISHED else Status.PUBLISHED
        for place, status in statuses.items()
    }
    pages = month_pages(
        one.cells,
        one.protection,
        one.lists,
        one.holdings,
        one.before,
        previous={spec.name: {"n": turned}},
        chinese=False,
    )
    assert sorted(pages) == sorted(f"{s.name}.{m.name}.html" for s in one.specs for m in s.measures)
    first = pages[f"{spec.name}.n.html"].decode()
    changed = sum(status is not Status.PUBLISHED for status in statuses.values())
    assert changed
    assert f"<dd>{changed}</dd>" in first  # newly withheld
    assert "Compared with the table before" in first
    assert "Compared with" not in pages["pay_bands.n.html"].decode()
    for name, text in ((name, data.decode()) for name, data in pages.items()):
        cells = sum(text.count(f'<td class="{kind}">') for kind in "ps")
        table_, measure = name.removesuffix(".html").split(".")
        at = next(i for i, s in enumerate(one.specs) if s.name == table_)
        withheld = sum(s is not Status.PUBLISHED for s in one.protection.tables[at].status[measure].values())
        assert cells >= withheld
        assert "fewer than 3 contributor groups" in text
