"""The query engine, through Ibis. DuckDB is embedded and the default; nothing is spilled to disk in plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

_BATCH = 32_768
_NUMBERS = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How much of the machine a run may use. ``memory`` as DuckDB writes it, e.g. ``1GB``."""

    memory: str = "1GB"
    threads: int = 2

    def connect(self) -> Any:
        """An Ibis connection to an empty in-memory DuckDB without a spill folder and without extensions."""
        import ibis

        connection = ibis.duckdb.connect(threads=self.threads)
        for setting, value in (
            ("memory_limit", self.memory),
            ("temp_directory", ""),  # spill would be plain text
            ("allocator_flush_threshold", "1MB"),  # what a query has freed is not kept for the next
            ("allocator_bulk_deallocation_flush_threshold", "1MB"),
            ("autoinstall_known_extensions", False),
            ("autoload_known_extensions", False),
            ("enable_progress_bar", False),
        ):
            literal = str(value).lower() if isinstance(value, bool) else f"'{value}'"
            connection.raw_sql(f"SET {setting} = {literal}")
        return connection


def load(connection: Any, name: str, dataset: Any, columns: Sequence[str]) -> Any:
    """``columns`` of a ``pyarrow.dataset`` as a table in the engine's memory, streamed in small batches."""
    scanner = dataset.scanner(columns=list(columns), batch_size=_BATCH, batch_readahead=2, fragment_readahead=1)
    source = f"{name}_source"
    connection.con.register(source, scanner.to_reader())
    table = connection.create_table(name, connection.table(source), temp=True)
    connection.con.unregister(source)
    return table


def small(beside: Any, columns: Any) -> Any:
    """A small ``pyarrow.Table`` as a table of the engine that ``beside`` is a table of."""
    import ibis

    engine = beside.get_backend()
    if engine.name != "duckdb":
        return ibis.memtable(columns)
    name = f"small_{next(_NUMBERS)}"
    engine.con.register(name, columns)  # goes with the connection
    return engine.table(name)


def fetched(rows: Any) -> Any:
    """The rows of an expression as a ``pyarrow.Table``. From DuckDB without Ibis's converter, which loads pandas: a
    fifth of a second and 35 MB."""
    engine = rows.get_backend()
    if engine.name != "duckdb":
        return rows.to_pyarrow()
    return engine.con.sql(engine.compile(rows)).to_arrow_table().cast(rows.schema().to_pyarrow())  # sums are 128 bits


def drop(connection: Any, name: str) -> None:
    """Lets a table go. By SQL, since Ibis 12 and sqlglot 30 disagree on how a DROP is written (docs/adr/0008)."""
    connection.raw_sql(f'DROP TABLE "{name}"')
