"""The monthly run's protection: all tables of a release together, and together with everything published before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.base.errors import DisclosureError
from gateway.disclosure.declared import check_declared
from gateway.disclosure.earlier import Earlier, joined
from gateway.disclosure.empty import Empty, check_structural, with_zeros
from gateway.disclosure.exact import known
from gateway.disclosure.nested import Joint, nested
from gateway.disclosure.rules import Parameters
from gateway.disclosure.stock import Rounded, check_rounded, rounded_tables
from gateway.disclosure.suppress import exposed, sensitive, suppress
from gateway.disclosure.system import populations
from gateway.model.cells import ZERO, Cells, Key, Mark, Parts, Place, Protected, PublishedTable, Status, key_of
from gateway.model.hierarchy import Hierarchy

_INSIDERS = {
    "any": "the same for every contributor, who knows all its own parts, but a cell's largest employer group; where "
    "several share the largest part for each of them",
    "second": "the same for the employer groups with the second largest part of each primary cell, or that share the "
    "largest, and for every person",
}


@dataclass(frozen=True, kw_only=True)
class Before:
    """What a release is protected together with: earlier releases of the same month. ``beside``: the earlier releases'
    tables as this release's rows would have them; ``rests``: what is left of a whole without a part (the tables of
    ``rests``). Neither is published."""

    earlier: Sequence[Earlier] = ()
    beside: Sequence[Cells] = ()
    rests: Sequence[Cells] = ()


@dataclass(frozen=True, kw_only=True)
class Protection:
    """The tables' statuses and the secret certificate: counts, parameters and tests."""

    tables: tuple[Protected, ...]
    certificate: dict[str, Any]


def protect_tables(
    tables: Sequence[Cells],
    hierarchies: Mapping[str, Hierarchy],
    parameters: Parameters,
    parts: Parts,
    before: "Before | None" = None,
    secret: bytes = b"",
) -> Protection:
    """Statuses for all tables of a release together, and together with what was published ``before``. Raises
    DisclosureError when a population can't be protected.

    ``parts``: who has how much of the inner cells, so that contributors can't find each other out from inside.
    ``secret``: the exchange's, from which the draws of rounded tables come."""
    before = before or Before()
    check_declared([cells.spec for cells in tables])
    check_structural(tables, hierarchies)
    rounded = rounded_tables(tables, hierarchies, secret, before.earlier)
    empty = completed(tables, hierarchies, parameters, before)
    statuses: dict[str, dict[Key, Status]] = {}
    counts: dict[str, dict[str, int]] = {}
    together = list(jointly(empty, hierarchies, parameters, parts, before))
    for joint, own in together:
        status = suppress(joint.population, parameters.rules(joint.population.model))
        for name, keys in own.items():
            statuses[name] = {key: status[key | joint.members[name]] for key in keys}
            counts[name] = _count(joint, statuses[name])
    exact = {cells.spec.name: _protected(cells, statuses, hierarchies) for cells in empty.tables}
    for cells in tables:
        if cells.spec.rounding is not None:
            counts |= {m.population: _all_shown(len(cells.figures[m.name])) for m in cells.spec.measures}
    protected = tuple(
        exact.get(cells.spec.name) or _rounded(cells, one) for cells, one in zip(tables, rounded, strict=True)
    )
    certificate = {
        "format": "gateway-disclosure/1",
        "rules": {
            "minimum_persons": parameters.minimum_persons,
            "minimum_groups": parameters.minimum_groups,
            "p_percent": parameters.p_percent,
            **({"dominance": list(parameters.dominance)} if parameters.dominance else {}),
            "insiders": parameters.insiders,
            "group_disclosure": parameters.group_disclosure,
        },
        "group_disclosure": {
            "figures": sum(len(found) for found in empty.families.values()),
            "zeros_withheld": sum(
                cells.figures[name][place] == ZERO and status is not Status.PUBLISHED
                for cells in empty.tables
                for name, marked in exact[cells.spec.name].status.items()
                for place, status in marked.items()
            ),
        },
        "rounding": {
            "tables": {cells.spec.name: cells.spec.rounding for cells in tables if cells.spec.rounding is not None},
            "test": "multiples of the base, each finest figure less than one base from the truth, totals add up, no "
            "part above its total; what they tell together is for the separate verifier",
        },
        "populations": counts,
        "exact_test": "elimination modulo 2^61-1; no primary cell determined",
        "interval_test": "a feasible world above and below every primary cell, as far away as its rule demands; "
        "what a cell can't sink, since others are known not to be empty, it can rise more",
        "insider_test": _INSIDERS[parameters.insiders],
        "nested": {
            "populations": sorted(sorted(joint.members) for joint, _ in together if len(joint.members) > 1),
            "cells": sum(len(joint.population.asked) for joint, _ in together),
            "test": "one linear system of whole, part and rest (of distinct contributors: each part at most the whole, "
            "the whole at most their sum); what is left of a whole without a part keeps its interval too",
        },
        "history": {
            "releases": [one.release for one in before.earlier if one.tied is None or one.tied],
            "fixed": sum(len(joint.population.fixed) for joint, _ in together),
            "moved": sum(len(joint.population.exempt) for joint, _ in together),
            "test": "one linear system with everything these releases published: unchanged cells are one number, "
            "changed ones what stayed, came and went; what came and what went keep their intervals too, as far as "
            "earlier figures and an insider's own part do not tell them whatever this release withholds",
        },
        "not_tested": [
            f"who came and went since {one.release}: its rows are gone, differences of figures are taken for moves"
            for one in before.earlier
            if one.moves is None
        ],
    }
    return Protection(tables=protected, certificate=certificate)


def _protected(
    cells: Cells, statuses: Mapping[str, Mapping[Key, Status]], hierarchies: Mapping[str, Hierarchy]
) -> Protected:
    """A table's statuses; of its zeros those that are withheld."""
    return Protected(
        spec=cells.spec,
        status={
            measure.name: {
                place: found
                for place, figure in cells.figures[measure.name].items()
                for found in [statuses[measure.population][key_of(cells.spec, place, hierarchies)]]
                if figure != ZERO or found is not Status.PUBLISHED
            }
            for measure in cells.spec.measures
        },
    )


def _rounded(cells: Cells, rounded: Rounded) -> Protected:
    status = {name: dict.fromkeys(figures, Status.PUBLISHED) for name, figures in cells.figures.items()}
    return Protected(spec=cells.spec, status=status, rounded=rounded)


def _all_shown(number: int) -> dict[str, int]:
    return {kind.value: 0 for kind in Status} | {Status.PUBLISHED.value: number, "cells": number, "equations": 0}


def completed(
    tables: Sequence[Cells], hierarchies: Mapping[str, Hierarchy], parameters: Parameters, before: Before
) -> Empty:
    """The tables that are not rounded, with the zeros that group disclosure may withhold where it is a rule."""
    tables = [cells for cells in tables if cells.spec.rounding is None]
    beside = [cells for cells in (*before.beside, *before.rests) if cells.spec.rounding is None]
    if not parameters.group_disclosure:
        return Empty(tables=tables, beside=beside)
    return with_zeros(tables, beside, hierarchies, before.earlier)


Own = Mapping[str, set[Key]]
"""The cells of the release's own tables, by population."""


def jointly(
    empty: Empty,
    hierarchies: Mapping[str, Hierarchy],
    parameters: Parameters,
    parts: Parts,
    before: Before,
) -> Iterator[tuple[Joint, Own]]:
    """Each system of populations with all that was published of them, and its cells in the release's own tables."""
    tables = empty.tables
    own = {p.name: set(p.figures) for p in populations(tables, hierarchies, {})}
    rests = {measure.population for cells in before.rests for measure in cells.spec.measures} - own.keys()
    every = populations([*tables, *empty.beside], hierarchies, parts, parameters.insiders)
    mine = [
        replace(
            p,
            held=frozenset(p.figures.keys() - own.get(p.name, set())),
            asked=frozenset(p.figures if p.name in rests else ()),
        )
        for p in every
        if p.name in own or p.name in rests
    ]
    specs = [cells.spec for cells in (*tables, *empty.beside) if all(m.without is None for m in cells.spec.measures)]
    mine = [empty.asked_of(population) for population in mine]
    for joint in nested(joined(mine, before.earlier, hierarchies), specs, hierarchies):
        yield joint, {name: own[name] for name in joint.members if name in own}


def check_published(
    tables: Sequence[Cells],
    protection: Protection,
    published: Sequence[PublishedTable],
    hierarchies: Mapping[str, Hierarchy],
    parts: Parts | None = None,
    before: Before | None = None,
) -> None:
    """Looks again, from the tables as they will leave: what is withheld there is withheld in every table where the
    same cell stands, and the figures that are left, with those published before, determine no primary cell. Raises
    DisclosureError."""
    parameters = Parameters(**protection.certificate["rules"])
    before = before or Before()
    _check_rounded(tables, protection, published, hierarchies)
    empty = completed(tables, hierarchies, parameters, before)
    tables = empty.tables
    for joint, own in jointly(empty, hierarchies, parameters, parts or {}, before):
        population = joint.population
        mine = {key | joint.members[name] for name, keys in own.items() for key in keys}
        withheld, shown, primary = as_published(joint, tables, protection, published, hierarchies)
        rules = parameters.rules(population.model)
        withheld |= population.figures.keys() - mine - population.fixed
        real = population.real
        nothing = population.figures.keys() - population.fixed  # as if this release withheld everything
        primary |= sensitive(population, rules) - mine - known(real, nothing)
        open_ = set(exposed(real, rules, withheld)) - set(exposed(real, rules, nothing))
        bare = withheld & shown or primary & shown or withheld & population.fixed
        if bare or known(real, withheld) & primary or open_:
            raise _given_away(population.name)


def _given_away(name: str) -> DisclosureError:
    return DisclosureError(
        f"{name}:待提供的表仍可推出受保护的数字",
        f"{name}: the tables as they would leave still give a protected figure away",
        safe=("没有任何内容离开", "nothing has left"),
    )


def _check_rounded(
    tables: Sequence[Cells],
    protection: Protection,
    published: Sequence[PublishedTable],
    hierarchies: Mapping[str, Hierarchy],
) -> None:
    """Every figure of a rounded table leaves as it was rounded, and the rounding is one."""
    for cells, protected, table in zip(tables, protection.tables, published, strict=True):
        if cells.spec.rounding is None:
            continue
        shown = {
            (name, place): value
            for name, figures in protected.rounded.items()
            for place, value in figures.items()
            if value or place in table.rows
        }
        right = all(
            row[m.name].mark is Mark.ROUNDED and row[m.name].value == shown.pop((m.name, place), 0)
            for place, row in table.rows.items()
            for m in cells.spec.measures
        )
        if shown or not right or not check_rounded(cells.spec, protected.rounded, cells, hierarchies):
            raise _given_away(cells.spec.name)


def as_published(
    joint: Joint,
    tables: Sequence[Cells],
    protection: Protection,
    published: Sequence[PublishedTable],
    hierarchies: Mapping[str, Hierarchy],
) -> tuple[set[Key], set[Key], set[Key]]:
    """A system's cells that the tables withhold, those that they show, and the primary ones among all."""
    withheld: set[Key] = set()
    shown: set[Key] = set()
    primary: set[Key] = set()
    marked = {
        protected.spec.name: (protected, table) for protected, table in zip(protection.tables, published, strict=True)
    }
    for cells in tables:
        protected, table = marked[cells.spec.name]
        for measure in cells.spec.measures:
            if measure.population not in joint.members:
                continue
            for place in cells.figures[measure.name]:
                key = key_of(cells.spec, place, hierarchies) | joint.members[measure.population]
                mark = _mark(table, place, measure.name)
                (shown if mark is Mark.NORMAL else withheld).add(key)
                if protected.status[measure.name].get(place) is Status.PRIMARY:
                    primary.add(key)
    return withheld, shown, primary


def _mark(table: PublishedTable, place: Place, measure: str) -> Mark:
    row = table.rows.get(place)
    return row[measure].mark if row is not None else Mark.NORMAL


def _count(joint: Joint, status: Mapping[Key, Status]) -> dict[str, int]:
    found = {kind.value: 0 for kind in Status}
    found |= {"cells": len(status), "equations": len(joint.population.equations)}
    for kind in status.values():
        found[kind.value] += 1
    return found
