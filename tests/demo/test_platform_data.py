"""The made-up platform's extract: what its files promise to those who read, count and search them."""

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gateway.demo.platform import COLUMNS, activities, generate

CODES = Path(__file__).parents[2] / "pipelines" / "codes"
ROWS = 40_000
Row = dict[str, str | None]
Feeds = dict[str, list[Row]]


def read_codes(name: str) -> list[dict[str, str]]:
    with (CODES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REGIONS, INDUSTRIES = read_codes("regions.csv"), read_codes("industries.csv")
COUNTIES = {row[key]: row["code"] for row in REGIONS if row["level"] == "county" for key in ("code", "name")}
COUNTY = COUNTIES | {
    row[key]: row["parent"] for row in REGIONS if row["level"] == "township" for key in ("code", "name")
}
KNOWN_REGIONS = COUNTY.keys() | {"220300", "四平市"}
DIVISIONS = [row for row in INDUSTRIES if row["level"] == "division"]
SECTION = {row[key]: row["section"] for row in DIVISIONS for key in ("code", "name")}
SKILLS = {row["label"] for row in read_codes("skills.csv")}
EVENTS = {"浏览", "报名", "录用", "完工", "服务"}
KEY = {"postings": "posting_id", "workers": "worker_id", "activities": "activity_id"}
NEXT_MONTH = dt.date(2026, 11, 1)
HEADCOUNT = re.compile(r"-?\d+人?|若干人|")
PHONE = re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")


def read_csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        return [{name: cell or None for name, cell in row.items()} for row in rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("extract")
    generate(out, rows=ROWS, seed=11, codes=CODES)
    return out


@pytest.fixture(scope="module")
def feeds(folder: Path) -> Feeds:
    return {feed: read_csv(folder / f"{feed}.csv") for feed in COLUMNS}


def is_time(text: str | None) -> bool:
    try:
        dt.datetime.fromisoformat(text or "")
    except ValueError:
        return False
    return bool(re.fullmatch(r"[-\d]{10} [:\d]{8}", text or ""))


def age(row: Row) -> float | None:
    """Age in years at the end of the last month, or None for a birth date that is none."""
    try:
        return (NEXT_MONTH - dt.date.fromisoformat(row["birth_date"] or "")).days / 365.25
    except ValueError:
        return None


def parts(cell: str | None) -> set[str]:
    return set(cell.split(";")) if cell else set()


# What makes a row a bad one: (feed, fault) -> test of a row.
FAULTS: dict[tuple[str, str], Callable[[Row], bool]] = {
    ("postings", "key missing"): lambda row: row["posting_id"] is None,
    ("postings", "employer missing"): lambda row: row["employer_id"] is None,
    ("postings", "industry unknown"): lambda row: row["industry"] not in SECTION,
    ("postings", "region unknown"): lambda row: row["region"] not in KNOWN_REGIONS,
    ("postings", "headcount negative"): lambda row: bool(re.match(r"-\d", row["headcount"] or "")),
    ("postings", "headcount nonsense"): lambda row: not HEADCOUNT.fullmatch(row["headcount"] or ""),
    ("postings", "pay sentinel"): lambda row: "9999999" in (row["pay"] or ""),
    ("postings", "published_at"): lambda row: not is_time(row["published_at"]),
    ("workers", "key missing"): lambda row: row["worker_id"] is None,
    ("workers", "birth_date"): lambda row: age(row) is None,
    ("workers", "under age"): lambda row: (age(row) or 16) < 16,
    ("workers", "over age"): lambda row: (age(row) or 16) > 100,
    ("workers", "skill unknown"): lambda row: not parts(row["skills"]) <= SKILLS,
    ("workers", "county unknown"): lambda row: not parts(row["intended_regions"]) <= COUNTIES.keys(),
    ("workers", "registered_at"): lambda row: not is_time(row["registered_at"]),
    ("workers", "last_active_at"): lambda row: not is_time(row["last_active_at"]),
    ("activities", "key missing"): lambda row: row["activity_id"] is None,
    ("activities", "worker missing"): lambda row: row["worker_id"] is None,
    ("activities", "event unknown"): lambda row: row["event"] not in EVENTS,
    ("activities", "region unknown"): lambda row: row["region"] not in KNOWN_REGIONS,
    ("activities", "occurred_at"): lambda row: not is_time(row["occurred_at"]),
    ("activities", "no such posting"): lambda row: row["posting_id"] in {f"P99999900{n}" for n in (1, 2, 3)},
}


def without_bad_rows(feeds: Feeds) -> Feeds:
    good: Feeds = {}
    for name, rows in feeds.items():
        tests = [test for (feed, _), test in FAULTS.items() if feed == name]
        good[name] = [row for row in rows if not any(test(row) for test in tests)]
    return good


@pytest.fixture(scope="module")
def good(feeds: Feeds) -> Feeds:
    """The rows that are not bad, repeated ones included."""
    return without_bad_rows(feeds)


# The files


def test_the_same_seed_and_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        generate(tmp_path / name, rows=4_000, seed=seed, codes=CODES)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(f"{feed}.{suffix}" for feed in COLUMNS for suffix in ("csv", "parquet"))
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
        assert (tmp_path / "one" / name).read_bytes() != (tmp_path / "other" / name).read_bytes()


def test_one_format_alone_is_the_same_as_beside_the_other(tmp_path: Path) -> None:
    generate(tmp_path / "both", rows=2_000, seed=5, codes=CODES)
    generate(tmp_path / "csv", rows=2_000, seed=5, codes=CODES, formats=("csv",))
    for feed in COLUMNS:
        name = f"{feed}.csv"
        assert (tmp_path / "csv" / name).read_bytes() == (tmp_path / "both" / name).read_bytes()
        assert not (tmp_path / "csv" / f"{feed}.parquet").exists()


@pytest.mark.parametrize("feed", COLUMNS)
def test_csv_and_parquet_have_the_columns_and_the_same_cells(folder: Path, feeds: Feeds, feed: str) -> None:
    table = pq.read_table(folder / f"{feed}.parquet")
    assert table.schema == pa.schema([(name, pa.string()) for name in COLUMNS[feed]])
    assert tuple(feeds[feed][0]) == COLUMNS[feed]
    assert table.to_pylist() == feeds[feed]


def test_the_csv_is_utf8_with_newlines_and_quotes_only_where_needed(folder: Path) -> None:
    text = (folder / "postings.csv").read_bytes().decode("utf-8")
    assert text.startswith("posting_id,employer_id,")
    assert text.endswith("\n")
    assert "\r" not in text
    assert '"P1' not in text
    assert re.search(r',"[^"\n]*""', text), "a quotation mark inside a quoted cell"
    assert re.search(r',"[^"\n]*\n', text), "a newline inside a quoted cell"


def test_rows_are_the_total_of_the_feeds_and_progress_is_told(tmp_path: Path) -> None:
    told: dict[str, int] = {}
    written = generate(tmp_path, rows=2_345, seed=1, codes=CODES, progress=told.__setitem__)
    assert told == written
    assert sum(written.values()) == 2_345
    assert {feed: len(read_csv(tmp_path / f"{feed}.csv")) for feed in COLUMNS} == written
    assert written["postings"] == pytest.approx(235, abs=2)
    assert written["workers"] == pytest.approx(281, abs=2)


WRONG: tuple[dict[str, object], ...] = (
    {"rows": 10},
    {"seed": -1},
    {"months": 0},
    {"month": "10/2026"},
    {"formats": ("xlsx",)},
    {"formats": ()},
)


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_settings_write_nothing(tmp_path: Path, wrong: dict[str, object]) -> None:
    settings = {"rows": 2_000, "seed": 1, "codes": CODES} | wrong
    with pytest.raises(ValueError, match=r"\w"):
        generate(tmp_path, **settings)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


# Identifiers


def id_is_valid(number: str) -> bool:
    """ISO 7064 MOD 11-2 over all 18 characters, by Horner's scheme, independent of the table of weights."""
    total = 0
    for figure in number[:-1]:
        total = (total + int(figure)) * 2 % 11
    return (total + (10 if number[-1] == "X" else int(number[-1]))) % 11 == 1


def luhn_is_valid(number: str) -> bool:
    doubled = [int(figure) * (1 + place % 2) for place, figure in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def test_the_checks_of_this_test_know_published_examples() -> None:
    assert id_is_valid("11010519491231002X")  # GB 11643-1999, 5.3
    assert not id_is_valid("110105194912310021")
    assert luhn_is_valid("79927398713")
    assert not luhn_is_valid("79927398710")


def test_identifiers_pass_their_checks(feeds: Feeds) -> None:
    for row in feeds["workers"]:
        assert re.fullmatch(r"\d{17}[\dX]", row["id_number"] or "")
        assert id_is_valid(row["id_number"] or "")
        assert re.fullmatch(r"62\d{14,17}", row["bank_card"] or "")
        assert luhn_is_valid(row["bank_card"] or "")
        assert re.fullmatch(r"1[3-9]\d{9}", row["phone"] or "")
    assert {len(row["bank_card"] or "") for row in feeds["workers"]} == {16, 17, 18, 19}


def test_birth_date_and_sex_agree_with_the_identity_number(feeds: Feeds) -> None:
    for row in feeds["workers"]:
        number = row["id_number"] or ""
        assert row["sex"] == ("男" if int(number[16]) % 2 else "女")
        if age(row) is not None:
            assert (row["birth_date"] or "").replace("-", "") == number[6:14]


def test_names_are_chinese_and_companies_end_in_their_trade(feeds: Feeds) -> None:
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{2,4}", row["name"] or "") for row in feeds["workers"])
    names = {row["employer_name"] or "" for row in feeds["postings"]}
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{5,}(（.+分店）)?", name) for name in names)
    assert any(name.endswith("餐饮有限公司") for name in names)
    assert any(name.endswith("分店）") for name in names)


# The shape of the market


def test_one_town_is_large_and_many_are_tiny(feeds: Feeds) -> None:
    regions = (row["region"] or "" for row in feeds["activities"])
    towns = Counter(region for region in regions if re.fullmatch(r"\d{9}", region))
    shares = [count / towns.total() for _, count in towns.most_common()]
    assert 0.10 < shares[0] < 0.35
    assert sum(shares[len(shares) // 2 :]) < 0.05


def test_some_sections_are_large_and_some_nearly_absent(good: Feeds) -> None:
    sections = Counter(SECTION[row["industry"] or ""] for row in good["postings"])
    shares = {section: count / sections.total() for section, count in sections.items()}
    assert sum(shares[section] for section in "HFGOCLE") > 0.75
    assert 0 < min(shares.values()) < 0.005


def groups_by_cell(good: Feeds) -> dict[tuple[str, str], Counter[str | None]]:
    cells: dict[tuple[str, str], Counter[str | None]] = defaultdict(Counter)
    for row in good["postings"]:
        if row["region"] in COUNTY:
            cell = COUNTY[row["region"]], SECTION[row["industry"] or ""]
            cells[cell][row["employer_group"] or row["employer_id"]] += 1
    return cells


def test_some_cells_have_fewer_than_three_groups_and_some_one_that_dominates(good: Feeds) -> None:
    cells = groups_by_cell(good).values()
    assert any(len(groups) < 3 for groups in cells)
    assert any(len(groups) > 3 and max(groups.values()) / groups.total() > 0.7 for groups in cells)
    assert any(len(groups) > 20 and max(groups.values()) / groups.total() < 0.4 for groups in cells)


def test_employers_and_workers_are_heavy_tailed(feeds: Feeds) -> None:
    for feed, key in (("postings", "employer_id"), ("activities", "worker_id")):
        counts = sorted(Counter(row[key] for row in feeds[feed] if row[key]).values(), reverse=True)
        assert sum(counts[: len(counts) // 10]) > 0.35 * sum(counts)


def test_a_share_of_employers_belongs_to_groups_with_branches(feeds: Feeds) -> None:
    group = {row["employer_id"]: row["employer_group"] for row in feeds["postings"] if row["employer_id"]}
    members = Counter(filter(None, group.values()))
    assert 0.08 < members.total() / len(group) < 0.25
    assert max(members.values()) >= 4


def test_workers_have_few_skills_in_few_trades(good: Feeds) -> None:
    skills = [(row["skills"] or "").split(";") if row["skills"] else [] for row in good["workers"]]
    assert {len(each) for each in skills} == {0, 1, 2, 3, 4}
    assert all(len(set(each)) == len(each) for each in skills)
    counts = Counter(skill for each in skills for skill in each)
    assert sum(count for _, count in counts.most_common(6)) > 0.5 * counts.total()


def test_unclear_cells_come_as_often_as_on_a_platform(feeds: Feeds) -> None:
    postings = feeds["postings"]
    for column, text, low, high in (
        ("headcount", "若干人", 0.03, 0.07),
        ("pay", "面议", 0.04, 0.08),
        ("pay", None, 0.005, 0.04),
        ("closed_at", None, 0.3, 0.7),
    ):
        assert low < sum(row[column] == text for row in postings) / len(postings) < high
    assert any(re.fullmatch(r"\d+人", row["headcount"] or "") for row in postings)
    for feed in ("postings", "activities"):
        regions = [row["region"] or "" for row in feeds[feed]]
        spelled = Counter(len(region) if region.isdigit() else 0 for region in regions)
        assert spelled[9] > 0.7 * len(feeds[feed])
        assert spelled[6] > 0.03 * len(feeds[feed])
        assert spelled[0] > 0.02 * len(feeds[feed])
    assert 0.02 < sum(not (row["industry"] or "").isdigit() for row in postings) / len(postings) < 0.09


PAY = (
    r"\d+(-\d+)?元/(天|小时|月)", r"\d+-\d+元/周", r"\d+(\.5)?元/(件|单|次)", r"[\d.]+-[\d.]+万/(月|年)",
    r"\d+k-\d+k", r"底薪\d+\+绩效\d+", r"600元/其他", r"面议",
)  # fmt: skip


def test_pay_is_written_in_every_known_way_and_no_other(good: Feeds) -> None:
    texts = [row["pay"] for row in good["postings"] if row["pay"]]
    for pattern in PAY:
        assert any(re.fullmatch(pattern, text) for text in texts), pattern
    assert not [text for text in texts if not any(re.fullmatch(pattern, text) for pattern in PAY)]


# Time and order


def test_rows_spread_over_both_months_and_a_few_fall_after_them(good: Feeds) -> None:
    for feed, column in (("postings", "published_at"), ("activities", "occurred_at")):
        months = Counter((row[column] or "")[:7] for row in good[feed])
        assert set(months) == {"2026-09", "2026-10", "2026-11"}
        assert months["2026-09"] == pytest.approx(months["2026-10"], rel=0.15)
        assert 0 < months["2026-11"] < 0.02 * months.total()


@pytest.fixture
def in_short_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Feeds:
    """An extract whose activities were drawn in many runs of days."""
    monkeypatch.setattr(activities, "_RUN", 1_000)
    generate(tmp_path, rows=20_000, seed=3, codes=CODES, formats=("csv",))
    return {feed: read_csv(tmp_path / f"{feed}.csv") for feed in COLUMNS}


def first_of_each(rows: list[Row], key: str) -> list[Row]:
    """The rows without later ones of the same key, in order."""
    found: dict[str | None, Row] = {}
    for row in rows:
        found.setdefault(row[key], row)
    return list(found.values())


FORERUNNER = {"报名": "浏览", "录用": "报名", "完工": "录用"}


def check_order(feeds: Feeds) -> None:
    """Without repeats the rows ascend in time; an event has its forerunner unless that was made a bad row."""
    good = without_bad_rows(feeds)
    published = {row["posting_id"]: row["published_at"] or "" for row in good["postings"]}
    workers = {row["worker_id"]: row for row in good["workers"]}
    seen: set[tuple[str | None, ...]] = set()
    last, orphans = "", 0
    for row in first_of_each(good["activities"], "activity_id"):
        time = row["occurred_at"] or ""
        assert time >= last
        last = time
        worker = workers.get(row["worker_id"])
        if worker:
            assert (worker["registered_at"] or "") <= time <= (worker["last_active_at"] or "")
        if row["event"] == "服务":
            assert row["posting_id"] is None
            assert row["employer_id"] is None
            continue
        assert time >= published.get(row["posting_id"], "")
        seen.add((row["worker_id"], row["posting_id"], row["event"]))
        before = FORERUNNER.get(row["event"] or "")
        orphans += bool(before) and (row["worker_id"], row["posting_id"], before) not in seen
    bad = len(feeds["activities"]) - len(good["activities"])
    assert orphans <= bad // 2


def test_events_follow_each_other(feeds: Feeds) -> None:
    check_order(feeds)


def test_events_follow_each_other_over_the_seams_of_runs(in_short_runs: Feeds) -> None:
    check_order(in_short_runs)
    assert len(in_short_runs["activities"]) == 15_600


def test_views_outnumber_applications_matches_and_completions(feeds: Feeds) -> None:
    events = Counter(row["event"] for row in feeds["activities"])
    assert events["浏览"] > 3 * events["报名"] > 6 * events["录用"] > 6 * events["完工"] > 0
    assert 0.03 < events["服务"] / events.total() < 0.12


def test_workers_apply_mostly_near_home(good: Feeds) -> None:
    place = {row["posting_id"]: COUNTY.get(row["region"] or "") for row in good["postings"]}
    applied = [row for row in good["activities"] if row["event"] == "报名"]
    near = [COUNTY.get(row["region"] or "") == place.get(row["posting_id"]) for row in applied]
    assert sum(near) / len(near) > 0.75


# Free text


def test_descriptions_carry_phones_wechat_ids_and_names(feeds: Feeds) -> None:
    texts = [row["description"] or "" for row in feeds["postings"]]
    wide = [text for text in texts if re.search(r"１[３-９][０-９]{9}", text)]
    plain = [text for text in texts if PHONE.search(text) and text not in wide]
    assert 0.06 < (len(wide) + len(plain)) / len(texts) < 0.10
    assert wide
    assert any(re.search(r"1\d\d-\d{4}-\d{4}", text) for text in texts)
    assert any(re.search(r"1\d\d \d{4} \d{4}", text) for text in texts)
    wechat = r"(微信|VX|V |wx|微)[号：: ]*[a-z]{3}[a-z0-9_]{6}$"
    assert 0.015 < sum(bool(re.search(wechat, text)) for text in texts) / len(texts) < 0.05
    named = r"(联系人：?|到店找|请找|负责人)[\u4e00-\u9fff]{2,4}$"
    assert 0.02 < sum(bool(re.search(named, text)) for text in texts) / len(texts) < 0.06


def test_descriptions_hold_what_csv_has_to_quote(feeds: Feeds) -> None:
    texts = [row["description"] or "" for row in feeds["postings"]]
    for mark in ("\n", ",", '"'):
        assert any(mark in text for text in texts)


# Bad rows


@pytest.mark.parametrize(("feed", "fault"), FAULTS)
def test_every_fault_is_there_and_rare(feeds: Feeds, feed: str, fault: str) -> None:
    bad = sum(FAULTS[feed, fault](row) for row in feeds[feed])
    assert 1 <= bad <= max(3, 0.001 * len(feeds[feed]))


def test_three_rows_in_a_thousand_are_bad(feeds: Feeds, good: Feeds) -> None:
    bad = sum(len(feeds[feed]) - len(good[feed]) for feed in COLUMNS)
    assert 0.002 < bad / ROWS < 0.004


def test_few_activities_refer_to_a_posting_that_is_refused(good: Feeds) -> None:
    accepted = {row["posting_id"] for row in good["postings"]}
    named = [row["posting_id"] for row in good["activities"] if row["event"] != "服务"]
    assert 0 < sum(posting not in accepted for posting in named) < 0.02 * len(named)


@pytest.mark.parametrize("feed", COLUMNS)
def test_keys_are_unique_apart_from_rows_that_come_twice(feeds: Feeds, feed: str) -> None:
    seen: dict[str | None, Row] = {}
    repeats = 0
    for row in feeds[feed]:
        key = row[KEY[feed]]
        if key is not None and key in seen:
            assert row == seen[key]
            repeats += 1
        seen[key] = row
    assert 1 <= repeats <= max(3, 0.001 * len(feeds[feed]))


@pytest.mark.parametrize("column", ["title", "description"])
def test_some_cells_would_be_formulas_in_a_spreadsheet(feeds: Feeds, column: str) -> None:
    assert 1 <= sum((row[column] or "")[0] in "=+-@" for row in feeds["postings"]) <= 10


def test_a_small_extract_has_every_fault_too(tmp_path: Path) -> None:
    generate(tmp_path, rows=2_000, seed=9, codes=CODES, formats=("csv",))
    small = {feed: read_csv(tmp_path / f"{feed}.csv") for feed in COLUMNS}
    for (feed, fault), test in FAULTS.items():
        assert any(test(row) for row in small[feed]), (feed, fault)
