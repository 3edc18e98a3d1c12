"""The query engine, through Ibis. DuckDB is embedded and the default; nothing is spilled to disk in plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_BATCH = 32_768


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


def drop(connection: Any, name: str) -> None:
    """Lets a table go. By SQL, since Ibis 12 and sqlglot 30 disagree on how a DROP is written (docs/adr/0008)."""
    connection.raw_sql(f'DROP TABLE "{name}"')
