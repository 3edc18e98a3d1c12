"""How a figure comes about, in words: drawn from its declaration, so that the dictionary can't contradict the table."""

from typing import assert_never

from gateway.model.table import (
    Change,
    Contributor,
    Dimension,
    Kind,
    Measure,
    Quartile,
    Ratio,
    Share,
    TableSpec,
    Wording,
)

_QUARTERS = {
    1: Wording(zh="第一四分位数", en="First quartile"),
    2: Wording(zh="中位数", en="Median"),
    3: Wording(zh="第三四分位数", en="Third quartile"),
}
_CONTRIBUTORS = {
    Contributor.EMPLOYER: Wording(zh="用工单位", en="employers"),
    Contributor.WORKER: Wording(zh="人员", en="persons"),
}


def formula(spec: TableSpec, figure: Measure | Ratio | Share | Change | Quartile) -> Wording:
    """The figure's formula, naming other columns by their titles."""
    match figure:
        case Measure():
            return _of_measure(figure)
        case Ratio():
            above, below = _title(spec, figure.numerator), _title(spec, figure.denominator)
            percent = " × 100" if figure.percent else ""
            return _rounded(f"{above.zh} ÷ {below.zh}{percent}", f"{above.en} ÷ {below.en}{percent}", figure.decimals)
        case Share():
            part, along = _title(spec, figure.measure), _dimension(spec, figure.along)
            return _rounded(
                f"{part.zh} ÷ 其余分组相同、{along.zh}为合计的{part.zh} × 100",
                f"{part.en} ÷ the same group's {part.en} over all of: {along.en} × 100",
                figure.decimals,
            )
        case Change():
            of = _title(spec, figure.measure)
            return _rounded(
                f"（本月{of.zh} − 上月{of.zh}）÷ 上月{of.zh} × 100",
                f"({of.en} this month − last month) ÷ last month × 100",
                figure.decimals,
            )
        case Quartile():
            of, along, which = _title(spec, figure.measure), _dimension(spec, figure.along), _QUARTERS[figure.quarter]
            return Wording(
                zh=f"{which.zh}：由各{along.zh}分档的{of.zh}在档内线性插值",
                en=f"{which.en}: linear interpolation within the bands of {along.en}, weighted by {of.en}",
            )
        case _:
            assert_never(figure)


def note(spec: TableSpec, figure: Measure | Ratio | Share | Change | Quartile) -> Wording:
    """What a reader must know before adding up or comparing."""
    if not isinstance(figure, Measure):
        return Wording(
            zh="只由已公布的数据计算；任一项不予公布，本项也不予公布。",
            en="Computed from published figures only; withheld when any term is withheld.",
        )
    overlapping = [dimension.title for dimension in spec.dimensions if not spec.additive(figure, dimension)]
    if not overlapping:
        return Wording(zh="", en="")
    zh, en = "、".join(title.zh for title in overlapping), ", ".join(title.en for title in overlapping)
    if figure.contributor is Contributor.WORKER:
        return Wording(
            zh=f"同一人可计入多个{zh}，各项之和可大于合计；合计按人计，每人只计一次。",
            en=f"A person can count under several of: {en}; parts can exceed the total, which counts each person once.",
        )
    return Wording(
        zh=f"同一对象可计入多个{zh}，各项之和可大于合计；合计中每个对象只计一次。",
        en=f"One item can count under several of: {en}; parts can exceed the total, which counts each item once.",
    )


def rounding(spec: TableSpec) -> Wording:
    """The note of a table that is rounded, or nothing."""
    if spec.rounding is None:
        return Wording(zh="", en="")
    base, zh, en = spec.rounding, "", ""
    if sums := [d.title for d in spec.dimensions if any(spec.additive(measure, d) for measure in spec.measures)]:
        along, along_en = "、".join(title.zh for title in sums), ", ".join(title.en for title in sums)
        zh = (
            f"沿可相加的{along}，合计是取整后数字之和，可能相差 {base} 或更多："
            f"由 n 个不为零的最细数字相加的合计，至多相差 {base - 1}×n；"
        )
        en = (
            f"a total along {along_en} is the sum of rounded figures and may be off by more: by at most {base - 1} × n "
            "where n finest figures that are not zero add up to it; "
        )
    return Wording(
        zh=f"为保护个人，本表人数取整为 {base} 的倍数（R）：每个最细数字与实际相差不到 {base}；{zh}"
        f"未列出的单元可能为零，也可能不足 {base}。",
        en=f"To protect persons the counts of this table are rounded to multiples of {base} (R): each finest figure is "
        f"less than {base} off; {en}what is not listed can be zero or fewer than {base}.",
    )


def several(dimension: Dimension) -> Wording:
    """The note of a multi-valued dimension, or nothing."""
    if not dimension.multi_valued:
        return Wording(zh="", en="")
    return Wording(
        zh=f"可多选：同一人可属于多个{dimension.title.zh}；合计按人计，每人只计一次。",
        en=f"Multi-valued: a person can stand under several of: {dimension.title.en}; totals count persons once.",
    )


def _of_measure(measure: Measure) -> Wording:
    match measure.kind:
        case Kind.COUNT:
            return Wording(zh="记录计数", en="Count of records")
        case Kind.SUM:
            return Wording(zh="各记录数值之和，缺失不计入", en="Sum over records; a missing value adds nothing")
        case Kind.DISTINCT:
            who = _CONTRIBUTORS[measure.contributor]
            return Wording(zh=f"{who.zh}去重计数", en=f"Count of distinct {who.en}")
        case _:
            assert_never(measure.kind)


def _rounded(zh: str, en: str, decimals: int) -> Wording:
    return Wording(zh=f"{zh}，四舍五入保留 {decimals} 位小数", en=f"{en}, rounded half up to {decimals} decimals")


def _title(spec: TableSpec, measure: str) -> Wording:
    return next(m.title for m in spec.measures if m.name == measure)


def _dimension(spec: TableSpec, name: str) -> Wording:
    return next(d.title for d in spec.dimensions if d.name == name)
