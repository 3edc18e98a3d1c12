"""Random small tables of contributors: few groups, so that many cells have one or two; heavy tails, zeros, equals."""

from typing import Any

from hypothesis import strategies as st

from tests.disclosure.contributors import TOP, Row, Rules, Table

TAIL = (0, 1, 1, 2, 3, 5, 9, 40, 1000, 100_000)
SHAPES = ((1, 1), (2, 1), (2, 2), (1, 1, 1), (2, 1, 1), (2, 2, 1))
"""How many levels each dimension has."""


@st.composite
def trees(draw: Any, axis: str, levels: int, most: int = 4) -> list[tuple[str, ...]]:
    """The lowest codes of a dimension, each with the code above it; now and then an only child."""
    lowest = [f"{axis}{number}" for number in range(draw(st.integers(2, most)))]
    if levels == 1:
        return [(code,) for code in lowest]
    uppers = draw(st.lists(st.sampled_from([f"{axis}x", f"{axis}y"]), min_size=len(lowest), max_size=len(lowest)))
    return list(zip(uppers, lowest, strict=True))


@st.composite
def businesses(draw: Any, insiders: str = "any") -> Table:
    """Employer groups in two or three dimensions, under any rules."""
    levels = draw(st.sampled_from(SHAPES))
    axes = [draw(trees(name, count, 5 - len(levels))) for name, count in zip("abc", levels, strict=False)]
    groups = "ABCDEFGH"[: draw(st.integers(2, 8))]
    places = st.tuples(*(st.sampled_from(axis) for axis in axes))
    equal = draw(st.booleans())
    values = st.just(draw(st.sampled_from(TAIL[1:]))) if equal else st.sampled_from(TAIL)
    row = st.builds(Row, group=st.sampled_from(groups), at=places, value=values)
    rows = draw(st.lists(row, min_size=1, max_size=30))
    if not any(one.value for one in rows):
        rows.append(Row("A", rows[0].at, 1))
    dominance = draw(st.sampled_from([None, None, (1, 50), (2, 85), (2, 70)]))
    minimum, p = draw(st.sampled_from([2, 3, 3, 5])), draw(st.sampled_from([1, 15, 15, 100]))
    return Table(rows, levels, Rules(minimum=minimum, p=p, dominance=dominance, insiders=insiders))


@st.composite
def persons(draw: Any) -> Table:
    """Persons, each once in an inner cell, some of them in several."""
    levels = draw(st.sampled_from(SHAPES))
    axes = [draw(trees(name, count, 5 - len(levels))) for name, count in zip("abc", levels, strict=False)]
    places = st.tuples(*(st.sampled_from(axis) for axis in axes))
    who = st.integers(0, 30).map("p{:02}".format)
    found = draw(st.lists(st.tuples(who, places), min_size=1, max_size=50, unique=True))
    return Table([Row(name, at, 1) for name, at in found], levels, Rules("persons", draw(st.sampled_from([2, 5, 10]))))


@st.composite
def tiny(draw: Any, insiders: str = "any") -> Table:
    """At most six inner cells of small values, whose worlds can be counted."""
    rows, columns = draw(st.sampled_from([(2, 2), (2, 3)]))
    place = st.tuples(st.integers(0, rows - 1).map("r{}".format), st.integers(0, columns - 1).map("c{}".format))
    record = st.tuples(st.sampled_from("ABCD"), place, st.integers(1, 2))
    found = draw(st.lists(record, min_size=1, max_size=9, unique_by=lambda one: one[:2]))
    cells = [Row(group, ((r,), (c,)), value) for group, (r, c), value in found]
    return Table(cells, (1, 1), Rules(minimum=draw(st.sampled_from([2, 3])), insiders=insiders))


@st.composite
def months(draw: Any, insiders: str = "any") -> list[Table]:
    """Two or three months one after another, and a cumulative total with the last."""
    levels = draw(st.sampled_from([(1, 1, 1), (1, 2, 1), (1, 2)]))
    axes = [draw(trees(name, count, 3)) for name, count in zip("ab", levels[1:], strict=False)]
    groups, rules = "ABCDEF"[: draw(st.integers(2, 6))], Rules(insiders=insiders)
    count = draw(st.integers(2, 3))
    tables = []
    for month in range(count):
        places = st.tuples(st.just((f"2026-{month + 1:02}",)), *(st.sampled_from(axis) for axis in axes))
        row = st.builds(Row, group=st.sampled_from(groups), at=places, value=st.sampled_from(TAIL[1:]))
        shown = ("d0l0",) if month + 1 < count else (TOP, "d0l0")
        tables.append(Table(draw(st.lists(row, min_size=3, max_size=14)), levels, rules, (shown,)))
    return tables
