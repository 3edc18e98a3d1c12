"""The bureau's register of receptions: an append-only table in SQLite, hash-chained, guarded by triggers.

Each line's hash covers its whole content and the hash before it; the chain is checked whenever the register is opened.
A line of one package with one disposition is written once, so that a repeated command changes nothing."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from gateway.base.canonical import digest_of
from gateway.base.errors import IntegrityError
from gateway.base.files import PRIVATE
from gateway.model.release import ReleaseId
from gateway.receiving.dispositions import Disposition
from gateway.receiving.entry import DETAILS, Details, Entry

GENESIS = "0" * 64
_WAIT = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS register (
    number INTEGER PRIMARY KEY,
    release TEXT NOT NULL,
    manifest TEXT NOT NULL,
    disposition TEXT NOT NULL,
    body TEXT NOT NULL,
    prev TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    UNIQUE (release, manifest, disposition)
);
CREATE TRIGGER IF NOT EXISTS register_keeps BEFORE UPDATE ON register
BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END;
CREATE TRIGGER IF NOT EXISTS register_holds BEFORE DELETE ON register
BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END;
CREATE TRIGGER IF NOT EXISTS register_follows BEFORE INSERT ON register
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM register)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM register ORDER BY number DESC LIMIT 1), printf('%064d', 0))
BEGIN SELECT RAISE(ABORT, 'the register goes on from its last line'); END;
"""


class Register:
    """The lines of one register, as they stood when it was opened; ``append`` adds one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._entries, self._head = _read(connection)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All lines, oldest first."""
        return tuple(self._entries)

    @property
    def next_number(self) -> int:
        """The number that the next line gets."""
        return len(self._entries) + 1

    def of(self, release: str) -> list[Entry]:
        """The lines of one release, oldest first."""
        return [entry for entry in self._entries if entry.release == release]

    def processed(self, release: str) -> Entry | None:
        """The line under which this release was received, if it was."""
        return next((entry for entry in self.of(release) if entry.disposition == Disposition.PROCESSED), None)

    def newer(self, release: str) -> Entry | None:
        """A received line of the same series with a higher revision."""
        own = ReleaseId.parse(release)
        for entry in self._entries:
            if entry.disposition == Disposition.PROCESSED:
                other = ReleaseId.parse(entry.release)
                if _series(other) == _series(own) and other.revision > own.revision:
                    return entry
        return None

    def find(self, release: str, manifest_sha256: str, disposition: str) -> Entry | None:
        """The line of this package with this disposition, if it was written before."""
        key = (manifest_sha256, disposition)
        return next((entry for entry in self.of(release) if (entry.manifest_sha256, entry.disposition) == key), None)

    def standing(self, release: str) -> Entry | None:
        """The line whose receipt stands: that of the reception, else the last one with a receipt."""
        given = [entry for entry in self.of(release) if entry.details.receipt]
        received = self.processed(release)
        return received or (given[-1] if given else None)

    def append(self, release: str, manifest_sha256: str, disposition: str, details: Details) -> Entry:
        """Adds a line. Raises IntegrityError when the register has gone on meanwhile."""
        number, body = self.next_number, asdict(details)
        line_hash = _hash(number, release, manifest_sha256, disposition, body, self._head)
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        values = (number, release, manifest_sha256, disposition, text, self._head, line_hash)
        self._connection.execute("INSERT INTO register VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        entry = Entry(
            number=number,
            release=release,
            manifest_sha256=manifest_sha256,
            disposition=disposition,
            details=details,
        )
        self._entries.append(entry)
        self._head = line_hash
        return entry


@contextmanager
def opened(path: Path) -> Iterator[Register]:
    """The register at ``path``, made if absent, for this process alone; what was appended is kept on success only.

    Raises IntegrityError when the file is not a register, or its chain is broken."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE))
    except OSError as error:
        raise _unusable() from error
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Register(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise _unusable() from error


def read_register(path: Path) -> tuple[Entry, ...]:
    """All lines of an existing register, its chain checked; the file is not written. Raises IntegrityError."""
    if not path.is_file():
        raise IntegrityError("没有这个登记簿", "there is no such register")
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_WAIT, isolation_level=None)) as connection:
            return Register(connection).entries
    except sqlite3.Error as error:
        raise _unusable() from error


def _read(connection: sqlite3.Connection) -> tuple[list[Entry], str]:
    entries: list[Entry] = []
    head = GENESIS
    query = "SELECT number, release, manifest, disposition, body, prev, hash FROM register ORDER BY number"
    for number, release, manifest, disposition, text, prev, line_hash in connection.execute(query):
        body = _body(text, number)
        if prev != head or number != len(entries) + 1:
            raise _broken(number)
        if line_hash != _hash(number, release, manifest, disposition, body, prev):
            raise _broken(number)
        details = Details(**body)
        entries.append(
            Entry(number=number, release=release, manifest_sha256=manifest, disposition=disposition, details=details)
        )
        head = line_hash
    return entries, head


def _body(text: str, number: int) -> dict[str, str]:
    try:
        body = json.loads(text)
    except (ValueError, TypeError) as error:
        raise _broken(number) from error
    if not isinstance(body, dict) or not set(body) <= set(DETAILS):
        raise _broken(number)
    return body


def _hash(number: int, release: str, manifest: str, disposition: str, body: dict[str, str], prev: str) -> str:
    line = {"number": number, "release": release, "manifest": manifest, "disposition": disposition}
    return digest_of({**line, "body": body, "prev": prev})


def _series(release: ReleaseId) -> tuple[object, ...]:
    return release.division, release.platform, release.period, release.kind


def _unusable() -> IntegrityError:
    return IntegrityError(
        "登记簿无法读写：文件被占用、已损坏，或不是登记簿",
        "the register can't be read or written: in use, damaged, or not a register",
        safe=("登记簿未作改动", "the register is unchanged"),
    )


def _broken(number: object) -> IntegrityError:
    return IntegrityError(
        f"登记簿第 {number} 行与哈希链不符：登记簿被改动过",
        f"line {number} of the register does not fit its hash chain: the register was changed",
        next=("从备份恢复登记簿", "restore the register from its backup"),
    )
