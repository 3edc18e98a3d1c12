"""A ledger that was edited, shortened, reordered or rewritten is found, and the first bad entry is named."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.ledger.schema import SCHEMA
from gateway.verifier import Report, verify_ledger

Row = list[Any]
TABLE, *TRIGGERS = (  # the triggers come last: what is written may be wrong on purpose
    (f"CREATE TRIGGER {part}" if place else part).strip().removesuffix(";")
    for place, part in enumerate(SCHEMA.split("CREATE TRIGGER "))
)
LOOSE = "CREATE TABLE ledger (seq INTEGER PRIMARY KEY, at, kind, release, actor, body, prev, hash)"
"""A forger is not bound by the columns' declarations; he puts the right ones back afterwards."""


def canonical(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(row: Row) -> str:
    seq, at, kind, release, actor, body, prev = row[:7]
    entry = {"seq": seq, "at": at, "kind": kind, "release": release, "actor": actor, "prev": prev}
    return hashlib.sha256((canonical({**entry, "body": json.loads(body)}) + "\n").encode()).hexdigest()


def entries(count: int = 6) -> list[Row]:
    """A right ledger, made from its description."""
    rows: list[Row] = []
    prev = "0" * 64
    for seq in range(1, count + 1):
        body = canonical({"b": seq, "a": "声明", "list": [1, None, True]})
        release = None if seq == 2 else "LGTJ_220300_LHYG_202610_M_R01"
        row: Row = [seq, f"2026-11-0{seq}T09:00:00+08:00", "opened", release, "operator", body, prev]
        prev = hash_of(row)
        rows.append([*row, prev])
    return rows


def write(path: Path, rows: list[Row]) -> Path:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(LOOSE)
        connection.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ?", [TABLE])
        for trigger in TRIGGERS:
            connection.execute(trigger)
    return path


def rehash(rows: list[Row], start: int) -> list[Row]:
    """Someone who rewrites all hashes from ``start`` on."""
    for at in range(start, len(rows)):
        rows[at][6] = rows[at - 1][7] if at else "0" * 64
        rows[at][7] = hash_of(rows[at])
    return rows


def failed(report: Report) -> list[str]:
    return [check.name for check in report.checks if not check.passed]


def test_a_right_ledger_holds(tmp_path: Path) -> None:
    rows = entries()
    path = write(tmp_path / "ledger.db", rows)
    report = verify_ledger(path, {"length": 6, "head": rows[5][7]})
    assert report.valid
    assert report.as_json() == {
        "package": str(path),
        "valid": True,
        "scope": "ledger",
        "checks": [
            {"name": name, "passed": True, "reason": ""}
            for name in ("ledger-file", "ledger-chain", "ledger-guards", "ledger-head")
        ],
        "not_checked": [],
        "first_bad": None,
    }


def test_without_a_head_it_says_what_it_did_not_check(tmp_path: Path) -> None:
    report = verify_ledger(write(tmp_path / "ledger.db", entries()))
    assert (report.valid, report.not_checked) == (True, ("ledger-head",))


@pytest.mark.parametrize("length", [0, 1, 5, 6])
def test_a_ledger_that_went_on_still_fits_an_older_head(tmp_path: Path, length: int) -> None:
    rows = entries()
    head = rows[length - 1][7] if length else "0" * 64
    assert verify_ledger(write(tmp_path / "ledger.db", rows), {"length": length, "head": head}).valid


def test_an_empty_ledger_holds(tmp_path: Path) -> None:
    assert verify_ledger(write(tmp_path / "ledger.db", []), {"length": 0, "head": "0" * 64}).valid


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 5), column=st.integers(1, 7), choice=st.data())
def test_any_edit_is_found_and_named(tmp_path: Path, at: int, column: int, choice: st.DataObject) -> None:
    rows = entries()
    value = choice.draw(st.one_of(st.none(), st.text(), st.integers(-9, 9), st.binary(max_size=5)))
    if value == rows[at][column]:
        return
    rows[at][column] = value
    report = verify_ledger(write(tmp_path / "ledger.db", rows))
    if column == 7:  # a changed hash shows at once: the content does not give it
        assert failed(report) == ["ledger-chain"]
    assert f"entry {at + 1}" in report.checks[-1].en


@pytest.mark.parametrize(
    "spelling", [' {"a":1}', '{"a": 1}', '{"a":1,"a":1}', '{"b":1,"a":1}', '{"a":1.0}', '{"a":NaN}', "[]"]
)
def test_a_body_that_is_spelled_otherwise_is_found(tmp_path: Path, spelling: str) -> None:
    """The chain covers what the body says; its text must be the canonical one, or two texts would have one hash."""
    rows = entries()
    rows[2][5] = '{"a":1}'
    rehash(rows, 2)
    assert verify_ledger(write(tmp_path / "ledger.db", rows)).valid
    rows[2][5] = spelling
    report = verify_ledger(write(tmp_path / "ledger.db", rows))
    assert failed(report) == ["ledger-chain"]
    assert "entry 3" in report.checks[-1].en


@pytest.mark.parametrize(("gone", "named"), [(0, 1), (2, 3), (4, 5)])
def test_a_deletion_is_found(tmp_path: Path, gone: int, named: int) -> None:
    rows = entries()
    del rows[gone]
    report = verify_ledger(write(tmp_path / "ledger.db", rows))
    assert f"entry {named} " in report.checks[-1].en
    for at, row in enumerate(rows, start=1):
        row[0] = at  # renumbered, to hide the gap
    report = verify_ledger(write(tmp_path / "ledger.db", rows))
    assert f"entry {named} " in report.checks[-1].en


def test_two_entries_exchanged_are_found(tmp_path: Path) -> None:
    rows = entries()
    rows[1][0], rows[2][0] = 3, 2
    report = verify_ledger(write(tmp_path / "ledger.db", rows))
    assert "entry 2 " in report.checks[-1].en


@pytest.mark.parametrize("left", [0, 1, 5])
def test_a_cut_end_shows_against_a_head_that_was_kept(tmp_path: Path, left: int) -> None:
    rows = entries()
    path = write(tmp_path / "ledger.db", rows[:left])
    assert verify_ledger(path).valid  # by itself a shorter ledger is a right one
    report = verify_ledger(path, {"length": 6, "head": rows[5][7]})
    assert failed(report) == ["ledger-head"]
    assert f"{left} entries" in report.checks[-1].en


@pytest.mark.parametrize("start", range(6))
def test_a_rewritten_ledger_shows_against_a_head_that_was_kept(tmp_path: Path, start: int) -> None:
    head = entries()[5][7]
    rows = entries()
    rows[start][4] = "someone-else"
    path = write(tmp_path / "ledger.db", rehash(rows, start))
    assert verify_ledger(path).valid
    assert failed(verify_ledger(path, {"length": 6, "head": head})) == ["ledger-head"]


@pytest.mark.parametrize(
    "against",
    [{}, {"length": "6", "head": "x"}, {"length": -1, "head": "x"}, {"length": True, "head": "x"}, {"length": 6}],
)
def test_a_malformed_head_is_not_passed_over(tmp_path: Path, against: dict[str, Any]) -> None:
    assert failed(verify_ledger(write(tmp_path / "ledger.db", entries()), against)) == ["ledger-head"]


def test_what_is_no_ledger_is_not_valid_and_not_made(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database " * 100)
    (tmp_path / "empty").write_bytes(b"")
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE other (x)")
    for name in ("text", "empty", "other.db", "none.db", "."):
        assert failed(verify_ledger(tmp_path / name)) == ["ledger-file"]
    assert not (tmp_path / "none.db").exists()


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / "ledger.db", entries())
    data = bytearray(path.read_bytes())
    data[-600:-500] = bytes(100)
    path.write_bytes(data)
    assert not verify_ledger(path).valid


def test_it_only_reads(tmp_path: Path) -> None:
    path = write(tmp_path / "ledger.db", entries())
    before = path.read_bytes()
    path.chmod(0o400)
    verify_ledger(path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["ledger.db"]


def test_a_definition_that_became_a_blob_is_found(tmp_path: Path) -> None:
    """One bit in the serial type of a name in SQLite's own table: found by flipping every byte of a file."""
    path = write(tmp_path / "ledger.db", entries())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET name = CAST(name AS BLOB) WHERE type = 'trigger'")
    report = verify_ledger(path)
    assert not report.valid
