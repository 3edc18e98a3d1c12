"""A cell's text → its value, or the reason why its row is refused."""

from pathlib import Path
from typing import Any

import pytest

from gateway.base.errors import ConfigurationError
from gateway.ingest.contract import Column
from gateway.ingest.parsers import parser
from tests.ingest.small import BANDS, COLUMNS, LISTS, PERIOD, read_rows, row, source


def parse(name: str, text: str | None, **settings: Any) -> tuple[Any, str | None]:
    column = Column.model_validate(COLUMNS[name] | settings)
    value, reason = parser(column, LISTS, BANDS, PERIOD)(text)
    return value, None if reason is None else reason.value


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("3", 3, None),
        ("3人", 3, None),
        (" 3 人".replace(" 人", "人"), 3, None),
        ("０３人", 3, None),  # full width
        ("1,137", 1137, None),
        (" 1,137 ", 1137, None),
        ("0", 0, None),
        ("若干人", None, None),  # missing, not refused: the posting counts
        ("若干", None, None),
        ("", None, None),
        (None, None, None),
        ("-3", None, "bad_number"),
        ("3.5", None, "bad_number"),
        ("1,13", None, "bad_number"),
        ("3-5人", None, "bad_number"),
        ("三人", None, "bad_number"),
        ("3名", None, "bad_number"),
        ("9999999", None, "bad_number"),
        ("人", None, "bad_number"),
        ("1e3", None, "bad_number"),
    ],
)
def test_headcounts(text: str | None, value: int | None, reason: str | None) -> None:
    assert parse("headcount", text) == (value, reason)


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("220302", "220302", None),
        ("铁西区", "220302", None),
        (" 铁西区　", "220302", None),
        ("２２０３０２", "220302", None),
        ("四平市", "220300", None),
        ("站前街道", "220302002", None),
        ("中央街道", None, "unknown_code"),  # two townships have this name
        ("220303001", "220303001", None),  # its code says which
        ("220303_U", None, "unknown_code"),  # "not stated" is for the tables, nobody's code
        ("铁东区(未注明)", None, "unknown_code"),
        ("公主岭市", None, "unknown_code"),
        ("铁西", None, "unknown_code"),
        ("", None, "missing"),
        ("　", None, "missing"),
        (None, None, "missing"),
    ],
)
def test_codes_by_code_or_name(text: str | None, code: str | None, reason: str | None) -> None:
    assert parse("region", text) == (code, reason)


def test_a_code_at_one_level_only() -> None:
    assert parse("region", "铁西区", level="county") == ("220302", None)
    assert parse("region", "四平市", level="county") == (None, "unknown_code")


def test_an_empty_cell_has_its_own_code_where_the_contract_gives_one() -> None:
    assert parse("region", "", empty="220300") == ("220300", None)
    assert parse("region", "", required=False) == (None, None)
    assert parse("region", "公主岭市", empty="220300") == (None, "unknown_code")


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("国企| 50人| 铁西区 铁东区", "220302", None),
        ("国企｜ 铁东区", "220303", None),
        ("铁西区", None, "unknown_code"),  # the cell does not fit the pattern: not guessed
        ("国企| 50人|", None, "unknown_code"),
        ("国企| 公主岭市", None, "unknown_code"),
        ("", None, "missing"),
    ],
)
def test_the_part_of_a_cell_that_counts(text: str, code: str | None, reason: str | None) -> None:
    pattern = r"\|\s*([^|\s]+)[^|]*$"
    assert parse("region", text, pattern=pattern) == (code, reason)
    if text:  # an empty cell has a code of its own, a cell that does not fit has none
        assert parse("region", text, pattern=pattern, empty="220300") == (code, reason)


@pytest.mark.parametrize(
    ("text", "codes", "reason"),
    [
        ("焊工", ["weld"], None),
        ("焊工;木工", ["weld", "wood"], None),
        ("木工;焊工;木工", ["weld", "wood"], None),
        (" 木工 ; weld ;", ["weld", "wood"], None),
        (";", ["none"], None),
        ("", ["none"], None),
        (None, ["none"], None),
        ("焊工;骑手", None, "unknown_code"),
        ("焊工,木工", None, "unknown_code"),
        ("全部", None, "unknown_code"),
    ],
)
def test_several_codes_in_a_cell(text: str | None, codes: list[str] | None, reason: str | None) -> None:
    assert parse("skill", text) == (codes, reason)


def test_several_codes_with_another_separator_or_without_a_code_for_none() -> None:
    assert parse("skill", "焊工、木工", separator="、") == (["weld", "wood"], None)
    assert parse("skill", "", empty=None) == (None, "missing")


@pytest.mark.parametrize(
    ("text", "word", "reason"),
    [
        ("报名", "applied", None),
        (" 报名", "applied", None),
        ("applied", None, "unknown_code"),
        ("收藏", None, "unknown_code"),
        ("", None, "missing"),
    ],
)
def test_choices(text: str, word: str | None, reason: str | None) -> None:
    assert parse("event", text) == (word, reason)


@pytest.mark.parametrize(
    ("text", "band", "reason"),
    [
        ("2010-10-31", "16-24", None),  # sixteen on the month's last day
        ("2010-11-01", None, "out_of_range"),
        ("2001-11-01", "16-24", None),
        ("2001-10-31", "25-34", None),
        ("1991-11-01", "25-34", None),
        ("1991-10-31", "35+", None),
        ("1926-10-31", "35+", None),  # a hundred
        ("1925-10-31", None, "out_of_range"),
        ("2004-02-29", "16-24", None),
        ("2027-01-01", None, "out_of_range"),  # not born yet
        ("2001-02-29", None, "bad_date"),
        ("1990-13-01", None, "bad_date"),
        ("19900501", None, "bad_date"),
        ("1990/05/01", None, "bad_date"),
        ("1990-5-1", None, "bad_date"),
        ("1990-05-01 00:00:00", None, "bad_date"),
        ("", None, "bad_date"),
        (None, None, "bad_date"),
    ],
)
def test_ages_on_the_last_day_of_the_month(text: str | None, band: str | None, reason: str | None) -> None:
    assert parse("age", text) == (band, reason)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("2026-10-01 00:00:00", "counted"),
        ("2026-09-30 23:59:59", "out"),
        ("2026-10-31 23:59:59", "counted"),
        ("2026-11-01 00:00:00", "out"),
        ("1899-01-01 00:00:00", "out"),
        (" 2026-10-01 00:00:00 ", "counted"),
        ("2026-02-30 10:00:00", "refused"),
        ("2025-02-29 10:00:00", "refused"),
        ("2026-10-32 10:00:00", "refused"),
        ("2026-10-01 24:00:00", "refused"),
        ("2026-10-01 10:00:60", "refused"),
        ("2026-10-01 10:00", "refused"),
        ("2026-10-01", "refused"),
        ("2026-10-01T10:00:00", "refused"),
        ("2026-10-1 10:00:00", "refused"),
        ("2026/10/01 10:00:00", "refused"),
        ("20261001 100000", "refused"),
        ("2026-10-01 10:00:00Z", "refused"),
        ("1764000000", "refused"),
        ("", "refused"),
    ],
)
def test_date_times_are_taken_as_declared_or_refused(tmp_path: Path, text: str, where: str) -> None:
    _, refused, _, out, counted = read_rows(tmp_path, [row(at=text)]).account
    assert {"refused": refused, "out": out, "counted": counted}[where] == 1


def test_date_times_in_several_declared_ways(tmp_path: Path) -> None:
    at = COLUMNS["at"] | {"layouts": ["%Y-%m-%d", "%d.%m.%Y %H:%M"]}
    rows = [
        row(id=f"P{n}", at=at)
        for n, at in enumerate(["2026-10-07", "08.10.2026 09:30", "2026-02-30", "8.10.2026 9:30"])
    ]
    found = read_rows(tmp_path, rows, source(columns=COLUMNS | {"at": at}))
    assert found.refusals == [(4, "at", "bad_date"), (5, "at", "bad_date")]
    assert [str(moment) for moment in found.table["at"].to_pylist()] == ["2026-10-07 00:00:00", "2026-10-08 09:30:00"]


def test_the_first_fault_in_the_contracts_order_is_the_one_recorded(tmp_path: Path) -> None:
    faulty = row(id="P2", place="公主岭市", heads="x", pay="99999999", born="?", at="?")
    found = read_rows(tmp_path, [row(), faulty, row(id="P3", heads="x", at="?"), row(id="P4", pay="99999999")])
    assert found.refusals == [
        (3, "region", "unknown_code"),
        (4, "headcount", "bad_number"),
        (5, "pay", "sentinel"),
    ]


FAULTS = {
    "role": COLUMNS["region"] | {"role": "key"},
    "no list": {k: v for k, v in COLUMNS["region"].items() if k != "list"},
    "list of a number": COLUMNS["headcount"] | {"list": "region"},
    "choices of a code": COLUMNS["region"] | {"choices": {"a": "b"}},
    "several columns of a code": COLUMNS["region"] | {"source": ["a", "b"]},
    "fallback of several columns": COLUMNS["posting"] | {"source": ["a", "b"], "fallback": "c"},
    "pattern of a key": COLUMNS["posting"] | {"pattern": "(a)"},
    "pattern without a group": COLUMNS["region"] | {"pattern": "a"},
    "pattern that is none": COLUMNS["region"] | {"pattern": "(a"},
    "unknown setting": COLUMNS["region"] | {"patern": "(a)"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_contract_that_contradicts_itself_is_refused(fault: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Column.model_validate(FAULTS[fault])


@pytest.mark.parametrize(
    "feed",
    [
        {"unique": "region"},
        {"unique": "nothing"},
        {"window": {"before_end": "pay", "from_start": "at"}},
        {"lookup": {"feed": "other", "on": "posting", "columns": ["x"]}},
        {"lookup": {"feed": "rows", "on": "posting", "columns": ["x"]}},
        {"withheld": [{"source": "place", "kind": "text"}]},
        {"max_refused": 1.5},
    ],
    ids=str,
)
def test_a_feed_that_contradicts_itself_is_refused(feed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        source(**feed)


def test_a_withheld_column_may_be_a_key_and_nothing_else() -> None:
    key = {"source": "company", "role": "key", "parse": "key"}
    assert source(columns=COLUMNS | {"employer": key}).feeds["rows"].columns["employer"].source == "company"


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("region", {"list": "nowhere"}),
        ("skill", {"list": "nowhere"}),
        ("pay", {"list": "region"}),  # a list without bands
        ("age", {"list": "nowhere"}),
        ("skill", {"empty": "nothing"}),
        ("region", {"empty": "nothing"}),
    ],
)
def test_a_list_bands_or_a_code_that_are_not_there_are_mistakes_of_configuration(
    name: str, settings: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError):
        parse(name, "x", **settings)
