"""The two certificates of a protection: the secret one, with every proof, and the public one, which says only that.

Both are canonical JSON with a line's end: the same findings give the same bytes. The secret one holds a salt, so that
its digest, which the public one carries, can't be tried out; the public one has no number that narrows a cell."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from gateway.verifier.protection.declaration import Declaration
from gateway.verifier.protection.worlds import Worlds
from gateway.verifier.shapes import Shape, either, keys, maybe, named, one_of, several, text, truth, whole

SECRET, PUBLIC = "gateway-protection-certificate/1", "gateway-protection-statement/1"
ARITHMETIC = "whole numbers; a unit of 1000000000: equations to a millionth, all else exact"
TESTS = ("cells", "primary", "published", "exact", "outsider", "insider-second", "insider")
_MANY = 1 << 31


def _step(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value != 0 and abs(value) < 1 << 61


def _pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and whole(value[0]) and text(value[1])


def _by_test(shape: Shape) -> Shape:
    three = dict.fromkeys(("exact", "outsider", "insider_second"), shape)
    return either(keys(**three), keys(**three, insider=shape))


_WHO = one_of("any", "second")
_NUMBERS = several(whole, 0, _MANY)
_COUNTS = keys(tested=whole, failed=whole)
_RESULTS = either(keys(**dict.fromkeys(TESTS, truth)), keys(**dict.fromkeys(TESTS[:-1], truth)))
_HISTORY: Shape = keys(
    head=text, releases=whole, imported=whole, signed=truth, destroyed=whole, no_longer=several(text, 0, len(TESTS))
)
_WORLD: Shape = keys(unit=whole, steps=named(_step))
SECRET_SHAPE: Shape = keys(
    format=one_of(SECRET),
    version=text,
    at=text,
    salt=text,
    files=keys(cells=text, contributors=text, declaration=text, published=text),
    rules=keys(
        model=text,
        group=text,
        value=text,
        minimum=whole,
        p_percent=maybe(text),
        dominance=maybe(_pair),
        insiders=_WHO,
        group_disclosure=truth,
        structural_zeros=whole,
    ),
    cells=keys(published=whole, primary=whole, secondary=whole),
    results=_RESULTS,
    counts=_by_test(_COUNTS),
    withheld_determined=whole,
    unproved=_by_test(_NUMBERS),
    arithmetic=one_of(ARITHMETIC),
    history=maybe(_HISTORY),
    worlds=several(_WORLD, 0, _MANY),
    witnesses=named(_NUMBERS),
)
PUBLIC_SHAPE: Shape = keys(
    format=one_of(PUBLIC),
    version=text,
    at=text,
    published=text,
    certificate=text,
    history=maybe(_HISTORY),
    insiders=_WHO,
    passed=truth,
    results=_RESULTS,
)


def canonical(document: Any) -> bytes:
    """The one way to write a document."""
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return written.encode() + b"\n"


def rules_of(declaration: Declaration) -> dict[str, Any]:
    """The rules and their parameters."""
    percent, dominance = declaration.percent, declaration.dominance
    return {
        "model": declaration.model,
        "group": declaration.group,
        "value": declaration.value,
        "minimum": declaration.minimum,
        "p_percent": None if percent is None else str(percent),
        "dominance": None if dominance is None else [dominance[0], str(dominance[1])],
        "insiders": declaration.insiders,
        "group_disclosure": declaration.group_disclosure,
        "structural_zeros": len(declaration.structural_zeros),
    }


def worlds_of(worlds: Worlds) -> list[dict[str, Any]]:
    """Each world: its unit, and for each inner cell that changes (counted in the order of its codes) the steps."""
    spans = zip(worlds.unit.tolist(), worlds.ends.tolist(), worlds.ends.tolist()[1:], strict=False)
    places, steps = worlds.places.tolist(), worlds.steps.tolist()
    return [
        {"unit": unit, "steps": {str(i): step for i, step in zip(places[a:b], steps[a:b], strict=True)}}
        for unit, a, b in spans
    ]


def public_of(secret: bytes, document: Mapping[str, Any]) -> bytes:
    """The public certificate of a secret one (``document`` is what it holds)."""
    return canonical(
        {
            "format": PUBLIC,
            "version": document["version"],
            "at": document["at"],
            "published": document["files"]["published"],
            "certificate": hashlib.sha256(secret).hexdigest(),
            "history": document["history"],
            "insiders": document["rules"]["insiders"],
            "passed": all(document["results"].values()),
            "results": document["results"],
        }
    )
