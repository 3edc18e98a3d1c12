"""A ledger that was replaced by an older copy of itself is refused by the next call, and nothing is added to it."""

import shutil

import pytest
from lives import NOW

from gateway.base.errors import IntegrityError
from gateway.ledger import Ledger, anchor


def put(ledger: Ledger):
    return ledger.append("keys.rotated", actor="operator-a", body={}, at=NOW, expect=None)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "elsewhere" / "head"


@pytest.fixture
def ledger(tmp_path, place):
    Ledger.create(tmp_path / "ledger.sqlite")
    ledger = Ledger(tmp_path / "ledger.sqlite", place)
    for _ in range(3):
        put(ledger)
    return ledger


def test_an_old_backup_put_back_is_refused_and_named(ledger, tmp_path):
    shutil.copy(ledger.path, tmp_path / "backup")
    put(ledger)
    put(ledger)
    shutil.copy(tmp_path / "backup", ledger.path)
    for call in (ledger.head, ledger.entries, lambda: put(ledger)):
        with pytest.raises(IntegrityError, match=r"entry 4.*old copy|第 4 条.*旧备份"):
            call()
    bad = ledger.check()
    assert bad is not None
    assert bad.seq == 4
    assert Ledger(ledger.path).head().length == 3


def test_another_ledger_of_the_same_length_is_refused(ledger, tmp_path):
    other = Ledger.create(tmp_path / "other.sqlite")
    for _ in range(3):
        other.append("keys.revoked", actor="operator-a", body={}, at=NOW, expect=None)
    shutil.copy(other.path, ledger.path)
    with pytest.raises(IntegrityError, match=r"entry 1|第 1 条"):
        ledger.entries()


def test_a_crash_before_the_anchor_was_written_is_no_obstacle(ledger, place):
    before = place.read_bytes()
    put(ledger)
    place.write_bytes(before)
    assert put(ledger).length == 5


def test_a_lost_anchor_begins_anew_and_a_damaged_one_is_refused(ledger, place):
    place.unlink()
    assert put(ledger).length == 4
    assert anchor.read(place)[0].length == 4
    for damage in (b"", b"{}", b'{"length":"4","head":""}'):
        place.write_bytes(damage)
        with pytest.raises(IntegrityError):
            ledger.head()
        assert ledger.check() is not None


def test_an_earlier_writer_does_not_set_the_anchor_back(ledger, place):
    old = anchor.read(place)[0]
    put(ledger)
    anchor.write(place, old)
    assert anchor.read(place)[0].length == 4
