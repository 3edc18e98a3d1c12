"""The two certificates of a month: the secret one, with every proof, and the public one, which says only that.

Both are canonical JSON. The secret one holds a salt, so that its digest, which the statement and the public one carry,
can't be tried out; the public one has no number that narrows a cell, and none of the rules' parameters."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.room import MOST, GivenUp
from gateway.verifier.month.rules import Rules
from gateway.verifier.protection.worlds import Worlds
from gateway.verifier.public import ASSUMED, ASSUMED_BEFORE, HISTORY, NOT_CHECKED, PUBLIC, RESULTS, ROUNDING, STRUCTURE
from gateway.verifier.report import Problem
from gateway.verifier.shapes import Shape, keys, maybe, named, one_of, positive, several, text, truth, whole

SECRET = "gateway-month-certificate/2"
ARITHMETIC = "whole numbers; a unit of 1000000000: equations to a millionth, all else exact"
WORDING = {"assumed": ASSUMED}
"""What a public certificate says in words."""
_MANY = 1 << 31


def _step(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value != 0 and abs(value) < MOST


_NUMBERS = several(whole, 0, _MANY)
_TESTS = keys(exact=_NUMBERS, outsider=_NUMBERS, insider=_NUMBERS, group=_NUMBERS)
_SHEET: Shape = keys(
    population=text,
    counts=text,
    numbers=keys(published=whole, primary=whole, secondary=whole, unpublished=whole),
    tested=whole,
    withheld_determined=whole,
    unproved=_TESTS,
    given_up=several(keys(place=whole, side=whole, who=whole, unit=positive, duals=named(_step)), 0, _MANY),
    worlds=several(keys(unit=whole, steps=named(_step)), 0, _MANY),
    witnesses=named(_NUMBERS),
)
SECRET_SHAPE: Shape = keys(
    format=one_of(SECRET),
    release=text,
    period=text,
    version=text,
    salt=text,
    files=keys(material=text, tables=named(text)),
    rules=keys(
        minimum_persons=whole,
        minimum_groups=whole,
        p_percent=whole,
        dominance=maybe(several(whole, 2, 2)),
        insiders=one_of("any", "second"),
        group_disclosure=truth,
    ),
    assumed=one_of(ASSUMED, ASSUMED_BEFORE),
    arithmetic=one_of(ARITHMETIC),
    history=HISTORY,
    structure=STRUCTURE,
    rounding=ROUNDING,
    results=RESULTS,
    not_checked=several(one_of(*NOT_CHECKED)),
    sheets=several(_SHEET, 0, _MANY),
)


def rules_of(rules: Rules) -> dict[str, Any]:
    """The rules and their parameters."""
    return {
        "minimum_persons": rules.minimum_persons,
        "minimum_groups": rules.minimum_groups,
        "p_percent": int(rules.percent),
        "dominance": None if rules.dominance is None else [rules.dominance[0], int(rules.dominance[1])],
        "insiders": rules.insiders,
        "group_disclosure": rules.group_disclosure,
    }


def worlds_of(worlds: Worlds) -> list[dict[str, Any]]:
    """Each world: its unit, and for each unknown that changes the steps."""
    ends, places, steps = worlds.ends.tolist(), worlds.places.tolist(), worlds.steps.tolist()
    return [
        {"unit": unit, "steps": {str(i): step for i, step in zip(places[a:b], steps[a:b], strict=True)}}
        for unit, a, b in zip(worlds.unit.tolist(), ends, ends[1:], strict=False)
    ]


def given_up_of(proofs: Sequence[GivenUp]) -> list[dict[str, Any]]:
    """Each proof that a number has no room."""
    ordered = sorted(proofs, key=lambda one: one.excuse)
    return [
        {name: getattr(one, name) for name in ("place", "side", "who", "unit")}
        | {"duals": {str(at): by for at, by in sorted(one.duals.items())}}
        for one in ordered
    ]


def given_up_in(stated: Sequence[Mapping[str, Any]]) -> list[GivenUp]:
    """The proofs of a certificate. Raises Problem."""
    found = []
    for one in stated:
        if any(not (name.isascii() and name.isdecimal() and len(name) < 10) for name in one["duals"]):
            raise Problem("放弃的证明格式不正确", "a proof that a number has no room is malformed")
        found.append(GivenUp(**{**one, "duals": {int(name): by for name, by in one["duals"].items()}}))
    return found


def public_of(secret: bytes, document: Mapping[str, Any]) -> bytes:
    """The public certificate of a secret one (``document`` is what it holds)."""
    return canonical(
        {
            "format": PUBLIC,
            **{name: document[name] for name in ("release", "period", "version", "history", "structure")},
            **{name: document[name] for name in ("rounding", "assumed", "results")},
            "tables": document["files"]["tables"],
            "certificate": hashlib.sha256(secret).hexdigest(),
            "insiders": document["rules"]["insiders"],
            "passed": all(document["results"].values()),
            "not_checked": document["not_checked"],
        }
    )
