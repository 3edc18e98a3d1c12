"""Plain text: a line is a text."""

from collections.abc import Iterator

from gateway.privacy.cells import Collector, Column
from gateway.privacy.readers.base import Gap, Nested, decode

LONG, OVERLAP = 1 << 16, 256


def read(data: bytes) -> Iterator[Column | Gap | Nested]:
    """Lines, from 1; a very long one in overlapping pieces."""
    collector = Collector()
    for number, line in enumerate(decode(data).splitlines(), 1):
        for text, place in pieces(line, f"line {number}"):
            collector.add(text, place)
    yield from collector.columns()


def pieces(text: str, place: str) -> Iterator[tuple[str, str]]:
    """(piece, place) of a text, so that no piece is longer than the engine likes."""
    if len(text) <= LONG:
        yield text, place
        return
    for start in range(0, len(text), LONG - OVERLAP):
        yield text[start : start + LONG], f"{place}, from {start}"
