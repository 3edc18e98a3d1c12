"""Nasty releases by hand, each small enough to check with a pencil. n = 3, p = 10.

In the comments: *x* is sensitive by itself."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateway.base.errors import DisclosureError
from gateway.model.cells import Mark, Status
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Contributor, Kind
from tests.disclosure.microdata import Record, dimension, flat, hierarchy, measure, table
from tests.disclosure.siege import Siege, check_promises

PUBLISHED, PRIMARY, SECONDARY = Status.PUBLISHED, Status.PRIMARY, Status.SECONDARY
A = flat("a", ["a1", "a2", "a3", "a4"])
B = flat("b", ["b1", "b2", "b3"])
LEVELS = ("total", "section", "code")
N, X = measure("n"), measure("x", Kind.SUM)


def rows(amounts: str, **codes: str | tuple[str, ...]) -> list[Record]:
    """``"P:5 Q:3 Q:1"``: a row for each group (or person) with its amount."""
    pairs = [pair.split(":") for pair in amounts.split()]
    return [Record(group=who, worker=who, codes=codes, amount=int(amount)) for who, amount in pairs]


def one(records: list[Record], **lists: Hierarchy) -> Siege:
    """A release of one table over all the lists, with a count and a sum."""
    levels = {name: ("total", "code") if tree.levels[1] == "code" else LEVELS for name, tree in lists.items()}
    return Siege([table("t", [dimension(n, levels[n]) for n in lists], [N, X])], records, lists)


def withheld(siege: Siege, at: int = 0, name: str = "n") -> set[tuple[str, ...]]:
    statuses = siege.protection.tables[at].status[name]
    return {place for place, status in statuses.items() if status is not PUBLISHED}


FIVE = "F:1 G:1 H:1 I:1 J:1"


def test_a_lone_cell_in_a_column_takes_another_with_it() -> None:
    siege = one(rows("P:9", a="a1") + rows(FIVE, a="a2") + rows(FIVE + " K:1", a="a3"), a=A)
    check_promises(siege)
    assert siege.status(0, "n", "a1") is PRIMARY
    assert len(withheld(siege)) == 2
    assert siege.status(0, "n", "Total") is PUBLISHED


def test_a_lone_cell_in_row_and_column_takes_a_rectangle_with_it() -> None:
    records = [r for a in ("a1", "a2", "a3") for b in ("b1", "b2", "b3") for r in rows(FIVE, a=a, b=b)]
    records = [r for r in records if r.codes != {"a": "a1", "b": "b1"}] + rows("P:1 Q:1", a="a1", b="b1")
    siege = one(records, a=A, b=B)
    check_promises(siege)
    inner = {place for place in withheld(siege) if "Total" not in place}
    assert ("a1", "b1") in inner
    assert len(inner) >= 4


def test_two_cells_that_sum_to_one_employer() -> None:
    """*P* and *P*: their sum is P's too, so a third cell goes."""
    siege = one(rows("P:4", a="a1") + rows("P:5", a="a2") + rows(FIVE, a="a3") + rows(FIVE + " K:1", a="a4"), a=A)
    check_promises(siege)
    assert withheld(siege) >= {("a1",), ("a2",)}
    assert len(withheld(siege)) == 3


def test_two_cells_that_sum_to_two_employers() -> None:
    siege = one(rows("P:4", a="a1") + rows("Q:5", a="a2") + rows(FIVE, a="a3") + rows(FIVE + " K:1", a="a4"), a=A)
    check_promises(siege)
    assert len(withheld(siege)) == 3


def test_two_cells_in_which_the_same_employer_outweighs_all() -> None:
    """P 90 of 96 here and 90 of 96 there: 192 in all, of which Q's 3 + 3 and R's 3 + 3. If the total is shown, Q works
    out P's 180 to within 6: 3.3 %, where the rule demands 10."""
    records = rows("P:90 Q:3 R:3", a="a1") + rows("P:90 Q:3 R:3", a="a2") + rows("F:50 G:50 H:50 I:50", a="a3")
    check_promises(one(records, a=A))


def test_only_children_are_their_parents() -> None:
    """c1 is s1 is the total but for s2: whatever hides the child hides the chain."""
    tree = hierarchy("a", {"Total": {"s1": {"c1": {}}, "s2": {"c2": {}}, "s3": {"c3": {}}}}, LEVELS)
    siege = one(rows("P:4 Q:1", a="c1") + rows(FIVE, a="c2") + rows(FIVE + " K:1", a="c3"), a=tree)
    check_promises(siege)
    assert siege.status(0, "n", "s1") is siege.status(0, "n", "c1") is PRIMARY
    assert (siege.status(0, "n", "s2") is PUBLISHED) == (siege.status(0, "n", "c2") is PUBLISHED)


def test_an_only_branch_down_to_one_cell() -> None:
    tree = hierarchy("a", {"Total": {"s1": {"c1": {}}}}, LEVELS)
    siege = one(rows("P:4 Q:1", a="c1"), a=tree)
    check_promises(siege)
    assert withheld(siege) == {("Total",), ("s1",), ("c1",)}


def test_every_cell_is_sensitive_and_only_the_total_is_not() -> None:
    siege = one(rows("P:4 P:4", a="a1") + rows("Q:4", a="a2") + rows("R:4", a="a3") + rows("S:4", a="a4"), a=A)
    check_promises(siege)
    assert withheld(siege) >= {("a1",), ("a2",), ("a3",), ("a4",)}


def test_every_cell_is_sensitive_and_so_is_the_total() -> None:
    siege = one(rows("P:4", a="a1") + rows("P:4", a="a2"), a=A)
    check_promises(siege)
    assert withheld(siege) == {("Total",), ("a1",), ("a2",)}


def test_a_single_cell() -> None:
    assert withheld(one(rows("P:4", a="a1"), a=A)) == {("Total",), ("a1",)}
    assert withheld(one(rows(FIVE, a="a1"), a=A)) == set()


def test_nothing_at_all() -> None:
    siege = one([], a=A)
    check_promises(siege)
    assert {row["n"].value for row in siege.published[0].rows.values()} == {0}
    assert Siege([], [], {"a": A}).published == []


def test_everything_is_published_where_nothing_is_sensitive() -> None:
    siege = one([r for a in A.order if a != "Total" for b in ("b1", "b2") for r in rows(FIVE, a=a, b=b)], a=A, b=B)
    check_promises(siege)
    assert withheld(siege) == set()


def test_a_zero_is_published_and_is_no_cover() -> None:
    """a3 and a4 are empty: they stand there as zeros, and do not hide a1."""
    siege = one(rows("P:4", a="a1") + rows(FIVE, a="a2"), a=A)
    check_promises(siege)
    assert siege.published[0].rows["a3",]["n"].value == 0
    assert withheld(siege) == {("a1",), ("a2",)}


def test_zero_withheld_and_missing_differ() -> None:
    """a1: somebody whose headcount is not stated. Its sum is 0, withheld all the same; a3 is nobody's 0."""
    siege = one(rows("P:0", a="a1") + rows(FIVE, a="a2"), a=A)
    check_promises(siege)
    assert siege.published[0].rows["a1",]["x"].mark is Mark.WITHHELD
    assert siege.published[0].rows["a1",]["x"].value is None
    assert siege.published[0].rows["a3",]["x"].mark is Mark.NORMAL


def test_measures_of_the_same_contributors_fall_together() -> None:
    """As counts 2 2 2 the cell is safe; as sums 90 5 1 it is not."""
    records = rows("P:89 P:1 Q:4 Q:1 R:1 R:0", a="a1") + rows(FIVE, a="a2") + rows(FIVE, a="a3")
    siege = one(records, a=A)
    check_promises(siege)
    assert siege.status(0, "n", "a1") is siege.status(0, "x", "a1") is PRIMARY


def test_a_shared_margin_has_one_status() -> None:
    """b1 of a1 is sensitive. To hide it in the second table, a cell of a's margin may have to go: in the first too."""
    lists = {"a": A, "b": B}
    specs = [table("t", [dimension("a")], [N]), table("u", [dimension("b"), dimension("a")], [X])]
    records = rows("P:1", a="a1", b="b1") + rows(FIVE, a="a1", b="b2") + rows(FIVE, a="a2", b="b2")
    records += rows(FIVE, a="a3", b="b3")
    for order in (specs, specs[::-1]):
        siege = Siege(order, records, lists)
        check_promises(siege)


def test_the_other_tables_sum_is_no_back_door() -> None:
    """The first table hides x1 and x2 below s1; the second shows codes only, the third sections only."""
    tree = hierarchy("a", {"Total": {"s1": {"x1": {}, "x2": {}}, "s2": {"x3": {}, "x4": {}}}}, LEVELS)
    records = rows("P:1", a="x1") + rows(FIVE, a="x2") + rows(FIVE, a="x3") + rows(FIVE, a="x4")
    shown = [("total", "code"), ("total", "section"), LEVELS]
    for some in (shown, shown[:2], shown[1::-1], shown[1:]):
        siege = Siege(
            [table(f"t{i}", [dimension("a", levels)], [N]) for i, levels in enumerate(some)], records, {"a": tree}
        )
        check_promises(siege)


def test_not_stated_is_a_part_like_any_other() -> None:
    tree = hierarchy(
        "a", {"City": {"c1": {"t1": {}, "c1_U": {}}, "c2": {"t2": {}}, "City_U": {}}}, ("city", "county", "town")
    )
    levels = ("city", "county", "town")
    for lone in ("t1", "c1_U", "City_U"):
        records = [r for code in ("t1", "c1_U", "t2", "City_U") for r in rows("P:1" if code == lone else FIVE, a=code)]
        siege = Siege([table("t", [dimension("a", levels)], [N])], records, {"a": tree})
        check_promises(siege)
        assert siege.status(0, "n", lone) is PRIMARY


def test_a_count_adds_up_where_the_count_of_persons_does_not() -> None:
    """Applications add up over regions; applicants don't. They share a status, so the sums must not tell."""
    by: dict[str, Any] = {"contributor": Contributor.WORKER}
    applied, seekers = measure("applied", **by), measure("seekers", Kind.DISTINCT, repeats=("a",), **by)
    records = rows("p:1 q:1", a="a1") + rows("p:1 q:1 r:1 s:1", a="a2") + rows("p:1 r:1 s:1 t:1 u:1", a="a3")
    for specs in (
        [table("t", [dimension("a")], [seekers]), table("u", [dimension("a")], [applied])],
        [table("t", [dimension("a")], [applied]), table("u", [dimension("a")], [seekers])],
        [table("t", [dimension("a")], [seekers, applied])],
    ):
        siege = Siege(specs, records, {"a": A})
        check_promises(siege)
        assert len(withheld(siege, 0, specs[0].measures[0].name)) == 2


# The same number under two names ------------------------------------------------------------------------------------


def refused(siege: Siege) -> None:
    """What the linear system can't tie together can't be declared."""
    with pytest.raises(DisclosureError):
        check_promises(siege)


def test_rows_counted_by_employer_and_by_worker_are_the_same_number() -> None:
    """a1: five applications to *one* employer, by five persons. 5 is withheld as the employer's, shown as theirs."""
    pairs = [("P", f"w{i}", "a1") for i in range(5)]
    pairs += [(group, f"{a}{group}", a) for a in ("a2", "a3") for group in "PQRST"]
    records = [Record(group=group, worker=worker, codes={"a": a}) for group, worker, a in pairs]
    persons = measure("persons", contributor=Contributor.WORKER)
    refused(Siege([table("t", [dimension("a")], [N]), table("u", [dimension("a")], [persons])], records, {"a": A}))


def test_a_condition_in_one_table_is_a_code_in_another() -> None:
    """a1: *2* women, 5 men. The first table hides both; the second, of men only, shows the 5, and 7 − 5 = 2."""
    sex = flat("sex", ["f", "m"])
    records = rows("a:1 b:1", sex="f", a="a1") + rows("c:1 d:1 e:1 f:1 g:1", sex="m", a="a1")
    records += rows("h:1 i:1 j:1 k:1", sex="f", a="a2") + rows("l:1 m:1 n:1 o:1 p:1", sex="m", a="a2")
    by: dict[str, Any] = {"contributor": Contributor.WORKER}
    all_of_them, men = measure("n", **by), measure("men", where={"sex": "m"}, **by)
    specs = [table("t", [dimension("a"), dimension("sex")], [all_of_them]), table("u", [dimension("a")], [men])]
    refused(Siege(specs, records, {"a": A, "sex": sex}))


def test_conditions_that_split_the_whole() -> None:
    """a1: 7 in all, *2* women, 5 men, three measures of one table. With the 7 and the 5 shown, the 2 is known: nobody
    needs a code list to know that the rest are women."""
    by: dict[str, Any] = {"contributor": Contributor.WORKER}
    measures = [measure("n", **by), measure("f", where={"sex": "f"}, **by), measure("m", where={"sex": "m"}, **by)]
    records = rows("a:1 b:1", sex="f", a="a1") + rows("c:1 d:1 e:1 f:1 g:1", sex="m", a="a1")
    records += rows("h:1 i:1 j:1 k:1", sex="f", a="a2") + rows("l:1 m:1 n:1 o:1 p:1", sex="m", a="a2")
    siege = Siege([table("t", [dimension("a")], measures)], records, {"a": A})
    try:
        row = siege.published[0].rows["a1",]
    except DisclosureError:
        return
    assert row["f"].mark is Mark.WITHHELD
    assert Mark.WITHHELD in (row["n"].mark, row["m"].mark)


def test_two_groupings_of_the_same_codes() -> None:
    """s1 = x1 + x2, s2 = x3 + x4 in the first table with its codes; m1 = x1 + x3, m2 = x2 + x4 in the second without.
    *x1* and x2 are hidden, and x1 = m1 − x3."""
    tree = hierarchy("a", {"Total": {"s1": {"x1": {}, "x2": {}}, "s2": {"x3": {}, "x4": {}}}}, LEVELS)
    other = hierarchy("m", {"Total": {"m1": {"x1": {}, "x3": {}}, "m2": {"x2": {}, "x4": {}}}}, LEVELS)
    records = rows("P:1", a="x1") + rows(FIVE, a="x2") + rows(FIVE, a="x3") + rows(FIVE, a="x4")
    specs = [table("t", [dimension("a", LEVELS)], [N]), table("u", [dimension("a", LEVELS[:2], of="m")], [N])]
    refused(Siege(specs, records, {"a": tree, "m": other}))


def test_a_list_whose_top_is_a_part_of_another() -> None:
    """The second table is about county s1 alone: its total is s1's cell in the first, where it hides *s2*."""
    tree = hierarchy("a", {"Total": {"s1": {"x1": {}, "x2": {}}, "s2": {}, "s3": {}}}, LEVELS)
    county = hierarchy("county", {"s1": {"x1": {}, "x2": {}}}, ("section", "code"))
    records = rows("P:1 Q:1 R:1", a="x1") + rows("S:1 T:1", a="x2") + rows("P:1", a="s2")
    records += rows(FIVE + " K:1 L:1 M:1 N:1", a="s3")
    specs = [table("t", [dimension("a", LEVELS[:2])], [N]), table("u", [dimension("a", LEVELS[1:], of="county")], [N])]
    refused(Siege(specs, records, {"a": tree, "county": county}))


# A release is made ----------------------------------------------------------------------------------------------------


def test_a_total_that_its_only_part_gives_away_is_no_cover() -> None:
    """By a: *1*, *1*, *1* and their total (3); by b: b1 is 3 and all there is, so hiding the total alone hides nothing.
    Hiding b1 as well does: a release can always be made, at worst with everything withheld."""
    lists = {"a": A, "b": B}
    records = rows("P:1", a="a1", b="b1") + rows("Q:1", a="a2", b="b1") + rows("R:1", a="a3", b="b1")
    check_promises(Siege([table("t", [dimension("a")], [N]), table("u", [dimension("b")], [N])], records, lists))


# What is known of hidden cells without being told ---------------------------------------------------------------------


def test_hidden_cells_of_one_each_are_not_fixed_by_their_total() -> None:
    """*1* + *1* + *1* = 3, and a hidden count is at least 1: with the total shown each is known."""
    siege = one(rows("P:4", a="a1") + rows("Q:4", a="a2") + rows("R:4", a="a3"), a=A)
    check_promises(siege)
    assert not siege.pinned()


def test_hidden_cells_of_one_each_are_not_fixed_by_rows_and_columns() -> None:
    """
          b1   b2  Total
    a1    *1*  *1*  *2*      the zero at a2 b2 is published, so the total is the sum of three hidden cells;
    a2    *1*   0   *1*      each is at least 1, and the total is 3
    Total *2*  *1*   3
    """
    siege = one(rows("P:1", a="a1", b="b1") + rows("Q:1", a="a2", b="b1") + rows("R:1", a="a1", b="b2"), a=A, b=B)
    check_promises(siege)
    assert not siege.pinned()


def test_a_hidden_count_is_not_fixed_by_being_at_least_one() -> None:
    """Zeros are published, so a hidden count is at least 1.

          b1   b2  Total
    a1    *1*   4    (5)      shown: 4, 6 and the zero; hidden: *sensitive* and (secondary)
    a2     0   *1*   *1*      6 − 4 = *a1 b1* + *a2 b2* = 2, so each is 1
    Total *1*  (5)    6
    """
    records = rows("P:1", a="a1", b="b1") + rows("P:1 P:1 Q:1 R:1", a="a1", b="b2") + rows("S:1", a="a2", b="b2")
    siege = one(records, a=A, b=B)
    check_promises(siege)
    assert not siege.pinned()


def test_a_hidden_sum_is_not_fixed_by_being_at_least_zero() -> None:
    """Nobody states a headcount in *a1* and (a2), a3 has 45 and the total 45: both hidden sums are 0."""
    siege = one(rows("P:0", a="a1") + rows("Q:0 R:0 S:0", a="a2") + rows("F:9 G:9 H:9 I:9 J:9", a="a3"), a=A)
    check_promises(siege)
    assert not siege.pinned()


# The same release twice -----------------------------------------------------------------------------------------------

_AGAIN = """
from tests.disclosure.test_examples import *
records = [r for i, a in enumerate(("a1", "a2", "a3", "a4")) for j, b in enumerate(("b1", "b2", "b3"))
           for r in rows(" ".join("PQRSTUVW"[(i * j + k) % 8] + ":%d" % (1 + k * i) for k in range(i + j)), a=a, b=b)]
siege = one(records, a=A, b=B)
print(json.dumps([[k, *p, v] for t in siege.protection.tables for k, s in t.status.items() for p, v in s.items()]))
"""


def test_another_process_hides_the_same_cells() -> None:
    """Whatever order sets happen to have there."""
    found, root = set(), Path(__file__).parents[2]
    for seed in ("0", "1", "2"):
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        run = subprocess.run([sys.executable, "-c", _AGAIN], capture_output=True, check=True, env=env, cwd=root)
        found.add(run.stdout)
    assert len(found) == 1
    assert {row[-1] for row in json.loads(found.pop())} == {PUBLISHED, PRIMARY, SECONDARY}
