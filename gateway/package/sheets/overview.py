"""要览: the city's totals at a glance, and the charts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.model.cells import Mark, Shown
from gateway.model.table import Measure, Quartile, Share, Wording
from gateway.package.columns import Computed, figures
from gateway.package.sheets.charts import Series, draw
from gateway.package.sheets.figures import READING, number_format, write_figure
from gateway.package.sheets.page import set_page
from gateway.package.sheets.styles import BLUE, GREY, LINE, MISSING, PALE, WITHHELD, Styles
from gateway.package.sheets.tablesheet import TableSheet
from gateway.package.sheets.text import bilingual, merge, write

NAME = "要览"
_COLUMNS, _WIDTH = 12, 14.6
_TILES, _CHARTS = 6, 3
_PIXELS = 424
_DATA = 14
"""The first column of the block that charts read, right of what is printed."""


def add_overview(
    book: Any, sheet: Any, shown: Sequence[TableSheet], drawn: Sequence[Series], title: Wording, styles: Styles
) -> None:
    """Fills the sheet with a tile for each figure's total and with the charts."""
    sheet.set_column(0, _COLUMNS - 1, _WIDTH, styles.get())
    sheet.set_column(_COLUMNS, _DATA - 1, 3)
    sheet.set_column(_DATA, _DATA, 34, styles.get())
    sheet.set_column(_DATA + 1, _DATA + 1, 14, styles.get())
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, _COLUMNS - 1, "", styles.get())
    heading = Wording(zh=f"{title.zh}：要览", en=f"{title.en}: at a glance")
    bilingual(sheet, 0, 0, heading, styles, sizes=(17, 11), between="　")
    tiles = list(totals(shown))
    reading = f"{READING}　　R 取整 rounded" if any(tile.rounded for tile in tiles) else READING
    facts = f"{shown[0].period.zh} {shown[0].period.en}　|　{reading}" if shown else reading
    merge(sheet, 1, 0, _COLUMNS - 1, facts, styles, font_size=9, font_color=GREY)
    row = _tiles(sheet, 3, tiles, styles)
    row = _charts(book, sheet, row, drawn, styles)
    set_page(sheet, release=shown[0].release if shown else "", title=NAME)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, max(row, 2), _COLUMNS - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure's total over everything, its number format, and the table that it is of."""

    figure: Computed
    value: Shown
    number: str
    table: TableSheet

    @property
    def rounded(self) -> bool:
        """Whether it carries mark R."""
        return self.value.mark is Mark.ROUNDED


def totals(shown: Sequence[TableSheet]) -> Iterator[Tile]:
    """Each figure's total: once where tables agree on it, whatever they call it; shares (always 100) and quartiles (of
    one unit of pay only) are left out."""
    seen = set()
    for sheet in shown:
        total = next((row for row in sheet.rows if not any(row.depths)), None)
        for figure in figures(sheet.spec) if total else ():
            value = total.figures[figure.name] if total else None
            key = (_counted(figure), value)
            if value is None or isinstance(figure, Share | Quartile) or key in seen:
                continue
            seen.add(key)
            yield Tile(figure=figure, value=value, number=number_format(figure, sheet.rows), table=sheet)


def _counted(figure: Computed) -> str:
    """What a measure counts, apart from what its table calls it; another figure's title and unit."""
    if isinstance(figure, Measure):
        return figure.model_dump_json(exclude={"name", "title", "unit", "definition", "repeats"})
    return f"{figure.title.zh} {figure.unit.zh}"


def _tiles(sheet: Any, row: int, tiles: Sequence[Tile], styles: Styles) -> int:
    """Writes a block of lines for each tile: what it is with mark R, its value, both again in English, its table."""
    heights, across = (20, 32, 15, 14, 6), _COLUMNS // _TILES
    for at, tile in enumerate(tiles):
        figure = tile.figure
        top, left = row + len(heights) * (at // _TILES), across * (at % _TILES)
        right, frame = left + across - 1, {"bg_color": PALE, "align": "center", "left": 5, "left_color": BLUE}
        for line, points in enumerate(heights):
            sheet.set_row(top + line, points)
        mark = "　R" if tile.rounded else ""
        heading = f"{figure.title.zh}（{figure.unit.zh}）{mark}"
        merge(sheet, top, left, right, heading, styles, font_size=10, **frame)
        look: dict[str, object] = {"font_size": 20, "bold": True, "font_color": BLUE, **frame}
        sheet.merge_range(top + 1, left, top + 1, right, "", styles.get(**look))
        write_figure(sheet, top + 1, left, tile.value, tile.number, styles, **look)
        said = figure.unit.en.lower() in figure.title.en.lower()
        english = figure.title.en if said else f"{figure.title.en} ({figure.unit.en})"
        small: dict[str, object] = {"font_size": 8, "font_color": GREY, **frame}
        merge(sheet, top + 2, left, right, english, styles, **small)
        table = f"表{tile.table.number} {tile.table.spec.title.zh}"
        merge(sheet, top + 3, left, right, table, styles, shrink=True, **small)
    return row + len(heights) * -(-len(tiles) // _TILES)


def _charts(book: Any, sheet: Any, row: int, drawn: Sequence[Series], styles: Styles) -> int:
    """Places the charts side by side, their numbers right of the print area; returns the row below them."""
    write(sheet, 0, _DATA, "图表数据 Chart data", styles, bold=True, font_color=BLUE)
    data = 2
    for start in range(0, len(drawn), _CHARTS):
        pixels = max(_pixels(one) for one in drawn[start : start + _CHARTS])
        for side, one in enumerate(drawn[start : start + _CHARTS]):
            first = _block(sheet, data, one, styles)
            data = first + len(one.points) + 1
            chart = draw(book, NAME, one, first, _DATA)
            chart.set_size({"width": _PIXELS, "height": pixels})
            sheet.insert_chart(
                row, side * _COLUMNS // _CHARTS, chart, {"x_offset": 2, "y_offset": 4, "object_position": 1}
            )
        row += pixels // 20 + 2
    return row


def _pixels(one: Series) -> int:
    return max(300, 80 + 18 * len(one.points)) if one.chart.ranked else 300


def _block(sheet: Any, row: int, one: Series, styles: Styles) -> int:
    """Writes a chart's labels and values; what has no value stays empty. Returns the first row of the points."""
    write(sheet, row, _DATA, one.chart.title.zh, styles, bold=True, bottom=1, bottom_color=LINE)
    for at, (label, shown) in enumerate(one.points, start=row + 1):
        write(sheet, at, _DATA, label, styles, font_size=9)
        if shown.value is not None:
            write_figure(sheet, at, _DATA + 1, shown, one.number, styles, font_size=9)
        else:
            sign = WITHHELD if shown.mark is Mark.WITHHELD else MISSING
            write(sheet, at, _DATA + 2, sign, styles, font_size=9, font_color=GREY)
    return row + 1
