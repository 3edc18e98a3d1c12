"""What a month's release leaves in the history when the figures behind it are destroyed at the end of their retention.

The equations: which inner cells each published figure is the sum of, and the figure; and of each sensitive cell the
interval in which an outsider could know it from what was published up to this release. No contributor's value, and no
withheld cell's (``retention`` keeps the same of ``gateway protect``)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gateway.disclosure.cells import Grid
from gateway.disclosure.intervals import grid_of
from gateway.disclosure.month import Before, Protection, as_published, completed, jointly
from gateway.disclosure.retention import intervals
from gateway.disclosure.rules import Parameters
from gateway.disclosure.system import Equation, Population
from gateway.model.cells import Cells, Figure, Key, Parts, PublishedTable
from gateway.model.hierarchy import Hierarchy


def kept_of_month(
    tables: Sequence[Cells],
    hierarchies: Mapping[str, Hierarchy],
    protection: Protection,
    published: Sequence[PublishedTable],
    parts: Parts,
    before: Before,
) -> list[dict[str, Any]]:
    """Equations and intervals of a release, whose values are still there: one JSON object a system of populations.
    ``members``: population → what its cells' names have more; ``measures``: measure → ``inner`` (names of inner cells),
    ``shown`` ([name, value, inner cells]), ``intervals`` ([name, least, most], most None where nothing limits it).

    ``before``: what the release was protected together with. Raises DisclosureError when the solver has no answer: then
    nothing may be destroyed."""
    parameters = Parameters(**protection.certificate["rules"])
    found = []
    empty = completed(tables, hierarchies, parameters, before)
    for joint, own in jointly(empty, hierarchies, parameters, parts, before):
        population = joint.population
        mine = {key | joint.members[name] for name, keys in own.items() for key in keys}
        withheld, _, primary = as_published(joint, empty.tables, protection, published, hierarchies)
        withheld |= population.figures.keys() - mine - population.fixed
        kinds = sorted({kind for figures in population.figures.values() for kind in figures})
        found.append(
            {
                "members": {name: _name(more) for name, more in sorted(joint.members.items())},
                "measures": {kind: _kept(population, kind, mine, primary, withheld) for kind in kinds},
            }
        )
    return found


def _kept(population: Population, kind: str, own: set[Key], primary: set[Key], withheld: set[Key]) -> dict[str, Any]:
    values = {key: figures[kind] for key, figures in population.figures.items() if kind in figures}
    held = tuple(equation for equation in population.equations if not equation.real or _holds(equation, values))
    names, grid = grid_of(replace(population, equations=held), kind, values, (), primary)
    hidden = np.array([name in withheld for name in names])
    sensitive = [at for at, name in enumerate(names) if name in primary]
    ends = intervals(grid, hidden, sensitive)
    return {
        "inner": [_name(name) for name in names[: grid.inner]],
        "shown": [
            [_name(name), values[name].value, _reach(grid, at)]
            for at, name in enumerate(names)
            if not hidden[at] and name in own
        ],
        "intervals": [[_name(names[at]), *two] for at, two in zip(sensitive, ends, strict=True)],
    }


def _holds(equation: Equation, values: Mapping[Key, Figure]) -> bool:
    """Whether it is so of this measure: of measures over the same contributors one may add up where another does not,
    and what does not is no equation to be kept."""
    if not all(key in values for key in equation.cells):
        return True  # says nothing of this measure
    return values[equation.parent].value == sum(values[child].value for child in equation.children)


def _reach(grid: Grid, cell: int) -> list[int]:
    return [int(at) for at in grid.reach(cell)]


def _name(key: Key) -> list[list[str]]:
    return [list(pair) for pair in sorted(key)]
