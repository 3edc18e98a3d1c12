"""Feeds → cells, in three steps: one scan of each feed into narrow rows; then for each table and population, the
contributions by cell and contributor; then the cells. Distinct persons and employers' parts come from one mechanism."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from math import prod
from operator import and_
from typing import Any

from gateway.base import memory
from gateway.model.cells import Cells, Figure, Place
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import CONTRIBUTOR_COLUMN, Dimension, FollowedBy, Kind, Measure, Model, TableSpec, Without
from gateway.statistics.engine import Engine, drop, fetched, load, small
from gateway.statistics.parts import Holdings, finest, leaves

# names that no measure can have (a colon is no part of a Name)
_WHO, _CONTRIBUTORS, _LAST, _FROM, _TO = ":who", ":contributors", ":last", ":from", ":to"
_WORK = 1_000_000
"""Rows, after climbing, that one query may hold."""
_SEVERAL = 2
"""Codes that a contributor has in a multi-valued dimension, roughly."""


def compute(
    specs: Sequence[TableSpec],
    feeds: Mapping[str, Any],
    hierarchies: Mapping[str, Hierarchy],
    engine: Engine,
    parts: Holdings | None = None,
) -> list[Cells]:
    """The cells of every table. ``feeds``: name → ``pyarrow.dataset`` of the normalised feed of one month; ``parts``
    is told who has how much.

    One feed after the other is scanned once, narrow, into the engine's memory, and let go. (Grouping it into a cube
    first was tried: a month's rows hardly repeat by contributor, so it cost more time and memory than it saved.)"""
    figures: dict[tuple[str, str], Mapping[Place, Figure]] = {}
    for name, dataset in feeds.items():
        figures |= figures_of(name, dataset, specs, hierarchies, engine, parts)
    return together(specs, figures)


def figures_of(
    feed: str,
    dataset: Any,
    specs: Sequence[TableSpec],
    hierarchies: Mapping[str, Hierarchy],
    engine: Engine,
    parts: Holdings | None = None,
) -> dict[tuple[str, str], Mapping[Place, Figure]]:
    """One feed's part of every table: (table, measure) → its cells."""
    figures: dict[tuple[str, str], Mapping[Place, Figure]] = {}
    used = tables_of(specs, feed)
    if not used:
        return figures
    connection = engine.connect()
    try:
        columns = {c for spec, measures in used for m in measures for c in m.columns(spec.dimensions)}
        rows = load(connection, feed, dataset, sorted(columns))
        for spec, measures in used:
            found = _population(spec, measures, rows, hierarchies, parts)
            if parts is not None and measures[0].model is Model.BUSINESS:
                split = [measure for measure in measures if finest(specs, spec, measure)]
                _keep_groups(spec, split, narrowed(measures[0], rows), hierarchies, parts)
            figures |= {(spec.name, measure): cells for measure, cells in found.items()}
        drop(connection, feed)
    finally:
        connection.disconnect()
        memory.release()
    return figures


def together(specs: Sequence[TableSpec], figures: Mapping[tuple[str, str], Mapping[Place, Figure]]) -> list[Cells]:
    """The cells of every table, from the figures of all feeds."""
    return [Cells(spec=spec, figures={m.name: figures[spec.name, m.name] for m in spec.measures}) for spec in specs]


def tables_of(specs: Sequence[TableSpec], feed: str) -> list[tuple[TableSpec, list[Measure]]]:
    """Each table's measures of a feed, those of one population together."""
    return [(spec, measures) for spec in specs for measures in _populations(spec) if measures[0].feed == feed]


def _populations(spec: TableSpec) -> list[list[Measure]]:
    """The table's measures, those that describe the same rows and contributors together."""
    populations: dict[str, list[Measure]] = {}
    for measure in spec.measures:
        populations.setdefault(measure.population, []).append(measure)
    return list(populations.values())


def _followed(rows: Any, follows: FollowedBy, feed: Any) -> Any:
    """The rows that are followed by a row of ``feed`` with the same keys, at their time or later."""
    joined = rows.inner_join(_last(follows, feed), list(follows.on))
    return joined.filter(joined[_LAST] >= joined[follows.time]).select(*rows.columns)


def _last(follows: FollowedBy, feed: Any) -> Any:
    """When such a row stands last, for each of its keys."""
    later = feed.filter([feed[name] == value for name, value in follows.where.items()])
    return later.group_by(list(follows.on)).aggregate(**{_LAST: later[follows.time].max()})


def _left(rows: Any, part: Without, feed: Any) -> Any:
    """The rows that are not in ``part``. What is not known (no value, no key) is not in it."""
    follows = part.followed_by
    joined = rows.left_join(_last(follows, feed), list(follows.on)) if follows else rows
    tests = [joined[name] == value for name, value in part.where.items()]
    if follows:
        tests.append(joined[_LAST] >= joined[follows.time])
    within = reduce(and_, [test.fill_null(False) for test in tests])
    return joined.filter(~within).select(*rows.columns)


def narrowed(measure: Measure, feed: Any) -> Any:
    """The rows of a feed that a measure describes, with their contributor as ``:who``."""
    rows = feed.filter([feed[name] == value for name, value in measure.where.items()]) if measure.where else feed
    if measure.followed_by:
        rows = _followed(rows, measure.followed_by, feed)
    if measure.without:
        rows = _left(rows, measure.without, feed)
    return rows.rename({_WHO: CONTRIBUTOR_COLUMN[measure.contributor]})


def _population(
    spec: TableSpec,
    measures: Sequence[Measure],
    feed: Any,
    hierarchies: Mapping[str, Hierarchy],
    parts: Holdings | None,
) -> dict[str, dict[Place, Figure]]:
    """The figures of measures that describe the same rows and contributors; tells ``parts`` who is alone somewhere."""
    model = measures[0].model
    figures: dict[str, dict[Place, Figure]] = {measure.name: {} for measure in measures}
    first: dict[Place, int] = {}
    rows = narrowed(measures[0], feed)
    for part in cut(rows, parts_of(spec, rows, model)):
        for place, who, found in _cells(spec, measures, part, hierarchies):
            first[place] = who
            for measure in measures:
                figures[measure.name][place] = _plus(figures[measure.name].get(place), found[measure.name])
    if parts is not None and model is Model.PERSONS:
        for measure in measures:
            alone = ((p, first[p], f.value) for p, f in figures[measure.name].items() if f.contributors == 1)
            parts.add(spec, measure, alone, hierarchies)
    return figures


def _keep_groups(
    spec: TableSpec, measures: Sequence[Measure], rows: Any, hierarchies: Mapping[str, Hierarchy], parts: Holdings
) -> None:
    """Tells ``parts`` what each employer group has in each of the table's finest cells."""
    if not measures:
        return
    for dimension in spec.dimensions:
        lists = hierarchies[dimension.hierarchy]
        rows = _joined(rows, dimension.name, list(leaves(lists, dimension.levels).items()), lists)
    places = [dimension.name for dimension in spec.dimensions]
    amounts = {measure.name: _amount(rows, measure) for measure in measures}
    found = rows.group_by([*places, _WHO]).aggregate(**amounts)
    found = fetched(found)
    nodes = [(found[d.name].to_pylist(), hierarchies[d.hierarchy].nodes) for d in spec.dimensions]
    where = [
        tuple(listed[at].code for at, (_, listed) in zip(row, nodes, strict=True))
        for row in zip(*(n for n, _ in nodes), strict=True)
    ]
    who = found[_WHO].to_pylist()
    for measure in measures:
        parts.add(spec, measure, zip(where, who, found[measure.name].to_pylist(), strict=True), hierarchies)


def parts_of(spec: TableSpec, rows: Any, model: Model) -> int:
    """In how many parts rows are to be cut: a query's work stays in bounded memory, for there is no safe place to
    spill."""
    climbs = prod(len(d.levels) * (_SEVERAL if d.multi_valued else 1) for d in spec.dimensions)
    return 1 if model is Model.BUSINESS else 1 + fetched(rows.count().as_table()).column(0)[0].as_py() * climbs // _WORK


def cut(rows: Any, parts: int) -> Iterator[Any]:
    """The rows in ``parts`` parts.

    Persons are cut by their pseudonym, so that each is whole in one part and figures add up. Employer groups are few
    and are not cut: the largest of a cell must be seen together."""
    for part in range(parts):
        yield rows.filter(rows[_WHO] % parts == part) if parts > 1 else rows


def _plus(one: Figure | None, other: Figure) -> Figure:
    """The figures of two parts together; only persons come in parts, each whole in one of them."""
    if one is None:
        return other
    value, contributors = one.value + other.value, one.contributors + other.contributors
    return Figure(value=value, contributors=contributors, largest=max(one.largest, other.largest), second=0)


def _cells(
    spec: TableSpec, measures: Sequence[Measure], rows: Any, hierarchies: Mapping[str, Hierarchy]
) -> Iterator[tuple[Place, int, dict[str, Figure]]]:
    """Each non-empty cell's place, one of its contributors, and its figures."""
    places = [dimension.name for dimension in spec.dimensions]
    lists = [(dimension.name, hierarchies[dimension.hierarchy].nodes) for dimension in spec.dimensions]
    found = _summed(contributions(spec, measures, rows, hierarchies), places, measures)
    for cell in fetched(found).to_pylist():
        yield (
            tuple(nodes[cell[name]].code for name, nodes in lists),
            cell[":first"],
            {
                measure.name: Figure(
                    value=cell[measure.name],
                    contributors=cell[":contributors"],
                    largest=cell.get(f"{measure.name}:1", 0),
                    second=cell.get(f"{measure.name}:2", 0),
                )
                for measure in measures
            },
        )


def contributions(spec: TableSpec, measures: Sequence[Measure], rows: Any, hierarchies: Mapping[str, Hierarchy]) -> Any:
    """A row for each cell and contributor, with its part of each measure that is not a number of contributors."""
    for dimension in spec.dimensions:
        rows = _climb(rows, dimension, hierarchies[dimension.hierarchy])
    amounts = {m.name: _amount(rows, m) for m in measures if m.kind is not Kind.DISTINCT}
    by_contributor = [*(dimension.name for dimension in spec.dimensions), _WHO]
    return rows.group_by(by_contributor).aggregate(**amounts) if amounts else rows.select(by_contributor).distinct()


def _climb(rows: Any, dimension: Dimension, hierarchy: Hierarchy) -> Any:
    """Each row once for every code of the shown levels under which it counts, as the code's number in its list."""
    name = dimension.name
    if rows[name].type().is_array():
        rows = rows.mutate(**{name: rows[name].unnest()})
    pairs = [(node.code, code) for node in hierarchy.nodes for code in hierarchy.shown(node.code, dimension.levels)]
    return _joined(rows, name, pairs, hierarchy)


def _joined(rows: Any, name: str, pairs: Sequence[tuple[str, str]], hierarchy: Hierarchy) -> Any:
    """The rows once for each pair with their code: that of ``name`` replaced by the number of the pair's other code."""
    import pyarrow as pa

    numbers = pa.array([hierarchy.order[code] for _, code in pairs], pa.int16())  # numbers group in less memory
    closure = small(rows, pa.table({":from": pa.array([code for code, _ in pairs], pa.string()), ":to": numbers}))
    joined = rows.inner_join(closure, rows[name] == closure[":from"])
    return joined.select(*[c for c in rows.columns if c != name], **{name: joined[":to"]})


def _amount(rows: Any, measure: Measure) -> Any:
    """One contributor's part of a cell."""
    if measure.kind is Kind.COUNT:
        return rows.count().cast("int64")
    return rows[measure.column].sum().coalesce(0).cast("int64")


def _summed(contributions: Any, places: list[str], measures: Sequence[Measure]) -> Any:
    """Values and numbers of contributors, the two largest contributions of employers, the largest of persons."""
    import ibis

    ranked = contributions
    business = [m for m in measures if m.model is Model.BUSINESS]
    for measure in business:
        order = [ibis.desc(contributions[measure.name])]
        rank = ibis.row_number().over(group_by=places, order_by=order)
        ranked = ranked.mutate(**{f"{measure.name}:rank": rank})
    figures = {":contributors": ranked.count().cast("int64"), ":first": ranked[_WHO].min()}
    for measure in measures:
        one_each = measure.kind is Kind.DISTINCT
        figures[measure.name] = figures[":contributors"] if one_each else ranked[measure.name].sum().cast("int64")
        if not one_each:
            figures[f"{measure.name}:1"] = ranked[measure.name].max()
    for measure in business:
        value, rank = ranked[measure.name], ranked[f"{measure.name}:rank"]
        figures[f"{measure.name}:2"] = value.max(where=rank == 1).coalesce(0)
    return ranked.group_by(places).aggregate(**figures)
