"""The workbook that a bureau clerk opens: cover, overview with charts, one sheet a table, dictionary, code lists.

Chinese first. Nothing in it is a formula, nothing withheld looks like zero or like missing, it names no author, and
the same tables give the same bytes."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from gateway.model.cells import PublishedTable
from gateway.model.hierarchy import Hierarchy
from gateway.model.period import Period
from gateway.model.table import Wording
from gateway.package.names import EntryNames, entry_names
from gateway.package.rows import rows
from gateway.package.sheets import codelists, dictionary, overview
from gateway.package.sheets import cover as front
from gateway.package.sheets.charts import MONTHLY, Chart, Series, series
from gateway.package.sheets.cover import Cover, Line
from gateway.package.sheets.styles import Styles
from gateway.package.sheets.table import add_table
from gateway.package.sheets.tablesheet import TableSheet

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_LONGEST_NAME = 31


def workbook(
    tables: Sequence[PublishedTable],
    hierarchies: Mapping[str, Hierarchy],
    period: Period,
    cover: Cover,
    charts: Sequence[Chart] = MONTHLY,
) -> bytes:
    """The XLSX file of the tables in the order given. Raises what ``rows`` raises."""
    from xlsxwriter import Workbook

    names = entry_names(len(tables))
    when = Wording(zh=period.zh, en=f"{_MONTHS[period.month - 1]} {period.year}")
    shown = _sheets(tables, hierarchies, names, when, cover.release)
    out = io.BytesIO()
    with Workbook(out, _OPTIONS) as book:
        _set_properties(book, period, cover)
        styles = Styles(book)
        sheets = {name: book.add_worksheet(name) for name in _order(shown)}
        front.add_cover(sheets[front.NAME], cover, when, _contents(shown, names, cover.clause), styles)
        drawn = _series(charts, shown, hierarchies)
        overview.add_overview(book, sheets[overview.NAME], shown, drawn, cover.title, styles)
        for one in shown:
            add_table(sheets[one.name], one, front.NAME, styles)
        specs = [table.spec for table in tables]
        dictionary.add_dictionary(sheets[dictionary.NAME], specs, hierarchies, cover.release, styles)
        codelists.add_code_lists(sheets[codelists.NAME], shown, hierarchies, cover.release, styles)
        sheets[front.NAME].activate()
    return out.getvalue()


def sheet_name(number: int, title: str) -> str:
    """``表1 供求情况``: what Excel allows in a sheet's name, at most 31 characters."""
    plain = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", title).strip()
    return f"表{number} {plain}"[:_LONGEST_NAME].rstrip()


def _sheets(
    tables: Sequence[PublishedTable],
    hierarchies: Mapping[str, Hierarchy],
    names: EntryNames,
    period: Wording,
    release: str,
) -> list[TableSheet]:
    return [
        TableSheet(
            number=number,
            name=sheet_name(number, table.spec.title.zh),
            spec=table.spec,
            rows=rows(table, hierarchies),
            entry=entry,
            period=period,
            release=release,
        )
        for number, (table, entry) in enumerate(zip(tables, names.tables, strict=True), start=1)
    ]


def _order(shown: Sequence[TableSheet]) -> list[str]:
    return [front.NAME, overview.NAME, *(one.name for one in shown), dictionary.NAME, codelists.NAME]


def _series(charts: Sequence[Chart], shown: Sequence[TableSheet], hierarchies: Mapping[str, Hierarchy]) -> list[Series]:
    by_name = {one.spec.name: one for one in shown}
    found = []
    for chart in charts:
        one = by_name.get(chart.table)
        drawn = series(chart, one.spec, one.rows, hierarchies) if one else None
        if drawn:
            found.append(drawn)
    return found


def _contents(shown: Sequence[TableSheet], names: EntryNames, clause: str) -> list[Line]:
    whole = Wording(zh="全市合计与图表", en="The city's totals and charts")
    lines = [Line(sheet=overview.NAME, title=whole, entry="", rows=None, clause=clause)]
    for one in shown:
        spec = one.spec
        lines.append(Line(sheet=one.name, title=spec.title, entry=one.entry, rows=len(one.rows), clause=spec.clause))
    words = Wording(zh="各列的定义、单位与计算方法", en="Definition, unit and formula of each column")
    codes = Wording(zh="分组代码及名称", en="The codes of the groups and their names")
    lines.append(Line(sheet=dictionary.NAME, title=words, entry=names.dictionary, rows=None, clause=""))
    lines.append(Line(sheet=codelists.NAME, title=codes, entry="", rows=None, clause=""))
    return lines


def _set_properties(book: Any, period: Period, cover: Cover) -> None:
    """Properties that say nothing of who made the file or when: ``created`` is the end of the period."""
    book.set_properties(
        {
            "title": f"{cover.title.zh} {period.zh}",
            "subject": cover.release,
            "author": "",
            "company": "",
            "comments": "",
            "created": period.end.astimezone(UTC),
        }
    )
