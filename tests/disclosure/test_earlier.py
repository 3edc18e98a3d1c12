"""Two releases of one month, or of two months' stocks, read together: no number that either protects is worked out, nor
what came and what went between them.

The attacker is told more than a receiver knows: in which cells nobody's part changed, and where nothing came or nothing
went. It solves everything that both releases show; nothing is taken from the room under attack."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.base.errors import DisclosureError, IntegrityError
from gateway.disclosure import Before, Earlier, Protection, check_published, protect_tables
from gateway.model.cells import Figure, Key, Mark, Move, Moves, Place, Status, key_of
from gateway.model.table import Contributor, Kind, Measure, Model, TableSpec
from tests.disclosure.attacker import Number, attack, number
from tests.disclosure.linear import Equation, solve
from tests.disclosure.microdata import Record, dimension, figure, flat, measure, parts, table
from tests.disclosure.microdata import number as pseudonym
from tests.disclosure.siege import RULES, Siege, gives_away

ONE = Fraction(1)
LISTS = {"a": flat("a", ["a1", "a2", "a3"]), "b": flat("b", ["b1", "b2", "b3"])}
A, B = dimension("a"), dimension("b")
CAME, GONE = "came", "gone"
Holders = Mapping[str, int]


def moved(then: Holders, now: Holders) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """What came, went and stayed, by contributor."""
    who = {*then, *now}
    came = {w: now.get(w, 0) - then.get(w, 0) for w in who if now.get(w, 0) > then.get(w, 0)}
    gone = {w: then.get(w, 0) - now.get(w, 0) for w in who if then.get(w, 0) > now.get(w, 0)}
    stayed = {w: min(then[w], now[w]) for w in who if w in then and w in now}
    return came, gone, stayed


@dataclass(frozen=True)
class Second(Siege):
    """A release after another one."""

    first: Siege | None = None
    rows: bool = True

    @property
    def _first(self) -> Siege:
        assert self.first is not None
        return self.first

    @cached_property
    def before(self) -> Before:
        first = self._first
        shown = {
            one.spec.name: {
                m.name: frozenset(p for p in one.figures[m.name] if t.rows[p][m.name].mark is Mark.NORMAL)
                for m in one.spec.measures
            }
            for one, t in zip(first.cells, first.published, strict=True)
        }
        zeros = {
            one.spec.name: {
                m.name: frozenset(p for p, row in t.rows.items() if row[m.name].mark is Mark.WITHHELD)
                - one.figures[m.name].keys()
                for m in one.spec.measures
            }
            for one, t in zip(first.cells, first.published, strict=True)
        }
        earlier = Earlier(
            release="R01",
            cells=[*first.cells, *first.rests],
            shown=shown,
            parts=first.holdings,
            moves=self.moves if self.rows else None,
            tied=None,
            zeros=zeros,
        )
        return Before(earlier=[earlier], rests=self.rests)

    @cached_property
    def moves(self) -> Moves:
        found: dict[str, dict[str, dict[Key, Move]]] = {}
        for spec, one, then, now in self.pairs():
            if one.model is Model.PERSONS:
                cells = found.setdefault(one.population, {}).setdefault(one.counted, {})
                for place in {*then, *now}:
                    change = moved(then.get(place, {}), now.get(place, {}))
                    if change[0] or change[1]:
                        cells[key_of(spec, place, self.lists)] = _move(one, change)
        return found

    @property
    def counted(self) -> list[TableSpec]:
        return [*self.specs, *(one.spec for one in self.rests)]

    def pairs(self) -> Iterator[tuple[TableSpec, Measure, dict[Place, dict[str, int]], dict[Place, dict[str, int]]]]:
        """Of each table and measure, and each rest, who had and who has how much where."""
        for spec in self.counted:
            for one in spec.measures:
                then, now = (parts(spec, one, s.records, self.lists) for s in (self._first, self))
                yield spec, one, then, now

    @cached_property
    def protection(self) -> Protection:
        return protect_tables(self.cells, self.lists, self.parameters, self.holdings, self.before)

    def look_again(self) -> None:
        check_published(self.cells, self.protection, self.published, self.lists, self.holdings, self.before)


def _move(one: Measure, change: Sequence[Holders]) -> Move:
    came, gone, stayed = (figure(holders, one.model, one.kind) for holders in change)
    alone: Any = tuple(pseudonym(next(iter(h))) if len(h) == 1 else None for h in change)
    return Move(came=came, gone=gone, stayed=stayed, alone=alone)


def stolen(siege: Second) -> list[object]:
    """What the attacker works out and should not."""
    seen = attack([siege.published, siege._first.published], siege.lists)
    everything = {**seen.known, **seen.recovered}
    equations, secrets = [*seen.equations, *wholes(siege)], []
    for spec, one, then, now in siege.pairs():
        for place in {*then, *now}:
            names = [number(spec, one, place, siege.lists, month) for month in (0, 1)]
            came, gone, _ = moved(then.get(place, {}), now.get(place, {}))
            terms = {names[0]: ONE, names[1]: -ONE}
            for what, holders, sign in ((CAME, came, -ONE), (GONE, gone, ONE)):
                flow = names[0]._replace(quantity=(*names[0].quantity, what))
                if holders:
                    terms[flow] = sign
                    if gives_away(holders, one.model, siege.parameters):
                        secrets.append(flow)
            equations.append(Equation(terms, Fraction(0)))
    solved = {**everything, **solve(equations, everything)}
    secrets += [name for month, one in enumerate((siege, siege._first)) for name in _primary(one, month)]
    return [secret for secret in secrets if secret in solved]


def wholes(siege: Second) -> Iterator[Equation[Number]]:
    """Before and now: a whole is its part and the rest. Here all stand in one table, the whole first."""
    for rest in siege.rests:
        spec = next(s for s in siege.specs if len(s.measures) > 1)
        whole, part = spec.measures
        for month, one in enumerate((siege, siege._first)):
            for place in parts(spec, whole, one.records, one.lists):
                names = [
                    number(s, m, place, siege.lists, month)
                    for s, m in ((spec, whole), (spec, part), (rest.spec, rest.spec.measures[0]))
                    if place in parts(s, m, one.records, one.lists)
                ]
                yield Equation({names[0]: -ONE, **dict.fromkeys(names[1:], ONE)}, Fraction(0))


def _primary(siege: Siege, month: int) -> Iterator[Number]:
    for at, one, place in siege.each():
        if siege.sensitive(at, one, place):
            yield number(siege.specs[at], one, place, siege.lists, month)


def protected(siege: Second) -> bool:
    """Whether the door lets both releases out; one that it refuses has given nothing away."""
    try:
        _ = siege._first.published, siege.published
    except DisclosureError:
        return False
    siege.look_again()
    return True


WHO = st.sampled_from("ABCDEFGH")
CODES = st.fixed_dictionaries({name: st.sampled_from(lists.at(("code",))) for name, lists in LISTS.items()}).map(
    lambda codes: {name: node.code for name, node in codes.items()}
)
FLOW = [table("t", [A, B], [measure("n"), measure("x", Kind.SUM)])]
BY: Any = {"contributor": Contributor.WORKER}
NESTED = [table("t", [A], [measure("applied", **BY), measure("matched", where={"m": "yes"}, **BY)])]
STOCK = [table("t", [A, B], [measure("w", Kind.DISTINCT, Contributor.WORKER)])]


def pair(specs: Any, first: list[Record], second: list[Record], **more: Any) -> Second:
    return Second(specs, second, LISTS, RULES, first=Siege(specs, first, LISTS, RULES), **more)


@st.composite
def corrections(draw: Any) -> Second:
    """Postings, of which the second release has a few less, more, or others."""
    record = st.builds(Record, group=WHO, codes=CODES, amount=st.integers(1, 9))
    first = draw(st.lists(record, min_size=10, max_size=60))
    gone = draw(st.integers(0, 4))
    return pair(FLOW, first, [*first[gone:], *draw(st.lists(record, max_size=4))])


@st.composite
def stocks(draw: Any) -> Second:
    """Persons, each in one place, of whom some leave, join or move."""
    names = [f"p{at}" for at in range(40)]
    first = {name: draw(CODES) for name in names[: draw(st.integers(20, 36))]}
    second = {
        name: codes for name, codes in first.items() if name not in draw(st.sets(st.sampled_from(names), max_size=5))
    }
    second |= {name: draw(CODES) for name in draw(st.sets(st.sampled_from(names), max_size=5))}
    records = [[Record(worker=name, codes=codes) for name, codes in one.items()] for one in (first, second)]
    return pair(STOCK, *records, rows=draw(st.booleans()))


@st.composite
def nests(draw: Any) -> Second:
    """Applications, some of them matched; in the second release a few are gone, came or were matched meanwhile."""
    record = st.builds(Record, worker=WHO, codes=CODES.flatmap(lambda c: st.sampled_from([c, c | {"m": "yes"}])))
    first = draw(st.lists(record, min_size=30, max_size=80))
    changed = draw(st.integers(0, 5))
    since = [replace(one, codes={**one.codes, "m": draw(st.sampled_from(["yes", "no"]))}) for one in first[:changed]]
    more = draw(st.lists(record, max_size=8))
    return pair(NESTED, first, [*since, *first[changed + draw(st.integers(0, 3)) :], *more])


@settings(max_examples=60, deadline=None)
@given(nests())
def test_what_came_to_a_rest_is_not_found(siege: Second) -> None:
    if protected(siege):
        assert not stolen(siege)


@settings(max_examples=60, deadline=None)
@given(corrections())
def test_a_correction_does_not_tell_whose_it_is(siege: Second) -> None:
    if protected(siege):
        assert not stolen(siege)


@settings(max_examples=60, deadline=None)
@given(stocks())
def test_nobody_is_found_by_joining_or_leaving(siege: Second) -> None:
    """Where the earlier rows are gone, only figures are compared: then this attacker, who knows more, is not asked."""
    if protected(siege) and siege.rows:
        assert not stolen(siege)


def many(changed: Sequence[Record] = ()) -> list[Record]:
    """Every place with five groups of ten postings each, and some more."""
    places = [{"a": f"a{i}", "b": f"b{j}"} for i in (1, 2, 3) for j in (1, 2, 3)]
    return [Record(group=group, codes=codes) for codes in places for group in "VWXYZ" for _ in range(10)] + [*changed]


GROUPED = replace(RULES, group_disclosure=True)
BY_PERSON: dict[str, Any] = {"contributor": Contributor.WORKER}
VISITS = [table("t", [A, B], [measure("all", **BY_PERSON), measure("yes", where={"s": "y"}, **BY_PERSON)])]
CHOICES = (("a", ("a1", "a2")), ("b", ("b1", "b2")), ("s", ("y", "n")))


def visitors(random: Random, count: int) -> list[Record]:
    return [
        Record(worker=f"p{random.randrange(30)}", codes={name: random.choice(codes) for name, codes in CHOICES})
        for _ in range(count)
    ]


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False))
@example(Random(1))
def test_a_revision_beside_withheld_zeros_is_released_or_refused(random: Random) -> None:
    """A zero that was withheld of a part, and of the whole is known by now, is no cell that could be withheld."""
    then = visitors(random, 8)
    now = [record for record in then if random.random() < 0.7] + visitors(random, random.randrange(3))
    siege = Second(VISITS, now, LISTS, GROUPED, first=Siege(VISITS, then, LISTS, GROUPED))
    with suppress(DisclosureError):
        siege.look_again()
        assert not stolen(siege)


def test_the_same_release_again_shows_the_same() -> None:
    again = pair(FLOW, many(), many())
    assert again.protection.certificate["history"]["releases"] == ["R01"]
    assert set(again.protection.tables[0].status["n"].values()) == {Status.PUBLISHED}


def test_one_groups_correction_is_withheld_with_all_that_shows_it() -> None:
    """Five postings of one group came: its place, its row, its column and the total would each give it away."""
    more = [Record(group="V", codes={"a": "a1", "b": "b1"})] * 5
    siege = pair(FLOW, many(), many(more))
    try:
        status = siege.protection.tables[0].status["n"]
    except DisclosureError:
        return
    for place in (("a1", "b1"), ("a1", "Total"), ("Total", "b1"), ("Total", "Total")):
        assert status[place] is not Status.PUBLISHED
    assert not stolen(siege)


def test_without_the_history_the_same_correction_is_read() -> None:
    """The attacker of this file can find what it looks for."""
    more = [Record(group="V", codes={"a": "a1", "b": "b1"})] * 5
    blind = replace(pair(FLOW, many(), many(more)), first=Siege(FLOW, many(), LISTS, RULES))
    object.__setattr__(blind, "before", Before())
    assert stolen(blind)


def test_a_correction_by_many_groups_is_shown() -> None:
    more = [Record(group=group, codes={"a": "a1", "b": "b1"}) for group in "VWXYZ"] * 5
    siege = pair(FLOW, many(), many(more))
    assert set(siege.protection.tables[0].status["n"].values()) == {Status.PUBLISHED}


def test_a_single_joiner_is_not_shown_by_two_months_of_a_stock() -> None:
    people = [
        Record(worker=f"p{i}{j}{n}", codes={"a": f"a{i}", "b": f"b{j}"})
        for i in (1, 2, 3)
        for j in (1, 2, 3)
        for n in range(9)
    ]
    siege = pair(STOCK, people, [*people, Record(worker="new", codes={"a": "a1", "b": "b1"})])
    assert protected(siege) is False or not stolen(siege)


def test_a_history_whose_figures_do_not_fit_is_refused() -> None:
    siege = pair(FLOW, many(), many())
    first = siege._first.cells[0]
    first.figures["n"]["a1", "b1"] = Figure(value=51, contributors=5, largest=10, second=10)  # type: ignore[index]
    with pytest.raises(IntegrityError):
        _ = siege.protection
