"""Computed figures, statuses and contributors' parts of a month, as its secret material holds them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gateway.verifier.month.lists import Key, Place, Table
from gateway.verifier.report import Problem

STATUSES = ("published", "primary", "secondary")
Parts = Mapping[str, Mapping[str, Mapping[Key, Mapping[int, int]]]]
"""Population → what is counted → inner cell → contributor → part."""


class Figure(NamedTuple):
    """A cell's value, how many contributors it has, and what the two largest of them have."""

    value: int
    contributors: int
    largest: int
    second: int


NOTHING = Figure(0, 0, 0, 0)
Figures = Mapping[str, Mapping[Place, Figure]]
"""Measure → place → figure, of one table."""


def read_figures(document: Any, tables: Sequence[Table]) -> list[Figures]:
    """The figures of ``tables``. Raises Problem."""
    try:
        return [
            {
                measure.name: _unique(
                    (_place(table, row[:-4]), _figure(row[-4:])) for row in document[table.name][measure.name]
                )
                for measure in table.measures
            }
            for table in tables
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Problem("单元格不符合约定", "the cells are not as agreed") from error


def read_statuses(document: Any, tables: Sequence[Table]) -> list[Mapping[str, Mapping[Place, str]]]:
    """The statuses of ``tables``. Raises Problem."""
    try:
        found: list[Mapping[str, Mapping[Place, str]]] = [
            {
                measure.name: _unique((_place(table, row[:-1]), row[-1]) for row in document[table.name][measure.name])
                for measure in table.measures
            }
            for table in tables
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Problem("状态不符合约定", "the statuses are not as agreed") from error
    if any(status not in STATUSES for one in found for cells in one.values() for status in cells.values()):
        raise Problem("状态不符合约定", "the statuses are not as agreed")
    return found


def read_shown(document: Any, tables: Sequence[Table]) -> list[Mapping[str, Mapping[Place, int | None]]]:
    """What an earlier release published of each measure: value, or None where it is withheld. Raises Problem."""
    found: list[Mapping[str, Mapping[Place, int | None]]] = []
    try:
        for table in tables:
            rows = _unique((_place(table, place), row) for place, row in document[table.name])
            found.append({m.name: {place: _value(*row[m.name]) for place, row in rows.items()} for m in table.measures})
    except (KeyError, TypeError, ValueError) as error:
        raise Problem("已公布的数字不符合约定", "what was published is not as agreed") from error
    return found


def read_parts(document: Any) -> Parts:
    """Who has how much. Raises Problem."""
    try:
        return {
            population: {
                counts: _unique(
                    (key_of(pairs), _unique((_whole(who), _whole(part)) for who, part in holders))
                    for pairs, holders in cells
                )
                for counts, cells in kinds.items()
            }
            for population, kinds in document.items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem("贡献者的份额不符合约定", "the contributors' parts are not as agreed") from error


def key_of(pairs: Any) -> Key:
    """A cell's name from its pairs."""
    key = tuple(sorted((str(name), str(code)) for name, code in pairs))
    if len({name for name, _ in key}) != len(key):
        raise ValueError("a dimension twice")
    return key


def read_figure(row: Sequence[Any]) -> Figure:
    """Four whole numbers. Raises ValueError."""
    return _figure(row)


def _figure(row: Sequence[Any]) -> Figure:
    found = Figure(*map(_whole, row))
    if found.largest < found.second or found.largest + found.second > max(found.value, 0):
        raise ValueError("more than all of it")
    return found


def _place(table: Table, row: Sequence[Any]) -> Place:
    place = tuple(row)
    table.key(place)
    return place


def _value(value: Any, mark: Any) -> int | None:
    if mark == "A":
        return _whole(value)
    if mark != "C" or value is not None:
        raise ValueError("mark")
    return None


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("not a whole number")
    return value


def _unique(pairs: Any) -> dict[Any, Any]:
    listed = list(pairs)
    found = dict(listed)
    if len(found) != len(listed):
        raise ValueError("twice")
    return found
