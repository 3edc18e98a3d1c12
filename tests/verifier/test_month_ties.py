"""Where several employer groups share the largest part of a figure, or the second largest, each of them attacks.

Beside the attacker who tries everything: what one of them narrows is never called protected, nor certified."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.model.table import TableSpec
from gateway.verifier.month import recheck_month
from gateway.verifier.month.certificate import public_of
from gateway.verifier.month.material import canonical
from gateway.verifier.public import ASSUMED, ASSUMED_BEFORE
from tests.disclosure.microdata import Record, table
from tests.disclosure.siege import Siege
from tests.verifier.months import csvs, material_of, verified
from tests.verifier.test_month_oracle import (
    LISTS,
    RULES,
    SETTINGS,
    SHARE,
    A,
    N,
    Pattern,
    X,
    compared,
    employers,
    pattern,
    same,
)

HALVES = {"a1": dict.fromkeys("AB", 50), "a2": {"A": 30}, "a3": dict.fromkeys("CDEFGH", 40)}
"""A and B have half each of one place, and A is alone in another."""
THIRDS = {**HALVES, "a1": dict.fromkeys("ABC", 50)}
BEHIND = {**HALVES, "a1": {"A": 5, "B": 5, "C": 90}}
RECORDS = {
    name: [Record(group=who, codes={"a": a}, amount=part) for a, own in held.items() for who, part in own.items()]
    for name, held in {"two largest": HALVES, "three largest": THIRDS, "two second": BEHIND}.items()
}
SPEC = table("t", [A], [X])


def bare(name: str, insiders: Any = "any") -> Pattern:
    """Only what is sensitive is withheld, a1 and a2. Outsiders see what the two are together. A knows one of them, and
    so the sum of the others' parts in the other one."""
    return pattern([SPEC], RECORDS[name], replace(RULES, minimum_groups=4, insiders=insiders), 0, 0.0)


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("insiders", ["any", "second"])
def test_who_shares_a_part_with_others_attacks_like_them(name: str, insiders: Any) -> None:
    assert compared(bare(name, insiders)) == ({"insider"}, {"insider"})


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("insiders", ["any", "second"])
@pytest.mark.parametrize("assumed", [ASSUMED, ASSUMED_BEFORE])
def test_what_the_suppressor_makes_of_it_is_certified_and_holds(name: str, insiders: Any, assumed: str) -> None:
    one = Siege([SPEC], RECORDS[name], LISTS, replace(RULES, minimum_groups=4, insiders=insiders))
    report = verified(made := material_of(one), files := csvs(one))
    assert report.valid
    document = json.loads(report.secret or b"")
    assert document["assumed"] == json.loads(report.public or b"")["assumed"] == ASSUMED
    document["assumed"] = assumed
    secret = canonical(document)
    assert recheck_month(secret, canonical(made), files, public_of(secret, document)).valid


@pytest.mark.parametrize("assumed", [ASSUMED, ASSUMED_BEFORE])
def test_a_certificate_that_left_one_of_them_out_does_not_hold(assumed: str) -> None:
    """Checked again by today's rule, whatever the certificate assumed; the reason says which it was."""
    one = bare("two largest")
    report = verified(made := material_of(one), files := csvs(one))
    document = json.loads(report.secret or b"")
    honest = recheck_month(report.secret or b"", canonical(made), files, report.public or b"")
    assert [check.name for check in honest.checks if not check.passed] == ["insider"]
    document["assumed"] = assumed
    document["results"]["insider"] = True
    document["sheets"][0]["unproved"]["insider"] = []
    secret = canonical(document)
    again = recheck_month(secret, canonical(made), files, public_of(secret, document))
    (problem,) = [check for check in again.checks if not check.passed]
    assert problem.name == "results"
    assert ("share the largest part" in problem.en) == (assumed == ASSUMED_BEFORE)


TIED = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["a1", "a2"]), st.just("b1"), st.sampled_from([4, 8])),
    min_size=2,
    max_size=5,
)
"""Of few groups and few amounts, so that several often have the largest part of a figure, or the second largest."""
CROWD = [(who, "a3", "b1", 8) for who in range(3, 9)]
"""With whom the total may be published."""


@example(
    specs=[table("t", [A], [X])],
    drawn=[(0, "a1", "b1", 8), (1, "a1", "b1", 8), (0, "a2", "b1", 4)],
    share=0.0,
    seed=0,
    insiders="any",
)  # the total of both withheld places is shown, and the first group is alone in one of them
@settings(SETTINGS, max_examples=120)
@given(
    specs=st.sampled_from([[table("t", [A], [X])], [table("t", [A], [N, X])]]),
    drawn=TIED,
    share=SHARE,
    seed=st.integers(0, 99),
    insiders=st.sampled_from(["any", "second"]),
)
def test_employers_who_share_the_largest_part(
    specs: list[TableSpec], drawn: Any, share: float, seed: int, insiders: Any
) -> None:
    rules = replace(RULES, insiders=insiders)
    same(*compared(pattern(specs, employers([*drawn, *CROWD]), rules, seed, share)))
