"""A table of persons that is rounded says so in every file: mark R, and a note with the base."""

import csv
import io
import json
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from gateway.base.errors import QualityError
from gateway.model.cells import Mark, PublishedTable, Shown
from gateway.model.table import Wording
from gateway.package import dictionary_csv, metadata, table_csv, workbook
from gateway.package.formulas import rounding
from gateway.package.sheets.charts import Chart


@pytest.fixture
def rounded(sample):
    """The sample's table of workers, rounded to base 5."""
    (given,) = [table for table in sample.tables if table.spec.name == "worker_profile"]
    rows = {
        place: {name: Shown(value=int(shown.value or 0) // 5 * 5, mark=Mark.ROUNDED) for name, shown in row.items()}
        for place, row in given.rows.items()
    }
    return PublishedTable(spec=given.spec.model_copy(update={"rounding": 5}), rows=rows)


def test_the_csv_marks_each_figure(sample, rounded):
    rows = list(csv.DictReader(io.StringIO(table_csv(rounded, sample.hierarchies, sample.period).decode("utf-8-sig"))))
    assert rows
    assert {row["workers_status"] for row in rows} == {"R"}
    assert all(int(row["workers"]) % 5 == 0 for row in rows)


def test_the_dictionary_and_the_metadata_say_what_it_means(sample, rounded):
    text = dictionary_csv([rounded.spec], sample.hierarchies).decode("utf-8-sig")
    (status,) = [line for line in csv.DictReader(io.StringIO(text)) if line["column"] == "workers_status"]
    assert "R 为保护个人取整" in status["definition_zh"]
    assert "5 的倍数" in status["note_zh"]
    assert "multiples of 5" in status["note_en"]
    (figure,) = [line for line in csv.DictReader(io.StringIO(text)) if line["column"] == "workers"]
    assert figure["note_zh"].endswith(status["note_zh"])
    assert figure["note_en"].endswith(status["note_en"])
    assert "每个最细数字与实际相差不到 5；沿可相加的年龄，合计" in status["note_zh"]
    assert "不为零的最细数字相加的合计，至多相差 4×n" in status["note_zh"]
    assert "each finest figure is less than 5 off; a total along Age is the sum" in status["note_en"]
    assert "by at most 4 × n where n finest figures" in status["note_en"]
    document = json.loads(metadata([rounded.spec], sample.hierarchies))
    columns = {column["name"]: column for column in document["tables"][0]["tableSchema"]["columns"]}
    assert "R" in columns["workers_status"]["datatype"]["format"].split("|")


def test_the_sheet_says_it_and_does_not_say_that_what_is_not_listed_is_zero(sample, rounded):
    def texts(table):
        book = workbook([table], sample.hierarchies, sample.period, sample.cover, charts=())
        with zipfile.ZipFile(io.BytesIO(book)) as opened:
            return opened.read("xl/sharedStrings.xml").decode()

    exact = replace(rounded, spec=rounded.spec.model_copy(update={"rounding": None}))
    assert "取整为 5 的倍数" in texts(rounded)
    assert "未列出的分组，各项计数均为零。" not in texts(rounded)
    assert "未列出的分组，各项计数均为零。" in texts(exact)


def test_without_a_dimension_that_adds_up_no_total_is_spoken_of(rounded):
    several = [dimension.model_copy(update={"multi_valued": True}) for dimension in rounded.spec.dimensions]
    words = rounding(rounded.spec.model_copy(update={"dimensions": tuple(several)}))
    assert "相差不到 5；未列出" in words.zh
    assert "total" not in words.en


def test_the_overview_says_whose_figure_it_is_and_that_it_is_rounded(sample, rounded):
    made = workbook([rounded], sample.hierarchies, sample.period, sample.cover, charts=())
    sheet = openpyxl.load_workbook(io.BytesIO(made))["要览"]
    cells = {cell.value: cell for row in sheet.iter_rows(max_col=12) for cell in row if cell.value is not None}
    measure = rounded.spec.measures[0]
    heading = cells[f"{measure.title.zh}（{measure.unit.zh}）　R"]
    assert sheet.cell(heading.row + 3, heading.column).value == f"表1 {rounded.spec.title.zh}"
    assert any("R 取整 rounded" in str(text) for text in cells)


def test_a_chart_of_rounded_figures_is_marked(sample, rounded):
    charts = (Chart(table="worker_profile", figure="workers", along="age", title=Wording(zh="年龄图", en="Ages")),)

    def titles(table):
        made = workbook([table], sample.hierarchies, sample.period, sample.cover, charts=charts)
        with zipfile.ZipFile(io.BytesIO(made)) as opened:
            return opened.read("xl/charts/chart1.xml").decode()

    exact = next(table for table in sample.tables if table.spec.name == "worker_profile")
    assert "年龄图  Ages　R" in titles(rounded)
    assert "Ages　R" not in titles(exact)


def test_a_rounded_figure_without_a_number_is_refused(sample, rounded):
    place = next(iter(rounded.rows))
    rows = {**rounded.rows, place: {"workers": Shown(value=None, mark=Mark.ROUNDED)}}
    with pytest.raises(QualityError):
        table_csv(replace(rounded, rows=rows), sample.hierarchies, sample.period)
