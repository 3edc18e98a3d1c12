"""Plain text: a line is a text."""

from collections.abc import Iterator

from gateway.privacy.cells import Collector, Column
from gateway.privacy.readers.base import Gap, Nested, UnsearchableError, decode
from gateway.privacy.scanned import Reason

LONG, OVERLAP, LONGEST = 1 << 16, 256, 1 << 20


def read(data: bytes) -> Iterator[Column | Gap | Nested]:
    """Lines, from 1; a long one in overlapping pieces. Raises UnsearchableError beyond a million characters."""
    collector = Collector()
    for number, line in enumerate(decode(data).splitlines(), 1):
        if len(line) > LONGEST:
            raise UnsearchableError(Reason.LIMIT)
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
