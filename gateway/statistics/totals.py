"""The source's totals, by another way than the queries: plain Arrow arithmetic over the feed.

The quality stage compares them with the tables' tops, so that a fault of one way shows against the other."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gateway.model.table import CONTRIBUTOR_COLUMN, Kind, Measure, TableSpec


def source_totals(spec: TableSpec, feeds: Mapping[str, Any]) -> dict[str, int]:
    """Each measure of ``spec`` over the whole month. ``feeds``: name → ``pyarrow.dataset``."""
    return {measure.name: _total(measure, feeds[measure.feed]) for measure in spec.measures}


def _total(measure: Measure, dataset: Any) -> int:
    rows = dataset.to_table(columns=sorted(measure.columns(())), filter=_where(measure.where))
    if measure.followed_by:
        rows = _followed(rows, measure, dataset)
    match measure.kind:
        case Kind.COUNT:
            return int(rows.num_rows)
        case Kind.SUM:
            return int(pc.sum(rows[measure.column]).as_py() or 0)
        case Kind.DISTINCT:
            return int(pc.count_distinct(rows[CONTRIBUTOR_COLUMN[measure.contributor]]).as_py())


def _where(conditions: Mapping[str, str]) -> pc.Expression | None:
    parts = [pc.field(name) == value for name, value in conditions.items()]
    return reduce(lambda a, b: a & b, parts) if parts else None


def _followed(rows: pa.Table, measure: Measure, dataset: Any) -> pa.Table:
    follows = measure.followed_by
    if follows is None:
        return rows
    keys: Sequence[str] = list(follows.on)
    later = dataset.to_table(columns=[*keys, follows.time], filter=_where(follows.where))
    last = later.group_by(keys).aggregate([(follows.time, "max")])
    joined = rows.join(last, keys, join_type="inner")
    return joined.filter(pc.greater_equal(joined[f"{follows.time}_max"], joined[follows.time]))
