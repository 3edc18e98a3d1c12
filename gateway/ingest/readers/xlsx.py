"""XLSX: the first sheet; a number becomes its shortest text, a date its ISO form."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gateway.ingest.readers.chunk import Chunk, check_columns, unreadable


def read(path: Path, columns: Sequence[str], *, encoding: str, final_line_end: bool) -> Iterator[Chunk]:
    """One chunk. Raises InputError when the file is not a workbook or lacks a column."""
    rows = _rows(path)
    header = _header(rows)
    check_columns(path.name, columns, header)
    places = {name: header.index(name) for name in columns}
    filled = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(_text(c) is not None for c in row)]
    yield Chunk(
        file=path.name,
        rows=np.array([number for number, _ in filled], np.int64),
        columns={name: pa.array([_text(row[at]) for _, row in filled], pa.string()) for name, at in places.items()},
        position=1.0,
    )


def names(path: Path, *, encoding: str) -> list[str]:
    """The names of the columns, as the first row gives them. Raises InputError when the file is not a workbook."""
    return _header(_rows(path))


def _rows(path: Path) -> list[list[Any]]:
    """All rows of the first sheet."""
    import python_calamine as calamine

    try:
        sheet = calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        return list(sheet.to_python(skip_empty_area=False))
    except (calamine.CalamineError, IndexError) as error:
        raise unreadable(path.name, error) from error


def _header(rows: list[list[Any]]) -> list[str]:
    return [_text(cell) or "" for cell in rows[0]] if rows else []


def _text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
