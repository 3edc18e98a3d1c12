"""Controlled rounding: it adds up, it stays near, and it leaves no small count known."""

import csv
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base.errors import ConfigurationError, DisclosureError
from gateway.base.toml import load_toml
from gateway.disclosure import Declaration, exchange, protect, round_table, rounding
from gateway.release.protect.protecting import protect_file
from tests.disclosure.protected import AXES, columns, declared, drawn


def persons(base=5, *axes, **more):
    return declared(*(axes or AXES), model="persons", rounding={"base": base}, **more)


def people(counts):
    """Columns of one person a row, from ``{(county, town, section, division): count}``."""
    names = ("county", "town", "section", "division")
    rows = [dict(zip(names, codes, strict=True)) for codes, count in sorted(counts.items()) for _ in range(count)]
    return columns([{**row, "who": f"p{number}", "value": "1"} for number, row in enumerate(rows)])


@st.composite
def counts(draw):
    """Small and large counts over two counties of two towns, two sections of two divisions."""
    found = {}
    for town in range(4):
        for division in range(4):
            count = draw(st.one_of(st.integers(0, 6), st.integers(0, 400)))
            if count:
                codes = (f"C{town // 2}", f"C{town // 2}T{town}", f"S{division // 2}", f"S{division // 2}D{division}")
                found[codes] = count
    return found or {("C0", "C0T0", "S0", "S0D0"): 1}


def families(places):
    """(parent, its children) along one dimension, by the codes themselves: C0T1 is below C0, which is below Total."""
    found = defaultdict(list)
    for place in places:
        for at, code in enumerate(place):
            if code != "Total":
                above = code[:2] if len(code) > 2 else "Total"
                found[at, (*place[:at], above, *place[at + 1 :])].append(place)
    return {(at, parent): children for (at, parent), children in found.items()}


@settings(max_examples=60, deadline=None)
@given(counts(), st.sampled_from([3, 5, 10]))
def test_multiples_that_add_up_and_lie_within_one_base(found, base):
    table = round_table(people(found), persons(base))
    shown = {cell.place: cell.rounded for cell in table.cells}
    for (_, parent), children in families(shown).items():
        assert shown[parent] == sum(shown[child] for child in children)
    for cell in table.cells:
        assert cell.rounded % base == 0
        assert cell.rounded >= 0
        assert abs(cell.rounded - cell.value) < (base if table.restricted else 2 * base)
        if table.restricted and cell.value % base == 0:
            assert cell.rounded == cell.value
        if table.restricted and cell.value < base:
            assert cell.rounded in (0, base)


@settings(max_examples=20, deadline=None)
@given(counts())
def test_the_same_records_give_the_same_table_in_any_order(found):
    rows = people(found)
    turned = {name: values[::-1] for name, values in rows.items()}
    assert round_table(rows, persons()).cells == round_table(turned, persons()).cells


@settings(max_examples=20, deadline=None)
@given(counts())
def test_what_is_published_is_a_possible_truth(found):
    """The attack: which tables give this output? The published one does, so nothing but multiples can be known."""
    first = {cell.place: cell.rounded for cell in round_table(people(found), persons()).cells if cell.rounded}
    inner = {
        (place[0][:2], place[0], place[1][:2], place[1]): count
        for place, count in first.items()
        if len(place[0]) == 4 and len(place[1]) == 4
    }
    if inner:
        again = {cell.place: cell.rounded for cell in round_table(people(inner), persons()).cells}
        assert again == first


@pytest.mark.parametrize("truth", [1, 2, 3, 4])
def test_a_small_count_can_become_either_multiple(truth):
    """Which way is drawn from all records: no threshold tells which counts became 0."""
    ways = set()
    for others in range(30):
        found = {("C0", "C0T0", "S0", "S0D0"): truth, ("C1", "C1T3", "S1", "S1D3"): 40 + others}
        cells = {cell.place: cell.rounded for cell in round_table(people(found), persons()).cells}
        ways.add(cells["C0T0", "S0D0"])
    assert ways == {0, 5}


def test_it_is_right_on_average():
    errors = []
    for seed in range(20):
        rows = drawn(seed, size=120, groups=0, most=1)
        errors += [cell.rounded - cell.value for cell in round_table(rows, persons()).cells]
    assert abs(sum(errors) / len(errors)) < 0.35


def test_cells_over_the_same_persons_are_equal():
    """A county with one town: two cells, one number."""
    table = round_table(people({("C0", "C0T0", "S0", "S0D0"): 3, ("C1", "C1T2", "S0", "S0D1"): 9}), persons())
    cells = {cell.place: cell.rounded for cell in table.cells}
    assert cells["C0", "S0"] == cells["C0T0", "S0D0"] == cells["C0T0", "S0"]


def test_by_hand_all_multiples_stay():
    table = round_table(people({("C0", "C0T0", "S0", "S0D0"): 5, ("C1", "C1T2", "S0", "S0D1"): 10}), persons())
    assert all(cell.rounded == cell.value for cell in table.cells)


def test_without_zero_restriction_the_least_deviation_within_two_bases(monkeypatch):
    """The second programme by itself."""
    monkeypatch.setattr(rounding, "_inner", lambda *_: None)
    table = round_table(drawn(1, size=90, groups=0, most=1), persons())
    shown = {cell.place: cell.rounded for cell in table.cells}
    assert not table.restricted
    assert all(shown[parent] == sum(shown[c] for c in children) for (_, parent), children in families(shown).items())
    assert all(cell.rounded % 5 == 0 and abs(cell.rounded - cell.value) < 10 for cell in table.cells)


def test_no_rounding_is_a_refusal(monkeypatch):
    monkeypatch.setattr(rounding, "solve", lambda *_, **__: None)
    with pytest.raises(DisclosureError):
        round_table(drawn(1, size=20, groups=0, most=1), persons())


def test_only_persons_each_once():
    with pytest.raises(DisclosureError):
        round_table(drawn(1), persons())
    with pytest.raises(ValueError, match="contradictory"):
        declared(*AXES, rounding={"base": 5})


def test_a_declared_rounding_is_never_released_exactly():
    with pytest.raises(DisclosureError):
        protect(drawn(1, groups=0, most=1), persons())


@pytest.mark.parametrize("second", [None, 5, 10], ids=["exact", "same-base", "another-base"])
@pytest.mark.parametrize("first", [None, 5], ids=["exact", "rounded"])
def test_a_history_never_mixes_exact_and_rounded_figures(tmp_path, first, second):
    """Nor are the same cells rounded twice. What was released exactly may be released exactly again."""
    rows = drawn(2, size=3000, groups=0, most=1)

    def release(base, before):
        spec = persons(base) if base else declared(*AXES, model="persons")
        return spec, (round_table if base else protect)(rows, spec, before)

    before = exchange.begin(tmp_path / "h", "h")
    spec, table = release(first, before)
    before = exchange.append(tmp_path / "h", before, "1", spec, table.microdata, [(c.place, True) for c in table.cells])
    if first is None and second is None:
        return
    with pytest.raises(DisclosureError):
        release(second, before)


SPEC = """format = "gateway-protect/1"
model = "persons"
group = "who"
value = "value"
[[dimensions]]
name = "region"
levels = ["county", "town"]
[[dimensions]]
name = "industry"
levels = ["section", "division"]
"""


def written(path, rows):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows)
        writer.writerows(zip(*rows.values(), strict=True))
    return path


def test_the_command_writes_marks_and_no_zero(tmp_path):
    rows = written(tmp_path / "rows.csv", drawn(3, size=60, groups=0, most=1))
    spec = tmp_path / "t.toml"
    spec.write_text(SPEC + "[rounding]\nbase = 5\n")
    report = protect_file(rows, spec, tmp_path / "out", at=datetime(2026, 11, 3, tzinfo=UTC))
    assert report["certificate"] is None
    assert report["rounding"] == {"base": 5, "restricted": True}
    published = list(csv.DictReader((tmp_path / "out" / "published.csv").open()))
    secret = list(csv.DictReader((tmp_path / "out" / "cells.csv").open()))
    assert {row["mark"] for row in published} == {"R"}
    assert "0" not in {row["value"] for row in published}
    assert len(published) == sum(row["rounded"] != "0" for row in secret) < len(secret) == report["cells"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"cells.csv", "published.csv"}


def test_the_command_writes_the_page_and_compares(tmp_path):
    at = datetime(2026, 11, 3, tzinfo=UTC)
    rows = written(tmp_path / "rows.csv", drawn(3, size=3000, groups=0, most=1))
    spec = tmp_path / "t.toml"
    spec.write_text(SPEC)
    protect_file(rows, spec, tmp_path / "one", at=at)
    protect_file(rows, spec, tmp_path / "two", at=at, previous=tmp_path / "one" / "cells.csv")
    assert b"<!DOCTYPE html>" in (tmp_path / "two" / "page.html").read_bytes()
    with pytest.raises(Exception, match=r"cells\.csv"):
        protect_file(rows, spec, tmp_path / "three", at=at, previous=rows)
    assert not (tmp_path / "three").exists()


def test_the_declaration_is_strict(tmp_path):
    spec = tmp_path / "t.toml"
    spec.write_text(SPEC + "[rounding]\nbase = 2\n")
    with pytest.raises(ConfigurationError):
        load_toml(spec, Declaration)
