"""The primary rules, by hand: what each contributor gives to a cell, and whether the cell may be shown.

n = 3 groups or persons, p = 10 unless a row says otherwise. A cell is sensitive by p % when the second largest, who
knows the total and its own part, learns the largest to within p %: total − first − second < p/100 · first."""

import pytest

from gateway.disclosure import Parameters, protect_tables
from gateway.disclosure.rules import Dominance, MinimumContributors, MinimumPersons, PPercent, Rule
from gateway.model.cells import Cells, Status
from gateway.model.table import Contributor, Kind, Model
from tests.disclosure.microdata import dimension, figure, flat, measure, table

MINIMUM = [
    ([], False, "nobody: a zero is a zero"),
    ([5], True, "one"),
    ([5, 5], True, "two"),
    ([5, 5, 5], False, "three"),
    ([0], True, "one whose headcount is not stated: nothing to show, yet somebody is there"),
    ([0, 0, 0], False, "three of whom nothing is stated"),
    ([1000, 1, 1], False, "however unequal: that is p %'s matter"),
]

P_PERCENT = [
    ([], False, "nobody"),
    ([0, 0, 0], False, "nothing to estimate"),
    ([100], True, "the total is the part"),
    ([100, 100], True, "each knows the other"),
    ([100, 50, 10], False, "10 left: to within 10 %, not closer"),
    ([100, 50, 9], True, "9 left"),
    ([50, 9, 100], True, "in any order"),
    ([100, 50, 5, 4], True, "9 left in two parts"),
    ([100, 50, 4, 4, 2], False, "10 left in three"),
    ([10, 10, 1], False, "1 left of 10"),
    ([11, 11, 1], True, "1 left of 11"),
    ([1, 1, 1], False, "equal and small"),
    ([1, 1, 0], True, "the third gives nothing"),
    ([10**15, 10**15, 10**14], False, "exact in large numbers"),
    ([10**15, 10**15, 10**14 - 1], True, "exact in large numbers"),
]


@pytest.mark.parametrize(("parts", "sensitive", "why"), MINIMUM, ids=[why for _, _, why in MINIMUM])
def test_minimum(parts: list[int], sensitive: bool, why: str) -> None:
    cell = figure({str(i): part for i, part in enumerate(parts)}, Model.BUSINESS)
    assert MinimumContributors(minimum=3).sensitive(cell) is sensitive


@pytest.mark.parametrize(("parts", "sensitive", "why"), P_PERCENT, ids=[why for _, _, why in P_PERCENT])
def test_p_percent(parts: list[int], sensitive: bool, why: str) -> None:
    cell = figure({str(i): part for i, part in enumerate(parts)}, Model.BUSINESS)
    assert PPercent(p=10).sensitive(cell) is sensitive


@pytest.mark.parametrize(
    ("p", "parts", "sensitive"),
    [
        (0, [100], False),  # p = 0 switches the rule off
        (1, [100, 1, 1], False),
        (1, [101, 1, 1], True),
        (100, [5, 5, 5], False),
        (100, [5, 5, 4], True),
        (200, [5, 5, 5], True),
    ],
)
def test_p(p: int, parts: list[int], sensitive: bool) -> None:
    cell = figure({str(i): part for i, part in enumerate(parts)}, Model.BUSINESS)
    assert PPercent(p=p).sensitive(cell) is sensitive


PERSONS = [
    ([], False, "nobody"),
    ([1], True, "one"),
    ([1] * 9, True, "nine of ten"),
    ([1] * 10, False, "ten of ten"),
    ([50], True, "one who comes fifty times"),
]

DOMINANCE = [
    (1, 50, [], False, "nobody"),
    (1, 50, [0, 0], False, "nothing to dominate"),
    (1, 50, [50, 30, 20], False, "exactly half"),
    (1, 50, [51, 30, 20], True, "more than half"),
    (1, 50, [30, 20, 51], True, "in any order"),
    (1, 99, [100], True, "alone"),
    (1, 100, [100], False, "100 % is never exceeded"),
    (2, 85, [45, 40, 15], False, "exactly 85 %"),
    (2, 85, [46, 40, 15], True, "more than 85 %"),
    (2, 85, [100], True, "the second gives nothing"),
    (2, 85, [425 * 10**11, 425 * 10**11, 15 * 10**12], False, "exact in large numbers"),
    (2, 85, [425 * 10**11 + 1, 425 * 10**11, 15 * 10**12], True, "exact in large numbers"),
]

LEVELS: list[tuple[Rule, list[int], tuple[int, int], str]] = [
    (MinimumContributors(minimum=3), [5, 5], (1, 1), "not known exactly"),
    (MinimumContributors(minimum=3), [1], (1, 1), "zero is far enough"),
    (MinimumContributors(minimum=3), [0], (1, 0), "never below zero"),
    (MinimumPersons(minimum=10), [1], (9, 0), "a hidden one is known to be somebody"),
    (MinimumPersons(minimum=10), [1] * 4, (6, 3), "from 1 to 10"),
    (MinimumPersons(minimum=10), [1] * 9, (1, 8), "from 1 to 10"),
    (PPercent(p=15), [100], (15, 15), "nothing else is left"),
    (PPercent(p=15), [100, 50], (15, 15), "the second is no help"),
    (PPercent(p=15), [100, 50, 5, 4], (6, 6), "9 of 15 are there already"),
    (PPercent(p=15), [100, 50, 14], (1, 1), "one is missing"),
    (PPercent(p=15), [10, 5], (2, 2), "1.5 is rounded up"),
    (PPercent(p=100), [7, 7, 6], (1, 1), "all of the largest"),
    (PPercent(p=100), [7], (7, 7), "down to zero"),
    (Dominance(n=1, k=50), [60, 40], (20, 20), "60 is half of 120"),
    (Dominance(n=1, k=50), [60], (60, 60), "down to zero"),
    (Dominance(n=2, k=85), [60, 40], (18, 18), "100 is 85 % of 117.6"),
    (Dominance(n=2, k=85), [51, 34, 14], (1, 1), "85 is 85 % of 100"),
    (Dominance(n=1, k=10), [60, 40], (500, 100), "never below zero"),
]


@pytest.mark.parametrize(("parts", "sensitive", "why"), PERSONS, ids=[why for _, _, why in PERSONS])
def test_minimum_of_persons(parts: list[int], sensitive: bool, why: str) -> None:
    cell = figure({str(i): part for i, part in enumerate(parts)}, Model.PERSONS)
    assert MinimumPersons(minimum=10).sensitive(cell) is sensitive


@pytest.mark.parametrize(("n", "k", "parts", "sensitive", "why"), DOMINANCE)
def test_dominance(n: int, k: int, parts: list[int], sensitive: bool, why: str) -> None:
    cell = figure({str(i): part for i, part in enumerate(parts)}, Model.BUSINESS)
    assert Dominance(n=n, k=k).sensitive(cell) is sensitive


@pytest.mark.parametrize(("rule", "parts", "levels", "why"), LEVELS)
def test_protection_levels(rule: Rule, parts: list[int], levels: tuple[int, int], why: str) -> None:
    """How far up and down a sensitive cell must be able to move."""
    model = Model.PERSONS if isinstance(rule, MinimumPersons) else Model.BUSINESS
    cell = figure({str(i): part for i, part in enumerate(parts)}, model)
    assert rule.sensitive(cell)
    assert rule.protection(cell) == levels


def status(parts: list[int], contributor: Contributor, kind: Kind, parameters: Parameters) -> Status:
    """What the door says of a table of one cell and its total."""
    model = Model.PERSONS if contributor is Contributor.WORKER else Model.BUSINESS
    spec = table("t", [dimension("a")], [measure("m", kind, contributor)])
    cell = figure({str(i): part for i, part in enumerate(parts)}, model)
    cells = Cells(spec=spec, figures={"m": {("Total",): cell, ("a1",): cell}})
    statuses = protect_tables([cells], {"a": flat("a", ["a1"])}, parameters, {}).tables[0].status["m"]
    assert len(set(statuses.values())) == 1, "the total is the cell"
    return statuses["a1",]


RULES = Parameters(minimum_persons=5, minimum_groups=3, p_percent=10)


@pytest.mark.parametrize("parts", [row[0] for row in MINIMUM + P_PERCENT if row[0]])
def test_the_door_applies_both_rules_to_employers(parts: list[int]) -> None:
    largest, *_ = ranked = sorted(parts, reverse=True)
    expected = len(parts) < 3 or (largest > 0 and sum(ranked[2:]) * 10 < largest)
    found = status(parts, Contributor.EMPLOYER, Kind.SUM, RULES)
    assert found is (Status.PRIMARY if expected else Status.PUBLISHED)


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.DISTINCT, Kind.SUM])
@pytest.mark.parametrize(("persons", "expected"), [(1, Status.PRIMARY), (4, Status.PRIMARY), (5, Status.PUBLISHED)])
def test_persons_have_a_minimum_of_their_own(kind: Kind, persons: int, expected: Status) -> None:
    assert status([1] * persons, Contributor.WORKER, kind, RULES) is expected


def test_p_percent_never_applies_to_persons() -> None:
    assert status([10_000, 1, 1, 1, 1], Contributor.WORKER, Kind.COUNT, RULES) is Status.PUBLISHED
