"""A package's passphrase and its acceptance code (验收码), from randomness that is passed in."""

import base64
import re
from collections.abc import Callable

from gateway.base.canonical import digest
from gateway.base.errors import ConfigurationError, IntegrityError

Randomness = Callable[[int], bytes]
"""So many random bytes, e.g. ``secrets.token_bytes``."""

PASSPHRASE_BYTES = 15
"""120 bits: ZIP's key derivation is cheap to guess against (1000 rounds of PBKDF2-SHA1), so the passphrase is not."""

_PASSPHRASE = re.compile(r"[A-Z2-7]{24}")
_CODE = re.compile(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}")


def new_passphrase(randomness: Randomness) -> str:
    """24 base32 characters, 120 bits; one per package. Raises ConfigurationError for a source that falls short."""
    return base64.b32encode(_drawn(randomness, PASSPHRASE_BYTES)).decode()


def new_acceptance_code(randomness: Randomness) -> str:
    """``ABCD-EFGH-2345``: 60 bits that only someone who opened the package can say back."""
    text = base64.b32encode(_drawn(randomness, 8)).decode()[:12]
    return "-".join(text[at : at + 4] for at in (0, 4, 8))


def is_passphrase(text: str) -> bool:
    """Whether ``text`` has the form of a passphrase."""
    return _PASSPHRASE.fullmatch(text) is not None


def acceptance_file(code: str) -> bytes:
    """The bytes of ``acceptance.txt``. Raises IntegrityError for anything but a code."""
    return _checked(code).encode() + b"\n"


def read_acceptance(data: bytes) -> str:
    """The code in ``acceptance.txt``. Raises IntegrityError."""
    return _checked(data.decode("ascii", errors="replace").removesuffix("\n"))


def acceptance_digest(code: str) -> str:
    """SHA-256 of the code's ASCII bytes without line end: what the manifest tells of it. Raises IntegrityError."""
    return digest(_checked(code).encode())


def _checked(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise IntegrityError("验收码格式不正确", "the acceptance code is malformed")
    return code


def _drawn(randomness: Randomness, size: int) -> bytes:
    drawn = randomness(size)
    if len(drawn) != size:
        raise ConfigurationError("随机数来源没有给出足够的字节", "the source of randomness gave too few bytes")
    return drawn
