"""The ledger in its file: append, read, check."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.ledger import anchor, schema
from gateway.ledger.entry import EVENTS, GENESIS, BadEntry, Entry, body_text, make, shape, verify
from gateway.ledger.fold import first_illegal, states, step
from gateway.model.documents import LedgerHead
from gateway.model.period import ZONE
from gateway.model.release import Event

_ALL = "SELECT seq, at, kind, release, actor, body, prev, hash FROM ledger ORDER BY seq"
_ADD = "INSERT INTO ledger (seq, at, kind, release, actor, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_UNCHANGED = ("账本未改变", "the ledger is unchanged")


class Ledger:
    """The append-only record at one path. Each call is a transaction of its own; several processes may share it.

    ``anchor``: a file in another place (the keyring) that keeps the newest head. With it, a ledger that was replaced by
    an older copy of itself is refused by every call."""

    def __init__(self, path: Path, anchor: Path | None = None) -> None:
        self._path, self._anchor = path, anchor
        if not path.is_file():
            raise ConfigurationError(f"{path}: 没有账本", f"{path}: no ledger here", next="gateway init")

    @classmethod
    def create(cls, path: Path) -> "Ledger":
        """A new, empty ledger (mode 0600); an existing one is left as it is and opened."""
        schema.create(path)
        return cls(path)

    @property
    def path(self) -> Path:
        """Its file."""
        return self._path

    def head(self) -> LedgerHead:
        """Its length and last hash (64 zeros when empty). Raises IntegrityError when the chain is broken."""
        with schema.opened(self._path) as connection:
            return head_of(self._sound(connection))

    def entries(self, *, release: str | None = None, kind: str | None = None, after: int = 0) -> tuple[Entry, ...]:
        """The entries in order, all or those of a release, of a kind, beyond a seq; the whole chain is checked first.

        Raises IntegrityError when it is broken."""
        with schema.opened(self._path) as connection:
            found = self._sound(connection)
        return tuple(
            entry
            for entry in found
            if entry.seq > after and release in (None, entry.release) and kind in (None, entry.kind)
        )

    def append(
        self,
        kind: Event | str,
        *,
        actor: str,
        body: Mapping[str, Any],
        at: datetime,
        expect: LedgerHead | None,
        release: str | None = None,
    ) -> LedgerHead:
        """Adds one entry, on the disk when this returns, and gives the new head.

        ``kind``: an Event of ``release``, or ``room.record`` (with a dot), which moves no state. ``at``: aware; stored
        in Asia/Shanghai. ``expect``: the head that the caller decided on; None: whichever head is there, for records
        that rest on nothing earlier. Raises IntegrityError, with nothing written, when the head is another one, the
        chain is broken, the event may not follow, or the body is not free of values."""
        moment = at.astimezone(ZONE).isoformat() if at.tzinfo else ""
        content = dict(body)
        if wrong := shape(moment, str(kind), release, actor, content):
            raise IntegrityError(f"账本记录不合规：{wrong[0]}", f"not an entry: {wrong[1]}", safe=_UNCHANGED)
        with schema.opened(self._path, write=True) as connection:
            entries = self._sound(connection)
            head = head_of(entries)
            if expect is not None and expect != head:
                raise IntegrityError(
                    f"账本已有新记录：预期长度 {expect.length},实际 {head.length}",
                    f"the ledger has moved on: length {expect.length} was expected, it is {head.length}",
                    safe=_UNCHANGED,
                    next=("重新查看状态后再试", "look at the state again, then repeat the command"),
                )
            entry = make(
                seq=head.length + 1,
                at=moment,
                kind=str(kind),
                release=release,
                actor=actor,
                body=content,
                prev=head.head,
            )
            _permit(entries, entry)
            _insert(connection, entry)
            connection.execute("COMMIT")
        added = LedgerHead(length=entry.seq, head=entry.hash)
        if self._anchor is not None:
            anchor.write(self._anchor, added)
        return added

    def check(self, known: Iterable[LedgerHead] = ()) -> BadEntry | None:
        """None when everything holds, else the first bad entry.

        Checked: file, table and triggers, numbering, chain, shape of each entry, order of each release's events. That
        the end was cut off, or all of it rewritten, shows only against ``known`` heads (transfer slips, manifests)."""
        try:
            kept = anchor.read(self._anchor)
            with schema.opened(self._path) as connection:
                return _first_bad(connection, [*known, *kept])
        except IntegrityError as error:
            return BadEntry(seq=0, zh=error.zh, en=error.en)

    def _sound(self, connection: sqlite3.Connection) -> list[Entry]:
        """All entries. Raises IntegrityError when the table, a trigger or the chain was touched, or it was set back."""
        entries, bad = verify(connection.execute(_ALL))
        if bad is None and not schema.is_intact(connection):
            bad = BadEntry(seq=0, zh="账本的表或触发器被改动", en="the ledger's table or triggers were changed")
        bad = bad or _against(entries, anchor.read(self._anchor))
        if bad:
            raise IntegrityError(
                f"账本第 {bad.seq} 条不成立：{bad.zh}",
                f"the ledger does not hold at entry {bad.seq}: {bad.en}",
                safe=("未写入任何内容", "nothing was written"),
                next="gateway ledger verify",
            )
        return entries


def head_of(entries: Sequence[Entry]) -> LedgerHead:
    """The head after ``entries`` (a whole ledger from its start)."""
    return LedgerHead(length=len(entries), head=entries[-1].hash if entries else GENESIS)


def _first_bad(connection: sqlite3.Connection, known: Iterable[LedgerHead]) -> BadEntry | None:
    if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        return BadEntry(seq=0, zh="账本文件已损坏", en="the ledger's file is damaged")
    entries, bad = verify(connection.execute(_ALL))
    bad = bad or first_illegal(entries)
    if bad:
        return bad
    bad = _against(entries, known)
    if bad:
        return bad
    if not schema.is_intact(connection):
        return BadEntry(seq=0, zh="账本的表或触发器被改动", en="the ledger's table or triggers were changed")
    return None


def _against(entries: Sequence[Entry], known: Iterable[LedgerHead]) -> BadEntry | None:
    """The first entry that is missing or other than when one of the ``known`` heads was given out, or None."""
    hashes, held = [GENESIS, *(entry.hash for entry in entries)], 0
    for head in sorted(known, key=lambda head: head.length):
        if 0 <= head.length < len(hashes) and hashes[head.length] == head.head:
            held = head.length
            continue
        if head.length >= len(hashes):
            zh, en = f"曾有 {head.length} 条，现有 {len(entries)} 条", f"there were {head.length}, now {len(entries)}"
            return BadEntry(
                seq=len(hashes),
                zh=f"末尾被截去，或账本是旧备份：{zh}",
                en=f"its end is gone, or it is an old copy: {en}",
            )
        upto = max(head.length, held + 1)
        return BadEntry(
            seq=held + 1,
            zh=f"与第 {head.length} 条时发出的账本头不符：第 {held + 1} 至 {upto} 条中有改写",
            en=f"differs from the head given out at {head.length}: one of entries {held + 1} to {upto} was rewritten",
        )
    return None


def _permit(entries: Sequence[Entry], entry: Entry) -> None:
    if entry.release is not None and entry.kind in EVENTS:
        own = [earlier for earlier in entries if earlier.release == entry.release]
        step(states(own).get(entry.release), entry)


def _insert(connection: sqlite3.Connection, entry: Entry) -> None:
    row = (entry.seq, entry.at, entry.kind, entry.release, entry.actor, body_text(entry.body), entry.prev, entry.hash)
    connection.execute(_ADD, row)
