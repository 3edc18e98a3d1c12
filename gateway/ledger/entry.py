"""One entry, its hash, and the chain: each entry's hash covers everything in it and the hash before it."""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.base import canonical
from gateway.base.errors import GatewayError
from gateway.ledger.body import MAX_BYTES, Wrong, fault, text_fault
from gateway.model.release import Event, ReleaseId

GENESIS = "0" * 64
EVENTS = frozenset(Event)
_RECORD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the ledger; ``at`` is ISO 8601 with offset."""

    seq: int
    at: str
    kind: str
    release: str | None
    actor: str
    body: Mapping[str, Any]
    prev: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadEntry:
    """The first place at which a ledger does not hold; ``seq`` 0 is the file or table as a whole."""

    seq: int
    zh: str
    en: str


def make(*, seq: int, at: str, kind: str, release: str | None, actor: str, body: Mapping[str, Any], prev: str) -> Entry:
    """The entry of these fields with its hash: SHA-256 of the canonical JSON of all fields but the hash."""
    entry = Entry(seq=seq, at=at, kind=kind, release=release, actor=actor, body=dict(body), prev=prev, hash="")
    return replace(entry, hash=canonical.digest(covered(entry)))


def covered(entry: Entry) -> bytes:
    """The bytes that the entry's hash covers."""
    fields = ("seq", "at", "kind", "release", "actor", "body", "prev")
    return canonical.encode({name: getattr(entry, name) for name in fields})


def body_text(body: Mapping[str, Any]) -> str:
    """The body as its column holds it: canonical JSON without the line end."""
    return canonical.encode(dict(body)).decode().removesuffix("\n")


def shape(at: Any, kind: Any, release: Any, actor: Any, body: Any) -> Wrong | None:
    """Why these fields can't make an entry, or None. A kind is an Event of a release, or ``room.record``."""
    if not isinstance(kind, str) or not (kind in EVENTS or (len(kind) <= 64 and _RECORD.fullmatch(kind))):
        return "未知的记录类别", "an unknown kind of entry"
    if release is None and kind in EVENTS:
        return f"{kind} 须指明批次", f"{kind} must name its release"
    if release is not None and not _is_release(release):
        return "批次号格式不正确", "not a release id"
    if not _is_moment(at):
        return "时间须为带时区的 ISO 8601", "a time is ISO 8601 with its offset"
    return text_fault(actor, "actor", 64) or fault(body)


def verify(rows: Iterable[tuple[Any, ...]]) -> tuple[list[Entry], BadEntry | None]:
    """The entries of ``rows`` (all columns, by seq) up to the first that does not hold, and that one, or None."""
    entries: list[Entry] = []
    prev = GENESIS
    try:
        for row in rows:
            place = len(entries) + 1
            entry = _entry(row, place, prev)
            if isinstance(entry, BadEntry):
                return entries, entry
            entries.append(entry)
            prev = entry.hash
    except sqlite3.DatabaseError:
        return entries, BadEntry(seq=len(entries) + 1, zh="账本文件已损坏", en="the ledger's file is damaged")
    return entries, None


def _entry(row: tuple[Any, ...], place: int, prev: str) -> Entry | BadEntry:
    seq, at, kind, release, actor, body, row_prev, row_hash = row
    if seq != place:
        return BadEntry(seq=place, zh="序号不连续", en="the numbering has a gap")
    if row_prev != prev:
        return BadEntry(seq=place, zh="与上一条的哈希不相接", en="it does not continue the entry before")
    document = _parsed(body)
    if document is None:
        return BadEntry(seq=place, zh="正文不是规范 JSON", en="its body is not canonical JSON")
    if wrong := shape(at, kind, release, actor, document):
        return BadEntry(seq=place, zh=wrong[0], en=wrong[1])
    entry = make(seq=seq, at=at, kind=kind, release=release, actor=actor, body=document, prev=prev)
    if entry.hash != row_hash:
        return BadEntry(seq=place, zh="内容与哈希不符", en="its content does not give its hash")
    return entry


def _parsed(text: Any) -> dict[str, Any] | None:
    if not isinstance(text, str) or len(text) > MAX_BYTES:
        return None
    try:
        document = json.loads(text)
        return document if isinstance(document, dict) and body_text(document) == text else None
    except (ValueError, RecursionError):
        return None


def _is_release(text: Any) -> bool:
    try:
        return isinstance(text, str) and str(ReleaseId.parse(text)) == text
    except GatewayError:
        return False


def _is_moment(text: Any) -> bool:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None and moment.isoformat() == text
