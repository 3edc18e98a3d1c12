"""Feeds → cells, in three steps: one scan of each feed into a cube at the finest grain that any table needs, by
contributor; then for each table and population, contributions by cell and contributor; then the cells."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.model.cells import Cells, Figure, Place
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import CONTRIBUTOR_COLUMN, Dimension, Kind, Measure, Model, TableSpec
from gateway.statistics.engine import Engine, scan

_ROWS = "rows_"
_WHO = "contributor_"


def compute(
    specs: Sequence[TableSpec], feeds: Mapping[str, Any], hierarchies: Mapping[str, Hierarchy], engine: Engine
) -> list[Cells]:
    """The cells of every table. ``feeds``: name → ``pyarrow.dataset`` of the normalised feed of one month."""
    connection = engine.connect()
    try:
        cubes = {name: _cube(connection, name, dataset, specs) for name, dataset in feeds.items()}
        return [_table(spec, cubes, hierarchies) for spec in specs]
    finally:
        connection.disconnect()


def _cube(connection: Any, feed: str, dataset: Any, specs: Sequence[TableSpec]) -> Any:
    """One row for each combination of dimension codes, filter columns and contributors, with row counts and sums."""
    used = [(spec, measure) for spec in specs for measure in spec.measures if measure.feed == feed]
    table = scan(connection, feed, dataset)
    for _, measure in used:
        if measure.followed_by and _flag(measure) not in table.columns:
            table = _follow(table, measure)
    keys: dict[str, None] = {}
    for spec, measure in used:
        names = [d.name for d in spec.dimensions] + [*measure.where, CONTRIBUTOR_COLUMN[measure.contributor]]
        keys.update(dict.fromkeys(names))
        if measure.followed_by:
            keys[_flag(measure)] = None
    sums = {m.column: table[m.column].sum().coalesce(0).cast("int64") for _, m in used if m.column}
    cube = table.group_by(list(keys)).aggregate(**{_ROWS: table.count()}, **sums)
    return connection.create_table(f"{feed}_cube", cube, temp=True)


def _flag(measure: Measure) -> str:
    return "followed_" + "_".join(measure.followed_by.where.values()) if measure.followed_by else ""


def _follow(table: Any, measure: Measure) -> Any:
    """Adds the flag whether a row is followed by one of ``followed_by`` with the same keys, at its time or later."""
    follows = measure.followed_by
    if follows is None:
        return table
    later = table.filter([table[name] == value for name, value in follows.where.items()])
    last = later.group_by(list(follows.on)).aggregate(last_=later[follows.time].max())
    joined = table.left_join(last, list(follows.on))
    flag = (joined["last_"] >= joined[follows.time]).fill_null(False)
    return joined.mutate(**{_flag(measure): flag}).select(*table.columns, _flag(measure))


def _table(spec: TableSpec, cubes: Mapping[str, Any], hierarchies: Mapping[str, Hierarchy]) -> Cells:
    figures: dict[str, Mapping[Place, Figure]] = {}
    populations: dict[str, list[Measure]] = {}
    for measure in spec.measures:
        populations.setdefault(measure.population, []).append(measure)
    for measures in populations.values():
        figures |= _population(spec, measures, cubes[measures[0].feed], hierarchies)
    return Cells(spec=spec, figures={measure.name: figures[measure.name] for measure in spec.measures})


def _population(
    spec: TableSpec, measures: Sequence[Measure], cube: Any, hierarchies: Mapping[str, Hierarchy]
) -> dict[str, dict[Place, Figure]]:
    """The figures of measures that describe the same rows and contributors."""
    first = measures[0]
    conditions = [cube[name] == value for name, value in first.where.items()]
    if first.followed_by:
        conditions.append(cube[_flag(first)])
    rows = cube.filter(conditions) if conditions else cube
    rows = rows.rename({_WHO: CONTRIBUTOR_COLUMN[first.contributor]})
    for dimension in spec.dimensions:
        rows = _climb(rows, dimension, hierarchies[dimension.hierarchy])
    places = [dimension.name for dimension in spec.dimensions]
    amounts = {m.name: _amount(rows, m) for m in measures if m.kind is not Kind.DISTINCT}
    by_contributor = [*places, _WHO]
    contributions = (
        rows.group_by(by_contributor).aggregate(**amounts) if amounts else rows.select(by_contributor).distinct()
    )
    cells = _cells(contributions, places, measures).to_pyarrow().to_pylist()
    return {
        measure.name: {
            tuple(cell[place] for place in places): Figure(
                value=cell[measure.name],
                contributors=cell["contributors_"],
                largest=cell.get(f"{measure.name}_1", 0),
                second=cell.get(f"{measure.name}_2", 0),
            )
            for cell in cells
        }
        for measure in measures
    }


def _climb(rows: Any, dimension: Dimension, hierarchy: Hierarchy) -> Any:
    """Each row once for every code of the shown levels under which it counts."""
    import ibis

    name = dimension.name
    if rows[name].type().is_array():
        rows = rows.mutate(**{name: rows[name].unnest()})
    pairs = [(node.code, code) for node in hierarchy.nodes for code in hierarchy.shown(node.code, dimension.levels)]
    closure = ibis.memtable({"from_": [a for a, _ in pairs], "to_": [b for _, b in pairs]})
    joined = rows.inner_join(closure, rows[name] == closure["from_"])
    return joined.select(*[c for c in rows.columns if c != name], **{name: joined["to_"]})


def _amount(rows: Any, measure: Measure) -> Any:
    """One contributor's part of a cell."""
    column = _ROWS if measure.kind is Kind.COUNT else measure.column
    return rows[column].sum().cast("int64")


def _cells(contributions: Any, places: list[str], measures: Sequence[Measure]) -> Any:
    """Values and numbers of contributors, and for employers the two largest contributions."""
    import ibis

    ranked = contributions
    business = [m for m in measures if m.model is Model.BUSINESS]
    for measure in business:
        order = [ibis.desc(contributions[measure.name])]
        rank = ibis.row_number().over(group_by=places, order_by=order)
        ranked = ranked.mutate(**{f"{measure.name}_rank": rank})
    figures = {"contributors_": ranked.count().cast("int64")}
    for measure in measures:
        one_each = measure.kind is Kind.DISTINCT
        figures[measure.name] = figures["contributors_"] if one_each else ranked[measure.name].sum().cast("int64")
    for measure in business:
        value, rank = ranked[measure.name], ranked[f"{measure.name}_rank"]
        figures[f"{measure.name}_1"] = value.max()
        figures[f"{measure.name}_2"] = value.max(where=rank == 1).coalesce(0)
    return ranked.group_by(places).aggregate(**figures)
