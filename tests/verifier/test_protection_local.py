"""Small changes in a cell's neighbourhood: where they are sought, what they are, when there is none beyond doubt."""

import random
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from gateway.verifier.protection import search, verify
from gateway.verifier.protection.attackers import bounds, members
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.flows import scaled
from gateway.verifier.protection.local import locally, narrowed
from gateway.verifier.protection.material import Material, Sources
from gateway.verifier.protection.nearby import Nearby
from tests.protection_tables import Case, Files, grid, naive, passed, protected

MANY = [50, 40, 30, 20]
SQUARE = {("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")}


def rows(*sets: list[int], width: int) -> Any:
    return sparse.csr_array(np.array([[int(i in one) for i in range(width)] for one in sets], dtype=np.int64))


def test_the_smallest_equations_are_followed_first() -> None:
    equations = rows([0, 1, 2, 3], [0, 4], [4, 5], [5, 6], width=8)
    nearby = Nearby(equations, np.zeros(8, dtype=bool))
    assert nearby.region([0], 2).tolist() == [0, 4]
    assert nearby.region([0], 3).tolist() in ([0, 4, 5], [0, 1, 2, 3, 4])
    assert nearby.region([4], 2).tolist() == [0, 4]  # of another cell, and of this one asked again
    assert nearby.region([0], 2).tolist() == [0, 4]
    assert nearby.region([0], 8).tolist() == list(range(8))


def test_what_is_fixed_is_not_in_a_neighbourhood() -> None:
    fixed = np.array([False, True, False, False])
    assert Nearby(rows([0, 1], [1, 2], [0, 3], width=4), fixed).region([0, 1], 2).tolist() == [0, 3]


def moved(need: float, most: list[float]) -> Any:
    """A square: 0 1 / 2 3, rows and columns published."""
    nearby = Nearby(rows([0, 1], [2, 3], [0, 2], [1, 3], width=4), np.zeros(4, dtype=bool))
    found = nearby.smallest(np.arange(4), [0], need, -np.array(most), np.full(4, np.inf))
    return found if not found else dict(zip(found[0].tolist(), found[1].tolist(), strict=True))


@pytest.mark.parametrize(
    ("need", "most", "steps"),
    [
        (5.0, [9, 9, 9, 9], {0: 5.0, 1: -5.0, 2: -5.0, 3: 5.0}),
        (-5.0, [9, 0, 0, 9], {0: -5.0, 1: 5.0, 2: 5.0, 3: -5.0}),
        (5.0, [9, 4, 9, 9], False),
        (-5.0, [9, 9, 9, 4], False),
    ],
)
def test_the_smallest_change_of_a_square(need: float, most: list[float], steps: Any) -> None:
    assert moved(need, most) == steps


def test_a_change_outside_the_neighbourhood_is_not_found() -> None:
    nearby = Nearby(rows([0, 1], [2, 3], [0, 2], [1, 3], width=4), np.zeros(4, dtype=bool))
    assert nearby.smallest(np.array([0, 1]), [0], 1.0, -np.ones(4), np.ones(4)) is False
    assert nearby.smallest(np.array([1, 2]), [0], 1.0, -np.ones(4), np.ones(4)) is False


def test_how_far_an_inner_cell_may_change_against_several_attackers() -> None:
    """As said, one inner cell and one attacker after the other."""
    rng = random.Random(7)
    for _ in range(50):
        groups, inner = rng.randrange(1, 20), rng.randrange(1, 12)
        held = [[rng.choice((0, 0, rng.randrange(1, 9))) for _ in range(groups)] for _ in range(inner)]
        value, fixed = np.array([sum(row) for row in held]), np.array([rng.random() < 0.2 for _ in range(inner)])
        knower = [row.index(max(row)) if sum(map(bool, row)) == 1 else -1 for row in held]
        own = sparse.csr_array(np.array(held, dtype=np.int64))
        cells: Any = SimpleNamespace(names=list(range(groups)), own=own, knower=np.array(knower))
        attackers = [who for who in range(groups + 1) if rng.random() < 0.3]
        low, high = bounds(members(attackers), cells, fixed, value)
        for place, row in enumerate(held):
            still = fixed[place] or knower[place] in attackers
            most = max((row[who] for who in attackers if who < groups), default=0)
            assert (low[place], high[place]) == ((0, 0) if still else (most - value[place], np.inf))


def covered(files: Files) -> Coverage:
    sources = Sources(
        declaration=files.declaration, contributors=files.microdata, cells=files.cells, published=files.published
    )
    material = Material(sources)
    material.check_cells()
    return Coverage(material.cells, material.demands, material.system(), "second")


def test_one_change_taken_more_times_and_back_proves_several_cells() -> None:
    """A change by 1 around the square is taken as often as each of two sensitive cells needs, both ways."""
    coverage = covered(protected(grid([[[60, 50], MANY], [MANY, [80, 70]]]), SQUARE))
    places = np.arange(4)
    worlds = coverage.fitting(scaled(coverage, [(places, np.array([1.0, -1.0, -1.0, 1.0]))]))
    assert sorted(worlds.matrix(4).toarray()[:, 0].tolist()) == [-12, -9, 9, 12]
    coverage.take(worlds)
    assert not coverage.open_for(0, coverage.outsider)
    assert not coverage.open_for(1, coverage.outsider)


def test_neighbourhoods_alone_prove_a_square() -> None:
    coverage = covered(protected(grid([[[60, 50], MANY], [MANY, [80, 70]]]), SQUARE))
    nearby = Nearby(coverage.system.rows, coverage.system.fixed)
    locally(coverage, nearby, coverage.outsider, lambda _, left: left)
    assert not coverage.open_for(0, coverage.outsider)
    locally(coverage, nearby, coverage.outsider - 1, lambda _, left: left)
    assert coverage.pairs(coverage.outsider - 1) == 0


def tight(partner: int, percent: str = "15") -> Case:
    """One group's 1000 may have to move by 150; its row's and column's partners can fall to 1, no further."""
    parts = [partner - 2 * (partner // 3), partner // 3, partner // 3]
    many = [900, 800, 700]
    case = grid([[[1000], parts, many], [parts, many, many], [many, many, many]])
    return Case(rows=case.rows, percent=percent, insiders="second")


@pytest.mark.parametrize(
    ("partner", "percent", "safe"),
    [(151, "15", True), (150, "15", False), (152, "15", True), (152, "15.05", True), (151, "15.05", False)],
)
def test_what_is_just_enough_is_enough(partner: int, percent: str, safe: bool) -> None:
    report = protected(tight(partner, percent), SQUARE).verified()
    assert passed(report)["outsider"] == safe
    assert report.broken["outsider"] == (() if safe else (("r0", "c0"),))


def test_only_what_falls_short_beyond_doubt_is_called_narrowed() -> None:
    for partner, short in ((150, True), (151, False)):
        coverage = covered(protected(tight(partner), SQUARE))
        nearby = Nearby(coverage.system.rows, coverage.system.fixed)
        cell = coverage.cells.keys.index(("r0", "c0"))
        assert narrowed(coverage, nearby, cell, coverage.outsider) == short


def test_what_was_not_asked_is_not_called_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[verify.__module__], "CONFIRMATIONS", 0)
    report = protected(tight(149), SQUARE).verified()
    assert report.broken["outsider"] == ()
    assert report.unknown["outsider"] == (("r0", "c0"),)
    assert not report.valid
    assert {check.name: check.en for check in report.checks}["outsider"] == "of 1 it is not known"


@pytest.mark.parametrize("seed", range(12))
def test_many_at_once_find_what_one_by_one_finds(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    draw = random.Random(seed)
    values = [[[draw.randint(1, 90) for _ in range(draw.randint(1, 5))] for _ in range(4)] for _ in range(4)]
    case = grid(values)
    files = protected(case, naive(case, 0.5, seed))
    alone = files.verified()
    monkeypatch.setattr(search, "_FEW", 1)
    together = files.verified()
    assert together.broken == alone.broken
    assert together.unknown == alone.unknown
    assert together.secret is not None
    assert passed(files.rechecked(together.secret, together.public))["results"]
