"""What releases of different levels or months tell by subtraction, though no release lists it."""

import random
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base.errors import DisclosureError
from gateway.disclosure import Declaration, exchange, protect
from gateway.disclosure.microdata import read_microdata
from gateway.disclosure.rests import rests
from gateway.verifier.protection.untold import rests as verified_rests
from tests.disclosure.protected import columns, declared

AXES = ("region", "county", "town"), ("time", "month")
Row = tuple[str, str, str, int]
"""Town (its first letter is the county's), month, contributor, value."""


def shown(region: list[str], time: list[str], model: str = "business") -> Declaration:
    spec = declared(*AXES, model=model, rules={"minimum_persons": 3})
    axes = [
        axis.model_copy(update={"shown": tuple(some)})
        for axis, some in zip(spec.dimensions, (region, time), strict=True)
    ]
    return spec.model_copy(update={"dimensions": tuple(axes)})


def records(rows: list[Row]) -> dict[str, list[str]]:
    listed = [
        {"county": town[0], "town": town, "month": month, "who": who, "value": str(value)}
        for town, month, who, value in rows
    ]
    return columns(listed) if listed else {name: [] for name in ("county", "town", "month", "who", "value")}


def published(path: Path, steps: list[tuple[list[Row], Declaration]]) -> list[dict[tuple[str, ...], int]]:
    """What each release shows, protected together with those before."""
    path.unlink(missing_ok=True)
    history, found = exchange.begin(path, "x"), []
    for number, (rows, spec) in enumerate(steps):
        table = protect(records(rows), spec, history)
        found.append({cell.place: cell.value for cell in table.cells if cell.status.value == "published"})
        history = exchange.append(path, history, f"r{number}", spec, table.microdata, table.shown)
    return found


def test_a_month_and_the_total_with_the_next_tell_no_town_of_one_employer(tmp_path: Path) -> None:
    first = [(town, "m1", who, 2000) for town in ("a1", "a2") for who in "BCD"]
    second = [("a1", "m2", "A", 777), *(("a2", "m2", who, 500) for who in "BCD")]
    month, total = published(
        tmp_path / "x.history",
        [(first, shown(["Total", "town"], ["month"])), (second, shown(["Total", "town"], ["Total"]))],
    )
    assert month["a1", "m1"] == 6000
    assert ("a1", "Total") not in total
    assert ("a2", "Total") not in total or ("Total", "Total") not in total


def test_a_county_tells_no_town_that_came_with_it(tmp_path: Path) -> None:
    first = [("a6", "m1", who, 20) for who in "BCD"]
    second = [*first, ("a5", "m1", "A", 5), *(("b7", "m1", who, 20) for who in "BCE")]
    town, county = published(
        tmp_path / "x.history",
        [(first, shown(["town"], ["Total"])), (second, shown(["Total", "county"], ["Total"]))],
    )
    assert town == {("a6", "Total"): 60}
    assert ("a", "Total") not in county


@pytest.mark.parametrize("model", ["business", "persons"])
def test_nothing_sensitive_is_a_difference_of_two_releases(tmp_path: Path, model: str) -> None:
    """Every figure of the second release less one of the first, and less any two that have nothing in common."""
    told = 0
    for seed in range(40):
        chance = random.Random(seed)
        rows = [
            (town, month, f"{month if model == 'persons' else ''}{chance.randrange(30)}", chance.randrange(1, 90))
            for month in ("m1", "m2")
            for town in ("a1", "a2", "b1", "b2")
            for _ in range(chance.choice((0, 1, 2, 3, 6)))
        ]
        rows = [(*row[:3], 1 if model == "persons" else row[3]) for row in {row[:3]: row for row in rows}.values()]
        months = [[row for row in rows if row[1] == month] for month in ("m1", "m2")]
        levels = chance.choice((["town"], ["county", "town"], ["Total", "county", "town"]))
        steps = [(months[0], shown(levels, ["month"], model)), (months[1], shown(levels, ["Total"], model))]
        if not all(months):
            continue
        try:
            first, second = published(tmp_path / "x.history", steps)
        except DisclosureError:
            continue
        for (region, _), total in second.items():
            inside = {place: value for place, value in first.items() if place[0] in _within(region)}
            for size in (1, 2):
                for some in combinations(inside, size):
                    if any(one[0] in _within(other[0]) for one in some for other in some if one != other):
                        continue
                    left = [r for r in rows if r[0] in _within(region) and not any(_holds(one, r) for one in some)]
                    assert sum(row[3] for row in left) == total - sum(inside[one] for one in some)
                    assert not left or not _sensitive(left, model)
                    told += 1
    assert told > 50


def _within(region: str) -> set[str]:
    return {"Total": {"Total", "a", "b", "a1", "a2", "b1", "b2"}}.get(region) or {
        one for one in ("a", "b", "a1", "a2", "b1", "b2") if one.startswith(region)
    }


def _holds(place: tuple[str, ...], row: Row) -> bool:
    return row[0] in _within(place[0]) and place[1] in ("Total", row[1])


def _sensitive(rows: list[Row], model: str) -> bool:
    held: dict[str, int] = defaultdict(int)
    for _, _, who, value in rows:
        held[who] += value
    if model == "persons":
        return len(held) < 3
    parts = sorted(held.values(), reverse=True)
    return len(parts) < 3 or 100 * sum(parts[2:]) < 15 * parts[0]


TOWNS, MONTHS = ("a1", "a2", "b1"), ("m1", "m2", "m3")
INNER = st.sets(st.tuples(st.sampled_from(TOWNS), st.sampled_from(MONTHS)), min_size=1)
PLACES = st.sets(st.tuples(st.sampled_from(("Total", "a", "b", *TOWNS)), st.sampled_from(("Total", *MONTHS))))


@settings(max_examples=200, deadline=None)
@given(inner=INNER, places=PLACES)
def test_the_verifier_finds_the_same_left(inner: set[tuple[str, str]], places: set[tuple[str, str]]) -> None:
    """Written apart; asked of any places that are listed."""
    spec = shown(["Total", "county", "town"], ["Total", "month"])
    data = read_microdata(records([(town, month, "A", 1) for town, month in inner]), spec)
    nothing = spec.model_copy(
        update={"dimensions": tuple(axis.model_copy(update={"shown": ()}) for axis in spec.dimensions)}
    )
    keys = sorted(inner)
    spoken = [{_level(place[axis]) for place in places} for axis in (0, 1)]
    ways = [
        {town: tuple(one for one in ("Total", town[0], town) if _level(one) in spoken[0]) for town, _ in keys},
        {month: tuple(one for one in ("Total", month) if _level(one) in spoken[1]) for _, month in keys},
    ]
    there = {(region, time) for town, month in keys for region in ways[0][town] for time in ways[1][month]} & places
    found = verified_rests(keys, ways, there)
    assert {one.inner for one in found} == set(rests(keys, data, nothing, places) or ())
    assert len({one.key for one in found} | places) == len(found) + len(places)


def _level(code: str) -> str:
    return "Total" if code == "Total" else "month" if code[0] == "m" else ("county", "town")[len(code) - 1]


def test_a_listed_cell_is_known_not_to_be_empty() -> None:
    """Three ones and their sum: a total of 3 would tell each of them."""
    rows = [("a1", "m1", "A", 1), ("a2", "m1", "B", 1), ("b1", "m1", "C", 1)]
    cells = protect(records(rows), shown(["Total", "town"], ["Total"])).cells
    assert {cell.status.value for cell in cells} == {"primary", "secondary"}


@pytest.mark.parametrize("insiders", ["any", "second"])
def test_who_shares_the_largest_part_attacks_too(insiders: str) -> None:
    """A and B have the same; A knows its own part of the other withheld town, so the total may not stay."""
    rows = [("a1", "m1", "A", 50), ("a1", "m1", "B", 50), ("a2", "m1", "A", 30)]
    rows += [("b1", "m1", who, 60) for who in "CDE"]
    spec = shown(["Total", "town"], ["Total"])
    spec = spec.model_copy(update={"rules": spec.rules.model_copy(update={"insiders": insiders})})
    status = {cell.place: cell.status.value for cell in protect(records(rows), spec).cells}
    assert not (status["Total", "Total"] == "published" and status["b1", "Total"] == "published")
