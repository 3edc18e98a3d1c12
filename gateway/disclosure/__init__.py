"""Disclosure control: which cells are withheld so that no person and no employer can be found in what is published.

Primary rules at the level of persons and employer groups; one linear system per population over all tables of a
release; secondary suppression that an exact linear test proves closed, and linear programmes prove wide enough: every
sensitive cell keeps the interval that its rule demands. ``protect`` does the same for one contributor-level table,
against contributor groups as insiders too, and together with everything released before; ``page`` shows the stewards
what that did, ``risk`` what it was good for. ``round_table`` rounds counts of persons instead of withholding them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.base.errors import DisclosureError
from gateway.disclosure import exchange, retention
from gateway.disclosure.declaration import Declaration
from gateway.disclosure.declared import check_declared
from gateway.disclosure.exact import determined
from gateway.disclosure.exchange import Exchange
from gateway.disclosure.microdata import Microdata
from gateway.disclosure.nested import nested
from gateway.disclosure.page import page
from gateway.disclosure.protect import ProtectedTable, audit, protect
from gateway.disclosure.risk import Risk, risk
from gateway.disclosure.rounding import RoundedTable, round_table
from gateway.disclosure.rules import Parameters
from gateway.disclosure.suppress import exposed, suppress
from gateway.disclosure.system import Population, populations
from gateway.model.cells import Cells, Key, Mark, Parts, Place, Protected, PublishedTable, Status, key_of
from gateway.model.hierarchy import Hierarchy

__all__ = [
    "Declaration",
    "Exchange",
    "Microdata",
    "Parameters",
    "ProtectedTable",
    "Protection",
    "Risk",
    "RoundedTable",
    "audit",
    "check_declared",
    "check_published",
    "exchange",
    "page",
    "protect",
    "protect_tables",
    "retention",
    "risk",
    "round_table",
]

_INSIDERS = {
    "any": "the same for every contributor but the one that a cell protects, who knows all its own parts",
    "second": "the same for the second largest employer group of each primary cell, and for every person",
}


@dataclass(frozen=True, kw_only=True)
class Protection:
    """The tables' statuses and the secret certificate: counts, parameters and tests."""

    tables: tuple[Protected, ...]
    certificate: dict[str, Any]


def protect_tables(
    tables: Sequence[Cells], hierarchies: Mapping[str, Hierarchy], parameters: Parameters, parts: Parts
) -> Protection:
    """Statuses for all tables of a release together. Raises DisclosureError when a population can't be protected.

    ``parts``: who has how much of the inner cells, so that contributors can't find each other out from inside."""
    check_declared([cells.spec for cells in tables])
    statuses: dict[str, dict[Key, Status]] = {}
    counts: dict[str, dict[str, int]] = {}
    for population in nested(populations(tables, hierarchies, parts, parameters.insiders), tables, parameters):
        status = suppress(population, parameters.rules(population.model))
        statuses[population.name] = status
        counts[population.name] = _count(population, status)
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
        "not_tested": ["release history"],
    }
    return Protection(tables=protected, certificate=certificate)


def check_published(
    tables: Sequence[Cells],
    protection: Protection,
    published: Sequence[PublishedTable],
    hierarchies: Mapping[str, Hierarchy],
) -> None:
    """Looks again, from the tables as they will leave: what is withheld there is withheld in every table where the
    same cell stands, and the figures that are left determine no primary cell. Raises DisclosureError."""
    for population in populations(tables, hierarchies, {}):
        withheld, shown, primary = _as_published(population, tables, protection, published, hierarchies)
        rules = Parameters(**protection.certificate["rules"]).rules(population.model)
        real = population.real
        known = determined(real.equations, withheld)
        if withheld & shown or primary & shown or known & primary or exposed(real, rules, withheld):
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
