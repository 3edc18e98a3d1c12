"""Figures in cells: a value is a number; a withheld or missing one is a sign, which no sum takes for zero."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from gateway.model.cells import Mark, Shown
from gateway.model.table import Quartile
from gateway.package.columns import Computed
from gateway.package.rows import Row
from gateway.package.sheets.styles import GREY, MISSING, WITHHELD, Styles
from gateway.package.sheets.text import write

READING = "＊ 为保护个人和企业不予公布 withheld　　— 缺失 missing　　0 为零 zero"
"""The line that stands above every table."""

_PADDED = "_)"
"""Leaves the width of a bracket free at the right, so that figures don't touch the line."""


def number_format(figure: Computed, rows: Sequence[Row]) -> str:
    """The figure's number format: thousands separated, with its declared decimals (a quartile: those of its values)."""
    decimals = getattr(figure, "decimals", 0)
    if isinstance(figure, Quartile):
        decimals = max((_decimals(row.figures[figure.name].value) for row in rows), default=0)
    return "#,##0" + (f".{'0' * decimals}" if decimals else "") + _PADDED


def write_figure(sheet: Any, row: int, column: int, shown: Shown, number: str, styles: Styles, **look: object) -> None:
    """Writes a value as a number in the format ``number``, anything else as its sign."""
    if shown.value is not None:
        value = shown.value if isinstance(shown.value, int) else float(shown.value)
        sheet.write_number(row, column, value, styles.get(**{"align": "right", **look}, num_format=number))
        return
    sign = WITHHELD if shown.mark is Mark.WITHHELD else MISSING
    signed = {"align": "right", **look, "font_color": GREY, "num_format": f"@{_PADDED}"}
    write(sheet, row, column, sign, styles, **signed)


def _decimals(value: int | Decimal | None) -> int:
    if not isinstance(value, Decimal):
        return 0
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
