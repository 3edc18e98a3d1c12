"""Mail addresses in disguise: (at) and [dot], blanks around the signs, 艾特 and 点.

All candidates of a text stand in one view, a line each, as plain addresses."""

import re
from collections.abc import Iterator

from gateway.privacy.views import View, build

_AT = r" ?(?:@|[(\[{<] ?(?:at|@|艾特) ?[)\]}>]|艾特|#)|(?<= )(?:at)(?= )"
_DOT = r" ?(?:[.。]|[(\[{<] ?(?:dot|点|\.) ?[)\]}>]|点)| dot(?= )"
_ENDS = "com|cn|net|org|edu|gov|hk|tw|mo|me|io|cc|co|info|biz|vip|top|xyz|tv|de|uk|jp|kr|ru|fr|us"
_LABEL = r"[A-Za-z0-9_%+-]{1,63}"
_SPOKEN = re.compile(
    rf"(?<![A-Za-z0-9._%+-])(?P<user>{_LABEL}(?:(?:{_DOT}) ?{_LABEL}){{0,4}}) ?(?P<at>{_AT}) ?"
    rf"(?P<host>{_LABEL}(?:(?:{_DOT}) ?{_LABEL}){{0,4}}(?:{_DOT}) ?(?:{_ENDS}))(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SIGN = re.compile(rf"(?P<dot>{_DOT})| ", re.IGNORECASE)
_USUAL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
_HINT = re.compile(r"@|#|艾特|(?i:\bat\b)")


def spoken(view: View) -> Iterator[View]:
    """One view of all candidates that are not written in the usual way, or none."""
    if not _HINT.search(view.text):
        return
    found = [match for match in _SPOKEN.finditer(view.text) if not _USUAL.fullmatch(match[0])]
    if found:
        yield build(piece for match in found for piece in _address(view, match))


def _address(view: View, match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    yield from _part(view, match, "user")
    yield "@", *view.span(*match.span("at"))
    yield from _part(view, match, "host")
    end = view.place(match.end() - 1)[1]
    yield "\n", end, end


def _part(view: View, match: re.Match[str], name: str) -> Iterator[tuple[str, int, int]]:
    position, end = match.span(name)
    while position < end:
        sign = _SIGN.match(view.text, position, end)
        if sign is None:
            yield view.text[position], *view.place(position)
            position += 1
            continue
        if sign["dot"]:
            yield ".", *view.span(sign.start(), sign.end())
        position = sign.end()
