"""Group disclosure in the month's verifier: nobody may be known to be where everybody is.

The attacker is that of ``tests/disclosure/test_empty.py``, which lists finest cells and asks a linear programme; it
knows neither the suppressor nor the verifier."""

import json
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gateway.base.errors import DisclosureError
from gateway.model.table import TableSpec
from gateway.verifier.month import recheck_month
from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.certificate import public_of
from tests.disclosure.microdata import Record, dimension, flat, leaves, table
from tests.disclosure.siege import Siege
from tests.disclosure.test_empty import (
    FULL,
    LISTS,
    OFF,
    RULES,
    SHAPES,
    TREE,
    VISITS,
    WHOLE,
    B,
    given_away,
    structural,
    visits,
)
from tests.verifier.months import csvs, failed, material_of, verified


def town(specs: list[TableSpec] = WHOLE, rules: Any = RULES) -> Siege:
    """All of a4 are in b2."""
    return Siege(specs, visits(**FULL, a4_b2=8), LISTS, rules)


def zeros_of(made: dict[str, Any]) -> set[tuple[str, ...]]:
    """The places of the withheld zeros."""
    known = {tuple(row[:-4]) for row in made["cells"]["t"]["visits"]}
    return {place for row in made["statuses"]["t"]["visits"] if (place := tuple(row[:-1])) not in known}


def show(made: dict[str, Any], files: dict[str, bytes], places: set[tuple[str, ...]]) -> None:
    """Shows withheld cells after all, in statuses and file alike."""
    known = {tuple(row[:-4]): row[-4] for row in made["cells"]["t"]["visits"]}
    rows = [row for row in made["statuses"]["t"]["visits"] if tuple(row[:-1]) in known or tuple(row[:-1]) not in places]
    made["statuses"]["t"]["visits"] = [[*r[:-1], "published"] if tuple(r[:-1]) in places else r for r in rows]
    lines = []
    for line in files["02.csv"].decode("utf-8-sig").split("\r\n"):
        place = tuple(line.split(",")[1:-2:2])
        lines.append(line.replace(",,C", f",{known.get(place, 0)},A") if place in places else line)
    files["02.csv"] = "\r\n".join(lines).encode("utf-8-sig")


def test_the_suppression_of_zeros_taken_back_is_refused() -> None:
    siege = town()
    made, files = material_of(siege), dict(csvs(siege))
    assert failed(verified(made, files)) == []
    zeros = zeros_of(made)
    assert zeros
    show(made, files, zeros)
    report = verified(made, files)
    assert not report.valid
    assert failed(report) == ["group"]


def test_a_pattern_made_without_the_rule_is_refused_where_it_is_one() -> None:
    siege = town(rules=OFF)
    assert given_away(siege)
    made, files = material_of(siege), csvs(siege)
    assert failed(verified(made, files)) == []
    made["rules"]["group_disclosure"] = True
    assert failed(verified(made, files)) == ["group"]


def test_both_certificates_say_whether_it_was_checked() -> None:
    for rules, checked in ((RULES, True), (OFF, False)):
        siege = town(rules=rules)
        report = verified(material_of(siege), csvs(siege))
        assert report.secret is not None
        assert report.public is not None
        for document in (json.loads(report.secret), json.loads(report.public)):
            assert document["not_checked"] == ([] if checked else ["group-disclosure"])
            assert document["results"].get("group") is (True if checked else None)
        assert recheck_month(report.secret, canonical(material_of(siege)), csvs(siege), report.public).valid


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda one: one["results"].pop("group"), "results"),
        (lambda one: one.update(not_checked=["group-disclosure"]), "results"),
        (lambda one: one["rules"].update(group_disclosure=False), "results"),
        (
            lambda one: one["sheets"][0].update(
                given_up=[{"place": at, "side": 1, "who": 0, "unit": 1, "duals": {}} for at in range(90)]
            ),
            "witnesses",
        ),
        (
            lambda one: one["sheets"][0].update(witnesses={name: [] for name in one["sheets"][0]["witnesses"]}),
            "results",
        ),
    ],
)
def test_a_certificate_that_leaves_it_out_does_not_hold(change: Any, found: str) -> None:
    siege = town()
    made, files = canonical(material_of(siege)), csvs(siege)
    report = verified(material_of(siege), files)
    assert report.secret is not None
    document = json.loads(report.secret)
    change(document)
    secret = canonical(document)
    assert found in failed(recheck_month(secret, made, files, public_of(secret, document)))


def test_a_declared_zero_hides_nobody() -> None:
    """In a4 there is no b1, as everybody knows: that it is withheld is no room for anybody."""
    lists = LISTS | {"a": flat("a", leaves(TREE))}
    siege = Siege([table("t", [dimension("a"), B], [VISITS])], visits(**FULL, a4_b2=8), lists, RULES)
    made, files = material_of(siege), dict(csvs(siege))
    assert zeros_of(made) == {("a4", "b1"), ("a4", "b3")}
    show(made, files, {tuple(row[:-1]) for row in made["statuses"]["t"]["visits"] if row[1] == "b3"})
    assert failed(verified(made, files)) == []
    made["tables"][0]["structural_zeros"] = [{"a": "a4", "b": "b1"}]
    assert failed(verified(made, files)) == ["group"]
    half = town(structural({"a": "a4", "b": "b1"}))
    assert failed(verified(material_of(half), csvs(half))) == []
    every = town(structural({"a": "a4", "b": "b1"}, {"a": "a4", "b": "b3"}))
    assert failed(verified(material_of(every), csvs(every))) == []


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(["a1", "a2", "a3", "a4"]), st.sampled_from(["b1", "b1", "b2", "b3"])),
    st.sampled_from([1, 2, 3, 5, 9]),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(specs=st.sampled_from(SHAPES), counts=COUNTS, rules=st.sampled_from([RULES, OFF]))
def test_what_an_attacker_reads_is_never_called_protected(
    specs: list[TableSpec], counts: dict[tuple[str, str], int], rules: Any
) -> None:
    """The suppressor's pattern with the rule is accepted; that without it exactly where the attacker finds nothing."""
    siege = Siege(specs, visits(**{"_".join(where): n for where, n in counts.items()}), LISTS, rules)
    try:
        made, files = material_of(siege), csvs(siege)
    except DisclosureError:
        reject()
    made["rules"]["group_disclosure"] = True
    found = failed(verified(made, files))
    assert found in ([], ["group"])
    if rules is RULES:
        assert found == []
    elif given_away(siege):
        assert found == ["group"]


PART = VISITS.model_copy(update={"name": "part", "where": {"s": "y"}})
ROWS = st.lists(
    st.tuples(
        st.integers(0, 29), st.sampled_from(["a1", "a2", "a3"]), st.sampled_from(["b1", "b2"]), st.sampled_from("yn")
    ),
    min_size=6,
    max_size=20,
)


@settings(max_examples=20, deadline=None)
@given(drawn=ROWS)
def test_beside_a_whole_and_a_part_of_it_the_suppressors_pattern_is_accepted(drawn: Any) -> None:
    """What is left of the whole where it is a withheld zero is nothing that anybody was told."""
    rows = [Record(worker=f"w{who}", codes={"a": a, "b": b, "s": s}) for who, a, b, s in drawn]
    lists = LISTS | {"a": flat("a", ["a1", "a2", "a3"])}
    siege = Siege([table("t", [dimension("a"), B], [VISITS, PART])], rows, lists, RULES)
    try:
        made, files = material_of(siege), csvs(siege)
    except DisclosureError:
        reject()
    assert failed(verified(made, files)) == []
