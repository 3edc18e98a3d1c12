"""数据字典: every figure and dimension of every table, what it means and how it comes about."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.model.hierarchy import Hierarchy
from gateway.model.table import TableSpec, Wording
from gateway.package.columns import Column, Role, columns
from gateway.package.names import entry_names
from gateway.package.sheets.page import set_page
from gateway.package.sheets.styles import BLUE, GREY, HAIR, PALE, TINT, Styles
from gateway.package.sheets.text import bilingual, height, merge, write

NAME = "数据字典"
_COLUMNS = (
    ("列名 Column", 19),
    ("名称 Title", 24),
    ("单位 Unit", 12),
    ("定义 Definition", 56),
    ("计算与说明 Formula and notes", 52),
    ("条款 Clause", 11),
)
_LAST = len(_COLUMNS) - 1


def add_dictionary(
    sheet: Any, specs: Sequence[TableSpec], hierarchies: Mapping[str, Hierarchy], release: str, styles: Styles
) -> None:
    """Fills the sheet; the columns that only repeat another's code or mark are told once, above."""
    for column, (head, size) in enumerate(_COLUMNS):
        sheet.set_column(column, column, size, styles.get())
        write(sheet, 2, column, head, styles, bold=True, font_color=BLUE, bg_color=TINT, font_size=9)
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, _LAST, "", styles.get())
    bilingual(sheet, 0, 0, Wording(zh=NAME, en="Data dictionary"), styles, sizes=(17, 11), between="　")
    sheet.set_row(1, 42)
    merge(sheet, 1, 0, _LAST, _INTRODUCTION, styles, font_size=9, text_wrap=True, font_color=GREY)
    sheet.set_row(2, 20)
    row = 3
    for number, (entry, spec) in enumerate(zip(entry_names(len(specs)).tables, specs, strict=True), start=1):
        row = _table(sheet, row, f"表{number}", entry, spec, hierarchies, styles)
    sheet.freeze_panes(3, 1)
    set_page(sheet, release=release, title=NAME, repeat=(2, 2))


_INTRODUCTION = (
    "CSV 文件中，每个维度有“_code”（代码）与名称两列；每项指标另有“_status”列："
    "A 正常，C 不予公布（＊），M 缺失（—），R 取整；"
    "C、M 时数值为空，零写作 0、状态为 A。\n"
    "In the CSV files each dimension has its code and its name; each figure has a status beside it: "
    "A normal, C withheld (＊), M missing (—), R rounded; with C or M the value is empty, while zero is 0 with A."
)


def _table(
    sheet: Any,
    row: int,
    number: str,
    entry: str,
    spec: TableSpec,
    hierarchies: Mapping[str, Hierarchy],
    styles: Styles,
) -> int:
    title = f"{number}　{spec.title.zh}　{spec.title.en}　（{spec.name}，{entry}）"
    sheet.set_row(row, 24)
    merge(sheet, row, 0, _LAST, title, styles, bold=True, font_color=BLUE, bg_color=PALE)
    row += 1
    look: dict[str, object] = {"font_size": 9, "text_wrap": True, "valign": "top", "bottom": 1, "bottom_color": HAIR}
    for column in columns(spec, hierarchies):
        if column.role in (Role.LABEL, Role.STATUS):
            continue
        texts = _texts(column, spec.clause)
        sheet.set_row(row, max(height(text, _COLUMNS[at][1] - 1, 9) for at, text in enumerate(texts)))
        for at, text in enumerate(texts):
            write(sheet, row, at, text, styles, **look)
        row += 1
    return row


def _texts(column: Column, clause: str) -> tuple[str, ...]:
    formula = [_both(column.formula), _both(column.note)]
    return (
        column.name,
        _both(column.title),
        _both(column.unit),
        _both(column.definition),
        "\n".join(text for text in formula if text),
        clause,
    )


def _both(wording: Wording) -> str:
    return wording.zh if wording.zh == wording.en else f"{wording.zh}\n{wording.en}"
