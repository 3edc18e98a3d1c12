"""Columns of a frame: nullable, typed, and of object type when a value doesn't fit, so that the expected type fails."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

Column = Any
"""A pandas array or series (pandas is imported when the first is made)."""


def is_whole(value: object) -> bool:
    """Whether ``value`` is an int; a bool is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_finite(value: object) -> bool:
    """Whether ``value`` is a finite exact number."""
    return value.is_finite() if isinstance(value, Decimal) else is_whole(value)


def integers(values: Iterable[Any]) -> Column:
    """Int64, None as missing."""
    import pandas as pd

    cells = list(values)
    fits = all(value is None or is_whole(value) for value in cells)
    return pd.array(cells, dtype="Int64") if fits else pd.Series(cells, dtype="object")


def decimals(values: Iterable[int | Decimal | None]) -> Column:
    """Exact numbers as Float64, None as missing."""
    import pandas as pd

    cells = list(values)
    if all(value is None or is_finite(value) for value in cells):
        return floats([None if value is None else float(value) for value in cells])
    return pd.Series(cells, dtype="object")


def floats(values: Sequence[float | None]) -> Column:
    """Float64, None as missing."""
    import pandas as pd

    return pd.array(list(values), dtype="Float64")


def texts(values: Iterable[str | None]) -> Column:
    """Str, None as missing."""
    import pandas as pd

    return pd.Series(list(values), dtype="str")
