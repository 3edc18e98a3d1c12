"""A secret is private, and a sealed file opens whole, for its purpose, with its keyring, or not at all."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.keyring import Keyring


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring.create(tmp_path_factory.mktemp("keys") / "ring")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_secrets_belong_to_their_owner_alone(ring: Keyring) -> None:
    ring.put("sftp", b"secret")
    assert mode(ring.folder) == 0o700
    assert {mode(ring.path(name)) for name in ring.names()} == {0o600}


def test_a_keyring_that_comes_to_be_by_storing_is_private_too(tmp_path: Path) -> None:
    Keyring(tmp_path / "new").put("a", b"1")
    assert mode(tmp_path / "new") == 0o700


def test_creating_again_keeps_the_master_key(tmp_path: Path) -> None:
    first = Keyring.create(tmp_path / "ring").get("master")
    assert Keyring.create(tmp_path / "ring").get("master") == first


@pytest.mark.parametrize("loose", [0o640, 0o604, 0o660, 0o644, 0o602])
def test_a_secret_that_others_can_reach_is_refused(ring: Keyring, loose: int) -> None:
    ring.put("loose", b"secret")
    ring.path("loose").chmod(loose)
    with pytest.raises(ConfigurationError) as caught:
        ring.get("loose")
    assert "chmod 600" in str(caught.value.next)
    ring.remove("loose")


def test_storing_again_tightens_and_replaces(ring: Keyring) -> None:
    ring.put("key", b"old")
    ring.path("key").chmod(0o644)
    ring.put("key", b"new")
    assert (ring.get("key"), mode(ring.path("key"))) == (b"new", 0o600)


def test_missing_and_removed_secrets(ring: Keyring) -> None:
    ring.put("gone", b"x")
    ring.remove("gone")
    ring.remove("gone")
    assert not ring.has("gone")
    with pytest.raises(ConfigurationError):
        ring.get("gone")


def test_a_keyring_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert Keyring(tmp_path / "none").names() == []


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "../up", "a b", "密钥", "a\0b", "a\n"])
def test_a_name_cannot_leave_the_folder(ring: Keyring, name: str) -> None:
    with pytest.raises(ConfigurationError):
        ring.path(name)


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=4000), purpose=st.text(min_size=1, max_size=20))
def test_sealed_data_comes_back_whole_and_shows_nothing(ring: Keyring, data: bytes, purpose: str) -> None:
    sealed = ring.seal(data, purpose)
    assert ring.open_sealed(sealed, purpose) == data
    assert len(data) < 8 or data not in sealed[8:]  # behind the mark that says what it is
    assert ring.seal(data, purpose) != sealed


@settings(max_examples=300, deadline=None)
@given(change=st.data())
def test_any_change_to_a_sealed_file_is_found(ring: Keyring, change: st.DataObject) -> None:
    sealed = ring.seal(b"cells of a month", "cube")
    at = change.draw(st.integers(0, len(sealed) - 1))
    altered = bytearray(sealed)
    altered[at] ^= change.draw(st.integers(1, 255))
    for broken in (bytes(altered), sealed[:at], sealed + b"\0"):
        with pytest.raises(IntegrityError):
            ring.open_sealed(broken, "cube")


def test_a_sealed_file_is_bound_to_its_purpose_and_keyring(ring: Keyring, tmp_path: Path) -> None:
    sealed = ring.seal(b"data", "2026-10 cube")
    with pytest.raises(IntegrityError):
        ring.open_sealed(sealed, "2026-11 cube")
    with pytest.raises(IntegrityError):
        Keyring.create(tmp_path / "other").open_sealed(sealed, "2026-10 cube")


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(59), bytes(60), bytes(61)])
def test_a_wrapped_key_that_is_not_one_is_refused(ring: Keyring, wrapped: bytes) -> None:
    with pytest.raises(IntegrityError):
        ring.unwrap(wrapped, "cube")


def test_a_wrapped_key_comes_back(ring: Keyring) -> None:
    assert ring.unwrap(ring.wrap(bytes(range(32)), "cube"), "cube") == bytes(range(32))


def test_a_damaged_master_key_is_said_to_be_damaged(tmp_path: Path) -> None:
    broken = Keyring.create(tmp_path / "ring")
    broken.put("master", b"short")
    with pytest.raises(ConfigurationError):
        broken.seal(b"data", "cube")
