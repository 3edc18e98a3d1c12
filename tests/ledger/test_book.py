"""Appending to the file: the head it expects, what may stand in it, and that no hand changes it."""

import hashlib
import json
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime

import pytest
from lives import D1, NOW, RELEASE

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.ledger import GENESIS, Ledger, schema
from gateway.model.documents import LedgerHead
from gateway.model.release import Event


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(tmp_path / "ledger.sqlite")


def put(ledger: Ledger, kind: str = "keys.rotated", **fields) -> LedgerHead:
    given = {"actor": "operator-a", "body": {}, "at": NOW, "expect": ledger.head(), **fields}
    return ledger.append(kind, **given)


def test_an_empty_ledger_has_the_genesis_head(ledger):
    assert ledger.head() == LedgerHead(length=0, head="0" * 64)
    assert ledger.entries() == ()
    assert ledger.check() is None
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


def test_a_missing_ledger_is_not_made_by_opening_it(tmp_path):
    with pytest.raises(ConfigurationError):
        Ledger(tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


def test_creating_twice_keeps_the_first(ledger):
    head = put(ledger)
    assert Ledger.create(ledger.path).head() == head
    assert [p.name for p in ledger.path.parent.iterdir() if ".part" in p.name] == []


def test_the_hash_is_what_anyone_can_compute_again(ledger):
    put(ledger, Event.OPENED, release=RELEASE, body={"period": "2026-10", "rows": 3, "late": False, "note": None})
    put(ledger, "calendar.loaded", body={"number": "国办发明电〔2026〕1号"})
    prev = GENESIS
    with closing(sqlite3.connect(ledger.path)) as connection:
        for seq, at, kind, release, actor, body, row_prev, row_hash in connection.execute("SELECT * FROM ledger"):
            content = {"seq": seq, "at": at, "kind": kind, "release": release, "actor": actor, "prev": prev}
            content["body"] = json.loads(body)
            text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
            assert row_prev == prev
            assert row_hash == hashlib.sha256(text.encode()).hexdigest()
            prev = row_hash
    assert ledger.head() == LedgerHead(length=2, head=prev)


def test_times_are_kept_in_the_zone_of_the_agreement(ledger):
    put(ledger, at=datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    assert ledger.entries()[0].at == "2026-11-01T00:00:00+08:00"


def test_another_head_than_expected_writes_nothing(ledger):
    old = ledger.head()
    new = put(ledger)
    for expect in (old, LedgerHead(length=1, head="f" * 64), LedgerHead(length=2, head=new.head)):
        with pytest.raises(IntegrityError) as caught:
            put(ledger, expect=expect)
        assert caught.value.safe
        assert ledger.head() == new
    assert put(ledger, expect=None).length == 2


def test_an_illegal_event_writes_nothing(ledger):
    head = put(ledger, Event.OPENED, release=RELEASE)
    with pytest.raises(IntegrityError):
        put(ledger, Event.DELIVERED, release=RELEASE, body={"package": D1})
    assert ledger.head() == head


REFUSED = {
    "an unknown kind": {"kind": "delivred", "release": RELEASE},
    "an event without its release": {"kind": Event.OPENED},
    "not a release": {"kind": "keys.rotated", "release": "R01"},
    "a naive time": {"kind": "keys.rotated", "at": datetime(2026, 11, 1)},  # noqa: DTZ001
    "no actor": {"kind": "keys.rotated", "actor": ""},
    "a float": {"kind": "keys.rotated", "body": {"share": 0.5}},
    "a nested float": {"kind": "keys.rotated", "body": {"a": [{"b": 1.0}]}},
    "a tuple": {"kind": "keys.rotated", "body": {"a": (1, 2)}},
    "bytes": {"kind": "keys.rotated", "body": {"a": b"x"}},
    "a date": {"kind": "keys.rotated", "body": {"a": NOW}},
    "a key that is a value": {"kind": "keys.rotated", "body": {"张三": 1}},
    "a key that is a number": {"kind": "keys.rotated", "body": {"13800138000": 1}},
    "a mobile number": {"kind": "keys.rotated", "body": {"a": "打 13800138000 找人"}},
    "a mobile number, full width": {"kind": "keys.rotated", "body": {"a": "１３８００１３８０００"}},
    "a mobile number as a number": {"kind": "keys.rotated", "body": {"a": 13800138000}},
    "an identity number": {"kind": "keys.rotated", "body": {"a": "11010519491231002X"}},
    "a bank card as actor": {"kind": "keys.rotated", "actor": "6222020200112230"},
    "a long text": {"kind": "keys.rotated", "body": {"a": "字" * 513}},
    "a long body": {"kind": "keys.rotated", "body": {f"k{i}": "x" * 500 for i in range(10)}},
    "many items": {"kind": "keys.rotated", "body": {"a": list(range(65))}},
    "deep nesting": {"kind": "keys.rotated", "body": {"a": [[[[1]]]]}},
    "a line end": {"kind": "keys.rotated", "body": {"a": "x\ny"}},
    "half a character": {"kind": "keys.rotated", "body": {"a": "\ud800"}},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_stand_in_the_ledger_is_refused_and_not_repeated(ledger, name):
    with pytest.raises(IntegrityError) as caught:
        put(ledger, **REFUSED[name])
    assert ledger.head().length == 0
    message = f"{caught.value.zh} {caught.value.en}"
    assert not any(value in message for value in ("13800138000", "张三", "11010519491231002X", "0.5"))


def test_digests_and_release_ids_pass(ledger):
    put(ledger, body={"package": "12345678901234567890123456789012" + "a" * 32, "release": RELEASE, "n": 9_999_999_999})
    assert ledger.check() is None


FOREIGN = {
    "update": "UPDATE ledger SET actor = 'x' WHERE seq = 1",
    "update or ignore": "UPDATE OR IGNORE ledger SET actor = 'x'",
    "update of the number": "UPDATE ledger SET seq = 9 WHERE seq = 1",
    "delete": "DELETE FROM ledger WHERE seq = 2",
    "delete all": "DELETE FROM ledger",
    "a gap": "INSERT INTO ledger SELECT 9, at, kind, release, actor, body, hash, hash FROM ledger WHERE seq = 2",
    "no number": "INSERT INTO ledger SELECT NULL, at, kind, release, actor, body, hash, hash FROM ledger WHERE seq = 2",
    "before": "INSERT INTO ledger SELECT 0, at, kind, release, actor, body, hash, hash FROM ledger WHERE seq = 2",
    "another prev": "INSERT INTO ledger SELECT 3, at, kind, release, actor, body, prev, hash FROM ledger WHERE seq = 2",
    "a blob for prev": "INSERT INTO ledger SELECT 3, at, kind, release, actor, body, CAST(hash AS BLOB), hash "
    "FROM ledger WHERE seq = 2",
    "replace": "REPLACE INTO ledger SELECT 1, at, kind, release, 'x', body, prev, hash FROM ledger WHERE seq = 1",
    "insert or replace": "INSERT OR REPLACE INTO ledger SELECT 2, at, kind, release, 'x', body, hash, hash FROM ledger "
    "WHERE seq = 2",
    "upsert": "INSERT INTO ledger SELECT 2, at, kind, release, actor, body, hash, hash FROM ledger WHERE seq = 2 "
    "ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_another_hand_is_refused_by_the_table_itself(ledger, name):
    put(ledger)
    head = put(ledger)
    with closing(sqlite3.connect(ledger.path)) as connection:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(FOREIGN[name])
        connection.commit()
    assert ledger.head() == head
    assert ledger.check() is None


def test_every_append_is_on_the_disk_before_it_is_reported(ledger):
    with schema.opened(ledger.path, write=True) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("truncate",)


def test_reading_can_not_write(ledger):
    with pytest.raises(IntegrityError), schema.opened(ledger.path) as connection:
        connection.execute("INSERT INTO ledger VALUES (1,'','',NULL,'','','','')")


def test_entries_of_a_release_of_a_kind_and_beyond_a_number(ledger):
    put(ledger, Event.OPENED, release=RELEASE)
    put(ledger, "keys.rotated")
    put(ledger, "review.opened", release=RELEASE)
    assert [e.seq for e in ledger.entries(release=RELEASE)] == [1, 3]
    assert [e.seq for e in ledger.entries(kind="keys.rotated")] == [2]
    assert [e.seq for e in ledger.entries(after=1)] == [2, 3]
