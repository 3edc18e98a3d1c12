"""Rounded tables of a month: they add up, no part is above its total, and one joiner is not read from two months.

The attacker of one figure lists every truth and every draw that fit what it has seen; nothing of it is taken from the
room under attack."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.base.errors import DisclosureError
from gateway.disclosure import Before, Earlier, Protection, check_published, protect_tables
from gateway.model.cells import Mark, Place, PublishedTable, Shown
from gateway.model.table import Contributor, Kind, Ratio, TableSpec
from gateway.statistics import publish
from tests.disclosure.microdata import WORD, Record, dimension, flat, measure, table
from tests.disclosure.siege import RULES, Siege

SKILL = dimension("skill", multi=True)
AGE = dimension("age")
LISTS = {name: flat(name, [f"{name}{at}" for at in range(1, n + 1)]) for name, n in (("skill", 3), ("age", 4))}
BY: dict[str, Any] = {"contributor": Contributor.WORKER}
WORKERS = measure("workers", Kind.DISTINCT, **BY)
SECRET = b"the exchange's secret"


def spec(base: int | None = 5, **more: Any) -> TableSpec:
    return table("t", [SKILL, AGE], [WORKERS]).model_copy(update={"rounding": base, **more})


class Stock(Siege):
    """A rounded release. ``secret``, ``earlier``: set by ``stock``."""

    secret: bytes
    earlier: tuple[Earlier, ...]

    @property
    def before(self) -> Before:  # type: ignore[override]
        return Before(earlier=self.earlier, rests=self.rests)

    @property
    def protection(self) -> Protection:  # type: ignore[override]
        return protect_tables(self.cells, self.lists, self.parameters, self.holdings, self.before, self.secret)

    @property
    def shown(self) -> dict[Place, int]:
        """What is published of each place that is not empty; what has no row is zero."""
        rows = self.published[0].rows
        return {p: int(rows[p]["workers"].value or 0) if p in rows else 0 for p in self.cells[0].figures["workers"]}


def stock(
    records: Sequence[Record], secret: bytes = SECRET, earlier: tuple[Earlier, ...] = (), base: int | None = 5
) -> Stock:
    found = Stock([spec(base)], records, LISTS, RULES)
    object.__setattr__(found, "secret", secret)
    object.__setattr__(found, "earlier", earlier)
    return found


def as_earlier(siege: Stock) -> Earlier:
    return Earlier(
        release="R01",
        cells=siege.cells,
        shown={},
        parts={},
        moves={},
        tied=None,
        rounded={"t": {"workers": siege.shown}} if siege.specs[0].rounding else {},
    )


SKILLS = st.lists(st.sampled_from(["skill1", "skill2", "skill3"]), min_size=1, max_size=3, unique=True).map(tuple)
PEOPLE = st.lists(st.tuples(SKILLS, st.sampled_from(["age1", "age1", "age2", "age3", "age4"])), max_size=60)


def people(drawn: Sequence[tuple[tuple[str, ...], str]]) -> list[Record]:
    return [Record(worker=f"p{at}", codes={"skill": s, "age": a}) for at, (s, a) in enumerate(drawn)]


def faults(siege: Stock, base: int = 5) -> Iterator[str]:
    """What a rounding must not be, read from what is published."""
    shown, truth = siege.shown, siege.cells[0].figures["workers"]
    for (skill, age), value in shown.items():
        parts = [shown.get((skill, f"age{at}"), 0) for at in range(1, 5)]
        if value % base or value < 0:
            yield "not a multiple"
        if age == "Total" and value != sum(parts):
            yield "does not add up"
        if age != "Total" and abs(value - truth[skill, age].value) >= base:
            yield "a base or more from the truth"
        if age != "Total" and truth[skill, age].value % base == 0 and value != truth[skill, age].value:
            yield "a multiple that moved"
        if value > shown["Total", age]:
            yield "a part above its total"


@settings(max_examples=80, deadline=None)
@given(PEOPLE, st.binary(min_size=4, max_size=4))
def test_a_rounding_adds_up_and_stays_near(drawn: Any, secret: bytes) -> None:
    siege = stock(people(drawn), secret)
    assert not list(faults(siege))
    rows = siege.published[0].rows
    assert {row["workers"].mark for row in rows.values()} == {Mark.ROUNDED}
    margins = {
        ("Total", "Total"),
        *((f"skill{i}", "Total") for i in (1, 2, 3)),
        *(("Total", f"age{i}") for i in (1, 2, 3, 4)),
    }
    assert all(row["workers"].value or place in margins for place, row in rows.items())


@settings(max_examples=80, deadline=None)
@given(PEOPLE, PEOPLE, st.binary(min_size=4, max_size=4))
def test_a_revision_rounds_what_is_unchanged_to_the_same(drawn: Any, more: Any, secret: bytes) -> None:
    first = stock(people(drawn), secret)
    second = stock(people([*drawn[len(more) // 8 :], *more[:4]]), secret, (as_earlier(first),))
    assert not list(faults(second))
    then, now = first.cells[0].figures["workers"], second.cells[0].figures["workers"]
    for place in then.keys() & now.keys():
        if place[1] != "Total" and then[place].value == now[place].value:
            assert first.shown[place] == second.shown[place]


@settings(max_examples=30, deadline=None)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_same_persons_are_rounded_alike(drawn: Any, random: Any) -> None:
    """In whatever order, and in every month in which they are the same number."""
    records = people(drawn)
    assert stock(records).shown == stock(random.sample(records, len(records))).shown
    assert stock(records).shown == stock([replace(one, worker=f"other {one.worker}") for one in records]).shown


# one joiner, and nobody left ------------------------------------------------------------------------------------------


def joiners(first: int, second: int, base: int) -> set[int]:
    """How many may have joined one finest cell, for somebody who saw two months' figures and knows that nobody left."""
    found = set()
    for draw in range(base):
        xs = [x for x in range(first + base) if base * ((x + draw) // base) == first]
        ys = [y for y in range(second + base) if base * ((y + draw) // base) == second]
        found |= {y - x for x, y in product(xs, ys) if y >= x}
    return found


@pytest.mark.parametrize("base", [3, 5, 10])
@pytest.mark.parametrize("count", [0, 1, 4, 5, 6, 12, 30])
def test_what_is_learnt_of_a_single_joiner(base: int, count: int) -> None:
    """Over many secrets: either nothing is seen of the joiner, and 0 to base − 1 may have come; or the figure goes up
    by one base, and 1 to 2 base − 1 may have come. Never is it known that one came."""
    seen = set()
    others = [Record(worker=f"o{at}", codes={"skill": ("skill2",), "age": "age1"}) for at in range(40)]
    for at in range(12 * base):
        records = [*others, *people([(("skill1",), "age1")] * count)]
        months = [
            stock(rows, bytes([at]), base=base).shown.get(("skill1", "age1"), 0)
            for rows in (records, [*records, Record(worker="new", codes={"skill": ("skill1",), "age": "age1"})])
        ]
        up = months[1] - months[0]
        seen.add(up)
        assert joiners(months[0], months[1], base) == (set(range(base)) if up == 0 else set(range(1, 2 * base)))
    assert seen == {0, base}


def test_exact_figures_tell_of_the_joiner() -> None:
    """The same two months without rounding: the difference is one."""
    records = people([(("skill1",), "age1")] * 12)
    one, two = (stock(rows, base=None) for rows in (records, [*records, Record(worker="new", codes=records[0].codes)]))
    values = [s.published[0].rows["skill1", "age1"]["workers"].value for s in (one, two)]
    assert values == [12, 13]


def test_who_knows_all_moves_does_not_learn_the_figure() -> None:
    """Somebody who knows exactly who came and went, month after month, is left with as many truths as the base has
    draws: a figure and one more, with the draw one less, look the same for ever."""
    moves = (3, 1, -2, 4, 1, 1, -1, 5)
    for start in range(4, 30):
        for draw in range(5):
            series, x = [], start
            for move in (0, *moves):
                x += move
                series.append(5 * ((x + draw) // 5))
            fits = set()
            for other, guess in product(range(40), range(5)):
                y, same = other, True
                for move, shown in zip((0, *moves), series, strict=True):
                    y += move
                    same &= 5 * ((y + guess) // 5) == shown
                if same:
                    fits.add(other)
            assert len(fits) >= 5
            assert start in fits


# what is refused ------------------------------------------------------------------------------------------------------


def test_exact_and_rounded_figures_of_a_month_do_not_mix() -> None:
    records = people([(("skill1",), "age1")] * 12)
    for bases in ((None, 5), (5, None), (5, 10)):
        first = stock(records, base=bases[0])
        with pytest.raises(DisclosureError):
            _ = stock(records, earlier=(as_earlier(first),), base=bases[1]).published


def test_exact_and_rounded_figures_of_a_release_do_not_mix() -> None:
    records = people([(("skill1",), "age1")] * 12)
    other = table("u", [AGE], [WORKERS])
    part = table("u", [AGE], [measure("young", Kind.DISTINCT, where={"sex": "f"}, **BY)])
    for second in (other, part):
        with pytest.raises(DisclosureError):
            _ = Siege([spec(), second], records, LISTS, RULES).published


def test_only_persons_are_rounded() -> None:
    document = table("t", [AGE], [measure("n")]).model_dump() | {"rounding": 5}
    with pytest.raises(ValidationError):
        TableSpec.model_validate(document)


SPOILS: list[tuple[str, Shown | None]] = [
    ("a figure that is not rounded", Shown(value=12, mark=Mark.ROUNDED)),
    ("another multiple", Shown(value=100, mark=Mark.ROUNDED)),
    ("a figure that says it is exact", Shown(value=10, mark=Mark.NORMAL)),
    ("a withheld figure", Shown(value=None, mark=Mark.WITHHELD)),
    ("a row that is missing", None),
]


@pytest.mark.parametrize(("why", "shown"), SPOILS, ids=[why for why, _ in SPOILS])
def test_the_second_look_sees_a_figure_that_leaves_otherwise(why: str, shown: Shown | None) -> None:
    siege = stock(people([(("skill1",), "age1")] * 12 + [(("skill2",), "age2")] * 10))
    rows = {place: dict(row) for place, row in siege.published[0].rows.items()}
    if shown is None:
        del rows["skill1", "age1"]
    else:
        rows["skill1", "age1"]["workers"] = shown
    spoiled = [PublishedTable(spec=siege.specs[0], rows=rows)]
    with pytest.raises(DisclosureError):
        check_published(siege.cells, siege.protection, spoiled, LISTS, siege.holdings, siege.before)


def test_what_is_made_of_rounded_figures_says_so() -> None:
    texts = {"title": WORD, "unit": WORD, "definition": WORD}
    share = Ratio(kind="ratio", name="same", numerator="workers", denominator="workers", decimals=0, **texts)
    siege = stock(people([(("skill1",), "age1")] * 12))
    cells = replace(siege.cells[0], spec=spec(derived=(share,)))
    made = publish(cells, siege.protection.tables[0], LISTS, {}, None)
    assert made.rows["Total", "Total"]["same"] == Shown(value=1, mark=Mark.ROUNDED)
    assert made.rows["skill3", "Total"]["same"].mark is Mark.MISSING
