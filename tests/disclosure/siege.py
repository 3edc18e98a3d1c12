"""One release under attack: from records through the door to the published tables, and what the attacker gets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.disclosure import Before, Parameters, Protection, check_published, protect_tables, rests
from gateway.model.cells import Cells, Mark, Parts, Place, PublishedTable, Status
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Dimension, Measure, Model, TableSpec
from gateway.statistics import publish
from tests.disclosure.attacker import Attack, Number, attack, number
from tests.disclosure.intervals import Finding, report
from tests.disclosure.microdata import Record, cells, figure, holdings, parts

RULES = Parameters(minimum_persons=3, minimum_groups=3, p_percent=10)
Edges = Mapping[str, Mapping[str, tuple[int | None, int | None]]]


@dataclass(frozen=True)
class Siege:
    """A release of ``specs`` over one feed's ``records``."""

    specs: Sequence[TableSpec]
    records: Sequence[Record]
    lists: Mapping[str, Hierarchy]
    parameters: Parameters = RULES
    edges: Any = None
    previous: Sequence[PublishedTable] = ()

    @cached_property
    def cells(self) -> list[Cells]:
        return [cells(spec, self.records, self.lists) for spec in self.specs]

    @cached_property
    def rests(self) -> list[Cells]:
        """What is left of each whole without each of its parts."""
        return [cells(spec, self.records, self.lists) for spec in rests(self.specs, self.lists)]

    @cached_property
    def before(self) -> Before:
        return Before(rests=self.rests)

    @cached_property
    def holdings(self) -> Parts:
        return holdings([*self.specs, *(one.spec for one in self.rests)], self.records, self.lists)

    @cached_property
    def protection(self) -> Protection:
        return protect_tables(self.cells, self.lists, self.parameters, self.holdings, self.before)

    @cached_property
    def published(self) -> list[PublishedTable]:
        earlier = {t.spec.name: t for t in self.previous}
        tables = [
            publish(one, status, self.lists, self.edges or {}, earlier.get(one.spec.name))
            for one, status in zip(self.cells, self.protection.tables, strict=True)
        ]
        check_published(self.cells, self.protection, tables, self.lists, self.holdings, self.before)
        return tables

    @cached_property
    def attack(self) -> Attack:
        months = [self.published, self.previous] if self.previous else [self.published]
        return attack(months, self.lists, self.edges)

    def status(self, table: int, measure: str, *place: str) -> Status:
        return self.protection.tables[table].status[measure][place]

    def each(self) -> Iterator[tuple[int, Measure, Place]]:
        """Every non-empty cell: (table, measure, place)."""
        for at, one in enumerate(self.cells):
            for measure in one.spec.measures:
                for place in one.figures[measure.name]:
                    yield at, measure, place

    def sensitive(self, at: int, measure: Measure, place: Place) -> bool:
        """By this test's own reading of the rules: any measure of the population gives a contributor away."""
        spec = self.cells[at].spec
        same = [m for m in spec.measures if m.population == measure.population]
        return any(
            gives_away(parts(spec, m, self.records, self.lists)[place], m.model, self.parameters)
            for m in same
            if place in self.cells[at].figures[m.name]
        )

    def primary(self) -> set[Number]:
        """The numbers that the door calls primary."""
        return {
            number(self.specs[at], measure, place, self.lists)
            for at, measure, place in self.each()
            if self.status(at, measure.name, *place) is Status.PRIMARY
        }

    def recovered(self) -> set[Number]:
        """The primary numbers that the attacker works out. Must be empty."""
        everything = {**self.attack.known, **self.attack.recovered}
        return {v for v in self.primary() if v in everything}

    def pinned(self, *, whole: bool = True) -> set[Number]:
        """The primary numbers for which only one value is left: not negative, a count at least 1, and ``whole``."""
        return {v for v, finding in self.report(whole=whole).items() if finding.low == finding.high}

    def report(self, *, whole: bool = True) -> dict[Number, Finding]:
        """What the attacker has on each primary number."""
        return report(self.attack, sorted(self.primary(), key=str), whole=whole)

    def withheld_sums(self) -> Iterator[tuple[int, Measure, Place, list[Place]]]:
        """Each published parent with the withheld places right below it, where the measure adds up."""
        for at, measure, place in self.each():
            if self.status(at, measure.name, *place) is not Status.PUBLISHED:
                continue
            spec = self.specs[at]
            for i, dimension in enumerate(spec.dimensions):
                if spec.additive(measure, dimension):
                    below = self._below(at, measure, place, i, dimension)
                    if below:
                        yield at, measure, place, below

    def _below(self, at: int, measure: Measure, place: Place, i: int, dimension: Dimension) -> list[Place]:
        tree = self.lists[dimension.hierarchy]
        children = [n.code for n in tree.at(dimension.levels) if tree.up(n.code, dimension.levels) == place[i]]
        places = [(*place[:i], code, *place[i + 1 :]) for code in children]
        status = self.protection.tables[at].status[measure.name]
        return [p for p in places if status.get(p, Status.PUBLISHED) is not Status.PUBLISHED]

    def too_few_together(self, at: int, measure: Measure, parent: Place, places: Sequence[Place]) -> bool:
        """Whether these cells, if the one with the most contributors holds them all, have too few. Not asked where
        they are all there is below the parent: their sum is then the parent, which is a cell of its own."""
        figures = self.cells[at].figures[measure.name]
        whole = sum(figures[place].value for place in places) == figures[parent].value
        most = max(figures[place].contributors for place in places)
        return not whole and most < _minimum(measure.model, self.parameters)

    def gives_away_together(self, at: int, measure: Measure, places: Sequence[Place]) -> bool:
        """Whether the sum of these cells is one that the rules would not let out as a cell: who is in several of them
        counts with all his parts."""
        there = parts(self.specs[at], measure, self.records, self.lists)
        together: dict[str, int] = {}
        for place in places:
            for who, amount in there[place].items():
                together[who] = together.get(who, 0) + amount
        return gives_away(together, measure.model, self.parameters)


def gives_away(there: Mapping[str, int], model: Model, parameters: Parameters) -> bool:
    """The rules, written again: too few contributors; for employers, the second learns the first to within p %."""
    if 0 < len(there) < _minimum(model, parameters):
        return True
    if model is Model.PERSONS:
        return False
    found = figure(there, model)
    rest = found.value - found.largest - found.second
    return found.largest > 0 and rest * 100 < parameters.p_percent * found.largest


def _minimum(model: Model, parameters: Parameters) -> int:
    return parameters.minimum_persons if model is Model.PERSONS else parameters.minimum_groups


def check_promises(siege: Siege) -> None:
    """Everything that the first version promises of one release."""
    shared: dict[tuple[str, frozenset[tuple[str, str]]], set[Status]] = {}
    sensitive: dict[tuple[str, frozenset[tuple[str, str]]], bool] = {}
    for at, measure, place in siege.each():
        status = siege.status(at, measure.name, *place)
        key = (measure.population, number(siege.specs[at], measure, place, siege.lists).at)
        shared.setdefault(key, set()).add(status)
        sensitive[key] = sensitive.get(key, False) or siege.sensitive(at, measure, place)
        shown = siege.published[at].rows[place][measure.name]
        withheld = status is not Status.PUBLISHED
        assert (shown.mark is Mark.WITHHELD, shown.value is None) == (withheld, withheld)
        if not withheld:
            assert shown.value == siege.cells[at].figures[measure.name][place].value
    assert all(len(found) == 1 for found in shared.values()), "one cell, two statuses"
    assert {k for k, found in shared.items() if Status.PRIMARY in found} == {
        k for k, is_so in sensitive.items() if is_so
    }
    for name, value in siege.attack.recovered.items():
        assert value == truth(siege).get(name, value), "the attacker was misled: its equations are wrong"
    assert not siege.recovered(), "primary cells recovered exactly"
    for at, measure, parent, places in siege.withheld_sums():
        assert not siege.too_few_together(at, measure, parent, places), "what is withheld adds up to too few"
        assert not siege.gives_away_together(at, measure, places), "what is withheld adds up to someone"


def truth(siege: Siege) -> dict[Number, int]:
    """The secret: every number's value."""
    return {
        number(siege.specs[at], measure, place, siege.lists): siege.cells[at].figures[measure.name][place].value
        for at, measure, place in siege.each()
    }
