"""Feeds → cells, in three steps: one scan of each feed into narrow rows; then for each table and population, the
contributions by cell and contributor; then the cells. Distinct persons and employers' parts come from one mechanism."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.model.cells import Cells, Figure, Place
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import CONTRIBUTOR_COLUMN, Dimension, Kind, Measure, Model, TableSpec
from gateway.statistics.engine import Engine, scan

_WHO = "contributor_"


def compute(
    specs: Sequence[TableSpec], feeds: Mapping[str, Any], hierarchies: Mapping[str, Hierarchy], engine: Engine
) -> list[Cells]:
    """The cells of every table. ``feeds``: name → ``pyarrow.dataset`` of the normalised feed of one month."""
    connection = engine.connect()
    try:
        rows = {name: _rows(connection, name, dataset, specs) for name, dataset in feeds.items()}
        return [_table(spec, rows, hierarchies) for spec in specs]
    finally:
        connection.disconnect()


def _rows(connection: Any, feed: str, dataset: Any, specs: Sequence[TableSpec]) -> Any:
    """The feed's rows with only the columns that some table needs, in the engine's memory: scanned once, narrow.

    Grouping them into a cube first was tried: a month's rows hardly repeat by contributor, so it cost more time and
    memory than it saved."""
    used = [(spec, measure) for spec in specs for measure in spec.measures if measure.feed == feed]
    table = scan(connection, feed, dataset)
    for _, measure in used:
        if measure.followed_by and _flag(measure) not in table.columns:
            table = _follow(table, measure)
    names: dict[str, None] = {}
    for spec, measure in used:
        names.update(dict.fromkeys([d.name for d in spec.dimensions]))
        names.update(dict.fromkeys([*measure.where, CONTRIBUTOR_COLUMN[measure.contributor]]))
        names.update(dict.fromkeys([*filter(None, (measure.column, _flag(measure)))]))
    return connection.create_table(f"{feed}_rows", table.select(*names), temp=True)


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


def _table(spec: TableSpec, feeds: Mapping[str, Any], hierarchies: Mapping[str, Hierarchy]) -> Cells:
    figures: dict[str, Mapping[Place, Figure]] = {}
    populations: dict[str, list[Measure]] = {}
    for measure in spec.measures:
        populations.setdefault(measure.population, []).append(measure)
    for measures in populations.values():
        figures |= _population(spec, measures, feeds[measures[0].feed], hierarchies)
    return Cells(spec=spec, figures={measure.name: figures[measure.name] for measure in spec.measures})


def _population(
    spec: TableSpec, measures: Sequence[Measure], feed: Any, hierarchies: Mapping[str, Hierarchy]
) -> dict[str, dict[Place, Figure]]:
    """The figures of measures that describe the same rows and contributors."""
    first = measures[0]
    conditions = [feed[name] == value for name, value in first.where.items()]
    if first.followed_by:
        conditions.append(feed[_flag(first)])
    rows = feed.filter(conditions) if conditions else feed
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
    if measure.kind is Kind.COUNT:
        return rows.count().cast("int64")
    return rows[measure.column].sum().coalesce(0).cast("int64")


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
