"""The month's verifier beside an attacker who tries everything: what that attacker narrows is never called protected.

Tiny months with any pattern of withheld cells, good or bad: the sensitive ones and some more, zeros too. For every
sensitive number, every width that its rule demands, an outsider and every contributor who knows its own parts."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from gateway.disclosure import Parameters, Protection
from gateway.model.cells import ZERO, Place, Protected, PublishedTable, Status
from gateway.model.table import Contributor, Kind, TableSpec
from gateway.statistics import publish
from tests.disclosure.microdata import Record, dimension, flat, measure, table
from tests.disclosure.siege import Siege
from tests.verifier.enumerated import Cell, Enumerated, Joint, verdict
from tests.verifier.months import csvs, failed, material_of, verified

LISTS = {"a": flat("a", ["a1", "a2", "a3"]), "b": flat("b", ["b1", "b2"])}
A, B = dimension("a"), dimension("b")
N, X = measure("n"), measure("x", Kind.SUM)
VISITS = measure("visits", contributor=Contributor.WORKER)
PERSONS = measure("seekers", Kind.DISTINCT, Contributor.WORKER, repeats=("a", "b"))
RULES = Parameters(minimum_persons=3, minimum_groups=3, p_percent=25)
GROUPED = replace(RULES, group_disclosure=True)
EMPLOYERS = [[table("t", [A, B], [N])], [table("t", [A, B], [N, X]), table("u", [A], [N])]]
ALONE = PERSONS.model_copy(update={"repeats": ("a",)})
WORKERS = [[table("t", [A, B], [VISITS])], [table("t", [A], [ALONE])], [table("t", [A, B], [PERSONS])]]


class Pattern(Siege):
    """A release with any pattern. ``hidden``: by population the cells that are withheld, sensitive or not."""

    hidden: dict[str, set[Cell]]

    @property
    def protection(self) -> Protection:  # type: ignore[override]
        return Protection(tables=tuple(map(self._protected, self.specs)), certificate={})

    @property
    def published(self) -> list[PublishedTable]:  # type: ignore[override]
        statuses = self.protection.tables
        return [publish(one, own, self.lists, {}, None) for one, own in zip(self.cells, statuses, strict=True)]

    def _protected(self, spec: TableSpec) -> Protected:
        figures = next(one for one in self.cells if one.spec is spec).figures
        found: dict[str, dict[Place, Status]] = {}
        for one in spec.measures:
            hidden, own = self.hidden[one.population], found.setdefault(one.name, {})
            for place in places(spec, self.lists):
                there = place in figures[one.name]
                if there and self._primary(spec, one.population, place):
                    own[place] = Status.PRIMARY
                elif there or cell_of(spec, place) in hidden:
                    own[place] = Status.SECONDARY if cell_of(spec, place) in hidden else Status.PUBLISHED
        return Protected(spec=spec, status=found)

    def _primary(self, spec: TableSpec, population: str, place: Place) -> bool:
        cell = cell_of(spec, place)
        return any(
            self.sensitive(at, one, there)
            for at, one, there in self.each()
            if one.population == population and cell_of(self.specs[at], there) == cell
        )


def places(spec: TableSpec, lists: Any) -> list[Place]:
    return list(product(*([node.code for node in lists[d.hierarchy].nodes] for d in spec.dimensions)))


def cell_of(spec: TableSpec, place: Sequence[str]) -> Cell:
    return frozenset((d.name, code) for d, code in zip(spec.dimensions, place, strict=True) if code != "Total")


def pattern(specs: list[TableSpec], records: list[Record], rules: Parameters, seed: int, share: float) -> Pattern:
    """Withholds what is sensitive and a ``share`` of the rest; of zeros the finest, where persons are counted."""
    found, chance = Pattern(specs, records, LISTS, rules), random.Random(seed)
    hidden: dict[str, set[Cell]] = {}
    for one in found.cells:
        for m in one.spec.measures:
            mine = hidden.setdefault(m.population, set())
            for place in places(one.spec, LISTS):
                there = one.figures[m.name].get(place, ZERO) != ZERO
                fits = there or (m.contributor is Contributor.WORKER and "Total" not in place)
                if fits and chance.random() < share:
                    mine.add(cell_of(one.spec, place))
    object.__setattr__(found, "hidden", hidden)
    return found


def enumerated(one: Pattern) -> list[Enumerated]:
    """One attacker for each count of each population."""
    found: dict[tuple[str, str], Enumerated] = {}
    for spec, cells in zip(one.specs, one.cells, strict=True):
        for m in spec.measures:
            there = {cell_of(spec, place) for place in cells.figures[m.name]}
            shown = {cell_of(spec, place) for place in places(spec, LISTS)}
            zeros = frozenset((one.hidden[m.population] & shown) - there)
            found.setdefault((m.population, m.counted), Enumerated(one, m, zeros, one.specs))
    return list(found.values())


def jointly(one: Pattern) -> list[Joint]:
    """One attacker for each count of a whole and a part, the first two measures of the first table in each count.
    Nobody is told anything of the rest, so nobody knows where it is empty."""
    alone = {(one.measure.population, one.measure.counted): one for one in enumerated(one)}
    found = []
    for cells in one.rests:
        for m in cells.spec.measures:
            whole, part = (
                alone[other.population, other.counted] for other in one.specs[0].measures if other.counted == m.counted
            )
            everywhere = {cell_of(cells.spec, place) for place in places(cells.spec, LISTS)}
            there = {cell_of(cells.spec, place) for place in cells.figures[m.name]}
            rest = Enumerated(one, m, frozenset(everywhere - there), [cells.spec], shown=False)
            found.append(Joint(whole, part, rest))
    return found


def compared(one: Pattern) -> tuple[set[str], set[str]]:
    """What the attacker and the verifier find."""
    found = set(failed(verified(material_of(one), csvs(one))))
    assert found <= {"exact", "outsider", "insider", "group"}, found
    return verdict(enumerated(one), one.parameters.insiders), found


ROWS = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from(["a1", "a1", "a2", "a3"]), st.sampled_from(["b1", "b2"]), st.integers(1, 9)
    ),
    min_size=2,
    max_size=14,
)
SHARE = st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0])
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def employers(drawn: Any) -> list[Record]:
    return [Record(group=f"g{who}", codes={"a": a, "b": b}, amount=amount) for who, a, b, amount in drawn]


def workers(drawn: Any) -> list[Record]:
    return [Record(worker=f"w{who}", codes={"a": a, "b": b}) for who, a, b, _ in drawn]


def same(mine: set[str], theirs: set[str]) -> None:
    """Everything that the attacker narrows is found, and nothing else."""
    event(f"attacker: {sorted(mine)}")
    assert ("group" in mine) == ("group" in theirs)
    assert ("outsider" in mine) == bool({"exact", "outsider"} & theirs)
    if "outsider" not in mine:
        assert ("insider" in mine) == ("insider" in theirs)


@SETTINGS
@given(specs=st.sampled_from(EMPLOYERS), drawn=ROWS, share=SHARE, seed=st.integers(0, 99))
def test_employers(specs: list[TableSpec], drawn: Any, share: float, seed: int) -> None:
    same(*compared(pattern(specs, employers(drawn), RULES, seed, share)))


@example(
    specs=WORKERS[2],
    drawn=[(0, "a1", "b1", 1), (0, "a1", "b2", 1), (1, "a2", "b2", 1), (2, "a2", "b1", 1)],
    share=0.0,
    seed=0,
    grouped=True,
)  # who is alone in a figure knows it, though all of it is in one part
@SETTINGS
@given(specs=st.sampled_from(WORKERS), drawn=ROWS, share=SHARE, seed=st.integers(0, 99), grouped=st.booleans())
def test_persons(specs: list[TableSpec], drawn: Any, share: float, seed: int, grouped: bool) -> None:
    same(*compared(pattern(specs, workers(drawn), GROUPED if grouped else RULES, seed, share)))


PARTS = {
    "employers": [table("t", [A], [N, measure("part", where={"s": "y"})])],
    "visits": [table("t", [A], [VISITS, VISITS.model_copy(update={"name": "part", "where": {"s": "y"}})])],
    "persons": [table("t", [A], [ALONE, ALONE.model_copy(update={"name": "part", "where": {"s": "y"}})])],
}


@example(
    kind="visits", drawn=[(0, "a2", "b1", 1), (1, "a1", "b1", 2)], share=0.5, seed=1, grouped=True
)  # worker 1 knows where worker 0 is
@SETTINGS
@given(kind=st.sampled_from(sorted(PARTS)), drawn=ROWS, share=SHARE, seed=st.integers(0, 99), grouped=st.booleans())
def test_a_whole_a_part_and_what_is_left(kind: str, drawn: Any, share: float, seed: int, grouped: bool) -> None:
    """What is narrowed by whoever takes the three together is not called protected. The other way round it may be: the
    verifier takes an attacker to know where a rest is empty, unless the whole is a withheld zero there."""
    rows = employers(drawn) if kind == "employers" else workers(drawn)
    rows = [
        replace(row, codes={**row.codes, "s": "ny"[amount % 2]}) for row, (*_, amount) in zip(rows, drawn, strict=True)
    ]
    one = pattern(PARTS[kind], rows, GROUPED if grouped else RULES, seed, share)
    found = set(failed(verified(material_of(one), csvs(one))))
    assert found <= {"exact", "outsider", "insider", "group"}, found
    mine = verdict(jointly(one))
    event(f"attacker: {sorted(mine)}, verifier: {sorted(found)}")
    if mine & {"outsider", "insider"}:
        assert found & {"exact", "outsider", "insider"}
    if "group" in mine:
        assert "group" in found
