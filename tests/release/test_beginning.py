"""How the deployment's release history begins: stated, signed, recorded; never twice, never another's."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.base.canonical import digest
from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.keyring import Keyring
from gateway.base.sshsig import CHECKPOINT, HISTORY, generate_key, sign
from gateway.demo.month import found_with_keys, found_with_people
from gateway.release.build.corridor import dry_run, run
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.beginning import BEGUN, start_of
from gateway.release.history.chain import EMPTY, History
from gateway.release.site.deployment import load_deployment
from gateway.release.upkeep import founding
from gateway.release.upkeep.keys import rotate
from tests.release.conftest import NOW, PERIOD, Site, clock, silent


@pytest.fixture
def unstated(tmp_path: Path, extract: Path) -> Site:
    """A deployment that has not said yet what was published before it."""
    people = Keyring.create(tmp_path / "people")
    found_with_keys(tmp_path / "platform", people, "siping-004")
    shutil.copytree(extract, tmp_path / "platform" / "extract", dirs_exist_ok=True)
    return Site(root=tmp_path / "platform", people=people)


def test_nothing_is_built_before_it_is_stated(unstated: Site) -> None:
    entries = unstated.deployment.ledger.entries()
    for build in (run, dry_run):
        with pytest.raises(ConfigurationError) as refusal:
            build(unstated.deployment, PERIOD, clock, silent)
        assert refusal.value.exit == 10
        assert refusal.value.next is not None
        assert all(one.startswith("gateway history begin --empty") for one in refusal.value.next)
    assert unstated.deployment.ledger.entries() == entries
    assert not (unstated.root / "var" / "releases").exists()
    doctor = json.loads(unstated.gateway("doctor", "--offline", "--json").stdout)
    assert [c["passed"] for c in doctor["checks"] if c["name"] == "release history"] == [False]


def test_the_operator_states_it_once_and_stock_tools_check_the_signature(unstated: Site) -> None:
    assert unstated.gateway("history", "begin").returncode == 2
    assert unstated.gateway("history", "begin", "--empty", "--import", "x.csv").returncode == 2
    begun = unstated.gateway("history", "begin", "--empty", "--json")
    assert begun.returncode == 0, begun.stderr
    shown = json.loads(unstated.gateway("history", "show", "--json").stdout)
    assert shown == json.loads(begun.stdout)
    assert (shown["before"], shown["signed"], shown["releases"]) == ("nothing was published", "lhyg_gateway", [])
    folder = unstated.root / "var" / "history"
    data = (folder / "beginning.json").read_bytes()
    assert shown["head"] == start_of("siping-004", digest(data)) != EMPTY
    (record,) = unstated.deployment.ledger.entries(kind=BEGUN)
    assert record.body == {"digest": digest(data), "imported": 0, "shown": 0}
    signers = str(unstated.root / "keys" / "allowed_signers")
    said = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "lhyg_gateway", "-n", HISTORY]
    checked = subprocess.run([*said, "-s", str(folder / "beginning.json.sig")], input=data, check=False)
    assert checked.returncode == 0
    again = unstated.gateway("history", "begin", "--empty")
    assert again.returncode == 10
    assert (folder / "beginning.json").read_bytes() == data


def test_a_new_deployment_states_it_only_when_asked(tmp_path: Path) -> None:
    for name, more in (("silent", []), ("asked", ["--empty-history"])):
        made = subprocess.run(
            [sys.executable, "-m", "gateway", "init", str(tmp_path / name), *more], capture_output=True, check=False
        )
        assert made.returncode == 0, made.stderr
    stated = {name: History(load_deployment(tmp_path / name, NOW)).beginning for name in ("silent", "asked")}
    assert stated["silent"] is None
    assert stated["asked"] is not None


def test_a_key_from_before_there_were_such_statements_has_to_be_replaced_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(founding, "HISTORY", CHECKPOINT)
        found_with_keys(tmp_path / "platform", Keyring.create(tmp_path / "people"), "siping-004")
    with pytest.raises(ConfigurationError) as refusal:
        History(load_deployment(tmp_path / "platform", NOW)).begin([], NOW)
    assert refusal.value.next == ("gateway keys rotate lhyg_gateway", "gateway keys rotate lhyg_gateway")
    rotate(load_deployment(tmp_path / "platform", NOW), "lhyg_gateway", None, NOW)
    History(load_deployment(tmp_path / "platform", NOW)).begin([], NOW)


def test_a_beginning_that_a_kill_cut_off_is_made_again(unstated: Site) -> None:
    """Its files are there, in part or whole, and the ledger has no record: nothing is stated."""
    folder = unstated.root / "var" / "history"
    folder.mkdir()
    (folder / ".beginning.json.0a1b2c3d.part").write_bytes(b'{"ag')
    assert History(unstated.deployment).head() == EMPTY
    (folder / "beginning.json").write_bytes(b"{}")
    (folder / "history.json").write_text('{"releases": []}')
    assert History(unstated.deployment).beginning is None
    History(unstated.deployment).begin([], NOW)
    assert History(unstated.deployment).beginning is not None


def test_a_release_without_a_list_is_damage_and_no_beginning(unstated: Site) -> None:
    folder = unstated.root / "var" / "history"
    folder.mkdir()
    (folder / "release.sealed").write_bytes(b"x")
    with pytest.raises(IntegrityError):
        History(unstated.deployment).begin([], NOW)


def edited(folder: Path, other: Path) -> None:
    path = folder / "beginning.json"
    path.write_text(path.read_text().replace("operator_a", "operator_b"))


def signed_by_another(folder: Path, other: Path) -> None:
    data = (folder / "beginning.json").read_bytes()
    (folder / "beginning.json.sig").write_text(sign(data, generate_key(), HISTORY))


def signature_edited(folder: Path, other: Path) -> None:
    path = folder / "beginning.json.sig"
    lines = path.read_text().splitlines()
    lines[2] = lines[2][::-1]
    path.write_text("\n".join(lines))


def another_exchanges(folder: Path, other: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(other / "var" / "history", folder)


def lost(name: str) -> Callable[[Path, Path], None]:
    return lambda folder, other: (folder / name).unlink()


def all_lost(folder: Path, other: Path) -> None:
    shutil.rmtree(folder)


def list_edited(folder: Path, other: Path) -> None:
    (folder / "history.json").write_text('{"releases": [{}]}')


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(edited, id="edited"),
        pytest.param(signed_by_another, id="signed-by-another-key"),
        pytest.param(signature_edited, id="signature-edited"),
        pytest.param(another_exchanges, id="another-exchange's"),
        pytest.param(lost("beginning.json"), id="statement-lost"),
        pytest.param(lost("beginning.json.sig"), id="signature-lost"),
        pytest.param(lost("history.json"), id="list-lost"),
        pytest.param(all_lost, id="all-lost"),
        pytest.param(list_edited, id="list-edited"),
    ],
)
def test_what_was_stated_can_not_be_changed_lost_or_brought_from_elsewhere(
    site: Site, tmp_path: Path, attack: Callable[[Path, Path], None]
) -> None:
    """Never an empty history: nothing is built, and nothing can be stated in its place."""
    other = found_with_people(tmp_path / "other", Keyring.create(tmp_path / "others"), "siping-004")
    attack(site.root / "var" / "history", other)
    for step in (
        lambda: run(site.deployment, PERIOD, clock, silent),
        lambda: History(site.deployment).begin([], NOW),
        lambda: History(site.deployment).head(),
    ):
        with pytest.raises(IntegrityError) as refusal:
            step()
        assert refusal.value.exit == 18


def test_the_statement_outlives_the_key_that_signed_it(site: Site) -> None:
    stated = History(site.deployment).beginning
    rotate(site.deployment, "lhyg_gateway", None, NOW)
    later = load_deployment(site.root, NOW)
    assert History(later).beginning == stated


def test_what_was_released_rests_on_the_statement(site: Site) -> None:
    """The head in a package's statement is not that of another beginning; nothing can be stated afterwards."""
    deployment = site.deployment
    start = History(deployment).head()
    release = run(deployment, PERIOD, clock, silent).release
    store = deployment.store(release, OPEN_NAMES)
    assert json.loads(store.get("statement.json"))["history_head"] == start
    assert json.loads(store.get("certificate-public.json"))["history"]["head"] == start
    History(deployment).append(release, store)
    with pytest.raises(ConfigurationError):
        History(deployment).begin([], NOW)
    assert [entry["release"] for entry in History(deployment).entries] == [release]
