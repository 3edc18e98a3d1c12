"""Text in cells: its width, its wrapping, and writing it so that no spreadsheet takes it for anything but text."""

import unicodedata
from collections.abc import Mapping
from math import ceil
from typing import Any

from gateway.base.spreadsheets import STARTS_FORMULA
from gateway.model.table import Wording
from gateway.package.sheets.styles import BLUE, FONT, GREY, Styles

PLAIN: Mapping[str, object] = {}


def width(text: str) -> int:
    """Columns of a fixed-width screen that ``text`` takes: two for a Chinese character, one for a Latin letter."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def height(text: str, columns: float, size: float = 10) -> float:
    """The row height in points of ``text`` wrapped to so many columns at ``size`` points."""
    fitting = max(columns * 10.2 / size, 1)
    lines = sum(max(1, ceil(width(line) / fitting)) for line in text.split("\n"))
    return lines * size * 1.45 + 4


def write(sheet: Any, row: int, column: int, text: str, styles: Styles, **properties: object) -> None:
    """Writes ``text`` as a string cell, marked as text where it begins like a formula, so that editing keeps it so."""
    if text.startswith(STARTS_FORMULA):
        properties["quote_prefix"] = True
    sheet.write_string(row, column, text, styles.get(**properties))


def merge(sheet: Any, row: int, first: int, last: int, text: str, styles: Styles, **look: object) -> None:
    """Writes ``text`` over the cells of ``row`` from ``first`` to ``last``, as ``write`` does."""
    if last > first:
        sheet.merge_range(row, first, row, last, "", styles.get(**look))
    write(sheet, row, first, text, styles, **look)


def bilingual(
    sheet: Any,
    row: int,
    column: int,
    wording: Wording,
    styles: Styles,
    *,
    look: Mapping[str, object] = PLAIN,
    sizes: tuple[float, float] = (10, 8),
    colors: tuple[str, str] = (BLUE, GREY),
    between: str = "\n",
) -> None:
    """Writes both languages into one cell, Chinese first and bold; merged cells must have been merged before."""
    if not wording.zh or not wording.en:
        write(sheet, row, column, wording.zh or wording.en, styles, **look)
        return
    marked = {"quote_prefix": True} if wording.zh.startswith(STARTS_FORMULA) else {}
    zh = styles.get(font_name=FONT, font_size=sizes[0], font_color=colors[0], bold=True)
    en = styles.get(font_name=FONT, font_size=sizes[1], font_color=colors[1])
    sheet.write_rich_string(row, column, zh, wording.zh, en, between + wording.en, styles.get(**look, **marked))
