"""No solution is told apart from none found: only the first says that figures do not add up."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from gateway.disclosure import NoWorldError, UnsolvedError, integers, world_of
from tests.disclosure.test_imported import ROWS, TREE, published

FITS = {("Total",): 9, ("A",): None, ("a1",): None, ("a2",): None, ("B",): None, ("b1",): None, ("b2",): None}


def solved(total: float, *, low: float = 0.0, high: float = 9.0) -> Any:
    """Two whole numbers between the bounds whose double sum is ``total``."""
    ones = np.ones(2)
    matrix = csr_array(np.full((1, 2), 2.0))
    return integers.solve(matrix, ones, low * ones, high * ones, np.array([total]), np.array([total]))


def test_what_can_not_be_is_no_solution() -> None:
    assert solved(6) is not None
    assert solved(40) is None  # more than the columns' bounds allow
    assert solved(3) is None  # whole numbers have no odd double


def split() -> Any:
    """A market split: whole numbers 0 or 1 that halve several sums at once; no simplification settles it."""
    matrix = csr_array(np.random.default_rng(1).integers(0, 100, (4, 30)).astype(float))
    half = np.floor(matrix.sum(axis=1) / 2)
    return integers.solve(matrix, np.ones(30), np.zeros(30), np.ones(30), half, half)


@pytest.mark.parametrize(("name", "least", "timed"), [("_SECONDS", 0.0, True), ("_NODES", 1, False)])
def test_what_ran_out_of_its_limits_is_no_answer(
    name: str, least: float, timed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integers, name, least)
    with pytest.raises(UnsolvedError) as caught:
        split()
    assert caught.value.timed is timed


def test_sums_that_come_out_wrong_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integers, "_CLOSE", -1.0)
    with pytest.raises(UnsolvedError):
        solved(6)
    with pytest.raises(UnsolvedError):
        world_of([published(ROWS[0], FITS)], [], TREE)


def test_figures_that_do_not_add_up_are_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integers, "_CLOSE", -1.0)
    with pytest.raises(NoWorldError):
        world_of([published(ROWS[0], FITS | {("a1",): 10})], [], TREE)
