"""The documents on the wire, key by key: a missing key, an unknown key or another type is refused."""

import json
from collections.abc import Callable
from typing import Any

from gateway.verifier.report import Problem

Shape = Callable[[Any], bool]


def read_json(data: bytes) -> Any:
    """The JSON in ``data``: UTF-8, no key twice, no NaN. Raises Problem."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise Problem("不是规范的 JSON", "not well-formed JSON") from error


def read(data: bytes, shape: Shape) -> dict[str, Any]:
    """The document of that shape in ``data``. Raises Problem."""
    document = read_json(data)
    if not isinstance(document, dict) or not shape(document):
        raise Problem("内容不符合约定的格式", "it does not have the agreed format")
    return document


def text(value: Any) -> bool:
    """A text."""
    return isinstance(value, str)


def whole(value: Any) -> bool:
    """A whole number that is not negative."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def positive(value: Any) -> bool:
    """A whole number from 1 on."""
    return whole(value) and value > 0


def truth(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool)


def maybe(shape: Shape) -> Shape:
    """Null, or ``shape``."""
    return lambda value: value is None or shape(value)


def either(first: Shape, second: Shape) -> Shape:
    """One of two shapes."""
    return lambda value: first(value) or second(value)


def one_of(*values: str) -> Shape:
    """One of these texts."""
    return lambda value: text(value) and value in values


def several(shape: Shape, least: int = 0, most: int = 100) -> Shape:
    """A list."""
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(shape, value))


def named(shape: Shape) -> Shape:
    """An object with any keys."""
    return lambda value: isinstance(value, dict) and all(map(shape, value.values()))


def keys(**shapes: Shape) -> Shape:
    """An object with exactly these keys."""
    return lambda value: (
        isinstance(value, dict)
        and value.keys() == shapes.keys()
        and all(shape(value[name]) for name, shape in shapes.items())
    )


STATEMENT_ALGORITHMS = {"digest": "sha256+sm3"}
CERTIFICATE_ALGORITHMS = {"digest": "sha256+sm3"}
ALGORITHMS = {"digest": "sha256+sm3", "cipher": "zip-aes256-ae2", "signature": "sshsig-ed25519-sha512"}
ENDINGS = {
    "workbook": "xlsx",
    "table": "csv",
    "dictionary": "csv",
    "metadata": "json",
    "validation": "html",
    "certificate": "json",
}

_BESIDE = keys(name=text, bytes=whole, sha256=text, sm3=text)
_GATE = keys(passed=truth, checked=whole, certificate=text)
_FILE = keys(entry=text, role=one_of(*ENDINGS), title=text, bytes=whole, rows=maybe(whole), sha256=text, sm3=text)

MANIFEST = keys(
    format=one_of("gateway-manifest/1"),
    alg=named(text),
    release=text,
    agreement=text,
    sender=text,
    recipients=several(text, 1, 2),
    period=text,
    revision=whole,
    supersedes=maybe(text),
    due=maybe(text),
    sealed_at=text,
    package=_BESIDE,
    privacy=_BESIDE,
    entries=whole,
    statement_sha256=text,
    statement_sm3=text,
    acceptance_sha256=text,
    approvals=several(keys(steward=text, signature=text)),
    ledger=keys(length=whole, head=text),
)

STATEMENT = keys(
    format=one_of("gateway-statement/1"),
    alg=named(text),
    release=text,
    agreement=text,
    agreement_digest=text,
    period=text,
    revision=positive,
    supersedes=maybe(text),
    reason=maybe(text),
    operator=text,
    files=several(_FILE, 1),
    declarations=named(text),
    disclosure=_GATE,
    quality=_GATE,
    privacy=_GATE,
    history_head=text,
    software=text,
    round=positive,
)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _refused(name: str) -> Any:
    raise ValueError(name)
