"""The two certificates of a protection: the secret one, with every proof, and the public one, which says only that.

Both are canonical JSON with a line's end: the same findings give the same bytes. The secret one holds a salt, so that
its digest, which the public one carries, can't be tried out; the public one has no number that narrows a cell."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.verifier.protection.declaration import Declaration
from gateway.verifier.protection.worlds import Worlds
from gateway.verifier.shapes import Shape, keys, maybe, named, one_of, several, text, truth, whole

SECRET, PUBLIC = "gateway-protection-certificate/1", "gateway-protection-statement/1"
ARITHMETIC = "whole numbers; a unit of 1000000000: equations to a millionth, all else exact"
TESTS = ("cells", "primary", "published", "exact", "outsider", "insider-second", "insider")
_MANY = 1 << 31


def _step(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value != 0 and abs(value) < 1 << 61


_NUMBERS = several(whole, 0, _MANY)
_COUNTS = keys(tested=whole, failed=whole)
_RESULTS = keys(**dict.fromkeys(TESTS, truth))
_WORLD: Shape = keys(unit=whole, steps=named(_step))
SECRET_SHAPE: Shape = keys(
    format=one_of(SECRET),
    version=text,
    at=text,
    salt=text,
    files=keys(cells=text, contributors=text, declaration=text, published=text),
    rules=keys(model=text, group=text, value=text, minimum=whole, p_percent=maybe(text)),
    cells=keys(published=whole, primary=whole, secondary=whole),
    results=_RESULTS,
    counts=keys(exact=_COUNTS, outsider=_COUNTS, insider_second=_COUNTS, insider=_COUNTS),
    withheld_determined=whole,
    unproved=keys(exact=_NUMBERS, outsider=_NUMBERS, insider_second=_NUMBERS, insider=_NUMBERS),
    arithmetic=one_of(ARITHMETIC),
    history=lambda value: value is None,
    worlds=several(_WORLD, 0, _MANY),
    witnesses=named(_NUMBERS),
)
PUBLIC_SHAPE: Shape = keys(
    format=one_of(PUBLIC),
    version=text,
    at=text,
    published=text,
    certificate=text,
    history=lambda value: value is None,
    passed=truth,
    results=_RESULTS,
)


def canonical(document: Any) -> bytes:
    """The one way to write a document."""
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return written.encode() + b"\n"


def rules_of(declaration: Declaration) -> dict[str, Any]:
    """The rules and their parameters."""
    percent = declaration.percent
    return {
        "model": declaration.model,
        "group": declaration.group,
        "value": declaration.value,
        "minimum": declaration.minimum,
        "p_percent": None if percent is None else str(percent),
    }


def findings(primary: int, failed: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """The counted results; ``failed``: by test the sensitive cells that failed it, by place."""
    return {
        "counts": {name: {"tested": primary, "failed": len(places)} for name, places in failed.items()},
        "unproved": {name: list(places) for name, places in failed.items()},
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
            "passed": all(document["results"].values()),
            "results": document["results"],
        }
    )
