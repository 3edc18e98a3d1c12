"""Checks a ledger file by itself: every entry, the chain between them, and a head that someone else has kept.

The chain alone shows edits, deletions and reordering; that entries were cut off the end, or everything rewritten, shows
only against a head that was given out earlier (on a manifest, a receipt, a transfer slip)."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from gateway.verifier.report import Check, Problem, Report

_GENESIS = "0" * 64
_QUERY = "SELECT seq, at, kind, release, actor, body, prev, hash FROM ledger ORDER BY seq"
_Row = tuple[Any, ...]


def verify_ledger(path: Path, against: Mapping[str, Any] | None = None) -> Report:
    """Checks the SQLite ledger at ``path``; it is only read. ``against``: a head kept elsewhere, ``{"length","head"}``.

    Checks: ``ledger-file``, ``ledger-chain`` (names the first bad entry), ``ledger-head``. Raises nothing for what it
    finds: see the report."""
    checks: list[Check] = []
    try:
        rows = _rows(path)
        checks.append(Check(name="ledger-file", passed=True))
        hashes = _chain(rows)
        checks.append(Check(name="ledger-chain", passed=True))
        if against is not None:
            _head(hashes, against)
            checks.append(Check(name="ledger-head", passed=True))
    except Problem as problem:
        name = ("ledger-file", "ledger-chain", "ledger-head")[len(checks)]
        checks.append(Check(name=name, passed=False, zh=problem.zh, en=problem.en))
    made = {check.name for check in checks}
    left = tuple(name for name in ("ledger-file", "ledger-chain", "ledger-head") if name not in made)
    return Report(package=str(path), scope="ledger", checks=tuple(checks), not_checked=left)


def _rows(path: Path) -> list[_Row]:
    problem = Problem("不是可读取的账本文件", "not a ledger file that can be read")
    if not path.is_file():
        raise problem
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise problem
            return connection.execute(_QUERY).fetchall()
    except sqlite3.Error as error:
        raise problem from error


def _chain(rows: Sequence[_Row]) -> list[str]:
    """The hash after 0, 1, 2… entries. Raises Problem at the first entry that does not hold."""
    hashes = [_GENESIS]
    for place, (seq, at, kind, release, actor, body, prev, stated) in enumerate(rows, start=1):
        if seq != place:
            raise Problem(f"第 {place} 条缺失：序号不连续", f"entry {place} is missing: the numbering has a gap")
        if prev != hashes[-1]:
            raise Problem(f"第 {place} 条与上一条不相接", f"entry {place} does not continue the one before it")
        document = _parsed(body, place)
        content = {"seq": seq, "at": at, "kind": kind, "release": release, "actor": actor, "body": document}
        if not all(isinstance(value, str) for value in (at, kind, actor, stated)) or not isinstance(
            release, str | None
        ):
            raise Problem(f"第 {place} 条的字段类型不符", f"entry {place}: a field is of another type")
        if hashlib.sha256(_canonical({**content, "prev": prev})).hexdigest() != stated:
            raise Problem(f"第 {place} 条的内容与其哈希不符", f"entry {place}: its content does not give its hash")
        hashes.append(stated)
    return hashes


def _parsed(body: Any, place: int) -> dict[str, Any]:
    """The body; its text must be canonical, so that not even its spacing can be changed unseen."""
    try:
        document = json.loads(body)
        if isinstance(document, dict) and _canonical(document) == f"{body}\n".encode():
            return document
    except (ValueError, TypeError, RecursionError):
        pass
    raise Problem(f"第 {place} 条的正文不是规范的 JSON", f"entry {place}: its body is not canonical JSON")


def _head(hashes: Sequence[str], against: Mapping[str, Any]) -> None:
    length, head = against.get("length"), against.get("head")
    if not isinstance(length, int) or isinstance(length, bool) or length < 0 or not isinstance(head, str):
        raise Problem("所给的账本头格式不正确", "the head to compare with is malformed")
    if length >= len(hashes):
        raise Problem(
            f"账本只有 {len(hashes) - 1} 条，而曾有 {length} 条：末尾被截短",
            f"the ledger has {len(hashes) - 1} entries where there were {length}: its end was cut off",
        )
    if hashes[length] != head:
        raise Problem(
            f"第 {length} 条的哈希与所保存的账本头不同：账本被改写",
            f"the hash of entry {length} is not the head that was kept: the ledger was rewritten",
        )


def _canonical(document: Any) -> bytes:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"
