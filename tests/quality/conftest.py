import functools
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gateway.quality import SuiteResult, profile_frame, run_suite, table_frame
from tests.quality.declarations import HIERARCHIES, SPECS
from tests.quality.month import MINIMUM, Month, month

SUITES = Path(__file__).parents[2] / "expectations"
KEYS = ("posting", "employer", "employer_group", "worker", "activity")
PARAMETERS = {
    "minimum_groups": MINIMUM,
    "minimum_persons": MINIMUM,
    "change_lower": -0.9,
    "change_upper": 9.0,
    "unplaced_share": 0.2,
    "refused_share": 0.05,
    "duplicate_share": 0.05,
    "out_of_code_list_share": 0.05,
    "days_without_rows": 2,
}


@functools.cache
def suite(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SUITES / f"{name}.json").read_text("utf-8"))
    return content


def names() -> list[str]:
    return sorted(path.stem for path in SUITES.glob("*.json"))


def single(name: str, *ids: str) -> dict[str, Any]:
    """The suite with only those of its expectations."""
    content = suite(name)
    return {**content, "expectations": [e for e in content["expectations"] if e["meta"]["id"] in ids]}


def profile(feed: str) -> list[dict[str, Any]]:
    """A profile as ingest gives it, for the columns that the feed's suite expects."""
    wanted = next(e for e in suite(feed)["expectations"] if e["meta"]["id"] == "columns_present")
    whole = {"rows": 1000, "nulls": 0, "out_of_code_list": 0, "duplicate": 3, "out_of_period": 40, "counted": 947}
    rows = [{"column": "*", "role": "feed", "refused": 10, **whole, "days_without_rows": 2}]
    for column in wanted["kwargs"]["value_set"]:
        role = "key" if column in KEYS else "time" if column.endswith("_at") else "dimension"
        if column != "*":
            rows.append({"column": column, "role": role, "refused": 2, **whole, "duplicate": 0, "out_of_period": 0})
    return rows


@pytest.fixture(scope="session")
def before() -> Month:
    return month(6)


@pytest.fixture(scope="session")
def now(before: Month) -> Month:
    return month(7, before)


@pytest.fixture(scope="session")
def frames(now: Month, before: Month) -> dict[str, pd.DataFrame]:
    """A sound frame for every shipped suite."""
    tables = {
        name: table_frame(now.cells[name], now.published[name], HIERARCHIES, now.totals[name], before.published[name])
        for name in SPECS
    }
    return tables | {name: profile_frame(profile(name)) for name in names() if name.startswith("feed_")}


@pytest.fixture(scope="session")
def sound(frames: dict[str, pd.DataFrame]) -> dict[str, SuiteResult]:
    """The shipped suites over the sound frames."""
    return {name: run_suite((SUITES / f"{name}.json").read_bytes(), frames[name], PARAMETERS) for name in names()}
