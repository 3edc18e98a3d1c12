"""JSON lines: one object a line; a list in a cell is joined with ``;``."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gateway.ingest.readers.chunk import Chunk, check_columns, unreadable

_LINES = 50_000


def read(path: Path, columns: Sequence[str], *, encoding: str, final_line_end: bool) -> Iterator[Chunk]:
    """Chunks of 50,000 lines; a line that is not an object is malformed. A column that no line of the file's first
    chunk has is missing."""
    first, size, done = True, path.stat().st_size, 0
    try:
        with path.open(encoding="gb18030" if encoding == "gb18030" else "utf-8-sig") as stream:
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


def _objects(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, dict[str, Any]]], list[int]]:
    objects, malformed = [], []
    for number, line in lines:
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError:
            item = None
        if isinstance(item, dict):
            objects.append((number, item))
        else:
            malformed.append(number)
    return objects, malformed


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, list):
        return ";".join(filter(None, map(_text, value))) or None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
