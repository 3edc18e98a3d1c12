"""Copies hold what the ledger held, and a bad or old one is not put in its place."""

import sqlite3
import stat
from contextlib import closing

import pytest
from lives import NOW

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.ledger import Ledger, backup, restore


def put(ledger: Ledger):
    return ledger.append("keys.rotated", actor="operator-a", body={}, at=NOW, expect=None)


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    for _ in range(3):
        put(ledger)
    return ledger


def test_a_copy_and_the_way_back(ledger, tmp_path):
    head = backup(ledger, tmp_path / "safe" / "copy.sqlite")
    assert head == ledger.head()
    assert restore(tmp_path / "safe" / "copy.sqlite", tmp_path / "new" / "ledger.sqlite", [head]) == head
    back = Ledger(tmp_path / "new" / "ledger.sqlite")
    assert back.entries() == ledger.entries()
    assert stat.S_IMODE(back.path.stat().st_mode) == 0o600
    assert put(back).length == 4
    assert sorted(p.name for p in (tmp_path / "safe").iterdir()) == ["copy.sqlite"]


def test_nothing_is_overwritten(ledger, tmp_path):
    backup(ledger, tmp_path / "copy.sqlite")
    before = ledger.path.read_bytes()
    for dest in (tmp_path / "copy.sqlite", ledger.path):
        with pytest.raises(ConfigurationError):
            backup(ledger, dest)
        with pytest.raises(ConfigurationError):
            restore(tmp_path / "copy.sqlite", dest)
    assert ledger.path.read_bytes() == before


def test_a_journal_that_was_left_behind_is_not_rolled_into_the_copy(ledger, tmp_path):
    (tmp_path / "back.sqlite-journal").write_bytes(b"x" * 512)
    with pytest.raises(ConfigurationError):
        restore(ledger.path, tmp_path / "back.sqlite")


def test_a_copy_that_is_too_old_is_refused(ledger, tmp_path):
    backup(ledger, tmp_path / "copy.sqlite")
    slip = put(ledger)
    with pytest.raises(IntegrityError):
        restore(tmp_path / "copy.sqlite", tmp_path / "back.sqlite", [slip])
    assert sorted(p.name for p in tmp_path.iterdir() if "back" in p.name) == []


def test_a_changed_copy_is_refused(ledger, tmp_path):
    backup(ledger, tmp_path / "copy.sqlite")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as connection:
        connection.execute("DROP TRIGGER ledger_keeps_content")
        connection.execute("UPDATE ledger SET actor = 'x' WHERE seq = 2")
        connection.commit()
    with pytest.raises(IntegrityError) as caught:
        restore(tmp_path / "copy.sqlite", tmp_path / "back.sqlite")
    assert "entry 2" in caught.value.en
    assert not (tmp_path / "back.sqlite").exists()


def test_what_is_no_database_is_refused(ledger, tmp_path):
    (tmp_path / "copy.sqlite").write_bytes(b"not a database, but long enough to be one" * 100)
    with pytest.raises(IntegrityError):
        restore(tmp_path / "copy.sqlite", tmp_path / "back.sqlite")
    with pytest.raises(IntegrityError):
        Ledger(tmp_path / "copy.sqlite").head()
    assert Ledger(tmp_path / "copy.sqlite").check().seq == 0
