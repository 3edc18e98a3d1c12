"""Backup and restore, with the drill: what comes back runs; what was tampered with, or is opened wrongly, does not."""

import shutil
from pathlib import Path

import pytest

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.release.build.corridor import run
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.review.approving import approve
from gateway.release.site.deployment import load_deployment
from gateway.release.upkeep.backup import make_backup, restore_backup
from tests.release.conftest import NOW, PERIOD, Site, clock, silent

RELEASE = "LGTJ_220300_LHYG_202610_M_R01"
PASSPHRASE = "only for this drill"


def test_the_drill(site: Site, tmp_path: Path) -> None:
    """Built here, lost, restored elsewhere, approved there: ledger, keys, history and the release are whole."""
    release = run(site.deployment, PERIOD, clock, silent).release
    keys = tmp_path / "keys.gwk"
    head = make_backup(site.deployment, tmp_path / "backup.gwb", PASSPHRASE, keys=keys, now=NOW)
    assert head == site.deployment.ledger.head()
    assert site.deployment.ledger.entries(kind="keys.copied")[0].body["keys"] == 2
    data = (tmp_path / "backup.gwb").read_bytes()
    for secret in ("manifest-signing", "master", "exchange-secret"):
        assert site.deployment.keyring.get(secret) not in data
    restored = tmp_path / "restored"
    assert restore_backup(tmp_path / "backup.gwb", restored, PASSPHRASE, now=NOW, keys=keys) == head
    deployment = load_deployment(restored, NOW)
    before, after = (d.store(release, OPEN_NAMES) for d in (site.deployment, deployment))
    assert before.digests() == after.digests()
    assert before.get("01.xlsx") == after.get("01.xlsx")
    other = Site(root=restored, people=site.people)
    for steward in ("steward_a", "steward_b"):
        view = approve(deployment, release, other.sign(steward, release), NOW)
    assert view.state == "APPROVED"
    assert [
        path
        for path in restored.rglob("*")
        if path.is_file() and path.parent.name == "keyring" and path.stat().st_mode & 0o077
    ] == []


def test_a_wrong_passphrase_or_a_flipped_byte_restores_nothing(site: Site, tmp_path: Path) -> None:
    make_backup(site.deployment, tmp_path / "backup.gwb", PASSPHRASE)
    with pytest.raises(IntegrityError) as caught:
        restore_backup(tmp_path / "backup.gwb", tmp_path / "a", "another passphrase", now=NOW)
    assert caught.value.safe == ("没有恢复任何文件，备份未改动", "nothing was restored; the backup is as it was")
    assert "gateway restore" in caught.value.what_next
    data = bytearray((tmp_path / "backup.gwb").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.gwb").write_bytes(data)
    with pytest.raises(IntegrityError):
        restore_backup(tmp_path / "bad.gwb", tmp_path / "b", PASSPHRASE, now=NOW)
    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "b").exists()


def test_without_the_copy_of_the_keys_the_record_comes_back_and_the_month_is_built_again(
    site: Site, tmp_path: Path
) -> None:
    """The keys are lost: ledger and registers are whole, the sealed files stay closed, and the draft is made anew from
    the extract, to the same digests."""
    assert site.gateway("run", str(PERIOD), "--dry-run").returncode == 0
    make_backup(site.deployment, tmp_path / "backup.gwb", PASSPHRASE)
    restored = tmp_path / "restored"
    restore_backup(tmp_path / "backup.gwb", restored, PASSPHRASE, now=NOW)
    deployment = load_deployment(restored, NOW)
    assert deployment.ledger.check() is None
    with pytest.raises(IntegrityError) as refused:
        deployment.store(RELEASE, OPEN_NAMES).get("01.xlsx")
    assert RELEASE in refused.value.en
    shutil.copytree(site.root / "extract", restored / "extract")
    before = site.deployment.store(RELEASE, OPEN_NAMES).digests()
    run(deployment, PERIOD, clock, silent)
    after = deployment.store(RELEASE, OPEN_NAMES).digests()
    assert {name: after[name] for name in before} == before


def test_the_copy_of_the_keys_is_one_file_and_takes_no_other_s_place(site: Site, tmp_path: Path) -> None:
    other = tmp_path / "a file of somebody's"
    other.write_bytes(b"not ours")
    with pytest.raises(ConfigurationError):
        make_backup(site.deployment, tmp_path / "b.gwb", PASSPHRASE, keys=other, now=NOW)
    assert other.read_bytes() == b"not ours"
    assert not (tmp_path / "b.gwb").exists()
    for number in range(2):
        make_backup(site.deployment, tmp_path / f"{number}.gwb", PASSPHRASE, keys=tmp_path / "k.gwk", now=NOW)
    with pytest.raises(IntegrityError):  # neither is taken for the other
        restore_backup(tmp_path / "k.gwk", tmp_path / "r", PASSPHRASE, now=NOW)
    with pytest.raises(IntegrityError):
        restore_backup(tmp_path / "0.gwb", tmp_path / "r", PASSPHRASE, now=NOW, keys=tmp_path / "1.gwb")
    assert not (tmp_path / "r").exists()


def test_nothing_is_overwritten(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "backup.gwb"
    make_backup(site.deployment, target, PASSPHRASE)
    with pytest.raises(ConfigurationError):
        make_backup(site.deployment, target, PASSPHRASE)
    with pytest.raises(ConfigurationError):
        restore_backup(target, site.root, PASSPHRASE, now=NOW)
    with pytest.raises(ConfigurationError):
        make_backup(site.deployment, tmp_path / "short.gwb", "short")


def test_by_the_commands(site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    keys = ["--keys", str(tmp_path / "k.gwk"), "--passphrase-file", str(secret)]
    made = site.gateway("backup", str(tmp_path / "b.gwb"), *keys)
    assert made.returncode == 0, made.stderr
    other = Site(root=tmp_path / "new", people=site.people)
    restored = other.gateway("restore", str(tmp_path / "b.gwb"), *keys)
    assert restored.returncode == 0, restored.stderr
    assert other.gateway("ledger", "verify").returncode == 0


def test_a_draft_restored_without_its_feeds_is_built_again(site: Site, tmp_path: Path) -> None:
    """A backup leaves the feeds out; a run on the restored draft reads the extract anew and ends as it would have."""
    assert site.gateway("run", str(PERIOD), "--dry-run").returncode == 0
    keys = tmp_path / "keys.gwk"
    make_backup(site.deployment, tmp_path / "backup.gwb", PASSPHRASE, keys=keys, now=NOW)
    restored = tmp_path / "restored"
    restore_backup(tmp_path / "backup.gwb", restored, PASSPHRASE, now=NOW, keys=keys)
    assert not list(restored.rglob("*.feed"))
    shutil.copytree(site.root / "extract", restored / "extract")
    result = Site(root=restored, people=site.people).gateway("run", str(PERIOD))
    assert result.returncode == 0, result.stderr
    run(site.deployment, PERIOD, clock, silent)
    digests = [d.store(RELEASE, OPEN_NAMES).digests() for d in (site.deployment, load_deployment(restored, NOW))]
    assert digests[0] == digests[1]
