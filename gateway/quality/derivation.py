"""Whether a derived figure is shown although something that it is computed from is not (DESIGN, decision 2)."""

from typing import assert_never

from gateway.model.cells import Place, PublishedTable, Shown
from gateway.model.table import Change, Derived, Quartile, Ratio, Share
from gateway.quality.families import Axis


def term_withheld(
    derived: Derived,
    published: PublishedTable,
    place: Place,
    along: tuple[Axis, ...],
    previous: PublishedTable | None,
) -> int:
    """1 when ``derived`` is shown at ``place`` and one of its terms, in either month, is not; otherwise 0."""
    if not _is_shown(published.rows[place].get(derived.name)):
        return 0
    return int(not all(_terms(derived, published, place, along, previous)))


def _is_shown(figure: Shown | None) -> bool:
    return figure is not None and figure.mark.has_value


def _at(table: PublishedTable | None, place: Place, name: str) -> bool:
    return table is not None and place in table.rows and _is_shown(table.rows[place].get(name))


def _terms(
    derived: Derived,
    published: PublishedTable,
    place: Place,
    along: tuple[Axis, ...],
    previous: PublishedTable | None,
) -> list[bool]:
    """For each term, whether it is shown."""
    match derived:
        case Ratio():
            return [_at(published, place, derived.numerator), _at(published, place, derived.denominator)]
        case Share():
            axis = next(axis for axis in along if axis.dimension.name == derived.along)
            whole = axis.moved(place, axis.hierarchy.top.code)
            return [_at(published, place, derived.measure), _at(published, whole, derived.measure)]
        case Change():
            return [_at(published, place, derived.measure), _at(previous, place, derived.measure)]
        case Quartile():
            axis = next(axis for axis in along if axis.dimension.name == derived.along)
            bands = [axis.moved(place, code) for code in axis.parts.get(place[axis.at], ())]
            filled = [band for band in bands if band in published.rows]  # a band without a row is empty
            node = _at(published, place, derived.measure)
            return [node, bool(filled), *(_at(published, band, derived.measure) for band in filled)]
        case _:
            assert_never(derived)
