"""The sealed bytes are always searched; the source is read again for them unless it and all they say are as before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.base.errors import PersonalDataError
from gateway.model.release import State
from gateway.package import read_statement
from gateway.release.build import comparing
from gateway.release.build.corridor import Book, run
from gateway.release.review.approving import approve
from gateway.release.sending.sealing import sealed
from tests.release.conftest import NOW, PERIOD, Site, clock, silent


def approved(site: Site) -> str:
    release = run(site.deployment, PERIOD, clock, silent).release
    for steward in ("steward_a", "steward_b"):
        approve(site.deployment, release, site.sign(steward, release), NOW)
    return release


def seal(site: Site, release: str) -> None:
    sealed(site.deployment, Book.read(site.deployment).view(release), NOW, silent)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The feeds whose withheld columns were read, a line each time."""
    feeds: list[str] = []
    real = comparing.withheld_columns

    def counted(*args: object, **more: object) -> object:
        feeds.append("read")
        yield from real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(comparing, "withheld_columns", counted)
    return feeds


def worker(site: Site, key: str) -> None:
    """One more worker in the extract."""
    path = site.root / "extract" / "workers.csv"
    row = path.read_text(encoding="utf-8").splitlines()[1].split(",")
    with path.open("a", encoding="utf-8", newline="") as stream:
        stream.write(",".join([key, *row[1:]]) + "\n")


def test_the_source_is_read_once_when_nothing_has_changed(site: Site, read: list[str]) -> None:
    release = approved(site)
    assert len(read) == 1
    seal(site, release)
    assert len(read) == 1


def test_a_source_that_has_changed_is_read_again(site: Site, read: list[str]) -> None:
    release = approved(site)
    worker(site, "W99999999")
    seal(site, release)
    assert len(read) == 2


def test_a_value_that_came_to_the_source_after_the_approvals_is_found(site: Site) -> None:
    release = approved(site)
    statement = read_statement((site.root / "var" / "releases" / release / "statement.json").read_bytes())
    worker(site, str(max(entry.bytes for entry in statement.files)))  # six digits that the package holds
    with pytest.raises(PersonalDataError):
        seal(site, release)
    assert Book.read(site.deployment).view(release).state is State.BLOCKED


@pytest.mark.parametrize("break_", [Path.unlink, lambda path: path.write_bytes(b"x")])
def test_a_comparison_that_is_gone_or_damaged_is_no_comparison(
    site: Site, read: list[str], break_: Callable[[Path], object]
) -> None:
    release = approved(site)
    path = site.root / "var" / "releases" / release / "compared.json.sealed"
    break_(path)
    if path.exists():
        with pytest.raises(Exception, match=r"."):
            seal(site, release)
        assert not list((path.parent / "package").glob("*.zip"))
    else:
        seal(site, release)
        assert len(read) == 2
