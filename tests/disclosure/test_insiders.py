"""A contributor reads a month's tables: it knows the cells in which it is alone, and its own part of the others.

The attacker is the one of ``attacker``, told what an insider knows; none of it is taken from the room under attack."""

import random
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings

from gateway.base.errors import IntegrityError
from gateway.disclosure import Parameters, Protection, protect_tables
from gateway.model.cells import Status
from gateway.model.table import Measure, Model
from tests.disclosure import worlds
from tests.disclosure.attacker import Number, attack, number
from tests.disclosure.linear import solve
from tests.disclosure.microdata import Holders, Record, cells, dimension, flat, holdings, measure, parts, table
from tests.disclosure.siege import Siege
from tests.disclosure.test_attack import protected


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
    return model is Model.BUSINESS and there.get(who) == max(there.values())


@settings(max_examples=60, deadline=None)
@given(worlds.employers())
def test_no_employer_finds_another(siege: Siege) -> None:
    assert not found_by_insiders(protected(siege))


@settings(max_examples=40, deadline=None)
@given(worlds.persons())
def test_no_person_finds_another(siege: Siege) -> None:
    assert not found_by_insiders(protected(siege))


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
