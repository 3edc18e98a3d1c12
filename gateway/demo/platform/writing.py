"""Feeds on disk: the same string columns as CSV and as Parquet, appended batch by batch.

CSV: UTF-8, comma, `\\n`, a header line, quotes by RFC 4180 only where a cell needs them, an empty cell for a
missing one. Parquet: all columns `string`, a missing cell null. The same batches give the same bytes.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gateway.base.files import staged
from gateway.demo.platform.cells import Columns

FORMATS = ("csv", "parquet")
_SPECIAL = (b",", b'"', b"\n", b"\r")


class Sink(Protocol):
    """Somewhere a feed's batches go."""

    def append(self, columns: Columns) -> None:
        """Append the rows of these columns, which are in the feed's order."""
        ...


def _values(column: pa.Array) -> memoryview:
    """The bytes of all cells of a string column, end to end."""
    _, offsets, data = column.buffers()
    if not len(column) or data is None:
        return memoryview(b"")
    ends = np.frombuffer(offsets, dtype=np.int32)
    return memoryview(data)[int(ends[column.offset]) : int(ends[column.offset + len(column)])]


def _quoted(column: pa.Array) -> pa.Array:
    """The column with quotes where RFC 4180 wants them; one without special bytes is left as it is."""
    text = bytes(_values(column))
    if not any(byte in text for byte in _SPECIAL):
        return column
    needed = pc.match_substring_regex(column, '[,"\r\n]')
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), column)


class CsvSink:
    """Appends rows to a CSV file."""

    def __init__(self, file: BinaryIO, names: Sequence[str]) -> None:
        self._file = file
        file.write((",".join(names) + "\n").encode())

    def append(self, columns: Columns) -> None:
        """Append the rows of these columns."""
        cells = [_quoted(column) for column in columns.values()]
        last = pc.binary_join_element_wise(cells[-1], "\n", "", null_handling="replace")
        lines = pc.binary_join_element_wise(*cells[:-1], last, ",", null_handling="replace")
        self._file.write(_values(lines))


class ParquetSink:
    """Appends row groups to a Parquet file; columns in `plain` hold few repeats and get no dictionary."""

    def __init__(self, path: Path, names: Sequence[str], plain: Sequence[str]) -> None:
        self._schema = pa.schema([(name, pa.string()) for name in names])
        self.writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="snappy",
            use_dictionary=[name for name in names if name not in plain],
            write_statistics=False,
        )

    def append(self, columns: Columns) -> None:
        """Append the rows of these columns as one row group."""
        self.writer.write_table(pa.table(list(columns.values()), schema=self._schema))


@contextmanager
def feed_sinks(
    out: Path, feed: str, formats: Sequence[str], names: Sequence[str], plain: Sequence[str]
) -> Iterator[Sequence[Sink]]:
    """The files of one feed, one a format; they appear under their names when the block ends well."""
    with ExitStack() as files:
        sinks: list[Sink] = []
        for suffix in formats:
            part = files.enter_context(staged(out / f"{feed}.{suffix}"))
            if suffix == "csv":
                sinks.append(CsvSink(files.enter_context(part.open("wb")), names))
            else:
                parquet = ParquetSink(part, names, plain)
                files.callback(parquet.writer.close)
                sinks.append(parquet)
        yield sinks
