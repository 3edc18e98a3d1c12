"""The profile's frame: counts as they come, shares of the right whole, and nothing guessed."""

from decimal import Decimal

import pandas as pd
import pytest

from gateway.base.errors import QualityError
from gateway.quality import profile_frame, run_suite
from tests.quality.conftest import PARAMETERS, profile, suite

WHOLE = {
    "column": "*",
    "role": "feed",
    "rows": 200,
    "nulls": 0,
    "refused": 10,
    "out_of_code_list": 0,
    "duplicate": 4,
    "out_of_period": 6,
    "counted": 180,
}
REGION = {**WHOLE, "column": "region", "role": "dimension", "nulls": 9, "refused": 5, "out_of_code_list": 2}


def test_shares_are_of_the_rows_that_they_are_about():
    frame = profile_frame([WHOLE, REGION]).set_index("column")
    assert frame.loc["region", "null_share"] == 9 / 180
    assert frame.loc["region", "refused_share"] == 5 / 200
    assert frame.loc["region", "out_of_code_list_share"] == 2 / 200
    assert frame.loc["*", "duplicate_share"] == 4 / 200
    assert frame.loc["*", "unaccounted"] == 0
    assert pd.isna(frame.loc["region", "unaccounted"])


def test_rows_without_a_fate_are_counted():
    assert profile_frame([{**WHOLE, "counted": 179}])["unaccounted"].iloc[0] == 1
    assert profile_frame([{**WHOLE, "counted": 181}])["unaccounted"].iloc[0] == -1
    assert pd.isna(profile_frame([{k: v for k, v in WHOLE.items() if k != "counted"}])["unaccounted"].iloc[0])


def test_of_no_rows_there_is_no_share():
    frame = profile_frame([dict.fromkeys(WHOLE, 0) | {"column": "*", "role": "feed"}])
    assert frame[["refused_share", "null_share"]].isna().all().all()


def test_ranges_are_text_and_numbers_where_they_are_numbers():
    frame = profile_frame([{**REGION, "minimum": 3, "maximum": Decimal("4.5")}, {**WHOLE, "minimum": "2026-10-01"}])
    assert list(frame["minimum"]) == ["3", "2026-10-01"]
    assert list(frame["maximum_number"].dropna()) == [4.5]
    assert frame["minimum_number"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    "rows",
    [
        [{**WHOLE, "sample": "E000123"}],
        [{**WHOLE, "rows": 1.5}],
        [{**WHOLE, "rows": "200"}],
        [{**WHOLE, "rows": True}],
        [WHOLE, WHOLE],
    ],
)
def test_what_is_not_a_profile_is_refused_without_a_value(rows):
    with pytest.raises(QualityError) as raised:
        profile_frame(rows)
    assert "E000123" not in "".join(text for _, text in raised.value.lines())


FAULTS = {
    "no profile at all": (lambda rows: rows.clear(), {"columns_present", "rows_read", "rows_counted"}),
    "no row was read": (lambda rows: rows[0].update(rows=0, counted=0), {"rows_read", "rows_counted"}),
    "no row counts": (lambda rows: rows[0].update(out_of_period=987, counted=0), {"rows_counted"}),
    "a row without a fate": (lambda rows: rows[0].update(counted=900), {"rows_accounted"}),
    "days without a row": (lambda rows: rows[0].update(days_without_rows=3), {"month_covered"}),
    "nobody looked at the days": (lambda rows: rows[0].pop("days_without_rows"), {"month_covered"}),
    "too many refusals": (lambda rows: rows[0].update(refused=900), {"refusals_within_contract"}),
    "too many refusals by one column": (lambda rows: rows[3].update(refused=900), {"refusals_within_contract"}),
    "too many duplicates": (lambda rows: rows[0].update(duplicate=900), {"duplicates_within_contract"}),
    "a column was not read": (lambda rows: rows.pop(), {"columns_present"}),
    "a column that must not be read": (
        lambda rows: rows.append({**rows[1], "column": "contact_phone", "role": "withheld"}),
        {"nothing_withheld"},
    ),
    "a key's range": (lambda rows: rows[1].update(minimum="P000000001"), {"keys_without_minimum"}),
    "a key that is missing": (lambda rows: rows[1].update(nulls=1), {"posting_filled"}),
    "codes outside the list": (
        lambda rows: next(r for r in rows if r["column"] == "region").update(out_of_code_list=900),
        {"region_coded"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_an_extract_is_found(fault):
    edit, expected = FAULTS[fault]
    rows = profile("feed_postings")
    edit(rows)
    result = run_suite(suite("feed_postings"), profile_frame(rows), PARAMETERS)
    assert expected <= {failure.id for failure in result.failures}
    assert not result.success
