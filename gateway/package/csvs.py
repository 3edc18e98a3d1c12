"""A published table as CSV that Excel on Windows and any program read alike.

UTF-8 with BOM, CRLF, RFC 4180 quoting, codes as text, and no text that a spreadsheet would run as a formula. The same
table gives the same bytes."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from gateway.base.spreadsheets import STARTS_FORMULA
from gateway.model.cells import PublishedTable, Shown
from gateway.model.hierarchy import Hierarchy
from gateway.model.period import Period
from gateway.package.columns import columns, figures
from gateway.package.rows import rows

BOM = b"\xef\xbb\xbf"


def table_csv(table: PublishedTable, hierarchies: Mapping[str, Hierarchy], period: Period) -> bytes:
    """The table as CSV: period, code and label of each dimension, value and mark of each figure.

    Raises what ``rows`` raises."""
    names = [figure.name for figure in figures(table.spec)]
    lines: list[list[str]] = []
    for row in rows(table, hierarchies):
        line = [str(period)]
        for node in row.nodes:
            line += [neutral(node.code), neutral(node.label)]
        for name in names:
            shown = row.figures[name]
            line += [number(shown), shown.mark.value]
        lines.append(line)
    return csv_bytes([column.name for column in columns(table.spec, hierarchies)], lines)


def csv_bytes(header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """``header`` and ``lines`` as CSV bytes; texts must have been neutralised."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(lines)
    return BOM + out.getvalue().encode()


def neutral(text: str) -> str:
    """``text`` with a leading apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def number(shown: Shown) -> str:
    """A figure's value in plain decimal digits, never with an exponent; empty when it is withheld or missing."""
    if shown.value is None:
        return ""
    return format(shown.value, "f") if isinstance(shown.value, Decimal) else str(shown.value)
