"""Parquet: columns, their names, and the metadata of file and columns."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from gateway.privacy.cells import Collector, Column
from gateway.privacy.readers.base import Gap, Nested, UnsearchableError
from gateway.privacy.scanned import Reason
from gateway.privacy.table import columns_of

_ARROW_SCHEMA = b"ARROW:schema"  # the schema once more, in Arrow's own form


def read(data: bytes) -> Iterator[Column | Gap | Nested]:
    """Columns that are not cleared by their type; a binary column is a part that can't be searched."""
    if data[:4] == b"PARE":
        raise UnsearchableError(Reason.ENCRYPTED)
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        table = file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnsearchableError(Reason.DAMAGED) from error
    yield from _metadata(file)
    for name, values in columns_of(table):
        if values is None:
            yield Gap(f"column {table.column_names.index(name.split('.')[0]) + 1}", Reason.BINARY)
        else:
            yield Column(values=values, locate=_Place(name), context=(name,))


class _Place:
    """``column[row]``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, row: int) -> str:
        return f"{self._name}[{row}]"


def _metadata(file: pq.ParquetFile) -> Iterator[Column]:
    collector = Collector()
    collector.add(file.metadata.created_by or "", "created_by")
    sets = [file.metadata.metadata or {}, *((f.metadata or {}) for f in file.schema_arrow)]
    for name in file.schema_arrow.names:
        collector.add(name, "column name")
    for pairs in sets:
        for key, value in pairs.items():
            if key != _ARROW_SCHEMA:
                collector.add(key.decode("utf-8", "replace"), "metadata")
                collector.add(value.decode("utf-8", "replace"), "metadata")
    yield from collector.columns()
