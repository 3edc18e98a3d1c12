"""One table on one sheet: title, definition, reading notes, a header that stays, the rows, what each figure means."""

from typing import Any

from gateway.model.table import Wording
from gateway.package.formulas import note, rounding
from gateway.package.sheets.body import add_header, add_rows, unit
from gateway.package.sheets.figures import READING
from gateway.package.sheets.page import set_page
from gateway.package.sheets.styles import BLUE, GREY, Styles
from gateway.package.sheets.tablesheet import TableSheet
from gateway.package.sheets.text import bilingual, height, merge, width

_PAGE_WIDTH = 118.0
_WIDEST_FROZEN = 70
_UNLISTED = "未列出的分组，各项计数均为零。Groups that are not listed are zero in all counts."


def add_table(sheet: Any, shown: TableSheet, cover: str, styles: Styles) -> None:
    """Fills ``sheet``; ``cover`` is the name of the sheet to go back to."""
    widths = _widths(shown)
    for column, size in enumerate(widths):
        sheet.set_column(column, column, size, styles.get())
    head = _add_head(sheet, shown, cover, sum(widths), styles)
    add_header(sheet, head, shown, widths, styles)
    first = head + 2
    add_rows(sheet, first, shown, styles)
    last = first + len(shown.rows) - 1
    sheet.freeze_panes(first, shown.labels if sum(widths[: shown.labels]) <= _WIDEST_FROZEN else 1)
    if shown.rows:
        sheet.autofilter(head + 1, 0, last, shown.last)
        _accept_codes(sheet, first, last, shown.labels)
    _add_definitions(sheet, last + 2, shown, sum(widths), styles)
    set_page(sheet, release=shown.release, title=shown.name, repeat=(head, head + 1))
    sheet.outline_settings(True, False, False, False)


def _widths(shown: TableSheet) -> list[float]:
    """Each column's width in characters, stretched to fill a page."""
    widths: list[float] = []
    for place, dimension in enumerate(shown.spec.dimensions):
        labels = (width(row.nodes[place].label) + 2 * row.depths[place] for row in shown.rows)
        codes = (width(row.place[place]) for row in shown.rows)
        widths += [
            min(34, max(14, width(dimension.title.zh) + 4, max(labels, default=0) + 3)),
            min(18, max(8, max(codes, default=0) + 2)),
        ]
    for figure in shown.figures:
        words = max((width(word) for word in figure.title.en.split()), default=0)
        widths.append(min(20, max(12, width(figure.title.zh) + 3, words + 2, width(unit(figure)) * 0.9 + 4)))
    stretch = min(1.5, max(1.0, _PAGE_WIDTH / sum(widths)))
    return [round(size * stretch, 1) for size in widths]


def _add_head(sheet: Any, shown: TableSheet, cover: str, room: float, styles: Styles) -> int:
    """Writes what stands above the table and returns the next row."""
    spec = shown.spec
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, shown.last, "", styles.get())
    title = Wording(zh=f"表{shown.number}　{spec.title.zh}", en=spec.title.en)
    bilingual(sheet, 0, 0, title, styles, sizes=(17, 11), between="　")
    sheet.set_row(1, 18)
    facts = f"{shown.period.zh} {shown.period.en}　|　协议条款 Clause {spec.clause}　|　数据文件 CSV {shown.entry}"
    merge(sheet, 1, 0, shown.last - 1, facts, styles, font_size=9, font_color=GREY)
    link = styles.get(font_size=9, font_color=BLUE, underline=1, align="right")
    sheet.write_url(1, shown.last, f"internal:'{cover}'!A1", link, string="返回封面 Cover")
    listed = len(spec.dimensions) == 1 or spec.rounding is not None  # of a rounded table its own note says it
    reading = READING if listed else f"{READING}　　{_UNLISTED}"
    notes = [f"{spec.definition.zh}\n{spec.definition.en}", *_overlaps(shown), reading]
    for row, text in enumerate(notes, start=2):
        sheet.set_row(row, height(text, room, 9))
        merge(sheet, row, 0, shown.last, text, styles, font_size=9, text_wrap=True)
    return len(notes) + 2


def _overlaps(shown: TableSheet) -> list[str]:
    notes = dict.fromkeys([*(note(shown.spec, measure) for measure in shown.spec.measures), rounding(shown.spec)])
    return [f"{words.zh}\n{words.en}" for words in notes if words.zh]


def _accept_codes(sheet: Any, first: int, last: int, labels: int) -> None:
    """Codes are meant to be text: no green corners for them."""
    from xlsxwriter.utility import xl_range

    codes = " ".join(xl_range(first, column, last, column) for column in range(1, labels, 2))
    sheet.ignore_errors({"number_stored_as_text": codes})


def _add_definitions(sheet: Any, row: int, shown: TableSheet, room: float, styles: Styles) -> None:
    heading: dict[str, object] = {"bold": True, "font_color": BLUE, "bottom": 1, "bottom_color": BLUE}
    merge(sheet, row, 0, shown.last, "指标说明 Definitions", styles, **heading)
    for at, figure in enumerate(shown.figures, start=row + 1):
        text = f"{figure.title.zh}：{figure.definition.zh}\n{figure.title.en}: {figure.definition.en}"
        sheet.set_row(at, height(text, room, 9))
        merge(sheet, at, 0, shown.last, text, styles, font_size=9, text_wrap=True)
