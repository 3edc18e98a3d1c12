"""A founded deployment without an extract: terms, calendar, ledger and keyring are all that clocks need."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from gateway.base.keyring import Keyring
from gateway.demo.month import found_with_people
from gateway.model.period import ZONE
from gateway.release.site.office import Office, load_office

Open = Callable[[str], Office]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Keyring]:
    folder = tmp_path_factory.mktemp("founded")
    people = Keyring.create(folder / "people")
    return found_with_people(folder / "platform", people, "siping-004"), people


@pytest.fixture
def root(founded: tuple[Path, Keyring], tmp_path: Path) -> Path:
    shutil.copytree(founded[0], tmp_path / "platform")
    return tmp_path / "platform"


@pytest.fixture
def people(founded: tuple[Path, Keyring]) -> Keyring:
    return founded[1]


@pytest.fixture
def office(root: Path) -> Office:
    return load_office(root, at("2026-11-02 09:00"))
