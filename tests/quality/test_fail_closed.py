"""What is not understood, not evaluated or not checked has failed; a file that is not a suite is refused."""

import json

import pandas as pd
import pytest

from gateway.base.errors import ConfigurationError, QualityError
from gateway.quality import MAX_ROWS, Reason, Severity, run_suite

FRAME = pd.DataFrame(
    {
        "name": pd.Series(["a", "b", "c"], dtype="str"),
        "count": pd.array([1, 2, None], dtype="Int64"),
        "empty": pd.array([None, None, None], dtype="Int64"),
        "mixed": pd.Series([1, "x", None], dtype="object"),
    }
)
BETWEEN = "expect_column_values_to_be_between"


def expectation(type=BETWEEN, *, id="one", severity="blocking", at_least=0, **kwargs):
    meta = {"id": id, "zh": "一", "en": "one", "topic": "ranges", "severity": severity, "at_least": at_least}
    return {"type": type, "kwargs": kwargs, "meta": meta}


def suite(*expectations):
    return {"name": "s", "meta": {"zh": "甲", "en": "a", "about": "table"}, "expectations": list(expectations)}


def only(*args, parameters=None, frame=FRAME, **kwargs):
    result = run_suite(suite(expectation(*args, **kwargs)), frame, parameters)
    assert len(result.results) == 1
    assert result.success is (result.results[0].reason is Reason.HOLDS)
    return result.results[0]


def where(value, **more):
    return {"type": "comparison", "column": {"name": "name"}, "operator": "==", "parameter": value, **more}


def test_what_holds_holds():
    found = only(column="count", min_value=0)
    assert (found.reason, found.checked, found.unexpected) == (Reason.HOLDS, 2, 0)


@pytest.mark.parametrize(
    ("reason", "given"),
    [
        (Reason.NOT_UNDERSTOOD, {"type": "expect_column_values_to_be_nice", "column": "count"}),
        (Reason.NOT_UNDERSTOOD, {"column": "count", "min_valu": 0}),
        (Reason.NOT_UNDERSTOOD, {"column": "count", "min_value": 0, "max_valu": 5}),
        (Reason.NOT_UNDERSTOOD, {"column": "count"}),
        (Reason.NOT_UNDERSTOOD, {"column": "count", "min_value": None}),
        (Reason.NOT_UNDERSTOOD, {"type": "expect_column_values_to_be_in_set", "column": "count", "value_set": None}),
        (Reason.NOT_UNDERSTOOD, {"column": "count", "min_value": 0, "row_condition": where("a", operator="~")}),
        (Reason.MISSING_COLUMN, {"column": "counts", "min_value": 0}),
        (Reason.MISSING_COLUMN, {"column": "count", "min_value": 0, "row_condition": where("a", column={"name": "x"})}),
        (Reason.RAISED, {"column": "mixed", "min_value": 0}),
        (Reason.RAISED, {"column": "name", "min_value": 0}),
        (Reason.UNEXPECTED, {"column": "count", "min_value": 2}),
        (Reason.UNEXPECTED, {"column": "count", "min_value": 2, "mostly": 0.0}),
        (Reason.NOTHING_CHECKED, {"column": "count", "min_value": 0, "row_condition": where("nobody")}),
        (Reason.NOTHING_CHECKED, {"column": "empty", "min_value": 0, "at_least": 1}),
        (Reason.NOTHING_CHECKED, {"column": "count", "min_value": 0, "at_least": 3}),
        (Reason.PARAMETER, {"column": "count", "min_value": {"$PARAMETER": "absent"}}),
        (Reason.PARAMETER, {"column": "count", "min_value": {"$PARAMETER": "n", "$PARAMETER.n": 0}}),
        (Reason.PARAMETER, {"column": "count", "min_value": {"$PARAMETER": "n + 1"}}),
        (Reason.PARAMETER, {"column": "count", "min_value": {"$PARAMETER": "now()"}}),
    ],
)
def test_what_does_not_hold_has_failed(reason, given):
    assert only(**given, parameters={"n": 0}).reason is reason


def test_an_expectation_over_nothing_says_so():
    found = only(column="empty", min_value=0)
    assert (found.reason, found.checked) == (Reason.HOLDS, 0)


def test_one_failure_does_not_hide_the_others():
    result = run_suite(
        suite(
            expectation(id="raised", column="mixed", min_value=0),
            expectation(id="unknown", type="expect_nothing"),
            expectation(id="holds", column="count", min_value=0),
            expectation(id="fails", column="count", max_value=1),
        ),
        FRAME,
    )
    assert [(r.id, r.passed) for r in result.results] == [
        ("raised", False),
        ("unknown", False),
        ("holds", True),
        ("fails", False),
    ]


def test_a_warning_does_not_block_and_is_still_a_failure():
    result = run_suite(suite(expectation(column="count", min_value=2, severity="warning")), FRAME)
    assert result.success
    assert result.passed == 0
    assert result.results[0].severity is Severity.WARNING
    assert not result.results[0].blocks


def test_an_empty_suite_has_not_succeeded():
    assert not run_suite(suite(), FRAME).success


def test_a_frame_without_columns_fails_every_expectation():
    result = run_suite(suite(expectation(column="count", min_value=0)), pd.DataFrame())
    assert not result.success


def test_a_frame_that_great_expectations_can_not_take_fails_every_expectation():
    twice = pd.concat([FRAME, FRAME], axis=1)
    result = run_suite(suite(expectation(column="count", min_value=0)), twice)
    assert result.results[0].reason in (Reason.RAISED, Reason.UNEXPECTED)


def test_no_frame_above_the_limit_is_looked_at():
    column = pd.array(range(MAX_ROWS + 1), dtype="Int64")
    large = pd.DataFrame({"count": column})
    with pytest.raises(QualityError) as raised:
        run_suite(suite(expectation(column="count", min_value=0)), large)
    assert raised.value.exit == 12
    assert raised.value.safe
    assert only(column="count", min_value=0, frame=large.iloc[:MAX_ROWS]).checked == MAX_ROWS


def changed(**changes):
    return {**suite(expectation(column="count", min_value=0)), **changes}


BROKEN_FILES = {
    "no JSON": b"{",
    "not UTF-8": b"\xff\xfe{}",
    "a list": b"[]",
    "nothing": b"",
    "NaN": json.dumps(suite(expectation(column="count", min_value=float("nan")))).encode(),
    "no name": {k: v for k, v in suite().items() if k != "name"},
    "no expectations": {k: v for k, v in suite().items() if k != "expectations"},
    "an unknown key": changed(ge_cloud_id="x"),
    "an id twice": suite(expectation(column="count", min_value=0), expectation(column="count", min_value=1)),
    "an unknown severity": suite(expectation(column="count", min_value=0, severity="none")),
    "an unknown topic": suite({**expectation(), "meta": {**expectation()["meta"], "topic": "other"}}),
    "no wording": suite({**expectation(), "meta": {**expectation()["meta"], "zh": ""}}),
    "no meta": suite({"type": BETWEEN, "kwargs": {"column": "count", "min_value": 0}}),
    "a condition in pandas' own words": suite(
        expectation(column="count", min_value=0, row_condition={"type": "pass_through", "pass_through_filter": "@x"})
    ),
    "a condition as text": suite(expectation(column="count", min_value=0, row_condition='col("name") == "a"')),
    "a condition without a column": suite(
        expectation(column="count", min_value=0, row_condition={"type": "comparison"})
    ),
    "columns as text": suite(expectation(type="expect_compound_columns_to_be_unique", column_list="count")),
}


@pytest.mark.parametrize("file", BROKEN_FILES)
def test_a_file_that_is_not_a_suite_is_refused(file):
    with pytest.raises(ConfigurationError) as raised:
        run_suite(BROKEN_FILES[file], FRAME)
    assert raised.value.next
