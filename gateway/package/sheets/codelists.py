"""代码表: each code that the tables use, with its names in both languages and the edition of its list."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.model.hierarchy import Hierarchy, Node
from gateway.model.table import Wording
from gateway.package.rows import Row
from gateway.package.sheets.page import set_page
from gateway.package.sheets.styles import BLUE, GREY, HAIR, PALE, TINT, Styles
from gateway.package.sheets.tablesheet import TableSheet
from gateway.package.sheets.text import bilingual, merge, write

NAME = "代码表"
_COLUMNS = (("代码 Code", 22), ("名称 Name", 40), ("英文名称 In English", 52), ("层级 Level", 18), ("上级 Parent", 22))
_LAST = len(_COLUMNS) - 1


def add_code_lists(
    sheet: Any, shown: Sequence[TableSheet], hierarchies: Mapping[str, Hierarchy], release: str, styles: Styles
) -> None:
    """Fills the sheet with the codes that stand in any row, list by list."""
    for column, (head, size) in enumerate(_COLUMNS):
        sheet.set_column(column, column, size, styles.get())
        write(sheet, 1, column, head, styles, bold=True, font_color=BLUE, bg_color=TINT, font_size=9)
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, _LAST, "", styles.get())
    bilingual(sheet, 0, 0, Wording(zh=NAME, en="Code lists"), styles, sizes=(17, 11), between="　")
    row = 2
    for name, codes in used_codes(shown).items():
        row = _list(sheet, row, hierarchies[name], codes, styles)
    sheet.freeze_panes(2, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A3:E{row + 1}"})
    set_page(sheet, release=release, title=NAME, repeat=(1, 1))


def used_codes(shown: Sequence[TableSheet]) -> dict[str, set[str]]:
    """For each hierarchy, in the order of its first use, the codes that stand in any row."""
    codes: dict[str, set[str]] = {}
    for one in shown:
        for place, dimension in enumerate(one.spec.dimensions):
            codes.setdefault(dimension.hierarchy, set()).update(_at(one.rows, place))
    return codes


def _at(rows: Sequence[Row], place: int) -> set[str]:
    return {row.place[place] for row in rows}


def _list(sheet: Any, row: int, hierarchy: Hierarchy, codes: set[str], styles: Styles) -> int:
    title = hierarchy.name + (f"　{hierarchy.edition}" if hierarchy.edition else "")
    sheet.set_row(row, 24)
    merge(sheet, row, 0, _LAST, title, styles, bold=True, font_color=BLUE, bg_color=PALE)
    used: list[Node] = [node for node in hierarchy.nodes if node.code in codes]
    for at, node in enumerate(used, start=row + 1):
        look: dict[str, object] = {"bottom": 1, "bottom_color": HAIR}
        write(sheet, at, 0, node.code, styles, **look)
        write(sheet, at, 1, node.label, styles, **look)
        write(sheet, at, 2, node.label_en if node.label_en != node.label else "", styles, font_color=GREY, **look)
        write(sheet, at, 3, node.level, styles, font_color=GREY, **look)
        write(sheet, at, 4, node.parent or "", styles, font_color=GREY, **look)
    return row + len(used) + 1
