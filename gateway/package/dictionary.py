"""The data dictionary as CSV: one row a column of each table, in both languages, with unit, formula and clause."""

from collections.abc import Mapping, Sequence

from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Change, Kind, Measure, Quartile, Ratio, Share, TableSpec
from gateway.package.columns import Column, Role, columns
from gateway.package.csvs import csv_bytes, neutral
from gateway.package.names import entry_names

HEADER: tuple[tuple[str, str, str], ...] = (
    ("entry", "文件", "File"),
    ("table", "表", "Table"),
    ("table_title_zh", "表名", "Table's title in Chinese"),
    ("table_title_en", "表名（英文）", "Table's title in English"),
    ("column", "列", "Column"),
    ("title_zh", "名称", "Title in Chinese"),
    ("title_en", "名称（英文）", "Title in English"),
    ("unit_zh", "单位", "Unit in Chinese"),
    ("unit_en", "单位（英文）", "Unit in English"),
    ("kind", "类别", "Kind"),
    ("definition_zh", "定义", "Definition in Chinese"),
    ("definition_en", "定义（英文）", "Definition in English"),
    ("formula_zh", "计算方法", "Formula in Chinese"),
    ("formula_en", "计算方法（英文）", "Formula in English"),
    ("note_zh", "说明", "Note in Chinese"),
    ("note_en", "说明（英文）", "Note in English"),
    ("clause", "协议条款", "Clause of the agreement"),
)
"""The dictionary's own columns: name, title in Chinese, title in English."""


def dictionary_csv(specs: Sequence[TableSpec], hierarchies: Mapping[str, Hierarchy]) -> bytes:
    """The dictionary of tables that lie in this order in a package. Raises ConfigurationError."""
    lines = []
    for entry, spec in zip(entry_names(len(specs)).tables, specs, strict=True):
        lines += [_line(entry, spec, column) for column in columns(spec, hierarchies)]
    return csv_bytes([name for name, _, _ in HEADER], lines)


def kind(column: Column) -> str:
    """What the column holds: period, code, label, status, or how the figure is made (count, sum, distinct, ratio…)."""
    match column.source:
        case Measure() if column.role is Role.FIGURE:
            return Kind(column.source.kind).value
        case (Ratio() | Share() | Change() | Quartile()) as derived if column.role is Role.FIGURE:
            return derived.kind
        case _:
            return column.role.value


def _line(entry: str, spec: TableSpec, column: Column) -> list[str]:
    texts = [spec.name, spec.title.zh, spec.title.en, column.name]
    for wording in (column.title, column.unit):
        texts += [wording.zh, wording.en]
    texts.append(kind(column))
    for wording in (column.definition, column.formula, column.note):
        texts += [wording.zh, wording.en]
    return [entry, *map(neutral, [*texts, spec.clause])]
