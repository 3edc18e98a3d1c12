"""Published tables: protected measures shown or withheld, and the figures derived from what is shown.

A derived figure is withheld when any of its terms is withheld, in any month; missing when it is not defined
(FIELD 3; DESIGN, decision 2)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product

from gateway.base.errors import ConfigurationError
from gateway.model.cells import ZERO, Cells, Mark, Place, Protected, PublishedTable, Shown, Status
from gateway.model.hierarchy import REST, Hierarchy
from gateway.model.table import Change, Derived, Quartile, Ratio, Share, TableSpec

Row = dict[str, Shown]
_WITHHELD = Shown(value=None, mark=Mark.WITHHELD)
_MISSING = Shown(value=None, mark=Mark.MISSING)
BandEdges = Mapping[str, tuple[int | None, int | None]]
"""A band's code → its lower and upper edge in the unit of the hierarchy's file (yuan, years); None where open."""


def publish(
    cells: Cells,
    protected: Protected,
    hierarchies: Mapping[str, Hierarchy],
    edges: Mapping[str, BandEdges],
    previous: PublishedTable | None,
) -> PublishedTable:
    """What leaves of one table. ``previous``: the same table as released for the month before, if it was.

    Rows: every place where a measure is not zero, and every single-dimension margin, so that no county or section is
    silently absent; and where a zero is withheld. A place without a row is zero in all measures."""
    spec = cells.spec
    rows: dict[Place, Row] = {}
    for place in _places(cells, protected, hierarchies):
        rows[place] = {m.name: _shown(cells, protected, m.name, place) for m in spec.measures}
    table = PublishedTable(spec=spec, rows=rows)
    for place, row in rows.items():
        for derived in spec.derived:
            row[derived.name] = _derive(derived, table, place, hierarchies, edges, previous)
    return table


def _places(cells: Cells, protected: Protected, hierarchies: Mapping[str, Hierarchy]) -> list[Place]:
    spec = cells.spec
    lists = [hierarchies[d.hierarchy] for d in spec.dimensions]
    for dimension, hierarchy in zip(spec.dimensions, lists, strict=True):
        if hierarchy.top.level not in dimension.levels:
            raise ConfigurationError(
                f"表 {spec.name}：维度 {dimension.name} 未从顶层开始，合计无从列出",
                f"table {spec.name}: {dimension.name} leaves the top level out, so there is no total to show",
            )
    tops = tuple(hierarchy.top.code for hierarchy in lists)
    places = {place for figures in cells.figures.values() for place in figures}
    marked = {place for status in protected.status.values() for place in status}
    zeros = marked - places if spec.rounding is None else set()  # that are withheld
    marked = {place for status in protected.status.values() for place in status}
    zeros = marked - places if spec.rounding is None else set()  # that are withheld
    if spec.rounding is not None:  # what is rounded to zero looks like what is zero
        places = {place for figures in protected.rounded.values() for place, value in figures.items() if value}
    places |= {tops, *(place for zero in zeros for place in _above(spec, zero, lists))}
    for at, (dimension, hierarchy) in enumerate(zip(spec.dimensions, lists, strict=True)):
        for node in hierarchy.at(dimension.levels):
            if not node.code.endswith(REST):
                places.add((*tops[:at], node.code, *tops[at + 1 :]))
    orders = [hierarchy.order for hierarchy in lists]
    return sorted(places, key=lambda place: [order[code] for order, code in zip(orders, place, strict=True)])


def _above(spec: TableSpec, place: Place, lists: Sequence[Hierarchy]) -> Iterator[Place]:
    """A place and all totals that it is part of."""
    chains = []
    for code, dimension, hierarchy in zip(place, spec.dimensions, lists, strict=True):
        chain: list[str] = []
        up: str | None = code
        while up is not None:
            chain.append(up)
            up = hierarchy.up(up, dimension.levels)
        chains.append(chain)
    yield from product(*chains)


def _shown(cells: Cells, protected: Protected, measure: str, place: Place) -> Shown:
    if protected.status[measure].get(place, Status.PUBLISHED) is not Status.PUBLISHED:
        return _WITHHELD
    if cells.spec.rounding is not None:
        return Shown(value=protected.rounded[measure].get(place, 0), mark=Mark.ROUNDED)
    return Shown(value=cells.figures[measure].get(place, ZERO).value, mark=Mark.NORMAL)


def _derive(
    derived: Derived,
    table: PublishedTable,
    place: Place,
    hierarchies: Mapping[str, Hierarchy],
    edges: Mapping[str, BandEdges],
    previous: PublishedTable | None,
) -> Shown:
    row = table.rows[place]
    match derived:
        case Ratio():
            return _quotient(row[derived.numerator], row[derived.denominator], derived.decimals, derived.percent)
        case Share():
            at, top = _along(table.spec, derived.along, hierarchies)
            whole = table.rows.get((*place[:at], top, *place[at + 1 :]), {}).get(derived.measure, _MISSING)
            return _quotient(row[derived.measure], whole, derived.decimals, percent=True)
        case Change():
            return _change(row[derived.measure], _before(previous, place, derived.measure), derived.decimals)
        case Quartile():
            return _quartile(derived, table, place, hierarchies, edges)


def _quotient(above: Shown, below: Shown, decimals: int, percent: bool) -> Shown:
    if Mark.WITHHELD in (above.mark, below.mark):
        return _WITHHELD
    if above.value is None or not below.value:
        return _MISSING
    value = Fraction(above.value) / Fraction(below.value) * (100 if percent else 1)
    return Shown(value=_half_up(value, decimals), mark=_mark(above, below))


def _before(previous: PublishedTable | None, place: Place, measure: str) -> Shown:
    if previous is None:
        return _MISSING
    row = previous.rows.get(place)
    return row[measure] if row is not None else Shown(value=0, mark=Mark.NORMAL)


def _change(now: Shown, before: Shown, decimals: int) -> Shown:
    if Mark.WITHHELD in (now.mark, before.mark):
        return _WITHHELD
    if now.value is None or not before.value:
        return _MISSING
    value = (Fraction(now.value) / Fraction(before.value) - 1) * 100
    return Shown(value=_half_up(value, decimals), mark=_mark(now, before))


def _mark(*terms: Shown) -> Mark:
    """What is made of rounded figures is not exact either."""
    return Mark.ROUNDED if any(term.mark is Mark.ROUNDED for term in terms) else Mark.NORMAL


def _quartile(
    derived: Quartile,
    table: PublishedTable,
    place: Place,
    hierarchies: Mapping[str, Hierarchy],
    edges: Mapping[str, BandEdges],
) -> Shown:
    """Linear interpolation in the band that holds the quarter; missing for a node without bands or an open band.

    Withheld unless the node and all its bands are shown: with the counts of the others a quartile gives a count."""
    at, _ = _along(table.spec, derived.along, hierarchies)
    dimension = table.spec.dimensions[at]
    hierarchy = hierarchies[dimension.hierarchy]
    if place[at] == hierarchy.top.code:
        return _MISSING
    bands = [n.code for n in hierarchy.nodes if n.parent == place[at] and n.code in edges.get(hierarchy.name, {})]
    if not bands:
        return _MISSING
    zero = Shown(value=0, mark=Mark.NORMAL)
    terms = []
    for band in bands:
        row = table.rows.get((*place[:at], band, *place[at + 1 :]))
        terms.append(row[derived.measure] if row is not None else zero)
    if any(term.mark is Mark.WITHHELD for term in [*terms, table.rows[place][derived.measure]]):
        return _WITHHELD
    counts = [int(term.value or 0) for term in terms]
    found = _interpolate(counts, [edges[hierarchy.name][band] for band in bands], Fraction(derived.quarter, 4))
    return found if found.value is None else Shown(value=found.value, mark=_mark(*terms))


def _interpolate(counts: list[int], edges: list[tuple[int | None, int | None]], part: Fraction) -> Shown:
    wanted, before = sum(counts) * part, 0
    for count, (low, high) in zip(counts, edges, strict=True):
        if count and before + count >= wanted:
            if low is None or high is None:
                return _MISSING
            value = low + (wanted - before) / count * (high - low)
            return Shown(value=_half_up(value, 0), mark=Mark.NORMAL)
        before += count
    return _MISSING


def _along(spec: TableSpec, name: str, hierarchies: Mapping[str, Hierarchy]) -> tuple[int, str]:
    at = next(i for i, dimension in enumerate(spec.dimensions) if dimension.name == name)
    return at, hierarchies[spec.dimensions[at].hierarchy].top.code


def _half_up(value: Fraction, decimals: int) -> Decimal:
    scaled = value * 10**decimals
    whole = (abs(scaled.numerator) * 2 + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if scaled < 0 else whole).scaleb(-decimals)
