"""A month's tables of persons, where one category holds everyone: who is known to be in a county is then known to be in
its only industry.

The attacker here is written apart from the code that it attacks: it lists every finest cell that could be, takes what
is not listed for empty and what is withheld for any number, and asks a linear programme whether anybody could be beside
the one category."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gateway.base.errors import DisclosureError, InputError
from gateway.disclosure import Before, Earlier, Parameters
from gateway.model.cells import Mark, Place, PublishedTable, Status
from gateway.model.table import Contributor, Kind, TableSpec
from tests.disclosure.microdata import Record, dimension, flat, hierarchy, leaves, measure, table
from tests.disclosure.siege import Siege

RULES = Parameters(minimum_persons=3, minimum_groups=3, p_percent=10, group_disclosure=True)
OFF = replace(RULES, group_disclosure=False)
LEVELS = ("total", "section", "code")
TREE = hierarchy("a", {"Total": {"A": {"a1": {}, "a2": {}}, "B": {"a3": {}, "a4": {}}}}, LEVELS)
LISTS = {"a": TREE, "b": flat("b", ["b1", "b2", "b3"])}
A, B = dimension("a", LEVELS), dimension("b")
BY: dict[str, Any] = {"contributor": Contributor.WORKER}
VISITS = measure("visits", **BY)
WHOLE = [table("t", [A, B], [VISITS])]


def visits(**counts: int) -> list[Record]:
    """``a1_b2=5``: five persons there, one visit each."""
    return [
        Record(worker=f"{where}{at}", codes=dict(zip("ab", where.split("_"), strict=True)))
        for where, count in counts.items()
        for at in range(count)
    ]


@dataclass(frozen=True)
class Reader:
    """What a reader of ``tables`` makes of them; ``nothing``: finest cells in which nothing can be."""

    tables: Sequence[PublishedTable]
    nothing: frozenset[tuple[str, str]] = frozenset()

    @property
    def inner(self) -> list[tuple[str, str]]:
        return list(product(leaves(TREE), ("b1", "b2", "b3")))

    def row(self, spec: TableSpec, place: Place) -> np.ndarray:
        codes = {d.name: code for d, code in zip(spec.dimensions, place, strict=True)}
        return np.array(
            [
                float(all(self.is_in(codes.get(n, "Total"), n, c) for n, c in zip("ab", cell, strict=True)))
                for cell in self.inner
            ]
        )

    @staticmethod
    def is_in(node: str, name: str, code: str) -> bool:
        return node in (code, "Total") or LISTS[name][code].parent == node

    def figures(self, spec: TableSpec) -> Iterator[Place]:
        yield from product(*([n.code for n in LISTS[d.hierarchy].at(d.levels)] for d in spec.dimensions))

    def could_be_beside(self, spec: TableSpec, whole: Place, part: Place) -> bool:
        """Whether somebody of the whole could be elsewhere than in the part."""
        rows, right = [], []
        for one in self.tables:
            for place in self.figures(one.spec):
                shown = one.rows[place]["visits"] if place in one.rows else None
                if shown is None or shown.mark is Mark.NORMAL:
                    rows.append(self.row(one.spec, place))
                    right.append(float(shown.value or 0) if shown else 0.0)
        bounds = [(0, 0 if cell in self.nothing else None) for cell in self.inner]
        goal = self.row(spec, part) - self.row(spec, whole)
        found = linprog(goal, A_eq=np.array(rows) if rows else None, b_eq=right or None, bounds=bounds)
        assert found.status in (0, 3), found.message
        return found.status == 3 or -found.fun > 1 - 1e-6


def one_category(
    siege: Siege, nothing: frozenset[tuple[str, str]] = frozenset()
) -> Iterator[tuple[TableSpec, Place, Place]]:
    """The figures of which one part holds everybody, though somebody could have been elsewhere."""
    reader = Reader((), nothing)
    for one in siege.cells:
        figures, spec = one.figures["visits"], one.spec
        for part in figures:
            for at, d in enumerate(spec.dimensions):
                above = LISTS[d.hierarchy].up(part[at], d.levels)
                whole = (*part[:at], above or "", *part[at + 1 :])
                if above is None or figures[whole].value != figures[part].value:
                    continue
                beside = (reader.row(spec, whole) - reader.row(spec, part)) > 0
                if any(cell not in nothing for cell, is_so in zip(reader.inner, beside, strict=True) if is_so):
                    yield spec, whole, part


def given_away(siege: Siege, nothing: frozenset[tuple[str, str]] = frozenset()) -> list[tuple[str, Place, Place]]:
    reader = Reader(siege.published, nothing)
    return [
        (spec.name, whole, part)
        for spec, whole, part in one_category(siege, nothing)
        if not reader.could_be_beside(spec, whole, part)
    ]


SHAPES = [
    WHOLE,
    [table("t", [A], [VISITS]), table("u", [A, B], [VISITS])],
    [table("t", [dimension("a", LEVELS[:2]), B], [VISITS]), table("u", [A], [VISITS])],
]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SHAPES),
    st.dictionaries(
        st.tuples(st.sampled_from(["a1", "a2", "a3", "a4"]), st.sampled_from(["b1", "b1", "b2", "b3"])),
        st.sampled_from([1, 2, 3, 5, 9]),
        min_size=1,
        max_size=8,
    ),
)
def test_no_figure_tells_that_all_are_in_one_part(specs: list[TableSpec], counts: dict[tuple[str, str], int]) -> None:
    siege = Siege(specs, visits(**{"_".join(where): n for where, n in counts.items()}), LISTS, RULES)
    try:
        _ = siege.published
    except DisclosureError:
        reject()
    assert not given_away(siege)
    assert not siege.recovered()
    for at, one, place in siege.each():
        assert (siege.status(at, one.name, *place) is Status.PRIMARY) is siege.sensitive(at, one, place)


FULL = {"a1_b1": 5, "a1_b2": 6, "a1_b3": 7, "a2_b1": 5, "a2_b2": 4, "a2_b3": 6, "a3_b1": 6, "a3_b2": 5, "a3_b3": 7}


def test_without_the_rule_it_is_told() -> None:
    """All of a4 are in b2; without the rule everybody reads it, with it a zero beside them is withheld."""
    records = visits(**FULL, a4_b2=8)
    assert ("t", ("a4", "Total"), ("a4", "b2")) in given_away(Siege(WHOLE, records, LISTS, OFF))
    siege = Siege(WHOLE, records, LISTS, RULES)
    assert not given_away(siege)
    hidden = {p for p, row in siege.published[0].rows.items() if row["visits"].mark is Mark.WITHHELD}
    assert hidden & {("a4", "b1"), ("a4", "b3")}
    assert siege.protection.certificate["group_disclosure"]["zeros_withheld"] >= 1


def test_withheld_zero_and_missing_differ() -> None:
    siege = Siege(WHOLE, visits(**FULL, a4_b2=8), LISTS, RULES)
    rows = siege.published[0].rows
    marks = {place: row["visits"].mark for place, row in rows.items()}
    zeros = [p for p in product(leaves(TREE), ("b1", "b2", "b3")) if p not in siege.cells[0].figures["visits"]]
    withheld = [place for place in zeros if marks.get(place) is Mark.WITHHELD]
    assert withheld
    assert all(rows[place]["visits"].value is None for place in withheld)
    assert all(place not in rows or rows[place]["visits"].value == 0 for place in zeros if place not in withheld)
    for place in withheld:  # every total that it is part of has a row
        assert {("Total", place[1]), (place[0], "Total"), ("Total", "Total")} <= rows.keys()


def test_nothing_is_withheld_where_no_category_holds_everyone() -> None:
    records = visits(**FULL, a4_b1=5, a4_b2=6, a4_b3=4)
    on, off = (Siege(WHOLE, records, LISTS, rules).published for rules in (RULES, OFF))
    assert on == off


def structural(*zeros: dict[str, str]) -> list[TableSpec]:
    return [WHOLE[0].model_copy(update={"structural_zeros": zeros})]


def test_a_structural_zero_hides_nothing_and_asks_for_nothing() -> None:
    """In a4 there is no b1 and no b3, as everybody knows: that all are in b2 tells nothing."""
    records = visits(**FULL, a4_b2=8)
    specs = structural({"a": "a4", "b": "b1"}, {"a": "a4", "b": "b3"})
    siege = Siege(specs, records, LISTS, RULES)
    assert {row["visits"].mark for row in siege.published[0].rows.values()} == {Mark.NORMAL}
    half = Siege(structural({"a": "a4", "b": "b1"}), records, LISTS, RULES)
    assert not given_away(half, frozenset({("a4", "b1")}))
    assert half.published[0].rows["a4", "b3"]["visits"].mark is Mark.WITHHELD
    assert ("a4", "b1") not in half.published[0].rows


def test_records_in_a_structural_zero_stop_the_month() -> None:
    with pytest.raises(InputError):
        _ = Siege(structural({"a": "B"}), visits(**FULL), LISTS, RULES).published


def test_everybody_has_a_skill_beside_others() -> None:
    """Persons with several skills: all six have s1. So it and the total are not both shown."""
    lists = {"s": flat("s", ["s1", "s2", "s3"]), "r": flat("r", ["r1", "r2"])}
    persons = measure("persons", Kind.DISTINCT, **BY)
    spec = table("t", [dimension("s", multi=True), dimension("r")], [persons])
    skills = [("s1", "s2"), ("s1", "s2"), ("s1", "s2"), ("s1", "s3"), ("s1", "s3"), ("s1", "s3")]
    records = [Record(worker=f"p{at}", codes={"s": given, "r": "r1"}) for at, given in enumerate(skills)]
    records += [Record(worker=f"q{at}", codes={"s": f"s{at % 3 + 1}", "r": "r2"}) for at in range(12)]
    rows = Siege([spec], records, lists, RULES).published[0].rows
    marks = [rows[place]["persons"].mark for place in (("Total", "r1"), ("s1", "r1"))]
    assert Mark.WITHHELD in marks
    told = Siege([spec], records, lists, OFF).published[0].rows
    assert {told[place]["persons"].mark for place in (("Total", "r1"), ("s1", "r1"))} == {Mark.NORMAL}


# a revision -----------------------------------------------------------------------------------------------------------


def after(first: Siege, records: Sequence[Record], **told: Any) -> Siege:
    """A second release of the month, of the same persons: nobody came, nobody went."""
    shown: dict[str, dict[str, frozenset[Place]]] = {}
    zeros: dict[str, dict[str, frozenset[Place]]] = {}
    for one, tables in zip(first.cells, first.published, strict=True):
        figures = one.figures["visits"]
        hidden = {p for p, row in tables.rows.items() if row["visits"].mark is Mark.WITHHELD}
        shown[one.spec.name] = {"visits": frozenset(figures.keys() - hidden)}
        zeros[one.spec.name] = {"visits": frozenset(hidden - figures.keys())}
    earlier = Earlier(
        release="R01", cells=first.cells, shown=shown, parts=first.holdings, moves={}, tied=None, zeros=zeros
    )
    second = Siege(first.specs, records, LISTS, RULES)
    object.__setattr__(second, "before", Before(earlier=[earlier], rests=second.rests))
    return second


def test_a_revision_withholds_the_same_zeros() -> None:
    records = visits(**FULL, a4_b2=8)
    first = Siege(WHOLE, records, LISTS, RULES)
    second = after(first, records)
    assert second.published[0].rows == first.published[0].rows
    assert not given_away(second)


def test_what_an_earlier_release_told_is_not_hidden_any_more() -> None:
    """Released without the rule: its zeros are known. The next revision is not refused for what it can't mend."""
    records = visits(**FULL, a4_b2=8)
    second = after(Siege(WHOLE, records, LISTS, OFF), records)
    assert {row["visits"].mark for row in second.published[0].rows.values()} == {Mark.NORMAL}
