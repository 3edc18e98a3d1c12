"""XML: every text, attribute, comment and instruction, in order.

A document type is refused: entities hide text and explode."""

import xml.parsers.expat as expat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.privacy.cells import Collector, Column
from gateway.privacy.readers.base import Gap, Nested, UnsearchableError
from gateway.privacy.scanned import Reason

JOINED = frozenset({"si", "is", "text", "p", "tspan"})
"""Elements whose runs of text belong together: shared and inline strings, comments, paragraphs."""


@dataclass(slots=True)
class _Walker:
    """Gathers the text of each element, and of each joining element as a whole."""

    keep: Callable[[str, str], None]
    item: Callable[[str], None] | None = None
    tags: list[str] = field(default_factory=list)
    leaves: list[list[str]] = field(default_factory=lambda: [[]])
    wholes: list[list[str]] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        self.tags.append(name)
        self.leaves.append([])
        if name in JOINED:
            self.wholes.append([])
        for value in attributes.values():
            self.keep(value, name)

    def end(self, tag: str) -> None:
        name = self.tags.pop()
        text = "".join(self.leaves.pop())
        self.keep(text, name)
        if name in JOINED:
            pieces = self.wholes.pop()
            if len(pieces) > 1:
                self.keep("".join(pieces), name)
            if self.item and name == "si":
                self.item("".join(pieces))

    def data(self, text: str) -> None:
        self.leaves[-1].append(text)
        if self.wholes:
            self.wholes[-1].append(text)

    def aside(self, *texts: str) -> None:
        for text in texts:
            self.keep(text, "")


def read(data: bytes) -> Iterator[Column | Gap | Nested]:
    """Texts of a document on its own (SVG, relationships, metadata)."""
    collector = Collector()
    walk(data, lambda text, tag: collector.add(text, f"<{tag}>" if tag else "comment"))
    yield from collector.columns()


def walk(data: bytes, keep: Callable[[str, str], None], item: Callable[[str], None] | None = None) -> None:
    """Calls ``keep(text, element)`` for everything that can be read, ``item`` for each shared string, empty or not.

    Raises UnsearchableError."""
    walker = _Walker(keep, item)
    parser = new_parser()
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.data
    parser.CommentHandler = walker.aside
    parser.ProcessingInstructionHandler = walker.aside
    parse(parser, data)


def new_parser() -> expat.XMLParserType:
    """A parser that refuses document types."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def parse(parser: expat.XMLParserType, data: bytes) -> None:
    """Feeds the whole document. Raises UnsearchableError when it is not well-formed."""
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UnsearchableError(Reason.DAMAGED) from error


@lru_cache(maxsize=4096)
def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rsplit(" ", 1)[-1]


def _refuse(*_: object) -> None:
    raise UnsearchableError(Reason.FORMAT)
