"""The gateway's own files are kept as long as the agreement file says, then nothing opens them: here or in a backup."""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.base.errors import DisclosureError, IntegrityError
from gateway.base.holdingkeys import HoldingKeys, HoldingSealer
from gateway.base.keyring import Keyring
from gateway.disclosure import kept_of_month
from gateway.ledger import Ledger
from gateway.model.cells import key_of
from gateway.model.period import ZONE
from gateway.model.release import Event
from gateway.release.build.answering import Answer
from gateway.release.build.corridor import run
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.chain import History
from gateway.release.site.deployment import load_deployment
from gateway.release.site.kinds import EXTRACT, FEEDS, PACKAGES, REQUESTS, SECRET, kind_of
from gateway.release.site.office import load_office
from gateway.release.upkeep.backup import make_backup, restore_backup
from gateway.release.upkeep.ownfiles import expire, own_files, stale_copy
from gateway.release.upkeep.retiring import kept_of
from tests.custody.kills import killed_at
from tests.custody.traces import RUN, found_in, runs
from tests.release.conftest import NOW, PERIOD, Site, clock, silent

DIGEST = "a" * 64
TEXT = frozenset(range(32, 127))
PASSPHRASE = "only for this drill"
CLOSED = datetime(2027, 2, 2, 9, 0, tzinfo=ZONE)
"""Three months after the receipt."""
OVER = datetime(2028, 2, 1, 9, 0, tzinfo=ZONE)
"""One month after the agreement's end."""


@pytest.fixture(scope="module")
def finished(founded: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A release that is built, and whose ledger says that it was delivered and acknowledged."""
    root = tmp_path_factory.mktemp("finished") / "platform"
    shutil.copytree(founded.root, root)
    site = Site(root=root, people=founded.people)
    release = run(site.deployment, PERIOD, clock, silent).release
    ledger = site.deployment.ledger
    History(site.deployment).append(release, site.deployment.store(release, OPEN_NAMES))
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


def at(office_root: Path, moment: datetime) -> list[str]:
    """What is destroyed at a moment, by kind."""
    return [own.what for own in expire(load_office(office_root, moment), "operator_a", moment)]


def plain(root: Path) -> Iterator[bytes]:
    """All that someone who has all of a deployment can read: the files as they lie, and what every key there opens. The
    attack of the tests below."""
    ring = Keyring(root / "keyring")
    keys = HoldingKeys(root / "holding-keys" / "own", ring)
    sealers = [ring, *(HoldingSealer(keys, name) for name in keys.names())]
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        data = path.read_bytes()
        yield data
        name = path.name.removesuffix(".sealed")
        for purpose in (f"{path.parent.name}/{name}", f"history/{path.name}", f"request/{path.parent.name}/{name}"):
            for sealer in sealers:
                try:
                    yield sealer.open_sealed(data, purpose)
                except IntegrityError:
                    continue


def readable(root: Path, wanted: frozenset[bytes]) -> bool:
    """Whether a 16-byte run of what should be gone can be read in a deployment."""
    return any(found_in(data, wanted) for data in plain(root))


def secret_runs(site: Site, release: str) -> frozenset[bytes]:
    """Runs of the values behind a release that can come from nowhere else: a cell's four figures (value, contributors,
    the largest and the second), and contributors' parts; no zeros, no code lists' words."""
    store = site.deployment.store(release, OPEN_NAMES)
    data = store.get("cells.json")
    cells = {data[at : at + RUN] for at in range(len(data) - RUN + 1)}
    figures = re.compile(rb",\d+,\d+,\d+,\d+\]")
    parts = store.get("parts.parquet")
    shares = {parts[at : at + RUN] for at in range(len(parts) - RUN + 1)}
    wanted = {run for run in cells if figures.search(run)} | {run for run in shares if len(set(run) - TEXT) >= 10}
    shown = b"".join(store.get(name) for name in store.digests() if kind_of(name) != SECRET)
    return frozenset(run for run in wanted if run not in shown)


def test_each_kind_has_its_ground_and_its_term(site: Site, acknowledged: str) -> None:
    rows = {own.what: own for own in own_files(load_office(site.root, NOW), NOW)}
    assert set(rows) == {EXTRACT, FEEDS, SECRET, PACKAGES}
    assert all(own.files and own.basis for own in rows.values())
    for kind in (EXTRACT, FEEDS):
        due = rows[kind].due
        assert due is not None
        assert due.date() == CLOSED.date()
    assert rows[SECRET].due is rows[PACKAGES].due is None  # the agreement has not ended
    total = sum(own.files for own in rows.values() if own.what != EXTRACT)
    folder = site.root / "var" / "releases" / acknowledged
    assert total == sum(p.is_file() for p in folder.rglob("*")) + 2  # and the history's values
    assert rows[EXTRACT].files == 3


def test_what_nobody_has_named_counts_as_secret(site: Site, acknowledged: str) -> None:
    """Contributors' figures go with the secret cells, whatever their file is called."""
    folder = site.root / "var" / "releases" / acknowledged
    kinds = {own.what: own for own in own_files(load_office(site.root, NOW), NOW)}
    (folder / "more.parquet.sealed").write_bytes(b"x")
    again = {own.what: own for own in own_files(load_office(site.root, NOW), NOW)}
    assert again[SECRET].files == kinds[SECRET].files + 1
    assert again[PACKAGES].files == kinds[PACKAGES].files


def test_extract_and_feeds_go_on_their_last_day_and_the_rest_stays(site: Site, acknowledged: str) -> None:
    folder = site.root / "var" / "releases" / acknowledged
    assert (folder / "feeds" / "CACHEDIR.TAG").is_file()  # other backup programs pass them by
    assert at(site.root, CLOSED - timedelta(days=1)) == []
    assert (folder / "feeds").is_dir()
    assert at(site.root, CLOSED) == [EXTRACT, FEEDS]
    assert not (folder / "feeds").exists()
    assert [path for path in (site.root / "extract").rglob("*") if path.is_file()] == []
    assert load_deployment(site.root, NOW).store(acknowledged, OPEN_NAMES).get("cells.json")
    kinds = [e.kind for e in site.deployment.ledger.entries()]
    assert kinds.index("custody.expiring") < kinds.index("custody.expired")
    stopped = [e.body["by"] for e in site.deployment.ledger.entries(kind="clock.stopped")]
    assert {"extract_destroyed", "feeds_destroyed"} <= set(stopped)
    assert at(site.root, CLOSED) == []  # once


def test_another_month_s_extract_under_the_same_name_stays(site: Site) -> None:
    postings = next((site.root / "extract").glob("postings*"))
    postings.write_bytes(postings.read_bytes() + b"\n")
    assert EXTRACT in at(site.root, CLOSED)
    assert [path.name for path in (site.root / "extract").rglob("*") if path.is_file()] == [postings.name]


def test_an_extract_that_another_release_rests_on_waits_for_it(site: Site, acknowledged: str) -> None:
    other = site.root / "var" / "releases" / acknowledged.replace("_R01", "_R02")
    other.mkdir()
    shutil.copy(site.root / "var" / "releases" / acknowledged / "extract.json", other)
    assert at(site.root, CLOSED) == [FEEDS]
    assert any((site.root / "extract").iterdir())


def test_a_release_that_ended_otherwise_has_the_same_term(site: Site, founded: Site, tmp_path: Path) -> None:
    root = tmp_path / "withdrawn"
    shutil.copytree(founded.root, root)
    other = Site(root=root, people=founded.people)
    release = run(other.deployment, PERIOD, clock, silent).release
    other.deployment.ledger.append(
        Event.WITHDRAWN, release=release, actor="operator_a", body={"reason": "x"}, at=NOW, expect=None
    )
    due = {own.what: own.due for own in own_files(load_office(root, NOW), NOW)}
    assert due[FEEDS] is not None
    assert due[FEEDS] == due[EXTRACT]


def test_killed_at_any_step_the_ledger_never_says_gone_while_it_can_be_read(
    site: Site, acknowledged: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each tenth step of the destruction of the values, just before and just after it; the next command ends it."""
    gone_at, rounds = OVER, 0
    at(site.root, CLOSED)
    (kept,) = [kept_of_month(*arguments) for arguments in _asked(site, acknowledged)]
    # solved once, not in each round
    monkeypatch.setattr("gateway.release.upkeep.retiring.kept_of_month", lambda *_: kept)
    for after in (False, True):
        step = 1 + after
        while True:
            root = tmp_path / "killed"
            shutil.copytree(site.root, root, ignore=shutil.ignore_patterns("expectations", "extract"))
            killed = killed_at(step, lambda root=root: at(root, gone_at), after=after)  # type: ignore[misc]
            _check_promise(root, acknowledged)
            expire(load_office(root, gone_at), "operator_a", gone_at + timedelta(seconds=1))
            _check_promise(root, acknowledged)
            assert _gone(root) == {FEEDS, EXTRACT, SECRET}
            assert History(load_deployment(root, gone_at)).kept(acknowledged) is not None
            shutil.rmtree(root)
            rounds += killed
            if not killed:
                break
            step += 10
    assert rounds >= 6


def _asked(site: Site, release: str) -> list[tuple[Any, ...]]:
    """What the intervals of a release are computed from."""
    asked: list[tuple[Any, ...]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.release.upkeep.retiring.kept_of_month", lambda *given: asked.append(given) or {})
        kept_of(site.deployment, release)
    return asked


def _gone(root: Path) -> set[str]:
    return {str(e.body["what"]) for e in Ledger(root / "var" / "ledger.db").entries(kind="custody.expired")}


def _check_promise(root: Path, release: str) -> None:
    if SECRET not in _gone(root):
        return
    folder = root / "var" / "releases" / release
    assert not any(folder.glob("cells*"))
    assert not any((root / "var" / "history").glob("*parts*"))
    assert not (root / "holding-keys" / "own" / f"{release}.{SECRET}").exists()


def test_what_a_disk_only_pretends_to_delete_is_not_gone(
    site: Site, acknowledged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shredded in ("gateway.release.upkeep.ownfiles.shred", "gateway.base.holdingkeys.shred"):
        monkeypatch.setattr(shredded, lambda path: True)
        with pytest.raises(IntegrityError):
            at(site.root, OVER)
        assert SECRET not in _gone(site.root)
        monkeypatch.undo()
    assert SECRET in at(site.root, OVER + timedelta(hours=1))
    assert not any((site.root / "var" / "releases" / acknowledged).glob("cells*"))


def test_after_the_term_no_copy_can_be_read(site: Site, acknowledged: str, tmp_path: Path) -> None:
    """Working folders, temporary files, the ledger and its journal, and backups restored without the copy of the keys:
    no 16 bytes of the values. With the copy that was not written anew, they can be: the search is real."""
    wanted = secret_runs(site, acknowledged)
    assert len(wanted) > 1000
    assert readable(site.root, wanted)
    keys = tmp_path / "keys.gwk"
    make_backup(site.deployment, tmp_path / "before.gwb", PASSPHRASE, keys=keys, now=NOW)
    old = tmp_path / "old.gwk"
    shutil.copy(keys, old)
    assert set(at(site.root, OVER)) == {EXTRACT, FEEDS, SECRET}
    office = load_office(site.root, OVER)
    assert stale_copy(office) is not None
    make_backup(load_deployment(site.root, OVER), tmp_path / "after.gwb", PASSPHRASE, keys=keys, now=OVER)
    assert stale_copy(load_office(site.root, OVER)) is None
    assert not readable(site.root, wanted)
    for name, copy in (("before", None), ("before", keys), ("after", keys)):
        restored = tmp_path / f"{name}-{copy is not None}"
        restore_backup(tmp_path / f"{name}.gwb", restored, PASSPHRASE, now=OVER, keys=copy)
        assert not readable(restored, wanted), name
    restore_backup(tmp_path / "before.gwb", tmp_path / "with-old", PASSPHRASE, now=OVER, keys=old)
    assert readable(tmp_path / "with-old", wanted)


def test_packages_outlive_the_values_and_go_too(site: Site, acknowledged: str, tmp_path: Path) -> None:
    store = site.deployment.store(acknowledged, OPEN_NAMES)
    workbook = store.get("01.xlsx")
    wanted = runs(workbook[len(workbook) // 2 : len(workbook) // 2 + 4_000])  # compressed: it stands nowhere else
    site.deployment.keyring.put_sealed(f"passphrase-{acknowledged}", b"a passphrase that nobody has asked for")
    make_backup(site.deployment, tmp_path / "b.gwb", PASSPHRASE)
    at(site.root, OVER)
    assert (site.root / "var" / "releases" / acknowledged / "01.xlsx.sealed").is_file()
    assert readable(site.root, wanted)
    late = datetime(2031, 1, 2, 9, 0, tzinfo=ZONE)
    assert at(site.root, late) == [PACKAGES]
    assert [p for p in (site.root / "var" / "releases" / acknowledged).rglob("*") if p.is_file()] == []
    assert not site.deployment.keyring.has(f"passphrase-{acknowledged}")
    restore_backup(tmp_path / "b.gwb", tmp_path / "restored", PASSPHRASE, now=late)
    opened = [data for data in plain(tmp_path / "restored") if found_in(data, wanted)]
    assert opened == []
    assert not Keyring(tmp_path / "restored" / "keyring").has(f"passphrase-{acknowledged}")


def test_requests_are_kept_and_destroyed_like_the_rest(site: Site, tmp_path: Path) -> None:
    letter = "商请提供分县就业情况的函，请于三日内函复".encode()
    place = site.root / "var" / "requests" / "202610_A01"
    place.mkdir(parents=True)
    sealed = site.deployment.sealer("202610_A01", REQUESTS).seal(letter, "request/202610_A01/letter")
    (place / "letter.sealed").write_bytes(sealed)
    make_backup(site.deployment, tmp_path / "b.gwb", PASSPHRASE)
    assert readable(site.root, runs(letter))
    late = datetime(2031, 1, 2, 9, 0, tzinfo=ZONE)
    assert REQUESTS in at(site.root, late)
    restore_backup(tmp_path / "b.gwb", tmp_path / "restored", PASSPHRASE, now=late)
    for root in (site.root, tmp_path / "restored"):
        assert not readable(root, runs(letter))


def test_the_history_keeps_equations_and_intervals_and_no_contributor_s_values(site: Site, acknowledged: str) -> None:
    """Each sensitive cell's interval holds its true value and more than that; each figure that was shown is the sum of
    the inner cells that it names; nothing that was withheld stands there with its value."""
    deployment = site.deployment
    past, head = History(deployment).past(acknowledged), History(deployment).head()
    assert past is not None
    status = deployment.store(acknowledged, OPEN_NAMES).get_json("protected.json")
    true: dict[tuple[str, str, str], int] = defaultdict(int)  # a cell that nobody is in is nought
    statuses: dict[str, set[tuple[str, str, str]]] = {"primary": set(), "secondary": set(), "published": set()}
    for cells in (*past.cells, *past.rests):
        for measure in cells.spec.measures:
            why = {tuple(row[:-1]): row[-1] for row in status.get(cells.spec.name, {}).get(measure.name, [])}
            for place, figure in cells.figures[measure.name].items():
                key = key_of(cells.spec, place, deployment.hierarchies)
                name = (measure.population, measure.counted, str(sorted(map(list, key))))
                true[name] = figure.value
                if place in why:
                    statuses[why[place]].add(name)
    at(site.root, OVER)
    history = History(load_deployment(site.root, OVER))
    kept = history.kept(acknowledged)
    assert kept is not None
    assert kept["with"] == []
    assert history.head() != head
    assert history.releases() == [acknowledged]
    primary, shown = set(), set()
    for system in kept["systems"]:
        for kind, found in system["measures"].items():
            named = [_cell(system["members"], kind, name) for name in found["inner"]]
            for name, low, high in found["intervals"]:
                cell = _cell(system["members"], kind, name)
                primary.add(cell)
                assert low <= true[cell]
                assert high is None or high >= true[cell]
                assert low != high
            for name, value, reach in found["shown"]:
                cell = _cell(system["members"], kind, name)
                shown.add(cell)
                assert value == true[cell] == sum(true[named[number]] for number in reach)
    assert primary == statuses["primary"]
    assert len(primary) > 50
    assert {cell for cell in shown if true[cell]} == statuses["published"] - statuses["secondary"] - primary
    with pytest.raises(DisclosureError) as refused:
        history.near(history.deployment.terms.release(PERIOD, revision=2))
    assert acknowledged in refused.value.zh


def test_no_answer_is_given_about_a_month_whose_values_are_destroyed(site: Site, acknowledged: str) -> None:
    at(site.root, OVER)
    deployment = load_deployment(site.root, OVER)
    asked = deployment.terms.release(PERIOD, kind="A01")
    one = Answer(
        deployment=deployment, month=deployment, release=asked, supersedes=None, reason=None, round=1, progress=silent
    )
    with pytest.raises(DisclosureError) as refused:
        one.figures.earlier()
    assert refused.value.exit == 14
    assert acknowledged in refused.value.zh
    assert refused.value.safe


def _cell(members: dict[str, list[list[str]]], kind: str, name: list[list[str]]) -> tuple[str, str, str]:
    """A cell's name in a system, as (population, measure, codes)."""
    population = next(who for who, more in members.items() if all(pair in name for pair in more))
    return population, kind, str([pair for pair in name if pair not in members[population]])


def test_what_the_history_keeps_is_bound_into_its_chain(site: Site, acknowledged: str) -> None:
    at(site.root, OVER)
    path = site.root / "var" / "history" / f"{acknowledged}.kept.sealed"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(IntegrityError):
        History(load_deployment(site.root, OVER)).kept(acknowledged)
    path.write_bytes(whole)
    listed = site.root / "var" / "history" / "history.json"
    document = json.loads(listed.read_bytes())
    document["releases"][-1]["kept"] = "0" * 64
    listed.write_text(json.dumps(document))
    with pytest.raises(IntegrityError):
        History(load_deployment(site.root, OVER)).head()


def test_by_the_command(site: Site, acknowledged: str) -> None:
    listed = site.gateway("custody", "own", "--as", "operator_a", "--json")
    assert listed.returncode == 0, listed.stderr
    assert {row["what"] for row in json.loads(listed.stdout)["own"]} == {EXTRACT, FEEDS, SECRET, PACKAGES}
    assert site.gateway("custody", "own", "--as", "steward_a").returncode == 19
