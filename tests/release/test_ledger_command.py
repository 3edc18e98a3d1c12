"""The ledger by its commands: signed heads are made, kept, and held against it; an old copy is found unasked."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.base.errors import IntegrityError
from gateway.release.site.checkpoints import make_checkpoint
from tests.release.conftest import NOW, Site


def record(site: Site, count: int = 1) -> None:
    for _ in range(count):
        site.deployment.ledger.append("keys.told", actor="operator_a", body={}, at=NOW, expect=None)


def verified(site: Site, *arguments: str) -> tuple[int, dict[str, object]]:
    result = site.gateway("ledger", "verify", "--json", *arguments)
    return result.returncode, json.loads(result.stdout)


def test_a_checkpoint_is_signed_for_ssh_keygen_and_stays_as_it_is(site: Site, tmp_path: Path) -> None:
    record(site, 2)
    made = json.loads(site.gateway("ledger", "checkpoint", "--json", "--out", str(tmp_path / "usb")).stdout)
    path = Path(made["checkpoint"])
    command = ["ssh-keygen", "-Y", "verify", "-f", str(site.deployment.allowed_signers_path), "-I", "lhyg_gateway"]
    command += ["-n", "ledger-checkpoint", "-s", made["signature"]]
    assert subprocess.run(command, input=path.read_bytes(), capture_output=True).returncode == 0
    before = path.read_bytes()
    assert make_checkpoint(site.deployment, NOW, tmp_path / "usb").read_bytes() == before
    assert verified(site, "--against", str(path))[0] == 0
    record(site)
    code, document = verified(site, "--against", str(path))
    assert (code, document["valid"], document["heads"]) == (0, True, 2)


def test_a_restored_database_is_refused_by_every_command_and_named(site: Site, tmp_path: Path) -> None:
    record(site, 3)
    ledger = site.root / "var" / "ledger.db"
    shutil.copy(ledger, tmp_path / "old.db")
    length = site.deployment.ledger.head().length
    record(site, 2)
    shutil.copy(tmp_path / "old.db", ledger)
    with pytest.raises(IntegrityError):
        record(site)
    status = site.gateway("status")
    assert status.returncode == 18
    assert "old copy" in status.stderr
    code, document = verified(site)
    assert (code, document["valid"], document["first_bad"]) == (18, False, length + 1)


def test_a_whole_deployment_set_back_shows_against_a_checkpoint_or_a_slip(site: Site, tmp_path: Path) -> None:
    """Ledger, keyring and all from the same old backup: only what was given out knows better."""
    record(site, 2)
    shutil.copytree(site.root, tmp_path / "old")
    record(site, 2)
    kept = make_checkpoint(site.deployment, NOW, tmp_path / "usb")
    head = site.deployment.ledger.head()
    old = Site(root=tmp_path / "old", people=site.people)
    assert verified(old)[0] == 0
    typed = f"{head.length}:" + " ".join(head.head[at : at + 8] for at in range(0, 64, 8))
    for against in (str(kept), typed):
        code, document = verified(old, "--against", against)
        assert (code, document["first_bad"]) == (18, head.length - 1)


def test_a_head_that_is_none_is_told(site: Site) -> None:
    result = site.gateway("ledger", "verify", "--against", "none.json")
    assert result.returncode == 11
    assert "neither" in result.stderr
