"""Text written in another alphabet: URL escapes, HTML and JavaScript character references, base64, hexadecimal."""

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from gateway.privacy.views import View, build

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{11,}={0,2}")

_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0[xX])?((?:[0-9A-Fa-f]{2}){7,})(?![0-9A-Za-z])")


def _percent(token: str) -> str | None:
    return _text(unquote_to_bytes(token))


def _reference(token: str) -> str | None:
    return html.unescape(token)


def _backslash(token: str) -> str | None:
    return "".join(chr(int(code[2:], 16)) for code in re.findall(r"\\[ux][0-9A-Fa-f]+", token))


def _base64(token: str) -> str | None:
    body = token.rstrip("=").translate(str.maketrans("-_", "+/"))
    if len(body) % 4 == 1:
        return None
    try:
        return _text(base64.b64decode(body + "=" * (-len(body) % 4)))
    except binascii.Error:
        return None


def _hex(token: str) -> str | None:
    return _text(bytes.fromhex(token.removeprefix("0x").removeprefix("0X")))


def _text(data: bytes) -> str | None:
    """``data`` as UTF-8 if it is visible text."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if text and all(c.isprintable() or c in "\t\r\n" for c in text) else None


_CODINGS: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = (
    (re.compile(r"(?:%[0-9A-Fa-f]{2})+"), _percent),
    (re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});"), _reference),
    (re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2})+"), _backslash),
    (_BASE64, _base64),
    (_HEX, _hex),
)


def decoded(view: View) -> Iterator[View]:
    """One view for each coding that occurs, decoded where it does; a decoded run stands for its whole token."""
    for pattern, decode in _CODINGS:
        found = [(m.start(), m.end(), text) for m in pattern.finditer(view.text) if (text := decode(m[0]))]
        if found:
            yield build(_replaced(view, found))


def _replaced(view: View, found: list[tuple[int, int, str]]) -> Iterator[tuple[str, int, int]]:
    position = 0
    for start, end, text in found:
        for i in range(position, start):
            yield view.text[i], *view.place(i)
        yield text, *view.span(start, end)
        position = end
    for i in range(position, len(view.text)):
        yield view.text[i], *view.place(i)
