"""Nothing that a result, a page, a log, a warning or a stream holds is a value of the data or a threshold."""

import gc
import json
import logging
import sys
import warnings
import weakref

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.period import Period
from gateway.quality import Heading, Reason, page, run_suite
from tests.quality.conftest import PARAMETERS, names, suite
from tests.quality.test_fail_closed import expectation
from tests.quality.test_fail_closed import suite as small

NUMBER, TEXT, FRACTION, THRESHOLD = 7391846205, "机密标记甲乙丙", 0.7391846205, 48151623.42
MARKS = [str(NUMBER), TEXT, "7391846205", "48151623"]
HEADING = Heading(release="LGTJ_220300_LHYG_202610_M_R01", period=Period.parse("2026-10"), provider="示例平台")
FRAME = pd.DataFrame(
    {
        "n": pd.array([NUMBER, NUMBER + 1, None], dtype="Int64"),
        "m": pd.array([0, 1, 2], dtype="Int64"),
        "f": pd.array([FRACTION, None, -FRACTION], dtype="Float64"),
        "t": pd.Series([TEXT, f"{TEXT}丁", None], dtype="str"),
        "o": pd.Series([NUMBER, TEXT, None], dtype="object"),
    }
)
THRESHOLD_OF = {"$PARAMETER": "secret"}
FAILING = {
    "expect_column_values_to_be_between": {"column": "n", "max_value": THRESHOLD_OF},
    "expect_column_max_to_be_between": {"column": "n", "max_value": THRESHOLD_OF},
    "expect_column_min_to_be_between": {"column": "n", "max_value": THRESHOLD_OF},
    "expect_column_mean_to_be_between": {"column": "f", "min_value": THRESHOLD_OF},
    "expect_column_sum_to_be_between": {"column": "n", "max_value": THRESHOLD_OF},
    "expect_column_median_to_be_between": {"column": "n", "max_value": THRESHOLD_OF},
    "expect_column_stdev_to_be_between": {"column": "n", "min_value": THRESHOLD_OF},
    "expect_column_unique_value_count_to_be_between": {"column": "t", "max_value": 1},
    "expect_column_most_common_value_to_be_in_set": {"column": "t", "value_set": ["x"]},
    "expect_column_distinct_values_to_be_in_set": {"column": "t", "value_set": ["x"]},
    "expect_column_distinct_values_to_equal_set": {"column": "n", "value_set": [1]},
    "expect_column_distinct_values_to_contain_set": {"column": "t", "value_set": ["x"]},
    "expect_column_values_to_be_in_set": {"column": "t", "value_set": ["x"]},
    "expect_column_values_to_not_be_in_set": {"column": "t", "value_set": [TEXT]},
    "expect_column_values_to_be_null": {"column": "t"},
    "expect_column_values_to_be_of_type": {"column": "o", "type_": "int64"},
    "expect_column_values_to_be_in_type_list": {"column": "o", "type_list": ["int64"]},
    "expect_column_values_to_match_regex": {"column": "t", "regex": "^x"},
    "expect_column_values_to_not_match_regex": {"column": "t", "regex": TEXT},
    "expect_column_value_lengths_to_equal": {"column": "t", "value": 1},
    "expect_column_values_to_match_strftime_format": {"column": "t", "strftime_format": "%Y"},
    "expect_column_values_to_be_json_parseable": {"column": "t"},
    "expect_column_values_to_be_decreasing": {"column": "n"},
    "expect_column_pair_values_to_be_equal": {"column_A": "n", "column_B": "m"},
    "expect_column_pair_values_a_to_be_greater_than_b": {"column_A": "m", "column_B": "n"},
    "expect_multicolumn_sum_to_equal": {"column_list": ["n", "m"], "sum_total": 3},
    "expect_select_column_values_to_be_unique_within_record": {"column_list": ["n", "n"]},
    "expect_column_quantile_values_to_be_between": {
        "column": "n",
        "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 1]]},
    },
    "expect_table_columns_to_match_set": {"column_set": [TEXT]},
}
BROKEN = {
    "expect_column_values_to_be_between": {"column": "o", "min_value": THRESHOLD_OF},
    "expect_column_mean_to_be_between": {"column": "t", "min_value": THRESHOLD_OF},
    "expect_column_values_to_match_regex": {"column": "t", "regex": f"({TEXT}"},
    "expect_column_values_to_be_in_set": {"column": "t", "value_set": NUMBER},
    "unexpected_rows_expectation": {"unexpected_rows_query": f"SELECT {NUMBER}"},
}


def everything():
    failing = [expectation(type=t, id=f"f{i}", **kwargs) for i, (t, kwargs) in enumerate(FAILING.items())]
    broken = [expectation(type=t, id=f"b{i}", **kwargs) for i, (t, kwargs) in enumerate(BROKEN.items())]
    loud = expectation(
        id="loud", column="t", type="expect_column_values_to_be_null", result_format={"result_format": "COMPLETE"}
    )
    return small(*failing, *broken, loud)


def test_no_value_and_no_threshold_comes_out(caplog, capfd):
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        result = run_suite(everything(), FRAME, {"secret": THRESHOLD})
    streams = capfd.readouterr()
    assert [r.id for r in result.results if r.passed] == []
    assert {r.reason for r in result.results} == {Reason.UNEXPECTED, Reason.RAISED, Reason.NOT_UNDERSTOOD}
    said = [
        repr(result),
        json.dumps(result.as_document(), ensure_ascii=False),
        page([result], HEADING).decode(),
        caplog.text,
        "".join(str(warning.message) for warning in warned),
        streams.out + streams.err,
    ]
    assert [mark for mark in MARKS for text in said if mark in text] == []
    assert streams.out + streams.err == ""


@pytest.mark.parametrize("name", names())
def test_the_shipped_suites_show_no_value_either(name, frames, caplog, capfd):
    frame = frames[name].copy()
    for column in frame.columns:
        mark = TEXT if frame[column].dtype == "str" else NUMBER if frame[column].dtype == "Int64" else FRACTION
        if not pd.api.types.is_object_dtype(frame[column].dtype):
            frame.loc[0, column] = mark
    with caplog.at_level(logging.DEBUG):
        result = run_suite(suite(name), frame, {**PARAMETERS, "change_upper": THRESHOLD, "refused_share": THRESHOLD})
    said = [repr(result), page([result], HEADING).decode(), caplog.text, "".join(capfd.readouterr())]
    assert not result.success
    assert [mark for mark in MARKS for text in said if mark in text] == []


@settings(max_examples=15, deadline=None)
@given(
    numbers=st.lists(st.integers(10**9, 10**12), min_size=1, max_size=4),
    texts=st.lists(st.text("甲乙丙丁戊己庚辛", min_size=6, max_size=9), min_size=1, max_size=4),
)
def test_whatever_the_values_are(numbers, texts):
    rows = max(len(numbers), len(texts))
    frame = pd.DataFrame(
        {
            "n": pd.array([*numbers, *[None] * (rows - len(numbers))], dtype="Int64"),
            "t": pd.Series([*texts, *[None] * (rows - len(texts))], dtype="str"),
        }
    )
    result = run_suite(
        small(
            expectation(id="a", column="n", max_value=1),
            expectation(id="b", type="expect_column_values_to_be_in_set", column="t", value_set=["x"]),
            expectation(id="c", type="expect_column_max_to_be_between", column="n", max_value=1),
            expectation(id="d", column="t", min_value=0),
        ),
        frame,
    )
    said = repr(result) + page([result], HEADING).decode() + json.dumps(result.as_document(), ensure_ascii=False)
    assert result.passed == 0
    assert [value for value in [*map(str, numbers), *texts] if value in said] == []


def test_a_frame_is_forgotten_when_it_has_been_checked():
    frame = FRAME.copy()
    gone = weakref.ref(frame)
    run_suite(small(expectation(column="m", min_value=0)), frame)
    del frame
    gc.collect()
    assert gone() is None


def test_the_process_keeps_its_own_warnings_and_streams():
    shown, out, err, filters = warnings.showwarning, sys.stdout, sys.stderr, list(warnings.filters)
    run_suite(everything(), FRAME, {"secret": THRESHOLD})
    assert (warnings.showwarning, sys.stdout, sys.stderr) == (shown, out, err)
    assert list(warnings.filters) == filters


def test_the_library_is_left_as_it_was():
    """Its configurations are made once only while a suite runs."""
    from great_expectations.expectations.expectation import Expectation

    before = Expectation.configuration
    assert run_suite(small(expectation("expect_column_values_to_not_be_null", column="n")), FRAME)
    assert Expectation.configuration is before
