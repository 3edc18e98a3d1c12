"""A real deployment on a small made-up extract, a real sshd as the bureau's server, and the people's keys."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.base.files import write_atomic
from gateway.base.keyring import Keyring
from gateway.base.sshsig import APPROVAL, sign
from gateway.demo.month import found_with_people
from gateway.demo.platform import generate
from gateway.model.period import ZONE, Period
from gateway.release.site.deployment import LOGIN_KEY, Deployment, load_deployment
from gateway.release.upkeep.founding import SHIPPED
from tests.servers import Sshd, sshd

PERIOD = Period(year=2026, month=10)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=ZONE)
ROWS = 8_000


def clock() -> datetime:
    return NOW


def silent(stage: str, done: float) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True)
class Site:
    """A deployment with its people."""

    root: Path
    people: Keyring
    server: Sshd | None = None

    @property
    def deployment(self) -> Deployment:
        return load_deployment(self.root, NOW)

    def gateway(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command as a user runs it."""
        return subprocess.run(
            [sys.executable, "-m", "gateway", *arguments, "-C", str(self.root)],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**os.environ, "LANG": "C.UTF-8", **environment},
        )

    def sign(self, steward: str, release: str) -> str:
        statement = self.root / "var" / "releases" / release / "statement.json"
        return sign(statement.read_bytes(), self.people.get(steward), APPROVAL)


@pytest.fixture(scope="session")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extract")
    generate(folder, rows=ROWS, seed=7, month=str(PERIOD), formats=("csv",), codes=SHIPPED / "pipelines" / "codes")
    return folder


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory, extract: Path) -> Site:
    """A deployment that no test changes: ``site`` copies it."""
    folder = tmp_path_factory.mktemp("founded")
    people = Keyring.create(folder / "people")
    root = found_with_people(folder / "platform", people, "siping-004")
    shutil.copytree(extract, root / "extract", dirs_exist_ok=True)
    return Site(root=root, people=people)


@pytest.fixture
def site(founded: Site, tmp_path: Path) -> Site:
    root = tmp_path / "platform"
    shutil.copytree(founded.root, root)
    return Site(root=root, people=founded.people)


@pytest.fixture
def connected(site: Site, tmp_path: Path) -> Iterator[Site]:
    """The same, with a real sshd for an inbox."""
    folder = tmp_path / "bureau"
    for name in ("inbox", "receipts"):
        (folder / name).mkdir(parents=True)
    with sshd(tmp_path / "sshd", folder=folder) as server:
        point(site.root, server)
        yield Site(root=site.root, people=site.people, server=server)


def point(root: Path, server: Sshd) -> None:
    """Sets the deployment's inbox to the running server."""
    Keyring(root / "keyring").put(LOGIN_KEY, server.private_key)
    write_atomic(root / "keys" / "known_hosts", server.known_hosts.encode())
    settings = {
        "port": str(server.port),
        "user": f'"{server.user}"',
        "inbox": f'"{server.folder}/inbox"',
        "receipts": f'"{server.folder}/receipts"',
    }
    path = root / "gateway.toml"
    text = path.read_text(encoding="utf-8")
    for key, value in settings.items():
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
    write_atomic(path, text.encode())


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)
