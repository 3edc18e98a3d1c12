"""Populations that contain one another: the difference of two published figures is a figure as well.

Matched applications are among the applications: 12 − 11 tells of one that was not. Where a measure counts part of what
another counts, the part's cell is sensitive wherever the rest would have too few contributors. The rest's contributors
are at most its rows, which are known; the full engine will count them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.disclosure.rules import Parameters
from gateway.disclosure.system import Population
from gateway.model.cells import Cells, Key
from gateway.model.table import Kind, Measure, Model


def nested(populations: Sequence[Population], tables: Sequence[Cells], parameters: Parameters) -> list[Population]:
    """The populations, those that are part of another with the cells that their rest makes sensitive."""
    by_name = {population.name: population for population in populations}
    forced: dict[str, set[Key]] = {}
    for whole, part in _pairs([measure for cells in tables for measure in cells.spec.measures]):
        least = parameters.minimum_persons if part.model is Model.PERSONS else parameters.minimum_groups
        kind = part.counted
        inner = by_name[part.population].figures
        for key, figures in by_name[whole.population].figures.items():
            if key in inner and kind in figures and kind in inner[key]:
                rest = figures[kind].value - inner[key][kind].value
                if 0 < rest < least:
                    forced.setdefault(part.population, set()).add(key)
    return [replace(p, forced=frozenset(forced.get(p.name, ()))) for p in populations]


def _pairs(measures: Sequence[Measure]) -> Iterator[tuple[Measure, Measure]]:
    """(whole, part) for measures of rows or persons of which one counts only some of the other's."""
    for whole in measures:
        for part in measures:
            same = (whole.feed, whole.kind, whole.contributor) == (part.feed, part.kind, part.contributor)
            if same and part.kind is not Kind.SUM and part.population != whole.population and _contains(whole, part):
                yield whole, part


def _contains(whole: Measure, part: Measure) -> bool:
    conditions = whole.where.items() <= part.where.items()
    return conditions and whole.followed_by in (None, part.followed_by)
