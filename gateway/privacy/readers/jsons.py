"""JSON and JSON Lines: every key and every value is a text; a value's key is its context.

A place is a JSON pointer; a key that is not a plain name stands there as its position, since it may be data itself."""

import json
import re
from collections.abc import Iterator
from typing import Any

from gateway.privacy.cells import Collector, Column
from gateway.privacy.readers.base import Gap, Nested, UnsearchableError, decode
from gateway.privacy.scanned import Reason

_NAME = re.compile(r"[A-Za-z_@$][A-Za-z_@$:.-]{0,40}[0-9]{0,3}")


class _Pairs(list[tuple[str, Any]]):
    """An object with every pair as written: a repeated key hides nothing."""


def read(data: bytes) -> Iterator[Column | Gap | Nested]:
    """Keys and values of one document, or of one a line."""
    text = decode(data)
    collector = Collector()
    try:
        _walk(_parse(text), "", collector)
    except json.JSONDecodeError:
        collector = Collector()
        _lines(text, collector)
    except RecursionError as error:
        raise UnsearchableError(Reason.DEPTH) from error
    yield from collector.columns()


def _lines(text: str, collector: Collector) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                _walk(_parse(line), f"line {number} ", collector)
            except (json.JSONDecodeError, RecursionError) as error:
                raise UnsearchableError(Reason.DAMAGED) from error


def _parse(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)


def _walk(document: Any, root: str, collector: Collector) -> None:
    stack: list[tuple[Any, str, tuple[str, ...]]] = [(document, root, ())]
    while stack:
        node, place, context = stack.pop()
        if isinstance(node, _Pairs):
            for position, (key, value) in enumerate(node):
                below = f"{place}/{key if _NAME.fullmatch(key) else f'#{position}'}"
                collector.add(key, f"{below} (key)")
                stack.append((value, below, (key,)))
        elif isinstance(node, list):
            stack.extend((value, f"{place}/{position}", context) for position, value in enumerate(node))
        elif isinstance(node, str):
            collector.add(node, place or "/", context)
