"""Whole, part and rest: what is published of a whole and of its part says nothing of who is in neither more nor less.

The attacker adds to what it reads that a whole is its part and the rest: rows and amounts exactly; distinct persons,
who can be in both, as bounds. It knows where a rest is empty. Nothing is taken from the room under attack."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gateway.base.errors import DisclosureError, IntegrityError
from gateway.disclosure import Parameters, protect_tables, rests
from gateway.model.cells import Mark, Place, Status, key_of
from gateway.model.table import Contributor, FollowedBy, Kind, Measure, TableSpec, Without
from tests.disclosure.attacker import Attack, Bound, Number, attack, number
from tests.disclosure.intervals import intervals
from tests.disclosure.linear import Equation, solve
from tests.disclosure.microdata import Record, dimension, flat, hierarchy, holdings, measure, parts, table
from tests.disclosure.siege import Siege, gives_away

ONE = Fraction(1)
LISTS = {"a": flat("a", ["a1", "a2", "a3"]), "b": flat("b", ["b1", "b2"])}
A, B = dimension("a"), dimension("b")
BY: dict[str, Any] = {"contributor": Contributor.WORKER}
MATCHED: dict[str, Any] = {"where": {"matched": "yes"}, **BY}
APPLIED = measure("applied", **BY)
RULES = Parameters(minimum_persons=3, minimum_groups=3, p_percent=10)


def nests(siege: Siege) -> Iterator[tuple[TableSpec, Measure, TableSpec, Measure]]:
    """The pairs (table, whole, table, part): here parts have all conditions of their whole and more."""
    every = [(spec, one) for spec in siege.specs for one in spec.measures]
    for large, whole in every:
        for small, part in every:
            same = (whole.kind, whole.column, whole.contributor) == (part.kind, part.column, part.contributor)
            if same and whole.where.items() < part.where.items():
                yield large, whole, small, part


def places(siege: Siege, large: TableSpec, small: TableSpec) -> Iterator[tuple[Place, Place]]:
    """Each cell of the first table that the second has too, as it is called in both."""
    top = {d.name: siege.lists[d.hierarchy].top.code for spec in (large, small) for d in spec.dimensions}
    at = {d.name: [n.code for n in siege.lists[d.hierarchy].at(d.levels)] for d in small.dimensions}
    whole = next(iter(siege.specs[siege.specs.index(large)].measures))
    for place in siege.cells[siege.specs.index(large)].figures[whole.name]:
        codes = {d.name: code for d, code in zip(large.dimensions, place, strict=True)}
        if all(code == top[name] or code in at.get(name, ()) for name, code in codes.items()):
            yield place, tuple(codes.get(d.name, top[d.name]) for d in small.dimensions)


def attacked(siege: Siege) -> tuple[Attack, dict[Number, dict[str, int]]]:
    """What the attacker knows, and of each rest that is not empty who is in it."""
    found, secret = attack([siege.published], siege.lists), {}
    for large, whole, small, part in nests(siege):
        without = Without(where=dict(part.where.items() - whole.where.items()))
        rest = whole.model_copy(update={"without": without})
        left = parts(large, rest, siege.records, siege.lists)
        for here, there in places(siege, large, small):
            of = [number(large, whole, here, siege.lists), number(small, part, there, siege.lists)]
            name = of[0]._replace(quantity=(*of[0].quantity, "without", str(sorted(without.where.items()))))
            terms = {of[0]: -1, of[1]: 1, name: 1}
            if here in left:
                found.hidden.add(name)
                secret[name] = left[here]
            else:
                found.known[name] = Fraction(0)
            if whole.kind is Kind.DISTINCT:
                found.bounds += [Bound(terms), *(Bound({of[0]: 1, other: -1}) for other in (of[1], name))]
            else:
                found.equations.append(Equation({n: Fraction(by) for n, by in terms.items()}, Fraction(0)))
    known = {**found.known, **found.recovered}
    found.recovered |= {n: value for n, value in solve(found.equations, known).items() if n not in found.known}
    return found, secret


def stolen(siege: Siege) -> list[Number]:
    """The rests that are worked out, or narrowed, though the rules protect them."""
    found, secret = attacked(siege)
    model = {m.name: m.model for spec in siege.specs for m in spec.measures}
    of = next(iter(model.values()))
    wanted = [name for name, who in secret.items() if gives_away(who, of, siege.parameters)]
    wrong = [name for name in wanted if name in found.known or name in found.recovered]
    if of.value == "persons" and wanted:
        least = siege.parameters.minimum_persons
        for name, (low, high) in intervals(found, wanted, whole=False).items():
            if high is not None and (high < least or high - low < least - 1):
                wrong.append(name)
    return wrong


def protected(siege: Siege) -> Siege:
    try:
        _ = siege.published
    except DisclosureError:
        reject()
    return siege


def release(specs: Sequence[TableSpec], records: Sequence[Record], rules: Parameters = RULES) -> Siege:
    return Siege(specs, records, LISTS, rules)


WHO = st.sampled_from("ABCDEFGHIJ")
CODES = st.fixed_dictionaries(
    {"a": st.sampled_from(["a1", "a1", "a2", "a3"]), "b": st.sampled_from(["b1", "b2"])}
    | {"matched": st.sampled_from(["yes", "no"]), "paid": st.sampled_from(["yes", "no"])}
)
RECORDS = st.lists(st.builds(Record, group=WHO, worker=WHO, codes=CODES, amount=st.integers(1, 9)), max_size=60)
PAID = {"matched": "yes", "paid": "yes"}
ROWS = [APPLIED, measure("matched", **MATCHED), measure("paid", where=PAID, **BY)]
PERSONS = [measure(m.name, Kind.DISTINCT, repeats=("a", "b"), where=m.where, **BY) for m in ROWS]
AMOUNTS = [measure(m.name, kind, where=m.where) for m, kind in zip(ROWS, [Kind.SUM] * 3, strict=True)]


@st.composite
def sieges(draw: Any, measures: list[Measure]) -> Siege:
    """Wholes and parts in one table or in two, of which one may be broken down further."""
    fit = [m.model_copy(update={"repeats": ()}) for m in measures]
    single = [m.model_copy(update={"repeats": ("a",) if m.repeats else ()}) for m in measures]
    chosen = draw(st.sampled_from(["one", "two", "finer", "apart"]))
    specs = {
        "one": [table("t", [A, B], measures)],
        "two": [table("t", [A], single[:1]), table("u", [A], single[1:])],
        "finer": [table("t", [A, B], measures[:1]), table("u", [A], single[1:2])],
        "apart": [table("t", [A], single[:1]), table("u", [B], [f.model_copy() for f in fit[1:2]])],
    }[chosen]
    if chosen == "apart" and measures[0].repeats:
        specs[1] = table("u", [B], [measures[1].model_copy(update={"repeats": ("b",)})])
    rules = Parameters(minimum_persons=draw(st.integers(2, 4)), minimum_groups=3, p_percent=10)
    return release(specs, draw(RECORDS), rules)


@settings(max_examples=60, deadline=None)
@given(sieges(ROWS))
def test_no_rest_of_rows_is_found(siege: Siege) -> None:
    assert not stolen(protected(siege))


@settings(max_examples=60, deadline=None)
@given(sieges(PERSONS))
def test_no_rest_of_persons_is_found(siege: Siege) -> None:
    assert not stolen(protected(siege))


@settings(max_examples=40, deadline=None)
@given(sieges(AMOUNTS))
def test_no_rest_of_amounts_is_found(siege: Siege) -> None:
    assert not stolen(protected(siege))


# by example -----------------------------------------------------------------------------------------------------------


def applications(place: str, matched: str, unmatched: str) -> list[Record]:
    """An application by each of these persons, a letter each, as often as it stands there."""
    return [
        Record(worker=who, codes={"a": place, "b": "b1", "matched": said})
        for said, people in (("yes", matched), ("no", unmatched))
        for who in people
    ]


BOTH = [table("t", [A], [APPLIED, measure("matched", **MATCHED)])]
TABLE = [
    # matched, not matched, whether something has to be hidden                                why
    ("ABCDEF", "", False),  # everybody was matched: the rest is empty, and known to be
    ("ABCDEF", "G", True),  # one application that was not
    ("ABCDEF", "GGGGGG", True),  # six of them by one person: rows are many, persons are not
    ("ABCDEF", "GH", True),  # two persons
    ("ABCDEF", "GHI", False),  # three
    ("", "ABCDEF", False),  # nobody was matched: the rest is all of it
    ("AB", "CDEFGH", True),  # the part is sensitive itself
]


@pytest.mark.parametrize(("matched", "left", "hidden"), TABLE)
def test_what_is_hidden_for_the_sake_of_a_rest(matched: str, left: str, hidden: bool) -> None:
    full = [*applications("a2", "KLMNO", "PQRST"), *applications("a3", "UVWXY", "PQRST")]
    siege = release(BOTH, [*applications("a1", matched, left), *full])
    row = siege.published[0].rows["a1",]
    assert (Mark.WITHHELD in (row["applied"].mark, row["matched"].mark)) is hidden
    assert not stolen(siege)


def test_as_many_persons_as_the_rule_asks_for_may_be_left() -> None:
    """Six rows by one person were enough for a rule that counted rows."""
    siege = release(BOTH, [*applications("a1", "ABCDEF", "G" * 40), *applications("a2", "KLMNO", "PQRST")])
    assert siege.status(0, "matched", "a1") is not Status.PUBLISHED
    blind = replace(siege, parameters=Parameters(minimum_persons=1, minimum_groups=1, p_percent=0))
    assert blind.status(0, "matched", "a1") is Status.PUBLISHED
    with_their_rule = replace(blind, parameters=RULES)
    object.__setattr__(with_their_rule, "published", blind.published)
    assert stolen(with_their_rule), "the attacker of this file finds what it looks for"


def test_persons_can_be_in_both_and_only_bound_each_other() -> None:
    """9 applied, 8 of them matched, and 6 were not at some time: 9 − 8 = 1 says only that at least one was not."""
    specs = [table("t", [A], [m.model_copy(update={"repeats": ("a",)}) for m in PERSONS[:2]])]
    siege = release(specs, [*applications("a1", "ABCDEFGH", "CDEFGI"), *applications("a2", "KLMNO", "PQRST")])
    assert siege.status(0, "matched", "a1") is Status.PUBLISHED
    assert not stolen(siege)


def test_a_rest_is_as_fine_as_both_are() -> None:
    tree = hierarchy("a", {"T": {"c1": {"t1": {}, "t2": {}}, "c2": {}}}, ("total", "county", "town"))
    lists = {"a": tree, "b": LISTS["b"]}
    fine, coarse = dimension("a", ("total", "county", "town")), dimension("a", ("total", "county"))
    (rest,) = rests([table("t", [fine, B], [APPLIED]), table("u", [coarse], [measure("m", **MATCHED)])], lists)
    assert [(d.name, d.levels) for d in rest.dimensions] == [("a", ("total", "county"))]
    assert rest.measures[0].without == Without(where={"matched": "yes"})
    (apart,) = rests([table("t", [fine], [APPLIED]), table("u", [B], [measure("m", **MATCHED)])], lists)
    assert [(d.name, d.levels) for d in apart.dimensions] == [("a", ("total",))]


FOLLOWS = FollowedBy(where={"event": "match"}, on=("worker",), time="occurred_at")
CONTAINS = [
    # whole, part, whether the one is part of the other
    (APPLIED, measure("m", **MATCHED), True),
    (APPLIED, measure("m", followed_by=FOLLOWS, **BY), True),
    (measure("w", followed_by=FOLLOWS, **BY), measure("m", followed_by=FOLLOWS, **MATCHED), True),
    (measure("w", followed_by=FOLLOWS, **BY), measure("m", **MATCHED), False),  # neither contains the other
    (APPLIED, measure("m", Kind.DISTINCT, **MATCHED), False),  # rows and persons
    (APPLIED, measure("m", feed="others", **MATCHED), False),
    (APPLIED, measure("m", where={"matched": "yes"}), False),  # employers' rows
    (APPLIED, measure("again", **BY), False),  # the same
]


@pytest.mark.parametrize(("whole", "part", "contained"), CONTAINS)
def test_what_is_part_of_what(whole: Measure, part: Measure, contained: bool) -> None:
    made = rests([table("t", [A], [whole]), table("u", [A], [part])], LISTS)
    assert bool(made) is contained


def test_a_rest_that_was_not_counted_stops_the_month() -> None:
    siege = release(BOTH, applications("a1", "ABCDEF", "GHI"))
    with pytest.raises(IntegrityError):
        protect_tables(siege.cells, LISTS, RULES, siege.holdings)
    wrong = siege.rests[0]
    wrong.figures["applied"]["a1",] = replace(wrong.figures["applied"]["a1",], value=2)  # type: ignore[index]
    with pytest.raises(IntegrityError):
        protect_tables(siege.cells, LISTS, RULES, siege.holdings, siege.before)


def test_a_rest_is_not_shown() -> None:
    left = APPLIED.model_copy(update={"without": Without(where={"matched": "yes"})})
    with pytest.raises(DisclosureError):
        _ = release([table("t", [A], [left])], applications("a1", "ABCDEF", "GHI")).published


def test_a_rest_has_its_own_contributors() -> None:
    siege = release(BOTH, applications("a1", "ABCDEF", "GG"))
    rest = siege.rests[0].spec
    key = key_of(rest, ("a1",), LISTS)
    held = holdings([rest], siege.records, LISTS)[rest.measures[0].population]["count:"]
    assert list(held[key].values()) == [2]
    assert siege.protection.certificate["nested"]["cells"] == 2
