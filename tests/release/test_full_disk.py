"""A full disk: a clear message, nothing half-written, and the same command finishes once there is space."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.base.errors import ConfigurationError, machine_error
from tests.release.conftest import PERIOD, Site

RELEASE = "LGTJ_220300_LHYG_202610_M_R01"


def run_with_room(site: Site, room: int, keep: Path) -> subprocess.CompletedProcess[str]:
    """``gateway run`` where only the releases' folder lies on a disk of ``room`` bytes; what is left is copied out."""
    releases = site.root / "var" / "releases"
    releases.mkdir(exist_ok=True)
    gateway = f"{sys.executable} -m gateway run {PERIOD} -C {site.root}"
    script = (
        f"mount -t tmpfs -o size={room} tmpfs {releases} && {gateway}; code=$?; cp -a {releases}/. {keep}; exit $code"
    )
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8"},
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount the small disk that this test fills")
@pytest.mark.parametrize("room", [8_192, 65_536, 262_144])
def test_a_full_disk(site: Site, tmp_path: Path, room: int) -> None:
    keep = tmp_path / "left"
    keep.mkdir()
    failed = run_with_room(site, room, keep)
    assert failed.returncode == 10, failed.stderr
    assert "disk is full" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not list(keep.rglob("*.part"))
    assert not list(keep.rglob("*.csv"))
    shutil.copytree(keep, site.root / "var" / "releases", dirs_exist_ok=True)
    worked = site.gateway("run", str(PERIOD))
    assert worked.returncode == 0, worked.stderr
    assert "SUBMITTED" in worked.stdout


def test_what_the_machine_refuses_is_an_expected_failure() -> None:
    full = machine_error(OSError(28, "No space left on device", "var/x"))
    assert isinstance(full, ConfigurationError)
    assert "磁盘已满" in full.zh
    assert full.safe
    assert full.next
    missing = machine_error(FileNotFoundError(2, "No such file or directory", "key"))
    assert "key" in missing.en
