"""A contributor reads a month's tables: it knows the cells in which it is alone, and its own part of the others.

The attacker is the one of ``attacker``, told what an insider knows; none of it is taken from the room under attack."""

import random
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings

from gateway.base.errors import IntegrityError
from gateway.disclosure import Parameters, Protection, protect_tables
from gateway.disclosure.rules import Insiders
from gateway.model.cells import Status
from gateway.model.table import Kind, Measure, Model
from tests.disclosure import worlds
from tests.disclosure.attacker import Number, attack, number
from tests.disclosure.linear import solve
from tests.disclosure.microdata import Holders, Record, cells, dimension, flat, holdings, measure, parts, table
from tests.disclosure.siege import Siege
from tests.disclosure.test_attack import protected
from tests.verifier.enumerated import Enumerated, verdict


def held(siege: Siege) -> Iterator[tuple[int, Measure, Holders]]:
    """Of each table and measure, who has how much where."""
    for at, spec in enumerate(siege.specs):
        for one in spec.measures:
            yield at, one, parts(spec, one, siege.records, siege.lists)


def inside(siege: Siege, model: Model, who: str) -> Mapping[Number, int]:
    """The hidden numbers that somebody knows for being alone in them."""
    return {
        number(siege.specs[at], one, place, siege.lists): there[who]
        for at, one, places in held(siege)
        for place, there in places.items()
        if one.model is model and set(there) == {who}
    }


def found_by_insiders(siege: Siege) -> list[tuple[str, Number]]:
    """The primary numbers that some contributor works out though they protect another."""
    seen = attack([siege.published], siege.lists)
    everything = {**seen.known, **seen.recovered}
    found = []
    primary = [
        (number(siege.specs[at], one, place, siege.lists), one.model, there)
        for at, one, places in held(siege)
        for place, there in places.items()
        if siege.status(at, one.name, *place) is Status.PRIMARY
    ]
    models = {one.model for _, one, _ in held(siege)}
    for model, who in sorted({(of, who) for of in models for who in _near(siege, of)}):
        own = {n: v for n, v in inside(siege, model, who).items() if n not in everything}
        solved = solve(seen.equations, {**everything, **own})
        found += [
            (who, n)
            for n, of, there in primary
            if of is model and n in solved and n not in own and not _protects(there, model, who)
        ]
    return found


def _near(siege: Siege, model: Model) -> set[str]:
    return {who for _, one, places in held(siege) if one.model is model for there in places.values() for who in there}


def _protects(there: Mapping[str, int], model: Model, who: str) -> bool:
    """Whether a number protects somebody: the largest employer, nobody where several are."""
    most = max(there.values())
    return model is Model.BUSINESS and [one for one, part in there.items() if part == most] == [who]


@settings(max_examples=60, deadline=None)
@given(worlds.employers())
def test_no_employer_finds_another(siege: Siege) -> None:
    assert not found_by_insiders(protected(siege))


@settings(max_examples=40, deadline=None)
@given(worlds.persons())
def test_no_person_finds_another(siege: Siege) -> None:
    assert not found_by_insiders(protected(siege))


@pytest.mark.parametrize("insiders", ["any", "second"])
def test_no_employer_narrows_another_who_has_as_much(insiders: str) -> None:
    """Beside the attacker who tries every world; of cells with several largest each of them attacks."""

    @settings(max_examples=60, deadline=None)
    @given(worlds.ties(insiders))
    def narrowed(siege: Siege) -> None:
        counts = {m.counted: m for m in siege.specs[0].measures}
        every = [Enumerated(protected(siege), m, frozenset(), siege.specs) for m in counts.values()]
        assert not verdict(every, insiders)

    narrowed()


LISTS = {name: flat(name, [f"{name}{at}" for at in range(1, 5)]) for name in "ab"}
RULES = Parameters(minimum_persons=3, minimum_groups=3, p_percent=0)
SPEC = table("t", [dimension("a"), dimension("b")], [measure("n")])


def small(seed: int) -> list[Record]:
    """Some fifty postings of ten groups in sixteen places."""
    chance = random.Random(seed)
    number = chance.randint(30, 60)
    made = []
    for _ in range(number):
        group = chance.choice("abcdefghij")
        made.append(Record(group=group, codes={name: f"{name}{chance.randint(1, 4)}" for name in "ab"}))
    return made


class Outsiders(Siege):
    """Protected as if nobody knew anything from inside."""

    @property
    def protection(self) -> Protection:
        return protect_tables(self.cells, self.lists, self.parameters, {})


@pytest.mark.parametrize("seed", [91, 152])
def test_what_holds_against_outsiders_need_not_hold_against_insiders(seed: int) -> None:
    """Without parts the attacker of this file does find somebody; with them nobody."""
    given = [SPEC], small(seed), LISTS, RULES
    assert found_by_insiders(Outsiders(*given))
    assert not found_by_insiders(Siege(*given))


@pytest.mark.parametrize("insiders", ["any", "second"])
@pytest.mark.parametrize("half", ["AB", "ABC"])
def test_who_has_as_much_as_another_is_an_attacker(half: str, insiders: Insiders) -> None:
    """All in one place have the same there, and A is alone in the opposite one: four withheld places are enough against
    outsiders, and tell A of the others."""
    rows = [Record(group=who, codes={"a": "a1", "b": "b1"}, amount=50) for who in half]
    rows += [Record(group="A", codes={"a": "a2", "b": "b2"}, amount=30)]
    crowded = [(a, b) for a in ("a1", "a2", "a3") for b in ("b1", "b2") if (a, b) not in [("a1", "b1"), ("a2", "b2")]]
    rows += [Record(group=who, codes={"a": a, "b": b}, amount=40) for who in "DEFGHI" for a, b in crowded]
    rules = Parameters(minimum_persons=3, minimum_groups=4, p_percent=25, insiders=insiders)
    given = [table("t", [dimension("a"), dimension("b")], [measure("x", Kind.SUM)])], rows, LISTS, rules
    assert {who for who, n in found_by_insiders(Outsiders(*given)) if n.at == {("a", "a1"), ("b", "b1")}} == {"A"}
    assert not found_by_insiders(Siege(*given))


def test_only_the_second_largest_attacks_where_the_agreement_says_so() -> None:
    second = Parameters(minimum_persons=3, minimum_groups=3, p_percent=0, insiders="second")
    some = Siege([SPEC], small(91), LISTS, second)
    every = Siege([SPEC], small(91), LISTS, RULES)
    assert some.protection.certificate["insider_test"] != every.protection.certificate["insider_test"]
    withheld = [_withheld(siege) for siege in (some, every)]
    assert withheld[0] <= withheld[1]


def _withheld(siege: Siege) -> set[tuple[str, ...]]:
    status = siege.protection.tables[0].status["n"]
    return {place for place, one in status.items() if one is not Status.PUBLISHED}


def test_parts_that_do_not_add_up_to_their_cells_stop_the_month() -> None:
    records = small(91)
    with pytest.raises(IntegrityError):
        protect_tables([cells(SPEC, records, LISTS)], LISTS, RULES, holdings([SPEC], records[1:], LISTS))
