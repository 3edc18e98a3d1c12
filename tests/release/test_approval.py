"""Two people approve a statement: who may, who may not, and what an approval is bound to."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.base.canonical import digest
from gateway.base.errors import AwaitingApprovalError, GatewayError, IntegrityError, TermsError
from gateway.base.sshsig import APPROVAL, MANIFEST, generate_key, sign
from gateway.ledger import ReleaseView
from gateway.model.release import Event, State
from gateway.release.build.corridor import note, run, supersede
from gateway.release.review.approving import approve, close, propose
from gateway.release.sending.delivering import deliver
from gateway.release.site.deployment import SIGNING_KEY
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


def decided(site: Site, event: Event, steward: str, reason: str) -> ReleaseView:
    """A steward's return or rejection, proposed, signed and recorded."""
    data = propose(site.deployment, event, RELEASE, reason).read_bytes()
    return close(site.deployment, event, RELEASE, sign(data, site.people.get(steward), APPROVAL), NOW)


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
    with pytest.raises(IntegrityError) as caught:
        approve(waiting.deployment, RELEASE, forge(waiting), NOW)
    assert caught.value.safe == (
        "没有记录任何签批，批次状态不变",
        "nothing was recorded; the release's state is unchanged",
    )
    assert f"gateway review {RELEASE} " in caught.value.what_next
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
    decided(waiting, Event.RETURNED, "steward_a", "撤回批准")
    assert run(waiting.deployment, PERIOD, clock, silent).state is State.SUBMITTED
    with pytest.raises(IntegrityError):
        approve(waiting.deployment, RELEASE, signature, NOW)


def test_a_changed_definition_is_not_served_from_an_older_build(waiting: Site) -> None:
    """After a return a derived figure is declared anew: the tables follow the declaration."""
    folder = waiting.root / "var" / "releases" / RELEASE
    before = (folder / "02.csv.sealed").stat().st_mtime_ns
    decided(waiting, Event.RETURNED, "steward_a", "口径有误")
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
    assert decided(waiting, Event.RETURNED, "steward_b", "口径说明不全").state is State.RETURNED
    view = run(waiting.deployment, PERIOD, clock, silent)
    assert (view.release, view.state, view.approvals) == (RELEASE, State.SUBMITTED, ())


def test_after_a_rejection_only_the_next_revision_is_built(waiting: Site) -> None:
    decided(waiting, Event.REJECTED, "steward_a", "口径有误")
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


# return and rejection ----------------------------------------------------------------------------------------------


def test_a_return_is_signed_by_ssh_keygen_and_recorded_as_the_stewards(waiting: Site, tmp_path: Path) -> None:
    draft = waiting.gateway("return", RELEASE, "--reason", "口径说明不全", "--json")
    path = Path(json.loads(draft.stdout)["decision"])
    key = tmp_path / "key"
    key.write_bytes(waiting.people.get("steward_b"))
    key.chmod(0o600)
    command = ["ssh-keygen", "-Y", "sign", "-n", "release-approval", "-f", str(key), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    done = waiting.gateway("return", RELEASE, f"{path}.sig", "--json")
    assert json.loads(done.stdout)["state"] == "RETURNED", done.stderr
    entry = waiting.deployment.ledger.entries()[-1]
    assert (entry.kind, entry.actor, entry.body["reason"]) == ("returned", "steward_b", "口径说明不全")
    kept = next(path.parent.glob("*.steward_b.json"))
    assert digest(kept.read_bytes()) == entry.body["decision"]


def by_the_gateway(site: Site, data: bytes) -> str:
    return sign(data, site.deployment.keyring.get(SIGNING_KEY), APPROVAL)


def by_a_stranger(site: Site, data: bytes) -> str:
    return sign(data, generate_key(), APPROVAL)


def by_a_manager(site: Site, data: bytes) -> str:
    return sign(data, site.people.get("manager_a"), APPROVAL)


def for_another_purpose(site: Site, data: bytes) -> str:
    return sign(data, site.people.get("steward_a"), MANIFEST)


def over_the_statement(site: Site, data: bytes) -> str:
    """An approval is no rejection."""
    return site.sign("steward_a", RELEASE)


def for_a_reason_of_the_operators_own(site: Site, data: bytes) -> str:
    return sign(data.replace("口径".encode(), "其他".encode()), site.people.get("steward_a"), APPROVAL)


@pytest.mark.parametrize(
    "forge",
    [
        by_the_gateway,
        by_a_stranger,
        by_a_manager,
        for_another_purpose,
        over_the_statement,
        for_a_reason_of_the_operators_own,
        lambda site, data: "",
    ],
)
@pytest.mark.parametrize("event", [Event.RETURNED, Event.REJECTED])
def test_nobody_but_a_steward_returns_or_rejects(waiting: Site, event: Event, forge) -> None:  # type: ignore[no-untyped-def]
    data = propose(waiting.deployment, event, RELEASE, "口径有误").read_bytes()
    length = waiting.deployment.ledger.head().length
    with pytest.raises(IntegrityError):
        close(waiting.deployment, event, RELEASE, forge(waiting, data), NOW)
    assert waiting.deployment.ledger.head().length == length


def test_a_rejection_is_no_return_and_a_decision_is_no_approval(waiting: Site) -> None:
    data = propose(waiting.deployment, Event.REJECTED, RELEASE, "口径有误").read_bytes()
    signature = sign(data, waiting.people.get("steward_a"), APPROVAL)
    propose(waiting.deployment, Event.RETURNED, RELEASE, "口径有误")
    with pytest.raises(IntegrityError):
        close(waiting.deployment, Event.RETURNED, RELEASE, signature, NOW)
    with pytest.raises(IntegrityError):
        approve(waiting.deployment, RELEASE, signature, NOW)


def test_a_return_can_not_be_played_again_in_the_next_round(waiting: Site) -> None:
    data = propose(waiting.deployment, Event.RETURNED, RELEASE, "口径有误").read_bytes()
    signature = sign(data, waiting.people.get("steward_a"), APPROVAL)
    close(waiting.deployment, Event.RETURNED, RELEASE, signature, NOW)
    run(waiting.deployment, PERIOD, clock, silent)
    with pytest.raises(IntegrityError, match=r"not about this statement|当前签批单"):
        close(waiting.deployment, Event.RETURNED, RELEASE, signature, NOW)
