"""What a declaration may leave out, and its rules beyond the usual: dominance, one insider only, levels not shown."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from gateway.verifier.protection import intervals
from gateway.verifier.protection.declaration import read_declaration
from gateway.verifier.report import Problem
from tests.protection_tables import Case, grid, passed, protected

MANY = [50, 40, 30, 20]
LARGE = [400, 300, 200, 100]
SQUARE = {("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")}
HEAD = """format = "gateway-protect/1"
model = "MODEL"
group = "holding"
value = "value"
[[dimensions]]
name = "region"
levels = ["county", "town"]
"""


def written(rules: str, model: str = "business", shown: str = "") -> bytes:
    return (HEAD.replace("MODEL", model) + shown + rules).encode()


@pytest.mark.parametrize("rules", ["", "[rules]\n", "[rules]\nminimum_persons = 7\n"])
def test_a_business_has_three_groups_and_fifteen_percent(rules: str) -> None:
    terms = read_declaration(written(rules))
    assert (terms.minimum, terms.percent, terms.dominance, terms.insiders) == (3, Fraction(15), None, "any")
    assert terms.dimensions[0].shown == ("Total", "county", "town")


@pytest.mark.parametrize("rules", ["", "[rules]\nminimum_groups = 4\np_percent = 5\ndominance = [1, 50]\n"])
def test_persons_are_ten_and_have_no_rules_of_business(rules: str) -> None:
    terms = read_declaration(written(rules, "persons"))
    assert (terms.minimum, terms.percent, terms.dominance) == (10, None, None)


def test_every_option() -> None:
    rules = '[rules]\ndominance = [2, 82.5]\ninsiders = "second"\n'
    terms = read_declaration(written(rules, shown='shown = ["town", "Total"]\n'))
    assert (terms.dominance, terms.insiders) == ((2, Fraction("82.5")), "second")
    assert terms.dimensions[0].shown == ("Total", "town")


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        ("[rules]\ndominance = [3, 80]\n", ""),
        ("[rules]\ndominance = [true, 80]\n", ""),
        ("[rules]\ndominance = [1.0, 80]\n", ""),
        ("[rules]\ndominance = [1, 0]\n", ""),
        ("[rules]\ndominance = [1, 101]\n", ""),
        ("[rules]\ndominance = [1]\n", ""),
        ("[rules]\ndominance = 80\n", ""),
        ('[rules]\ninsiders = "none"\n', ""),
        ("[rules]\ninsiders = 2\n", ""),
        ("[rules]\nminimum = 3\n", ""),
        ("", "shown = []\n"),
        ("", 'shown = ["street"]\n'),
        ("", 'shown = ["town", "town"]\n'),
        ("", 'shown = "town"\n'),
        ("", "shown = [[]]\n"),
        ("", "hidden = []\n"),
    ],
)
def test_what_is_refused(rules: str, shown: str) -> None:
    with pytest.raises(Problem):
        read_declaration(written(rules, shown=shown))


def dominated(n: int, k: int) -> Case:
    return replace(grid([[[60, 20, 10, 10], MANY], [MANY, MANY]]), dominance=(n, k))


@pytest.mark.parametrize(
    ("n", "k", "sensitive"), [(1, 59, True), (1, 60, False), (2, 79, True), (2, 80, False), (1, 100, False)]
)
def test_more_than_k_percent_is_sensitive(n: int, k: int, sensitive: bool) -> None:
    report = protected(dominated(n, k), SQUARE).verified()
    assert report.valid
    assert report.secret is not None
    assert json.loads(report.secret)["cells"]["primary"] == int(sensitive)


def test_the_widest_of_two_rules_is_asked_for() -> None:
    """p% asks 85 of 1000 for r0c0; (1,50) asks 800. Its partners allow 90 to those who have 50 in them."""
    case = grid([[[900, 50, 40, 10], MANY, LARGE], [MANY, MANY, MANY], [LARGE, MANY, MANY]])
    assert protected(case, SQUARE).verified().valid
    report = protected(replace(case, dominance=(1, 50)), SQUARE).verified()
    assert report.broken["outsider"] == (("r0", "c0"),)


def test_a_group_need_not_believe_less_than_it_has_itself() -> None:
    """(2,50) asks a and b's cell of 100 for 100 down; b has 40 there and need believe in 40 only: a fall of 60."""
    rows = [
        ("a", (("r0",), ("c0",)), 60),
        ("b", (("r0",), ("c0",)), 40),
        *((f"m{r}{c}{k}", ((r,), (c,)), 100) for r, c in [("r0", "c1"), ("r1", "c0"), ("r1", "c1")] for k in range(5)),
    ]
    report = protected(Case(rows=rows, dominance=(2, 50), insiders="second"), SQUARE).verified()
    assert report.valid, report.checks
    assert protected(Case(rows=rows, dominance=(2, 50)), SQUARE).verified().valid


def neighbours() -> Case:
    """m is alone in r0c1 and r1c1: it knows r0c0 from its row, and is not its second largest."""
    rows = [
        ("a", (("r0",), ("c0",)), 60),
        ("b", (("r0",), ("c0",)), 50),
        ("m", (("r0",), ("c1",)), 90),
        ("m", (("r1",), ("c1",)), 90),
        *((f"n{k}", (("r1",), ("c0",)), v) for k, v in enumerate(MANY)),
        *((f"k{k}", (("r2",), ("c1",)), v) for k, v in enumerate(LARGE)),
        *((f"l{k}", (("r0",), ("c2",)), v) for k, v in enumerate(LARGE)),
    ]
    return Case(rows=rows)


def test_only_the_second_largest_is_tested_and_that_is_said() -> None:
    files = protected(replace(neighbours(), insiders="second"), SQUARE)
    report = files.verified()
    assert report.valid
    assert report.insiders == "second"
    assert "insider" not in passed(report)
    assert set(report.broken) == {"exact", "outsider", "insider_second"}
    assert report.secret is not None
    assert report.public is not None
    public = json.loads(report.public)
    assert public["insiders"] == "second"
    assert set(public["results"]) == {"cells", "primary", "published", "exact", "outsider", "insider-second"}
    assert files.rechecked(report.secret, report.public).insiders == "second"
    assert not protected(neighbours(), SQUARE).verified().valid


def towns(shown: tuple[tuple[int, ...], ...]) -> Case:
    """Two counties of two towns; the first town of the first county has two groups only."""
    rows = [
        (f"g{t}{s}{k}", ((f"c{t // 2}", f"c{t // 2}t{t}"), (f"s{s}",)), v)
        for t in range(4)
        for s in range(2)
        for k, v in enumerate([60, 50] if (t, s) == (0, 0) else MANY)
    ]
    return Case(rows=rows, shown=shown)


def test_no_figures_of_the_counties_leave_a_town_unknown() -> None:
    across = {("c0t0", "s0"), ("c0t0", "s1"), ("c1t2", "s0"), ("c1t2", "s1")}
    assert protected(towns(((0, 1, 2), (0, 1))), across).verified().broken["exact"] == (("c0t0", "s0"),)
    files = protected(towns(((0, 2), (0, 1))), across)
    report = files.verified()
    assert report.valid, report.checks
    assert report.secret is not None
    assert files.rechecked(report.secret, report.public).valid


def test_no_figures_of_the_towns_need_no_suppression_of_them() -> None:
    files = protected(towns(((0, 1), (0, 1))), set())
    report = files.verified()
    assert report.valid, report.checks
    assert json.loads(report.secret or b"")["cells"] == {"published": 9, "primary": 0, "secondary": 0}
    assert intervals(files.published, files.declaration) == ()


def test_intervals_of_a_table_without_its_lowest_level() -> None:
    files = protected(towns(((0, 1), (1,))), {("c0", "s0"), ("c1", "s0")})
    found = {one.key: (one.least, one.most) for one in intervals(files.published, files.declaration)}
    assert found == {("c0", "s0"): (1.0, 529.0), ("c1", "s0"): (1.0, 529.0)}
