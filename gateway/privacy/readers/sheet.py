"""One worksheet part: its cells with their places, and everything beside the cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.privacy.readers.xmls import local, new_parser, parse

_SCIENTIFIC = re.compile(r"([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})")


@dataclass(slots=True)
class _Sheet:
    """What the parser saw."""

    strings: list[str]
    aside: set[str]
    cells: list[tuple[str, str]] = field(default_factory=list)
    place: str = ""
    kind: str = ""
    pieces: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "c":
            self.place, self.kind = attributes.pop("r", ""), attributes.get("t", "")
            self.runs = []
        if attributes:
            self.aside.update(attributes.values())
        self.pieces = []

    def end(self, tag: str) -> None:
        name, text = local(tag), "".join(self.pieces)
        if name == "c":
            if len(self.runs) > 1:
                self.cells.append((self.place, "".join(self.runs)))
            self.place = ""
        elif name == "v" and self.place:
            self.cells.append((self.place, self._value(text)))
        elif name in {"f", "t"} and self.place:
            self.cells.append((self.place, text))
            self.runs.append(text)
        elif text:
            self.aside.add(text)
        self.pieces = []

    def data(self, text: str) -> None:
        self.pieces.append(text)

    def comment(self, *texts: str) -> None:
        self.aside.update(texts)

    def _value(self, text: str) -> str:
        if self.kind == "s" and text.isdigit() and int(text) < len(self.strings):
            return self.strings[int(text)]
        return expanded(text) if "E" in text or "e" in text else text


def cells_of(data: bytes, strings: list[str], aside: set[str]) -> Iterator[tuple[str, str]]:
    """(place, text) of every value and formula; what is no cell is added to ``aside``. Raises UnsearchableError."""
    sheet = _Sheet(strings, aside)
    parser = new_parser()
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    parser.CharacterDataHandler = sheet.data
    parser.CommentHandler = sheet.comment
    parser.ProcessingInstructionHandler = sheet.comment
    parse(parser, data)
    yield from sheet.cells


def expanded(text: str) -> str:
    """A large whole number that is written with an exponent, in digits (those beyond a float's 15 are zeros)."""
    match = _SCIENTIFIC.fullmatch(text)
    if not match:
        return text
    digits, exponent = match[1] + (match[2] or ""), int(match[3])
    return digits + "0" * (exponent - len(digits) + 1) if len(digits) - 1 <= exponent <= 19 else text
