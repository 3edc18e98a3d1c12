"""What rounded figures tell together: the month's verifier beside a reader who lists every truth that fits them.

The reader is written apart from the verifier: it knows the code lists, the figures and the base, and tries all values
of all finest figures one after the other."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.model.cells import Mark, Place, PublishedTable, Shown
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Contributor, Kind, TableSpec
from gateway.package import table_csv
from gateway.verifier.month import recheck_month
from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.certificate import public_of
from tests.disclosure.microdata import Record, cells, dimension, flat, measure, table
from tests.disclosure.siege import RULES, Siege
from tests.verifier.months import FIRST, PERIOD, chain, csvs, failed, material_of, verified

BASE = 3
WORKERS = measure("workers", Kind.DISTINCT, Contributor.WORKER)


def lists(skills: int, ages: int, regions: int) -> dict[str, Hierarchy]:
    counts = {"skill": skills, "age": ages, "region": regions}
    return {name: flat(name, [f"{name}{at}" for at in range(1, n + 1)]) for name, n in counts.items()}


def spec(*multi: str, age: bool = True, base: int = BASE) -> TableSpec:
    """A person has several skills and regions, and one age."""
    dimensions = [dimension(name, multi=True) for name in multi] + ([dimension("age")] if age else [])
    return table("t", dimensions, [WORKERS]).model_copy(update={"rounding": base})


class Reader:
    """Somebody who has ``shown`` (what is not listed is 0) and tries all truths of one table."""

    def __init__(
        self, spec: TableSpec, trees: Mapping[str, Hierarchy], *shown: Mapping[Place, int], zeros: Sequence[Place] = ()
    ) -> None:
        codes = [[node.code for node in trees[d.hierarchy].nodes] for d in spec.dimensions]
        adds_up = [not d.multi_valued for d in spec.dimensions]
        own = [[c for c in names if not (sums and c == "Total")] for names, sums in zip(codes, adds_up, strict=True)]
        self.places = list(product(*own))
        self.parts: dict[tuple[Place, int], list[Place]] = {}
        for place in self.places:
            for at, sums in enumerate(adds_up):
                if not sums and place[at] != "Total":
                    self.parts.setdefault(((*place[:at], "Total", *place[at + 1 :]), at), []).append(place)
        base = spec.rounding or 1
        self.fits = {
            place: [
                value
                for value in range(max(one.get(place, 0) for one in shown) + base)
                if all(abs(value - one.get(place, 0)) < base for one in shown) and not (value and place in zeros)
            ]
            for place in self.places
        }

    def worlds(self) -> Iterator[dict[Place, int]]:
        """Every truth: values of the finest figures, the totals of several-valued dimensions first."""
        order = sorted(self.places, key=lambda place: (-place.count("Total"), place))
        checks: dict[Place, list[tuple[Place, list[Place]]]] = {}
        for (total, _), parts in self.parts.items():
            checks.setdefault(max(parts, key=order.index), []).append((total, parts))
        above = {place: [total for (total, _), parts in self.parts.items() if place in parts] for place in order}
        world: dict[Place, int] = {}

        def next_(at: int) -> Iterator[dict[Place, int]]:
            if at == len(order):
                yield world
                return
            place = order[at]
            for value in self.fits[place]:
                world[place] = value
                if all(value <= world[total] for total in above[place]) and all(
                    world[total] <= sum(world[part] for part in parts) for total, parts in checks.get(place, ())
                ):
                    yield from next_(at + 1)
            del world[place]

        yield from next_(0)

    def ranges(self) -> dict[Place, tuple[int, int]]:
        """The least and the most that each can be."""
        found: dict[Place, tuple[int, int]] = {}
        for world in self.worlds():
            for place, value in world.items():
                low, high = found.get(place, (value, value))
                found[place] = min(low, value), max(high, value)
        return found

    def narrow(self, base: int, zeros: Sequence[Place] = ()) -> bool:
        """Whether some figure is told more narrowly than the base promises."""
        found = self.ranges()
        assert found, "the reader was misled"
        return any(high - low < base - 1 for place, (low, high) in found.items() if place not in zeros)


def figures(one: TableSpec, records: Sequence[Record], trees: Mapping[str, Hierarchy]) -> dict[Place, int]:
    return {place: figure.value for place, figure in cells(one, records, trees).figures["workers"].items()}


def summed(one: TableSpec, trees: Mapping[str, Hierarchy], own: Mapping[Place, int]) -> dict[Place, int]:
    """With the totals over ages, which are sums."""
    shown = dict(own)
    if one.dimensions[-1].name == "age":
        for place, value in own.items():
            total = (*place[:-1], "Total")
            shown[total] = shown.get(total, 0) + value
    return shown


def attacked(
    one: TableSpec, records: Sequence[Record], trees: Mapping[str, Hierarchy], own: Mapping[Place, int]
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The material of a month with this one table, and the table with these figures instead of the engine's."""
    siege = Siege([one], records, trees, RULES)
    shown = summed(one, trees, own)
    tops = {tuple("Total" for _ in one.dimensions)}
    rows = {
        place: {"workers": Shown(value=shown.get(place, 0), mark=Mark.ROUNDED)}
        for place in sorted({place for place, value in shown.items() if value} | tops)
    }
    return material_of(siege), {"02.csv": table_csv(PublishedTable(spec=one, rows=rows), trees, PERIOD)}


def people(*drawn: tuple[tuple[str, ...], str, tuple[str, ...]]) -> list[Record]:
    return [
        Record(worker=f"p{at}", codes={"skill": skills, "age": age, "region": regions})
        for at, (skills, age, regions) in enumerate(drawn)
    ]


# the attack -----------------------------------------------------------------------------------------------------------


def pinned() -> tuple[TableSpec, list[Record], dict[str, Hierarchy], dict[Place, int]]:
    """Two in each of three skills, six in all: rounded to 0, 0, 0 and 6. Six is said of at least 4, each skill is at
    most 2: all of them are left 4 to 6, as many as is promised."""
    trees = lists(3, 1, 1)
    records = people(*(((f"skill{1 + at % 3}",), "age1", ("region1",)) for at in range(6)))
    return spec("skill", age=False), records, trees, {("Total",): 6}


def test_figures_that_pin_one_another_are_refused() -> None:
    one, records, trees, shown = pinned()
    assert Reader(one, trees, shown).ranges()["Total",] == (4, 6)
    assert not Reader(one, trees, shown).narrow(BASE)
    assert failed(verified(*attacked(one, records, trees, shown))) == []
    two = lists(2, 1, 1)
    four = [record for record in records if record.codes["skill"] != ("skill3",)]
    higher = {("Total",): 6}
    assert Reader(one, two, higher).ranges() == {("Total",): (4, 4), ("skill1",): (2, 2), ("skill2",): (2, 2)}
    report = verified(*attacked(one, four, two, higher))
    assert failed(report) == ["rounded"]
    assert not report.valid


SKILLS = st.lists(st.sampled_from(["skill1", "skill2", "skill3"]), min_size=1, max_size=3, unique=True).map(tuple)
SHAPES = st.sampled_from(
    [
        (("skill",), False, (1, 1, 1)),
        (("skill",), False, (2, 1, 1)),
        (("skill",), False, (3, 1, 1)),
        (("skill",), True, (2, 2, 1)),
        (("skill", "region"), False, (2, 1, 2)),
    ]
)


@settings(max_examples=80, deadline=None)
@given(data=st.data(), shape=SHAPES)
def test_the_verdict_is_that_of_a_reader_who_tries_everything(data: Any, shape: Any) -> None:
    """For any rounding, good or bad: refused exactly where some figure is told more narrowly than is promised."""
    multi, age, sizes = shape
    trees, one = lists(*sizes), spec(*multi, age=age)
    codes = {
        name: st.sampled_from([f"{name}{at}" for at in range(1, n + 1)])
        for name, n in zip(("skill", "age", "region"), sizes, strict=True)
    }
    many = {name: st.lists(codes[name], min_size=1, max_size=2, unique=True).map(tuple) for name in ("skill", "region")}
    drawn = data.draw(st.lists(st.tuples(many["skill"], codes["age"], many["region"]), max_size=8))
    records = people(*drawn)
    truth = figures(one, records, trees)
    empty = Reader(one, trees, {})
    up = {place: data.draw(st.booleans()) for place in empty.places if truth.get(place, 0) % BASE}
    shown = {p: truth.get(p, 0) // BASE * BASE + BASE * up.get(p, False) for p in empty.places}
    assume(all(shown[part] <= shown[total] for (total, _), parts in empty.parts.items() for part in parts))
    expected = ["rounded"] if Reader(one, trees, shown).narrow(BASE) else []
    assert failed(verified(*attacked(one, records, trees, shown))) == expected


def test_what_an_earlier_release_showed_of_the_same_number_binds_it_too() -> None:
    """Four persons, shown as 3 and then as 6: between 4 and 5. Of a number that has changed it says nothing."""
    trees, one = lists(1, 1, 1), spec(age=True)
    rows = people(*((("skill1",), "age1", ("region1",)) for _ in range(4)))
    made, files = attacked(one, rows, trees, {("age1",): 6})
    assert Reader(one, trees, {("age1",): 3}, {("age1",): 6}).ranges() == {("age1",): (4, 5)}
    published = {"t": [[[code], {"workers": [3, "R"]}] for code in ("Total", "age1")]}
    secret = {"tables": made["tables"], "feeds": {}, "cells": copy.deepcopy(made["cells"])}
    secret |= {"rests": {"tables": [], "cells": {}}}
    first = {"release": FIRST, "published": published, "secret": secret, "parts": {}, "moves": {}}
    made["earlier"] = [first]
    made["history"]["releases"] = chain([first])
    assert failed(verified(made, files)) == ["rounded"]
    for row in secret["cells"]["t"]["workers"]:
        row[-4] -= 1
        row[-3] -= 1
    made["history"]["releases"] = chain([first])
    assert failed(verified(made, files)) == []


def test_a_declared_zero_is_known_to_be_nothing() -> None:
    """Nobody of that age can have the second skill: all the total says is said of the first."""
    trees, one = lists(2, 1, 1), spec("skill", age=False)
    records = people(*((("skill1",), "age1", ("region1",)) for _ in range(2)))
    shown = {("Total",): 3}
    assert failed(verified(*attacked(one, records, trees, shown))) == []
    known = one.model_copy(update={"structural_zeros": ({"skill": "skill2"},)})
    assert Reader(one, trees, shown, zeros=[("skill2",)]).narrow(BASE, zeros=[("skill2",)])
    assert failed(verified(*attacked(known, records, trees, shown))) == ["rounded"]


# another month --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", [3, 5])
def test_another_month_tells_no_more_to_whoever_does_not_know_who_came_and_left(base: int) -> None:
    """Any figure of the one month goes with any of the other: some left, others joined."""
    for first, second in product(range(0, 4 * base, base), repeat=2):
        alone = {x for x in range(second + base) if abs(x - second) < base}
        both = {
            before - left + joined
            for before in range(first + base)
            if abs(before - first) < base
            for left in range(before + 1)
            for joined in range(second + base)
            if abs(before - left + joined - second) < base
        }
        assert both == alone
        assert max(alone) - min(alone) == (2 * base - 2 if second else base - 1)


def test_who_knows_that_nobody_left_learns_more_of_several_figures() -> None:
    """Not promised: a skill's figure goes up by 5, the total's stays. Of the skill alone 1 to 9 may have joined, with
    the total 1 to 4."""

    def joined(first: int, second: int) -> set[int]:
        pairs = product(range(first + 5), range(second + 5), range(5))
        return {y - x for x, y, u in pairs if y >= x and (x + u) // 5 * 5 == first and (y + u) // 5 * 5 == second}

    skill, total = joined(5, 10), joined(30, 30)
    assert (skill, total) == (set(range(1, 10)), set(range(5)))
    assert {part for part, whole in product(skill, total) if part <= whole} == {1, 2, 3, 4}


# mixed with exact figures, certificates -------------------------------------------------------------------------------


def test_exact_figures_of_what_is_rounded_are_refused() -> None:
    """In another table of the release, or as a whole of which the rounded ones are part."""
    trees = lists(2, 2, 1)
    records = people(*((("skill1",), f"age{1 + at % 2}", ("region1",)) for at in range(12)))
    one = spec("skill")
    shown = dict.fromkeys(product(("Total", "skill1"), ("age1", "age2")), 6)
    assert failed(verified(*attacked(one, records, trees, shown))) == []
    for exact in (WORKERS, WORKERS.model_copy(update={"where": {"sex": "f"}})):
        made, files = attacked(one, records, trees, shown)
        other = table("u", [dimension("age")], [exact])
        siege = Siege([other], [r if exact is WORKERS else _female(r) for r in records], trees, RULES)
        more = material_of(siege)
        for key in ("cells", "statuses"):
            made[key] |= more[key]
        made["tables"] += more["tables"]
        made["entries"] += ["03.csv"]
        made["parts"] = more["parts"]
        files["03.csv"] = csvs(siege)["02.csv"]
        assert failed(verified(made, files)) == ["rounded"]


def _female(record: Record) -> Record:
    return Record(worker=record.worker, codes={**record.codes, "sex": "f"})


def test_both_certificates_say_what_is_promised() -> None:
    one, records, trees, shown = pinned()
    made, files = attacked(one, records, trees, shown)
    report = verified(made, files)
    assert report.secret is not None
    assert report.public is not None
    for data in (report.secret, report.public):
        stated = json.loads(data)
        assert stated["rounding"]["bases"] == {"02.csv": BASE}
        assert stated["results"]["rounded"] is True
    assert recheck_month(report.secret, canonical(made), files, report.public).valid
    document = json.loads(report.secret)
    document["rounding"]["bases"]["02.csv"] = 10
    secret = canonical(document)
    assert failed(recheck_month(secret, canonical(made), files, public_of(secret, document))) == ["results"]
