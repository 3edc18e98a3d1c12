"""Any change by a hand that first drops the triggers is found, by check and by every reader."""

import sqlite3
from contextlib import closing

import pytest
from flips import flip_each
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import LEAST, NOW, RELEASE, TO, actor_of, body_of

from gateway.base.errors import IntegrityError
from gateway.ledger import GENESIS, Ledger, schema
from gateway.ledger.entry import body_text, make
from gateway.model.documents import LedgerHead
from gateway.model.release import State

COLUMNS = ("seq", "at", "kind", "release", "actor", "body", "prev", "hash")
TRIGGERS = ("ledger_keeps_rows", "ledger_keeps_content", "ledger_continues")


def written(folder) -> Ledger:
    ledger = Ledger.create(folder / "ledger.sqlite")
    for event in TO[State.ACKNOWLEDGED]:
        ledger.append(event, release=RELEASE, actor=actor_of(event), body=body_of(event), at=NOW, expect=None)
    return ledger


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A ledger of nine entries; each test changes a copy of its own."""
    return written(tmp_path_factory.mktemp("ledger"))


@pytest.fixture
def ledger(original, tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(original.path.read_bytes())
    return Ledger(path)


def tamper(ledger: Ledger, *statements: str, parameters: tuple = (), restore: bool = True) -> None:
    with closing(sqlite3.connect(ledger.path)) as connection:
        for trigger in TRIGGERS:
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement, parameters)
        if restore:  # a careful attacker puts the triggers back as they were
            for part in schema.SCHEMA.split("CREATE TRIGGER ")[1:]:
                connection.execute("CREATE TRIGGER " + part.rstrip().rstrip(";"))
        connection.commit()


@pytest.mark.parametrize("column", COLUMNS[1:])
@pytest.mark.parametrize("seq", [1, 5, 9])
def test_any_changed_field_is_found_at_its_row(ledger, column, seq):
    value = {"release": "LGTJ_220300_LHYG_202610_M_R09", "at": "2026-11-01T16:31:00+08:00"}.get(column)
    tamper(ledger, f"UPDATE ledger SET {column} = coalesce(?, {column} || ' ') WHERE seq = {seq}", parameters=(value,))
    bad = ledger.check()
    assert bad is not None
    assert bad.seq == seq
    with pytest.raises(IntegrityError):
        ledger.entries()
    with pytest.raises(IntegrityError):
        ledger.append("keys.rotated", actor="operator-a", body={}, at=NOW, expect=None)


EDITS = {
    "a row taken out": ("DELETE FROM ledger WHERE seq = 4", 4),
    "the first row taken out": ("DELETE FROM ledger WHERE seq = 1", 1),
    "rows renumbered after a cut": ("UPDATE ledger SET seq = seq - 100 WHERE seq > 4", 1),
    "two rows changed places": (
        "UPDATE ledger SET seq = CASE seq WHEN 3 THEN -4 WHEN 4 THEN -3 END WHERE seq IN (3, 4)",
        1,
    ),
    "a row put in": (
        "INSERT INTO ledger SELECT 10, at, kind, release, actor, body, prev, hash FROM ledger LIMIT 1",
        10,
    ),
    "text as blob": ("UPDATE ledger SET actor = CAST(actor AS BLOB) WHERE seq = 2", 2),
    "text as another encoding": ("UPDATE ledger SET actor = CAST(x'ff41' AS TEXT) WHERE seq = 2", 2),
    "white space in the body": ("UPDATE ledger SET body = replace(body, ':', ': ') WHERE seq = 3", 3),
    "a key twice in the body": (
        "UPDATE ledger SET body = replace(body, '{', '{\"statement\":\"x\",') WHERE seq = 2",
        2,
    ),
    "a body that is no object": ("UPDATE ledger SET body = '[]' WHERE seq = 2", 2),
    "a bottomless body": ("UPDATE ledger SET body = printf('%.*c', 4000, '[') WHERE seq = 2", 2),
    "no number in the body": ("UPDATE ledger SET body = '{\"a\":NaN}' WHERE seq = 2", 2),
    "an empty release": ("UPDATE ledger SET release = '' WHERE seq = 2", 2),
    "no release": ("UPDATE ledger SET release = NULL WHERE seq = 2", 2),
    "capital letters in a hash": ("UPDATE ledger SET hash = upper(hash) WHERE seq = 2", 2),
}


@pytest.mark.parametrize("name", EDITS)
def test_rows_taken_out_put_in_or_retyped_are_found(ledger, name):
    statement, seq = EDITS[name]
    tamper(ledger, statement)
    bad = ledger.check()
    assert bad is not None
    assert bad.seq == seq


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER more AFTER INSERT ON ledger BEGIN SELECT 1; END",
        "CREATE TABLE more (x)",
        "CREATE INDEX more ON ledger (at)",
    ],
)
def test_anything_beside_the_table_is_found(ledger, statement):
    tamper(ledger, statement)
    assert ledger.check() is not None


def test_triggers_that_are_gone_are_found_and_nothing_is_added(ledger):
    tamper(ledger, restore=False)
    assert ledger.check() is not None
    with pytest.raises(IntegrityError):
        ledger.append("keys.rotated", actor="operator-a", body={}, at=NOW, expect=None)


def test_an_illegal_event_with_a_right_hash_is_found(ledger):
    head = ledger.head()
    body = {"statement": LEAST["statement"]}
    late = make(seq=10, at=NOW.isoformat(), kind="approved", release=RELEASE, actor="x", body=body, prev=head.head)
    with closing(sqlite3.connect(ledger.path)) as connection:
        row = (late.seq, late.at, late.kind, late.release, late.actor, body_text(late.body), late.prev, late.hash)
        connection.execute("INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?)", row)
        connection.commit()
    bad = ledger.check()
    assert bad is not None
    assert bad.seq == 10


def test_a_cut_off_end_is_found_by_a_head_that_was_given_out(ledger):
    slip = ledger.head()
    tamper(ledger, "DELETE FROM ledger WHERE seq > 6")
    assert ledger.check() is None  # the rest is a whole chain: that is why heads are given out
    bad = ledger.check([slip])
    assert bad is not None
    assert bad.seq == 7


def test_a_wholly_rewritten_ledger_is_found_by_a_head_that_was_given_out(ledger, tmp_path):
    slips = [LedgerHead(length=e.seq, head=e.hash) for e in ledger.entries()][2::3]
    rewritten = Ledger.create(tmp_path / "other.sqlite")
    for entry in ledger.entries():
        actor = "steward-c" if entry.actor == "steward-b" else entry.actor
        rewritten.append(entry.kind, release=RELEASE, actor=actor, body=entry.body, at=NOW, expect=None)
    assert rewritten.check() is None
    assert ledger.check(slips) is None
    bad = rewritten.check(slips)
    assert bad is not None
    assert bad.seq == 4  # where the second steward was put in another's place; the head at 3 still fits


def test_the_genesis_head_fits_every_ledger_and_no_other_hash_does(ledger):
    assert ledger.check([LedgerHead(length=0, head=GENESIS)]) is None
    assert ledger.check([LedgerHead(length=0, head="f" * 64)]) is not None
    assert ledger.check([LedgerHead(length=-1, head=GENESIS)]) is not None


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_byte_changed_anywhere_in_the_file_is_found_or_changes_nothing(original, tmp_path_factory, data):
    raw = bytearray(original.path.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):  # aim at the rows themselves: they fill the end of their page
        place = raw.index(b"operator-a") + place % 1500
        place %= len(raw)
    raw[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("bytes") / "ledger.sqlite"
    path.write_bytes(raw)
    ledger = Ledger(path)
    known = [original.head()]
    if ledger.check(known) is None:
        assert ledger.entries() == original.entries()


def test_a_dense_sample_of_all_bytes_of_the_file(original, tmp_path):
    """Every 13th byte, and every byte of the file's header and of the first entry; ``make faults`` changes them all."""
    size, first = original.path.stat().st_size, original.path.read_bytes().index(b"operator-a")
    places = {*range(0, size, 13), *range(100), *range(first - 80, first + 120)}
    found = flip_each(original.path, tmp_path / "ledger.sqlite", [(place, 1 << place % 8) for place in sorted(places)])
    assert found["violation"] == 0
    assert found["refused"] > found["harmless"] / 4
    assert found["refused"] + found["harmless"] == len(places)
