"""The linear system of one population: its cells over all tables, and the equations that tie them.

A cell is named by its codes below the top, so the same cell in two tables is one cell with one status (DESIGN,
decision 2). An equation says that a parent equals the sum of its children along one dimension of one table.

Multi-valued dimensions have no such equation, only part ≤ total ≤ Σ parts. Until bounds are audited (the full engine),
their families enter as if they added up: a pattern that leaves every sensitive cell undetermined under more equations
than the attacker has leaves it undetermined under those that he has, and no cell stands alone against its total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from gateway.disclosure.rules import Insiders
from gateway.model.cells import Cells, Figure, Key, Parts, Place, key_of
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Measure, Model

Row = Sequence[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Equation:
    """``parent`` = Σ ``children``; empty cells, known to be zero, are left out. ``real``: it holds; otherwise it is the
    family of a multi-valued dimension, entered as if it did, unless it is no more than a ``bound``: each part ≤ total ≤
    Σ parts. ``kind``: the only kind of measure of which it is so."""

    parent: Key
    children: tuple[Key, ...]
    real: bool = True
    bound: bool = False
    kind: str | None = None

    @property
    def cells(self) -> tuple[Key, ...]:
        """Parent and children."""
        return (self.parent, *self.children)


@dataclass(frozen=True, kw_only=True)
class Population:
    """All that is published of the same rows and contributors."""

    name: str
    model: Model
    figures: Mapping[Key, Mapping[str, Figure]]
    equations: tuple[Equation, ...]
    parts: Mapping[str, Mapping[Key, Mapping[int, int]]] = field(default_factory=dict)
    """Of each kind of measure, who has how much of the inner cells (``model.cells.Parts``)."""
    insiders: Insiders = "any"
    fixed: frozenset[Key] = frozenset()
    """Cells that were published before: they can't be withheld any more."""
    held: frozenset[Key] = frozenset()
    """Cells that are not published, whatever this release does."""
    asked: frozenset[Key] = frozenset()
    """Of those that are held the ones that are this release's own: what is left of a whole without a part."""
    grouped: frozenset[Key] = frozenset()
    """Those who are in a figure and not in the one part that holds everybody: nobody, and that may not be known."""
    exempt: frozenset[Key] = frozenset()
    """Cells that no rule protects: what stayed as it was between two releases."""
    then: Mapping[str, Mapping[Key, Key]] = field(default_factory=dict)
    """By earlier release the names of its cells that have changed since."""

    def of(self, kind: str) -> list[Equation]:
        """The equations that hold for a kind of measure."""
        return [equation for equation in self.equations if equation.kind in (None, kind)]

    @property
    def kinds(self) -> list[str]:
        """The kinds of measures that the equations differ by; one that stands for all where they don't."""
        return sorted({equation.kind for equation in self.equations if equation.kind is not None}) or [""]

    @cached_property
    def names(self) -> list[Key]:
        """The cells of all equations, each once."""
        return list(dict.fromkeys(key for equation in self.equations for key in equation.cells))

    @cached_property
    def rows(self) -> Mapping[str, Sequence[Row]]:
        """For each kind of measure its equations as rows whose sum is 0: (number in ``names``, factor)."""
        number = {key: at for at, key in enumerate(self.names)}
        return {
            kind: [
                ((number[equation.parent], 1), *((number[child], -1) for child in equation.children))
                for equation in self.of(kind)
            ]
            for kind in self.kinds
        }

    @cached_property
    def exact(self) -> "Population":
        """The same without equations that are no more than bounds."""
        return replace(self, equations=tuple(equation for equation in self.equations if not equation.bound))

    @cached_property
    def real(self) -> "Population":
        """The same with only the equations that hold."""
        return replace(self, equations=tuple(equation for equation in self.equations if equation.real))


def populations(
    tables: Sequence[Cells], hierarchies: Mapping[str, Hierarchy], parts: Parts, insiders: Insiders = "any"
) -> list[Population]:
    """The populations of all tables together, in the order of their first appearance."""
    members: dict[str, list[tuple[Cells, Measure]]] = {}
    for cells in tables:
        for measure in cells.spec.measures:
            members.setdefault(measure.population, []).append((cells, measure))
    found = (_population(name, used, hierarchies) for name, used in members.items())
    return [replace(one, parts=parts.get(one.name, {}), insiders=insiders) for one in found]


def _population(name: str, used: Sequence[tuple[Cells, Measure]], hierarchies: Mapping[str, Hierarchy]) -> Population:
    figures: dict[Key, dict[str, Figure]] = {}
    equations: dict[Equation, None] = {}
    for cells, measure in used:
        for place, figure in cells.figures[measure.name].items():
            figures.setdefault(key_of(cells.spec, place, hierarchies), {})[measure.counted] = figure
        equations.update(dict.fromkeys(_equations(cells, measure, hierarchies)))
    return Population(name=name, model=used[0][1].model, figures=figures, equations=tuple(equations))


def _equations(cells: Cells, measure: Measure, hierarchies: Mapping[str, Hierarchy]) -> list[Equation]:
    spec = cells.spec
    families: dict[tuple[int, Place], list[Place]] = {}
    for place in sorted(cells.figures[measure.name]):
        for at, dimension in enumerate(spec.dimensions):
            above = hierarchies[dimension.hierarchy].up(place[at], dimension.levels)
            if above is not None:
                families.setdefault((at, (*place[:at], above, *place[at + 1 :])), []).append(place)
    return [
        Equation(
            parent=key_of(spec, parent, hierarchies),
            children=tuple(key_of(spec, child, hierarchies) for child in children),
            real=spec.additive(measure, spec.dimensions[at]),
        )
        for (at, parent), children in families.items()
    ]
