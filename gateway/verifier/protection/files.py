"""The CSV files of a protection: contributors, cells.csv, published.csv. Never a value in a message."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from gateway.verifier.protection.declaration import Declaration
from gateway.verifier.report import Problem

STATUSES = ("published", "primary", "secondary")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")
_MOST_BYTES = 1 << 30
Key = tuple[str, ...]


def contents(source: Path | bytes, what: str) -> bytes:
    """The bytes of ``source``. Raises Problem."""
    if isinstance(source, bytes):
        return source
    try:
        with source.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise Problem(f"{what} 缺失或无法读取", f"{what} is missing, or can't be read") from error
    if len(data) > _MOST_BYTES:
        raise Problem(f"{what} 过大", f"{what} is too large")
    return data


def read_contributors(data: bytes, declaration: Declaration) -> tuple[list[list[str]], list[str], list[int]]:
    """Of each row: the codes (one list a level, dimensions one after the other), the group, the value.

    Columns beyond the declared ones are not read. Raises Problem."""
    what = "contributors"
    header, rows = _table(data, what)
    levels = [level for one in declaration.dimensions for level in one.levels]
    places = [_place(header, name, what) for name in (*levels, declaration.group, declaration.value)]
    columns: list[list[str]] = [[row[place] for row in rows] for place in places]
    for name, column in zip((*levels, declaration.group), columns, strict=False):
        for number, text in enumerate(column, start=1):
            if not text:
                raise _bad(what, number, name)
    values = [_whole(text, what, number, declaration.value) for number, text in enumerate(columns[-1], start=1)]
    return columns[:-2], columns[-2], values


def read_cells(data: bytes, declaration: Declaration) -> dict[Key, tuple[int, str]]:
    """Value and status of each cell in cells.csv, by its codes. Raises Problem."""
    what = "cells.csv"
    found: dict[Key, tuple[int, str]] = {}
    for number, (key, value, status) in _keyed(data, declaration, "status", what):
        if status not in STATUSES or key in found:
            raise _bad(what, number, "status")
        found[key] = (_whole(value, what, number, "value"), status)
    return found


def read_published(data: bytes, declaration: Declaration) -> dict[Key, int | None]:
    """The value of each cell in published.csv, None where it is withheld, by its codes. Raises Problem."""
    what = "published.csv"
    found: dict[Key, int | None] = {}
    for number, (key, value, mark) in _keyed(data, declaration, "mark", what):
        if mark not in ("A", "C") or key in found or (mark == "C" and value):
            raise _bad(what, number, "mark")
        found[key] = _whole(value, what, number, "value") if mark == "A" else None
    return found


def _keyed(data: bytes, declaration: Declaration, last: str, what: str) -> list[tuple[int, tuple[Key, str, str]]]:
    header, rows = _table(data, what)
    names = [one.name for one in declaration.dimensions]
    if header != [*names, "value", last]:
        raise Problem(f"{what} 的表头不符合约定", f"the header of {what} is not as agreed")
    return [(number, (tuple(row[: len(names)]), row[-2], row[-1])) for number, row in enumerate(rows, start=1)]


def _table(data: bytes, what: str) -> tuple[list[str], list[list[str]]]:
    try:
        header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise Problem(f"{what} 不是可读取的 CSV", f"{what} is not a CSV file that can be read") from error
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise Problem(f"{what} 第 {number} 行列数不符", f"{what}: row {number} has another number of columns")
    return header, rows


def _place(header: Sequence[str], name: str, what: str) -> int:
    if header.count(name) != 1:
        raise Problem(f"{what} 应恰有一列 {name}", f"{what} should have one column {name}")
    return header.index(name)


def _whole(text: str, what: str, number: int, column: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise _bad(what, number, column)
    return int(text)


def _bad(what: str, number: int, column: str) -> Problem:
    return Problem(f"{what} 第 {number} 行 {column} 不符合约定", f"{what}: row {number}, {column} is not as agreed")
