"""Does any value of a withheld or key column of the source occur in the output?

The cheap direction: the output is small, so its tokens become value sets, and the source streams past them once in
Arrow batches, whatever its size. Candidates by their ends are confirmed exactly. No value is kept or reported."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from gateway.base.errors import ConfigurationError
from gateway.privacy.cells import strings
from gateway.privacy.compared import ColumnMatch, Compared, ValueKind
from gateway.privacy.corpus import COMPANY, LONG, SHORT, Corpus, Grams, corpus
from gateway.privacy.files import open_files
from gateway.privacy.readers import Opened
from gateway.privacy.scanned import NotSearched, Searched


@dataclass(frozen=True, kw_only=True)
class SourceBatch:
    """Rows of one source with a kind for each of their columns."""

    source: str
    batch: pa.RecordBatch
    kinds: Mapping[str, ValueKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMatch:
    """The result over all batches. ``compared``: what of the output was free of the source; None unless all was."""

    columns: tuple[ColumnMatch, ...]
    searched: tuple[Searched, ...]
    not_searched: tuple[NotSearched, ...]
    compared: Compared | None = None

    @property
    def checked(self) -> int:
        """How many source values were compared."""
        return sum(c.checked for c in self.columns)

    @property
    def blocks(self) -> bool:
        """A value occurs, something was not searched, or there was nothing to compare."""
        return bool(self.not_searched) or any(c.matches for c in self.columns) or not self.checked


def match_source(
    batches: Iterable[SourceBatch],
    files: Mapping[str, bytes],
    *,
    vocabulary: frozenset[str] = frozenset(),
    passphrase: str | None = None,
) -> SourceMatch:
    """Compares every value of the batches with the texts of ``files`` (archives are opened with ``passphrase``).

    ``vocabulary``: texts that are declared public (labels, titles, column names, fixed wording): cleared as whole
    cells and as whole runs of Chinese. Raises ConfigurationError for a column without a kind."""
    return match_opened(batches, open_files(files, passphrase), vocabulary)


def match_opened(
    batches: Iterable[SourceBatch],
    files: Iterable[Opened],
    vocabulary: frozenset[str] = frozenset(),
    before: Compared | None = None,
) -> SourceMatch:
    """The same for files that were opened. ``before``: an earlier comparison with the same source, for the caller to
    make sure; the source is not read again when nothing is in the files that it did not cover."""
    output = corpus(files, vocabulary)
    columns = before.columns if before is not None and before.covers(output) else _compare(batches, output)
    return SourceMatch(
        columns=columns,
        searched=tuple(output.searched),
        not_searched=tuple(output.not_searched),
        compared=Compared.of(output, columns),
    )


def _compare(batches: Iterable[SourceBatch], output: Corpus) -> tuple[ColumnMatch, ...]:
    sets = _Sets.of(output)
    tallies: dict[tuple[str, ValueKind], _Tally] = {}
    for batch in batches:
        missing = [n for n in batch.batch.schema.names if n not in batch.kinds]
        if missing:
            raise ConfigurationError(
                f"来源 {batch.source} 的列未声明类别:{'、'.join(missing)}",
                f"columns of source {batch.source} without a kind: {', '.join(missing)}",
                safe=("没有任何数据送出", "nothing was sent"),
            )
        for name, values in zip(batch.batch.schema.names, batch.batch.columns, strict=True):
            kind = batch.kinds[name]
            tally = tallies.setdefault((f"{batch.source}.{name}", kind), _Tally())
            if kind is not ValueKind.SKIP:
                tally.add(values, kind, sets)
    return tuple(
        ColumnMatch(column=c, kind=k, checked=t.checked, matches=t.matches, files=tuple(sorted(t.files)))
        for (c, k), t in tallies.items()
    )


@dataclass(frozen=True)
class _Sets:
    """The output as value sets."""

    corpus: Corpus
    keys: pa.Array
    tens: pa.Array
    names: pa.Array
    fives: pa.Array

    @classmethod
    def of(cls, output: Corpus) -> "_Sets":
        files = output.files.values()
        return cls(
            output,
            keys=_union(_keys(g) for g in files),
            tens=_union(g.tens for g in files),
            names=_union(_names(g) for g in files),
            fives=_union(g.fives for g in files),
        )

    def of_kind(self, kind: ValueKind) -> tuple[pa.Array, pa.Array, int]:
        """(whole values, ends of long values, length of an end) for a kind of column."""
        if kind is ValueKind.IDENTIFIER:
            return self.keys, self.tens, LONG
        return self.names, self.fives, COMPANY


def _keys(grams: Grams) -> set[str]:
    return grams.cells | {t for t in grams.tokens if SHORT <= len(t) < LONG}


def _names(grams: Grams) -> set[str]:
    return grams.han | {t for t in grams.tokens if len(t) < COMPANY}


def _union(sets: Iterable[set[str]]) -> pa.Array:
    return strings(sorted(set().union(*sets)))


@dataclass(slots=True)
class _Tally:
    """The count of one column."""

    checked: int = 0
    matches: int = 0
    files: set[str] = field(default_factory=set)

    def add(self, values: pa.Array, kind: ValueKind, sets: _Sets) -> None:
        """Compares one array."""
        folded, weights = fold(values)
        some = pc.greater(pc.binary_length(folded), 0)
        self.checked += _weigh(weights, some)
        exact, within, size = sets.of_kind(kind)
        self._count(folded, weights, pc.is_in(folded, value_set=exact.cast(folded.type)), _holds_whole(kind), sets)
        ends = pc.is_in(_head(folded, size), value_set=within.cast(folded.type))
        if pc.any(ends).as_py():
            tails = pc.is_in(pc.utf8_slice_codeunits(folded, -size), value_set=within.cast(folded.type))
            both = pc.and_(pc.and_(ends, tails), pc.greater_equal(pc.utf8_length(folded), size))
            self._count(folded, weights, both, _holds_within, sets)

    def _count(
        self,
        folded: pa.Array,
        weights: pa.Array | None,
        mask: pa.Array,
        holds: Callable[[Grams, str], bool],
        sets: _Sets,
    ) -> None:
        if not pc.any(mask).as_py():
            return
        found = pc.value_counts(folded.filter(mask)) if weights is None else None
        values = found.field("values") if found is not None else folded.filter(mask)
        counts = found.field("counts") if found is not None else weights.filter(mask)  # type: ignore[union-attr]
        for value, count in zip(values.to_pylist(), counts.to_pylist(), strict=True):
            places = {name for name, grams in sets.corpus.files.items() if holds(grams, value)}
            if places:
                self.matches += count
                self.files |= places


def _weigh(weights: pa.Array | None, mask: pa.Array) -> int:
    return int(pc.sum(mask if weights is None else weights.filter(mask)).as_py() or 0)


def _head(folded: pa.Array, size: int) -> pa.Array:
    """The first characters. ASCII values have few bytes more than characters and are cut as bytes, which is faster."""
    if pa.types.is_large_string(folded.type):
        return pc.utf8_slice_codeunits(folded, 0, size)
    return pc.binary_slice(folded.cast(pa.binary()), 0, size).cast(pa.string())


def _holds_whole(kind: ValueKind) -> Callable[[Grams, str], bool]:
    members = _keys if kind is ValueKind.IDENTIFIER else _names
    return lambda grams, value: value in members(grams)


def _holds_within(grams: Grams, value: str) -> bool:
    return any(value in blob for blob in grams.blobs)


def fold(values: pa.Array) -> tuple[pa.Array, pa.Array | None]:
    """A source column as the output was folded: NFKC, upper case, letters and digits only.

    ASCII columns come back value by value as ``string``; others, which cost more, as distinct ``large_string`` values
    with their counts."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    text = values.cast(pa.string())
    if pc.all(pc.string_is_ascii(text)).as_py() is not False:
        text = pc.ascii_upper(text)
        if pc.all(pc.ascii_is_alnum(text)).as_py() is False:
            text = pc.replace_substring_regex(text, "[^0-9A-Z]+", "")
        return text, None
    counted = pc.value_counts(text.drop_null())
    text = pc.utf8_upper(pc.utf8_normalize(counted.field("values").cast(pa.large_string()), form="NFKC"))
    if pc.all(pc.utf8_is_alnum(text)).as_py() is False:
        text = pc.replace_substring_regex(text, r"[^\p{L}\p{N}]+", "")
    return text, counted.field("counts")
