"""Columns of text cells, made many at a time.

Every helper takes whole numpy arrays and gives a whole Arrow string column; there is no loop over rows here.
Numbers of a fixed width are laid out as a byte matrix, one row per cell, which Arrow takes as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]
ByteRows: TypeAlias = npt.NDArray[np.uint8]
Columns: TypeAlias = dict[str, pa.Array]

SECONDS_A_DAY = 86_400


def _table(texts: Sequence[str]) -> ByteRows:
    """Byte matrix of texts that are all ASCII and equally long."""
    return np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8).reshape(len(texts), -1)


_QUADS = _table([f"{number:04d}" for number in range(10_000)])
_CLOCK = _table([f" {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(SECONDS_A_DAY)])
_FIRST_DAY = int(np.datetime64("1900-01-01", "D").astype(np.int64))
_CALENDAR = _table(np.datetime_as_string(np.arange("1900-01-01", "2100-01-01", dtype="M8[D]")).tolist())


def digits(values: Ints, width: int) -> ByteRows:
    """Decimal digits of non-negative numbers, zero-filled; digits to the left of `width` are cut off."""
    out = np.empty((len(values), width), dtype=np.uint8)
    rest = values.astype(np.uint64)
    base = np.uint64(10_000)
    for right in range(width, 0, -4):
        take = min(4, right)
        above = rest // base
        out[:, right - take : right] = _QUADS[(rest - above * base).astype(np.int64), 4 - take :]
        rest = above
    return out


def strings(matrix: ByteRows) -> pa.Array:
    """One string per row of a byte matrix of UTF-8 text."""
    count, width = matrix.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    data = np.ascontiguousarray(matrix)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def keys(prefix: str, values: Ints, width: int) -> pa.Array:
    """Keys such as `P000000017`: an ASCII prefix and a zero-filled number."""
    head = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    matrix = np.empty((len(values), len(head) + width), dtype=np.uint8)
    matrix[:, : len(head)] = head
    matrix[:, len(head) :] = digits(values, width)
    return strings(matrix)


def date_rows(days: Ints) -> ByteRows:
    """`YYYY-MM-DD` as bytes; days since 1970-01-01, between the years 1900 and 2099."""
    return _CALENDAR[days - _FIRST_DAY]


def dates(days: Ints) -> pa.Array:
    """`YYYY-MM-DD` for days since 1970-01-01."""
    return strings(date_rows(days))


def date_times(seconds: Ints) -> pa.Array:
    """`YYYY-MM-DD HH:MM:SS` for seconds since 1970-01-01 00:00:00 local time."""
    days = seconds // SECONDS_A_DAY
    matrix = np.empty((len(seconds), 19), dtype=np.uint8)
    matrix[:, :10] = date_rows(days)
    matrix[:, 10:] = _CLOCK[seconds - days * SECONDS_A_DAY]
    return strings(matrix)


def pool(texts: Sequence[str | None]) -> pa.Array:
    """A string column of ready texts to take from."""
    return pa.array(texts, type=pa.string())


def take(texts: pa.Array, index: Ints) -> pa.Array:
    """The texts at these positions."""
    return texts.take(pa.array(index))


def any_of(rng: np.random.Generator, texts: pa.Array, count: int) -> pa.Array:
    """`count` texts drawn evenly."""
    return take(texts, rng.integers(0, len(texts), count))


def join(*parts: Any) -> pa.Array:
    """The parts glued row by row; a missing part adds nothing."""
    return pc.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")


def blank(column: pa.Array, where: Mask) -> pa.Array:
    """The column with the marked cells missing."""
    return pc.if_else(pa.array(where), pa.scalar(None, pa.string()), column)


def put(column: pa.Array, rows: Ints, texts: Sequence[str | None]) -> pa.Array:
    """The column with `texts` in place of the cells at `rows`, which ascend without repeats."""
    if not len(rows):
        return column
    where = np.zeros(len(column), dtype=np.bool_)
    where[rows] = True
    return pc.replace_with_mask(column, pa.array(where), pool(texts))


def mosaic(choice: Ints, makers: Mapping[int, Callable[[Ints], pa.Array]]) -> pa.Array:
    """A column whose row i is made by `makers[choice[i]]`; a maker gets the row numbers it has to fill.

    Raises KeyError for a choice without a maker.
    """
    order = np.argsort(choice, kind="stable")
    bounds = np.flatnonzero(np.diff(choice[order])) + 1
    parts = [makers[int(choice[rows[0]])](rows) for rows in np.split(order, bounds) if len(rows)]
    place = np.empty(len(choice), dtype=np.int64)
    place[order] = np.arange(len(choice))
    return take(pa.concat_arrays(parts), place) if parts else pool([])


def weighted(rng: np.random.Generator, weights: Sequence[float] | Floats, count: int) -> Ints:
    """`count` positions drawn in proportion to the weights."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn: Ints = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    return drawn.clip(max=len(edges) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedPool:
    """Ready texts in groups (by trade, by county): one column and where each group starts and ends in it."""

    texts: pa.Array
    start: Ints
    size: Ints

    @classmethod
    def of(cls, groups: Sequence[Sequence[str | None]]) -> "GroupedPool":
        """The pool of these groups, in order; no group may be empty."""
        size = np.array([len(group) for group in groups], dtype=np.int64)
        texts = pool([text for group in groups for text in group])
        return cls(texts=texts, start=np.cumsum(size) - size, size=size)

    def positions(self, rng: np.random.Generator, group: Ints) -> Ints:
        """One random position in `texts` per row, within the row's group."""
        return self.start[group] + (rng.random(len(group)) * self.size[group]).astype(np.int64)

    def draw(self, rng: np.random.Generator, group: Ints) -> pa.Array:
        """One random text per row, from the row's group."""
        return take(self.texts, self.positions(rng, group))
