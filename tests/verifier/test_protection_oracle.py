"""The verifier agrees with the plain audit, one cold linear programme a cell, group and side, on any small table."""

from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.disclosure.plain_audit import Audit
from gateway.verifier.protection import intervals
from gateway.verifier.protection.exact import determined
from tests.protection_tables import Case, naive, passed, protected

WAYS = [("A", "A1"), ("A", "A2"), ("B", "B1"), ("B", "B2"), ("B", "B3")]
ROW = st.tuples(
    st.sampled_from(["g1", "g2", "g3", "g4", "g5", "g6"]),
    st.tuples(st.sampled_from(WAYS), st.sampled_from([("x",), ("y",), ("z",)])),
    st.integers(0, 60),
)
DEEP = st.tuples(
    st.sampled_from(["g1", "g2", "g3", "g4"]),
    st.tuples(st.sampled_from(WAYS), st.sampled_from([("x",), ("y",)]), st.sampled_from([("u",), ("v",)])),
    st.integers(1, 60),
)
PERSON = st.tuples(
    st.sampled_from([f"p{n}" for n in range(40)]),
    st.tuples(st.sampled_from(WAYS[:3]), st.sampled_from([("x",), ("y",)])),
    st.just(1),
)
RULES = st.sampled_from([(1, 60), (2, 70), (1, 30), (2, 35), (2, 90)])
SHOWN = st.sampled_from([((0, 2), (0, 1)), ((0, 1), (0, 1)), ((1, 2), (1,)), ((1,), (0,)), ((2,), (0, 1))])
CASES = st.one_of(
    st.builds(Case, rows=st.lists(ROW, min_size=3, max_size=40), percent=st.sampled_from(["15", "12.5", "40"])),
    st.builds(Case, rows=st.lists(ROW, min_size=3, max_size=40), dominance=RULES, insiders=st.just("second")),
    st.builds(Case, rows=st.lists(ROW, min_size=3, max_size=40), dominance=RULES, shown=SHOWN),
    st.builds(Case, rows=st.lists(DEEP, min_size=3, max_size=40), minimum=st.sampled_from([2, 3, 5])),
    st.builds(
        Case,
        rows=st.lists(PERSON, min_size=3, max_size=40, unique_by=lambda row: row[0]),
        model=st.just("persons"),
        minimum=st.sampled_from([3, 5]),
    ),
).filter(lambda case: any(value for _, _, value in case.rows))


@settings(max_examples=40, deadline=None)
@given(case=CASES, extra=st.sampled_from([0.0, 0.3, 0.6, 0.9]), seed=st.integers(0, 9))
def test_the_same_cells_are_broken(case: Case, extra: float, seed: int) -> None:
    table = case.table()
    hidden = naive(case, extra, seed)
    report = protected(case, hidden).verified()
    audit = Audit(table, set(table.parts) - hidden)
    sensitive = [key for key in sorted(table.parts) if table.sensitive(key)]
    outsider = {key for key in sensitive if not table.enough(key, *audit.interval(key))}
    assert set(report.broken["outsider"]) == outsider
    assert not any(report.unknown.values())
    assert passed(report)["outsider"] == (not outsider)
    second = {key for key in sensitive if not audit.insiders(key, all_groups=False)}
    if case.insiders == "second":
        assert set(report.broken["insider_second"]) == second
        assert "insider" not in passed(report)
    else:
        assert second <= set(report.broken["insider"])
        assert set(report.broken["insider"]) == {key for key in sensitive if not audit.insiders(key, all_groups=True)}


@settings(max_examples=40, deadline=None)
@given(case=CASES, extra=st.sampled_from([0.0, 0.3, 0.6]), seed=st.integers(0, 9))
def test_a_certificate_stands_up_to_its_own_recheck(case: Case, extra: float, seed: int) -> None:
    files = protected(case, naive(case, extra, seed))
    report = files.verified()
    assert report.secret is not None
    again = files.rechecked(report.secret, report.public)
    assert passed(again)["results"]
    assert again.insiders == report.insiders == case.insiders
    for test, keys in report.broken.items():
        assert {*again.broken[test], *again.unknown[test]} == {*keys, *report.unknown[test]}
    assert again.broken["exact"] == report.broken["exact"]


@settings(max_examples=40, deadline=None)
@given(case=CASES, extra=st.sampled_from([0.2, 0.5, 0.8]), seed=st.integers(0, 9))
def test_anyone_computes_the_same_intervals(case: Case, extra: float, seed: int) -> None:
    table, hidden = case.table(), naive(case, extra, seed)
    assume(all((name,) in map(tuple, table.parts.values()) for name in table.inner))  # an unlisted cell is known to us
    files = protected(case, hidden)
    audit = Audit(table, set(table.parts) - hidden)
    found = {one.key: one for one in intervals(files.published, files.declaration)}
    assert set(found) == hidden
    for key, one in found.items():
        least, most = audit.interval(key)
        assert abs(one.least - least) < 1e-4
        assert (one.most is None) == (most == np.inf)
        assert one.most is None or abs(one.most - most) < 1e-4


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.sets(st.integers(0, 7), min_size=1), max_size=9),
    cells=st.lists(st.sets(st.integers(0, 7), min_size=1), min_size=1, max_size=9),
)
def test_elimination_finds_exactly_what_is_determined(rows: list[set[int]], cells: list[set[int]]) -> None:
    from scipy import sparse

    def matrix(sets: list[set[int]]) -> np.ndarray:
        return np.array([[int(i in one) for i in range(8)] for one in sets], dtype=np.int64).reshape(len(sets), 8)

    equations, asked = matrix(rows), matrix(cells)
    found = determined(sparse.csr_array(equations), np.zeros(8, dtype=bool), sparse.csr_array(asked), b"seed")
    rank = _rank(equations)
    assert found.tolist() == [_rank(np.vstack([equations, cell])) == rank for cell in asked]


def _rank(matrix: np.ndarray) -> int:
    rows = [[Fraction(int(v)) for v in row] for row in matrix]
    rank = 0
    for column in range(8):
        lead = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if lead is None:
            continue
        rows[rank], rows[lead] = rows[lead], rows[rank]
        for r in range(rank + 1, len(rows)):
            times = rows[r][column] / rows[rank][column]
            rows[r] = [a - times * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank
