"""MEDIUM findings block until a steward clears them, signed, with a reason that the ledger keeps; HIGH ones always."""

import json
from pathlib import Path

import pytest

from gateway.base.errors import AwaitingApprovalError, GatewayError, IntegrityError, PersonalDataError, TermsError
from gateway.base.sshsig import APPROVAL, sign
from gateway.model.release import State
from gateway.release.build import documents
from gateway.release.build.clearing import CLEARED, clear, clearances, propose
from gateway.release.build.corridor import Book, run
from gateway.release.build.stages import OPEN_NAMES
from tests.release.conftest import NOW, PERIOD, Site, clock, silent

MEDIUM, HIGH = "E12345678", "220302198503124410"  # like a passport; an identity number


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that stand in the validation page of every build."""
    texts = [MEDIUM]
    real = documents.quality_report

    def with_texts(*args: object) -> dict[str, bytes]:
        made = real(*args)  # type: ignore[arg-type]
        note = "".join(f"<p>{text}</p>" for text in texts).encode()
        return {**made, "validation.html": made["validation.html"].replace(b"</body>", note + b"</body>")}

    monkeypatch.setattr(documents, "quality_report", with_texts)
    return texts


def blocked(site: Site) -> str:
    with pytest.raises(PersonalDataError):
        run(site.deployment, PERIOD, clock, silent)
    ((release, view),) = Book.read(site.deployment).views.items()
    assert view.state is State.BLOCKED
    return release


def signed(site: Site, steward: str, path: Path) -> str:
    return sign(path.read_bytes(), site.people.get(steward), APPROVAL)


def certificate(site: Site, release: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((site.root / "var/releases" / release / "privacy-drafts.json").read_bytes())
    return found


def test_a_steward_clears_a_medium_finding_and_the_run_goes_on(site: Site, planted: list[str]) -> None:
    release = blocked(site)
    path = propose(site.deployment, release, "a number of the form, of nobody")
    assert MEDIUM not in path.read_text()
    clear(site.deployment, release, signed(site, "steward_a", path), NOW)
    assert run(site.deployment, PERIOD, clock, silent).state is State.SUBMITTED
    found = certificate(site, release)
    assert found["verdict"] == "pass"
    assert found["cleared"] == found["findings"] == {"CN_PASSPORT": {"MEDIUM": 1}}
    (entry,) = [e for e in site.deployment.ledger.entries() if e.kind == CLEARED]
    assert (entry.actor, entry.body["reason"]) == ("steward_a", "a number of the form, of nobody")
    assert entry.body["findings"] == 1


def test_a_clearance_covers_its_texts_and_no_other(site: Site, planted: list[str]) -> None:
    release = blocked(site)
    path = propose(site.deployment, release, "of nobody")
    clear(site.deployment, release, signed(site, "steward_a", path), NOW)
    planted.append("G12345678")
    site.deployment.store(release, OPEN_NAMES).forget("quality")
    assert blocked(site) == release


def test_a_high_finding_can_not_be_cleared(site: Site, planted: list[str]) -> None:
    planted.append(next(HIGH[:-1] + c for c in "0123456789X" if _valid(HIGH[:-1] + c)))
    release = blocked(site)
    with pytest.raises(TermsError, match="HIGH"):
        propose(site.deployment, release, "of nobody")


def _valid(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11] == number[17]


def test_only_a_steward_clears_and_only_what_was_proposed(site: Site, planted: list[str]) -> None:
    release = blocked(site)
    path = propose(site.deployment, release, "of nobody")
    with pytest.raises(GatewayError):
        clear(site.deployment, release, signed(site, "manager_a", path), NOW)
    good = signed(site, "steward_a", path)
    path.write_text(path.read_text().replace("of nobody", "of somebody"))
    with pytest.raises(IntegrityError):
        clear(site.deployment, release, good, NOW)
    assert clearances(site.deployment, release).marks == frozenset()


def test_a_clearance_that_was_changed_afterwards_stops_the_run(site: Site, planted: list[str]) -> None:
    release = blocked(site)
    path = propose(site.deployment, release, "of nobody")
    clear(site.deployment, release, signed(site, "steward_a", path), NOW)
    (kept,) = [p for p in path.parent.glob("*.json") if p != path]
    kept.write_bytes(kept.read_bytes().replace(b"nobody", b"anyone"))
    with pytest.raises(IntegrityError):
        run(site.deployment, PERIOD, clock, silent)


def test_nothing_is_cleared_where_nothing_blocks(site: Site) -> None:
    release = run(site.deployment, PERIOD, clock, silent).release
    with pytest.raises(AwaitingApprovalError):
        propose(site.deployment, release, "of nobody")
