"""A secret wrapped for a person's SSH key: their key alone opens it, by our code and by the stock ``age``."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base import age, sshsig
from gateway.base.errors import ConfigurationError, IntegrityError

KEY = sshsig.generate_key()


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=200))
def test_what_is_wrapped_is_unwrapped(secret: bytes) -> None:
    assert age.unwrap(age.wrap(secret, sshsig.public_line(KEY)), KEY) == secret


def test_the_stock_command_opens_it(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.touch(mode=0o600)
    key.write_bytes(KEY)
    (tmp_path / "told.age").write_text(age.wrap(b"ABCD2345", sshsig.public_line(KEY)))
    command = ["age", "-d", "-i", str(key), str(tmp_path / "told.age")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"ABCD2345"


def test_another_key_does_not_open_it() -> None:
    wrapped = age.wrap(b"secret", sshsig.public_line(KEY))
    with pytest.raises(IntegrityError):
        age.unwrap(wrapped, sshsig.generate_key())


@pytest.mark.parametrize(
    "spoil", [lambda t: t.replace("A", "B", 40), lambda t: t[:-60], lambda t: "", lambda t: "x" * 99]
)
def test_what_was_changed_is_refused(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(IntegrityError):
        age.unwrap(spoil(age.wrap(b"secret", sshsig.public_line(KEY))), KEY)


@pytest.mark.parametrize("key", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ecdsa-sha2-nistp256 AAAA", "passphrase"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ConfigurationError):
        age.wrap(b"secret", key)
    with pytest.raises(ConfigurationError):
        age.unwrap(age.HEAD, key.encode())
