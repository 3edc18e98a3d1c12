"""The header and the rows of a table's sheet, drawn as a tree: totals bold, parts indented and grouped."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.package.columns import Computed
from gateway.package.rows import Row
from gateway.package.sheets.figures import number_format, write_figure
from gateway.package.sheets.styles import BLUE, GREY, HAIR, LINE, PALE, TINT, WHITE, Styles
from gateway.package.sheets.tablesheet import TableSheet
from gateway.package.sheets.text import bilingual, height, write

_GROUPED_FROM = 40
"""Rows from which grouping helps more than it takes room."""

_DEEPEST = 7
_HIGH: Mapping[str, object] = {
    "bg_color": BLUE,
    "font_color": WHITE,
    "align": "center",
    "text_wrap": True,
    "border": 1,
    "border_color": LINE,
}
_LOW: Mapping[str, object] = {
    "bg_color": TINT,
    "font_color": BLUE,
    "font_size": 9,
    "border": 1,
    "border_color": LINE,
}


def unit(figure: Computed) -> str:
    """The figure's unit in both languages, once where they agree."""
    return figure.unit.zh if figure.unit.zh == figure.unit.en else f"{figure.unit.zh} {figure.unit.en}"


def add_header(sheet: Any, row: int, shown: TableSheet, widths: Sequence[float], styles: Styles) -> None:
    """Writes the two header rows: titles in both languages, then names, codes and units."""
    colors, tallest = (WHITE, TINT), 34.0
    for column, dimension in zip(range(0, shown.labels, 2), shown.spec.dimensions, strict=True):
        sheet.merge_range(row, column, row, column + 1, "", styles.get(**_HIGH))
        bilingual(sheet, row, column, dimension.title, styles, look=_HIGH, colors=colors)
        write(sheet, row + 1, column, "名称 Name", styles, **_LOW)
        write(sheet, row + 1, column + 1, "代码 Code", styles, **_LOW)
    for column, figure in enumerate(shown.figures, start=shown.labels):
        bilingual(sheet, row, column, figure.title, styles, look=_HIGH, colors=colors)
        write(sheet, row + 1, column, unit(figure), styles, align="center", **_LOW)
        room = widths[column] - 2
        tallest = max(tallest, height(figure.title.zh, room) + height(figure.title.en, room, 8))
    sheet.set_row(row, tallest)
    sheet.set_row(row + 1, 18)


def add_rows(sheet: Any, first: int, shown: TableSheet, styles: Styles) -> None:
    """Writes the rows from row ``first`` on."""
    formats = [number_format(figure, shown.rows) for figure in shown.figures]
    grouped = len(shown.rows) >= _GROUPED_FROM
    before: Row | None = None
    for at, row in enumerate(shown.rows, start=first):
        sheet.set_row(at, 18, None, {"level": _level(row)} if grouped else {})
        look = _look(row)
        _write_labels(sheet, at, row, before, look, styles)
        for column, (figure, number) in enumerate(zip(shown.figures, formats, strict=True), start=shown.labels):
            write_figure(sheet, at, column, row.figures[figure.name], number, styles, **look)
        before = row


def _write_labels(
    sheet: Any, at: int, row: Row, before: Row | None, look: Mapping[str, object], styles: Styles
) -> None:
    """Each dimension's name, indented, and its code; a name that only repeats the row above it is grey."""
    last = len(row.nodes) - 1
    for place, node in enumerate(row.nodes):
        repeated = before is not None and place < last and before.place[: place + 1] == row.place[: place + 1]
        name = {**look, "indent": row.depths[place], "shrink": True, **({"font_color": GREY} if repeated else {})}
        write(sheet, at, 2 * place, node.label, styles, **name)
        write(sheet, at, 2 * place + 1, node.code, styles, **{**look, "font_color": GREY, "font_size": 9})


def _level(row: Row) -> int:
    """The outline level: how deep the row lies below the head of its block (one dimension: below the total)."""
    depths = row.depths[1:] if len(row.depths) > 1 else row.depths
    return min(sum(depths), _DEEPEST)


def _look(row: Row) -> dict[str, object]:
    """The grand total is filled, a block's head tinted, any other total bold."""
    look: dict[str, object] = {"bottom": 1, "bottom_color": HAIR}
    if not any(row.depths):
        return look | {"bold": True, "bg_color": TINT}
    if len(row.depths) > 1 and not any(row.depths[1:]):
        return look | {"bold": True, "bg_color": PALE}
    return look | {"bold": True} if len(row.depths) > 1 and row.depths[-1] == 0 else look
