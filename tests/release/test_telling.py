"""A passphrase is told in one of three ways, each on record first, and lies in no file in plain."""

import json
from pathlib import Path

import pytest

from gateway.base import age
from gateway.base.errors import ConfigurationError, TermsError
from gateway.base.sshsig import fingerprint, public_line
from gateway.model.release import Event
from gateway.package import open_package
from gateway.release.build.corridor import Book, run
from gateway.release.review.approving import approve
from gateway.release.sending.sealing import acceptance_name, package_of, passphrase_name, sealed
from gateway.release.sending.telling import Way, tell_passphrase
from tests.release.conftest import NOW, PERIOD, Site, clock, silent

RELEASE = "LGTJ_220300_LHYG_202610_M_R01"


@pytest.fixture(scope="module")
def packed(founded: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A sealed release; every test tells it once more."""
    import shutil

    root = tmp_path_factory.mktemp("telling") / "platform"
    shutil.copytree(founded.root, root)
    site = Site(root=root, people=founded.people)
    run(site.deployment, PERIOD, clock, silent)
    for steward in ("steward_a", "steward_b"):
        approve(site.deployment, RELEASE, site.sign(steward, RELEASE), NOW)
    sealed(site.deployment, Book.read(site.deployment).view(RELEASE), NOW, silent)
    return site


def passphrase(site: Site) -> str:
    return site.deployment.keyring.get(passphrase_name(RELEASE)).decode()


def last_told(site: Site) -> dict[str, object]:
    return dict(site.deployment.ledger.entries(kind=Event.PASSPHRASE_TOLD)[-1].body)


def test_neither_passphrase_nor_code_lies_in_plain(packed: Site) -> None:
    secrets = [packed.deployment.keyring.get(name(RELEASE)) for name in (passphrase_name, acceptance_name)]
    for path in packed.root.rglob("*"):
        if path.is_file():
            assert not any(secret in path.read_bytes() for secret in secrets), path
    archive = package_of(packed.deployment, RELEASE).paths[0].read_bytes()
    assert open_package(archive, passphrase(packed))


def test_spoken(packed: Site) -> None:
    told = tell_passphrase(packed.deployment, RELEASE, "manager_a", NOW)
    assert told["passphrase"] == passphrase(packed)
    assert last_told(packed) == {"recipient": "manager_a", "channel": "government office telephone", "way": "spoken"}


def test_on_a_slip(packed: Site) -> None:
    slip = tell_passphrase(packed.deployment, RELEASE, "manager_b", NOW, Way.SLIP)["slip"]
    assert passphrase(packed) in slip.replace(" ", "")
    for part in (RELEASE, "数据管理员乙", "data manager B", "政务办公电话", "2026-11-02", "口令单", "签收人"):
        assert part in slip
    assert max(map(len, slip.splitlines())) <= 110
    assert last_told(packed)["way"] == "slip"


def test_wrapped_for_the_manager_and_nobody_else(packed: Site) -> None:
    told = tell_passphrase(packed.deployment, RELEASE, "manager_a", NOW, Way.AGE)
    assert "passphrase" not in told
    key = packed.people.get("manager_a")
    assert age.unwrap(told["age"], key).decode() == passphrase(packed)
    with pytest.raises(Exception, match="not for this key"):
        age.unwrap(told["age"], packed.people.get("manager_b"))
    assert last_told(packed)["key"] == fingerprint(public_line(key))
    assert passphrase(packed) not in json.dumps(last_told(packed))


def test_nobody_else_is_told(packed: Site) -> None:
    before = packed.deployment.ledger.head()
    for way in Way:
        with pytest.raises(TermsError) as caught:
            tell_passphrase(packed.deployment, RELEASE, "steward_a", NOW, way)
        assert caught.value.what_next == "gateway keys list"
    assert packed.deployment.ledger.head() == before


def test_a_forgotten_passphrase_can_not_be_told(packed: Site) -> None:
    held = packed.deployment.keyring.get(passphrase_name(RELEASE))
    packed.deployment.keyring.remove(passphrase_name(RELEASE))
    with pytest.raises(ConfigurationError):
        tell_passphrase(packed.deployment, RELEASE, "manager_a", NOW, Way.SLIP)
    packed.deployment.keyring.put_sealed(passphrase_name(RELEASE), held)


def test_the_command_s_three_ways(packed: Site, tmp_path: Path) -> None:
    words = ("passphrase", RELEASE, "--recipient", "manager_a")
    spoken = packed.gateway(*words, "--json")
    assert spoken.returncode == 0, spoken.stderr
    assert json.loads(spoken.stdout)["passphrase"] == passphrase(packed)
    slip = packed.gateway(*words, "--slip")
    assert passphrase(packed) in slip.stdout.replace(" ", "")
    wrapped = packed.gateway(*words, "--age", str(tmp_path / "told.age"), LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8")
    assert wrapped.returncode == 0, wrapped.stderr
    assert passphrase(packed) not in wrapped.stdout + wrapped.stderr
    opened = age.unwrap((tmp_path / "told.age").read_text(), packed.people.get("manager_a"))
    assert opened.decode() == passphrase(packed)
    assert packed.gateway(*words, "--slip", "--age", "x").returncode == 2
