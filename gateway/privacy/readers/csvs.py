"""CSV and TSV: a column is a column, its header its context; rows and columns are named by number, from 1."""

import csv
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv as pa_csv

from gateway.privacy.cells import Column, strings
from gateway.privacy.readers import plain
from gateway.privacy.readers.base import Gap, Nested, decode

_DELIMITERS = ",\t;|"
_BLOCK = 16 << 20


def read(data: bytes) -> Iterator[Column | Gap | Nested]:
    """Columns of text. Regular files by Arrow, ragged ones cell by cell, anything worse line by line."""
    text = decode(data)
    delimiter = _delimiter(text)
    columns = _regular(text, delimiter) or _ragged(text, delimiter)
    if columns is None:
        yield from plain.read(data)
        return
    for number, values in enumerate(columns, 1):
        header = values[0].as_py() if len(values) else ""
        yield Column(values=values, locate=_Place(number), context=(header,) if header else ())


class _Place:
    """``row r, column c``."""

    def __init__(self, column: int) -> None:
        self._column = column

    def __call__(self, row: int) -> str:
        return f"row {row + 1}, column {self._column}"


def _delimiter(text: str) -> str:
    head = text[: text.find("\n")] if "\n" in text else text[:4096]
    return max(_DELIMITERS, key=head.count)


def _regular(text: str, delimiter: str) -> list[pa.Array] | None:
    """All columns by Arrow, or None where the rows differ in length."""
    try:
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return None
    if not first:
        return None
    names = [f"f{i}" for i in range(len(first))]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=pa_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return [pa.concat_arrays(column.chunks) for column in table.columns]


def _ragged(text: str, delimiter: str) -> list[pa.Array] | None:
    """All columns cell by cell; None where even that fails."""
    columns: list[list[str]] = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            while len(columns) < len(row):
                columns.append([""] * number)
            for index, column in enumerate(columns):
                column.append(row[index] if index < len(row) else "")
    except csv.Error:
        return None
    return [strings(column) for column in columns]
