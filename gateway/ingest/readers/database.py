"""A database table, read through Ibis: only the named columns leave the database."""

from collections.abc import Iterator, Sequence

import numpy as np

from gateway.base.errors import InputError
from gateway.ingest.readers.chunk import Chunk, check_columns
from gateway.ingest.readers.parquet import as_text

_ROWS = 65_536


def read(connection: str, table: str, columns: Sequence[str]) -> Iterator[Chunk]:
    """Chunks of 65,536 rows in the table's order. ``connection`` is an Ibis URL such as ``duckdb://extract.db``.

    Row numbers count from 2, as in a file with a header, in the order in which the database gives the rows.
    Raises InputError when the database does not answer or the table or a column is missing."""
    import ibis
    from ibis.common.exceptions import IbisError

    try:
        engine = ibis.connect(connection)
        there = engine.table(table)
    except (IbisError, OSError, ValueError, ImportError) as error:
        raise InputError(
            f"数据库中的表 {table} 无法读取({type(error).__name__})",
            f"the database's table {table} can't be read ({type(error).__name__})",
            next="gateway doctor",
        ) from error
    check_columns(table, columns, list(there.columns))
    done = 0
    for batch in there.select(*columns).to_pyarrow_batches(chunk_size=_ROWS):
        yield Chunk(
            file=table,
            rows=np.arange(done + 2, done + 2 + batch.num_rows),
            columns={name: as_text(batch.column(name)) for name in columns},
        )
        done += batch.num_rows
