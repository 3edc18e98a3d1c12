"""The small frames that suites look at. Secret while they last: they hold contributors' counts beside the figures.

One row a published place. For a dimension ``d``: ``d`` its code; ``d__in_list`` 1 when the code is in the list at a
level that the table shows; for areas ``d__missing``, on the top row, how many counties have no row. ``place__orphan``:
1 when a total above the place has no row.

For a measure or derived figure ``x``: ``x`` its value, ``x__mark``, ``x__withheld_has_value`` and
``x__normal_without_value`` (0 or 1); for a derived figure ``x__term_withheld``: 1 when it is shown although a figure
that it is computed from is not.

For a measure ``m``, empty where there is nothing to compare:
``m__residual``: |total − Σ parts|, the largest over the additive dimensions, of the figures as computed, and as
published where all of them are;  for dimensions along which parts don't add up (likewise both):
``m__below_total``: 1 when a part is larger than its total;  ``m__uncovered``: how far a total is above the sum of its
parts;
``m__unplaced``: on the top row of a dimension whose records may stop short, the share that does ("not stated");
``m__computed_difference``: |published − computed|, of rounded figures what is beyond the rounding;
``m__contributors``: employer groups or persons behind a published figure (none where figures are rounded);
``m__source_difference``: on the top row, |total − source's own total|;
``m__change``: relative change on the month before, for the totals of the areas (a base of zero counts as one)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gateway.base.errors import ConfigurationError
from gateway.model.cells import Cells, Place, PublishedTable
from gateway.model.hierarchy import Hierarchy
from gateway.quality.columns import Column, decimals, integers, texts
from gateway.quality.derivation import term_withheld
from gateway.quality.families import Axis, axes
from gateway.quality.figures import mark_columns, shown
from gateway.quality.measures import measure_columns

if TYPE_CHECKING:
    import pandas as pd


def table_frame(
    cells: Cells,
    published: PublishedTable,
    hierarchies: Mapping[str, Hierarchy],
    source_totals: Mapping[str, int],
    previous: PublishedTable | None,
) -> "pd.DataFrame":
    """The frame of one table; ``source_totals``: each measure's total counted in the source apart from the table;
    ``previous``: what was published of the same table for the month before, None when nothing was.

    Raises ConfigurationError when computed and published table are not of one declaration, or a list is missing."""
    import pandas as pd

    if cells.spec != published.spec:
        raise ConfigurationError(
            f"表 {published.spec.name}：计算与公布所用的声明不同",
            f"table {published.spec.name}: computed and published under different declarations",
        )
    along = axes(published, hierarchies)
    columns = _place_columns(published, along)
    for measure in published.spec.measures:
        columns[measure.name] = integers(None if s is None else s.value for s in shown(published, measure.name))
        columns |= mark_columns(published, measure.name)
        columns |= measure_columns(measure, cells, published, along, source_totals.get(measure.name), previous)
    for derived in published.spec.derived:
        columns[derived.name] = decimals(None if s is None else s.value for s in shown(published, derived.name))
        columns |= mark_columns(published, derived.name)
        withheld = [term_withheld(derived, published, place, along, previous) for place in published.rows]
        columns[f"{derived.name}__term_withheld"] = integers(withheld)
    return pd.DataFrame(columns)


def _place_columns(published: PublishedTable, along: tuple[Axis, ...]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    top = tuple(axis.hierarchy.top.code for axis in along)
    for axis in along:
        name, codes = axis.dimension.name, [place[axis.at] for place in published.rows]
        columns[name] = texts(codes)
        columns[f"{name}__in_list"] = integers(int(axis.knows(code)) for code in codes)
        if axis.is_area:
            missing = sum(axis.moved(top, code) not in published.rows for code in axis.areas_below())
            columns[f"{name}__missing"] = integers(missing if place == top else None for place in published.rows)
    columns["place__orphan"] = integers(_is_orphan(published, along, place) for place in published.rows)
    return columns


def _is_orphan(published: PublishedTable, along: tuple[Axis, ...], place: Place) -> int:
    above = (axis.above(place) for axis in along)
    return int(any(a is not None and a not in published.rows for a in above))
