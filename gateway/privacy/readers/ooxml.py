"""Office documents (XLSX, DOCX, PPTX): every XML part read to its last attribute.

Cells stand at ``sheet1!B7`` (sheets by number: a sheet's name may itself be data) under the texts at the top of their
column; shared strings that no cell uses, sheet names, defined names, comments, headers and footers, hidden sheets and
properties at the part that holds them. A printer's settings, which Excel writes into every workbook that was printed,
are searched for runs of text; a picture can't be searched."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from gateway.privacy.cells import Collector, Column
from gateway.privacy.readers.archive import Archive
from gateway.privacy.readers.base import Gap, Nested, UnsearchableError
from gateway.privacy.readers.sheet import cells_of
from gateway.privacy.readers.xmls import walk
from gateway.privacy.scanned import Reason

CONTENT_TYPES = "[Content_Types].xml"
_XML = (".xml", ".rels", ".vml")
_HEADER_CODES = re.compile(r"&(?:\"[^\"]*\"|[0-9]+|K[0-9A-Fa-f]{6}|[A-Za-z])")
_TOP_ROWS = "6"
_LONGEST_COLUMN = 3
_LONGEST_HEADER = 40
_LARGEST_PRINTER = 1 << 16
_RUNS = re.compile(r"[\u0020-\u007e\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]{2,}")


def read_parts(archive: Archive) -> Iterator[Column | Gap | Nested]:
    """Texts of all parts; parts that are files of their own are handed back."""
    collector = Collector()
    sheets: list[tuple[str, bytes]] = []
    strings: list[str] = []
    for location, text in archive.texts:
        collector.add(text, location)
    for entry in archive.entries:
        part = entry.name
        collector.add(part, "part name")
        if entry.reason is not None:
            yield Gap(part, entry.reason)
        elif entry.name.endswith("/") and not entry.data:
            continue
        elif part == "xl/sharedStrings.xml":
            strings = _strings(entry.data, collector)
        elif re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
            sheets.append((part, entry.data))
        elif part.lower().endswith(_XML):
            _part(part, entry.data, collector)
        elif re.fullmatch(r"xl/printerSettings/printerSettings[0-9]+\.bin", part):
            _printer(part, entry.data, collector)
        elif entry.data.startswith(b"PK\x03\x04"):
            yield Nested(part, entry.data)
        else:
            yield Gap(part, Reason.BINARY)
    _sheets(sheets, strings, collector)
    yield from collector.columns()


def _printer(part: str, data: bytes, collector: Collector) -> None:
    """A DEVMODE structure: names of a printer, a form and files, in UTF-16 and in ASCII, wherever they begin."""
    if len(data) > _LARGEST_PRINTER:
        raise UnsearchableError(Reason.LIMIT)
    for start in (0, 1):
        for run in _RUNS.findall(data[start:].decode("utf-16-le", "replace")):
            collector.add(run, part)
    for run in _RUNS.findall(data.decode("latin-1")):
        collector.add(run, part)


def _part(part: str, data: bytes, collector: Collector) -> None:
    """A part that is no sheet: distinct texts, under their element's name where the element says what they are."""
    seen: set[tuple[str, str]] = set()
    told = part.startswith("docProps/") or "comment" in part.lower() or "person" in part.lower()

    def keep(text: str, tag: str) -> None:
        context = tag if told else ""
        if (text, context) not in seen:
            seen.add((text, context))
            collector.add(text, part, (context,) if context else ())

    walk(data, keep)


def _strings(data: bytes, collector: Collector) -> list[str]:
    """The shared strings in order. All of their runs are kept as texts too, so that none is out of sight."""
    strings: list[str] = []

    def keep(text: str, tag: str) -> None:
        collector.add(text, "xl/sharedStrings.xml")

    walk(data, keep, item=strings.append)
    return strings


def _sheets(sheets: list[tuple[str, bytes]], strings: list[str], collector: Collector) -> None:
    for part, data in sheets:
        sheet = PurePosixPath(part).stem
        aside: set[str] = set()
        top: dict[str, tuple[str, ...]] = {}
        for place, text in cells_of(data, strings, aside):
            column = place.rstrip("0123456789")
            row = place[len(column) :]
            if not (row and len(column) <= _LONGEST_COLUMN and column.isalpha()):
                aside.add(place)  # no place of a sheet: a text
                place = "?"
            headers = top.get(column, ())
            collector.add(text, f"{sheet}!{place}", headers)
            if row <= _TOP_ROWS and len(row) == 1 and len(text) <= _LONGEST_HEADER and not text.isdecimal():
                top[column] = (*headers, text)
        for text in aside:
            collector.add(text, part)
            if "&" in text:
                collector.add(_HEADER_CODES.sub(" ", text), part)
