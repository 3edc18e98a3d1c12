"""Which charts a workbook shows, as data, and how one is drawn.

A withheld or missing figure has no bar and its label carries the sign: text in a chart's range would be drawn as zero,
so charts read a block of their own, where such a figure is an empty cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.model.cells import Mark, Shown
from gateway.model.hierarchy import Hierarchy, Node
from gateway.model.table import TableSpec, Wording
from gateway.package.columns import figures, hierarchy_of
from gateway.package.rows import Row
from gateway.package.sheets.figures import number_format
from gateway.package.sheets.styles import BLUE, FONT, LINE, MISSING, WITHHELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A figure of a table over the codes below ``under`` (None: the top) of one dimension, all others at their total.

    ``ranked``: horizontal bars, largest first; else columns in the list's order."""

    table: str
    figure: str
    along: str
    title: Wording
    under: str | None = None
    ranked: bool = False


MONTHLY = (
    Chart(
        table="supply_demand",
        figure="ratio",
        along="industry",
        title=Wording(zh="各行业求人倍率（全市）", en="Openings per seeker by industry"),
        ranked=True,
    ),
    Chart(
        table="worker_profile",
        figure="workers",
        along="skill",
        title=Wording(zh="零工人员的技能（人）", en="Workers by skill (persons)"),
        ranked=True,
    ),
    Chart(
        table="pay_bands",
        figure="postings",
        along="pay",
        under="month",
        title=Wording(zh="月薪岗位的分布（岗位数）", en="Monthly pay, by band"),
    ),
    Chart(
        table="recruiting_area",
        figure="postings",
        along="region",
        title=Wording(zh="各县（市、区）岗位数", en="Postings by county"),
    ),
    Chart(
        table="worker_profile",
        figure="workers",
        along="age",
        title=Wording(zh="零工人员的年龄（人）", en="Workers by age (persons)"),
    ),
    Chart(
        table="market_activity",
        figure="match_rate",
        along="region",
        title=Wording(zh="各县（市、区）匹配成功率（%）", en="Match rate by county (%)"),
    ),
)
"""The charts of the monthly tables. A table, figure or code that a release doesn't have simply has no chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What a chart draws: labels, and for each a figure."""

    chart: Chart
    number: str
    points: tuple[tuple[str, Shown], ...]


def series(chart: Chart, spec: TableSpec, rows: Sequence[Row], hierarchies: Mapping[str, Hierarchy]) -> Series | None:
    """The points of ``chart`` in a table, or None when there are fewer than two with a value."""
    figure = next((figure for figure in figures(spec) if figure.name == chart.figure), None)
    place = next((at for at, dimension in enumerate(spec.dimensions) if dimension.name == chart.along), None)
    if figure is None or place is None:
        return None
    hierarchy, levels = hierarchy_of(spec.dimensions[place], hierarchies), spec.dimensions[place].levels
    under = chart.under or hierarchy.top.code
    points = [
        (_label(row.nodes[place], row.figures[figure.name]), row.figures[figure.name])
        for row in rows
        if not any(depth for at, depth in enumerate(row.depths) if at != place)
        and hierarchy.up(row.place[place], levels) == under
    ]
    if chart.ranked:
        points.sort(key=lambda point: -(point[1].value if point[1].value is not None else -1))
    if sum(shown.value is not None for _, shown in points) < 2:
        return None
    return Series(chart=chart, number=number_format(figure, rows), points=tuple(points))


def _label(node: Node, shown: Shown) -> str:
    signs = {Mark.NORMAL: "", Mark.ROUNDED: "", Mark.WITHHELD: f" {WITHHELD}", Mark.MISSING: f" {MISSING}"}
    return node.label + signs[shown.mark]


def draw(book: Any, sheet: str, drawn: Series, first: int, column: int) -> Any:
    """The XlsxWriter chart of a series whose labels and values stand on ``sheet`` from row ``first`` on."""
    last = first + len(drawn.points) - 1
    mark = "　R" if any(shown.mark is Mark.ROUNDED for _, shown in drawn.points) else ""
    chart = book.add_chart({"type": "bar" if drawn.chart.ranked else "column"})
    chart.add_series(
        {
            "categories": [sheet, first, column, last, column],
            "values": [sheet, first, column + 1, last, column + 1],
            "fill": {"color": BLUE},
            "gap": 45,
            "data_labels": {"value": True, "num_format": drawn.number, "font": {"name": FONT, "size": 8}},
        }
    )
    chart.set_title(
        {
            "name": f"{drawn.chart.title.zh}  {drawn.chart.title.en}{mark}",
            "name_font": {"name": FONT, "size": 10, "bold": True, "color": BLUE},
            "overlay": False,
        }
    )
    chart.set_legend({"none": True})
    names = {
        "num_font": {"name": FONT, "size": 8},
        "line": {"color": LINE},
        "major_tick_mark": "none",
        "interval_unit": 1,
        "reverse": drawn.chart.ranked,
    }
    values = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    chart.set_x_axis(values if drawn.chart.ranked else names)
    chart.set_y_axis(names if drawn.chart.ranked else values)
    chart.set_chartarea({"border": {"color": LINE}})
    return chart
