"""Every row ends as exactly one of refused, duplicate, out of period and counted, as a plain reading says."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.ingest import Source
from gateway.ingest.readers import csvs
from tests.ingest.small import COLUMNS, FEED, GOOD, HEADER, Read, read, read_rows, row, source, text

CELLS = {
    "id": ["P1", "P2", "P3", "P4", "P5", " P1", "", " "],
    "place": ["铁西区", "220303", "公主岭市", "", "中央街道"],
    "skills": ["焊工", "", "焊工;骑手"],
    "kind": ["报名", "收藏", ""],
    "heads": ["3", "若干人", "", "-1", "x"],
    "pay": ["150元/天", "面议", "", "99999999", "?"],
    "born": ["1990-05-01", "2020-01-01", "1990-02-30", ""],
    "at": ["2026-10-07 08:30:00", "2026-09-30 23:59:59", "2026-02-30 00:00:00", ""],
    "note": ["x", 'a "b"', "two\nlines", "", ","],
    "group": ["G1", ""],
    "employer": ["E1"],
}
WRONG = {
    "id": {"": "missing", " ": "missing"},
    "place": {"公主岭市": "unknown_code", "": "missing", "中央街道": "unknown_code"},
    "skills": {"焊工;骑手": "unknown_code"},
    "kind": {"收藏": "unknown_code", "": "missing"},
    "heads": {"-1": "bad_number", "x": "bad_number"},
    "pay": {"99999999": "sentinel"},
    "born": {"2020-01-01": "out_of_range", "1990-02-30": "bad_date", "": "bad_date"},
    "at": {"2026-02-30 00:00:00": "bad_date", "": "bad_date"},
}
COLUMN = {spec["source"]: name for name, spec in COLUMNS.items()}


@st.composite
def mutilated(draw: st.DrawFn) -> tuple[str, ...]:
    """A good row with some cells spoilt, sometimes with cells lost or added."""
    cells = dict(zip(HEADER, GOOD, strict=True)) | {"id": draw(st.sampled_from(CELLS["id"]))}
    for name in draw(st.lists(st.sampled_from(sorted(CELLS)), max_size=2)):
        cells[name] = draw(st.sampled_from(CELLS[name]))
    line = tuple(cells.values())
    change = draw(st.sampled_from(["whole"] * 6 + ["cut", "more"]))
    if change == "cut":
        return line[: draw(st.integers(1, len(line) - 1))]
    return (*line, "more") if change == "more" else line


def plainly(rows: list[tuple[str, ...]]) -> tuple[dict[str, int], list[tuple[int, str, str]]]:
    """The four numbers and the refusals, read row by row."""
    account = {"refused": 0, "duplicate": 0, "out_of_period": 0, "counted": 0}
    refusals, seen = [], set()
    for number, line in enumerate(rows, start=2):
        cells = dict(zip(HEADER, line, strict=False))
        faults = [(COLUMN[name], WRONG[name][cells[name]]) for name in WRONG if cells.get(name) in WRONG[name]]
        if len(line) != len(HEADER):
            faults = [("*", "malformed")]
        if faults:
            account["refused"] += 1
            refusals.append((number, *faults[0]))
        elif cells["id"].strip() in seen:
            account["duplicate"] += 1
        else:
            seen.add(cells["id"].strip())
            account["counted" if cells["at"].startswith("2026-10") else "out_of_period"] += 1
    return account, refusals


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(mutilated(), max_size=60),
    block=st.sampled_from([400, 900, 4 << 20]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
)
def test_mutilated_rows_end_where_a_plain_reading_puts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, ...]], block: int, end: str, encoding: str
) -> None:
    monkeypatch.setattr(csvs, "BLOCK", block)
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=end).writerows([HEADER, *rows])
    (tmp_path / "rows.csv").write_bytes(stream.getvalue().encode(encoding))
    found = read(tmp_path, source(encoding=encoding, max_refused=1.0))
    account, refusals = plainly(rows)
    total, *four = found.account
    assert four == [account[name] for name in ("refused", "duplicate", "out_of_period", "counted")]
    assert sum(four) == total == len(rows)
    assert sorted(found.refusals) == refusals
    assert found.table.num_rows == account["counted"]
    assert _profile(found) == {
        "rows": total,
        "refused": account["refused"],
        "duplicate": account["duplicate"],
        "out_of_period": account["out_of_period"],
        "counted": account["counted"],
    }


def _profile(found: Read) -> dict[str, int]:
    whole = next(line for line in found.feed.profile if line["column"] == "*")
    return {name: whole[name] for name in ("rows", "refused", "duplicate", "out_of_period", "counted")}


def test_of_equal_keys_the_first_accepted_row_counts(tmp_path: Path) -> None:
    rows = [
        row(id="P1", heads="x"),  # refused: does not take the key
        row(id="P1", heads="5", at="2026-09-01 00:00:00"),  # out of period: takes it
        row(id="P1", heads="7"),  # duplicate
        row(id="P2", heads="2"),
        row(id="P2", heads="9"),  # duplicate
    ]
    found = read_rows(tmp_path, rows)
    assert found.account == (5, 1, 2, 1, 1)
    assert found.table["headcount"].to_pylist() == [2]


def test_the_profile_counts_by_column(tmp_path: Path) -> None:
    rows = [row(id="P1", heads="若干人"), row(id="P2", place="?"), row(id="P3", place=""), row(id="P4", pay="99999999")]
    profile = {line["column"]: line for line in read_rows(tmp_path, rows).feed.profile}
    assert set(profile) == {"*", *COLUMNS}
    assert {name: profile[name]["refused"] for name in ("*", "region", "pay", "headcount")} == {
        "*": 3,
        "region": 2,
        "pay": 1,
        "headcount": 0,
    }
    assert profile["region"]["out_of_code_list"] == 1
    assert profile["headcount"]["nulls"] == 1
    assert {name: profile[name]["role"] for name in ("posting", "region", "headcount", "at")} == {
        "posting": "key",
        "region": "dimension",
        "headcount": "measure",
        "at": "time",
    }


ACTIVITY: dict[str, Any] = {
    "source": "acts",
    "unique": "activity",
    "window": {"before_end": "at", "from_start": "at"},
    "max_refused": 1.0,
    "lookup": {"feed": "rows", "on": "posting", "columns": ["region", "pay"], "unless": {"event": "viewed"}},
    "columns": {
        "activity": {"source": "act", "role": "key", "parse": "key"},
        "event": COLUMNS["event"],
        "posting": {"source": "id", "role": "key", "parse": "key", "required": False},
        "at": COLUMNS["at"],
    },
}


def test_a_later_feed_looks_up_accepted_rows_of_an_earlier_one(tmp_path: Path) -> None:
    postings = [
        row(id="P1", place="铁西区"),
        row(id="P2", place="铁东区", at="2026-01-01 00:00:00"),  # out of period, yet known
        row(id="P3", place="公主岭市"),  # refused: unknown
        row(id="P1", place="铁东区"),  # a duplicate does not count
    ]
    acts = [
        ("A1", "报名", "P1", GOOD[9]),
        ("A2", "报名", "P2", GOOD[9]),
        ("A3", "报名", "P3", GOOD[9]),
        ("A4", "报名", "P9", GOOD[9]),
        ("A5", "报名", "", GOOD[9]),
        ("A6", "浏览", "", GOOD[9]),
        ("A7", "浏览", "P9", GOOD[9]),
        ("A8", "浏览", "P1", GOOD[9]),
    ]
    for name, data in (("rows", text(postings)), ("acts", text(acts, header=("act", "kind", "id", "at")))):
        (tmp_path / f"{name}.csv").write_text(data, encoding="utf-8", newline="")
    contract = Source.model_validate({"name": "two", "title": "二", "feeds": {"rows": FEED, "acts": ACTIVITY}})
    found = read(tmp_path, contract, needed={"acts": ("event", "posting", "region", "pay")})
    assert found.account == (8, 3, 0, 0, 5)
    assert found.refusals == [
        (4, "posting", "no_such_row"),
        (5, "posting", "no_such_row"),
        (6, "posting", "no_such_row"),
    ]
    assert found.table["region"].to_pylist() == ["220302", "220303", None, None, "220302"]
    assert found.table["pay"].to_pylist() == ["day:100-200", "day:100-200", None, None, "day:100-200"]


def test_a_lookup_into_a_feed_without_accepted_rows_finds_nothing(tmp_path: Path) -> None:
    acts = text([("A1", "报名", "P1", GOOD[9])], header=("act", "kind", "id", "at"))
    for name, data in (("rows", text([])), ("acts", acts)):
        (tmp_path / f"{name}.csv").write_text(data, encoding="utf-8", newline="")
    contract = Source.model_validate({"name": "two", "title": "二", "feeds": {"rows": FEED, "acts": ACTIVITY}})
    assert read(tmp_path, contract).refusals == [(2, "posting", "no_such_row")]


def _days(*days: int) -> list[tuple[str, ...]]:
    return [row(id=f"P{n}", at=f"2026-10-{day:02} 23:59:59") for n, day in enumerate(days)]


@pytest.mark.parametrize(
    ("days", "longest"),
    [
        (range(1, 32), 0),
        (range(31, 0, -1), 0),  # in any order
        ((1, *range(4, 32)), 2),
        (range(1, 27), 5),  # cut short: the last five days
        (range(4, 32), 3),
        ((16,), 15),
        ((10, 11), 20),
    ],
)
def test_the_longest_run_of_days_without_a_counted_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: Sequence[int], longest: int
) -> None:
    monkeypatch.setattr(csvs, "BLOCK", 200)  # over several chunks
    beside = [row(id="Q1", at="2026-11-01 00:00:00"), row(id="Q2", at="2026-09-30 23:59:59")]
    refused = [row(id=f"R{day}", at=f"2026-10-{day:02} 12:00:00", heads="x") for day in range(1, 32)]
    found = read_rows(tmp_path, [*beside, *_days(*days), *refused], source(max_refused=1.0))
    assert found.account[-1] == len(days)
    assert [line.get("days_without_rows") for line in found.feed.profile if line["column"] == "*"] == [longest]


def test_the_rows_of_a_stock_are_dated_elsewhere(tmp_path: Path) -> None:
    columns = COLUMNS | {"since": {"source": "born", "role": "time", "parse": "datetime", "layouts": ["%Y-%m-%d"]}}
    stock = source(columns=columns, window={"before_end": "since", "from_start": "at"})
    found = read_rows(tmp_path, _days(1, 31), stock)
    assert found.account[-1] == 2
    assert found.feed.profile[0]["days_without_rows"] is None
