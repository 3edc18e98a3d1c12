"""A small part of the fault matrix (``make faults`` runs all of it), and that it sees what it should see."""

import sys
from collections.abc import Iterator
from random import Random

import pytest

from gateway.release.sending import delivering
from gateway.release.sending.sealing import package_of
from tests.faults import inbox, line
from tests.faults.matrix import OPENSSH
from tests.faults.rows import ROWS, Lab, Row, Turn, tried


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(folder=tmp_path_factory.mktemp("faults")) as lab:
        yield lab


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


TURNS = [(row, turn) for row in ROWS for turn in row.turns(small=True)]


@pytest.mark.parametrize(("row", "turn"), TURNS, ids=[f"{row.name}-{turn.server}-{turn.number}" for row, turn in TURNS])
def test_no_promise_is_broken(row: Row, turn: Turn, lab: Lab) -> None:
    assert tried(row, lab, turn) == []


def turn_of(number: int) -> Turn:
    return Turn(server=OPENSSH, number=number, of=4, chance=Random(number))


def test_a_partial_file_under_its_final_name_is_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    publishing = sys.modules["gateway.delivery.publish"]
    monkeypatch.setattr(publishing, "part_name", lambda name, sha256: name)
    broken = [what for number in range(3) for what in line.cut_up(lab, turn_of(number))]
    assert any("bytes" in what for what in broken)


def test_a_file_sent_twice_is_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "is_taken", lambda *_: False)
    assert any("was published 2 times" in what for what in line.lost_reply_taken(lab, turn_of(0)))


def test_a_proof_of_nothing_is_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    publishing = sys.modules["gateway.delivery.publish"]
    monkeypatch.setattr(publishing, "_prove", lambda job, path: None)
    assert any("a proof of nothing" in what for what in inbox.moved_before(lab, turn_of(0)))


def test_a_lost_file_a_changed_one_and_a_missing_proof_are_seen(lab: Lab) -> None:
    """The checks after each row, each given what it is there for."""
    with lab.delivery(OPENSSH) as case:
        assert case.finish() == []
        name, data = next(iter(case.files.items()))
        (case.inbox / name).unlink()
        assert case.unproved() == [f"DELIVERED, but {name} never arrived"]
        (case.inbox / name).write_bytes(data[:-1] + b"x")
        assert f"{name} holds something else" in case.watch.broken()
        (case.inbox / name).write_bytes(data)
        package = package_of(case.deployment, case.release)
        package.paths[0].write_bytes(data + b"x")  # of these bytes there is no proof
        assert f"DELIVERED without proof of {name}" in case.unproved()


def test_a_next_run_that_does_not_finish_is_seen(lab: Lab) -> None:
    with lab.delivery(OPENSSH) as case:
        case.inbox.rename(case.inbox.with_name("aside"))
        assert any(what.startswith("the next run fails") for what in case.finish())


def test_bytes_that_go_twice_are_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resume that believes nothing of what is there sends it all again."""
    publishing = sys.modules["gateway.delivery.publish"]
    monkeypatch.setattr(publishing, "_common_prefix", lambda job: 0)
    broken = [what for number in range(4) for what in line.cut_parcel(lab, turn_of(number))]
    assert any("were unproved" in what for what in broken)


@pytest.mark.parametrize("kind", ["passphrase", "a feed's value", "a cell's line"])
def test_plain_text_is_seen(lab: Lab, kind: str) -> None:
    with lab.delivery(OPENSSH) as case:
        secret = next(secret for known, secret in lab.secrets.known if known == kind)
        (case.root / "var" / "left-behind").write_bytes(b"..." + secret + b"...")
        case.deliver()
        assert f"{kind} in plain text in left-behind" in case.broken
