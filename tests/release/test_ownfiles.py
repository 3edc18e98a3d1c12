"""The gateway's own files are kept as long as the agreement file says, then shredded; the history stays."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.base.errors import IntegrityError
from gateway.model.period import ZONE
from gateway.model.release import Event
from gateway.release.build import OPEN_NAMES
from gateway.release.corridor import run
from gateway.release.deployment import load_deployment
from gateway.release.office import load_office
from gateway.release.ownfiles import FEEDS, PACKAGES, SECRET, expire, own_files
from tests.release.conftest import NOW, PERIOD, Site, clock, silent

DIGEST = "a" * 64


@pytest.fixture(scope="module")
def finished(founded: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A release that is built, and whose ledger says that it was delivered and acknowledged."""
    root = tmp_path_factory.mktemp("finished") / "platform"
    shutil.copytree(founded.root, root)
    site = Site(root=root, people=founded.people)
    release = run(site.deployment, PERIOD, clock, silent).release
    ledger = site.deployment.ledger
    statement = ledger.entries(release=release, kind=Event.SUBMITTED)[0].body["statement"]
    steps: list[tuple[Event, str, dict[str, str]]] = [
        (Event.APPROVED_ONCE, "steward_a", {"statement": statement}),
        (Event.APPROVED, "steward_b", {"statement": statement}),
        (Event.SEALED, "operator_a", {"package": DIGEST}),
        (Event.PROVED, "operator_a", {"package": DIGEST}),
        (Event.DELIVERED, "operator_a", {"package": DIGEST}),
        (Event.RECEIPT, "manager_a", {"receipt": DIGEST, "disposition": "processed"}),
        (Event.ACKNOWLEDGED, "manager_a", {"receipt": DIGEST}),
    ]
    for event, actor, body in steps:
        ledger.append(event, release=release, actor=actor, body=body, at=NOW, expect=None)
    return root, release


@pytest.fixture
def site(finished: tuple[Path, str], founded: Site, tmp_path: Path) -> Site:
    root = tmp_path / "platform"
    shutil.copytree(finished[0], root)
    return Site(root=root, people=founded.people)


@pytest.fixture
def acknowledged(finished: tuple[Path, str]) -> str:
    return finished[1]


def test_each_kind_has_its_ground_and_its_term(site: Site, acknowledged: str) -> None:
    rows = {own.what: own for own in own_files(load_office(site.root, NOW), NOW)}
    assert set(rows) == {FEEDS, SECRET, PACKAGES}
    assert all(own.files and own.basis for own in rows.values())
    due = rows[FEEDS].due
    assert due is not None
    assert due.date() == (datetime(2027, 2, NOW.day, tzinfo=ZONE)).date()  # three months after
    assert rows[SECRET].due is rows[PACKAGES].due is None  # the agreement has not ended
    total = sum(own.files for own in rows.values())
    assert total == sum(p.is_file() for p in (site.root / "var" / "releases" / acknowledged).rglob("*"))


def test_feeds_go_on_their_last_day_and_the_rest_stays(site: Site, acknowledged: str) -> None:
    folder = site.root / "var" / "releases" / acknowledged
    before = datetime(2027, 2, 1, 9, 0, tzinfo=ZONE)
    assert expire(load_office(site.root, before), "operator_a", before) == []
    assert (folder / "feeds").is_dir()
    last = datetime(2027, 2, 2, 9, 0, tzinfo=ZONE)
    (gone,) = expire(load_office(site.root, last), "operator_a", last)
    assert (gone.what, gone.release) == (FEEDS, acknowledged)
    assert not (folder / "feeds").exists()
    assert load_deployment(site.root, NOW).store(acknowledged, OPEN_NAMES).get("cells.json")
    kinds = [e.kind for e in site.deployment.ledger.entries()]
    assert kinds.index("custody.expiring") < kinds.index("custody.expired")
    stopped = [e.body["by"] for e in site.deployment.ledger.entries(kind="clock.stopped")]
    assert "feeds_destroyed" in stopped
    assert expire(load_office(site.root, last), "operator_a", last) == []  # once


def test_what_is_killed_between_is_finished(site: Site, acknowledged: str, monkeypatch: pytest.MonkeyPatch) -> None:
    last = datetime(2027, 2, 2, 9, 0, tzinfo=ZONE)
    monkeypatch.setattr("gateway.release.ownfiles.shred_folder", lambda folder: 0)
    monkeypatch.setattr("gateway.release.ownfiles.shred", lambda path: True)
    with pytest.raises(IntegrityError):
        expire(load_office(site.root, last), "operator_a", last)
    assert not site.deployment.ledger.entries(kind="custody.expired")
    monkeypatch.undo()
    later = last + timedelta(hours=1)
    assert len(expire(load_office(site.root, later), "operator_a", later)) == 1
    assert not (site.root / "var" / "releases" / acknowledged / "feeds").exists()


def test_after_the_term_secret_cells_go_and_the_history_stays(site: Site, acknowledged: str) -> None:
    """One month after the agreement's end no contributor's figure is left; the packages are kept for disputes."""
    history = site.root / "var" / "history"
    history.mkdir(parents=True, exist_ok=True)
    (history / "kept").write_bytes(b"equations and intervals")
    last = datetime(2028, 2, 1, 9, 0, tzinfo=ZONE)
    gone = expire(load_office(site.root, last), "operator_a", last)
    assert {own.what for own in gone} == {FEEDS, SECRET}
    folder: Path = site.root / "var" / "releases" / acknowledged
    assert not list(folder.glob("cells*"))
    assert not list(folder.glob("totals*"))
    assert (folder / "01.xlsx.sealed").is_file()
    assert (history / "kept").is_file()


def test_by_the_command(site: Site, acknowledged: str) -> None:
    listed = site.gateway("custody", "own", "--as", "operator_a", "--json")
    assert listed.returncode == 0, listed.stderr
    assert {row["what"] for row in json.loads(listed.stdout)["own"]} == {FEEDS, SECRET, PACKAGES}
    assert site.gateway("custody", "own", "--as", "steward_a").returncode == 19
