"""Safe copies of the ledger, by SQLite's backup API, and the way back."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.files import PRIVATE, staged
from gateway.ledger import schema
from gateway.ledger.book import Ledger
from gateway.model.documents import LedgerHead


def backup(ledger: Ledger, dest: Path) -> LedgerHead:
    """Copies the ledger, as of one moment, to ``dest`` and gives the copy's head once the copy itself was checked.

    Raises ConfigurationError when something is at ``dest``, IntegrityError when the ledger or the copy does not hold;
    nothing is left at ``dest`` then."""
    return _copy(ledger.path, dest, (ledger.head(),))


def restore(source: Path, path: Path, known: Iterable[LedgerHead] = ()) -> LedgerHead:
    """Puts the backup ``source`` at ``path``, where nothing may be, after checking it against ``known`` heads.

    A backup older than the last transfer slip fails against that slip's head: entries would be lost. Raises
    ConfigurationError, IntegrityError; nothing is left at ``path`` then."""
    return _copy(source, path, tuple(known))


def _copy(source: Path, dest: Path, known: tuple[LedgerHead, ...]) -> LedgerHead:
    # a journal left beside a lost ledger would be rolled into whatever is put there (an empty one is a finished one)
    journals = [dest.with_name(dest.name + end) for end in ("-journal", "-wal")]
    for taken in (dest, *journals):
        if taken.exists() and (taken is dest or taken.stat().st_size):
            raise ConfigurationError(
                f"{taken}: 已存在，不覆盖", f"{taken}: is there already and is not overwritten", next=f"mv {taken} …"
            )
    with staged(dest, mode=PRIVATE) as part:
        with schema.opened(source) as connection, closing(sqlite3.connect(part)) as copy:
            connection.execute("COMMIT")
            connection.backup(copy)
        copied = Ledger(part)
        if bad := copied.check(known):
            raise IntegrityError(
                f"副本第 {bad.seq} 条不成立：{bad.zh}",
                f"the copy does not hold at entry {bad.seq}: {bad.en}",
                safe=("原账本未改变，未留下副本", "the source is unchanged and no copy was left"),
                next="gateway ledger verify",
            )
        return copied.head()
