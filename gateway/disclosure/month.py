"""The monthly run's protection: all tables of a release together, and together with everything published before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.base.errors import DisclosureError
from gateway.disclosure.declared import check_declared
from gateway.disclosure.earlier import Earlier, joined
from gateway.disclosure.exact import known
from gateway.disclosure.nested import nested
from gateway.disclosure.rules import Parameters
from gateway.disclosure.suppress import exposed, sensitive, suppress
from gateway.disclosure.system import Population, populations
from gateway.model.cells import Cells, Key, Mark, Parts, Place, Protected, PublishedTable, Status, key_of
from gateway.model.hierarchy import Hierarchy

_INSIDERS = {
    "any": "the same for every contributor but the one that a cell protects, who knows all its own parts",
    "second": "the same for the second largest employer group of each primary cell, and for every person",
}


@dataclass(frozen=True, kw_only=True)
class Before:
    """What a release is protected together with: earlier releases of the same month. ``beside``: the earlier releases'
    tables as this release's rows would have them; not published."""

    earlier: Sequence[Earlier] = ()
    beside: Sequence[Cells] = ()


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
) -> Protection:
    """Statuses for all tables of a release together, and together with what was published ``before``. Raises
    DisclosureError when a population can't be protected.

    ``parts``: who has how much of the inner cells, so that contributors can't find each other out from inside."""
    before = before or Before()
    check_declared([cells.spec for cells in tables])
    statuses: dict[str, dict[Key, Status]] = {}
    counts: dict[str, dict[str, int]] = {}
    together = list(_together(tables, hierarchies, parameters, parts, before))
    for population, own in together:
        status = suppress(population, parameters.rules(population.model))
        statuses[population.name] = status
        counts[population.name] = _count(population, {key: status[key] for key in own})
    protected = tuple(
        Protected(
            spec=cells.spec,
            status={
                measure.name: {
                    place: statuses[measure.population][key_of(cells.spec, place, hierarchies)]
                    for place in cells.figures[measure.name]
                }
                for measure in cells.spec.measures
            },
        )
        for cells in tables
    )
    certificate = {
        "format": "gateway-disclosure/1",
        "rules": {
            "minimum_persons": parameters.minimum_persons,
            "minimum_groups": parameters.minimum_groups,
            "p_percent": parameters.p_percent,
            "insiders": parameters.insiders,
        },
        "populations": counts,
        "exact_test": "elimination modulo 2^61-1; no primary cell determined",
        "interval_test": "a feasible world above and below every primary cell, as far away as its rule demands; "
        "what a cell can't sink, since others are known not to be empty, it can rise more",
        "insider_test": _INSIDERS[parameters.insiders],
        "history": {
            "releases": [one.release for one in before.earlier],
            "fixed": sum(len(population.fixed) for population, _ in together),
            "moved": sum(len(population.exempt) for population, _ in together),
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


def _together(
    tables: Sequence[Cells],
    hierarchies: Mapping[str, Hierarchy],
    parameters: Parameters,
    parts: Parts,
    before: Before,
) -> Iterator[tuple[Population, set[Key]]]:
    """Each population with all that was published of it, and its cells in the release's own tables."""
    own = {p.name: set(p.figures) for p in populations(tables, hierarchies, {})}
    every = populations([*tables, *before.beside], hierarchies, parts, parameters.insiders)
    mine = [replace(p, held=frozenset(p.figures.keys() - own[p.name])) for p in every if p.name in own]
    for population in joined(nested(mine, tables, parameters), before.earlier, hierarchies):
        yield population, own[population.name]


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
    for population, own in _together(tables, hierarchies, parameters, parts or {}, before or Before()):
        withheld, shown, primary = _as_published(population, tables, protection, published, hierarchies)
        rules = parameters.rules(population.model)
        withheld |= population.figures.keys() - own - population.fixed
        real = population.real
        nothing = population.figures.keys() - population.fixed  # as if this release withheld everything
        primary |= sensitive(population, rules) - own - known(real, nothing)
        open_ = set(exposed(real, rules, withheld)) - set(exposed(real, rules, nothing))
        bare = withheld & shown or primary & shown or withheld & population.fixed
        if bare or known(real, withheld) & primary or open_:
            raise DisclosureError(
                f"{population.name}:待提供的表仍可推出受保护的数字",
                f"{population.name}: the tables as they would leave still give a protected figure away",
                safe=("没有任何内容离开", "nothing has left"),
            )


def _as_published(
    population: Population,
    tables: Sequence[Cells],
    protection: Protection,
    published: Sequence[PublishedTable],
    hierarchies: Mapping[str, Hierarchy],
) -> tuple[set[Key], set[Key], set[Key]]:
    withheld: set[Key] = set()
    shown: set[Key] = set()
    primary: set[Key] = set()
    for cells, protected, table in zip(tables, protection.tables, published, strict=True):
        for measure in cells.spec.measures:
            if measure.population != population.name:
                continue
            for place in cells.figures[measure.name]:
                key = key_of(cells.spec, place, hierarchies)
                mark = _mark(table, place, measure.name)
                (shown if mark is Mark.NORMAL else withheld).add(key)
                if protected.status[measure.name][place] is Status.PRIMARY:
                    primary.add(key)
    return withheld, shown, primary


def _mark(table: PublishedTable, place: Place, measure: str) -> Mark:
    row = table.rows.get(place)
    return row[measure].mark if row is not None else Mark.NORMAL


def _count(population: Population, status: Mapping[Key, Status]) -> dict[str, int]:
    found = {kind.value: 0 for kind in Status} | {"cells": len(status), "equations": len(population.equations)}
    for kind in status.values():
        found[kind.value] += 1
    return found
