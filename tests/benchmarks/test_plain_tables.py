"""The plain tables against small examples that can be checked by hand."""

import csv
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import pyzipper

from benchmarks.plain import month as plain_month
from benchmarks.plain import tables as plain

CODES = Path(__file__).resolve().parents[2] / "pipelines" / "codes"
MONTH = "2026-10"

POSTING = {
    "posting_id": "P000000001",
    "employer_id": "E000001",
    "employer_name": "四平某某商贸有限公司",
    "employer_group": "",
    "title": "服务员",
    "industry": "62",
    "region": "220302001",
    "headcount": "3",
    "pay": "150元/天",
    "settlement": "日结",
    "published_at": "2026-10-10 08:00:00",
    "closed_at": "",
    "contact_name": "",
    "contact_phone": "",
    "description": '要求:勤快,"守时"\n可带工具',
}
WORKER = {
    "worker_id": "W00000001",
    "name": "",
    "id_number": "",
    "phone": "",
    "bank_card": "",
    "birth_date": "2000-01-01",
    "sex": "女",
    "skills": "",
    "intended_regions": "",
    "education": "",
    "registered_at": "2026-01-01 00:00:00",
    "last_active_at": "2026-10-15 12:00:00",
}
ACTIVITY = {
    "activity_id": "A0000000001",
    "event": "报名",
    "worker_id": "W00000001",
    "posting_id": "P000000001",
    "employer_id": "E000001",
    "region": "220302",
    "occurred_at": "2026-10-11 09:00:00",
}

Rows = Sequence[Mapping[str, str]]


class Extract:
    """A folder of three feeds; a row that is given says only what differs from the model row."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, postings: Rows = (), workers: Rows = (), activities: Rows = ()) -> "Extract":
        """Write the rows; keys that are not given are numbered."""
        self._write("postings", POSTING, "posting_id", "P{:09d}", postings)
        self._write("workers", WORKER, "worker_id", "W{:08d}", workers)
        self._write("activities", ACTIVITY, "activity_id", "A{:010d}", activities)
        return self

    def _write(self, feed: str, model: Mapping[str, str], key: str, style: str, rows: Rows) -> None:
        with (self.folder / f"{feed}.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(model), lineterminator="\n")
            writer.writeheader()
            for number, row in enumerate(rows, start=1):
                writer.writerow({**model, key: style.format(number), **row})

    def account(self, feed: str) -> tuple[int, ...]:
        """Read, refused, duplicate, out of period, counted."""
        return tuple(plain.account(self.folder, MONTH, CODES)[feed].values())

    def table(self, name: str) -> pd.DataFrame:
        """One table, indexed by its dimensions."""
        frame = plain.compute(self.folder, MONTH, CODES)[name]
        return frame.set_index([column for column in frame if column in plain_month.DIMENSIONS])


@pytest.fixture
def extract(tmp_path: Path) -> Extract:
    return Extract(tmp_path)


# --- Refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        {"posting_id": ""},
        {"employer_id": ""},
        {"industry": ""},
        {"industry": "99"},
        {"industry": "H"},
        {"industry": "住宿和餐饮业"},
        {"region": ""},
        {"region": "220102"},
        {"region": "220302999"},
        {"region": "公主岭市"},
        {"headcount": "-3"},
        {"headcount": "三人"},
        {"headcount": "3.5"},
        {"headcount": "3名"},
        {"headcount": "3\n"},
        {"headcount": "N/A"},
        {"pay": "99999999"},
        {"pay": "9999999元/月"},
        {"pay": "1-1000万/年"},
        {"pay": "10000k"},
        {"published_at": ""},
        {"published_at": "2026-10-10"},
        {"published_at": "2026-02-30 08:00:00"},
        {"published_at": "2026-10-10 8:00:00"},
    ],
)
def test_a_posting_is_refused(extract: Extract, row: dict[str, str]) -> None:
    extract.write(postings=[row, {}])
    assert extract.account("postings") == (2, 1, 0, 0, 1)


@pytest.mark.parametrize(
    "row",
    [
        {"industry": "餐饮业"},
        {"industry": "01"},
        {"region": "220300"},
        {"region": "四平市"},
        {"region": "铁西区"},
        {"region": "仁兴街道"},
        {"headcount": ""},
        {"headcount": "若干人"},
        {"headcount": "若干"},
        {"headcount": "5人"},
        {"headcount": "0"},
        {"pay": "9999998元/年"},
        {"pay": "999万/年"},
        {"pay": ""},
        {"pay": "看着给"},
        {"closed_at": "never"},
    ],
)
def test_a_posting_is_accepted(extract: Extract, row: dict[str, str]) -> None:
    extract.write(postings=[row])
    assert extract.account("postings") == (1, 0, 0, 0, 1)


def test_the_first_reason_is_the_reason() -> None:
    codes = plain.Codes.read(CODES)
    rows = [
        {"employer_id": "", "industry": "99", "headcount": "x"},
        {"industry": "99", "headcount": "x", "pay": "99999999"},
        {"headcount": "x", "pay": "99999999", "published_at": "x"},
        {"pay": "99999999", "published_at": "x"},
        {"published_at": "x"},
        {},
    ]
    raw = pd.DataFrame([{**POSTING, **row} for row in rows], dtype="str").replace("", pd.NA)
    _, reason = plain.clean_postings(raw, codes)
    assert list(reason) == ["missing", "unknown_code", "bad_number", "sentinel", "bad_date", ""]


@pytest.mark.parametrize(
    "row",
    [
        {"worker_id": ""},
        {"birth_date": ""},
        {"birth_date": "1990-13-01"},
        {"birth_date": "1990/01/01"},
        {"birth_date": "2010-11-01"},
        {"birth_date": "1925-10-31"},
        {"birth_date": "2030-01-01"},
        {"skills": "家政保洁;炼丹"},
        {"intended_regions": "220302;220102"},
        {"intended_regions": "220300"},
        {"intended_regions": "220302001"},
        {"registered_at": "2026-01-01"},
        {"last_active_at": ""},
    ],
)
def test_a_worker_is_refused(extract: Extract, row: dict[str, str]) -> None:
    extract.write(workers=[row, {}])
    assert extract.account("workers") == (2, 1, 0, 0, 1)


@pytest.mark.parametrize(
    ("birth", "band"),
    [
        ("2010-10-31", "16-24"),
        ("2001-11-01", "16-24"),
        ("2001-10-31", "25-34"),
        ("1991-11-01", "25-34"),
        ("1991-10-31", "35-44"),
        ("1981-11-01", "35-44"),
        ("1981-10-31", "45以上"),
        ("1925-11-01", "45以上"),
    ],
)
def test_age_is_that_of_the_last_day(extract: Extract, birth: str, band: str) -> None:
    table = extract.write(workers=[{"birth_date": birth}]).table("worker_profile")
    assert set(table.index.get_level_values("age")) == {band, "Total"}


@pytest.mark.parametrize(
    "row",
    [
        {"activity_id": ""},
        {"worker_id": ""},
        {"event": "收藏"},
        {"event": ""},
        {"region": "长春市"},
        {"occurred_at": "昨天"},
        {"posting_id": "P999999999"},
        {"posting_id": ""},
        {"posting_id": "P000000002"},
    ],
)
def test_an_activity_is_refused(extract: Extract, row: dict[str, str]) -> None:
    # The second posting is itself refused, so that nothing can refer to it.
    extract.write(postings=[{}, {"headcount": "x"}], activities=[row, {}])
    assert extract.account("activities") == (2, 1, 0, 0, 1)


def test_a_service_visit_needs_no_posting(extract: Extract) -> None:
    extract.write(activities=[{"event": "服务", "posting_id": "", "employer_id": ""}])
    assert extract.account("activities") == (1, 0, 0, 0, 1)
    assert extract.table("market_activity").loc["220300", "service_visits"] == 1


# --- Duplicates and months -------------------------------------------------------------------------------


def test_the_first_accepted_row_of_a_key_counts(extract: Extract) -> None:
    extract.write(
        postings=[
            {"posting_id": "P000000007", "headcount": "x"},
            {"posting_id": "P000000007", "headcount": "2"},
            {"posting_id": "P000000007", "headcount": "50"},
        ]
    )
    assert extract.account("postings") == (3, 1, 1, 0, 1)
    assert extract.table("recruiting_area").loc["220300"].to_dict() == {"postings": 1, "vacancies": 2}


def test_a_duplicate_of_a_row_out_of_period_is_a_duplicate(extract: Extract) -> None:
    extract.write(
        postings=[
            {"posting_id": "P000000007", "published_at": "2026-09-30 10:00:00"},
            {"posting_id": "P000000007"},
        ]
    )
    assert extract.account("postings") == (2, 0, 1, 1, 0)


def test_duplicates_of_workers_and_activities(extract: Extract) -> None:
    extract.write(
        postings=[{}],
        workers=[{"worker_id": "W00000001"}, {"worker_id": "W00000001"}],
        activities=[{"activity_id": "A0000000001"}, {"activity_id": "A0000000001"}],
    )
    assert extract.account("workers") == (2, 0, 1, 0, 1)
    assert extract.account("activities") == (2, 0, 1, 0, 1)


def test_the_month_begins_and_ends_at_midnight(extract: Extract) -> None:
    times = ["2026-09-30 23:59:59", "2026-10-01 00:00:00", "2026-10-31 23:59:59", "2026-11-01 00:00:00"]
    extract.write(
        postings=[{"published_at": time} for time in times],
        activities=[{"occurred_at": time} for time in times],
        workers=[
            {"registered_at": "2026-10-31 23:59:59", "last_active_at": "2026-10-31 23:59:59"},
            {"registered_at": "2026-11-01 00:00:00", "last_active_at": "2026-11-01 00:00:00"},
            {"last_active_at": "2026-10-01 00:00:00"},
            {"last_active_at": "2026-09-30 23:59:59"},
            {"last_active_at": "2027-01-01 00:00:00"},
        ],
    )
    assert extract.account("postings") == (4, 0, 0, 2, 2)
    assert extract.account("activities") == (4, 0, 0, 2, 2)
    assert extract.account("workers") == (5, 0, 0, 2, 3)


def test_a_posting_of_another_month_gives_its_industry(extract: Extract) -> None:
    extract.write(
        postings=[{"industry": "81", "published_at": "2026-08-01 00:00:00"}],
        activities=[{"region": "220303"}],
    )
    table = extract.table("supply_demand")
    assert table.loc[[("220303", "O")]].iloc[0].to_dict() == {
        "postings": 0,
        "vacancies": 0,
        "seekers": 1,
        "ratio": 0,
        "vacancy_share": pytest.approx(float("nan"), nan_ok=True),
        "seeker_share": 100.0,
    }


# --- Pay -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "band"),
    [
        ("150元/天", "day", "day:150-200"),
        ("150元/日", "day", "day:150-200"),
        ("21-31元/小时", "hour", "hour:25-30"),
        ("4000-6000元/月", "month", "month:5000-6000"),
        ("1-1.5万/月", "month", "month:10000-15000"),
        ("8k-12k", "month", "month:10000-15000"),
        ("8-12k", "month", "month:10000-15000"),
        ("0.8-1.2万/月", "month", "month:10000-15000"),
        ("20-40万/年", "year", "year:300000+"),
        ("600-700元/周", "week", "week:<700"),
        ("5元/件", "piece", None),
        ("5元/单", "piece", None),
        ("5.5-6元/次", "piece", None),
        ("底薪2340+绩效400", "month", "month:2000-3000"),
        ("底薪2340+绩效5320", "month", "month:5000-6000"),
        ("底薪2340+绩效5319", "month", "month:4000-5000"),
        ("面议", "negotiable", None),
        ("600元/其他", "other", None),
        ("600", "other", None),
        ("看着给", "other", None),
        ("6000-4000元/月", "other", None),
    ],
)
def test_pay_is_read(text: str, unit: str, band: str | None) -> None:
    assert plain.parse_pay(text) == (unit, band, False)


def test_pay_that_is_empty_is_unstated() -> None:
    read = plain.read_pay(pd.Series(["面议", None, "150元/天"], dtype="str"))
    assert list(read["unit"]) == ["negotiable", "unstated", "day"]
    assert list(read["sentinel"]) == [False, False, False]


@pytest.mark.parametrize(
    ("unit", "low", "high", "band"),
    [
        ("hour", "14.99", "14.99", "hour:<15"),
        ("hour", "14.99", "15.01", "hour:15-20"),
        ("hour", "29.99", "30", "hour:25-30"),
        ("hour", "30", "30", "hour:30+"),
        ("day", "0", "199.999999", "day:<100"),
        ("day", "0", "200", "day:100-150"),
        ("week", "1500", "1500", "week:1500+"),
        ("month", "1999.99", "2000", "month:<2000"),
        ("month", "14999", "15001", "month:15000+"),
        ("year", "0", "100000", "year:50000-100000"),
    ],
)
def test_band_edges(unit: str, low: str, high: str, band: str) -> None:
    assert plain.pay_band(unit, Decimal(low), Decimal(high)) == band


def test_band_codes() -> None:
    assert plain.band_codes("week") == ["week:<700", "week:700-1000", "week:1000-1500", "week:1500+"]


def test_pay_levels_add_up(extract: Extract) -> None:
    pays = ["150元/天", "170元/天", "250元/天", "面议", "", "5元/件", "600元/其他"]
    table = extract.write(postings=[{"pay": pay} for pay in pays]).table("pay_bands")
    assert table["postings"].xs(("220302", "H")).to_dict() == {
        "Total": 7,
        "day": 3,
        "day:150-200": 2,
        "day:200-300": 1,
        "negotiable": 1,
        "other": 1,
        "piece": 1,
        "unstated": 1,
    }
    assert list(table.xs("day", level="pay")["postings"]) == [3, 3, 3, 3]


def quartiles_of(extract: Extract, counts: Mapping[str, int]) -> list[float]:
    """q1, median and q3 of a city whose postings have these pay texts so many times."""
    rows = [{"pay": pay} for pay, number in counts.items() for _ in range(number)]
    table = extract.write(postings=rows).table("pay_bands")
    return [float(table[name].to_dict()["220300", "Total", "day"]) for name in ("q1", "median", "q3")]


def test_quartiles_lie_within_their_band(extract: Extract) -> None:
    # 4 in 100-150, 3 in 150-200, 3 in 200-300: 2.5 -> 131.25, 5 -> 150 + 50/3, 7.5 -> 200 + 100/6.
    counts = {"120元/天": 4, "160元/天": 3, "250元/天": 3}
    assert quartiles_of(extract, counts) == [131, 167, 217]


def test_a_quartile_on_the_edge_belongs_to_the_lower_band(extract: Extract) -> None:
    # 1, 1, 2: the first quarter is reached with the first band, the half with the second.
    assert quartiles_of(extract, {"120元/天": 1, "160元/天": 1, "250元/天": 2}) == [150, 200, 250]


def test_a_quartile_is_rounded_half_up(extract: Extract) -> None:
    # One posting: 112.5, 125, 137.5.
    assert quartiles_of(extract, {"120元/天": 1}) == [113, 125, 138]


def test_a_quartile_in_an_open_band_is_withheld(extract: Extract) -> None:
    q1, median, q3 = quartiles_of(extract, {"50元/天": 1, "120元/天": 2, "400元/天": 1})
    # 1 of 4 is reached in the lower open band; 2 is the middle of 100-150; 3 is its end.
    assert pd.isna(q1)
    assert (median, q3) == (125, 150)


def test_quartiles_only_on_unit_nodes_with_bands(extract: Extract) -> None:
    table = extract.write(postings=[{}, {"pay": "面议"}, {"pay": "5元/件"}]).table("pay_bands")
    assert set(table[table["median"].notna()].index.get_level_values("pay")) == {"day"}


# --- Regions, industries, employers ----------------------------------------------------------------------


def test_a_row_of_the_city_counts_in_the_city_only(extract: Extract) -> None:
    regions = ["220302001", "220302", "铁西区", "仁兴街道", "铁东区", "220300", "四平市"]
    table = extract.write(postings=[{"region": region} for region in regions]).table("recruiting_area")
    assert table["postings"].to_dict() == {"220300": 7, "220302": 4, "220303": 1}
    assert table["vacancies"].to_dict() == {"220300": 21, "220302": 12, "220303": 3}


def test_a_headcount_that_is_not_said_adds_nothing(extract: Extract) -> None:
    heads = ["3", "5人", "若干人", "若干", "", "0"]
    table = extract.write(postings=[{"headcount": text} for text in heads]).table("recruiting_area")
    assert table.loc["220302"].to_dict() == {"postings": 6, "vacancies": 8}


def test_seekers_are_persons_in_the_region_of_the_activity(extract: Extract) -> None:
    table = extract.write(
        postings=[{"headcount": "5"}, {"industry": "批发业", "headcount": "2人"}],
        activities=[
            {},
            {},
            {"posting_id": "P000000002"},
            {"region": "220303"},
            {"region": "220300", "worker_id": "W00000002"},
            {"event": "浏览", "worker_id": "W00000003"},
            {"occurred_at": "2026-09-11 09:00:00", "worker_id": "W00000004"},
        ],
    ).table("supply_demand")
    assert table["seekers"].to_dict() == {
        ("220300", "F"): 1,
        ("220300", "H"): 2,
        ("220300", "Total"): 2,
        ("220302", "F"): 1,
        ("220302", "H"): 1,
        ("220302", "Total"): 1,
        ("220303", "H"): 1,
        ("220303", "Total"): 1,
    }
    assert table.loc[("220303", "H"), "postings"] == 0
    assert table.loc[("220300", "H"), "ratio"] == 2.5
    assert table.loc[("220300", "Total"), "ratio"] == 3.5
    # 5 and 2 of 7: 71.43 and 28.57; in 220303 there are no vacancies to have a share of.
    assert table.loc[("220300", "H"), "vacancy_share"] == 71.4
    assert table.loc[("220300", "F"), "vacancy_share"] == 28.6
    assert table.loc[("220300", "F"), "seeker_share"] == 50.0
    assert table.loc[("220300", "Total"), "vacancy_share"] == 100.0
    assert table["vacancy_share"].isna().to_dict()["220303", "H"]


def test_no_ratio_without_seekers(extract: Extract) -> None:
    assert extract.write(postings=[{}]).table("supply_demand")["ratio"].isna().all()


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [(1, 8, 0.13), (3, 8, 0.38), (1, 200, 0.01), (1, 201, 0.0), (2, 3, 0.67), (201, 200, 1.01), (0, 5, 0.0)],
)
def test_ratios_are_rounded_half_up(numerator: int, denominator: int, value: float) -> None:
    result = plain.quotient(pd.Series([numerator]), pd.Series([denominator]), 1, 2)
    assert result.tolist() == [value]


# --- Workers ---------------------------------------------------------------------------------------------


def test_a_worker_counts_under_each_skill_and_region_and_once_in_totals(extract: Extract) -> None:
    table = extract.write(
        workers=[
            {"skills": "家政保洁;驾驶;家政保洁", "intended_regions": "220302;铁西区;梨树县"},
            {"skills": "驾驶", "birth_date": "1970-05-05"},
            {"intended_regions": "220302"},
        ]
    ).table("worker_profile")["workers"]
    total = table.xs("Total", level="age")
    assert total.to_dict() == {
        ("Total", "220300"): 3,
        ("Total", "220302"): 2,
        ("Total", "220322"): 1,
        ("Total", "any"): 1,
        ("driving", "220300"): 2,
        ("driving", "220302"): 1,
        ("driving", "220322"): 1,
        ("driving", "any"): 1,
        ("housekeeping", "220300"): 1,
        ("housekeeping", "220302"): 1,
        ("housekeeping", "220322"): 1,
        ("none", "220300"): 1,
        ("none", "220302"): 1,
    }
    assert table.loc[("Total", "25-34", "220300")] == 2
    assert table.loc[("Total", "45以上", "220300")] == 1
    assert table.loc[("driving", "45以上", "any")] == 1


# --- Activity --------------------------------------------------------------------------------------------


def test_an_application_is_matched_by_what_comes_at_or_after_it(extract: Extract) -> None:
    def event(kind: str, worker: int, day: str, posting: int = 1) -> dict[str, str]:
        return {
            "event": kind,
            "worker_id": f"W{worker:08d}",
            "posting_id": f"P{posting:09d}",
            "occurred_at": f"{day} 09:00:00",
        }

    table = extract.write(
        postings=[{}, {"region": "220303", "published_at": "2026-09-01 00:00:00"}],
        activities=[
            event("报名", 1, "2026-10-02"),
            event("录用", 1, "2026-10-02"),  # at the same moment
            event("报名", 1, "2026-10-03"),  # after the match
            event("报名", 2, "2026-10-02"),
            event("录用", 2, "2026-11-01"),  # in the next month
            event("报名", 3, "2026-10-02"),
            event("录用", 3, "2026-10-20", posting=2),  # another posting
            event("报名", 4, "2026-10-02"),
            event("录用", 5, "2026-10-20"),  # another worker
            event("报名", 6, "2026-10-05"),
            event("报名", 6, "2026-10-06"),
            event("录用", 6, "2026-10-01"),
            event("录用", 6, "2026-10-07"),  # both applications
            event("报名", 7, "2026-09-30"),
            event("录用", 7, "2026-10-02"),  # an application of another month
            event("浏览", 7, "2026-10-02"),
            event("完工", 7, "2026-10-02"),
        ],
    ).table("market_activity")
    assert table.loc["220302"].to_dict() == {
        "published": 1,
        "viewed": 1,
        "applied": 7,
        "completed": 1,
        "service_visits": 0,
        "matched": 3,
        "match_rate": 42.9,
    }
    assert set(table.index) == {"220300", "220302"}


# --- The whole -------------------------------------------------------------------------------------------


def test_an_extract_without_rows_gives_tables_without_cells(extract: Extract) -> None:
    result = plain.compute(extract.write().folder, MONTH, CODES)
    assert {name: len(table) for name, table in result.items()} == dict.fromkeys(result, 0)
    assert list(result["supply_demand"]) == [
        "region",
        "industry",
        "postings",
        "vacancies",
        "seekers",
        "ratio",
        "vacancy_share",
        "seeker_share",
    ]
    assert list(result["worker_profile"]) == ["skill", "age", "region", "workers"]


def test_small_cells_are_blank(extract: Extract) -> None:
    # Three employers of two groups in one county, three groups in the city; ten seekers, nine in the county.
    extract.write(
        postings=[
            {"employer_id": "E000001", "employer_group": "G00001"},
            {"employer_id": "E000002", "employer_group": "G00001"},
            {"employer_id": "E000003"},
            {"employer_id": "E000004", "region": "220303"},
        ],
        activities=[{"worker_id": f"W{number:08d}"} for number in range(9)]
        + [{"worker_id": "W00000009", "region": "220303"}],
    )
    loaded = plain.load(extract.folder, MONTH, CODES)
    published = plain_month.blank_small_cells(loaded, plain.tables(loaded))
    table = published["supply_demand"].set_index(["region", "industry"])
    assert table.loc[[("220300", "H")]].iloc[0].tolist() == [4, 12, 10, 1.2, 100.0, 100.0]
    assert table.loc[[("220302", "H")]].isna().all(axis=None)
    assert published["market_activity"].set_index("region").loc["220300", "applied"] == 10
    assert published["market_activity"].set_index("region")["viewed"].isna().all()


def test_a_month_is_written_scanned_and_packed(extract: Extract, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"employer_id": f"E{number:06d}"} for number in range(3)]
    out = extract.write(postings=rows).folder / "out"
    plain_month.main([str(extract.folder), MONTH, "--codes", str(CODES), "--out", str(out)])
    report = json.loads(capsys.readouterr().out)
    assert list(report["seconds"]) == ["read", "tables", "blank", "write", "scan", "zip", "send"]
    assert report["seconds"]["send"] is None
    assert report["findings"] == 0
    assert report["account"]["postings"]["counted"] == 3
    with pyzipper.AESZipFile(out / f"{MONTH}.zip") as archive:
        archive.setpassword((out / f"{MONTH}.passphrase").read_text(encoding="utf-8").strip().encode())
        text = archive.read(f"{MONTH}-recruiting_area.csv").decode("utf-8-sig")
    assert text.splitlines() == ["region,postings,vacancies", "220300,3,9", "220302,3,9"]
