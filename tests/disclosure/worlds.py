"""Random releases: code lists, records with heavy tails, and tables that share margins."""

from typing import Any

from hypothesis import strategies as st

from gateway.disclosure import Parameters
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import (
    Change,
    Contributor,
    Derived,
    Dimension,
    Kind,
    Measure,
    Quartile,
    Ratio,
    Share,
    TableSpec,
)
from tests.disclosure.microdata import WORD, Record, dimension, flat, hierarchy, leaves, measure, table
from tests.disclosure.siege import Siege

LEVELS = ("total", "section", "code")
TAIL = (1, 1, 1, 2, 2, 3, 5, 9, 40, 1000)
"""Amounts: most are small, one outweighs the rest."""


@st.composite
def trees(draw: Any, name: str, small: bool) -> Hierarchy:
    """Two or three levels; now and then an only child, a branch that ends early, a "not stated" child."""
    sections: dict[str, Any] = {}
    for i in range(draw(st.integers(1, 3 if small else 4))):
        code = f"{name}{i}"
        below: dict[str, Any] = {f"{code}{j}": {} for j in range(draw(st.integers(0, 2 if small else 3)))}
        if below and draw(st.booleans()):
            below[f"{code}_U"] = {}
        sections[code] = below
    if draw(st.booleans()):
        sections["Total_U"] = {}
    return hierarchy(name, {"Total": sections}, LEVELS)


@st.composite
def dimensions(draw: Any, name: str, tree: Hierarchy, multi: bool = False) -> Dimension:
    """Any levels below the top, also without the one in the middle where the lowest holds everything."""
    finest = {tree[code].level for code in leaves(tree)}
    jump = [("total", "code")] if finest == {"code"} else []
    levels = draw(st.sampled_from([LEVELS, LEVELS[:2], LEVELS, *jump]))
    return dimension(name, levels, multi=multi)


@st.composite
def specs(
    draw: Any, lists: dict[str, Hierarchy], measures: list[Measure], multi: tuple[str, ...] = ()
) -> list[TableSpec]:
    """One to three tables over some of the dimensions, each with some of the measures."""
    made = []
    for at in range(draw(st.integers(1, 3))):
        chosen = draw(st.lists(st.sampled_from(sorted(lists)), min_size=1, max_size=3, unique=True))
        dims = [draw(dimensions(name, lists[name], name in multi)) for name in chosen]
        # rows and amounts can't be declared in a multi-valued dimension
        fit = [m for m in measures if m.kind is Kind.DISTINCT or not set(chosen) & set(multi)]
        some = draw(st.lists(st.sampled_from(fit), min_size=1, unique_by=lambda m: m.name))
        some = [m.model_copy(update={"repeats": tuple(n for n in m.repeats if n in chosen)}) for m in some]
        made.append(table(f"t{at}", dims, some))
    return made


def _codes(lists: dict[str, Hierarchy], names: list[str]) -> st.SearchStrategy[dict[str, str]]:
    """A leaf of each tree; the first leaves are the likelier ones."""
    return st.fixed_dictionaries({n: st.sampled_from([*leaves(lists[n]), *leaves(lists[n])[:2]]) for n in names})


rules = st.builds(
    Parameters,
    minimum_persons=st.integers(1, 4),
    minimum_groups=st.integers(1, 4),
    p_percent=st.sampled_from([0, 5, 10, 20, 100]),
)
who = st.one_of(st.sampled_from("ABC"), st.sampled_from("ABCDEFGH"))


@st.composite
def employers(draw: Any) -> Siege:
    """Postings and their headcounts, by employer group, over up to three dimensions and three tables."""
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    lists = {n: draw(trees(n, small=len(names) > 1)) for n in names}
    record = st.builds(Record, group=who, codes=_codes(lists, names), amount=st.sampled_from((0, *TAIL)))
    measures = [measure("n"), measure("amount_sum", Kind.SUM)]
    return Siege(draw(specs(lists, measures)), draw(st.lists(record, max_size=40)), lists, draw(rules))


@st.composite
def ties(draw: Any, insiders: Any) -> Siege:
    """Three employer groups with few amounts in two places out of six, so that several often have the largest part of a
    figure, or the second largest; in the others a crowd."""
    lists = {"a": flat("a", ["a1", "a2", "a3"]), "b": flat("b", ["b1", "b2"])}
    crowd = [(who, at) for who in "DEFGH" for at in ("a1 b2", "a2 b1", "a3 b1", "a3 b2")]
    few = st.tuples(st.sampled_from("ABC"), st.sampled_from(["a1 b1", "a2 b2"]), st.sampled_from((4, 8)))
    rows = [*draw(st.lists(few, min_size=2, max_size=5)), *((who, at, 8) for who, at in crowd)]
    records = [Record(group=who, codes=dict(zip("ab", at.split(), strict=True)), amount=part) for who, at, part in rows]
    measures = draw(st.sampled_from([[measure("x", Kind.SUM)], [measure("n"), measure("x", Kind.SUM)]]))
    parameters = Parameters(minimum_persons=3, minimum_groups=3, p_percent=25, insiders=insiders)
    return Siege([table("t", [dimension("a"), dimension("b")], measures)], records, lists, parameters)


@st.composite
def persons(draw: Any) -> Siege:
    """Distinct persons: of one age, with several skills, and several regions over their rows; and how often."""
    names = ["age", "skill", "region"]
    lists = {n: draw(trees(n, small=True)) for n in names}
    own = _codes(lists, ["age"])
    several = st.lists(st.sampled_from(leaves(lists["skill"])), min_size=1, max_size=3, unique=True).map(tuple)
    people = draw(st.dictionaries(who, st.tuples(own, several), max_size=8))
    rows = st.tuples(st.sampled_from(sorted(people) or ["A"]), _codes(lists, ["region"]))
    records = [
        Record(worker=w, codes={**people[w][0], "skill": people[w][1], **region})
        for w, region in draw(st.lists(rows, max_size=40))
        if w in people
    ]
    distinct = measure("persons", Kind.DISTINCT, Contributor.WORKER, repeats=("region",))
    visits = measure("visits", Kind.COUNT, Contributor.WORKER)
    return Siege(draw(specs(lists, [distinct, visits], multi=("skill",))), records, lists, draw(rules))


@st.composite
def linked(draw: Any) -> Siege:
    """Postings by employers beside applications by persons, with conditions, over the same code lists."""
    names = ["a", "b"]
    lists = {n: draw(trees(n, small=True)) for n in names}
    codes = st.tuples(_codes(lists, names), st.sampled_from(["apply", "view"])).map(lambda c: {**c[0], "event": c[1]})
    record = st.builds(Record, group=who, worker=who, codes=codes, amount=st.sampled_from(TAIL))
    by_persons: dict[str, Any] = {"contributor": Contributor.WORKER, "where": {"event": "apply"}}
    measures = [
        measure("postings", where={"event": "view"}),
        measure("headcount", Kind.SUM, where={"event": "view"}),
        measure("applied", **by_persons),
        measure("seekers", Kind.DISTINCT, repeats=("a", "b"), **by_persons),
    ]
    return Siege(draw(specs(lists, measures)), draw(st.lists(record, max_size=40)), lists, draw(rules))


EDGES = {"pay": {"h1": (10, 20), "h2": (20, 30), "h3": (30, None), "d1": (None, 100), "d2": (100, 200)}}
"""The edges of the pay bands, in yuan; open at either end."""


def derived_spec() -> tuple[dict[str, Hierarchy], TableSpec]:
    """A table with every kind of derived figure."""
    pay: dict[str, Any] = {"Total": {"h": {"h1": {}, "h2": {}, "h3": {}}, "d": {"d1": {}, "d2": {}}}}
    lists = {"a": flat("a", ["a1", "a2", "a3"]), "pay": hierarchy("pay", pay, LEVELS)}
    dims = [dimension("a"), dimension("pay", LEVELS)]
    measures = [
        measure("n"),
        measure("headcount", Kind.SUM),
        measure("seekers", Kind.DISTINCT, Contributor.WORKER, repeats=("a", "pay")),
    ]
    texts = {"title": WORD, "unit": WORD, "definition": WORD}
    derived: list[Derived] = [
        Ratio(kind="ratio", name="ratio", numerator="headcount", denominator="seekers", decimals=2, **texts),
        Ratio(kind="ratio", name="rate", numerator="n", denominator="seekers", percent=True, decimals=1, **texts),
        Share(kind="share", name="share", measure="headcount", along="a", decimals=1, **texts),
        Share(kind="share", name="seeker_share", measure="seekers", along="pay", decimals=4, **texts),
        Change(kind="change", name="change", measure="headcount", decimals=1, **texts),
        Change(kind="change", name="seeker_change", measure="seekers", decimals=4, **texts),
        Quartile(kind="quartile", name="q1", measure="n", along="pay", quarter=1, **texts),
        Quartile(kind="quartile", name="median", measure="n", along="pay", quarter=2, **texts),
        Quartile(kind="quartile", name="q3", measure="headcount", along="pay", quarter=3, **texts),
    ]
    return lists, table("t", dims, measures, derived)


@st.composite
def months(draw: Any) -> tuple[Siege, Siege]:
    """A month and the month before it, of a table with every kind of derived figure."""
    lists, spec = derived_spec()
    parameters = draw(rules)
    record = st.builds(Record, group=who, worker=who, codes=_codes(lists, ["a", "pay"]), amount=st.sampled_from(TAIL))
    before = Siege([spec], draw(st.lists(record, max_size=40)), lists, parameters, EDGES)
    return Siege([spec], draw(st.lists(record, max_size=40)), lists, parameters, EDGES, before.published), before
