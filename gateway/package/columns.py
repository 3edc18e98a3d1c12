"""The columns of a published table: one list from which CSV, workbook, data dictionary and CSVW metadata are drawn.

Order: the period; for each dimension its code and its label; for each measure and derived figure its value and what
the value's mark is. Names are ASCII and stable; wordings come from the table's declaration."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.base.errors import ConfigurationError
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Change, Dimension, Measure, Quartile, Ratio, Share, TableSpec, Wording
from gateway.package import formulas

Computed = Measure | Ratio | Share | Change | Quartile
"""What has a value in a cell: a measure or a derived figure."""

PERIOD = "TIME_PERIOD"
STATUS = "_status"
CODE = "_code"
NOTHING = Wording(zh="", en="")


class Role(StrEnum):
    """What a column holds."""

    PERIOD = "period"
    CODE = "code"
    LABEL = "label"
    FIGURE = "figure"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table's CSV. ``source`` is the figure or dimension that it shows, None for the period."""

    name: str
    role: Role
    title: Wording
    unit: Wording
    definition: Wording
    formula: Wording
    note: Wording
    source: Computed | Dimension | None


def figures(spec: TableSpec) -> tuple[Computed, ...]:
    """The measures, then the derived figures of ``spec``."""
    return (*spec.measures, *spec.derived)


def columns(spec: TableSpec, hierarchies: Mapping[str, Hierarchy]) -> tuple[Column, ...]:
    """All columns of the CSV of ``spec``.

    Raises ConfigurationError for a hierarchy that is not given, and where two columns would have one name."""
    found = [_period()]
    for dimension in spec.dimensions:
        found += _of_dimension(dimension, hierarchy_of(dimension, hierarchies))
    for figure in figures(spec):
        found += _of_figure(spec, figure)
    if len({column.name for column in found}) != len(found):
        raise ConfigurationError(f"表 {spec.name}：列名重复", f"table {spec.name}: two columns have one name")
    return tuple(found)


def hierarchy_of(dimension: Dimension, hierarchies: Mapping[str, Hierarchy]) -> Hierarchy:
    """The code list of ``dimension``. Raises ConfigurationError."""
    if dimension.hierarchy not in hierarchies:
        raise ConfigurationError(
            f"维度 {dimension.name} 的代码表 {dimension.hierarchy} 未提供",
            f"the code list {dimension.hierarchy} of dimension {dimension.name} is not given",
        )
    return hierarchies[dimension.hierarchy]


def _period() -> Column:
    return Column(
        name=PERIOD,
        role=Role.PERIOD,
        title=Wording(zh="统计时期", en="Reference period"),
        unit=NOTHING,
        definition=Wording(
            zh="数据所属的公历月份，写作“年-月”，北京时间。",
            en="The calendar month that the data are about, as year-month, Asia/Shanghai.",
        ),
        formula=NOTHING,
        note=NOTHING,
        source=None,
    )


def _of_dimension(dimension: Dimension, hierarchy: Hierarchy) -> list[Column]:
    title, note = dimension.title, formulas.several(dimension)
    edition = f"（{hierarchy.edition}）" if hierarchy.edition else ""
    edition_en = f" ({hierarchy.edition})" if hierarchy.edition else ""
    code = Column(
        name=dimension.name + CODE,
        role=Role.CODE,
        title=Wording(zh=f"{title.zh}代码", en=f"{title.en}: code"),
        unit=NOTHING,
        definition=Wording(
            zh=f"代码表 {hierarchy.name}{edition} 中的代码，按文本读取；{hierarchy.top.code} 为合计。",
            en=f"Code of the list {hierarchy.name}{edition_en}, read as text; {hierarchy.top.code} is the total.",
        ),
        formula=NOTHING,
        note=note,
        source=dimension,
    )
    label = Column(
        name=dimension.name,
        role=Role.LABEL,
        title=title,
        unit=NOTHING,
        definition=Wording(zh=f"{title.zh}代码的中文名称。", en=f"The Chinese name of the code of: {title.en}."),
        formula=NOTHING,
        note=NOTHING,
        source=dimension,
    )
    return [code, label]


def _all_notes(*notes: Wording) -> Wording:
    return Wording(zh="".join(note.zh for note in notes), en=" ".join(note.en for note in notes if note.en))


def _of_figure(spec: TableSpec, figure: Computed) -> list[Column]:
    value = Column(
        name=figure.name,
        role=Role.FIGURE,
        title=figure.title,
        unit=figure.unit,
        definition=figure.definition,
        formula=formulas.formula(spec, figure),
        note=_all_notes(formulas.note(spec, figure), formulas.rounding(spec)),
        source=figure,
    )
    status = Column(
        name=figure.name + STATUS,
        role=Role.STATUS,
        title=Wording(zh=f"{figure.title.zh}：状态", en=f"{figure.title.en}: status"),
        unit=NOTHING,
        definition=Wording(
            zh="A 正常；C 为保护个人和企业不予公布；M 缺失；R 为保护个人取整，或由取整的数字算得。"
            "C、M 时数值为空，不等于零；零写作 0，状态为 A。",
            en="A normal; C withheld to protect persons and businesses; M missing; R rounded to protect persons, or "
            "made of such figures. With C or M the value is empty, which is not zero; zero is 0 with A.",
        ),
        formula=NOTHING,
        note=formulas.rounding(spec),
        source=figure,
    )
    return [value, status]
