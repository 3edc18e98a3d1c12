"""Who is whose part: the published places of a table as families of a total and its parts, along each dimension."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from gateway.base.errors import ConfigurationError
from gateway.model.cells import Place, PublishedTable, Shown
from gateway.model.hierarchy import REST, Hierarchy
from gateway.model.table import Dimension

Values = Callable[[Place], int | None]
"""A measure's value at a place, None where it is not known."""

_DIVISION = re.compile(r"\d{6}")


def shown_number(figure: Shown | None) -> int | None:
    """The whole number that ``figure`` publishes, None when it publishes none."""
    value = figure.value if figure is not None and figure.mark.has_value else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A dimension of a table with its code list: ``at`` is its position in a place."""

    at: int
    dimension: Dimension
    hierarchy: Hierarchy

    @property
    def is_area(self) -> bool:
        """Whether the codes are areas of GB/T 2260 below a city or county."""
        return _DIVISION.fullmatch(self.hierarchy.top.code) is not None

    def knows(self, code: str) -> bool:
        """Whether ``code`` is in the list, at a level that the table shows."""
        return code in self.hierarchy and self.hierarchy[code].level in self.dimension.levels

    def above(self, place: Place) -> Place | None:
        """The place that ``place`` is a part of, None at the top and for a code that is not in the list."""
        code = place[self.at]
        if not self.knows(code):
            return None
        parent = self.hierarchy.up(code, self.dimension.levels)
        return None if parent is None else self.moved(place, parent)

    def moved(self, place: Place, code: str) -> Place:
        """``place`` with another code here."""
        return (*place[: self.at], code, *place[self.at + 1 :])

    @cached_property
    def parts(self) -> Mapping[str, tuple[str, ...]]:
        """For each code that has parts at a level that the table shows, these parts."""
        found: dict[str, tuple[str, ...]] = {}
        for node in self.hierarchy.at(self.dimension.levels):
            above = self.hierarchy.up(node.code, self.dimension.levels)
            if above is not None:
                found[above] = (*found.get(above, ()), node.code)
        return found

    @property
    def rest(self) -> str | None:
        """The code of what names nothing below the top, None where the table has no row for it."""
        code = self.hierarchy.top.code + REST
        return code if self.knows(code) else None

    def areas_below(self) -> list[str]:
        """The areas right below the top (a city's counties): their codes begin with the city's four digits."""
        top = self.hierarchy.top.code
        return [code for code in self.parts.get(top, ()) if _DIVISION.fullmatch(code) and code.startswith(top[:4])]


def axes(table: PublishedTable, hierarchies: Mapping[str, Hierarchy]) -> tuple[Axis, ...]:
    """The table's dimensions with their code lists. Raises ConfigurationError when one is not given."""
    absent = [d.hierarchy for d in table.spec.dimensions if d.hierarchy not in hierarchies]
    if absent:
        names = ", ".join(absent)
        raise ConfigurationError(f"代码表未提供：{names}", f"code lists are not given: {names}")
    return tuple(
        Axis(at=at, dimension=dimension, hierarchy=hierarchies[dimension.hierarchy])
        for at, dimension in enumerate(table.spec.dimensions)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A total and the sum of its parts. An empty part, which has no row, is zero."""

    total: int
    parts: int


def families(places: Collection[Place], axis: Axis, values: Values) -> dict[Place, Family]:
    """The families along ``axis`` among ``places`` of which every value is known, by their total's place."""
    sums: dict[Place, int | None] = {}
    for place in places:
        above = axis.above(place)
        if above is not None:
            part, so_far = values(place), sums.get(above, 0)
            sums[above] = None if part is None or so_far is None else so_far + part
    found = {}
    for place in places:
        if place[axis.at] in axis.parts:
            total, parts = values(place), sums.get(place, 0)
            if total is not None and parts is not None:
                found[place] = Family(total=total, parts=parts)
    return found


def exceeds_a_total(places: Collection[Place], over: Iterable[Axis], values: Values, place: Place) -> bool | None:
    """Whether the part at ``place`` is larger than a total that it belongs to; None when nothing can be compared."""
    part, above = values(place), (axis.above(place) for axis in over)
    known = [total for a in above if a is not None and a in places and (total := values(a)) is not None]
    return any(part > total for total in known) if part is not None and known else None
