"""What a report consists of: sheets of rows. The page, the CSV files and the workbook show the same sheets."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.model.table import Wording

Cell = str | int | None
_STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table: its name in files, its title, its columns, its rows."""

    name: str
    title: Wording
    columns: tuple[Wording, ...]
    rows: Sequence[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report: for whom, on what, as of when, and the ledger's length and head that it was drawn from.

    ``facts``: labelled lines ahead of the sheets; ``number`` tells two reports apart."""

    title: Wording
    for_whom: Wording
    number: str
    at: datetime
    facts: Sequence[tuple[Wording, str]]
    sheets: Sequence[Sheet]
    length: int
    head: str


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with BOM, CRLF, both languages in the header, nothing that a spreadsheet would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([f"{column.zh} {column.en}" for column in sheet.columns])
    writer.writerows([[_neutral(cell) for cell in row] for row in sheet.rows])
    return _BOM + out.getvalue().encode()


def as_workbook(report: Report) -> bytes:
    """One sheet a table, the facts first, a place for signatures last. The same report gives the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": report.title.zh, "created": report.at.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "bg_color": "#DCE7F2", "border": 1, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    heading = book.add_format({"bold": True, "font_size": 14})
    front = book.add_worksheet("概要")
    front.set_column(0, 0, 24)
    front.set_column(1, 1, 80)
    front.write_string(0, 0, report.title.zh, heading)
    rows = [*report.facts, *_signatures()]
    for number, (label, text) in enumerate(rows, start=2):
        front.write_string(number, 0, label.zh, bold)
        front.write_string(number, 1, text, plain)
    for sheet in report.sheets:
        page = book.add_worksheet(sheet.title.zh[:31])
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.set_column(0, len(sheet.columns), 18)
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, f"{column.zh}\n{column.en}", bold)
        for number, row in enumerate(sheet.rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, int):
                    page.write_number(number, place, cell, plain)
                else:
                    page.write_string(number, place, cell or "", plain)
    book.close()
    return out.getvalue()


def as_page(report: Report) -> bytes:
    """One self-contained page for A4, Chinese first; opens offline, prints, has room for signatures and seals."""
    return render("report.html", report=report)


def render(template: str, **values: object) -> bytes:
    """A template of this room, filled in."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gateway.custody", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values).encode()


def _signatures() -> list[tuple[Wording, str]]:
    return [
        (Wording(zh="填表人", en="Filled in by"), ""),
        (Wording(zh="审核人", en="Reviewed by"), ""),
        (Wording(zh="单位印章、日期", en="Seal, date"), ""),
    ]


def _neutral(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA):
        return f"'{cell}"
    return cell
