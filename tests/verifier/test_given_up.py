"""What is given up has no room indeed: held beside a brute force, and every forgery of it is refused."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from gateway.verifier.month import recheck_month, search_month, verify_month
from gateway.verifier.month.attack import attack
from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.certificate import public_of
from gateway.verifier.month.figures import Figure
from gateway.verifier.month.material import Month
from gateway.verifier.month.net import Name, Net, Tie
from gateway.verifier.month.room import GivenUp, Room
from gateway.verifier.month.rules import Rules
from gateway.verifier.month.sheets import grounded, sheets
from gateway.verifier.month.system import Sheet
from gateway.verifier.report import Problem
from tests.disclosure.siege import Siege
from tests.disclosure.test_earlier import Second
from tests.verifier.months import SALT, csvs, failed, material_of
from tests.verifier.test_month import LISTS, SPECS, records

RULES = Rules(
    minimum_persons=3,
    minimum_groups=3,
    percent=Fraction(25),
    dominance=None,
    insiders="any",
    group_disclosure=False,
)
COUNTS = "count:"


def name(at: int, what: str = "came") -> Name:
    return Name("p", frozenset({("a", f"a{at}")}), what)


@cache
def corrected() -> tuple[dict[str, Any], dict[str, bytes]]:
    """A correction after which one contributor knows what went from a figure that was shown: it alone stayed."""
    rows = records(6, 420)
    more = [*rows[3:], *records(105, 5)]
    one = Second(SPECS, more, LISTS, first=Siege(SPECS, rows, LISTS))
    return material_of(one, one.first), dict(csvs(one))


@cache
def certified() -> dict[str, Any]:
    made, files = corrected()
    report = verify_month(canonical(made), files, salt=SALT, version="0")
    assert failed(report) == []
    assert report.secret is not None
    assert report.public is not None
    again = recheck_month(report.secret, canonical(made), files, report.public)
    assert failed(again) == []
    assert "given-up" not in again.left_out
    return json.loads(report.secret)


def _first(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    sheet = next(one for one in document["sheets"] if one["given_up"])
    return sheet, sheet["given_up"][0]


def test_what_a_contributor_has_no_room_for_is_still_proved_against_outsiders() -> None:
    document = certified()
    _, one = _first(document)
    made, _ = corrected()
    sheet = sheets(Month.read(canonical(made)))[[bool(s["given_up"]) for s in document["sheets"]].index(True)][1]
    assert one["who"] < sheet.outsider
    proof = GivenUp(**{**one, "duals": {int(at): by for at, by in one["duals"].items()}})
    ground = grounded(sheet, [proof], b"")
    above, below = ground.demands.waived(one["place"])
    assert (above, below) == (0, 1 << one["who"])
    with pytest.raises(Problem):
        grounded(sheet, [replace(proof, who=sheet.outsider)], b"")


def _outsider(document: dict[str, Any]) -> None:
    _first(document)[1]["who"] = 10**6


def _everybody(document: dict[str, Any]) -> None:
    made, _ = corrected()
    at = [bool(s["given_up"]) for s in document["sheets"]].index(True)
    _first(document)[1]["who"] = sheets(Month.read(canonical(made)))[at][1].outsider


def _other_duals(document: dict[str, Any]) -> None:
    one = _first(document)[1]
    one["duals"] = {at: -by for at, by in one["duals"].items()}


def _no_duals(document: dict[str, Any]) -> None:
    _first(document)[1]["duals"] = {}


def _no_equation(document: dict[str, Any]) -> None:
    _first(document)[1]["duals"]["99999999"] = 1


def _scaled(document: dict[str, Any]) -> None:
    _first(document)[1]["unit"] *= 2


def _above(document: dict[str, Any]) -> None:
    _first(document)[1]["side"] = 0


def _no_side(document: dict[str, Any]) -> None:
    _first(document)[1]["side"] = 2


def _twice(document: dict[str, Any]) -> None:
    sheet, one = _first(document)
    sheet["given_up"].insert(0, copy.deepcopy(one))


def _left_out(document: dict[str, Any]) -> None:
    _first(document)[0]["given_up"] = []


def _with_room(document: dict[str, Any]) -> None:
    """The same proof for another sensitive number."""
    sheet, one = _first(document)
    one["place"] = int(next(at for at in sheet["witnesses"] if int(at) != one["place"]))


@pytest.mark.parametrize(
    "change",
    [
        _outsider,
        _everybody,
        _other_duals,
        _no_duals,
        _no_equation,
        _scaled,
        _above,
        _no_side,
        _twice,
        _left_out,
        _with_room,
    ],
)
def test_a_forged_proof_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    document, (made, files) = copy.deepcopy(certified()), corrected()
    change(document)
    secret = canonical(document)
    report = recheck_month(secret, canonical(made), files, public_of(secret, document))
    assert failed(report) in (["witnesses"], ["results"])


def test_what_a_search_gives_up_without_a_proof_stops_the_release() -> None:
    made, files = corrected()
    material = canonical(made)
    found = search_month(material)
    forged = [replace(one, given_up=[replace(proof, duals={}) for proof in one.given_up]) for one in found]
    assert forged != found
    for suggested in (forged, [replace(one, given_up=[]) for one in found]):
        report = verify_month(material, files, salt=SALT, version="0", suggested=suggested)
        assert not report.valid
        assert report.secret is None or json.loads(report.secret)["results"]["insider"] is False


@st.composite
def tiny(draw: st.DrawFn) -> Sheet:
    """Up to four inner numbers of persons or employers, totals of some, any of them published earlier."""
    count = draw(st.integers(2, 4))
    persons = draw(st.booleans())
    held = [
        draw(st.dictionaries(st.integers(0, 3), st.integers(1, 1 if persons else 3), min_size=1, max_size=3))
        for _ in range(count)
    ]
    net = Net(persons=persons, figures={COUNTS: {}}, ties={COUNTS: {}}, parts={COUNTS: {}})

    def add(key: Name, parts: dict[int, int]) -> None:
        first, second, *_ = [*sorted(parts.values(), reverse=True), 0, 0]
        net.figures[COUNTS][key] = Figure(sum(parts.values()), len(parts), first, second)

    for at, parts in enumerate(held):
        add(name(at), parts)
        net.parts[COUNTS][name(at)] = parts
    for number in range(draw(st.integers(1, 3))):
        inside = sorted(draw(st.sets(st.integers(0, count - 1), min_size=2)))
        together: dict[int, int] = {}
        for at in inside:
            for who, part in held[at].items():
                together[who] = together.get(who, 0) + part
        add(name(number, "total"), together)
        net.ties[COUNTS][Tie(name(number, "total"), tuple(map(name, inside)), True)] = None
    everything = sorted(net.names)
    net.fixed = draw(st.sets(st.sampled_from(everything)))
    net.asked = draw(st.sets(st.sampled_from(everything), max_size=1))
    sensitive = {one for one in everything if RULES.sensitive(net.figures[COUNTS][one], persons)} - net.fixed
    assume(sensitive)
    return Sheet(net=net, counts=COUNTS, rules=RULES, sensitive=sensitive, withheld=net.names - net.fixed)


HALVES = 2


def reachable(sheet: Sheet, place: int, who: int | None, side: int) -> Fraction:
    """How far a number moves at most in any world of halves that fits what was published and what ``who`` has itself.
    By trying them all; a total bounds what it holds, what is in no published total is left to rise by 9."""
    net = sheet.net
    figures = net.figures[COUNTS]
    inner = [one for one in sheet.names if one.what == "came"]
    sums = {tie.parent: tie.children for tie in net.ties[COUNTS]}
    names = sorted({one for held in net.parts[COUNTS].values() for one in held})
    ranges = []
    for one in inner:
        value, parts = figures[one].value, net.parts[COUNTS][one]
        known = who is not None and names[who] in parts
        least = max(min(1, value), parts[names[who]] if known and who is not None else 0)
        if one in net.fixed or (known and len(parts) == 1):
            ranges.append([Fraction(value)])
            continue
        tops = [figures[total].value for total, parts_ in sums.items() if total in net.fixed and one in parts_]
        most = min(tops, default=value + 9)
        ranges.append([Fraction(step, HALVES) for step in range(least * HALVES, most * HALVES + 1)])
    at = {one: number for number, one in enumerate(inner)}
    target = [at[one] for one in sums.get(sheet.names[place], (sheet.names[place],))]
    shown = [([at[one] for one in parts], figures[total].value) for total, parts in sums.items() if total in net.fixed]
    now = figures[sheet.names[place]].value
    best = Fraction(0)
    for world in product(*ranges):
        if all(sum(world[i] for i in parts) == value for parts, value in shown):
            moved = sum((world[i] for i in target), Fraction(0)) - now
            best = max(best, -moved if side else moved)
    return best


@settings(max_examples=150, deadline=None)
@given(sheet=tiny())
def test_what_is_proved_to_have_no_room_has_none(sheet: Sheet) -> None:
    """No world that any pattern leaves moves it as far as it needs; and what a world moves so far is never proved."""
    ground = grounded(sheet, [], b"")
    room = Room(sheet=sheet, cells=ground.cells, demands=ground.demands)
    for place, one in enumerate(sheet.names):
        for side, who in product((0, 1), range(sheet.outsider + 1)):
            if one not in sheet.sensitive or not room.may_be_given_up(place, side, who):
                continue
            proof = room.proof(place, side, who)
            if proof is not None:
                event("given up")
                assert room.holds(proof)
                best = reachable(sheet, place, None if who == sheet.outsider else who, side)
                assert best < room.need(place, side, who)


@settings(max_examples=100, deadline=None)
@given(sheet=tiny(), data=st.data())
def test_whatever_weights_are_proposed_nothing_with_room_is_given_up(sheet: Sheet, data: st.DataObject) -> None:
    ground = grounded(sheet, [], b"")
    room = Room(sheet=sheet, cells=ground.cells, demands=ground.demands)
    place = data.draw(st.sampled_from([at for at, one in enumerate(sheet.names) if one in sheet.sensitive]))
    side, who = data.draw(st.integers(0, 1)), data.draw(st.integers(0, sheet.outsider))
    duals = data.draw(st.dictionaries(st.integers(0, 3), st.sampled_from([-3, -2, -1, 1, 2, 3]), max_size=3))
    one = GivenUp(place=place, side=side, who=who, unit=data.draw(st.integers(1, 3)), duals=duals)
    if room.holds(one):
        event("held")
        best = reachable(sheet, place, None if who == sheet.outsider else who, side)
        assert best < room.need(place, side, who)


@settings(max_examples=100, deadline=None)
@given(sheet=tiny())
def test_what_an_attack_gives_up_is_proved_against_what_is_needed_in_the_end(sheet: Sheet) -> None:
    """What is needed above depends on what is given up below: all proofs hold together."""
    found = attack(sheet, b"search")
    ground = grounded(sheet, found.given_up, b"")
    room = Room(sheet=sheet, cells=ground.cells, demands=ground.demands)
    event(f"given up: {len(found.given_up)}")
    for place, side, who in (one.excuse for one in found.given_up):
        best = reachable(sheet, place, None if who == sheet.outsider else who, side)
        assert best < room.need(place, side, who)
        assert side or sheet.names[place] not in sheet.net.asked
