"""A table as CSV: what stands in it, what a spreadsheet makes of it, what is refused."""

import csv
import io
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.base.errors import ConfigurationError, DisclosureError, GatewayError, QualityError
from gateway.model.cells import Mark, PublishedTable, Shown
from gateway.model.hierarchy import Hierarchy, Node
from gateway.model.period import Period
from gateway.model.table import Contributor, Dimension, Kind, Measure, Model, TableSpec, Wording
from gateway.package import table_csv
from gateway.package.csvs import STARTS_FORMULA, neutral, number

PERIOD = Period(year=2026, month=10)
WORDS = Wording(zh="一", en="one")


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def small(label: str = "铁西区", code: str = "220302", **shown: Shown) -> tuple[PublishedTable, dict[str, Hierarchy]]:
    """A table of one dimension with a city and one county, whose figures are ``shown`` in the county."""
    nodes = (
        Node(code="220300", label="四平市", label_en="Siping", level="city", parent=None),
        Node(code=code, label=label, label_en="Tiexi", level="county", parent="220300"),
        Node(code="220302001", label="仁兴街道", label_en="Renxing", level="township", parent=code),
    )
    measures = tuple(
        Measure(
            name=name,
            title=WORDS,
            unit=WORDS,
            definition=WORDS,
            feed="postings",
            kind=Kind.COUNT,
            contributor=Contributor.EMPLOYER,
            model=Model.BUSINESS,
        )
        for name in shown or ("postings",)
    )
    dimension = Dimension(name="region", title=WORDS, hierarchy="regions", levels=("city", "county"))
    spec = TableSpec(
        name="areas", title=WORDS, clause="二(一)1", definition=WORDS, dimensions=(dimension,), measures=measures
    )
    row = shown or {"postings": Shown(value=1, mark=Mark.NORMAL)}
    table = PublishedTable(spec=spec, rows={(code,): row})
    return table, {"regions": Hierarchy(name="regions", levels=("city", "county", "township"), nodes=nodes)}


def test_bytes_are_what_excel_on_windows_reads(sample):
    data = table_csv(sample.tables[0], sample.hierarchies, sample.period)
    assert data.startswith(
        b"\xef\xbb\xbfTIME_PERIOD,region_code,region,industry_code,industry,postings,postings_status,"
    )
    assert data.count(b"\n") == data.count(b"\r\n") == len(sample.tables[0].rows) + 1
    assert data == table_csv(sample.tables[0], sample.hierarchies, sample.period)


def test_withheld_missing_and_zero_differ():
    table, hierarchies = small(
        a=Shown(value=None, mark=Mark.WITHHELD),
        b=Shown(value=None, mark=Mark.MISSING),
        c=Shown(value=0, mark=Mark.NORMAL),
    )
    (row,) = read(table_csv(table, hierarchies, PERIOD))
    assert (row["a"], row["a_status"]) == ("", "C")
    assert (row["b"], row["b_status"]) == ("", "M")
    assert (row["c"], row["c_status"]) == ("0", "A")


def test_every_row_and_figure_arrives_unchanged(sample):
    for table in sample.tables:
        rows = read(table_csv(table, sample.hierarchies, sample.period))
        assert len(rows) == len(table.rows)
        for row in rows:
            place = tuple(row[f"{dimension.name}_code"] for dimension in table.spec.dimensions)
            assert row["TIME_PERIOD"] == "2026-10"
            for name, shown in table.rows[place].items():
                assert row[f"{name}_status"] == shown.mark
                assert (Decimal(row[name]) if row[name] else None) == shown.value


def test_rows_come_as_a_tree_totals_first(sample):
    rows = read(table_csv(sample.tables[1], sample.hierarchies, sample.period))
    codes = [(row["region_code"], row["industry_code"], row["pay_code"]) for row in rows]
    assert codes[0] == ("220300", "Total", "Total")
    pay = [pay for region, industry, pay in codes if (region, industry) == ("220300", "Total")]
    assert pay.index("hour") < pay.index("hour:15-20") < pay.index("day") < pay.index("month:<2000")
    regions = list(dict.fromkeys(region for region, _, _ in codes))
    assert regions == [node.code for node in sample.hierarchies["regions"].nodes]


def test_pandas_reads_chinese_and_codes_as_text(sample):
    data = table_csv(sample.tables[0], sample.hierarchies, sample.period)
    frame = pd.read_csv(io.BytesIO(data), dtype={"region_code": str}, encoding="utf-8-sig")
    assert frame["region_code"].eq("220302").any()
    assert set(frame["region"]) == {node.label for node in sample.hierarchies["regions"].nodes}
    assert frame.loc[frame["vacancies_status"] != "A", "vacancies"].isna().all()
    assert frame.loc[frame["vacancies_status"] == "A", "vacancies"].notna().all()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'),
        ("+86", "'+86"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("铁西区", "铁西区"),
        ("16-24", "16-24"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_a_text_that_would_run_as_a_formula_is_neutralised(text, written):
    assert neutral(text) == written
    table, hierarchies = small(label=text)
    (row,) = read(table_csv(table, hierarchies, PERIOD))
    assert row["region"] == written


@given(st.text(max_size=30).filter(lambda text: "\x00" not in text))
def test_no_label_can_open_a_formula_or_break_the_table(label):
    table, hierarchies = small(label=label)
    (row,) = read(table_csv(table, hierarchies, PERIOD))
    assert not row["region"].startswith(STARTS_FORMULA)
    assert row["region"].removeprefix("'") == label.removeprefix("'")
    assert (row["region_code"], row["postings"], row["postings_status"]) == ("220302", "1", "A")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (-12, "-12"),
        (1234567, "1234567"),
        (Decimal("0.80"), "0.80"),
        (Decimal("-3.5"), "-3.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
    ],
)
def test_numbers_are_plain_digits_negative_ones_too(value, written):
    assert number(Shown(value=value, mark=Mark.NORMAL)) == written


def test_a_value_under_a_mark_that_hides_it_never_leaves():
    for mark in (Mark.WITHHELD, Mark.MISSING):
        table, hierarchies = small(postings=Shown(value=7, mark=mark))
        with pytest.raises(DisclosureError) as caught:
            table_csv(table, hierarchies, PERIOD)
        assert "7" not in caught.value.zh + caught.value.en


def refused() -> list[tuple[str, type[GatewayError], PublishedTable, dict[str, Hierarchy]]]:
    table, hierarchies = small()
    one = Shown(value=1, mark=Mark.NORMAL)
    empty, broken = Shown(value=None, mark=Mark.NORMAL), Shown(value=Decimal("NaN"), mark=Mark.NORMAL)

    def row(*place: str, **shown: Shown) -> PublishedTable:
        return PublishedTable(spec=table.spec, rows={place: shown})

    return [
        ("a code that is not listed", ConfigurationError, row("9", postings=one), hierarchies),
        ("a level that is not shown", ConfigurationError, row("220302001", postings=one), hierarchies),
        ("another number of dimensions", ConfigurationError, row("220302", "A", postings=one), hierarchies),
        ("no code list", ConfigurationError, table, {}),
        ("a figure too few", QualityError, row("220302"), hierarchies),
        ("a figure too many", QualityError, row("220302", postings=one, more=one), hierarchies),
        ("normal without a value", QualityError, row("220302", postings=empty), hierarchies),
        ("not a number", QualityError, row("220302", postings=broken), hierarchies),
    ]


@pytest.mark.parametrize(("error", "table", "hierarchies"), [r[1:] for r in refused()], ids=[r[0] for r in refused()])
def test_what_the_declaration_does_not_show_is_refused(error, table, hierarchies):
    with pytest.raises(error):
        table_csv(table, hierarchies, PERIOD)


def test_two_columns_of_one_name_are_refused():
    normal = Shown(value=1, mark=Mark.NORMAL)
    table, hierarchies = small(postings=normal, postings_status=normal)
    with pytest.raises(ConfigurationError):
        table_csv(table, hierarchies, PERIOD)
