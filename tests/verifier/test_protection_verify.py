"""Tables by hand with known answers, and the attacks that a suppression must withstand."""

import json
from dataclasses import replace

import pytest

from gateway.verifier.protection import verify
from tests.protection_tables import AT, Case, Files, grid, passed, protected

MANY = [50, 40, 30, 20]  # X - x1 - x2 = 50 ≥ 0.15 · 50: not sensitive
LARGE = [400, 300, 200, 100]
ALL = {"cells", "primary", "published", "exact", "outsider", "insider-second", "insider"}
R0C0, R0C1, R1C0, R1C1 = (("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1"))
SQUARE = {R0C0, R0C1, R1C0, R1C1}


def two_by_two() -> Case:
    return grid([[[60, 50], MANY], [MANY, MANY]])


def test_a_rectangle_of_four_is_safe() -> None:
    report = protected(two_by_two(), SQUARE).verified()
    assert report.valid, report.checks
    assert report.broken == {"exact": (), "outsider": (), "insider_second": (), "insider": ()}


@pytest.mark.parametrize(
    "hidden", [{R0C0}, {R0C0, R0C1}, {R0C0, R0C1, R1C0}, {R0C0, R1C1}], ids=["lone", "row", "three", "diagonal"]
)
def test_a_pattern_that_determines_the_cell_fails_exactly(hidden: set[tuple[str, ...]]) -> None:
    report = protected(two_by_two(), hidden).verified()
    assert report.broken["exact"] == (R0C0,)
    assert not passed(report)["exact"]
    assert not passed(report)["outsider"]
    assert not passed(report)["insider"]


def test_safe_exactly_and_narrowed_because_nothing_is_below_zero() -> None:
    """1000 may move by 150, but its row's and column's partners are a few units: nothing can go below 0."""
    small = [3, 2, 2, 1]
    report = protected(grid([[[1000], small, LARGE], [small, MANY, MANY], [LARGE, MANY, MANY]]), SQUARE).verified()
    found = passed(report)
    assert found["exact"]
    assert not found["outsider"]
    assert report.broken["outsider"] == (("r0", "c0"),)


def test_a_group_alone_in_the_complement_knows_its_neighbour() -> None:
    """Outsiders see a safe rectangle; the second largest of r0c0 is alone in r0c1 and computes its rival."""
    rows = [
        ("rival", (("r0",), ("c0",)), 60),
        ("insider", (("r0",), ("c0",)), 50),
        ("insider", (("r0",), ("c1",)), 90),
        *((f"m{k}", (("r1",), ("c0",)), v) for k, v in enumerate(MANY)),
        *((f"n{k}", (("r1",), ("c1",)), v) for k, v in enumerate(MANY)),
        *((f"l{k}", (("r0",), ("c2",)), v) for k, v in enumerate(LARGE)),
    ]
    report = protected(Case(rows=rows), SQUARE).verified()
    found = passed(report)
    assert found["outsider"]
    assert not found["insider-second"]
    assert report.broken["insider_second"] == (R0C0,)


def test_a_group_that_has_nothing_in_the_cell_can_be_the_insider() -> None:
    """m is alone in r0c1 and r1c1: it knows r0c0 from its row, and is not its second largest."""
    rows = [
        ("a", (("r0",), ("c0",)), 60),
        ("b", (("r0",), ("c0",)), 50),
        ("m", (("r0",), ("c1",)), 90),
        ("m", (("r1",), ("c1",)), 90),
        *((f"n{k}", (("r1",), ("c0",)), v) for k, v in enumerate(MANY)),
        *((f"k{k}", (("r2",), ("c1",)), v) for k, v in enumerate(LARGE)),
        *((f"l{k}", (("r0",), ("c2",)), v) for k, v in enumerate(LARGE)),
    ]
    report = protected(Case(rows=rows), SQUARE).verified()
    found = passed(report)
    assert found["outsider"]
    assert R0C0 not in report.broken["insider_second"]
    assert R0C0 in report.broken["insider"]
    assert not found["insider"]


def test_the_second_largest_that_has_most_of_a_complement() -> None:
    """b is not alone in r0c1, but has 98 of 100 there: for b that cell can't fall by more than 2."""
    rows = [
        ("a", (("r0",), ("c0",)), 600),
        ("b", (("r0",), ("c0",)), 50),
        ("b", (("r0",), ("c1",)), 98),
        ("x", (("r0",), ("c1",)), 1),
        ("y", (("r0",), ("c1",)), 1),
        *((f"m{k}", (("r1",), ("c0",)), v) for k, v in enumerate([300, 200, 100])),
        *((f"n{k}", (("r1",), ("c1",)), v) for k, v in enumerate([300, 200, 100])),
        *((f"l{k}", (("r0",), ("c2",)), v) for k, v in enumerate(LARGE)),
    ]
    report = protected(Case(rows=rows), SQUARE).verified()
    assert passed(report)["outsider"]
    assert R0C0 in report.broken["insider_second"]


def test_a_hierarchy_gives_a_town_away_through_its_county() -> None:
    """Hidden in each row of towns; the county's total and its other towns are published."""
    rows = [
        (f"g{t}{s}{k}", (("c1", f"c1t{t}") if t < 3 else ("c2", f"c2t{t}"), (f"s{s}",)), v)
        for t in range(5)
        for s in range(3)
        for k, v in enumerate([60, 50] if (t, s) == (0, 0) else MANY)
    ]
    case = Case(rows=rows)
    across = {("c1t0", "s0"), ("c1t0", "s1"), ("c2t3", "s0"), ("c2t3", "s1")}
    within = {("c1t0", "s0"), ("c1t0", "s1"), ("c1t1", "s0"), ("c1t1", "s1")}
    assert protected(case, across).verified().broken["exact"] == (("c1t0", "s0"),)
    assert protected(case, within).verified().valid


def test_a_hidden_total_of_two_hidden_parts() -> None:
    """Nothing limits the parts above when no total is published."""
    case = Case(rows=[("a", (("r0",),), 60), ("b", (("r1",),), 50)])
    report = protected(case, {("Total",), ("r0",), ("r1",)}).verified()
    assert passed(report)["outsider"]


def test_a_threshold_alone_asks_for_exact_protection_only() -> None:
    case = replace(grid([[[10, 10, 10, 10], MANY], [MANY, MANY]]), minimum=5, percent="0")
    hidden = {(r, c) for r in ("r0", "r1") for c in ("c0", "c1")} | {("Total", "c0"), ("Total", "c1")}
    report = protected(case, hidden | {("r0", "Total"), ("r1", "Total")}).verified()
    assert report.valid, report.checks


def persons(counts: list[list[int]]) -> Case:
    rows = [
        (f"p{r}{c}{k}", ((f"r{r}",), (f"c{c}",)), 1)
        for r, line in enumerate(counts)
        for c, count in enumerate(line)
        for k in range(count)
    ]
    return Case(rows=rows, model="persons", minimum=10)


def test_persons_a_wide_interval_protects() -> None:
    report = protected(persons([[4, 30], [30, 30]]), SQUARE).verified()
    assert report.valid, report.checks


def test_persons_an_interval_that_does_not_reach_the_minimum() -> None:
    """Its partners allow 0…8 only."""
    case = persons([[4, 4, 40], [4, 40, 40], [40, 40, 40]])
    report = protected(case, SQUARE).verified()
    assert passed(report)["exact"]
    assert R0C0 in report.broken["outsider"]


def test_persons_two_worlds_together_have_the_width() -> None:
    """8 of 10 persons: it can reach 11 at most, and 0: wide enough though it can't rise by 9."""
    case = persons([[8, 30, 30], [30, 12, 30], [30, 30, 30]])
    table = protected(case, SQUARE)
    assert table.verified().valid


def test_a_missing_primary_is_found() -> None:
    report = protected(two_by_two(), SQUARE, marked={R0C0: "secondary"}).verified()
    assert passed(report) == {"files": True, "cells": True, "primary": False}
    assert report.secret is None
    assert "1 sensitive" in report.checks[-1].en


def test_a_surplus_primary_is_found() -> None:
    report = protected(two_by_two(), SQUARE, marked={R1C1: "primary"}).verified()
    assert not passed(report)["primary"]


def edited(files: Files, name: str, old: bytes, new: bytes) -> Files:
    data = getattr(files, name)
    assert data.count(old) == 1
    return replace(files, **{name: data.replace(old, new)})


@pytest.mark.parametrize(
    ("name", "old", "new", "check"),
    [
        ("cells", b"r0,c0,110,primary\n", b"r0,c0,111,primary\n", "cells"),
        ("cells", b"r0,c0,110,primary\n", b"", "cells"),
        ("cells", b"r0,c0,110,primary\n", b"r0,c0,110,primary\nr0,c9,1,published\n", "cells"),
        ("cells", b"r0,c0,110,primary\n", b"r0,c0,110,sekret\n", "cells"),
        ("cells", b"r0,c0,110,primary\n", b"r0,c0,110,published\n", "primary"),
        ("published", b"r0,c0,,C\n", b"r0,c0,110,A\n", "published"),
        ("published", b"r0,c0,,C\n", b"r0,c0,110,C\n", "published"),
        ("published", b"r0,Total,250,A\n", b"r0,Total,251,A\n", "published"),
        ("published", b"r0,Total,250,A\n", b"r0,Total,,C\n", "published"),
        ("published", b"r0,Total,250,A\n", b"", "published"),
        ("declaration", b"minimum_groups", b"minimum_grupps", "files"),
        ("declaration", b"p_percent = 15", b"p_percent = 1e99999999", "files"),
        ("declaration", b"p_percent = 15", b"p_percent = nan", "files"),
        ("declaration", b"p_percent = 15", b"p_percent = 15\nextra = 1", "files"),
        ("microdata", b"g000,r0,c0,60", b"g000,r0,c0,-60", "files"),
        ("microdata", b"g000,r0,c0,60", b"g000,r0,c0,6e1", "files"),
        ("microdata", b"g000,r0,c0,60", b"g000,r0,c0", "files"),
        ("microdata", b"g000,r0,c0,60", b"g000,Total,c0,60", "files"),
        ("microdata", b"g000,r0,c0,60", b",r0,c0,60", "files"),
    ],
)
def test_an_edit_fails_its_check_and_shows_no_value(name: str, old: bytes, new: bytes, check: str) -> None:
    report = edited(protected(two_by_two(), SQUARE), name, old, new).verified()
    assert report.checks[-1].name == check
    assert not report.checks[-1].passed
    assert not report.valid
    assert report.secret is None
    for text in (report.checks[-1].en, report.checks[-1].zh, repr(report)):
        assert "110" not in text
        assert "g000" not in text


def test_a_file_that_is_not_there(tmp_path: object) -> None:
    files = protected(two_by_two(), {R0C0})
    from pathlib import Path

    report = verify(
        Path("/nonexistent"), files.microdata, files.cells, files.published, salt=b"s" * 16, at=AT, version="t"
    )
    assert passed(report) == {"files": False}


def test_the_public_certificate_has_no_number_of_the_table() -> None:
    report = protected(two_by_two(), SQUARE).verified()
    assert report.public is not None
    document = json.loads(report.public)
    assert set(document["results"]) == ALL
    assert set(document) == {
        "format", "version", "at", "published", "certificate", "history", "insiders", "passed", "results",
    }  # fmt: skip
    assert all(isinstance(value, bool) for value in document["results"].values())


def test_the_same_findings_give_the_same_bytes() -> None:
    files = protected(two_by_two(), SQUARE)
    first, second = files.verified(), files.verified()
    assert (first.secret, first.public) == (second.secret, second.public)


def test_a_short_salt_or_a_time_without_zone_is_refused() -> None:
    files = protected(two_by_two(), {R0C0})
    for salt, at in ((b"short", AT), (b"s" * 16, AT.replace(tzinfo=None))):
        with pytest.raises(ValueError, match="salt"):
            verify(files.declaration, files.microdata, files.cells, files.published, salt=salt, at=at, version="t")
