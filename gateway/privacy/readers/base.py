"""What a reader gives: columns of text, and the parts of its file that it could not read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.privacy.cells import Column
from gateway.privacy.scanned import Reason


class UnsearchableError(Exception):
    """A file that can't be read to its end; nothing of it counts as searched."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a file that could not be searched."""

    part: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Nested:
    """A file inside a file."""

    name: str
    data: bytes


Reader = Callable[[bytes], Iterator[Column | Gap | Nested]]

_TEXT_CONTROLS = frozenset("\t\n\r\f\x1a")


def decode(data: bytes) -> str:
    """Text in UTF-8, UTF-16 with a byte order mark, or GB18030. Raises UnsearchableError for what is no text."""
    codings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for coding in codings:
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if any(c < " " and c not in _TEXT_CONTROLS for c in set(text)):
            raise UnsearchableError(Reason.BINARY)
        return text
    raise UnsearchableError(Reason.DAMAGED)
