"""The source's totals, by another way than the queries: plain Arrow arithmetic over the feed.

The quality stage compares them with the tables' tops, so that a fault of one way shows against the other."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gateway.model.table import CONTRIBUTOR_COLUMN, FollowedBy, Kind, Measure, TableSpec, Without


def source_totals(spec: TableSpec, feeds: Mapping[str, Any]) -> dict[str, int]:
    """Each measure of ``spec`` over the whole month. ``feeds``: name → ``pyarrow.dataset``."""
    return {measure.name: total_of(measure, feeds[measure.feed]) for measure in spec.measures}


def total_of(measure: Measure, dataset: Any) -> int:
    """One measure over the whole month, from its feed."""
    rows = dataset.to_table(columns=sorted(measure.columns(())), filter=_where(measure.where))
    if measure.followed_by:
        rows = rows.filter(_follows(rows, measure.followed_by, dataset))
    if measure.without:
        rows = rows.filter(pc.invert(_within(rows, measure.without, dataset)))
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


def _within(rows: pa.Table, part: Without, dataset: Any) -> pa.Array:
    """For each row whether it is in ``part``; what is not known is not."""
    tests = [pc.fill_null(pc.equal(rows[name], value), False) for name, value in part.where.items()]
    if part.followed_by:
        tests.append(_follows(rows, part.followed_by, dataset))
    return reduce(pc.and_, tests)


def _follows(rows: pa.Table, follows: FollowedBy, dataset: Any) -> pa.Array:
    """For each row whether such a row follows."""
    keys: Sequence[str] = list(follows.on)
    later = dataset.to_table(columns=[*keys, follows.time], filter=_where(follows.where))
    last = later.group_by(keys).aggregate([(follows.time, "max")])
    number = pa.array(np.arange(rows.num_rows))
    asked = pa.table({":row": number, **{name: rows[name] for name in {*keys, follows.time}}})
    joined = asked.join(last, keys, join_type="left outer").sort_by(":row")
    return pc.fill_null(pc.greater_equal(joined[f"{follows.time}_max"], joined[follows.time]), False)
