"""What a rounded ratio, share, change or quartile says of its terms."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Generic, NamedTuple, Protocol, TypeVar

from gateway.model.cells import Mark, Place, PublishedTable
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Change, Quartile, Ratio, Share

V = TypeVar("V", bound=Hashable)
Edges = Mapping[str, Mapping[str, tuple[int | None, int | None]]]
MOST = 100_000
"""Whole numbers tried at most for one term."""


class Known(NamedTuple, Generic[V]):
    """A term's name and, when it is known, its value."""

    name: V
    value: Fraction | None


class Terms(Protocol[V]):
    """Where a derived figure's terms are looked up."""

    def now(self, measure: str, place: Place) -> Known[V]: ...

    def before(self, measure: str, place: Place) -> Known[V] | None: ...


def learn(
    table: PublishedTable, hierarchies: Mapping[str, Hierarchy], edges: Edges, terms: Terms[V]
) -> Iterator[tuple[V, Fraction]]:
    """The hidden terms that published derived figures fix, when only one whole number fits."""
    for place, row in table.rows.items():
        for derived in table.spec.derived:
            shown = row[derived.name]
            if shown.mark is not Mark.NORMAL or shown.value is None:
                continue
            value = Fraction(shown.value)
            match derived:
                case Ratio():
                    pair = terms.now(derived.numerator, place), terms.now(derived.denominator, place)
                    yield from _quotient(*pair, value, derived.decimals, 100 if derived.percent else 1)
                case Share():
                    at = [d.name for d in table.spec.dimensions].index(derived.along)
                    top = hierarchies[table.spec.dimensions[at].hierarchy].top.code
                    whole = terms.now(derived.measure, (*place[:at], top, *place[at + 1 :]))
                    yield from _quotient(terms.now(derived.measure, place), whole, value, derived.decimals, 100)
                case Change():
                    before = terms.before(derived.measure, place)
                    if before is not None:
                        now = terms.now(derived.measure, place)
                        yield from _quotient(now, before, value + 100, derived.decimals, 100)
                case Quartile():
                    yield from _quartile(derived, table, place, hierarchies, edges, terms, value)


def _quotient(
    above: Known[V], below: Known[V], value: Fraction, decimals: int, scale: int
) -> Iterator[tuple[V, Fraction]]:
    """value − h ≤ scale · above / below ≤ value + h, and the terms are whole."""
    half = Fraction(1, 2 * 10**decimals)
    if (above.value is None) == (below.value is None):
        return
    if below.value is not None:
        low, high = (value - half) * below.value / scale, (value + half) * below.value / scale
        unknown = above.name
    elif above.value and value - half > 0:
        low, high = scale * above.value / (value + half), scale * above.value / (value - half)
        unknown = below.name
    else:
        return
    if ceil(low) == floor(high):
        yield unknown, Fraction(ceil(low))


def _quartile(
    derived: Quartile,
    table: PublishedTable,
    place: Place,
    hierarchies: Mapping[str, Hierarchy],
    edges: Edges,
    terms: Terms[V],
    value: Fraction,
) -> Iterator[tuple[V, Fraction]]:
    at = [d.name for d in table.spec.dimensions].index(derived.along)
    hierarchy = hierarchies[table.spec.dimensions[at].hierarchy]
    bands = edges.get(hierarchy.name, {})
    codes = [n.code for n in hierarchy.nodes if n.parent == place[at] and n.code in bands]
    counts = [terms.now(derived.measure, (*place[:at], code, *place[at + 1 :])) for code in codes]
    hidden = [i for i, count in enumerate(counts) if count.value is None]
    if len(hidden) != 1:
        return
    others = [int(count.value or 0) for count in counts]

    def gives(count: int) -> Fraction | None:
        return quartile(
            [*others[: hidden[0]], count, *others[hidden[0] + 1 :]], [bands[c] for c in codes], derived.quarter
        )

    fits = [count for count in range(1, 3 * sum(others) + 50) if _rounds_to(gives, count, value)]
    if len(fits) == 1:
        yield counts[hidden[0]].name, Fraction(fits[0])


def _rounds_to(gives: Callable[[int], Fraction | None], count: int, value: Fraction) -> bool:
    exact = gives(count)
    return exact is not None and half_up(exact, 0) == value


def quartile(counts: list[int], edges: list[tuple[int | None, int | None]], quarter: int) -> Fraction | None:
    """Linear within the band in which the quarter lies; None in an open band or without anything."""
    total, below = sum(counts), 0
    for count, (low, high) in zip(counts, edges, strict=True):
        if count > 0 and 4 * (below + count) >= quarter * total:
            if low is None or high is None:
                return None
            return low + (Fraction(quarter * total, 4) - below) / count * (high - low)
        below += count
    return None


def half_up(value: Fraction, decimals: int) -> Decimal:
    """四舍五入: half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = floor(scaled + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole) / Decimal(10) ** decimals
