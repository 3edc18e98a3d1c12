"""Two people approve a statement: who may, who may not, and what an approval is bound to."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.base.errors import AwaitingApprovalError, GatewayError, IntegrityError, TermsError
from gateway.base.sshsig import APPROVAL, MANIFEST, generate_key, sign
from gateway.model.release import Event, State
from gateway.release.corridor import note, run, supersede
from gateway.release.delivering import deliver
from gateway.release.review import approve, close
from tests.release.conftest import NOW, PERIOD, Site, clock, silent


@pytest.fixture(scope="module")
def submitted(founded: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = tmp_path_factory.mktemp("submitted") / "platform"
    shutil.copytree(founded.root, root)
    site = Site(root=root, people=founded.people)
    run(site.deployment, PERIOD, clock, silent)
    return site


@pytest.fixture
def waiting(submitted: Site, tmp_path: Path) -> Site:
    shutil.copytree(submitted.root, tmp_path / "platform")
    return Site(root=tmp_path / "platform", people=submitted.people)


RELEASE = "LGTJ_220300_LHYG_202610_M_R01"


def test_two_stewards_approve(waiting: Site) -> None:
    assert (
        approve(waiting.deployment, RELEASE, waiting.sign("steward_b", RELEASE), NOW).state is State.PARTIALLY_APPROVED
    )
    assert approve(waiting.deployment, RELEASE, waiting.sign("steward_a", RELEASE), NOW).state is State.APPROVED


def test_the_same_steward_twice_is_one_approval(waiting: Site) -> None:
    signature = waiting.sign("steward_a", RELEASE)
    for _ in range(2):
        view = approve(waiting.deployment, RELEASE, signature, NOW)
    assert view.state is State.PARTIALLY_APPROVED
    assert len(view.approvals) == 1


def test_an_approval_by_ssh_keygen_counts(waiting: Site, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(waiting.people.get("steward_a"))
    key.chmod(0o600)
    statement = tmp_path / "statement.json"
    shutil.copy(waiting.root / "var" / "releases" / RELEASE / "statement.json", statement)
    command = ["ssh-keygen", "-Y", "sign", "-n", "release-approval", "-f", str(key), str(statement)]
    subprocess.run(command, check=True, capture_output=True)
    result = waiting.gateway("approve", RELEASE, f"{statement}.sig")
    assert result.returncode == 0, result.stderr
    assert "PARTIALLY_APPROVED" in result.stdout


def other_statement(site: Site) -> str:
    return sign(b"{}", site.people.get("steward_a"), APPROVAL)


def other_namespace(site: Site) -> str:
    statement = site.root / "var" / "releases" / RELEASE / "statement.json"
    return sign(statement.read_bytes(), site.people.get("steward_a"), MANIFEST)


def unknown_key(site: Site) -> str:
    statement = site.root / "var" / "releases" / RELEASE / "statement.json"
    return sign(statement.read_bytes(), generate_key(), APPROVAL)


def a_manager(site: Site) -> str:
    return site.sign("manager_a", RELEASE)


@pytest.mark.parametrize("forge", [other_statement, other_namespace, unknown_key, a_manager, lambda site: "nonsense"])
def test_a_signature_that_does_not_fit_is_no_approval(waiting: Site, forge) -> None:  # type: ignore[no-untyped-def]
    length = waiting.deployment.ledger.head().length
    with pytest.raises(IntegrityError):
        approve(waiting.deployment, RELEASE, forge(waiting), NOW)
    assert waiting.deployment.ledger.head().length == length


def test_nobody_approves_his_own_build(waiting: Site) -> None:
    """A person can't be operator and steward: the agreement's file is refused, by line."""
    path = waiting.root / "agreements" / "siping-004.toml"
    path.write_text(path.read_text().replace('stewards = ["steward_a", ', 'stewards = ["operator_a", '))
    result = waiting.gateway("status")
    assert result.returncode == 10
    assert "is an operator as well" in result.stderr


def test_an_approval_taken_back_can_not_be_played_again(waiting: Site) -> None:
    """The same tables rebuilt after a return are another statement: the stored signature does not fit it."""
    signature = waiting.sign("steward_a", RELEASE)
    approve(waiting.deployment, RELEASE, signature, NOW)
    close(waiting.deployment, Event.RETURNED, RELEASE, "steward_a", "撤回批准", NOW)
    assert run(waiting.deployment, PERIOD, clock, silent).state is State.SUBMITTED
    with pytest.raises(IntegrityError):
        approve(waiting.deployment, RELEASE, signature, NOW)


def test_a_changed_definition_is_not_served_from_an_older_build(waiting: Site) -> None:
    """After a return a derived figure is declared anew: the tables follow the declaration."""
    folder = waiting.root / "var" / "releases" / RELEASE
    before = (folder / "02.csv.sealed").stat().st_mtime_ns
    close(waiting.deployment, Event.RETURNED, RELEASE, "steward_a", "口径有误", NOW)
    path = waiting.root / "pipelines" / "tables" / "supply_demand.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("decimals = 2", "decimals = 3"))
    run(waiting.deployment, PERIOD, clock, silent)
    assert (folder / "02.csv.sealed").stat().st_mtime_ns != before
    data = waiting.deployment.store(RELEASE, frozenset()).get("02.csv").decode("utf-8-sig")
    assert re.search(r",\d+\.\d{3},A,", data)


def test_two_commands_at_once_do_not_mix(waiting: Site) -> None:
    with waiting.deployment.lock():
        result = waiting.gateway("run", str(PERIOD))
    assert result.returncode == 10
    assert "another gateway command" in result.stderr
    assert waiting.gateway("run", str(PERIOD)).returncode == 0


def test_an_edited_statement_can_not_be_approved(waiting: Site) -> None:
    path = waiting.root / "var" / "releases" / RELEASE / "statement.json"
    path.write_bytes(path.read_bytes().replace(b'"revision": 1', b'"revision": 2'))
    with pytest.raises(GatewayError):
        approve(waiting.deployment, RELEASE, waiting.sign("steward_a", RELEASE), NOW)


@pytest.mark.parametrize("count", [0, 1])
def test_without_two_approvals_nothing_is_delivered(waiting: Site, count: int) -> None:
    for steward in ("steward_a", "steward_b")[:count]:
        approve(waiting.deployment, RELEASE, waiting.sign(steward, RELEASE), NOW)
    with pytest.raises(AwaitingApprovalError):
        deliver(waiting.deployment, RELEASE, clock, silent, sleep=lambda s: None, random=lambda: 0.5)
    assert waiting.gateway("deliver", RELEASE).returncode == 15
    assert not list(waiting.root.rglob("*.zip"))


def test_a_returned_release_is_built_again_and_its_approval_is_void(waiting: Site) -> None:
    approve(waiting.deployment, RELEASE, waiting.sign("steward_a", RELEASE), NOW)
    assert close(waiting.deployment, Event.RETURNED, RELEASE, "steward_b", "口径说明不全", NOW).state is State.RETURNED
    view = run(waiting.deployment, PERIOD, clock, silent)
    assert (view.release, view.state, view.approvals) == (RELEASE, State.SUBMITTED, ())


def test_after_a_rejection_only_the_next_revision_is_built(waiting: Site) -> None:
    close(waiting.deployment, Event.REJECTED, RELEASE, "steward_a", "口径有误", NOW)
    with pytest.raises(TermsError, match=r"supersede|下一版|revision"):
        run(waiting.deployment, PERIOD, clock, silent)
    assert supersede(waiting.deployment, PERIOD, "更正口径", clock) == RELEASE.replace("R01", "R02")
    view = run(waiting.deployment, PERIOD, clock, silent)
    assert (view.release[-3:], view.state) == ("R02", State.SUBMITTED)
    statement = (waiting.root / "var" / "releases" / view.release / "statement.json").read_text()
    assert f'"supersedes": "{RELEASE}"' in statement


def test_a_withdrawn_release_is_not_approved(waiting: Site) -> None:
    note(waiting.deployment, Event.WITHDRAWN, RELEASE, "operator_a", {"reason": "重做"}, NOW)
    with pytest.raises(AwaitingApprovalError):
        approve(waiting.deployment, RELEASE, waiting.sign("steward_a", RELEASE), NOW)


def test_a_release_that_still_stands_is_not_superseded(waiting: Site) -> None:
    """Else the older one, once approved, could be delivered beside the newer."""
    with pytest.raises(TermsError):
        supersede(waiting.deployment, PERIOD, "更正口径", clock)
