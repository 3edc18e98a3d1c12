"""The month counted again in plain Python, row by row, from the declarations' wording alone."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from gateway.model.cells import Figure, Place
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import CONTRIBUTOR_COLUMN, Dimension, FollowedBy, Kind, Measure, Model, TableSpec

Row = Mapping[str, Any]
TYPES = {
    "employer_group": pa.uint64(),
    "worker": pa.uint64(),
    "posting": pa.uint64(),
    "region": pa.string(),
    "age": pa.string(),
    "skill": pa.list_(pa.string()),
    "event": pa.string(),
    "kind": pa.string(),
    "amount": pa.int64(),
    "occurred_at": pa.timestamp("s"),
}
"""The columns of the normalised feeds of these tests."""


def feed(rows: Sequence[Row]) -> Any:
    """A dataset with all the columns."""
    return ds.dataset(pa.table({name: pa.array([r.get(name) for r in rows], t) for name, t in TYPES.items()}))


def climb(code: str, dimension: Dimension, tree: Hierarchy) -> set[str]:
    """The shown codes that a record with ``code`` counts under: itself, all above it, and the "not stated" below."""
    by_code = {node.code: node for node in tree.nodes}
    found, at = {code, f"{code}_U"} & set(by_code), by_code[code].parent
    while at is not None:
        found.add(at)
        at = by_code[at].parent
    return {one for one in found if by_code[one].level in dimension.levels}


def count(
    spec: TableSpec, measure: Measure, rows: Sequence[Row], lists: Mapping[str, Hierarchy]
) -> dict[Place, Figure]:
    """The measure's non-empty cells."""
    found: dict[Place, dict[int, int]] = {}
    for row in rows:
        if not _counts(measure, row, rows):
            continue
        who = row[CONTRIBUTOR_COLUMN[measure.contributor]]
        for place in product(*(_codes(row, d, lists[d.hierarchy]) for d in spec.dimensions)):
            there = found.setdefault(place, {})
            there[who] = _part(measure, row, there.get(who, 0))
    return {place: _figure(there.values(), measure) for place, there in found.items()}


def _counts(measure: Measure, row: Row, rows: Sequence[Row]) -> bool:
    if any(row[name] != value for name, value in measure.where.items()):
        return False
    return _followed(measure.followed_by, row, rows) and not _left_out(measure, row, rows)


def _left_out(measure: Measure, row: Row, rows: Sequence[Row]) -> bool:
    part = measure.without
    if part is None or any(row[name] != value for name, value in part.where.items()):
        return False
    return _followed(part.followed_by, row, rows)


def _followed(follows: FollowedBy | None, row: Row, rows: Sequence[Row]) -> bool:
    return follows is None or any(
        all(other[name] == value for name, value in follows.where.items())
        and all(other[name] == row[name] and row[name] is not None for name in follows.on)
        and other[follows.time] >= row[follows.time]
        for other in rows
    )


def _codes(row: Row, dimension: Dimension, tree: Hierarchy) -> set[str]:
    given = row[dimension.name]
    several = given if isinstance(given, list) else [given]
    return {code for one in several for code in climb(one, dimension, tree)}


def _part(measure: Measure, row: Row, so_far: int) -> int:
    match measure.kind:
        case Kind.COUNT:
            return so_far + 1
        case Kind.SUM:
            return so_far + (row[measure.column or ""] or 0)
        case Kind.DISTINCT:
            return 1


def _figure(parts: Iterable[int], measure: Measure) -> Figure:
    ranked = sorted(parts, reverse=True)
    first, second, *_ = [*ranked, 0, 0]
    if measure.model is Model.PERSONS:
        first, second = (0 if measure.kind is Kind.DISTINCT else first), 0
    return Figure(value=sum(ranked), contributors=len(ranked), largest=first, second=second)
