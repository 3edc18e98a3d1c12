"""Checks a ledger file by itself: every entry, the chain between them, its triggers, and heads that others have kept.

It reads the SQLite file alone. The chain shows edits, deletions and reordering; that entries were cut off the end, that
everything was rewritten or an old backup put in its place shows only against a head that was given out earlier (on a
manifest, a checkpoint, a receipt, a transfer slip). A byte of the file that is neither an entry's nor a trigger's
(SQLite's own counters, free space) may differ: then every entry is still what it was."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.verifier import heads
from gateway.verifier.report import Check, Problem, Report

CHECKS = ("ledger-file", "ledger-chain", "ledger-guards", "ledger-head")
_GENESIS = "0" * 64
_QUERY = "SELECT seq, at, kind, release, actor, body, prev, hash FROM ledger ORDER BY seq"
_OBJECTS = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
_GUARDS = "ffaccc62111e0b9041595723e0a949d83810dc10fcd83e3e7ba29f7d4303c000"
"""SHA-256 of the table's and its three triggers' SQL, white space as one blank: append-only, each row on the last."""
_Row = tuple[Any, ...]


class Broken(Problem):
    """A problem at one entry, or first at it."""

    def __init__(self, seq: int, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.seq = seq


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """The rows that could be read (``readable``: all of them), what is defined in the file, SQLite's own verdict."""

    rows: tuple[_Row, ...]
    readable: bool
    sound: bool
    objects: tuple[_Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """The hash after 0, 1, 2… entries, and the bytes that each hash covers."""

    hashes: tuple[str, ...]
    contents: tuple[bytes, ...]


def verify_ledger(path: Path, *against: Mapping[str, Any] | Path, allowed_signers: str | None = None) -> Report:
    """Checks the SQLite ledger at ``path``; it is only read. ``against``: heads kept elsewhere, ``{"length", "head"}``
    or the file of a manifest, checkpoint or receipt, whose signature must hold by ``allowed_signers``.

    Checks, up to the first that fails: ``ledger-file``, ``ledger-chain`` (it names the first bad entry, the
    report's ``first_bad``), ``ledger-guards``, ``ledger-head``. Raises nothing for what it finds."""
    passed: list[Check] = []
    first_bad = None
    try:
        file = _read(path)
        passed.append(Check(name="ledger-file", passed=True))
        chain = _chain(file)
        passed.append(Check(name="ledger-chain", passed=True))
        _guards(file)
        passed.append(Check(name="ledger-guards", passed=True))
        if against:
            _heads(chain, [heads.kept(source, allowed_signers) for source in against])
            passed.append(Check(name="ledger-head", passed=True))
    except Problem as problem:
        first_bad = problem.seq if isinstance(problem, Broken) else None
        passed.append(Check(name=CHECKS[len(passed)], passed=False, zh=problem.zh, en=problem.en))
    made = {check.name for check in passed}
    left = tuple(name for name in CHECKS if name not in made)
    return Report(package=str(path), scope="ledger", checks=tuple(passed), not_checked=left, first_bad=first_bad)


def _read(path: Path) -> _File:
    """Raises Problem when it is no ledger at all; what can be read of a damaged one is read."""
    problem = Problem("不是可读取的账本文件", "not a ledger file that can be read")
    if not path.is_file():
        raise problem
    rows: list[_Row] = []
    readable = True
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            objects = connection.execute(_OBJECTS).fetchall()
            cursor = connection.execute(_QUERY)
            try:
                rows.extend(cursor)
            except (sqlite3.Error, UnicodeDecodeError):
                readable = False
            sound = readable and connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise problem from error
    return _File(rows=tuple(rows), readable=readable, sound=sound, objects=tuple(objects))


def _chain(file: _File) -> _Chain:
    """Raises Broken at the first entry that does not hold."""
    hashes, contents = [_GENESIS], []
    for place, (seq, at, kind, release, actor, body, prev, stated) in enumerate(file.rows, start=1):
        if seq != place:
            raise Broken(place, f"第 {place} 条缺失：序号不连续", f"entry {place} is missing: the numbering has a gap")
        if prev != hashes[-1]:
            raise Broken(place, f"第 {place} 条与上一条不相接", f"entry {place} does not continue the one before it")
        document = _parsed(body, place)
        content = {"seq": seq, "at": at, "kind": kind, "release": release, "actor": actor, "body": document}
        if not all(isinstance(value, str) for value in (at, kind, actor, stated)) or not isinstance(
            release, str | None
        ):
            raise Broken(place, f"第 {place} 条的字段类型不符", f"entry {place}: a field is of another type")
        covered = _canonical({**content, "prev": prev})
        if hashlib.sha256(covered).hexdigest() != stated:
            raise Broken(
                place, f"第 {place} 条的内容与其哈希不符", f"entry {place}: its content does not give its hash"
            )
        hashes.append(stated)
        contents.append(covered)
    if not file.readable:
        place = len(hashes)
        raise Broken(
            place, f"第 {place} 条起无法读取：文件已损坏", f"entry {place} and on can't be read: a damaged file"
        )
    return _Chain(hashes=tuple(hashes), contents=tuple(contents))


def _parsed(body: Any, place: int) -> dict[str, Any]:
    """The body; its text must be canonical, so that not even its spacing can be changed unseen."""
    try:
        document = json.loads(body)
        if isinstance(document, dict) and _canonical(document) == f"{body}\n".encode():
            return document
    except (ValueError, TypeError, RecursionError):
        pass
    raise Broken(place, f"第 {place} 条的正文不是规范的 JSON", f"entry {place}: its body is not canonical JSON")


def _guards(file: _File) -> None:
    if not file.sound:
        raise Problem("账本文件的结构已损坏", "the structure of the ledger's file is damaged")
    found = [[str(kind), str(name), " ".join(str(sql).split())] for kind, name, sql in file.objects]
    if hashlib.sha256(_canonical(found)).hexdigest() != _GUARDS:
        raise Problem(
            "账本的表或触发器被改动，或文件中有其他内容",
            "the ledger's table or triggers were changed, or something else is in the file",
        )


def _heads(chain: _Chain, kept: Sequence[heads.Head]) -> None:
    """Raises Broken at the first entry that is missing or other than when a head was given out."""
    held = 0
    for head in sorted(kept, key=lambda head: head.length):
        there = len(chain.hashes) - 1
        if head.length > there:
            raise Broken(
                there + 1,
                f"账本只有 {there} 条，而曾有 {head.length} 条：第 {there + 1} 条起被截去，或这是一份旧备份",
                f"the ledger has {there} entries where there were {head.length}: entry {there + 1} and on are gone,"
                " its end was cut off or this is an old backup",
            )
        if chain.hashes[head.length] != head.head or not _fits(chain.contents[: head.length], head.sm3):
            first = min(held + 1, head.length)
            raise Broken(
                first,
                f"第 {head.length} 条的哈希与所保存的账本头不同：第 {first} 至 {head.length} 条中有改写",
                f"the hash of entry {head.length} is not the head that was kept: one of the entries {first} to"
                f" {head.length} was rewritten",
            )
        held = head.length


def _fits(contents: Sequence[bytes], sm3: str | None) -> bool:
    return sm3 is None or hashlib.new("sm3", b"".join(contents)).hexdigest() == sm3


def _canonical(document: Any) -> bytes:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"
