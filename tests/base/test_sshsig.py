"""Our signatures are OpenSSH's: each side accepts the other's, and refuses what the other refuses."""

import base64
import contextlib
import struct
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.base import sshsig
from gateway.base.errors import ConfigurationError, GatewayError, IntegrityError

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
KEY = sshsig.generate_key()
OTHER = sshsig.generate_key()
SIGNERS = sshsig.read_allowed_signers(f'gateway namespaces="delivery-manifest" {sshsig.public_line(KEY)}\n')
SIGNED = sshsig.sign(b"content", KEY, sshsig.MANIFEST)


class Keygen:
    """The real program, with one key and one allowed_signers file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "key"
        self.key.write_bytes(KEY)
        self.key.chmod(0o600)
        self.signers = folder / "allowed_signers"
        self.signers.write_text(f'gateway namespaces="delivery-*" {sshsig.public_line(KEY)}\n')

    def sign(self, message: bytes, namespace: str, *extra: str) -> str:
        command = ["ssh-keygen", "-Y", "sign", "-q", "-f", str(self.key), "-n", namespace]
        return subprocess.run([*command, *extra], input=message, capture_output=True, check=True).stdout.decode()

    def verifies(self, message: bytes, armored: str, namespace: str, *extra: str) -> bool:
        signature = self.folder / "signature"
        signature.write_text(armored)
        command = ["ssh-keygen", "-Y", "verify", "-f", str(self.signers), "-I", "gateway", "-n", namespace]
        done = subprocess.run([*command, "-s", str(signature), *extra], input=message, capture_output=True)
        return done.returncode == 0


@pytest.fixture(scope="module")
def keygen(tmp_path_factory: pytest.TempPathFactory) -> Keygen:
    return Keygen(tmp_path_factory.mktemp("keygen"))


@settings(max_examples=25, deadline=None)
@given(message=st.binary(max_size=5000), namespace=st.sampled_from([sshsig.MANIFEST, sshsig.RECEIPT]))
@example(message=b"", namespace=sshsig.MANIFEST)
def test_each_side_makes_the_same_bytes_and_accepts_them(keygen: Keygen, message: bytes, namespace: str) -> None:
    ours = sshsig.sign(message, KEY, namespace)
    assert ours == keygen.sign(message, namespace)
    assert keygen.verifies(message, ours, namespace)
    signers = sshsig.read_allowed_signers(keygen.signers.read_text())
    assert sshsig.verify(message, ours, namespace, signers, NOW).principal == "gateway"


@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
def test_a_signature_by_ssh_keygen_with_either_hash_is_accepted(keygen: Keygen, hash_name: str) -> None:
    theirs = keygen.sign(b"content", sshsig.MANIFEST, "-O", f"hashalg={hash_name}")
    assert sshsig.verify(b"content", theirs, sshsig.MANIFEST, SIGNERS, NOW).principal == "gateway"


def test_fingerprint_is_what_ssh_keygen_prints(keygen: Keygen) -> None:
    printed = subprocess.run(["ssh-keygen", "-lf", str(keygen.key)], capture_output=True, check=True).stdout.decode()
    assert sshsig.fingerprint(sshsig.public_line(KEY)) == printed.split()[1]


def test_a_signature_of_another_namespace_is_refused_by_both(keygen: Keygen) -> None:
    receipt = sshsig.sign(b"content", KEY, sshsig.RECEIPT)
    assert not keygen.verifies(b"content", receipt, sshsig.MANIFEST)
    with pytest.raises(IntegrityError, match=r"another purpose|用途"):
        sshsig.verify(b"content", receipt, sshsig.MANIFEST, SIGNERS, NOW)


@settings(max_examples=60, deadline=None)
@given(message=st.binary(max_size=200))
def test_only_the_signed_message_fits(message: bytes) -> None:
    if message == b"content":
        return
    with pytest.raises(IntegrityError):
        sshsig.verify(message, SIGNED, sshsig.MANIFEST, SIGNERS, NOW)


@pytest.mark.parametrize(
    ("options", "accepted"),
    [
        ('namespaces="delivery-manifest"', True),
        ('namespaces="ledger-checkpoint,delivery-manifest"', True),
        ('namespaces="delivery-*"', True),
        ('namespaces="delivery-receipt"', False),
        ('namespaces=""', False),
        ("", False),  # OpenSSH would accept: here what a key may sign is stated, never implied
        ('namespaces="delivery-manifest",valid-after="20261103"', True),
        ('namespaces="delivery-manifest",valid-after="20261104"', False),
        ('namespaces="delivery-manifest",valid-before="20261104"', True),
        ('namespaces="delivery-manifest",valid-before="20261103"', False),
        # NOW is 09:00 UTC, that is 17:00 in Shanghai
        ('namespaces="delivery-manifest",valid-before="202611031000Z"', True),
        ('namespaces="delivery-manifest",valid-before="202611030900Z"', False),
        ('namespaces="delivery-manifest",valid-before="20261103170001"', True),
        ('namespaces="delivery-manifest",valid-after="202611031701"', False),
    ],
)
def test_who_may_sign_what_and_when(options: str, accepted: bool) -> None:
    signers = sshsig.read_allowed_signers(f"# keys\n\ngateway {options} {sshsig.public_line(KEY)} comment\n")
    if accepted:
        assert sshsig.verify(b"content", SIGNED, sshsig.MANIFEST, signers, NOW).principal == "gateway"
    else:
        with pytest.raises(IntegrityError, match=r"may not sign|无权"):
            sshsig.verify(b"content", SIGNED, sshsig.MANIFEST, signers, NOW)


def test_times_mean_what_they_mean_to_ssh_keygen(keygen: Keygen) -> None:
    line = f'gateway namespaces="delivery-manifest",valid-before="20261103Z" {sshsig.public_line(KEY)}\n'
    keygen.signers.write_text(line)
    signer = sshsig.read_allowed_signers(line)[0]
    for moment in (datetime(2026, 11, 2, 23, 59, tzinfo=UTC), datetime(2026, 11, 3, 0, 1, tzinfo=UTC)):
        theirs = keygen.verifies(b"content", SIGNED, sshsig.MANIFEST, "-O", f"verify-time={moment:%Y%m%d%H%M%S}Z")
        assert (signer.problem(sshsig.MANIFEST, moment) is None) == theirs


def test_a_rotated_key_is_accepted_by_the_line_that_is_valid_now() -> None:
    public = sshsig.public_line(KEY)
    signers = sshsig.read_allowed_signers(
        f'old namespaces="delivery-manifest",valid-before="20260101" {public}\n'
        f'new namespaces="delivery-manifest",valid-after="20260101" {public}\n'
    )
    assert sshsig.verify(b"content", SIGNED, sshsig.MANIFEST, signers, NOW).principal == "new"
    assert sshsig.verify(b"content", SIGNED, sshsig.MANIFEST, signers, NOW - timedelta(days=600)).principal == "old"


def test_an_unlisted_key_is_refused_by_fingerprint() -> None:
    forged = sshsig.sign(b"content", OTHER, sshsig.MANIFEST)
    with pytest.raises(IntegrityError) as caught:
        sshsig.verify(b"content", forged, sshsig.MANIFEST, SIGNERS, NOW)
    assert sshsig.fingerprint(sshsig.public_line(OTHER)) in str(caught.value)


@settings(max_examples=400, deadline=None)
@given(at=st.integers(0, len(SIGNED) - 1), byte=st.integers(1, 255))
def test_a_changed_character_is_refused_or_changes_nothing(at: int, byte: int) -> None:
    raw = bytearray(SIGNED.encode())
    raw[at] ^= byte
    changed = raw.decode("latin-1")
    try:
        signer = sshsig.verify(b"content", changed, sshsig.MANIFEST, SIGNERS, NOW)
    except GatewayError:
        return
    assert signer.principal == "gateway"
    assert _body(changed) == _body(SIGNED)  # only line ends and the spare bits of the last base64 digit carry nothing


def test_between_the_lines_stand_blanks_and_nothing_else() -> None:
    """Of all characters that a text might break at only those of a line's end, blank and tab are passed over."""
    taken = set()
    for code in range(256):
        with contextlib.suppress(IntegrityError):
            sshsig.verify(b"content", SIGNED.replace("\n", chr(code)), sshsig.MANIFEST, SIGNERS, NOW)
            taken.add(chr(code))
        with contextlib.suppress(IntegrityError):
            sshsig.verify(b"content", SIGNED.replace("\n", chr(code) + "\n"), sshsig.MANIFEST, SIGNERS, NOW)
            taken.add(chr(code))
    assert taken == set(" \t\r\n")


def _body(armored: str) -> bytes:
    return base64.b64decode("".join(line.strip() for line in armored.strip().splitlines()[1:-1]))


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.text(), st.binary(max_size=300).map(lambda b: _armor(b)), st.just(SIGNED[:-40])))
def test_anything_else_is_refused_without_a_crash(text: str) -> None:
    with pytest.raises(IntegrityError):
        sshsig.verify(b"content", text, sshsig.MANIFEST, SIGNERS, NOW)


@settings(max_examples=300, deadline=None)
@given(
    key_kind=st.sampled_from([b"ssh-ed25519", b"ssh-rsa", b""]),
    key=st.integers(0, 40).map(bytes),
    reserved=st.sampled_from([b"", b"x"]),
    hash_name=st.sampled_from([b"sha512", b"sha256", b"md5", b"\xff"]),
    kind=st.sampled_from([b"ssh-ed25519", b"rsa-sha2-512"]),
    raw=st.integers(0, 80).map(bytes),
    version=st.sampled_from([0, 1, 2]),
    tail=st.sampled_from([b"", b"\0"]),
)
def test_a_wellformed_frame_with_wrong_parts_is_refused(
    key_kind: bytes, key: bytes, reserved: bytes, hash_name: bytes, kind: bytes, raw: bytes, version: int, tail: bytes
) -> None:
    fields = [_s(key_kind) + _s(key), b"delivery-manifest", reserved, hash_name, _s(kind) + _s(raw)]
    body = b"SSHSIG" + struct.pack(">I", version) + b"".join(_s(field) for field in fields) + tail
    with pytest.raises(IntegrityError):
        sshsig.verify(b"content", _armor(body), sshsig.MANIFEST, SIGNERS, NOW)


def _s(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _armor(body: bytes) -> str:
    text = base64.b64encode(body).decode()
    return f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n"


GOOD = sshsig.public_line(KEY)


@pytest.mark.parametrize(
    "line",
    [
        "gateway",
        GOOD,  # no principal
        "gateway ssh-rsa AAAA",
        "gateway ssh-ed25519",
        "gateway ssh-ed25519 %%%%",
        "gateway ssh-ed25519 AAAA",
        f"gateway {GOOD[:-4]}",
        f"gateway cert-authority {GOOD}",
        f'gateway namespaces="a,b {GOOD}',
        f'gateway namespaces="a"valid-after="20260101" {GOOD}',
        f'gateway namespaces="a",namespaces="b" {GOOD}',  # ssh-keygen refuses it too; the last must not win
        f'gateway namespaces="*,!delivery-manifest" {GOOD}',  # a negation misread would allow what is forbidden
        f'gateway namespaces="[d]elivery" {GOOD}',
        f'gateway valid-after="2026" {GOOD}',
        f'gateway valid-after="20261399" {GOOD}',
        f'gateway valid-after="abcdefgh" {GOOD}',
        f'gateway valid-after="20260101ZZ" {GOOD}',
        f'gateway valid-after="２０２６０１０１" {GOOD}',
    ],
    ids=lambda line: line.replace(GOOD, "KEY").replace(GOOD[:-4], "CUT"),  # the key is new in every process
)
def test_a_line_that_is_not_understood_stops_everything(line: str) -> None:
    with pytest.raises(ConfigurationError):
        sshsig.read_allowed_signers(f'first namespaces="a" {GOOD}\n{line}\n')


@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ConfigurationError):
        sshsig.read_allowed_signers(text)


def test_private_keys_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    for name, kind, phrase in (("locked", "ed25519", "phrase"), ("rsa", "rsa", "")):
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", phrase, "-f", str(tmp_path / name)], check=True)
        with pytest.raises(ConfigurationError):
            sshsig.sign(b"content", (tmp_path / name).read_bytes(), sshsig.MANIFEST)
    with pytest.raises(ConfigurationError):
        sshsig.sign(b"content", b"", sshsig.MANIFEST)


def test_a_key_made_by_ssh_keygen_signs(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "k")], check=True)
    private = (tmp_path / "k").read_bytes()
    assert sshsig.public_line(private).split()[:2] == (tmp_path / "k.pub").read_text().split()[:2]
    signers = sshsig.read_allowed_signers(f'me namespaces="x" {sshsig.public_line(private)}')
    assert sshsig.verify(b"m", sshsig.sign(b"m", private, "x"), "x", signers, NOW).principal == "me"
