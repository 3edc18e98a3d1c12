"""CSVW metadata (W3C, Metadata Vocabulary for Tabular Data) for all CSV files of a package.

A program that knows CSVW reads each column with its type, its titles in both languages and its empty value, without
having seen our documents. Nothing in it refers to the network but the vocabulary's own address."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.base.canonical import encode_for_people
from gateway.model.cells import Mark
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Measure, TableSpec, Wording
from gateway.package.columns import PERIOD, Column, Role, columns
from gateway.package.dictionary import HEADER
from gateway.package.names import entry_names

_MARKS = "|".join(mark.value for mark in Mark)
_DIALECT = {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True}


def metadata(specs: Sequence[TableSpec], hierarchies: Mapping[str, Hierarchy]) -> bytes:
    """The metadata of a package whose tables lie in this order, and of its dictionary. Raises ConfigurationError."""
    names = entry_names(len(specs))
    tables = [_table(name, spec, hierarchies) for name, spec in zip(names.tables, specs, strict=True)]
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}],
        "dialect": _DIALECT,
        "tables": [*tables, _dictionary(names.dictionary)],
    }
    return encode_for_people(document)


def _table(name: str, spec: TableSpec, hierarchies: Mapping[str, Hierarchy]) -> dict[str, Any]:
    return {
        "url": name,
        "dc:title": _both(spec.title),
        "dc:description": _both(spec.definition),
        "tableSchema": {
            "columns": [_column(column) for column in columns(spec, hierarchies)],
            "primaryKey": [PERIOD, *(f"{dimension.name}_code" for dimension in spec.dimensions)],
        },
    }


def _column(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "titles": _titles(column.name, column.title)}
    if column.definition.zh:
        described["dc:description"] = _both(column.definition)
    match column.role:
        case Role.PERIOD:
            described |= {"datatype": {"base": "gYearMonth"}, "required": True}
        case Role.FIGURE:
            described |= {"datatype": "integer" if isinstance(column.source, Measure) else "decimal", "null": ""}
        case Role.STATUS:
            described |= {"datatype": {"base": "string", "format": _MARKS}, "required": True}
        case Role.CODE | Role.LABEL:
            described |= {"datatype": "string", "required": True}
    return described


def _dictionary(name: str) -> dict[str, Any]:
    fields = [
        {"name": column, "titles": _titles(column, Wording(zh=zh, en=en)), "datatype": "string"}
        for column, zh, en in HEADER
    ]
    return {
        "url": name,
        "dc:title": _both(Wording(zh="数据字典", en="Data dictionary")),
        "tableSchema": {"columns": fields, "primaryKey": ["entry", "column"]},
    }


def _titles(name: str, title: Wording) -> dict[str, str]:
    """The header cell itself (in no language), and the titles that people read."""
    return {"und": name, "zh": title.zh, "en": title.en}


def _both(wording: Wording) -> list[dict[str, str]]:
    return [{"@value": wording.zh, "@language": "zh"}, {"@value": wording.en, "@language": "en"}]
