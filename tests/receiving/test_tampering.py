"""Whoever tampers with a package is refused by receiver and verifier alike, with the reason; over random content.

Two attackers: one who can write to the inbox, and one who holds the gateway's signing key as well and signs what he
made. Against the second stand the stewards' approvals."""

import itertools
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.base import sshsig
from gateway.package import beside
from gateway.receiving import PackageRefusedError
from gateway.release.sending.receiptchecks import Refusal, RefusedError, Sent, check_receipt
from gateway.verifier import verify_package
from tests.package_factory import (
    ALLOWED_SIGNERS,
    BUREAU,
    CODE,
    GATEWAY,
    NOW,
    PASSPHRASE,
    RECIPIENT,
    RELEASE,
    STEWARD_A,
    STEWARD_B,
    Entries,
    Plan,
    make_zip,
    plain,
)
from tests.receiving.bureau import Bureau

FUZZ = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_count = itertools.count()

CELLS = st.dictionaries(st.from_regex(r"2203[0-9]{2}", fullmatch=True), st.integers(0, 10**6), min_size=1, max_size=30)
CONTENT = st.tuples(CELLS, st.binary(max_size=3000), st.text(max_size=200))


def plan_of(content: tuple[dict[str, int], bytes, str], release: str = RELEASE) -> Plan:
    """A good package of random content."""
    cells, workbook, page = content
    header = "TIME_PERIOD,region_code,region,openings,openings_status\r\n"
    table = header + "".join(f"2026-10,{region},地区,{value},A\r\n" for region, value in cells.items())
    return Plan(
        release=release,
        files=[
            plain("01.xlsx", "workbook", workbook),
            plain("02.csv", "table", table.encode("utf-8-sig"), len(cells)),
            plain("03.json", "metadata", b"{}\n"),
            plain("04.html", "validation", page.encode()),
        ],
    )


def judged(package: Path, passphrase: str = PASSPHRASE) -> tuple[str | None, str | None]:
    """The check by which the receiver and the verifier refuse it, each None if it does not; each gives its reason."""
    report = verify_package(
        package, allowed_signers=ALLOWED_SIGNERS, at=NOW, passphrase=passphrase, recipient=RECIPIENT
    )
    verifier = None if report.valid else report.checks[-1]
    bureau = Bureau(package.parent.parent / f"bureau-{next(_count)}")
    try:
        bureau.receive(package, passphrase=passphrase)
        receiver = None
    except PackageRefusedError as error:
        receiver = error.reception.checks[-1]
        assert not bureau.files.exists()
    for check in (receiver, verifier):
        assert check is None or (check.zh and check.en)
    return receiver and receiver.name, verifier and verifier.name


# an archive that is not the sealed one -----------------------------------------------------------------------------


def _pick(entries: Entries, choice: st.DataObject) -> int:
    return choice.draw(st.integers(0, len(entries) - 1))


def renamed(entries: Entries, choice: st.DataObject) -> Entries:
    place, names = _pick(entries, choice), [name for name, _ in entries]
    new = choice.draw(
        st.one_of(st.from_regex(r"[0-9]{2}\.(csv|xlsx|json|html)", fullmatch=True), st.sampled_from(names))
    )
    return [(new if at == place else name, data) for at, (name, data) in enumerate(entries)]


def dropped(entries: Entries, choice: st.DataObject) -> Entries:
    place = _pick(entries, choice)
    return entries[:place] + entries[place + 1 :]


def added(entries: Entries, choice: st.DataObject) -> Entries:
    place = choice.draw(st.integers(0, len(entries)))
    name = choice.draw(st.from_regex(r"[0-9]{2}\.(csv|xlsx|json|html)", fullmatch=True))
    return [*entries[:place], (name, choice.draw(st.binary(max_size=50))), *entries[place:]]


def reordered(entries: Entries, choice: st.DataObject) -> Entries:
    return choice.draw(st.permutations(entries))


def exchanged(entries: Entries, choice: st.DataObject) -> Entries:
    """The names stay, the contents move."""
    contents = choice.draw(st.permutations([data for _, data in entries]))
    return [(name, data) for (name, _), data in zip(entries, contents, strict=True)]


def changed(entries: Entries, choice: st.DataObject) -> Entries:
    place = _pick(entries, choice)
    data = choice.draw(st.binary(max_size=200))
    return [(name, data if at == place else old) for at, (name, old) in enumerate(entries)]


@pytest.mark.parametrize("tamper", [renamed, dropped, added, reordered, exchanged, changed])
@FUZZ
@given(content=CONTENT, choice=st.data())
def test_another_archive_that_the_gateways_key_signed(
    tmp_path: Path, tamper: Callable[[Entries, st.DataObject], Entries], content: tuple[Any, ...], choice: st.DataObject
) -> None:
    made: list[tuple[Entries, Entries]] = []

    def sealed(entries: Entries) -> Entries:
        made.append((entries, tamper(entries, choice)))
        return made[0][1]

    package = replace(plan_of(content), sealed=sealed).write(tmp_path / "in")
    before, after = made[0]
    receiver, verifier = judged(package)
    if before == after:
        assert (receiver, verifier) == (None, None)
    elif verifier == "figures":  # what only the verifier looks at: no tampering of ours passes the receiver
        assert receiver is not None
    else:
        assert receiver == verifier
        assert receiver in {"archive", "statement", "entries", "contents", "rows", "acceptance-code"}


@pytest.mark.parametrize("tamper", [renamed, dropped, added, reordered, exchanged, changed])
@FEW
@given(content=CONTENT, choice=st.data())
def test_another_archive_in_the_inbox(
    tmp_path: Path, tamper: Callable[[Entries, st.DataObject], Entries], content: tuple[Any, ...], choice: st.DataObject
) -> None:
    """Even one who knows the passphrase and seals it anew can't put it under the old manifest."""
    kept: list[Entries] = []

    def sealed(entries: Entries) -> Entries:
        kept.append(entries)
        return entries

    package = replace(plan_of(content), sealed=sealed).write(tmp_path / "in")
    package.write_bytes(make_zip(tamper(kept[0], choice), PASSPHRASE))
    assert judged(package) == ("package-digest", "package-digest")


@FUZZ
@given(content=CONTENT, choice=st.data())
def test_any_bits_of_any_file(tmp_path: Path, content: tuple[Any, ...], choice: st.DataObject) -> None:
    package = plan_of(content).write(tmp_path / "in")
    ending = choice.draw(st.sampled_from([".zip", ".privacy.json", ".manifest.json", ".manifest.json.sig"]))
    path = package.with_name(RELEASE + ending)
    before = path.read_bytes()
    data = bytearray(before)
    for bit in choice.draw(st.sets(st.integers(0, len(data) * 8 - 1), min_size=1, max_size=8)):
        data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(data))
    if data.split() == before.split():
        return  # white space for white space in the armor is no change of the signature
    expected = {".zip": "package-digest", ".privacy.json": "privacy-certificate"}.get(ending, "manifest-signature")
    assert judged(package) == (expected, expected)


NAMESPACES = st.one_of(
    st.sampled_from([sshsig.RECEIPT, sshsig.APPROVAL, sshsig.CHECKPOINT, "file", "delivery-manifest2"]),
    st.from_regex(r"[a-z-]{1,30}", fullmatch=True).filter(lambda name: name != sshsig.MANIFEST),
)


@FUZZ
@given(content=CONTENT, namespace=NAMESPACES)
def test_a_manifest_signed_in_another_namespace(tmp_path: Path, content: tuple[Any, ...], namespace: str) -> None:
    package = replace(plan_of(content), namespace=namespace).write(tmp_path / "in")
    assert judged(package) == ("manifest-signature", "manifest-signature")


@FEW
@given(content=CONTENT, namespace=NAMESPACES.filter(lambda name: name != sshsig.APPROVAL))
def test_approvals_signed_in_another_namespace(tmp_path: Path, content: tuple[Any, ...], namespace: str) -> None:
    package = replace(plan_of(content), approval_namespace=namespace).write(tmp_path / "in")
    assert judged(package) == ("approvals", "approvals")


@FEW
@given(one=CONTENT, other=CONTENT)
def test_parts_of_two_packages_do_not_make_one(tmp_path: Path, one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    """Each file of a good package of the same release and key, put beside the others' of another sealing."""
    first, second = plan_of(one).write(tmp_path / "in"), plan_of(other).write(tmp_path / "other")
    for ending, refused_by in (
        (".zip", "package-digest"),
        (".privacy.json", "privacy-certificate"),
        (".manifest.json.sig", "manifest-signature"),
    ):
        path = first.with_name(RELEASE + ending)
        mine = path.read_bytes()
        shutil.copy(second.with_name(RELEASE + ending), path)
        if path.read_bytes() != mine:
            assert judged(first) == (refused_by, refused_by)
        path.write_bytes(mine)
    assert judged(first) == (None, None)


# ssh-keygen --------------------------------------------------------------------------------------------------------


class Keygen:
    """The real program with the exchange's allowed_signers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signers = folder / "allowed_signers"
        self.signers.write_text(ALLOWED_SIGNERS)
        self.keys: dict[bytes, Path] = {}
        for number, key in enumerate((GATEWAY, BUREAU, STEWARD_A, STEWARD_B)):
            self.keys[key] = folder / f"key-{number}"
            self.keys[key].write_bytes(key)
            self.keys[key].chmod(0o600)

    def sign(self, message: bytes, key: bytes, namespace: str) -> str:
        command = ["ssh-keygen", "-Y", "sign", "-q", "-f", str(self.keys[key]), "-n", namespace]
        return subprocess.run(command, input=message, capture_output=True, check=True).stdout.decode()

    def verifies(self, file: Path, who: str, namespace: str, message: bytes | None = None) -> bool:
        """``file`` with its signature beside it, as docs/bureau.md has the bureau do it."""
        command = ["ssh-keygen", "-Y", "verify", "-f", str(self.signers), "-I", who, "-n", namespace]
        command += ["-s", f"{file}.sig", "-O", f"verify-time={NOW:%Y%m%d%H%M%S}Z"]
        return subprocess.run(command, input=message or file.read_bytes(), capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def keygen(tmp_path_factory: pytest.TempPathFactory) -> Keygen:
    return Keygen(tmp_path_factory.mktemp("keygen"))


@FEW
@given(content=CONTENT)
@example(content=({"220300": 0}, b"", ""))
def test_ssh_keygen_accepts_our_manifests_and_receipts(
    tmp_path: Path, keygen: Keygen, content: tuple[Any, ...]
) -> None:
    package = plan_of(content).write(tmp_path / "in")
    bureau = Bureau(tmp_path / f"bureau-{next(_count)}")
    receipt = bureau.receive(package).receipt
    assert receipt is not None
    manifest = package.with_name(f"{RELEASE}.manifest.json")
    assert keygen.verifies(manifest, "gateway", sshsig.MANIFEST)
    assert keygen.verifies(receipt, RECIPIENT, sshsig.RECEIPT)
    for file, who, namespace in ((manifest, "gateway", sshsig.MANIFEST), (receipt, RECIPIENT, sshsig.RECEIPT)):
        assert not keygen.verifies(file, who, namespace, file.read_bytes() + b" ")
        assert not keygen.verifies(file, who, sshsig.CHECKPOINT)
        assert not keygen.verifies(file, "steward-a", namespace)


@FEW
@given(content=CONTENT)
def test_the_platform_accepts_a_receipt_that_ssh_keygen_signed(
    tmp_path: Path, keygen: Keygen, content: tuple[Any, ...]
) -> None:
    """The receipt itself is this release's; who signed it, and for what, is the program's word."""
    package = plan_of(content).write(tmp_path / "in")
    receipt = Bureau(tmp_path / f"bureau-{next(_count)}").receive(package).receipt
    assert receipt is not None
    data, manifest = receipt.read_bytes(), package.with_name(f"{RELEASE}.manifest.json").read_bytes()
    sent = Sent(release=RELEASE, package=beside(package.name, package.read_bytes()), manifest=manifest, code=CODE)
    signers = sshsig.read_allowed_signers(ALLOWED_SIGNERS)

    def judged_by_the_platform(key: bytes, namespace: str, text: bytes = data) -> Refusal | None:
        try:
            check_receipt(text, keygen.sign(text, key, namespace).encode(), "R1", sent, signers, NOW)
        except RefusedError as error:
            return error.refusal
        return None

    assert judged_by_the_platform(BUREAU, sshsig.RECEIPT) is None
    assert judged_by_the_platform(BUREAU, sshsig.MANIFEST) is Refusal.FORGED
    assert judged_by_the_platform(GATEWAY, sshsig.RECEIPT) is Refusal.FORGED
    other = data.replace(b'"package_sha256": "', b'"package_sha256": "0')
    assert judged_by_the_platform(BUREAU, sshsig.RECEIPT, other) is Refusal.CROSSED


@FEW
@given(content=CONTENT)
def test_we_accept_what_ssh_keygen_signs(tmp_path: Path, keygen: Keygen, content: tuple[Any, ...]) -> None:
    """Manifest and both approvals signed by the program; then refused when it signed for another purpose."""
    plan = plan_of(content)
    signed = plan.write(
        tmp_path / "in",
        sign=lambda message, key, namespace: keygen.sign(message, key, namespace),
    )
    assert judged(signed) == (None, None)
    manifest = signed.with_name(f"{RELEASE}.manifest.json")
    signature = keygen.sign(manifest.read_bytes(), GATEWAY, sshsig.CHECKPOINT)
    manifest.with_name(f"{manifest.name}.sig").write_text(signature)
    assert judged(signed) == ("manifest-signature", "manifest-signature")
