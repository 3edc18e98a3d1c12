"""A full disk: a clear message, nothing half-written, and the same command finishes once there is space."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.base.errors import ConfigurationError, machine_error
from tests.release.conftest import PERIOD, Site
from tests.servers import small_disk


@pytest.mark.parametrize("room", [65_536, 98_304])
def test_a_full_disk(site: Site, tmp_path: Path, room: int) -> None:
    """The releases' folder lies on a small disk; what was left on it is copied out, and the run goes on from there."""
    small, wrapper, _ = small_disk(tmp_path, room)
    left, releases = tmp_path / "left", site.root / "var" / "releases"
    left.mkdir()
    releases.symlink_to(small)
    gateway = f"{sys.executable} -m gateway run {PERIOD} -C {site.root}"
    script = f"{gateway}; code=$?; cp -a {small}/. {left}; exit $code"
    environment = {**os.environ, "LANG": "C.UTF-8"}
    command = [*wrapper, "sh", "-c", script]
    failed = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert failed.returncode == 10, failed.stderr
    assert "disk is full" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not list(left.rglob("*.part"))
    assert not list(left.rglob("*.csv"))
    releases.unlink()
    shutil.copytree(left, releases)
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


@pytest.mark.parametrize("page", ["operations.md", "commands.md"])
def test_the_docs_say_which_exit_code_a_full_disk_has(page: str) -> None:
    code = int(machine_error(OSError(28, "No space left on device", "var/x")).exit)
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    rows = {int(found[1]): found[0] for found in re.finditer(r"^\| *(\d+) *\|.*$", text, re.M)}
    assert [number for number, row in rows.items() if "disk full" in row] == [code]
