"""The query engine, through Ibis. DuckDB is embedded and the default; nothing is spilled to disk in plain text."""

from dataclasses import dataclass
from typing import Any


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
            ("autoinstall_known_extensions", False),
            ("autoload_known_extensions", False),
            ("enable_progress_bar", False),
        ):
            literal = str(value).lower() if isinstance(value, bool) else f"'{value}'"
            connection.raw_sql(f"SET {setting} = {literal}")
        return connection


def scan(connection: Any, name: str, dataset: Any) -> Any:
    """A ``pyarrow.dataset`` as an Ibis table that is read when a query runs; only the needed columns are."""
    connection.con.register(name, dataset)
    return connection.table(name)
