"""Does any value of a withheld or key column of the source occur in the output?

The cheap direction: the output is small, so its tokens become value sets, and the source streams past them once in
Arrow batches, whatever its size, a few at a time in two threads. Candidates by their ends are confirmed exactly. No
value is kept or reported."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from gateway.base.errors import ConfigurationError
from gateway.privacy.cells import strings
from gateway.privacy.compared import Cleared, ColumnMatch, Compared, ValueKind
from gateway.privacy.corpus import COMPANY, LONG, SHORT, Corpus, Grams, corpus
from gateway.privacy.files import open_files
from gateway.privacy.readers import Opened
from gateway.privacy.scanned import NotSearched, Searched
from gateway.privacy.sieve import Sieve, largest_byte

THREADS, WAITING = 2, 4
"""How many arrays are compared at a time, and how many batches may be under way: this bounds the memory."""

FEW = 5_000
"""Fewer values than this are looked up one by one: Arrow would build its table anew for them."""


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
    columns = before.columns if before is not None and before.covers(output) else compare(batches, output)
    return SourceMatch(
        columns=columns,
        searched=tuple(output.searched),
        not_searched=tuple(output.not_searched),
        compared=Compared.of(output, columns),
    )


def compare(batches: Iterable[SourceBatch], output: Corpus) -> tuple[ColumnMatch, ...]:
    """The source against sets that were made of the output."""
    sets = _Sets.of(output)
    tallies: dict[tuple[str, ValueKind], _Tally] = {}
    with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="match") as pool:
        for key, result in _results(_jobs(batches, sets, pool)):
            tallies.setdefault(key, _Tally()).take(result, key[1], sets)
    return tuple(
        ColumnMatch(
            column=c,
            kind=k,
            checked=t.checked,
            matches=t.matches,
            files=tuple(sorted(t.files)),
            cleared=dict(t.cleared),
        )
        for (c, k), t in tallies.items()
    )


@dataclass(frozen=True, slots=True)
class _Hits:
    """Of one array: how many values were compared; those that may occur in the output, with how often each stands;
    those that occur only where they are cleared."""

    checked: int = 0
    values: tuple[tuple[str, int], ...] = ()
    cleared: tuple[tuple[Cleared, int], ...] = ()


Key = tuple[str, ValueKind]


def _jobs(
    batches: Iterable[SourceBatch], sets: "_Sets", pool: ThreadPoolExecutor
) -> Iterator[list[tuple[Key, "Future[_Hits]"]]]:
    """The comparisons of each batch, begun."""
    for batch in batches:
        missing = [n for n in batch.batch.schema.names if n not in batch.kinds]
        if missing:
            raise ConfigurationError(
                f"来源 {batch.source} 的列未声明类别:{'、'.join(missing)}",
                f"columns of source {batch.source} without a kind: {', '.join(missing)}",
                safe=("没有任何数据送出", "nothing was sent"),
            )
        yield [
            ((f"{batch.source}.{name}", batch.kinds[name]), pool.submit(_hits, values, batch.kinds[name], sets))
            for name, values in zip(batch.batch.schema.names, batch.batch.columns, strict=True)
        ]


def _results(jobs: Iterator[list[tuple[Key, "Future[_Hits]"]]]) -> Iterator[tuple[Key, _Hits]]:
    """The results in order; at most WAITING batches are held."""
    waiting: list[list[tuple[Key, Future[_Hits]]]] = []
    for batch in jobs:
        waiting.append(batch)
        if len(waiting) >= WAITING:
            yield from ((key, job.result()) for key, job in waiting.pop(0))
    for batch in waiting:
        yield from ((key, job.result()) for key, job in batch)


@dataclass(frozen=True)
class _Sets:
    """The output as value sets: what may stand alone, and the ends of what is longer. Both have their own lengths."""

    corpus: Corpus
    identifiers: pa.Array
    names: pa.Array
    sieve: Sieve
    words: frozenset[str]
    cleared: Mapping[Cleared, pa.Array]

    @classmethod
    def of(cls, output: Corpus) -> "_Sets":
        files = output.files.values()
        identifiers = sorted(set().union(*(_keys(g) | g.tens for g in files)))
        names = set().union(*(_names(g) | g.fives for g in files))
        inside = set().union(*(g.inside for g in files)) - names
        declared = set().union(*(g.declared for g in files)) - names - inside
        return cls(
            output,
            identifiers=strings(identifiers),
            sieve=Sieve.of(identifiers),
            words=frozenset(identifiers),
            names=strings(sorted(names)),
            cleared={Cleared.DECLARED: strings(sorted(declared)), Cleared.INSIDE: strings(sorted(inside))},
        )

    def of_kind(self, kind: ValueKind) -> tuple[pa.Array, int]:
        """(short values and ends of long ones, length from which a value is long) for a kind of column."""
        return (self.identifiers, LONG) if kind is ValueKind.IDENTIFIER else (self.names, COMPANY)

    def places(self, value: str, kind: ValueKind) -> set[str]:
        """The files in which a value occurs."""
        members, size = (_keys, LONG) if kind is ValueKind.IDENTIFIER else (_names, COMPANY)
        long = len(value) >= size
        return {
            name
            for name, grams in self.corpus.files.items()
            if value in members(grams) or (long and any(value in blob for blob in grams.blobs))
        }


def _keys(grams: Grams) -> set[str]:
    return grams.cells | {t for t in grams.tokens if SHORT <= len(t) < LONG}


def _names(grams: Grams) -> set[str]:
    return grams.han | {t for t in grams.tokens if len(t) < COMPANY}


@dataclass(slots=True)
class _Tally:
    """The count of one column."""

    checked: int = 0
    matches: int = 0
    files: set[str] = field(default_factory=set)
    cleared: Counter[str] = field(default_factory=Counter)

    def take(self, hits: _Hits, kind: ValueKind, sets: _Sets) -> None:
        """Adds an array's hits, each confirmed."""
        self.checked += hits.checked
        for why, count in hits.cleared:
            self.cleared[why.value] += count
        for value, count in hits.values:
            if places := sets.places(value, kind):
                self.matches += count
                self.files |= places


def _hits(values: pa.Array, kind: ValueKind, sets: _Sets) -> _Hits:
    """Compares one array: by its head, then the few that are left by their tail."""
    if kind is ValueKind.SKIP:
        return _Hits()
    if kind is ValueKind.IDENTIFIER and (few := sets.sieve.plain(values)) is not None and len(few) < FEW:
        return _Hits(len(values), _one_by_one(few, sets))
    folded, weights = fold(values)
    ends, size = sets.of_kind(kind)
    some = pc.greater(pc.binary_length(folded), 0)
    checked = int(pc.sum(some if weights is None else weights.filter(some)).as_py() or 0)
    if weights is None and kind is ValueKind.IDENTIFIER:
        folded = sets.sieve.sifted(folded)
        if len(folded) < FEW:
            return _Hits(checked, _one_by_one(folded, sets))
        some = pc.greater(pc.binary_length(folded), 0)
    cleared = _cleared(folded, weights, sets) if kind is ValueKind.NAME else ()
    likely = pc.is_in(_head(folded, size), value_set=ends.cast(pa.binary() if weights is None else pa.large_string()))
    likely = pc.and_(likely, some)
    if not pc.any(likely).as_py():
        return _Hits(checked, cleared=cleared)
    found = folded.filter(likely).cast(pa.large_string())
    counts = None if weights is None else weights.filter(likely)
    tails = pc.is_in(pc.utf8_slice_codeunits(found, -size), value_set=ends)
    both = pc.or_(tails, pc.less(pc.utf8_length(found), size))
    found = found.filter(both)
    if counts is None:
        counted = pc.value_counts(found)
        found, counts = counted.field("values"), counted.field("counts")
    else:
        counts = counts.filter(both)
    return _Hits(checked, tuple(zip(found.to_pylist(), counts.to_pylist(), strict=True)), cleared)


def _one_by_one(folded: pa.Array, sets: _Sets) -> tuple[tuple[str, int], ...]:
    """The identifiers that may occur in the output, by their head."""
    return tuple((value, 1) for value in folded.to_pylist() if value and value[:LONG] in sets.words)


def _cleared(folded: pa.Array, weights: pa.Array | None, sets: _Sets) -> tuple[tuple[Cleared, int], ...]:
    """How many values stand only where they are cleared. ASCII values, which have no weights, never do."""
    if weights is None:
        return ()
    counts = (
        (why, int(pc.sum(weights.filter(pc.is_in(folded, value_set=words))).as_py() or 0))
        for why, words in sets.cleared.items()
        if len(words)
    )
    return tuple((why, count) for why, count in counts if count)


def _head(folded: pa.Array, size: int) -> pa.Array:
    """The first characters. ASCII values are cut as bytes, which is faster."""
    if pa.types.is_large_string(folded.type):
        return pc.utf8_slice_codeunits(folded, 0, size)
    return pc.binary_slice(folded.cast(pa.binary()), 0, size)


def fold(values: pa.Array) -> tuple[pa.Array, pa.Array | None]:
    """A source column as the output was folded: NFKC, upper case, letters and digits only.

    ASCII columns come back value by value as ``string``; others, which cost more, as distinct ``large_string`` values
    with their counts."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    text = values.cast(pa.string())
    if pc.all(pc.ascii_is_alnum(text)).as_py() is not False:
        return (text if largest_byte(text) <= ord("Z") else pc.ascii_upper(text)), None
    if pc.all(pc.string_is_ascii(text)).as_py():
        return pc.replace_substring_regex(pc.ascii_upper(text), "[^0-9A-Z]+", ""), None
    counted = pc.value_counts(text.drop_null())
    text = pc.utf8_upper(pc.utf8_normalize(counted.field("values").cast(pa.large_string()), form="NFKC"))
    if pc.all(pc.utf8_is_alnum(text)).as_py() is False:
        text = pc.replace_substring_regex(text, r"[^\p{L}\p{N}]+", "")
    return text, counted.field("counts")
