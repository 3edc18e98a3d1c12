"""The workbook, read back with openpyxl and from its XML."""

import io
import re
import time
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from gateway.model.cells import Mark, PublishedTable, Shown
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Wording
from gateway.package import Chart, workbook
from gateway.package.rows import rows
from gateway.package.sheets.charts import MONTHLY, series
from gateway.package.workbook import sheet_name

HEADER = 2
SIGNS = {Mark.WITHHELD: "＊", Mark.MISSING: "—"}


@pytest.fixture(scope="module")
def data(sample):
    return workbook(sample.tables, sample.hierarchies, sample.period, sample.cover)


@pytest.fixture(scope="module")
def book(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def first_row(sheet) -> int:
    """The row below the header."""
    return int(re.search(r"\d+$", sheet.freeze_panes)[0])


def cells(sheet, spec):
    """Each row's place and the cells of its figures."""
    labels = 2 * len(spec.dimensions)
    for row in sheet.iter_rows(min_row=first_row(sheet)):
        if row[1].value is None:
            return
        place = tuple(row[at].value for at in range(1, labels, 2))
        yield place, row[labels : labels + len(spec.measures) + len(spec.derived)]


def test_every_figure_reads_back_equal(sample, book):
    for number, table in enumerate(sample.tables, start=1):
        sheet, seen = book[sheet_name(number, table.spec.title.zh)], {}
        names = [figure.name for figure in (*table.spec.measures, *table.spec.derived)]
        for place, found in cells(sheet, table.spec):
            seen[place] = [cell.value for cell in found]
        assert set(seen) == set(table.rows)
        for place, values in seen.items():
            for name, value in zip(names, values, strict=True):
                shown = table.rows[place][name]
                if shown.mark is Mark.NORMAL:
                    assert Decimal(str(value)) == shown.value
                else:
                    assert value == SIGNS[shown.mark]


def test_zero_withheld_and_missing_differ_in_type_and_sign(sample, book):
    table, kinds = sample.tables[0], set()
    for place, found in cells(book["表1 岗位供求情况"], table.spec):
        for shown, cell in zip(table.rows[place].values(), found, strict=True):
            state = "zero" if shown.value == 0 else shown.mark.name
            kinds.add((state, cell.data_type, cell.value if state != "NORMAL" else None))
    assert kinds == {
        ("NORMAL", "n", None),
        ("zero", "n", 0),
        ("WITHHELD", "s", "＊"),
        ("MISSING", "s", "—"),
    }


def test_sheets_in_the_order_of_reading(book):
    assert book.sheetnames == [
        "封面", "要览", "表1 岗位供求情况", "表2 岗位薪资区间", "表3 招聘区域分布", "表4 零工人员构成",
        "表5 市场运营动态", "数据字典", "代码表",
    ]  # fmt: skip
    assert book.active.title == "封面"
    assert all(sheet.sheet_state == "visible" for sheet in book)


def test_the_cover_says_whose_it_is_and_how_to_read_it(sample, book):
    texts = "\n".join(str(cell.value) for row in book["封面"].iter_rows() for cell in row if cell.value is not None)
    for said in (
        sample.cover.title.zh, sample.cover.title.en, "2026年10月", "October 2026", sample.cover.release, "＊", "—",
        sample.cover.agreement.zh, sample.cover.clause, "报送联系人", "02.csv", "06.csv", "07.csv",
        "不予公布", "缺失", "零",
    ):  # fmt: skip
        assert said in texts
    links = {cell.hyperlink.location for row in book["封面"].iter_rows() for cell in row if cell.hyperlink}
    assert {f"'{name}'!A1" for name in book.sheetnames[1:]} == links


def test_pages_print_on_a4_landscape_with_repeated_headers(book):
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is the format's default
        assert "&P" in sheet.oddFooter.center.text or "&[Page]" in sheet.oddFooter.center.text
    for sheet in book.worksheets[2:7]:
        top = first_row(sheet)
        assert sheet.print_title_rows == f"${top - HEADER}:${top - 1}"
        assert sheet.auto_filter.ref.startswith(f"A{top - 1}:")
        for row in sheet.iter_rows(min_row=top, max_row=top):
            assert row[0].font.bold
    assert max(line.outlineLevel for line in book["表2 岗位薪资区间"].row_dimensions.values()) == 3


def test_no_property_names_an_author_or_a_time_of_making(data, book):
    properties = book.properties
    assert (properties.creator or "", properties.lastModifiedBy or "", properties.description or "") == ("", "", "")
    assert properties.created.isoformat() == properties.modified.isoformat() == "2026-10-31T16:00:00"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in archive.namelist() if "comment" in name or "external" in name or "vba" in name]


ATTACKS = (
    "=1+1",
    "{=1+1}",
    "+1",
    "-1",
    "@SUM(A1)",
    "http://example.com",
    "00123",
    "internal:'x'!A1",
    "=cmd|'/C calc'!A0",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_a_formula_a_link_or_a_number(sample, attack):
    words = Wording(zh=attack, en=attack)
    regions = sample.hierarchies["regions"]
    nodes = (regions.nodes[0], *(replace(node, label=attack, label_en=attack) for node in regions.nodes[1:]))
    lists = {**sample.hierarchies, "regions": Hierarchy(name=attack, levels=regions.levels, nodes=nodes)}
    table = sample.tables[2]
    spec = table.spec.model_copy(update={"title": words, "definition": words, "clause": attack})
    hostile = replace(sample.cover, title=words, release=attack, clause=attack, agreement=words, sender=words)
    made = workbook([PublishedTable(spec=spec, rows=table.rows)], lists, sample.period, hostile)
    found = openpyxl.load_workbook(io.BytesIO(made))
    hostile_cells = 0
    for sheet in found:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None or cell.hyperlink.target is None
                if cell.value == attack:
                    assert cell.data_type == "s"
                    hostile_cells += 1
    assert hostile_cells > 8
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not [
            name for name in archive.namelist() if re.search(rb"<f[ >]", archive.read(name)) and "worksheets" in name
        ]


def test_charts_draw_nothing_for_what_is_withheld(sample, data):
    by_name = {table.spec.name: table for table in sample.tables}
    drawn = []
    for chart in MONTHLY:
        table = by_name[chart.table]
        drawn.append(series(chart, table.spec, rows(table, sample.hierarchies), sample.hierarchies))
    assert any(shown.mark is not Mark.NORMAL for one in drawn for _, shown in one.points)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for number, one in enumerate(drawn, start=1):
            xml = archive.read(f"xl/charts/chart{number}.xml").decode()
            cached = re.search(r"<c:numCache>(.*?)</c:numCache>", xml, re.DOTALL)[1]
            values = [Decimal(value) for value in re.findall(r"<c:v>(.*?)</c:v>", cached)]
            assert values == [shown.value for _, shown in one.points if shown.mark is Mark.NORMAL]
            assert xml.count("＊") == sum(shown.mark is Mark.WITHHELD for _, shown in one.points)


def test_ranked_charts_begin_with_the_largest(sample):
    table = sample.tables[0]
    one = series(MONTHLY[0], table.spec, rows(table, sample.hierarchies), sample.hierarchies)
    values = [shown.value for _, shown in one.points if shown.value is not None]
    assert values == sorted(values, reverse=True)
    assert [shown.value for _, shown in one.points][len(values) :] == [None] * (len(one.points) - len(values))


def test_a_release_without_the_monthly_tables_has_no_charts(sample):
    alone = workbook(sample.tables[2:3], sample.hierarchies, sample.period, sample.cover, charts=())
    with zipfile.ZipFile(io.BytesIO(alone)) as archive:
        assert not [name for name in archive.namelist() if "chart" in name]
    chart = Chart(table="recruiting_area", figure="ratio", along="region", title=Wording(zh="无", en="none"))
    table = sample.tables[2]
    assert series(chart, table.spec, rows(table, sample.hierarchies), sample.hierarchies) is None


def test_the_overview_shows_each_total_once(sample, book):
    values = [cell.value for row in book["要览"].iter_rows(max_col=12) for cell in row]
    total = sample.tables[0].rows[("220300", "Total")]
    assert total["postings"].value in values
    assert total["seekers"].value in values
    same = PublishedTable(spec=sample.tables[2].spec, rows={("220300",): sample.tables[2].rows[("220300",)]})
    twice = openpyxl.load_workbook(io.BytesIO(workbook([same, same], sample.hierarchies, sample.period, sample.cover)))
    assert [cell.value for row in twice["要览"].iter_rows() for cell in row].count("岗位信息数（条）") == 1


def test_the_same_count_under_another_title_is_shown_once(sample):
    """Two tables count the month's postings and call them differently: one number, one tile."""
    given = sample.tables[2]
    first, *others = given.spec.measures
    other = first.model_copy(update={"name": "published", "title": Wording(zh="发布数", en="Published")})
    spec = given.spec.model_copy(update={"measures": (other, *others), "derived": (), "name": "again"})
    at = ("220300",)
    row = {measure.name: given.rows[at][measure.name] for measure in given.spec.measures}
    again = PublishedTable(spec=spec, rows={at: {"published": row[first.name]} | {m.name: row[m.name] for m in others}})
    made = workbook([given, again], sample.hierarchies, sample.period, sample.cover, charts=())
    texts = [cell.value for line in openpyxl.load_workbook(io.BytesIO(made))["要览"].iter_rows() for cell in line]
    assert texts.count(row[first.name].value) == 1
    assert not [text for text in texts if str(text).startswith("发布数")]


def test_an_empty_table_still_opens(sample):
    empty = PublishedTable(spec=sample.tables[0].spec, rows={})
    made = openpyxl.load_workbook(io.BytesIO(workbook([empty], sample.hierarchies, sample.period, sample.cover)))
    assert "表1 岗位供求情况" in made.sheetnames


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("薪资", "表1 薪资"),
        ("供[需]/比:*?\\'", "表1 供 需  比"),
        ("一" * 40, "表1 " + "一" * 28),
        ("", "表1"),
    ],
)
def test_sheet_names_are_ones_that_excel_takes(title, name):
    assert sheet_name(1, title) == name
    assert len(name) <= 31


def test_a_large_table_takes_seconds_not_minutes(sample):
    table = sample.tables[1]
    assert len(table.rows) > 1500
    one = Shown(value=1, mark=Mark.NORMAL)
    filled = PublishedTable(spec=table.spec, rows={place: dict.fromkeys(row, one) for place, row in table.rows.items()})
    before = time.perf_counter()
    assert workbook([filled], sample.hierarchies, sample.period, sample.cover)
    assert time.perf_counter() - before < 10
