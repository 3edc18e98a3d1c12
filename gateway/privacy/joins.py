"""Numbers in disguise: digits parted by separators, Chinese numerals, letters that look like digits.

All candidates of a text stand in one view, a line each, with the word before them that may announce them. What may be
joined is limited so that ordinary figures stay apart: amounts, decimals, ranges between round numbers and long lists of
numbers are left alone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.privacy.views import CUT, View, build

NUMERALS = dict(
    zip("〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两弌弍弎", "0001234567891234567891" + "2123", strict=True)
)
LETTERS = dict(zip("lIi|OoQ", "1111000", strict=True))
_FOLD = NUMERALS | LETTERS
_NUMERAL, _LETTER = "".join(NUMERALS), "lIi|OoQ"
# a whole token of digits and look-alikes, an X may follow; else digits only
_GROUP = rf"(?:(?<![A-Za-z0-9])[0-9{_NUMERAL}{_LETTER}]++(?![A-WYZa-wyz]|[Xx][0-9A-Za-z])|[0-9{_NUMERAL}]++)"
_SEPARATOR = r"(?:[ \t\-‐‑‒–—―_.·•・/\\,，、。~*+()\[\]#:|]{1,3}| ?\r?\n ?)"
_CHAIN = re.compile(rf"{_GROUP}(?:{_SEPARATOR}{_GROUP})*")
_GROUPS = re.compile(_GROUP)
_FINAL_X = re.compile(rf"(?:{_SEPARATOR})?[xX](?![A-Za-z0-9])")
_CODE_GROUP = rf"[0-9A-Za-z{_NUMERAL}]{{1,18}}+"
_CODE = re.compile(rf"(?<![0-9A-Za-z]){_CODE_GROUP}(?:{_SEPARATOR}{_CODE_GROUP})*(?![0-9A-Za-z])")
_CODE_GROUPS = re.compile(_CODE_GROUP)
_CODE_FOLD = NUMERALS | {c: d for c, d in LETTERS.items() if c not in "Q|"}
_AMOUNT = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9,])")
_SCIENTIFIC = re.compile(r"(?<![0-9A-Za-z.])([0-9])\.([0-9]{7,17})[eE]\+?(1[0-8])(?![0-9A-Za-z])")
_BEFORE = re.compile(r"[^0-9\n\x00]{0,16}\Z")

SHORTEST, LONGEST = 7, 19
MOST_GROUPS = 6
LIST = 12  # more groups than this are a list of numbers
_MOBILE_GROUPS = {(3, 4, 4), (3, 3, 5), (3, 8), (4, 3, 4), (4, 4, 3), (7, 4), (5, 6), (6, 5)}
_LANDLINE_GROUPS = {(a, *b) for a in (3, 4) for b in ((7,), (8,), (3, 4), (4, 4), (4, 3))}


@dataclass(frozen=True, slots=True)
class _Group:
    """A run of digit-like characters: where it is in the view, what it reads as."""

    start: int
    end: int
    digits: str
    changed: bool


def joined(view: View) -> Iterator[View]:
    """One view of all candidates, or none."""
    lines = [line for chain in _CHAIN.finditer(view.text) for line in _lines(view.text, chain)]
    lines += [*_codes(view.text), *_written_out(view.text)]
    if lines:
        yield build(_pieces(view, lines))


def _pieces(view: View, lines: Sequence[Sequence[tuple[str, int]]]) -> Iterator[tuple[str, int, int]]:
    for line in lines:
        before = [*_before(view.text, line[0][1])]
        if before:
            place = view.place(before[0][1])[0]
            yield CUT, place, place
        for char, index in (*before, *line):
            yield char, *view.place(index)
        last = view.place(line[-1][1])[1]
        yield "\n", last, last


def _before(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The words before a number up to the digits before it; nothing where a letter stands right before."""
    match = _BEFORE.search(text, max(0, start - 16), start)
    if (match and not text[start - 1 : start].isascii()) or (match and start and not text[start - 1].isalpha()):
        yield from ((text[index], index) for index in range(match.start(), start))


def _lines(text: str, chain: re.Match[str]) -> Iterator[list[tuple[str, int]]]:
    groups = [_group(m) for m in _GROUPS.finditer(text, chain.start(), chain.end())]
    if len(groups) == 1 and not groups[0].changed:
        return
    for window in _windows(text, groups):
        line = [(d, g.start + i) for g in window for i, d in enumerate(g.digits)]
        yield line
        final = _FINAL_X.match(text, window[-1].end)
        if final and len(line) == 17:
            yield [*line, ("X", final.end() - 1)]


def _group(match: re.Match[str]) -> _Group:
    digits = "".join(_FOLD.get(c, c) for c in match[0])
    return _Group(match.start(), match.end(), digits, digits != match[0])


def _windows(text: str, groups: list[_Group]) -> Iterator[Sequence[_Group]]:
    """Runs of neighbouring groups that may be one number."""
    yield from _singles(groups)
    for group in groups:
        if (
            group.changed
            and len(group.digits) >= SHORTEST
            and _mostly_digits(text, [group])
            and not _coded(text, group)
        ):
            yield [group]
    if len(groups) > LIST:
        return
    amounts = [m.span() for m in _AMOUNT.finditer(text, groups[0].start, groups[-1].end)]
    for first in range(len(groups)):
        for last in range(first + 1, min(first + MOST_GROUPS, len(groups))):
            window = groups[first : last + 1]
            if any(window[0].start < end and start < window[-1].end for start, end in amounts):
                continue
            if not _cuts_decimal(text, groups, first, last) and _plausible(text, window):
                yield window


def _coded(text: str, group: _Group) -> bool:
    """A letter and nine digits: an identity number of another place, not a telephone number with an O before it."""
    return group.end - group.start == 10 and text[group.start] in "OQ" and text[group.start + 1 : group.end].isdecimal()


def _cuts_decimal(text: str, groups: list[_Group], first: int, last: int) -> bool:
    """Whether a decimal point joins the window to its neighbour on either side."""
    before = first > 0 and text[groups[first - 1].end : groups[first].start] == "."
    return before or (last + 1 < len(groups) and text[groups[last].end : groups[last + 1].start] == ".")


def _singles(groups: list[_Group]) -> Iterator[Sequence[_Group]]:
    """Whole runs of single digits: 1 3 8 …"""
    run: list[_Group] = []
    for group in [*groups, None]:
        if group is not None and len(group.digits) == 1:
            run.append(group)
            continue
        if len(run) > MOST_GROUPS:
            yield run
        run = []


def _plausible(text: str, window: Sequence[_Group]) -> bool:
    sizes = tuple(len(g.digits) for g in window)
    total = sum(sizes)
    if not SHORTEST <= total <= LONGEST or not _mostly_digits(text, window):
        return False
    parts = [text[a.end : b.start].strip() for a, b in pairwise(window)]
    if len(window) == 2 and parts[0] in {".", ","} and not re.match("0[0-9]", window[0].digits):
        return False  # a decimal number; an area code is none
    if len(window) == 2 and parts[0] in {"-", "~", "–", "—"} and all(g.digits.endswith("00") for g in window):
        return False  # a range
    if any("\n" in text[a.end : b.start] for a, b in pairwise(window)):
        return len(window) == 2 and (total >= 15 or (total == 11 and window[0].digits[0] == "1"))
    return any(parts) or total >= 15 or _telephone(window, sizes)


def _telephone(window: Sequence[_Group], sizes: tuple[int, ...]) -> bool:
    """Parted by blanks only: grouped as people write telephone numbers, else they are figures of a table."""
    if window[0].digits in {"86", "0086"}:
        sizes, window = sizes[1:], window[1:]
    if window[0].digits.startswith("0"):
        return sizes in _LANDLINE_GROUPS
    return sizes in _MOBILE_GROUPS or sizes == (11,)


def _mostly_digits(text: str, window: Sequence[_Group]) -> bool:
    """At least a third of the characters are digits or numerals, so that a word such as 'Ollo' is none."""
    raw = "".join(text[g.start : g.end] for g in window)
    return 3 * sum(c not in LETTERS for c in raw) >= len(raw)


def _codes(text: str) -> Iterator[list[tuple[str, int]]]:
    """Groups of letters, digits and numerals that make 18 (credit code) or 17 (VIN) characters together.

    Neither alphabet has I or O: they are read as digits."""
    for match in _CODE.finditer(text):
        if sum(c.isdecimal() or c in _CODE_FOLD for c in match[0]) <= 5:
            continue
        groups = [
            [(_CODE_FOLD.get(c, c), m.start() + i) for i, c in enumerate(m[0])]
            for m in _CODE_GROUPS.finditer(text, match.start(), match.end())
        ]
        for line in _of_length(groups):
            digits = sum(c.isdigit() for c, _ in line)
            changed = len(line) <= line[-1][1] - line[0][1] or any(c != text[i] for c, i in line)
            if changed and 5 < digits < len(line):
                yield line


def _of_length(groups: list[list[tuple[str, int]]]) -> Iterator[list[tuple[str, int]]]:
    """Neighbouring groups with 17 or 18 characters together."""
    for first in range(len(groups)):
        line: list[tuple[str, int]] = []
        for group in groups[first : first + 18]:
            line = line + group
            if len(line) >= 17:
                if len(line) <= 18:
                    yield line
                if len(line) >= 18:
                    break


def _written_out(text: str) -> Iterator[list[tuple[str, int]]]:
    """Whole numbers that a spreadsheet wrote with an exponent but all of their digits."""
    for match in _SCIENTIFIC.finditer(text):
        digits = match[1] + match[2]
        size = int(match[3]) + 1
        if len(digits) <= size:
            places = [match.start(1), *range(match.start(2), match.end(2))]
            zeros = [("0", match.end(2) - 1)] * (size - len(digits))
            yield [*zip(digits, places, strict=True), *zeros]
