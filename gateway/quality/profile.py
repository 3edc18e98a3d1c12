"""The frame that a feed's suite looks at: its profile, one row a column and the row ``*`` for the whole feed.

As ingest gives it: ``column``, ``role`` and counts. ``rows`` are the rows read, ``counted`` those of the month that
statistics are made of; ``nulls`` are among the counted, ``refused`` and ``out_of_code_list`` among the read rows, for a
column those that were refused because of it. ``distinct``, ``minimum``, ``maximum`` may be left out; the range of a key
must be, for it would be two identifiers. ``days_without_rows``, of the feed as a whole: the most days of the month in a
row on which no counted row is dated; nothing for a feed that is a stock.

Added: ``null_share`` of the counted rows; ``refused_share``, ``out_of_code_list_share``, ``duplicate_share`` of the
rows read; ``unaccounted``: rows − refused − duplicate − out of period − counted."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gateway.base.errors import QualityError
from gateway.quality.columns import Column, floats, integers, is_whole, texts

if TYPE_CHECKING:
    import pandas as pd

_TEXTS = ("column", "role")
_COUNTS = (
    "rows",
    "nulls",
    "distinct",
    "refused",
    "out_of_code_list",
    "duplicate",
    "out_of_period",
    "counted",
    "days_without_rows",
)
_RANGE = ("minimum", "maximum")
_SHARES = {
    "null_share": ("nulls", "counted"),
    "refused_share": ("refused", "rows"),
    "out_of_code_list_share": ("out_of_code_list", "rows"),
    "duplicate_share": ("duplicate", "rows"),
}


def profile_frame(profile: Sequence[Mapping[str, Any]]) -> "pd.DataFrame":
    """``profile``: one mapping a column. Counts become Int64, shares Float64, texts and ranges str.

    Raises QualityError for a key that is not known, a count that is no whole number, or a column that stands twice."""
    import pandas as pd

    for number, row in enumerate(profile, start=1):
        _check(row, number)
    names = [row.get("column") for row in profile]
    if len(names) != len(set(names)):
        raise _refused(0, "column")
    columns: dict[str, Column] = {name: texts(row.get(name) for row in profile) for name in _TEXTS}
    columns |= {name: integers(row.get(name) for row in profile) for name in _COUNTS}
    for name in _RANGE:
        columns[name] = texts(_text(row.get(name)) for row in profile)
        columns[f"{name}_number"] = floats([_number(row.get(name)) for row in profile])
    for name, (part, whole) in _SHARES.items():
        columns[name] = floats([_share(row.get(part), row.get(whole)) for row in profile])
    columns["unaccounted"] = integers(_unaccounted(row) for row in profile)
    return pd.DataFrame(columns)


def _check(row: Mapping[str, Any], number: int) -> None:
    unknown = sorted(set(row) - {*_TEXTS, *_COUNTS, *_RANGE})
    if unknown:
        raise _refused(number, ", ".join(unknown))
    for name in _COUNTS:
        value = row.get(name)
        if value is not None and not is_whole(value):
            raise _refused(number, name)


def _refused(number: int, what: str) -> QualityError:
    return QualityError(
        f"数据概况无法识别：第 {number} 行 {what}",
        f"a feed's profile is not understood: row {number}, {what}",
        safe=("没有检验任何数据，批次不能继续", "nothing was checked; the release can't go on"),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else part / whole


def _unaccounted(row: Mapping[str, Any]) -> int | None:
    """Only for the feed as a whole: a column's refusals leave the others' out."""
    counts = [row.get(name) for name in ("rows", "refused", "duplicate", "out_of_period", "counted")]
    if row.get("column") != "*" or None in counts:
        return None
    rows, *gone = (int(count) for count in counts if count is not None)
    return rows - sum(gone)
