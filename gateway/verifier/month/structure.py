"""What a reader has to know of a package's tables to compute with them: codes, levels, and which parts add up.

It stands in the public certificate. Nothing in it is about a figure: it is the tables' declarations without their
words, the populations under numbers."""

from collections.abc import Mapping
from typing import Any

from gateway.verifier.month.lists import Axis, CodeList, Measure, Table, read_lists
from gateway.verifier.report import Problem


def structure_of(tables: Mapping[str, Table]) -> dict[str, Any]:
    """Of tables by entry."""
    axes: dict[str, list[Axis]] = {}
    for table in tables.values():
        for axis in table.axes:
            axes.setdefault(axis.hierarchy, []).append(axis)
    numbers: dict[str, int] = {}
    for table in tables.values():
        for measure in table.measures:
            numbers.setdefault(measure.population, len(numbers))
    return {
        "lists": {name: _shown(several_) for name, several_ in axes.items()},
        "tables": {
            entry: {
                "dimensions": [
                    {
                        "name": axis.name,
                        "hierarchy": axis.hierarchy,
                        "levels": sorted(axis.levels),
                        "adds_up": [table.adds_up(measure, axis) for measure in table.measures],
                    }
                    for axis in table.axes
                ],
                "measures": [
                    {
                        "name": one.name,
                        "population": numbers[one.population],
                        "counts": one.counts,
                        "least": 0 if one.persons or one.kind == "sum" else 1,
                    }
                    for one in table.measures
                ],
            }
            for entry, table in tables.items()
        },
    }


def _shown(axes: list[Axis]) -> list[list[str | None]]:
    """The codes of the levels that some table shows, each under the nearest such code."""
    codes, levels = axes[0].codes, frozenset().union(*(axis.levels for axis in axes))
    return [[code, level, codes.up(code, levels)] for code, level in codes.level.items() if level in levels]


def tables_of(structure: Mapping[str, Any]) -> dict[str, Table]:
    """The tables by entry. Raises Problem."""
    lists = read_lists(structure["lists"])
    try:
        return {entry: _table(entry, one, lists) for entry, one in structure["tables"].items()}
    except (KeyError, IndexError) as error:
        raise Problem("公开证书所述的表不完整", "the tables of the public certificate are not complete") from error


def _table(entry: str, one: Mapping[str, Any], lists: Mapping[str, CodeList]) -> Table:
    measures = []
    for at, measure in enumerate(one["measures"]):
        repeats = frozenset(axis["name"] for axis in one["dimensions"] if not axis["adds_up"][at])
        measures.append(
            Measure(
                name=measure["name"],
                population=str(measure["population"]),
                counts=measure["counts"],
                persons=False,
                feed="",
                kind="sum" if not measure["least"] else "count",
                contributor="",
                where=(),
                followed=None,
                without=None,
                repeats=repeats,
            )
        )
    axes = tuple(
        Axis(
            name=axis["name"],
            hierarchy=axis["hierarchy"],
            codes=lists[axis["hierarchy"]],
            levels=frozenset(axis["levels"]),
            multi_valued=False,
        )
        for axis in one["dimensions"]
    )
    return Table(name=entry, axes=axes, measures=tuple(measures), derived={})
