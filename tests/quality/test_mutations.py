"""Every expectation of every shipped suite fails on a frame that is broken in its way: none passes by accident."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from gateway.quality import Reason, run_suite
from tests.quality.conftest import PARAMETERS, names, single, suite

SHIPPED = [(name, e["meta"]["id"]) for name in names() for e in suite(name)["expectations"]]


def bound(value: Any) -> float:
    return PARAMETERS[value["$PARAMETER"]] if isinstance(value, dict) else value


def looked_at(kwargs: dict[str, Any], frame: pd.DataFrame) -> list[int]:
    condition = kwargs.get("row_condition")
    if condition is None:
        return list(range(len(frame)))
    return list(frame.index[frame[condition["column"]["name"]] == condition["parameter"]])


def put(frame: pd.DataFrame, row: int, column: str, value: Any) -> pd.DataFrame:
    broken = frame.copy()
    broken.loc[row, column] = value
    return broken


def out_of_bounds(frame: pd.DataFrame, kwargs: dict[str, Any]) -> pd.DataFrame:
    wrong = bound(kwargs["max_value"]) + 1 if "max_value" in kwargs else bound(kwargs["min_value"]) - 1
    return put(frame, looked_at(kwargs, frame)[0], kwargs["column"], wrong)


def out_of_set(frame: pd.DataFrame, kwargs: dict[str, Any]) -> pd.DataFrame:
    wrong = "X" if isinstance(kwargs["value_set"][0], str) else max(kwargs["value_set"]) + 1
    return put(frame, looked_at(kwargs, frame)[0], kwargs["column"], wrong)


def of_another_type(frame: pd.DataFrame, kwargs: dict[str, Any]) -> pd.DataFrame:
    column = pd.array(range(len(frame)), dtype="Int64") if kwargs["type_"] == "str" else frame[kwargs["column"]]
    other = {"str": "Int64", "int64": "Float64", "float64": "object"}[kwargs["type_"]]
    return frame.assign(**{kwargs["column"]: pd.Series(column).astype(other)})


def one_below_the_other(frame: pd.DataFrame, kwargs: dict[str, Any]) -> pd.DataFrame:
    a, b = kwargs["column_A"], kwargs["column_B"]
    row = frame.index[frame[a].notna() & frame[b].notna()][0]
    return put(frame, row, a, frame.loc[row, b] - 1)


def one_missing_from_the_set(frame: pd.DataFrame, kwargs: dict[str, Any]) -> pd.DataFrame:
    gone = kwargs["value_set"][-1]
    return frame[frame[kwargs["column"]] != gone].reset_index(drop=True)


def twice(frame: pd.DataFrame, kwargs: dict[str, Any]) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[:1]], ignore_index=True)


BREAKS: dict[str, Callable[[pd.DataFrame, dict[str, Any]], pd.DataFrame]] = {
    "expect_column_values_to_be_between": out_of_bounds,
    "expect_column_values_to_be_in_set": out_of_set,
    "expect_column_values_to_not_be_null": lambda f, k: put(f, looked_at(k, f)[0], k["column"], None),
    "expect_column_values_to_be_null": lambda f, k: put(f, looked_at(k, f)[0], k["column"], "W00000001"),
    "expect_column_values_to_be_of_type": of_another_type,
    "expect_column_values_to_be_unique": twice,
    "expect_compound_columns_to_be_unique": twice,
    "expect_table_row_count_to_be_between": lambda f, k: f.iloc[:0],
    "expect_column_pair_values_a_to_be_greater_than_b": one_below_the_other,
    "expect_column_distinct_values_to_contain_set": one_missing_from_the_set,
}


def test_the_table_of_breaks_knows_every_kind_that_is_shipped():
    assert {e["type"] for name in names() for e in suite(name)["expectations"]} == set(BREAKS)


WHOLE_FRAME = {twice, one_missing_from_the_set, BREAKS["expect_table_row_count_to_be_between"]}


def rounds(name: str) -> list[list[dict[str, Any]]]:
    """The suite's expectations in groups that break different columns, so that one frame can be broken for all."""
    groups: list[list[dict[str, Any]]] = []
    taken: list[set[str]] = []
    for expectation in suite(name)["expectations"]:
        whole = BREAKS[expectation["type"]] in WHOLE_FRAME
        mine = {v for k, v in expectation["kwargs"].items() if k in ("column", "column_A", "column_B")}
        fitting = [i for i, columns in enumerate(taken) if not whole and not columns & {*mine, "*"}]
        if not fitting:
            groups.append([])
            taken.append(set())
        at = fitting[0] if fitting else -1
        groups[at].append(expectation)
        taken[at] |= {"*"} if whole else mine
    return groups


@pytest.mark.parametrize("name", names())
def test_every_expectation_fails_when_the_frame_is_broken_in_its_way(name, frames):
    met = []
    for members in rounds(name):
        broken = frames[name]
        for expectation in members:
            broken = BREAKS[expectation["type"]](broken, expectation["kwargs"])
        result = run_suite({**suite(name), "expectations": members}, broken, PARAMETERS)
        assert {r.id: r.reason for r in result.results if r.reason is not Reason.UNEXPECTED} == {}
        assert all(r.unexpected > 0 for r in result.results)
        assert not result.success
        met += [r.id for r in result.results]
    assert sorted(met) == sorted(e["meta"]["id"] for e in suite(name)["expectations"])


@pytest.mark.parametrize("name", names())
def test_it_fails_when_its_column_is_missing(name, frames):
    for expectation in suite(name)["expectations"]:
        column = expectation["kwargs"].get("column") or expectation["kwargs"].get("column_A")
        if column:
            result = run_suite(single(name, expectation["meta"]["id"]), frames[name].drop(columns=column), PARAMETERS)
            assert result.results[0].reason is Reason.MISSING_COLUMN
            assert not result.success


@pytest.mark.parametrize(("name", "id"), [s for s in SHIPPED if "$PARAMETER" in str(single(*s))])
@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), True, "3"])
def test_it_fails_when_its_threshold_is_no_number(name, id, value, frames):
    wanted = single(name, id)["expectations"][0]["kwargs"]
    unset = {ref["$PARAMETER"]: value for ref in wanted.values() if isinstance(ref, dict) and "$PARAMETER" in ref}
    for parameters in ({**PARAMETERS, **unset}, {k: v for k, v in PARAMETERS.items() if k not in unset}):
        result = run_suite(single(name, id), frames[name], parameters)
        assert result.results[0].reason is Reason.PARAMETER
        assert not result.success
