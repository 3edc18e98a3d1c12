"""Parquet: row groups in batches; lists are joined with ``;``."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gateway.ingest.readers.chunk import Chunk, check_columns, unreadable

_ROWS = 131_072


def read(path: Path, columns: Sequence[str], *, encoding: str, final_line_end: bool) -> Iterator[Chunk]:
    """Chunks of 131,072 rows. Raises InputError when the file is cut off or lacks a column."""
    try:
        with pq.ParquetFile(path) as file:
            check_columns(path.name, columns, file.schema_arrow.names)
            done, total = 0, max(1, file.metadata.num_rows)
            for batch in file.iter_batches(_ROWS, columns=list(columns)):
                batch.validate(full=True)  # text that is not UTF-8 is told here
                yield Chunk(
                    file=path.name,
                    rows=np.arange(done + 2, done + 2 + batch.num_rows),
                    columns={name: as_text(batch.column(name)) for name in columns},
                    position=(done + batch.num_rows) / total,
                )
                done += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path.name, error) from error


def names(path: Path, *, encoding: str) -> list[str]:
    """The names of the columns. Raises InputError when the file is cut off."""
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path.name, error) from error


def as_text(column: pa.Array) -> pa.Array:
    """Any column as text, empty text as null; a list's items joined with ``;``."""
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = _joined(column.cast(pa.list_(pa.string())))
    elif pa.types.is_timestamp(column.type):
        column = pc.strftime(column.cast(pa.timestamp("s"), safe=False), "%Y-%m-%d %H:%M:%S")
    elif not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    empty = pc.equal(pc.binary_length(column), 0)
    return pc.if_else(empty, None, column) if pc.any(empty).as_py() else column


def _joined(lists: pa.Array) -> pa.Array:
    if not lists.flatten().null_count:
        return pc.binary_join(lists, ";")
    items = (None if cell is None else ";".join(filter(None, cell)) for cell in lists.to_pylist())
    return pa.array(items, pa.string())
