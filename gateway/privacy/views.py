"""Ways to read a text: each view is another spelling of it in which every character knows its place in the original.

A view may be shorter, longer or in pieces; what is found in it maps back by :meth:`View.span`. Evasions are undone
here, once, so that a recognizer only ever sees plain digits and letters."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

CUT = "\ue001"
"""Stands in a view where a run of Chinese was cut off: what follows is no whole run."""

_KEPT = "\t\n\r"
_DROPPED = frozenset({"Cf", "Cc", "Mn", "Me", "Co", "Cs", "Cn"})
_LOOKALIKES = str.maketrans(
    # Cyrillic and Greek letters that are drawn like Latin ones or digits (Unicode TR 39, confusables)
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухЗзбΑΒΕΖΗΙΚΜΝΟΡΤΥΧοιυ",
    "ABESIJKMHOPCTYXaesijopcyx336ABEZHIKMNOPTYXoiu",
)
_PLAIN = re.compile(r"[\t\n\r\x20-\x7e\u3001-\u3017\u4e00-\u9fff]*")


@dataclass(frozen=True, slots=True)
class View:
    """``text`` with, for each of its characters, where it starts and ends in the original; None: it is the original."""

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` lies in the original."""
        if self.starts is None or self.ends is None:
            return start, end
        return min(self.starts[start:end]), max(self.ends[start:end])

    def place(self, index: int) -> tuple[int, int]:
        """Where one character lies in the original."""
        if self.starts is None or self.ends is None:
            return index, index + 1
        return self.starts[index], self.ends[index]


def build(pieces: Iterator[tuple[str, int, int]]) -> View:
    """A view of (text, start, end) pieces: every character of a piece stands for the whole of its original span."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in pieces:
        text.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
    return View("".join(text), tuple(starts), tuple(ends))


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    """NFKC, digits of every script as 0-9, look-alike letters as Latin ones, nothing for what is not visible."""
    if char.isspace():
        return char if char in _KEPT else " "
    if unicodedata.category(char) in _DROPPED:
        return ""
    out = unicodedata.normalize("NFKC", char).translate(_LOOKALIKES)
    return "".join(
        str(unicodedata.digit(c)) if not c.isascii() and c.isdigit() else c
        for c in out
        if c.isascii() or unicodedata.category(c) not in _DROPPED
    )


def normalised(view: View) -> View:
    """Full-width forms, other scripts' digits and look-alike spaces as plain ones; zero-width characters gone.

    Unicode NFKC (UAX #15) character by character; control, format, combining and private-use characters are dropped.
    A line feed and a tab stay."""
    if _PLAIN.fullmatch(view.text):
        return view
    return build((_plain(char), *view.place(i)) for i, char in enumerate(view.text))


def views(text: str) -> list[View]:
    """Every reading of ``text``: plain; escapes decoded; numbers joined over separators, numerals and letters folded.

    Tokens of harmless shape are masked in all of them (:mod:`gateway.privacy.masks`)."""
    from gateway.privacy.escapes import decoded
    from gateway.privacy.joins import joined
    from gateway.privacy.mails import spoken
    from gateway.privacy.masks import masked

    plain = normalised(View(text))
    readings = [masked(plain), *(masked(normalised(view)) for view in decoded(plain))]
    return readings + [view for reading in readings for view in (*joined(reading), *spoken(reading))]
