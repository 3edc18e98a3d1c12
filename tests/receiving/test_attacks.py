"""Whoever changes or forges a package is refused by the check that is there for it, and nothing is accepted."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.receiving import RULES, read_register
from tests.package_attacks import FORGED, TOUCHED, Attack
from tests.package_factory import PASSPHRASE, RELEASE, Plan
from tests.receiving.bureau import Bureau

WITHOUT_RECEIPT = {"files", "manifest-signature", "manifest-form"}


@pytest.mark.parametrize("attack", FORGED, ids=[attack.name for attack in FORGED])
def test_forged(bureau: Bureau, attack: Attack) -> None:
    package = attack.plan().write(bureau.inbox)
    refused = bureau.refused(package, passphrase=PASSPHRASE)
    assert [check.name for check in refused.checks if not check.passed] == [attack.refused_by]
    assert refused.disposition == attack.disposition
    assert refused.checks[-1].zh
    assert refused.checks[-1].en
    assert not bureau.files.exists()
    (entry,) = read_register(bureau.register)
    assert entry.disposition == attack.disposition
    named = refused.release is not None
    assert named == (attack.refused_by not in WITHOUT_RECEIPT and attack.name != "release id that is a path")
    assert (refused.receipt is not None) == named == bool(entry.details.receipt)
    if refused.release is not None:
        assert bureau.receipt(refused.release).disposition == attack.disposition


@pytest.mark.parametrize(("name", "change", "refused_by"), TOUCHED, ids=[name for name, _, _ in TOUCHED])
def test_touched(bureau: Bureau, name: str, change: Callable[[Path], object], refused_by: str) -> None:
    package = Plan().write(bureau.inbox)
    change(package)
    here = next(path for path in bureau.inbox.glob("LGTJ_*") if path.is_file())
    refused = bureau.refused(here)
    assert [check.name for check in refused.checks if not check.passed] == [refused_by]
    assert not bureau.files.exists()
    assert len(read_register(bureau.register)) == (0 if name == "manifest missing" else 1)


def test_every_check_refuses_something() -> None:
    refusing = {attack.refused_by for attack in FORGED} | {refused_by for _, _, refused_by in TOUCHED}
    assert {rule.name for rule in RULES} - refusing == {"duplicate"}  # test_receive: it takes two packages


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.data())
def test_any_changed_byte_of_any_file_is_refused(tmp_path: Path, choice: st.DataObject) -> None:
    bureau = Bureau(tmp_path)
    Plan().write(bureau.inbox)
    ending = choice.draw(st.sampled_from([".zip", ".privacy.json", ".manifest.json", ".manifest.json.sig"]))
    path = bureau.inbox / f"{RELEASE}{ending}"
    data = bytearray(path.read_bytes())
    at = choice.draw(st.integers(0, len(data) - 1))
    data[at] ^= choice.draw(st.integers(1, 255))
    path.write_bytes(bytes(data))
    if ending == ".manifest.json.sig" and _says_the_same(bytes(data), at):
        return
    refused = bureau.refused(path)
    expected = {".zip": "package-digest", ".privacy.json": "privacy-certificate"}.get(ending, "manifest-signature")
    assert refused.checks[-1].name == expected


def _says_the_same(armored: bytes, at: int) -> bool:
    """White space for white space in the armor is no change of the signature."""
    return armored[at : at + 1].isspace()


def test_after_a_refusal_the_good_package_is_received(bureau: Bureau) -> None:
    package = Plan().write(bureau.inbox)
    good = package.read_bytes()
    package.write_bytes(good[:-1] + b"x")
    assert bureau.refused().disposition == "failed/integrity"
    package.write_bytes(good)
    assert bureau.receive().number == 2
    assert bureau.receipt().disposition == "processed"


def test_a_forged_package_cannot_displace_the_receipt_of_a_good_one(bureau: Bureau, tmp_path: Path) -> None:
    Plan().write(bureau.inbox)
    bureau.receive()
    before = bureau.receipt()
    for attack in FORGED:
        bureau.refused(attack.plan().write(tmp_path / "forged" / attack.name.replace(" ", "-")))
    assert bureau.receipt() == before
    assert bureau.receive().repeated


def test_names_that_hide_are_not_packages(bureau: Bureau) -> None:
    package = Plan().write(bureau.inbox)
    package.rename(package.with_name(f".{package.name}"))
    assert bureau.refused().checks[-1].name == "files"
