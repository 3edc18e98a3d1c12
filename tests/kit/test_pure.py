"""What the kit has in plain Python does what the libraries do, over random inputs and published vectors."""

import hashlib
import io

import pytest
import pyzipper
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base import sshsig
from gateway.kit.pure import aes, ed25519, keys, zips
from gateway.kit.pure.sm3 import Sm3
from tests.package_factory import make_zip

FUZZ = settings(max_examples=60, deadline=None)


@FUZZ
@given(secret=st.binary(min_size=32, max_size=32), message=st.binary(max_size=300), choice=st.data())
def test_ed25519_signs_and_verifies_as_the_library(secret: bytes, message: bytes, choice: st.DataObject) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = private.sign(message)
    assert ed25519.public_key(secret) == public
    assert ed25519.sign(secret, message) == signature
    assert ed25519.verify(public, message, signature)
    changed = bytearray(signature + public + message)
    at = choice.draw(st.integers(0, len(changed) - 1))
    changed[at] ^= 1 << choice.draw(st.integers(0, 7))
    parts = bytes(changed[64:96]), bytes(changed[96:]), bytes(changed[:64])
    assert ed25519.verify(*parts) == library(*parts) is False


def library(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_a_signature_with_s_beyond_the_order_is_refused() -> None:
    """RFC 8032, 5.1.7: else one signature could be written in two ways."""
    secret = bytes(range(32))
    signature = ed25519.sign(secret, b"m")
    s = int.from_bytes(signature[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    other = signature[:32] + s.to_bytes(32, "little")
    public = ed25519.public_key(secret)
    assert not ed25519.verify(public, b"m", other)
    assert not ed25519.verify(public, b"m", signature[:63])
    assert not ed25519.verify(b"\xff" * 32, b"m", signature)


@FUZZ
@given(key=st.binary(min_size=32, max_size=32), data=st.binary(max_size=200))
def test_aes_in_counter_mode_is_the_librarys(key: bytes, data: bytes) -> None:
    blocks = (len(data) + 15) // 16
    counters = b"".join(number.to_bytes(16, "little") for number in range(1, blocks + 1))
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    stream = encryptor.update(counters)
    assert aes.counter_mode(key, data) == bytes(one ^ other for one, other in zip(data, stream, strict=False))


@FUZZ
@given(parts=st.lists(st.binary(max_size=200), max_size=4))
def test_sm3_is_openssls(parts: list[bytes]) -> None:
    ours = Sm3()
    for part in parts:
        ours.update(part)
    assert ours.hexdigest() == hashlib.new("sm3", b"".join(parts)).hexdigest()


def test_sm3_of_the_standards_example() -> None:
    """GB/T 32905-2016, A.1."""
    assert Sm3(b"abc").hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_private_keys_are_read_as_the_library_reads_them() -> None:
    for _ in range(5):
        data = sshsig.generate_key()
        theirs = load_ssh_private_key(data, None).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        ours = keys.load_ssh_private_key(data, None).public_key()
        assert ours.public_bytes(keys.Encoding.OpenSSH, keys.PublicFormat.OpenSSH) == theirs
    for broken in (b"", b"hello", data[:-40], data.replace(b"OPENSSH", b"RSA")):
        with pytest.raises(ValueError, match=r"."):
            keys.load_ssh_private_key(broken, None)


@FUZZ
@given(contents=st.lists(st.binary(max_size=3000), min_size=1, max_size=4), wrong=st.booleans())
def test_zips_are_read_as_the_library_reads_them(contents: list[bytes], wrong: bool) -> None:
    entries = [(f"{number:02}.csv", data) for number, data in enumerate(contents)]
    data = make_zip(entries, "PASSPHRASE")
    with zips.AESZipFile(io.BytesIO(data)) as archive:
        archive.setpassword(b"OTHER" if wrong else b"PASSPHRASE")
        for info, (name, plain) in zip(archive.infolist(), entries, strict=True):
            assert info.filename == name
            if wrong:
                with pytest.raises((RuntimeError, zips.BadZipFile)):
                    archive.open(info)
            else:
                assert archive.open(info).read() == plain


def test_a_changed_byte_of_an_entry_is_found_by_both() -> None:
    data = bytearray(make_zip([("01.csv", bytes(range(256)) * 8)], "PASSPHRASE"))
    data[60] ^= 1
    for library_, broken in ((zips, zips.BadZipFile), (pyzipper, pyzipper.BadZipFile)):
        with library_.AESZipFile(io.BytesIO(bytes(data))) as archive:
            archive.setpassword(b"PASSPHRASE")
            info = archive.infolist()[0]
            with pytest.raises((broken, RuntimeError)):
                archive.open(info).read()
