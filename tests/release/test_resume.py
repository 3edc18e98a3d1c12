"""Same input, same artefacts; nothing twice; killed anywhere, the next run finishes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.ledger import Ledger
from gateway.model.release import State
from gateway.release.build.corridor import run
from gateway.release.build.stages import OPEN_NAMES
from tests.faults.secrets import source_secrets
from tests.release.conftest import PERIOD, Site, clock, silent


def artefacts(site: Site, release: str) -> dict[str, str]:
    return site.deployment.store(release, OPEN_NAMES).digests()


def test_two_folders_give_the_same_digests_and_a_second_run_does_nothing(site: Site, tmp_path: Path) -> None:
    other = Site(root=tmp_path / "elsewhere" / "platform", people=site.people)
    shutil.copytree(site.root, other.root)
    release = run(site.deployment, PERIOD, clock, silent).release
    run(other.deployment, PERIOD, clock, silent)
    assert artefacts(site, release) == artefacts(other, release)
    assert len(artefacts(site, release)) > 15

    folder = site.root / "var" / "releases" / release
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    length = site.deployment.ledger.head().length
    stages: list[str] = []
    assert run(site.deployment, PERIOD, clock, lambda stage, done: stages.append(stage)).state is State.SUBMITTED
    assert stages == []
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before
    assert site.deployment.ledger.head().length == length


def test_a_draft_is_resumed_without_doing_a_stage_again(site: Site) -> None:
    """A release that was only dry-run keeps its artefacts: submitting it writes none of them anew."""
    head = site.deployment.ledger.head()
    dry = site.gateway("run", str(PERIOD), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert f"gateway run {PERIOD}" in dry.stdout
    assert "dry run: built and checked, nothing submitted [DRY_RUN]" in " ".join(dry.stdout.split())
    folder = site.root / "var" / "releases" / "LGTJ_220300_LHYG_202610_M_R01"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.sealed")}
    assert before
    assert site.deployment.ledger.head() == head
    run(site.deployment, PERIOD, clock, silent)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.sealed")} == before


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_random_points_a_run_finishes_with_the_same_artefacts(site: Site, tmp_path: Path, seed: int) -> None:
    undisturbed = Site(root=tmp_path / "undisturbed" / "platform", people=site.people)
    shutil.copytree(site.root, undisturbed.root)
    started = time.monotonic()
    assert undisturbed.gateway("run", str(PERIOD)).returncode == 0
    length = time.monotonic() - started
    chance = random.Random(seed)
    secrets, temporary = source_secrets(site.root / "extract"), tmp_path / "temporary"
    temporary.mkdir()
    for _ in range(3):
        command = [sys.executable, "-m", "gateway", "run", str(PERIOD), "-C", str(site.root)]
        environment = {**os.environ, "TMPDIR": str(temporary)}
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        time.sleep(chance.uniform(0.3, length * 0.9))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert Ledger(site.root / "var" / "ledger.db").check() is None
        assert secrets.found_in([site.root / "var", temporary]) == []
    finished = site.gateway("run", str(PERIOD))
    assert finished.returncode == 0, finished.stderr
    release = "LGTJ_220300_LHYG_202610_M_R01"
    assert artefacts(site, release) == artefacts(undisturbed, release)


def test_a_damaged_artefact_is_noticed(site: Site) -> None:
    release = run(site.deployment, PERIOD, clock, silent).release
    path = site.root / "var" / "releases" / release / "02.csv.sealed"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    result = site.gateway("export", release)
    assert result.returncode == 18, result.stderr
    assert "Traceback" not in result.stderr
