"""Empty cells of the month: declared (structural) zeros, and those that are withheld against group disclosure.

A published zero is known to everybody, and a cell that is not listed is a zero. Where everybody of a figure of persons
is in one of its parts, whoever is known to be among them is known to be in it; no withheld count hides that. A withheld
zero does: a part that looks as if somebody could be in it (``rules.GroupDisclosure``). So a person who is not there is
thought of, in a finest cell beside the part: every cell of every table in which that person would stand becomes part of
the system, as a zero that can be withheld. Zeros that nobody could have expected to be anything else are declared
(``structural_zeros``) and hide nothing; neither do zeros that an earlier release of the month told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from gateway.base.errors import InputError
from gateway.disclosure.earlier import Earlier
from gateway.disclosure.nested import contains
from gateway.disclosure.rules import GroupDisclosure
from gateway.disclosure.system import Equation, Population
from gateway.model.cells import ZERO, Cells, Figure, Key, Place, key_of, place_of
from gateway.model.hierarchy import REST, Hierarchy
from gateway.model.table import Measure, Model, TableSpec

BESIDE = ":beside"
"""What is added to the name of a figure for those of it who are not in the one part (no dimension has a colon)."""
_OTHERS, _CELLS = 3, 2
"""In so many other categories of so many finest cells somebody is thought of, for each figure."""
Lists = Mapping[str, Hierarchy]
Codes = Mapping[str, str]
"""A code a dimension."""


@dataclass(frozen=True, kw_only=True)
class Empty:
    """Tables with the zeros that may be withheld, and by population what group disclosure asks for.

    ``families``: (figure, the one part that holds everybody, kind of measure). ``told``: zeros that an earlier release
    published; ``kept``: those that one withheld."""

    tables: list[Cells]
    beside: list[Cells]
    families: Mapping[str, Sequence[tuple[Key, Key, str]]] = field(default_factory=dict)
    told: Mapping[str, frozenset[Key]] = field(default_factory=dict)
    kept: Mapping[str, frozenset[Key]] = field(default_factory=dict)

    def asked_of(self, population: Population) -> Population:
        """The population with a sensitive cell for each family: who is in the figure and not in its one part."""
        figures, equations, grouped = dict(population.figures), list(population.equations), set()
        for whole, part, kind in self.families.get(population.name, ()):
            name = whole | {(BESIDE, repr(sorted(part)))}
            figures[name] = {**figures.get(name, {}), kind: ZERO}
            equations.append(Equation(parent=whole, children=(part, name), kind=kind))
            grouped.add(name)
        told = self.told.get(population.name, frozenset()) & figures.keys()
        return replace(
            population,
            figures=figures,
            equations=tuple(equations),
            grouped=frozenset(grouped),
            held=population.held | grouped | (self.kept.get(population.name, frozenset()) & figures.keys() - told),
            asked=population.asked | grouped,
            fixed=population.fixed | told,
        )


def check_structural(tables: Sequence[Cells], hierarchies: Lists) -> None:
    """Raises InputError where a figure lies within a declared zero; counts, no codes."""
    for cells in tables:
        zeros = cells.spec.structural_zeros
        places = {place for figures in cells.figures.values() for place in figures} if zeros else ()
        wrong = sum(_within(_codes(cells.spec, place), zeros, cells.spec, hierarchies) for place in places)
        if wrong:
            raise InputError(
                f"表 {cells.spec.name}：{wrong} 个单元格声明为结构零，却有记录",
                f"table {cells.spec.name}: {wrong} cells are declared structural zeros and have records",
                safe=("没有生成任何表", "no table was made"),
                next=("修改 structural_zeros 或数据", "correct structural_zeros or the data"),
            )


def with_zeros(
    tables: Sequence[Cells], beside: Sequence[Cells], hierarchies: Lists, earlier: Sequence[Earlier]
) -> Empty:
    """The tables (and those ``beside`` them, which are not published) with zeros that may be withheld."""
    families: dict[str, list[tuple[Key, Key, str]]] = {}
    figures = {id(cells): {name: dict(one) for name, one in cells.figures.items()} for cells in (*tables, *beside)}
    for key, population in _withheld_before(earlier, hierarchies):
        for one in (*tables, *beside):
            place = place_of(one.spec, key, hierarchies)
            for measure in one.spec.measures:
                if place is not None and measure.population == population:
                    figures[id(one)][measure.name].setdefault(place, ZERO)
    for cells in tables:
        for measure in cells.spec.measures:
            if measure.model is not Model.PERSONS:
                continue
            for whole, part, at, others in _one_category(cells, measure, hierarchies):
                keys = (key_of(cells.spec, place, hierarchies) for place in (whole, part))
                families.setdefault(measure.population, []).append((*keys, measure.counted))  # type: ignore[arg-type]
                for person in _thought_of(tables, cells, measure, part, at, others, hierarchies):
                    for one in (*tables, *beside):
                        _stand(one, figures[id(one)], measure, person, hierarchies)
    made = [[replace(one, figures=figures[id(one)]) for one in group] for group in (tables, beside)]
    told, kept = _past(earlier, made[0], hierarchies)
    return Empty(
        tables=made[0],
        beside=made[1],
        families={name: list(dict.fromkeys(found)) for name, found in families.items()},
        told=told,
        kept=kept,
    )


def _one_category(cells: Cells, measure: Measure, hierarchies: Lists) -> Iterator[tuple[Place, Place, int, list[str]]]:
    """Figures of which one part along a dimension holds everybody, with the codes in which somebody could have been."""
    spec, figures = cells.spec, cells.figures[measure.name]
    for place in sorted(figures):
        for at, dimension in enumerate(spec.dimensions):
            tree = hierarchies[dimension.hierarchy]
            above = tree.up(place[at], dimension.levels)
            whole = (*place[:at], above, *place[at + 1 :]) if above is not None else None
            if whole is None or figures.get(whole, ZERO).value != figures[place].value:
                continue
            codes = [n.code for n in tree.at(dimension.levels) if tree.up(n.code, dimension.levels) == above]
            others = [code for code in codes if code != place[at] and _could_be(spec, whole, at, code, hierarchies)]
            if GroupDisclosure.sensitive(1, len(others)):
                yield whole, place, at, others


def _could_be(spec: TableSpec, whole: Place, at: int, code: str, hierarchies: Lists) -> bool:
    place = (*whole[:at], code, *whole[at + 1 :])
    return not _within(_codes(spec, place), spec.structural_zeros, spec, hierarchies)


def _thought_of(
    tables: Sequence[Cells],
    cells: Cells,
    measure: Measure,
    part: Place,
    at: int,
    others: Sequence[str],
    hierarchies: Lists,
) -> Iterator[Codes]:
    """Persons who are not there: each as the codes of a finest cell, beside the part; the likeliest places first."""
    spec, figures = cells.spec, cells.figures[measure.name]
    axis = spec.dimensions[at]
    alone = {code: figures.get(_margin(spec, at, code, hierarchies), ZERO).value for code in others}
    finest = [
        place for place in figures if _finest(spec, place, hierarchies) and _below(spec, place, part, hierarchies)
    ]
    finest.sort(key=lambda place: (-figures[place].value, place))
    usual = _usual(tables, measure, hierarchies)
    for other in sorted(others, key=lambda code: (-alone[code], code))[:_OTHERS]:
        for place in finest[:_CELLS]:
            codes = {
                **usual,
                **_codes(spec, place),
                axis.name: _lowest(other, usual, axis.name, hierarchies[axis.hierarchy]),
            }
            if not any(_within(codes, one.spec.structural_zeros, one.spec, hierarchies) for one in tables):
                yield codes


def _usual(tables: Sequence[Cells], measure: Measure, hierarchies: Lists) -> dict[str, str]:
    """For each dimension of the population's tables its likeliest code of the finest level that any of them shows."""
    most: dict[str, tuple[int, int, str]] = {}
    for cells in tables:
        for one in cells.spec.measures:
            if one.population != measure.population:
                continue
            for at, dimension in enumerate(cells.spec.dimensions):
                tree = hierarchies[dimension.hierarchy]
                for node in tree.at(dimension.levels[-1:]):
                    found = cells.figures[one.name].get(_margin(cells.spec, at, node.code, hierarchies), ZERO)
                    how = (tree.levels.index(node.level), found.value, node.code)
                    most[dimension.name] = max(most.get(dimension.name, how), how)
    return {name: code.removesuffix(REST) for name, (_, _, code) in most.items()}


def _lowest(code: str, usual: Codes, name: str, tree: Hierarchy) -> str:
    """A code of the level of the usual one, at or below ``code``; ``code`` itself where there is none."""
    level = tree[usual[name]].level
    below = [node.code for node in tree.at([level]) if tree.ancestor(node.code, tree[code].level) == code]
    return (below[0] if below else code).removesuffix(REST)


def _stand(
    cells: Cells, figures: dict[str, dict[Place, Figure]], measure: Measure, person: Codes, hierarchies: Lists
) -> None:
    """Makes a zero of every empty cell in which a person of this measure's rows would stand."""
    spec = cells.spec
    for one in spec.measures:
        left_out = one.without is not None and contains(one.model_copy(update=_part_of(one)), measure)
        if one.feed != measure.feed or one.contributor is not measure.contributor or left_out:
            continue
        if contains(one, measure):
            trees = [hierarchies[d.hierarchy] for d in spec.dimensions]
            codes = [
                t.shown(person.get(d.name, t.top.code), d.levels) for d, t in zip(spec.dimensions, trees, strict=True)
            ]
            for place in product(*codes):
                figures[one.name].setdefault(place, ZERO)


def _part_of(rest: Measure) -> dict[str, object]:
    """What makes the part of a rest, which is left out of it."""
    if rest.without is None:
        return {}
    follows = rest.followed_by or rest.without.followed_by
    return {"where": {**rest.where, **rest.without.where}, "followed_by": follows, "without": None}


def _past(
    earlier: Sequence[Earlier], made: Sequence[Cells], hierarchies: Lists
) -> tuple[dict[str, frozenset[Key]], dict[str, frozenset[Key]]]:
    """Of the zeros those that an earlier release told, and those that one withheld."""
    told: dict[str, frozenset[Key]] = {}
    kept: dict[str, frozenset[Key]] = {}
    zeros = _zeros(made, hierarchies)
    for one in earlier:
        hidden: dict[str, set[Key]] = {}
        for key, population in _withheld_before([one], hierarchies):
            hidden.setdefault(population, set()).add(key)
        for cells in one.cells:
            for population in {m.population for m in cells.spec.measures if m.without is None}:
                keys, mine = zeros.get(population, set()), hidden.get(population, set())
                spoken = {key for key in keys if place_of(cells.spec, key, hierarchies) is not None}
                kept[population] = kept.get(population, frozenset()) | (keys & mine)
                told[population] = told.get(population, frozenset()) | (spoken - mine)
    return told, kept


def _withheld_before(earlier: Sequence[Earlier], hierarchies: Lists) -> Iterator[tuple[Key, str]]:
    """The zeros that earlier releases withheld, with their populations."""
    for one in earlier:
        for cells in one.cells:
            for m in cells.spec.measures:
                for place in sorted(one.zeros.get(cells.spec.name, {}).get(m.name, ())):
                    yield key_of(cells.spec, place, hierarchies), m.population


def _zeros(tables: Iterable[Cells], hierarchies: Lists) -> dict[str, set[Key]]:
    found: dict[str, set[Key]] = {}
    for cells in tables:
        for m in cells.spec.measures:
            keys = {key_of(cells.spec, p, hierarchies) for p, f in cells.figures[m.name].items() if f == ZERO}
            found.setdefault(m.population, set()).update(keys)
    return found


def _codes(spec: TableSpec, place: Place) -> dict[str, str]:
    return {dimension.name: code for dimension, code in zip(spec.dimensions, place, strict=True)}


def _within(codes: Codes, zeros: Iterable[Codes], spec: TableSpec, hierarchies: Lists) -> bool:
    """Whether nothing can be there: it is part of a declared zero."""
    trees = {dimension.name: hierarchies[dimension.hierarchy] for dimension in spec.dimensions}
    return any(
        all(name in codes and _at_or_below(codes[name], code, trees[name]) for name, code in zero.items())
        for zero in zeros
    )


def _at_or_below(code: str, above: str, tree: Hierarchy) -> bool:
    return above in tree and tree.ancestor(code, tree[above].level) == above


def _margin(spec: TableSpec, at: int, code: str, hierarchies: Lists) -> Place:
    tops = tuple(hierarchies[d.hierarchy].top.code for d in spec.dimensions)
    return (*tops[:at], code, *tops[at + 1 :])


def _finest(spec: TableSpec, place: Place, hierarchies: Lists) -> bool:
    """Whether nothing that the table shows is below a place."""
    return not any(
        hierarchies[d.hierarchy].up(node.code, d.levels) == code
        for d, code in zip(spec.dimensions, place, strict=True)
        for node in hierarchies[d.hierarchy].at(d.levels)
    )


def _below(spec: TableSpec, place: Place, part: Place, hierarchies: Lists) -> bool:
    return all(
        _at_or_below(code, above, hierarchies[d.hierarchy])
        for d, code, above in zip(spec.dimensions, place, part, strict=True)
    )
