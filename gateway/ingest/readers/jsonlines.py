"""JSON lines: one object a line; a list in a cell is joined with ``;``."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gateway.ingest.readers.chunk import Chunk, check_columns, check_end, unreadable

_LINES = 50_000


def read(path: Path, columns: Sequence[str], *, encoding: str, final_line_end: bool) -> Iterator[Chunk]:
    """Chunks of 50,000 lines; a line that is not an object, or names a key twice, is malformed. A column that no line
    of the file's first chunk has is missing. Raises InputError for a wrong encoding or a file cut off."""
    check_end(path, final_line_end)
    first, size, done = True, path.stat().st_size, 0
    try:
        with path.open(encoding=_coding(encoding)) as stream:
            numbered = enumerate(stream, start=1)
            while lines := list(islice(numbered, _LINES)):
                objects, malformed = _objects(lines)
                if first:
                    check_columns(path.name, columns, sorted({key for _, item in objects for key in item}))
                    first = False
                done += sum(len(line.encode()) for _, line in lines)
                texts = {c: pa.array([_text(item.get(c)) for _, item in objects], pa.string()) for c in columns}
                yield Chunk(
                    file=path.name,
                    rows=np.array([number for number, _ in objects], np.int64),
                    columns=texts,
                    malformed=tuple(malformed),
                    position=done / size,
                )
    except UnicodeDecodeError as error:
        raise unreadable(path.name, error) from error


def names(path: Path, *, encoding: str) -> list[str]:
    """The keys of the first 50,000 lines, in the order in which they come up."""
    try:
        with path.open(encoding=_coding(encoding)) as stream:
            objects, _ = _objects(list(islice(enumerate(stream, start=1), _LINES)))
    except UnicodeDecodeError as error:
        raise unreadable(path.name, error) from error
    return list(dict.fromkeys(key for _, item in objects for key in item))


def _coding(declared: str) -> str:
    return "gb18030" if declared == "gb18030" else "utf-8-sig"


def _objects(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, dict[str, Any]]], list[int]]:
    objects, malformed = [], []
    for number, line in lines:
        if not line.strip():
            continue
        try:
            item = json.loads(line, object_pairs_hook=_object)
            if "\\u" in line:
                json.dumps(item, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
            item = None
        if isinstance(item, dict):
            objects.append((number, item))
        else:
            malformed.append(number)
    return objects, malformed


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice")
    return made


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a whole number beside missing ones is written as 3.0
    if isinstance(value, list):
        return ";".join(filter(None, map(_text, value))) or None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
