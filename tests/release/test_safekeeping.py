"""Backup and restore, with the drill: what comes back runs; what was tampered with, or is opened wrongly, does not."""

import shutil
from pathlib import Path

import pytest

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.release.build import OPEN_NAMES
from gateway.release.corridor import run
from gateway.release.deployment import load_deployment
from gateway.release.review import approve
from gateway.release.safekeeping import make_backup, restore_backup
from tests.release.conftest import NOW, PERIOD, Site, clock, silent

PASSPHRASE = "only for this drill"


def test_the_drill(site: Site, tmp_path: Path) -> None:
    """Built here, lost, restored elsewhere, approved there: ledger, keys, history and the release are whole."""
    release = run(site.deployment, PERIOD, clock, silent).release
    head = make_backup(site.deployment, tmp_path / "backup.gwb", PASSPHRASE)
    assert head == site.deployment.ledger.head()
    data = (tmp_path / "backup.gwb").read_bytes()
    for secret in ("manifest-signing", "master", "exchange-secret"):
        assert site.deployment.keyring.get(secret) not in data
    restored = tmp_path / "restored"
    assert restore_backup(tmp_path / "backup.gwb", restored, PASSPHRASE, now=NOW) == head
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
    with pytest.raises(IntegrityError):
        restore_backup(tmp_path / "backup.gwb", tmp_path / "a", "another passphrase", now=NOW)
    data = bytearray((tmp_path / "backup.gwb").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.gwb").write_bytes(data)
    with pytest.raises(IntegrityError):
        restore_backup(tmp_path / "bad.gwb", tmp_path / "b", PASSPHRASE, now=NOW)
    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "b").exists()


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
    made = site.gateway("backup", str(tmp_path / "b.gwb"), "--passphrase-file", str(secret))
    assert made.returncode == 0, made.stderr
    other = Site(root=tmp_path / "new", people=site.people)
    restored = other.gateway("restore", str(tmp_path / "b.gwb"), "--passphrase-file", str(secret))
    assert restored.returncode == 0, restored.stderr
    assert other.gateway("ledger", "verify").returncode == 0


def test_a_draft_restored_without_its_feeds_is_built_again(site: Site, tmp_path: Path) -> None:
    """A backup leaves the feeds out; a run on the restored draft reads the extract anew and ends as it would have."""
    assert site.gateway("run", str(PERIOD), "--dry-run").returncode == 0
    make_backup(site.deployment, tmp_path / "backup.gwb", PASSPHRASE)
    restored = tmp_path / "restored"
    restore_backup(tmp_path / "backup.gwb", restored, PASSPHRASE, now=NOW)
    assert not list(restored.rglob("*.feed"))
    shutil.copytree(site.root / "extract", restored / "extract")
    result = Site(root=restored, people=site.people).gateway("run", str(PERIOD))
    assert result.returncode == 0, result.stderr
    run(site.deployment, PERIOD, clock, silent)
    release = "LGTJ_220300_LHYG_202610_M_R01"
    digests = [d.store(release, OPEN_NAMES).digests() for d in (site.deployment, load_deployment(restored, NOW))]
    assert digests[0] == digests[1]
