"""The ledger's table, its triggers, and how its file is opened.

Journal: TRUNCATE with synchronous=FULL. With it a commit returns only when the pages and then the shortened journal
are on the disk, so that an entry that was reported is there after a power cut. (DELETE needs EXTRA for that: FULL does
not flush the folder after it has unlinked the journal.) WAL would be as durable, but keeps the newest entries in a
second file: a copy of the main file alone would be a valid, shorter ledger. Writers are few; WAL's speed is not needed.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.files import PRIVATE, sync
from gateway.ledger.entry import GENESIS

BUSY_SECONDS = 30.0
SCHEMA = """
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  release TEXT,
  actor TEXT NOT NULL,
  body TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE TRIGGER ledger_keeps_rows BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_keeps_content BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_continues BEFORE INSERT ON ledger
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1), 'GENESIS')
BEGIN SELECT RAISE(ABORT, 'an entry continues the last one'); END;
""".replace("GENESIS", GENESIS)  # nosec B608 - a constant of ours, no input


def create(path: Path) -> None:
    """An empty ledger at ``path``, readable by its owner only, whole or absent; an existing one is left as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")
        sync(part)
        if not path.exists():
            # a link, not a rename: of two that create at once, the second must not replace the first's ledger
            os.link(part, path)
        sync(path.parent)
    except FileExistsError:
        return
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection to the ledger at ``path``; whatever was not committed is undone at the end.

    Raises ConfigurationError when there is none, IntegrityError when SQLite can't read or write it."""
    if not path.is_file():
        raise ConfigurationError(f"{path}: 没有账本", f"{path}: no ledger here", next="gateway init")
    try:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode=TRUNCATE")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA fullfsync=ON")
            connection.execute(f"PRAGMA query_only={'OFF' if write else 'ON'}")
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:  # a changed byte can make a name of the schema unreadable
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        raise IntegrityError(
            f"账本无法读写({name})",
            f"the ledger can't be read or written ({name})",
            safe=("未写入任何内容", "nothing was written"),
            next="gateway ledger verify",
        ) from error


def is_intact(connection: sqlite3.Connection) -> bool:
    """Whether the table and its triggers are exactly those of SCHEMA, and nothing else is in the file."""
    return _objects(connection) == _expected()


@cache
def _expected() -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        return _objects(fresh)


def _objects(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
