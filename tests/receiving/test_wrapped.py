"""``gateway receive`` takes a passphrase file as it came: wrapped with age for the manager's own key."""

import json
import os
import subprocess
import sys
from pathlib import Path

from gateway.base import age, sshsig
from tests.package_factory import ALLOWED_SIGNERS, BUREAU, PASSPHRASE, RECIPIENT, Plan


def received(folder: Path, wrapped: str) -> subprocess.CompletedProcess[str]:
    Plan().write(folder / "inbox")
    (folder / "key").write_bytes(BUREAU)
    (folder / "signers").write_text(ALLOWED_SIGNERS)
    (folder / "told.age").write_text(wrapped)
    words = ["inbox", "--recipient", RECIPIENT, "--key", "key", "--allowed-signers", "signers"]
    words += ["--passphrase-file", "told.age", "--json"]
    return subprocess.run(
        [sys.executable, "-m", "gateway", "receive", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "LANG": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )


def test_for_ones_own_key(tmp_path: Path) -> None:
    done = received(tmp_path, age.wrap(PASSPHRASE.encode(), sshsig.public_line(BUREAU)))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["valid"]


def test_for_another_key_it_is_refused_before_anything_is_registered(tmp_path: Path) -> None:
    done = received(tmp_path, age.wrap(PASSPHRASE.encode(), sshsig.public_line(sshsig.generate_key())))
    assert done.returncode == 18
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "register.db").exists()
