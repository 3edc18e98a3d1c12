"""Populations that contain one another: the difference of two published figures is a figure as well.

Matched applications are among the applications: 12 − 11 tells of one that was not. Where a measure counts part of what
another counts, the rest is a population of its own. It is counted from the rows like any other, with its contributors,
never shown, and its cells are sensitive by the same rules. Whole, part and rest are one linear system: of rows and
amounts whole = part + rest; of distinct contributors, who can be in both, part ≤ whole ≤ part + rest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.base.canonical import digest_of
from gateway.base.errors import IntegrityError
from gateway.disclosure.system import Equation, Population
from gateway.model.cells import Key
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Dimension, Kind, Measure, TableSpec, Without

IN = ":in"
"""What is added to a cell's name where several populations are one system (no dimension's name has a colon)."""
Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Joint:
    """Populations that are one system; ``members``: what is added to the cells' names of each of them."""

    population: Population
    members: Mapping[str, frozenset[Pair]]


@dataclass(frozen=True, kw_only=True)
class _Nest:
    """A whole, one of its parts, and the table that counts the rest."""

    whole: Measure
    part: Measure
    rest: TableSpec

    @property
    def counted(self) -> Measure:
        """The measure of the rest."""
        return self.rest.measures[0]


def rests(specs: Sequence[TableSpec], hierarchies: Mapping[str, Hierarchy]) -> tuple[TableSpec, ...]:
    """The tables that count what is left of each whole without each of its parts, as far as both are broken down."""
    return tuple({nest.rest.name: nest.rest for nest in _nests(specs, hierarchies)}.values())


def nested(
    populations: Sequence[Population], specs: Sequence[TableSpec], hierarchies: Mapping[str, Hierarchy]
) -> list[Joint]:
    """The populations, those that contain one another as one system with their rests.

    ``populations``: those of ``specs`` and of their ``rests``. Raises IntegrityError when a rest was not counted, or
    does not fit its whole and its part."""
    by_name = {population.name: population for population in populations}
    nests = _nests(specs, hierarchies)
    together = _Together(list(by_name))
    equations: dict[str, list[Equation]] = {}
    for nest in nests:
        three = (nest.whole.population, nest.part.population, nest.counted.population)
        if not all(name in by_name for name in three):
            raise _misfit(three[0])
        together.join(three)
        equations.setdefault(three[0], []).extend(_equations(nest, by_name, hierarchies))
    joints = []
    for names in together.groups():
        if len(names) == 1:
            joints.append(Joint(population=by_name[names[0]], members={names[0]: frozenset()}))
            continue
        tags = {name: frozenset({(IN, name)}) for name in names}
        tied = [equation for name in names for equation in equations.get(name, ())]
        joints.append(Joint(population=_merged([by_name[n] for n in names], tags, tied), members=tags))
    return joints


def _nests(specs: Sequence[TableSpec], hierarchies: Mapping[str, Hierarchy]) -> list[_Nest]:
    found = []
    every = [(spec, measure) for spec in specs if spec.rounding is None for measure in spec.measures]
    for large, whole in every:
        for small, part in every:
            same = (whole.feed, whole.counted, whole.contributor) == (part.feed, part.counted, part.contributor)
            if same and whole.population != part.population and contains(whole, part):
                found.append(_Nest(whole=whole, part=part, rest=_rest(large, whole, small, part, hierarchies)))
    return found


def contains(whole: Measure, part: Measure) -> bool:
    """Whether every row of ``part`` is a row of ``whole``, both of one feed; what is left out is not looked at."""
    conditions = whole.where.items() <= part.where.items()
    return conditions and whole.followed_by in (None, part.followed_by)


def _rest(
    large: TableSpec, whole: Measure, small: TableSpec, part: Measure, hierarchies: Mapping[str, Hierarchy]
) -> TableSpec:
    """The declaration of the rest, which no table shows."""
    dimensions = _common(large, small, hierarchies)
    follows = part.followed_by if whole.followed_by is None else None
    names = {dimension.name for dimension in dimensions}
    measure = whole.model_copy(
        update={
            "without": Without(where=dict(part.where.items() - whole.where.items()), followed_by=follows),
            "repeats": tuple(name for name in whole.repeats if name in names),
        }
    )
    document = [measure.population, measure.counted, [d.model_dump(mode="json") for d in dimensions]]
    made = {"name": f"rest_{digest_of(document)[:12]}", "dimensions": dimensions, "measures": (measure,), "derived": ()}
    return large.model_copy(update=made)


def _common(large: TableSpec, small: TableSpec, hierarchies: Mapping[str, Hierarchy]) -> tuple[Dimension, ...]:
    """As far as both tables are broken down; the top alone where they have nothing in common."""
    theirs = {dimension.name: set(dimension.levels) for dimension in small.dimensions}
    found = []
    for dimension in large.dimensions:
        levels = tuple(level for level in dimension.levels if level in theirs.get(dimension.name, ()))
        if levels and hierarchies[dimension.hierarchy].top.level == levels[0]:
            found.append(dimension.model_copy(update={"levels": levels}))
    first = large.dimensions[0]
    top = first.model_copy(update={"levels": (hierarchies[first.hierarchy].top.level,)})
    return tuple(found) or (top,)


def _equations(
    nest: _Nest, by_name: Mapping[str, Population], hierarchies: Mapping[str, Hierarchy]
) -> Iterator[Equation]:
    """Whole, part and rest of each cell that all three speak of, now and in each earlier release."""
    three = [by_name[measure.population] for measure in (nest.whole, nest.part, nest.counted)]
    kind = nest.whole.counted
    releases = [frozenset(one.then) for one in three]
    for release in [None, *sorted(frozenset.intersection(*releases))]:
        keys = dict.fromkeys([*three[0].figures, *(three[0].then[release] if release else ())])
        for key in [key for key in keys if _spoken_of(key, nest.rest, hierarchies)]:
            named = [(one, one.then[release].get(key, key) if release else key) for one in three]
            there = [(one, name) for one, name in named if kind in one.figures.get(name, {})]
            if there and there[0][0] is three[0] and (len(there) > 1 or release is None):
                yield from _equation(nest, kind, there, now=release is None)


def _equation(nest: _Nest, kind: str, there: Sequence[tuple[Population, Key]], *, now: bool) -> Iterator[Equation]:
    whole, *parts = (one.figures[name][kind].value for one, name in there)
    persons = nest.whole.kind is Kind.DISTINCT
    if max(parts, default=0) <= whole <= sum(parts) if persons else whole == sum(parts):
        parent, *children = (name | {(IN, one.name)} for one, name in there)
        only = persons and len(children) > 1
        yield Equation(parent=parent, children=tuple(children), real=not only, bound=only, kind=kind)
    elif now:
        raise _misfit(there[0][0].name)


def _spoken_of(key: Key, rest: TableSpec, hierarchies: Mapping[str, Hierarchy]) -> bool:
    shown = {dimension.name: dimension for dimension in rest.dimensions}
    return all(
        name in shown and hierarchies[shown[name].hierarchy][code].level in shown[name].levels for name, code in key
    )


def _merged(members: Sequence[Population], tags: Mapping[str, frozenset[Pair]], tied: Sequence[Equation]) -> Population:
    """One population of all. Beside earlier figures a rest is let off like what came and went: they may tell it."""
    apart = [_tagged(member, tags[member.name]) for member in members]
    parts: dict[str, dict[Key, Mapping[int, int]]] = {}
    for one in apart:
        for kind, cells in one.parts.items():
            parts.setdefault(kind, {}).update(cells)
    fixed = _union(one.fixed for one in apart)
    return replace(
        members[0],
        figures={key: figures for one in apart for key, figures in one.figures.items()},
        equations=(*(equation for one in apart for equation in one.equations), *tied),
        parts=parts,
        fixed=fixed,
        held=_union(one.held for one in apart),
        asked=frozenset() if fixed else _union(one.asked for one in apart),
        exempt=_union(one.exempt for one in apart),
        grouped=_union(one.grouped for one in apart),
        then={},
    )


def _union(sets: Iterable[frozenset[Key]]) -> frozenset[Key]:
    return frozenset(key for one in sets for key in one)


def _tagged(one: Population, tag: frozenset[Pair]) -> Population:
    return replace(
        one,
        figures={key | tag: figures for key, figures in one.figures.items()},
        equations=tuple(
            replace(equation, parent=equation.parent | tag, children=tuple(child | tag for child in equation.children))
            for equation in one.equations
        ),
        parts={kind: {key | tag: who for key, who in cells.items()} for kind, cells in one.parts.items()},
        fixed=frozenset(key | tag for key in one.fixed),
        held=frozenset(key | tag for key in one.held),
        asked=frozenset(key | tag for key in one.asked),
        exempt=frozenset(key | tag for key in one.exempt),
        grouped=frozenset(key | tag for key in one.grouped),
    )


class _Together:
    """Which populations are one system."""

    def __init__(self, names: Sequence[str]) -> None:
        self._of = {name: [name] for name in names}

    def join(self, names: Sequence[str]) -> None:
        """Makes one group of theirs."""
        joined = list(dict.fromkeys(member for name in names for member in self._of[name]))
        for member in joined:
            self._of[member] = joined

    def groups(self) -> list[list[str]]:
        """Each group, in the order of its first member."""
        order = list(self._of)
        found = {id(group): sorted(group, key=order.index) for group in self._of.values()}
        return list(found.values())


def _misfit(name: str) -> IntegrityError:
    return IntegrityError(
        f"{name}：整体、部分与其余不相符",
        f"{name}: whole, part and rest do not fit together",
        safe=("没有生成任何表", "no table was made"),
    )
