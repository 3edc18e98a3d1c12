"""Tokens that are not identifiers by their shape: digests, times, release numbers, acceptance codes.

Only whole tokens are masked, never a file or a field; a digest-shaped token that carries a resident ID with a valid
check digit is not masked. Masked characters become one private-use character, so that nothing matches across them."""

import re

from gateway.privacy.checks import resident_id
from gateway.privacy.views import View

MASK = "\ue000"
_EDGE, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_DATE = r"20[1-9][0-9]-(?:0[1-9]|1[0-2])"
_TIME = r"[0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:\.[0-9]{1,9})?)?(?:Z|[+-][0-1][0-9]:?[0-5][0-9])?"

SHAPES = {
    # SHA-512/384/256/224, SM3, SHA-1, MD5 in hex: both letters and digits occur
    "digest": rf"{_EDGE}(?:{'|'.join(f'[0-9a-f]{{{n}}}' for n in (128, 96, 64, 56, 40, 32))}){_END}",
    "uuid": rf"{_EDGE}[0-9A-Fa-f]{{8}}-(?:[0-9A-Fa-f]{{4}}-){{3}}[0-9A-Fa-f]{{12}}{_END}",
    # ISO 8601 from 2010 on: no birth date of a person who may work
    "time": rf"(?<![0-9]){_DATE}-(?:0[1-9]|[12][0-9]|3[01])[T ]{_TIME}(?![0-9])",
    "date": rf"(?<![0-9])(?<![0-9]-){_DATE}(?:-(?:0[1-9]|[12][0-9]|3[01]))?(?![0-9])(?!-[0-9])",
    "release": rf"{_EDGE}LGTJ_[0-9]{{6}}_[A-Z0-9]{{1,16}}_20[0-9]{{4}}_(?:M|A[0-9]{{2}})_R[0-9]{{2}}{_END}",
    # 12 base32 characters in groups of four (RFC 4648 alphabet has no 0, 1, 8, 9)
    "acceptance": r"(?<![0-9A-Za-z-])[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}(?![0-9A-Za-z-])",
    # key and algorithm names of OpenSSH look like mail addresses
    "openssh": r"(?<![A-Za-z0-9._%+-])[a-z0-9][a-z0-9-]{0,63}+@(?:openssh\.com|libssh\.org)",
}
_ANY = re.compile("|".join(f"(?P<{name}>{shape})" for name, shape in SHAPES.items()))
_INNER_ID = re.compile(r"(?=([0-9]{17}[0-9Xx]))")


def masked(view: View) -> View:
    """``view`` with its harmless tokens made unreadable, character by character: places stay."""
    text = _ANY.sub(_mask, view.text)
    return view if text == view.text else View(text, *_places(view))


def _places(view: View) -> tuple[tuple[int, ...], tuple[int, ...]] | tuple[None, None]:
    return (None, None) if view.starts is None or view.ends is None else (view.starts, view.ends)


def _mask(match: re.Match[str]) -> str:
    token = match[0]
    if match.lastgroup == "digest" and not _is_digest(token):
        return token
    return MASK * len(token)


def _is_digest(token: str) -> bool:
    """Letters make up about 3/8 of a digest; one with fewer than a sixth is something else written in digits."""
    letters = sum(c.isalpha() for c in token)
    hidden = any(resident_id(m[1]) for m in _INNER_ID.finditer(token))
    return letters * 6 >= len(token) and letters < len(token) and not hidden
