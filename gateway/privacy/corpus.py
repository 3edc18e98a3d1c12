"""The output as the source match needs it: small sets of tokens and grams, made from every text that is not vocabulary.

Both sides are folded alike: NFKC, upper case, nothing but letters and digits. The output is read in all of its views,
so that a value in disguise is found as well."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from gateway.privacy.cells import Column, vocabulary_array
from gateway.privacy.masks import MASK
from gateway.privacy.readers import Opened
from gateway.privacy.running import pairs_within
from gateway.privacy.scanned import NotSearched, Reason, Searched
from gateway.privacy.views import views

SHORT, LONG = 6, 10
"""Identifiers below SHORT characters are matched as whole cells of columns that are not numeric, below LONG as whole
tokens, longer ones anywhere."""
COMPANY = 5
"""Names from here on are matched anywhere by their ends; shorter ones by 2-4 grams of Chinese text."""
MOST = 4_000_000
"""Characters of distinct undeclared text; a release has thousands, so more is refused rather than held in memory."""

_NUMBER = r"^[+-]?[0-9]+(?:[.,][0-9]+)*%?$"
_SMALL_NUMBER = r"^[+-]?[0-9]{1,5}(?:\.[0-9]{1,5})?%?$"
_SQUEEZE = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"[0-9A-Z]+")
_CHAIN = re.compile(r"[0-9A-Z]+(?:[-_ ./·]{1,2}[0-9A-Z]+)+")
_DIGITS = re.compile(r"[0-9]+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_HAN_PARTED = re.compile(r"(?<=[\u4e00-\u9fff])[^\w\n]{1,3}(?=[\u4e00-\u9fff])")


@dataclass(slots=True)
class Grams:
    """What one file holds. ``declared`` and ``inside`` clear what is nowhere else: short runs of Chinese in the
    declared wording, and pairs of characters that stand within one longer word (高峰 in 高峰期)."""

    cells: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    han: set[str] = field(default_factory=set)
    tens: set[str] = field(default_factory=set)
    fives: set[str] = field(default_factory=set)
    blobs: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    inside: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Corpus:
    """The output, by file; what was read and what could not be."""

    files: dict[str, Grams] = field(default_factory=dict)
    searched: list[Searched] = field(default_factory=list)
    not_searched: list[NotSearched] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """The vocabulary, whole, by Chinese run and by token."""

    whole: pa.Array
    runs: frozenset[str]
    tokens: frozenset[str]

    @classmethod
    def of(cls, vocabulary: Iterable[str]) -> "_Known":
        words = sorted(vocabulary)
        runs = frozenset(run for word in words for run in _HAN.findall(word))
        return cls(vocabulary_array(words), runs, frozenset(t for word in words for t in _TOKEN.findall(word.upper())))


def corpus(files: Iterable[Opened], vocabulary: Iterable[str]) -> Corpus:
    """Everything that ``files`` say and the vocabulary does not."""
    known = _Known.of(vocabulary)
    out = Corpus()
    for file in files:
        grams = out.files.setdefault(file.file, Grams())
        for column in file.columns:
            out.size += _add(column, known, grams, MOST - out.size)
        out.not_searched.extend(file.gaps)
        if out.size > MOST:
            out.not_searched.append(NotSearched(file.file, Reason.LIMIT))
            return out
        if file.searched:
            out.searched.append(file.searched)
    return out


def _add(column: Column, known: _Known, grams: Grams, most: int) -> int:
    """Adds a column's distinct undeclared values; how many characters they have."""
    distinct = pc.unique(column.values).drop_null()
    distinct = distinct.filter(pc.greater(pc.binary_length(distinct), 0))
    numbers = pc.match_substring_regex(distinct, _NUMBER)
    numeric = 2 * (pc.sum(numbers).as_py() or 0) >= len(distinct)
    small = pc.match_substring_regex(distinct, _SMALL_NUMBER)
    unknown = pc.invert(pc.is_in(distinct, value_set=known.whole)) if len(known.whole) else pc.is_valid(distinct)
    if not numeric:
        grams.cells.update(filter(None, map(squeezed, distinct.filter(pc.and_(unknown, small)).to_pylist())))
    for text in distinct.filter(pc.invert(unknown)).to_pylist():
        grams.declared.update(gram for run in _HAN.findall(text) for gram in _short(run))
    size = 0
    for text in distinct.filter(pc.and_(unknown, pc.invert(small))).to_pylist():
        size += len(text)
        if size > most:
            break
        _add_text(text, known, grams, whole=not numeric)
    return size


def _add_text(text: str, known: _Known, grams: Grams, *, whole: bool) -> None:
    for view in views(text):
        for segment in view.text.upper().split(MASK):
            blob = squeezed(segment)
            if whole and 0 < len(blob) < SHORT:
                grams.cells.add(blob)
            _add_tokens(segment, known, grams)
            undeclared = _HAN.sub(lambda m: "\n" if m[0] in known.runs else m[0], segment)
            grams.declared.update(gram for run in _HAN.findall(segment) if run in known.runs for gram in _short(run))
            for run in _HAN.findall(_HAN_PARTED.sub("", undeclared)):
                within = set(pairs_within(run))
                grams.inside.update(run[i : i + 2] for i in within)
                grams.han.update(run[i : i + 2] for i in range(len(run) - 1) if i not in within)
                grams.han.update(run[i : i + n] for n in (3, 4) for i in range(len(run) - n + 1))
            grams.fives.update(_grams(squeezed(undeclared), COMPANY))
            grams.tens.update(_grams(blob, LONG))
            grams.blobs.add(blob)


def _add_tokens(segment: str, known: _Known, grams: Grams) -> None:
    tokens = {t for t in _TOKEN.findall(segment) if t not in known.tokens}
    tokens.update(d for t in list(tokens) for d in _DIGITS.findall(t))
    tokens.update(squeezed(c) for c in _CHAIN.findall(segment))
    grams.tokens.update(t for t in tokens if len(t) > 1)


def _short(run: str) -> Iterable[str]:
    """The runs of two to four characters in a run."""
    return (run[i : i + n] for n in (2, 3, 4) for i in range(len(run) - n + 1))


def _grams(text: str, size: int) -> Iterable[str]:
    return (text[i : i + size] for i in range(len(text) - size + 1))


def squeezed(text: str) -> str:
    """Letters and digits only, upper case."""
    return _SQUEEZE.sub("", text.upper())
