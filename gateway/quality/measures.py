"""The helper columns of a measure (``frames`` says what each holds)."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from math import prod

from gateway.model.cells import ZERO, Cells, Figure, Place, PublishedTable
from gateway.model.table import Measure
from gateway.quality.columns import Column, floats, integers
from gateway.quality.families import Axis, Values, exceeds_a_total, families, shown_number

Side = tuple[Collection[Place], Values]
"""The places that there are, and their values: as published, and as computed."""


def measure_columns(
    measure: Measure,
    cells: Cells,
    published: PublishedTable,
    along: tuple[Axis, ...],
    source_total: int | None,
    previous: PublishedTable | None,
) -> dict[str, Column]:
    """All helper columns of ``measure``, Int64 but for the two shares, which are Float64."""
    additive = [axis for axis in along if published.spec.additive(measure, axis.dimension)]
    others = [axis for axis in along if axis not in additive]
    computed, places = cells.figures.get(measure.name, {}), published.rows.keys()
    base = published.spec.rounding
    shown = places, partial(_number_at, published, measure)
    counted = {*places, *computed}, lambda place: computed.get(place, ZERO).value
    sides = (shown, counted)
    whole: dict[str, Mapping[Place, int | None]] = {
        "residual": _residuals(additive, sides),
        "below_total": {p: _exceeds(others, sides, p) for p in places},
        "uncovered": _uncovered(others, sides if base is None else (counted,)),
        "contributors": {p: _contributors(published, measure, computed, p) for p in places if base is None},
        "computed_difference": {
            p: _beyond(_computed_difference(published, measure, computed, p), base, additive, p) for p in places
        },
        "source_difference": _source_difference(published, measure, computed, along, source_total),
    }
    shares = {
        "unplaced": _unplaced(published, measure, along),
        "change": _changes(published, measure, along, previous),
    }
    return {f"{measure.name}__{name}": integers(found.get(p) for p in places) for name, found in whole.items()} | {
        f"{measure.name}__{name}": floats([found.get(p) for p in places]) for name, found in shares.items()
    }


def _residuals(additive: Sequence[Axis], sides: Sequence[Side]) -> dict[Place, int]:
    """Of the figures as published and as computed: what is withheld must add up too."""
    found: dict[Place, int] = {}
    for axis in additive:
        for places, values in sides:
            for place, family in families(places, axis, values).items():
                found[place] = max(found.get(place, 0), abs(family.total - family.parts))
    return found


def _uncovered(others: Sequence[Axis], sides: Sequence[Side]) -> dict[Place, int]:
    found: dict[Place, int] = {}
    for axis in others:
        for places, values in sides:
            for place, family in families(places, axis, values).items():
                found[place] = max(found.get(place, 0), family.total - family.parts)
    return found


def _exceeds(others: Sequence[Axis], sides: Sequence[Side], place: Place) -> int | None:
    answers = [exceeds_a_total(places, others, values, place) for places, values in sides]
    return None if all(answer is None for answer in answers) else int(any(answers))


def _unplaced(published: PublishedTable, measure: Measure, along: Sequence[Axis]) -> dict[Place, float]:
    top = tuple(axis.hierarchy.top.code for axis in along)
    total, shares = _number_at(published, measure, top), []
    for axis in along:
        part = None if axis.rest is None else _number_at(published, measure, axis.moved(top, axis.rest))
        if total is not None and part is not None:
            shares.append(part / max(total, 1))
    return {top: max(shares)} if shares else {}


def _number_at(published: PublishedTable, measure: Measure, place: Place) -> int | None:
    """What is published at ``place``; a place without a row is zero."""
    return shown_number(published.rows[place].get(measure.name)) if place in published.rows else 0


def _contributors(
    published: PublishedTable, measure: Measure, computed: Mapping[Place, Figure], place: Place
) -> int | None:
    """A zero that nobody stands behind has no contributors to protect; any other published figure has."""
    value, figure = shown_number(published.rows[place].get(measure.name)), computed.get(place, ZERO)
    if value is None or (value == 0 and figure.contributors == 0):
        return None
    return figure.contributors


def _computed_difference(
    published: PublishedTable, measure: Measure, computed: Mapping[Place, Figure], place: Place
) -> int | None:
    value = shown_number(published.rows[place].get(measure.name))
    return None if value is None else abs(value - computed.get(place, ZERO).value)


def _beyond(difference: int | None, base: int | None, additive: Sequence[Axis], place: Place) -> int | None:
    """How far a figure is off beyond what rounding allows: less than one base for each finest part that it adds up."""
    if base is None or difference is None:
        return difference
    parts = prod(_finest(axis, place[axis.at]) for axis in additive)
    return max(difference - (base - 1) * parts, 0)


def _finest(axis: Axis, code: str) -> int:
    below = axis.parts.get(code, ())
    return sum(_finest(axis, part) for part in below) or 1


def _source_difference(
    published: PublishedTable,
    measure: Measure,
    computed: Mapping[Place, Figure],
    along: tuple[Axis, ...],
    source_total: int | None,
) -> dict[Place, int]:
    """Of the computed total, and of the published one where it is published exactly; nothing without a source total."""
    top = tuple(axis.hierarchy.top.code for axis in along)
    if source_total is None or top not in published.rows:
        return {}
    shown = shown_number(published.rows[top].get(measure.name))
    exact = shown is not None and published.spec.rounding is None
    totals = [computed.get(top, ZERO).value, *([shown] if shown is not None and exact else [])]
    return {top: max(abs(total - source_total) for total in totals)}


def _changes(
    published: PublishedTable, measure: Measure, along: tuple[Axis, ...], previous: PublishedTable | None
) -> dict[Place, float]:
    """Of the totals of areas, at levels that the month before had too: a new one has nothing to be compared with."""
    if previous is None:
        return {}
    known = [{_level(axis, other) for other in previous.rows} for axis in along]
    found = {}
    for place, figures in published.rows.items():
        if any(_level(axis, place) not in levels for axis, levels in zip(along, known, strict=True)):
            continue
        if all(axis.is_area or place[axis.at] == axis.hierarchy.top.code for axis in along):
            new = shown_number(figures.get(measure.name))
            old = _number_at(previous, measure, place)
            if new is not None and old is not None:
                found[place] = (new - old) / max(old, 1)
    return found


def _level(axis: Axis, place: Place) -> str | None:
    code = place[axis.at]
    return axis.hierarchy[code].level if code in axis.hierarchy else None
