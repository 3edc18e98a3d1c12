"""A first sieve for columns of identifiers: eight bytes of each value against a table of a million bits.

It lets through whatever may be in the set and a percent of the rest; what passes is compared exactly. It saves time
where all values of an array are of one length, as numbers of telephones, cards and persons are."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

BITS, WIDTH = 20, 8
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio (Knuth's multiplicative hash)


@dataclass(frozen=True)
class Sieve:
    """Whether anything in the set begins with these eight bytes; never wrong about what does."""

    table: np.ndarray

    @classmethod
    def of(cls, words: Iterable[str]) -> "Sieve":
        """The sieve of all words of eight bytes and more; shorter ones can't equal a value of eight."""
        heads = sorted({head for word in words if len(head := word.encode()[:WIDTH]) == WIDTH})
        table = np.zeros(1 << BITS, dtype=bool)
        table[_places(np.frombuffer(b"".join(heads), np.uint64))] = True
        return cls(table)

    def sifted(self, values: pa.Array) -> pa.Array:
        """The values that may be in the set; all of them where they differ in length or are short. No order is lost."""
        offsets, data = _buffers(values)
        length = _length(values, offsets)
        return self._passed(values, data, int(offsets[0]), length) if length >= WIDTH else values

    def plain(self, values: pa.Array) -> pa.Array | None:
        """The same for values as a platform writes numbers: all of one length, digits and capital letters. None for
        any other, which have to be folded first."""
        if not pa.types.is_string(values.type) or values.null_count:
            return None
        offsets, data = _buffers(values)
        length = _length(values, offsets)
        if length < WIDTH or not _alphanumeric(data[offsets[0] : offsets[-1]]):
            return None
        return self._passed(values, data, int(offsets[0]), length)

    def _passed(self, values: pa.Array, data: np.ndarray, start: int, length: int) -> pa.Array:
        keys = np.ndarray((len(values),), np.uint64, data, start, (length,))  # eight bytes of each, in place
        return values.take(pa.array(np.flatnonzero(self.table.take(_places(keys)))))


def _length(values: pa.Array, offsets: np.ndarray) -> int:
    """The length in bytes that all values have; 0 where they differ, or one is empty."""
    length = int(offsets[1] - offsets[0]) if len(values) else 0
    if values.null_count or int(offsets[-1] - offsets[0]) != length * len(values):
        return 0
    return 0 if (np.diff(offsets) != length).any() else length


def _alphanumeric(data: np.ndarray) -> bool:
    """Whether all bytes are digits or capital letters."""
    if data.min() < ord("0") or data.max() > ord("Z"):
        return False
    return data.max() <= ord("9") or not bool(((data - np.uint8(ord(":"))) < ord("A") - ord(":")).any())


def largest_byte(values: pa.Array) -> int:
    """The largest byte in a string array; 0 when it has none."""
    offsets, data = _buffers(values)
    inside = data[offsets[0] : offsets[-1]] if len(values) else data[:0]
    return int(inside.max()) if len(inside) else 0


def _places(keys: np.ndarray) -> np.ndarray:
    spread = keys * _SPREAD
    spread >>= np.uint64(64 - BITS)
    return spread.view(np.int64)


def _buffers(values: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Offsets and bytes of a ``string`` array."""
    _, offsets, data = values.buffers()
    if not len(values):
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    places = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    return places, np.frombuffer(data or b"", np.uint8)
