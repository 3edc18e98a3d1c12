"""A database table, read through Ibis: only the named columns leave the database."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gateway.base.errors import InputError
from gateway.ingest.readers.chunk import Chunk, check_columns
from gateway.ingest.readers.parquet import as_text

_ROWS = 65_536


def read(connection: str, table: str, columns: Sequence[str]) -> Iterator[Chunk]:
    """Chunks of 65,536 rows in the table's order. ``connection`` is an Ibis URL such as ``duckdb://extract.db``.

    Row numbers count from 2, as in a file with a header, in the order in which the database gives the rows.
    Raises InputError when the database does not answer or the table or a column is missing."""
    try:
        engine = _connect(connection)
        try:
            there = engine.table(table)
            check_columns(table, columns, list(there.columns))
            done = 0
            for batch in _batches(engine, there.select(*columns)):
                yield Chunk(
                    file=table,
                    rows=np.arange(done + 2, done + 2 + batch.num_rows),
                    columns={name: as_text(batch.column(name)) for name in columns},
                )
                done += batch.num_rows
        finally:
            engine.disconnect()
    except (InputError, AttributeError, NameError, TypeError):  # a refusal, or a bug
        raise
    except Exception as error:  # every driver has errors of its own; only their kind is told, their text may hold data
        raise InputError(
            f"数据库中的表 {table} 无法读取({type(error).__name__})",
            f"the database's table {table} can't be read ({type(error).__name__})",
            safe=("没有生成任何结果", "nothing was produced"),
            next="gateway doctor",
        ) from error


def _connect(connection: str) -> Any:
    """DuckDB is opened for reading only: it would make a database that is not there, and lock one that is."""
    import ibis

    return ibis.connect(connection, **({"read_only": True} if connection.startswith("duckdb:") else {}))


def _batches(engine: Any, rows: Any) -> Any:
    """Ibis 12 streams from DuckDB by a call that DuckDB 2 no longer has."""
    if engine.name == "duckdb":
        return engine.con.sql(engine.compile(rows)).to_arrow_reader(_ROWS)
    return rows.to_pyarrow_batches(chunk_size=_ROWS)
