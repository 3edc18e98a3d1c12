"""Months without a total are attacked one by one; what is found of all of them is what is found of each."""

import random

import pytest

from tests.protection_tables import Case, naive, passed, protected

SHOWN = ((1,), (0, 1), (0, 1))


def month(number: int, seed: int) -> Case:
    draw = random.Random(100 * seed + number)
    rows = [
        (f"g{draw.randrange(9)}", ((f"m{number}",), (f"r{r}",), (f"c{c}",)), draw.choice([1, 5, 20, 90, 400]))
        for r in range(3)
        for c in range(3)
        for _ in range(draw.choice([0, 1, 3, 5]))
    ]
    return Case(rows=rows or [("g0", (("m0",), ("r0",), ("c0",)), 5)], shown=SHOWN)


@pytest.mark.parametrize("seed", range(8))
def test_all_months_together_are_as_each_alone(seed: int) -> None:
    months = [month(number, seed) for number in range(3)]
    hidden = [naive(case, 0.5, seed) for case in months]
    reports = [protected(case, own).verified() for case, own in zip(months, hidden, strict=True)]
    files = protected(Case(rows=[row for case in months for row in case.rows], shown=SHOWN), set().union(*hidden))
    together = files.verified()
    for test in ("exact", "outsider", "insider_second", "insider"):
        for found in ("broken", "unknown"):
            alone = {key for report in reports for key in getattr(report, found)[test]}
            assert set(getattr(together, found)[test]) == alone
    assert together.secret is not None
    again = files.rechecked(together.secret, together.public)
    assert passed(again)["results"]
    assert again.valid is together.valid
