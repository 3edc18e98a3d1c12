"""What ``sshsig`` and the verifier use of ``cryptography``: Ed25519 keys, OpenSSH's private key files (PROTOCOL.key).

The names are the library's, because the same code is to run on both."""

import base64
from enum import Enum

from gateway.kit.pure import ed25519

_MAGIC = b"openssh-key-v1\0"
_HEAD, _FOOT = "-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"


class InvalidSignature(Exception):  # noqa: N818 - the library's name
    """A signature does not hold."""


class UnsupportedAlgorithm(Exception):  # noqa: N818 - the library's name
    """A key of another kind."""


class Encoding(Enum):
    """How keys are written."""

    PEM, OpenSSH, Raw = range(3)


class PublicFormat(Enum):
    """How public keys are written."""

    OpenSSH, Raw = range(2)


class PrivateFormat(Enum):
    """How private keys are written."""

    OpenSSH = 0


class NoEncryption:
    """Of a private key."""


def packed(data: bytes) -> bytes:
    """A string of RFC 4251."""
    return len(data).to_bytes(4, "big") + data


class Ed25519PublicKey:
    """A public key."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def from_public_bytes(cls, data: bytes) -> "Ed25519PublicKey":
        """From its 32 bytes."""
        return cls(data)

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raises InvalidSignature."""
        if not ed25519.verify(self._raw, data, signature):
            raise InvalidSignature

    def public_bytes(self, encoding: Encoding, format: PublicFormat) -> bytes:
        """Its 32 bytes, or its line in OpenSSH's format."""
        if encoding is Encoding.Raw and format is PublicFormat.Raw:
            return self._raw
        return b"ssh-ed25519 " + base64.b64encode(packed(b"ssh-ed25519") + packed(self._raw))


class Ed25519PrivateKey:
    """A private key."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, data: bytes) -> bytes:
        """The signature."""
        return ed25519.sign(self._secret, data)

    def public_key(self) -> Ed25519PublicKey:
        """Its public half."""
        return Ed25519PublicKey(ed25519.public_key(self._secret))


def load_ssh_private_key(data: bytes, password: None) -> Ed25519PrivateKey:
    """The key in ``data``. Raises ValueError for what is none, TypeError for one that wants a passphrase."""
    text = data.decode("ascii").strip()
    if not text.startswith(_HEAD) or not text.endswith(_FOOT):
        raise ValueError("not a private key in OpenSSH's format")
    blob = base64.b64decode("".join(text[len(_HEAD) : -len(_FOOT)].split()), validate=True)
    if not blob.startswith(_MAGIC):
        raise ValueError("not a private key in OpenSSH's format")
    cipher, rest = _string(blob[len(_MAGIC) :])
    _, rest = _string(rest)
    _, rest = _string(rest)
    if cipher != b"none":
        raise TypeError("the key is encrypted")
    _, rest = _string(rest[4:])
    private, _ = _string(rest)
    if private[:4] != private[4:8]:
        raise ValueError("the key is damaged")
    kind, rest = _string(private[8:])
    _, rest = _string(rest)
    secret, _ = _string(rest)
    if kind != b"ssh-ed25519" or len(secret) != 64:
        raise ValueError("not an Ed25519 key")
    return Ed25519PrivateKey(secret[:32])


def _string(data: bytes) -> tuple[bytes, bytes]:
    """The string at the beginning of ``data``, and what follows it."""
    length = int.from_bytes(data[:4], "big")
    if len(data) < 4 + length:
        raise ValueError("cut off")
    return data[4 : 4 + length], data[4 + length :]
