"""What became of each cell of persons between two releases: who came, who went, counted from both feeds.

Joiners and leavers are populations of their own (DESIGN, decision 7). Employers' moves need no second count: their
parts are kept."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.base.keyring import Keyring
from gateway.base.parquet import encrypted_dataset
from gateway.model.cells import ZERO, Figure, Key, Move, Moves, Place, key_of
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Kind, Measure, Model, TableSpec
from gateway.statistics.count import contributions, cut, narrowed, parts_of, tables_of
from gateway.statistics.engine import Engine, drop, fetched, load

_PARTS = ("came", "gone", "stayed")


def compare(
    specs: Sequence[TableSpec],
    feeds: Sequence[str],
    before: Mapping[str, Path],
    now: Mapping[str, Path],
    keyring: Keyring,
    hierarchies: Mapping[str, Hierarchy],
    engine: Engine,
) -> Moves:
    """The moves of persons in all tables whose measures are of ``feeds``, from ``before`` to ``now`` (encrypted files).

    For a second process: nothing of it stays in memory."""
    found: dict[str, dict[str, dict[Key, Move]]] = {}
    connection = engine.connect()
    try:
        for name in feeds:
            used = [(s, ms) for s, ms in tables_of(specs, name) if ms[0].model is Model.PERSONS]
            columns = sorted({c for spec, measures in used for m in measures for c in m.columns(spec.dimensions)})
            if not used:
                continue
            both = [
                load(connection, f"{name}_{at}", encrypted_dataset(files[name], keyring), columns)
                for at, files in enumerate((before, now))
            ]
            for spec, measures in used:
                for place, moves in _moved(spec, measures, both, hierarchies):
                    key = key_of(spec, place, hierarchies)
                    for measure, move in moves:
                        found.setdefault(measure.population, {}).setdefault(measure.counted, {})[key] = move
            for at in range(2):
                drop(connection, f"{name}_{at}")
    finally:
        connection.disconnect()
    return found


def _moved(
    spec: TableSpec, measures: Sequence[Measure], feeds: Sequence[Any], hierarchies: Mapping[str, Hierarchy]
) -> Iterator[tuple[Place, list[tuple[Measure, Move]]]]:
    """Each place with a move, and the measures that moved there."""
    sums: dict[Place, dict[str, int]] = {}
    rows = [narrowed(measures[0], feed) for feed in feeds]
    parts = max(parts_of(spec, each, Model.PERSONS) for each in rows)
    for one, other in zip(*(cut(each, parts) for each in rows), strict=True):
        for cell in fetched(_joined(spec, measures, one, other, hierarchies)).to_pylist():
            place = tuple(hierarchies[d.hierarchy].nodes[cell[d.name]].code for d in spec.dimensions)
            mine = sums.setdefault(place, {})
            for name, value in cell.items():
                if name.endswith(":who"):
                    mine.setdefault(name, value or 0)
                    mine[name] = value or mine[name]
                elif name.endswith(":most"):
                    mine[name] = max(mine.get(name, 0), value or 0)
                elif ":" in name:
                    mine[name] = mine.get(name, 0) + (value or 0)
    for place, cell in sums.items():
        moves = [(measure, _move(measure, cell)) for measure in measures]
        moves = [(measure, move) for measure, move in moves if move.came != ZERO or move.gone != ZERO]
        if moves:
            yield place, moves


def _move(measure: Measure, cell: Mapping[str, int]) -> Move:
    figures, alone = [], []
    for part in _PARTS:
        of = f"{measure.name}:{part}"
        most = 0 if measure.kind is Kind.DISTINCT else cell[f"{of}:most"]
        figures.append(Figure(value=cell[of], contributors=cell[f"{of}:number"], largest=most, second=0))
        alone.append(cell[f"{of}:who"] if cell[f"{of}:number"] == 1 else None)
    came, gone, stayed = figures
    return Move(came=came, gone=gone, stayed=stayed, alone=(alone[0], alone[1], alone[2]))


def _joined(
    spec: TableSpec, measures: Sequence[Measure], before: Any, now: Any, hierarchies: Mapping[str, Hierarchy]
) -> Any:
    """A row a cell: of each measure what came, went and stayed, of how many persons, the most of one, one of them."""
    import ibis

    sides = []
    for rows, sign in ((before, 0), (now, 1)):
        found = contributions(spec, measures, rows, hierarchies)
        parts = {m.name: ibis.literal(1).cast("int64") if m.kind is Kind.DISTINCT else found[m.name] for m in measures}
        nothing = ibis.literal(0).cast("int64")
        columns = {
            f"{name}:{side}": part if side == sign else nothing for name, part in parts.items() for side in (0, 1)
        }
        sides.append(found.select(*(d.name for d in spec.dimensions), ":who", **columns))
    places = [dimension.name for dimension in spec.dimensions]
    stacked = sides[0].union(sides[1])
    each = stacked.group_by([*places, ":who"]).aggregate(
        **{f"{m.name}:{side}": stacked[f"{m.name}:{side}"].sum().cast("int64") for m in measures for side in (0, 1)}
    )
    figures: dict[str, Any] = {}
    for measure in measures:
        then, now_ = each[f"{measure.name}:0"], each[f"{measure.name}:1"]
        amounts = {"came": now_ - then, "gone": then - now_, "stayed": ibis.least(then, now_)}
        for part, amount in amounts.items():
            some, of = amount > 0, f"{measure.name}:{part}"
            figures[of] = amount.sum(where=some).coalesce(0).cast("int64")
            figures[f"{of}:number"] = some.sum().coalesce(0).cast("int64")
            figures[f"{of}:most"] = amount.max(where=some).coalesce(0).cast("int64")
            figures[f"{of}:who"] = each[":who"].min(where=some)
    return each.group_by(places).aggregate(**figures)
