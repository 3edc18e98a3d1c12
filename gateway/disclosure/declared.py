"""What the disclosure engine can't reason about can't be declared (DESIGN, decision 1).

Ways in which two tables would speak of the same number without the linear system knowing it."""

from collections.abc import Sequence

from gateway.base.errors import DisclosureError
from gateway.disclosure.nested import contains
from gateway.model.table import Measure, TableSpec


def check_declared(specs: Sequence[TableSpec]) -> None:
    """Raises DisclosureError for a rest, which is counted and not shown; a column that is grouped in two ways; the same
    rows counted under two contributors; a condition on a column that is a dimension elsewhere."""
    grouped: dict[tuple[str, str], tuple[str, str, bool]] = {}
    counted: dict[tuple[object, ...], Measure] = {}
    for spec in specs:
        for measure in spec.measures:
            for dimension in spec.dimensions:
                way = (dimension.hierarchy, dimension.levels[0], dimension.multi_valued)
                if grouped.setdefault((measure.feed, dimension.name), way) != way:
                    raise _refused(spec, dimension.name, "以两种方式分组", "is grouped in two ways")
            if measure.without is not None:
                raise _refused(spec, measure.name, "是整体减去部分之余", "is what is left of a whole without a part")
            rows = (measure.feed, measure.kind, measure.column, _conditions(measure))
            if counted.setdefault(rows, measure).contributor is not measure.contributor:
                raise _refused(
                    spec, measure.name, "同一批行有两种贡献者", "counts the same rows by another contributor"
                )
    _check_rounding(specs)
    for spec in specs:
        for measure in spec.measures:
            for column in measure.where:
                if (measure.feed, column) in grouped:
                    raise _refused(spec, column, "既是条件又是维度", "is a condition here and a dimension elsewhere")


def _check_rounding(specs: Sequence[TableSpec]) -> None:
    """Raises DisclosureError where a figure would be shown exactly and rounded, or to two bases; or where a whole or a
    part of what is rounded is counted, which tells of the difference."""
    every = [(spec, measure) for spec in specs for measure in spec.measures]
    for spec, measure in every:
        for other, another in every:
            same = measure.population == another.population
            near = (measure.feed, measure.contributor) == (another.feed, another.contributor)
            nested = near and not same and (contains(measure, another) or contains(another, measure))
            if (same and spec.rounding != other.rounding) or (nested and (spec.rounding or other.rounding)):
                raise _refused(spec, measure.name, "一处取整、一处精确", "is rounded here and told otherwise elsewhere")


def _conditions(measure: Measure) -> tuple[object, ...]:
    follows = measure.followed_by
    after = (tuple(sorted(follows.where.items())), follows.on, follows.time) if follows else ()
    return (tuple(sorted(measure.where.items())), after)


def _refused(spec: TableSpec, name: str, zh: str, en: str) -> DisclosureError:
    return DisclosureError(
        f"表 {spec.name}：{name} {zh}，披露控制无法核对两者的关系",
        f"table {spec.name}: {name} {en}; disclosure control can't tell how the two are tied",
        safe=("没有生成任何表", "no table was made"),
        next=("修改表的声明", "change the tables' declarations"),
    )
