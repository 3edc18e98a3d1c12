"""A register as people file it: a page to print and stamp, a CSV and a workbook, all of the same rows.

Nothing in it runs as a formula; every text is shown as it is; the same register gives the same bytes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.model.table import Wording
from gateway.package.csvs import csv_bytes, neutral
from gateway.package.sheets.page import set_page
from gateway.package.sheets.styles import BLUE, GREY, LINE, TINT, WHITE, Styles

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDEST, _HEADING = 46, 10
_UNBROKEN = 40
"""Characters: a longer word, such as a digest, is broken anywhere; any other never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A register's column: the key of its value in a row, and its heading."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTable:
    """One register. ``rows``: a text for each column's key. ``drawn``: from what and when, for the foot of the page."""

    name: str
    title: Wording
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, str], ...]
    drawn: str


def register_files(table: RegisterTable) -> dict[str, bytes]:
    """``<name>.html``, ``<name>.csv`` and ``<name>.xlsx``."""
    return {
        f"{table.name}.html": page(table),
        f"{table.name}.csv": sheet_csv(table),
        f"{table.name}.xlsx": sheet_xlsx(table),
    }


def sheet_csv(table: RegisterTable) -> bytes:
    """UTF-8 with BOM, CRLF, Chinese headings, for Excel."""
    lines = [[neutral(row[column.key]) for column in table.columns] for row in table.rows]
    return csv_bytes([column.zh for column in table.columns], lines)


def sheet_xlsx(table: RegisterTable) -> bytes:
    """One sheet: title, headings in both languages, a row a line, the foot."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": table.title.zh, "created": _CREATED})
        styles, sheet = Styles(book), book.add_worksheet(table.title.zh)
        sheet.write_string(0, 0, table.title.zh, styles.get(bold=True, font_size=16, font_color=BLUE))
        head = styles.get(bold=True, bg_color=TINT, border=1, border_color=LINE, text_wrap=True)
        cell = styles.get(bg_color=WHITE, border=1, border_color=LINE, text_wrap=True, valign="top")
        for place, column in enumerate(table.columns):
            sheet.write_string(2, place, f"{column.zh}\n{column.en}", head)
            longest = max((len(line) for row in table.rows for line in row[column.key].splitlines()), default=0)
            sheet.set_column(place, place, min(_WIDEST, max(_HEADING, longest + 2)))
            for number, row in enumerate(table.rows):
                sheet.write_string(3 + number, place, row[column.key], cell)
        sheet.write_string(4 + len(table.rows), 0, table.drawn, styles.get(font_color=GREY, font_size=8))
        sheet.freeze_panes(3, 2)
        set_page(sheet, release=table.title.zh, title=table.drawn, repeat=(2, 2))
    return out.getvalue()


def page(table: RegisterTable) -> bytes:
    """One self-contained HTML page for A4 landscape; a wide register is shown as one block a line."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gateway.package", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["long"] = lambda text: any(len(word) > _UNBROKEN for word in text.split())
    environment.tests["dated"] = lambda text: text[:2] == "20" and text[4:5] == "-"
    return environment.get_template("register.html").render(table=table).encode()
