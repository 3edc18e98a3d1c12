"""Keys: taken in with a record, replaced, ended; what the file alone says counts for nothing."""

import json
import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.base.errors import AwaitingApprovalError, ConfigurationError, GatewayError, IntegrityError, TermsError
from gateway.base.sshsig import APPROVAL, MANIFEST, NOTICE, RECEIPT, generate_key, public_line, sign, verify
from gateway.model.documents import Manifest
from gateway.model.release import State
from gateway.release.build.corridor import dry_run, run
from gateway.release.review.approving import approve
from gateway.release.sending.delivering import deliver
from gateway.release.sending.sealing import package_of, sealed
from gateway.release.sending.telling import tell_passphrase
from gateway.release.site.deployment import SIGNING_KEY
from gateway.release.site.keybook import Standing
from gateway.release.upkeep.keys import accept, add, draw, restore, revoke, rotate
from tests.release.conftest import NOW, PERIOD, Site, clock, silent

RELEASE = "LGTJ_220300_LHYG_202610_M_R01"
NEW = generate_key()
LATER = NOW + timedelta(days=1)


def file_of(site: Site) -> Path:
    return site.root / "keys" / "allowed_signers"


def standing(site: Site, principal: str, at=NOW) -> list[Standing]:  # type: ignore[no-untyped-def]
    return [key.standing(at) for key in site.deployment.known_keys if key.principal == principal]


@pytest.fixture(scope="module")
def approved(founded: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A release that two stewards approved, not yet sealed; tests copy it."""
    root = tmp_path_factory.mktemp("approved") / "platform"
    shutil.copytree(founded.root, root)
    site = Site(root=root, people=founded.people)
    run(site.deployment, PERIOD, clock, silent)
    for steward in ("steward_a", "steward_b"):
        approve(site.deployment, RELEASE, site.sign(steward, RELEASE), NOW)
    return site


@pytest.fixture
def ready(approved: Site, tmp_path: Path) -> Site:
    shutil.copytree(approved.root, tmp_path / "ready")
    return Site(root=tmp_path / "ready", people=approved.people)


def sealing(site: Site, now=NOW):  # type: ignore[no-untyped-def]
    deployment = site.deployment
    from gateway.release.build.corridor import Book

    return sealed(deployment, Book.read(deployment).view(RELEASE), now, silent)


# the file and the ledger -------------------------------------------------------------------------------------------


def test_the_file_says_what_the_ledger_says(site: Site) -> None:
    signers = site.deployment.allowed_signers()
    assert {(s.principal, s.namespaces) for s in signers} >= {
        ("lhyg_gateway", (MANIFEST, "ledger-checkpoint", "release-history")),
        ("steward_a", (APPROVAL, NOTICE)),
        ("manager_a", (RECEIPT,)),
    }


def swapped(text: str, old: str) -> str:
    """The recipient's key replaced by the attacker's."""
    return text.replace(old, public_line(NEW))


def widened(text: str, old: str) -> str:
    """The recipient may also approve."""
    return text.replace(f'namespaces="delivery-receipt" {old}', f'namespaces="delivery-receipt,release-approval" {old}')


def dated(text: str, old: str) -> str:
    """Valid from another day on."""
    return text.replace(f'"delivery-receipt" {old}', f'"delivery-receipt",valid-after="20260101" {old}')


def removed(text: str, old: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if old not in line)


def joined(text: str, old: str) -> str:
    """A second key for the same recipient."""
    return text + f'manager_a namespaces="delivery-receipt" {public_line(NEW)}\n'


@pytest.mark.parametrize("change", [swapped, widened, dated, removed, joined])
def test_a_key_changed_in_the_file_alone_stops_everything(ready: Site, change) -> None:  # type: ignore[no-untyped-def]
    own = public_line(ready.people.get("manager_a"))
    path = file_of(ready)
    before = path.read_text()
    path.write_text(change(before, own))
    assert path.read_text() != before
    length = ready.deployment.ledger.head().length
    with pytest.raises(IntegrityError, match="manager_a"):
        sealing(ready)
    with pytest.raises(GatewayError):
        deliver(ready.deployment, RELEASE, clock, silent, sleep=time.sleep, random=lambda: 0.5)
    assert not list(ready.root.rglob("*.zip"))
    for start in (run, dry_run):
        with pytest.raises(IntegrityError, match="manager_a"):
            start(ready.deployment, PERIOD, clock, silent)
    if change in (swapped, widened, joined):
        with pytest.raises(GatewayError, match=r"rotate|has a key|one purpose|用途|密钥"):
            accept(ready.deployment, NOW)
    assert ready.deployment.ledger.head().length == length
    draw(ready.deployment)
    assert path.read_text() == before
    assert ready.deployment.allowed_signers()


def test_with_a_key_changed_in_the_file_alone_nobody_approves(site: Site) -> None:
    run(site.deployment, PERIOD, clock, silent)
    path = file_of(site)
    path.write_text(swapped(path.read_text(), public_line(site.people.get("manager_a"))))
    with pytest.raises(IntegrityError, match="manager_a"):
        approve(site.deployment, RELEASE, site.sign("steward_a", RELEASE), NOW)
    for command in (("doctor",), ("run", str(PERIOD)), ("run", str(PERIOD), "--dry-run")):
        refused = site.gateway(*command)
        assert refused.returncode == (10 if command == ("doctor",) else 18), refused.stderr
        assert "manager_a" in refused.stdout + refused.stderr


def test_new_people_in_the_file_are_taken_in_on_request(founded: Site, tmp_path: Path) -> None:
    """As docs/operations.md has it for a deployment whose file was written by hand."""
    site = Site(root=tmp_path / "platform", people=founded.people)
    shutil.copytree(founded.root, site.root)
    (site.root / "var" / "ledger.db").unlink()
    (site.root / "keyring" / ".ledger-head").unlink()
    from gateway.ledger import Ledger

    Ledger.create(site.root / "var" / "ledger.db")
    with pytest.raises(IntegrityError):
        site.deployment.allowed_signers()
    assert {key.principal for key in accept(site.deployment, NOW)} >= {"lhyg_gateway", "steward_a", "manager_b"}
    assert site.deployment.allowed_signers()


def test_a_stranger_in_the_file_is_not_taken_in(site: Site) -> None:
    path = file_of(site)
    path.write_text(path.read_text() + f'manager_c namespaces="delivery-receipt" {public_line(NEW)}\n')
    with pytest.raises(TermsError, match="manager_c"):
        accept(site.deployment, NOW)


# who may have one --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("principal", "purpose"),
    [
        ("manager_c", "receipt"),
        ("steward_a", "receipt"),
        ("manager_a", "approval"),
        ("operator_a", "approval"),
        ("manager_a", "manifest"),
    ],
)
def test_only_whom_the_agreement_names_for_it(site: Site, principal: str, purpose: str) -> None:
    with pytest.raises(TermsError, match=principal):
        add(site.deployment, principal, public_line(NEW), purpose, NOW)


def test_a_second_key_is_a_rotation_and_no_key_comes_back(site: Site) -> None:
    with pytest.raises(ConfigurationError, match="has a valid key"):
        add(site.deployment, "manager_a", public_line(NEW), "receipt", NOW)
    old = public_line(site.people.get("manager_a"))
    revoke(site.deployment, "manager_a", "private key lost", NOW)
    with pytest.raises(ConfigurationError, match="recorded before"):
        add(site.deployment, "manager_a", old, "receipt", LATER)
    with pytest.raises(ConfigurationError, match="recorded before"):
        rotate(site.deployment, "manager_b", old, LATER)
    add(site.deployment, "manager_a", public_line(NEW), "receipt", LATER)
    assert standing(site, "manager_a", LATER) == [Standing.REVOKED, Standing.VALID]


@pytest.mark.parametrize("text", ["", "ssh-rsa AAAA", "ssh-ed25519 AAAA", "hello"])
def test_what_is_no_key_is_not_taken_in(site: Site, text: str) -> None:
    length = site.deployment.ledger.head().length
    with pytest.raises(ConfigurationError):
        rotate(site.deployment, "manager_a", text, NOW)
    assert site.deployment.ledger.head().length == length


# validity ----------------------------------------------------------------------------------------------------------


def test_a_rotated_key_signs_from_its_moment_on_and_the_old_one_until_then(site: Site) -> None:
    old = site.people.get("manager_a")
    rotate(site.deployment, "manager_a", public_line(NEW), NOW, since=LATER)
    signers = site.deployment.allowed_signers()
    for key, moment, accepted in ((old, NOW, True), (NEW, NOW, False), (old, LATER, False), (NEW, LATER, True)):
        if accepted:
            assert verify(b"r", sign(b"r", key, RECEIPT), RECEIPT, signers, moment).principal == "manager_a"
        else:
            with pytest.raises(IntegrityError):
                verify(b"r", sign(b"r", key, RECEIPT), RECEIPT, signers, moment)
    assert standing(site, "manager_a") == [Standing.VALID, Standing.NOT_YET]
    assert standing(site, "manager_a", LATER) == [Standing.EXPIRED, Standing.VALID]


def test_the_gateways_own_key_is_made_anew_and_used_at_once(ready: Site) -> None:
    old = ready.deployment.keyring.get(SIGNING_KEY)
    key = rotate(ready.deployment, "lhyg_gateway", None, NOW)
    assert public_line(ready.deployment.keyring.get(SIGNING_KEY)) == key.key != public_line(old)
    assert f"{SIGNING_KEY}-next" not in ready.deployment.keyring.names()
    package = sealing(ready)
    manifest, signature = (path.read_bytes() for path in package.paths[2:])
    signer = verify(manifest, signature.decode(), MANIFEST, ready.deployment.allowed_signers(), NOW)
    assert signer.key == key.key


def test_a_rotation_that_was_cut_off_is_finished(ready: Site) -> None:
    """Killed after the record, before the new key was in its place; and before the record."""
    old, never = ready.deployment.keyring.get(SIGNING_KEY), generate_key()
    ready.deployment.keyring.put(f"{SIGNING_KEY}-next", never)
    restore(ready.deployment)
    assert ready.deployment.keyring.get(SIGNING_KEY) == old
    key = rotate(ready.deployment, "lhyg_gateway", None, NOW)
    new = ready.deployment.keyring.get(SIGNING_KEY)
    ready.deployment.keyring.put(SIGNING_KEY, old)
    ready.deployment.keyring.put(f"{SIGNING_KEY}-next", new)
    with pytest.raises(IntegrityError):
        sealing(ready)
    restore(ready.deployment)
    assert public_line(ready.deployment.keyring.get(SIGNING_KEY)) == key.key
    assert sealing(ready).whole


def test_with_an_expired_or_revoked_signing_key_nothing_is_sealed_or_sent(ready: Site) -> None:
    package = sealing(ready)
    assert package.whole
    revoke(ready.deployment, "lhyg_gateway", "seen by others", NOW)
    with pytest.raises(IntegrityError, match=r"may not sign|无权") as caught:
        deliver(ready.deployment, RELEASE, clock, silent, sleep=time.sleep, random=lambda: 0.5)
    assert caught.value.safe == ("没有密封，也没有发送其他内容", "nothing was sealed, nothing else was sent")
    assert caught.value.next == ("gateway keys rotate lhyg_gateway", "gateway keys rotate lhyg_gateway")
    for path in package.paths:
        path.unlink()
    with pytest.raises(IntegrityError, match=r"may not sign|无权"):
        sealing(ready)
    assert not list(ready.root.rglob("*.zip"))


def test_a_manager_without_a_valid_key_is_no_recipient(ready: Site) -> None:
    revoke(ready.deployment, "manager_a", "left the bureau", NOW)
    manifest = Manifest.model_validate_json(sealing(ready).paths[2].read_bytes())
    assert manifest.recipients == ("manager_b",)
    with pytest.raises(TermsError):
        tell_passphrase(ready.deployment, RELEASE, "manager_a", NOW)
    assert tell_passphrase(ready.deployment, RELEASE, "manager_b", NOW)["passphrase"]


def test_with_no_manager_left_nothing_is_sealed(ready: Site) -> None:
    for manager in ("manager_a", "manager_b"):
        revoke(ready.deployment, manager, "left the bureau", NOW)
    with pytest.raises(ConfigurationError, match="no data manager"):
        sealing(ready)
    assert not package_of(ready.deployment, RELEASE).folder.exists()


def test_a_revoked_steward_can_not_approve(ready: Site) -> None:
    view_state = State.APPROVED
    assert run(ready.deployment, PERIOD, clock, silent).state is view_state
    revoke(ready.deployment, "steward_a", "left", NOW)
    with pytest.raises((IntegrityError, AwaitingApprovalError)):
        approve(ready.deployment, RELEASE, ready.sign("steward_a", RELEASE), LATER)


# by the commands ---------------------------------------------------------------------------------------------------


def test_by_the_commands(site: Site, tmp_path: Path) -> None:
    path = file_of(site)
    before = path.read_text()
    path.write_text(swapped(before, public_line(site.people.get("manager_a"))))
    assert site.gateway("keys", "list").returncode == 18
    path.write_text(before)
    public = tmp_path / "new.pub"
    public.write_text(public_line(NEW) + " manager_a@office\n")
    (rotated,) = json.loads(site.gateway("keys", "rotate", "manager_a", str(public), "--json").stdout)
    assert rotated["standing"] == "valid"
    revoked = site.gateway("keys", "revoke", "manager_b", "--reason", "left", "--json")
    assert json.loads(revoked.stdout)[0]["standing"] == "revoked"
    listed = json.loads(site.gateway("keys", "list", "--json").stdout)
    assert [(key["principal"], key["standing"]) for key in listed if key["principal"].startswith("manager")] == [
        ("manager_a", "expired"),
        ("manager_b", "revoked"),
        ("manager_a", "valid"),
    ]
    log = json.loads(site.gateway("keys", "log", "--json").stdout)
    assert [entry["kind"] for entry in log][-2:] == ["keys.rotated", "keys.revoked"]
    assert "left" in site.gateway("keys", "log").stdout
    assert "PRIVATE" not in site.gateway("keys", "log").stdout
