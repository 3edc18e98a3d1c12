"""The expectation suite of a table that has none of its own: an ad-hoc answer, of counts and sums, for one request.

Everything that can be asked of any table is asked: structure, marks, nothing withheld shows a value, enough
contributors behind each figure, parts add up, as computed, as the source. What needs knowledge of the subject
(plausible changes, ranges) is left to people."""

from collections.abc import Iterator
from typing import Any

from gateway.base.canonical import encode_for_people
from gateway.model.table import Contributor, Measure, TableSpec

_ZERO: dict[str, Any] = {"value_set": [0]}
_IN_SET = "expect_column_values_to_be_in_set"
_BETWEEN = "expect_column_values_to_be_between"


def generic_suite(spec: TableSpec) -> bytes:
    """The suite's file for ``spec``."""
    expectations = [*_structure(spec)]
    for column in spec.measures:
        expectations += _marks(column.name, column.title.zh, column.title.en, rounded=spec.rounding is not None)
    for measure in spec.measures:
        expectations += _figures(spec, measure)
    meta = {"zh": spec.title.zh, "en": spec.title.en, "about": "table"}
    return encode_for_people({"name": spec.name, "meta": meta, "expectations": expectations})


def _expect(
    id: str, type: str, topic: str, zh: str, en: str, column: str | None = None, **kwargs: Any
) -> dict[str, Any]:
    arguments = {"column": column, **kwargs} if column else kwargs
    meta = {"id": id, "topic": topic, "severity": "blocking", "zh": zh, "en": en}
    return {"type": type, "kwargs": arguments, "meta": meta}


def _structure(spec: TableSpec) -> Iterator[dict[str, Any]]:
    names = [dimension.name for dimension in spec.dimensions]
    there = ("表中有数据行", "the table has rows")
    yield _expect("rows_present", "expect_table_row_count_to_be_between", "structure", *there, min_value=1)
    one_row = ("每个统计单元只有一行", "one row a place")
    if len(names) == 1:
        yield _expect("places_unique", "expect_column_values_to_be_unique", "structure", *one_row, names[0])
    else:
        unique = "expect_compound_columns_to_be_unique"
        yield _expect("places_unique", unique, "structure", *one_row, column_list=names)
    totals = ("每个分项的合计行都在表中", "every part's total has a row")
    yield _expect("totals_present", _IN_SET, "structure", *totals, "place__orphan", **_ZERO)
    for dimension in spec.dimensions:
        zh, en = dimension.title.zh, dimension.title.en
        listed = (f"“{zh}”代码都在代码表中，且属于本表公布的层级", f"{en}: every code is in its list, at a shown level")
        column = f"{dimension.name}__in_list"
        yield _expect(f"{dimension.name}_in_list", _IN_SET, "structure", *listed, column, value_set=[1])


def _marks(name: str, zh: str, en: str, *, rounded: bool) -> Iterator[dict[str, Any]]:
    marked = (f"每个“{zh}”都有状态标记", f"{en}: every figure has a status mark")
    yield _expect(f"{name}_marked", "expect_column_values_to_not_be_null", "marks", *marked, f"{name}__mark")
    may = ["R"] if rounded else ["A", "C", "M"]
    marks = (f"“{zh}”的状态标记只有 {'、'.join(may)}", f"{en}: marks are {' or '.join(may)}")
    yield _expect(f"{name}_marks", _IN_SET, "marks", *marks, f"{name}__mark", value_set=may)
    empty = (f"不予公布或缺失的“{zh}”没有数值", f"{en}: no value where it is withheld or missing")
    yield _expect(
        f"{name}_withheld_is_empty", _IN_SET, "confidentiality", *empty, f"{name}__withheld_has_value", **_ZERO
    )
    filled = (f"标为正常的“{zh}”都有数值", f"{en}: a value wherever it is marked normal")
    yield _expect(f"{name}_normal_is_filled", _IN_SET, "marks", *filled, f"{name}__normal_without_value", **_ZERO)


def _figures(spec: TableSpec, measure: Measure) -> Iterator[dict[str, Any]]:
    name, zh, en = measure.name, measure.title.zh, measure.title.en
    yield _expect(
        f"{name}_not_negative", _BETWEEN, "ranges", f"“{zh}”不为负数", f"{en}: not negative", name, min_value=0
    )
    employers = measure.contributor is Contributor.EMPLOYER
    least = {"$PARAMETER": "minimum_groups" if employers else "minimum_persons"}
    who = ("用人单位（集团）", "employer groups") if employers else ("人员", "persons")
    enough = (f"每个公布的“{zh}”所涉{who[0]}都不少于规定个数", f"{en}: every published figure rests on enough {who[1]}")
    if spec.rounding is None:
        yield _expect(
            f"{name}_threshold", _BETWEEN, "confidentiality", *enough, f"{name}__contributors", min_value=least
        )
    if any(spec.additive(measure, dimension) for dimension in spec.dimensions):
        adds = (f"“{zh}”的分项之和等于合计", f"{en}: parts add up to their total")
        yield _expect(f"{name}_adds_up", _IN_SET, "totals", *adds, f"{name}__residual", **_ZERO)
    if not all(spec.additive(measure, dimension) for dimension in spec.dimensions):
        below = (f"“{zh}”的分项不大于合计", f"{en}: no part is larger than its total")
        yield _expect(f"{name}_below_total", _IN_SET, "totals", *below, f"{name}__below_total", **_ZERO)
    computed = (f"公布的“{zh}”与计算结果一致", f"{en}: published as computed")
    yield _expect(f"{name}_as_computed", _IN_SET, "totals", *computed, f"{name}__computed_difference", **_ZERO)
    source = (f"“{zh}”的总数与来源数据单独清点的总数一致", f"{en}: the total equals the source's, counted apart")
    found = _expect(f"{name}_as_source", _IN_SET, "totals", *source, f"{name}__source_difference", **_ZERO)
    found["meta"]["at_least"] = 1
    yield found
