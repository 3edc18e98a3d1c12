"""The verifier's own reading of OpenSSH signatures agrees with ssh-keygen, and with what the gateway reads."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.base import sshsig
from gateway.base.errors import GatewayError
from gateway.verifier.report import Problem
from gateway.verifier.signatures import signer, trusted_keys

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
KEY = sshsig.generate_key()
PUBLIC = sshsig.public_line(KEY)
SIGNED = sshsig.sign(b"content", KEY, "n")


def ours(armored: str, signers: str, message: bytes = b"content", namespace: str = "n") -> bool:
    try:
        signer(message, armored, namespace, trusted_keys(signers), NOW)
    except Problem:
        return False
    return True


def base(armored: str, signers: str, message: bytes = b"content", namespace: str = "n") -> bool:
    try:
        sshsig.verify(message, armored, namespace, sshsig.read_allowed_signers(signers), NOW)
    except GatewayError:
        return False
    return True


@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
def test_what_ssh_keygen_signs_is_accepted(tmp_path: Path, hash_name: str) -> None:
    (tmp_path / "key").write_bytes(KEY)
    (tmp_path / "key").chmod(0o600)
    command = ["ssh-keygen", "-Y", "sign", "-q", "-f", str(tmp_path / "key"), "-n", "n", "-O", f"hashalg={hash_name}"]
    theirs = subprocess.run(command, input=b"content", capture_output=True, check=True).stdout.decode()
    assert ours(theirs, f'me namespaces="n" {PUBLIC}')


@pytest.mark.parametrize(
    "options",
    [
        "",
        'namespaces="n"',
        'namespaces="m,n"',
        'namespaces="?"',
        'namespaces="*"',
        'namespaces="*,!n"',
        'namespaces="[n]"',
        'namespaces=""',
        'namespaces="m"',
        'namespaces="n",namespaces="m"',
        'namespaces="n",valid-after="20261103"',
        'namespaces="n",valid-after="20261104"',
        'namespaces="n",valid-before="20261103"',
        'namespaces="n",valid-before="20261103165959"',
        'namespaces="n",valid-before="202611031701"',
        'namespaces="n",valid-before="202611030900Z"',
        'namespaces="n",valid-before="20261103090001Z"',
        'namespaces="n",valid-before="20261399"',
        'namespaces="n",valid-before="2026"',
        'namespaces="n",',
        'namespaces="n"valid-before="20301231"',
        'cert-authority,namespaces="n"',
        "cert-authority",
    ],
)
def test_both_readers_judge_a_line_alike(options: str) -> None:
    signers = f"me {options} {PUBLIC} comment here\n"
    if options == 'namespaces="n",':
        assert not ours(SIGNED, signers)  # a comma with nothing behind it: the stricter of the two
        return
    assert ours(SIGNED, signers) == base(SIGNED, signers)


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(SIGNED) - 1), byte=st.integers(1, 255))
@example(at=len(SIGNED) - 1, byte=1)
@example(at=SIGNED.index("\n", 60), byte=ord("\n") ^ ord("\r"))
def test_what_the_verifier_accepts_the_gateway_accepts(at: int, byte: int) -> None:
    raw = bytearray(SIGNED.encode())
    raw[at] ^= byte
    changed = raw.decode("latin-1")
    signers = f'me namespaces="n" {PUBLIC}'
    assert base(changed, signers) or not ours(changed, signers)


@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_anything_else_is_refused_without_a_crash(text: str) -> None:
    assert not ours(text, f'me namespaces="n" {PUBLIC}')
    assert not ours(SIGNED, text)


def test_another_namespace_or_content_is_refused() -> None:
    signers = f'me namespaces="n,m" {PUBLIC}'
    assert ours(SIGNED, signers)
    assert not ours(SIGNED, signers, namespace="m")
    assert not ours(SIGNED, signers, message=b"content ")
