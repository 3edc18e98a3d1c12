"""Columns of text with places: the one form into which every reader turns its file, and how a column is searched."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

from gateway.model.finding import Finding
from gateway.privacy.cues import cued
from gateway.privacy.prefilter import candidates
from gateway.privacy.text import Hit, scan_texts

Marker = Callable[[str, str], str]
"""A keyed digest of an entity and a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Texts of one kind: ``values`` (strings), where each stands, and the headers that say what they are."""

    values: pa.Array
    locate: Callable[[int], str]
    context: tuple[str, ...] = ()


@dataclass(slots=True)
class Collector:
    """Gathers single texts with their places and headers, for formats that are no tables."""

    _kept: dict[tuple[str, ...], tuple[list[str], list[str]]] = field(default_factory=dict)

    def add(self, text: str, location: str, context: tuple[str, ...] = ()) -> None:
        """Keeps a text unless it is blank. Headers that announce nothing are dropped, so that few columns result."""
        if text and not text.isspace():
            if context and not cued(context):
                context = ()
            texts, places = self._kept.setdefault(context, ([], []))
            texts.append(text)
            places.append(location)

    def columns(self) -> Iterator[Column]:
        """What was kept, one column for each set of headers."""
        for context, (texts, places) in self._kept.items():
            yield Column(values=strings(texts), locate=places.__getitem__, context=context)


def strings(texts: Iterable[str]) -> pa.Array:
    """Texts as an Arrow array. Built from its buffers: ``pa.array`` would import pandas, which takes half a second.

    A lone surrogate becomes a zero-width space, one character for one, so that places stay and it hides nothing."""
    encoded = [_encoded(text) for text in texts]
    offsets = array("q", accumulate(map(len, encoded), initial=0))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.large_string(), len(encoded), buffers)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join("\u200b" if "\ud800" <= c <= "\udfff" else c for c in text).encode()


def vocabulary_array(vocabulary: Iterable[str]) -> pa.Array:
    """A vocabulary as ``search`` takes it."""
    return strings(sorted(vocabulary))


def search(
    columns: Iterable[Column], vocabulary: pa.Array, file: str, marker: Marker | None = None
) -> Iterator[Finding]:
    """The findings of a file's columns: distinct suspicious values once, then every place where they stand.

    ``marker`` gives each finding its mark, from its entity and the whole text in which it stands.

    Columns whose headers announce nothing are sifted together: compiling the sieve costs more than a small column."""
    groups: dict[tuple[str, ...], list[Column]] = {}
    for column in columns:
        groups.setdefault(column.context if cued(column.context) else (), []).append(column)
    for context, group in groups.items():
        arrays = [column.values.cast(pa.large_string()) for column in group]
        suspects = candidates(pa.concat_arrays(arrays), vocabulary, announced=bool(context))
        hits = scan_texts(suspects.to_pylist(), context) if len(suspects) else []
        dirty = [number for number, found in enumerate(hits) if found]
        if dirty:
            values = suspects.take(pa.array(dirty))
            for column, array_ in zip(group, arrays, strict=True):
                yield from _placed(column, array_, values, [hits[d] for d in dirty], file, marker)


def _placed(
    column: Column, values: pa.Array, dirty: pa.Array, hits: list[list[Hit]], file: str, marker: Marker | None
) -> Iterator[Finding]:
    texts = dirty.to_pylist()
    index = pc.index_in(values, value_set=dirty)
    rows = pc.indices_nonzero(pc.is_valid(index))
    for row, which in zip(rows.to_pylist(), index.take(rows).to_pylist(), strict=True):
        for hit in hits[which]:
            yield Finding(
                entity=hit.entity,
                tier=hit.tier,
                start=hit.start,
                end=hit.end,
                file=file,
                location=column.locate(row),
                mark=marker(hit.entity, texts[which]) if marker else "",
            )
