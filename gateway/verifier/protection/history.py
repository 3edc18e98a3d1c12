"""The release history that a protection covers, read by itself: its chain, and whether the checked cells agree with it.

What a certificate says of it holds for the history up to the head that it names; later releases do not matter."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.verifier.protection.files import Key
from gateway.verifier.report import Problem

FORMAT = "gateway-history/2"
NO_LONGER = ["cells", "primary", "exact", "outsider", "insider-second", "insider"]
"""The tests that are not possible of a release whose contributors' values are destroyed."""


@dataclass(slots=True, kw_only=True)
class History:
    """``figures``: of each release by name those published and those withheld; ``imported``: those that were published
    before the gateway (None: withheld then). ``records``: (codes, group) → value. Of the releases ``destroyed`` nothing
    can be checked."""

    head: str
    releases: int = 0
    signed: bool = False
    destroyed: set[str] = field(default_factory=set)
    figures: list[tuple[str, set[Key], set[Key]]] = field(default_factory=list)
    imported: dict[Key, int | None] = field(default_factory=dict)
    records: dict[tuple[Key, str], int] = field(default_factory=dict)

    def stated(self) -> dict[str, Any]:
        """What certificates say of it."""
        return {
            "head": self.head,
            "releases": self.releases,
            "imported": len(self.imported),
            "signed": self.signed,
            "destroyed": len(self.destroyed),
            "no_longer": NO_LONGER if self.destroyed else [],
        }


def read_history(data: bytes, head: str | None = None) -> History:
    """The history in ``data``, up to ``head`` where that is given. Raises Problem where it is not whole."""
    lines = data.split(b"\n")
    try:
        if len(lines) < 3 or lines[-1] or json.loads(lines[0])["format"] != FORMAT:
            raise _damaged()
        found = History(head=_digest(lines[0]))
        end = json.loads(lines[-2])
        if (end["releases"], end["end"]) != _read(found, lines[1:-2], head):
            raise _damaged()
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise _damaged() from error
    if head is not None and found.head != head:
        raise Problem("历史中没有证书所指的位置", "the history has no such head as the certificate's")
    return found


def check_history(
    history: History, cells: Mapping[Key, tuple[int, str]], records: Mapping[tuple[Key, str], int]
) -> None:
    """Raises Problem unless what the history published is published, what it withheld is not, imported figures are as
    they were, and its contributors' values are among those that were checked."""
    wrong = 0
    for name, shown, held in history.figures:
        if name not in history.destroyed:
            wrong += sum(key not in cells or cells[key][1] != "published" for key in shown)
            wrong += sum(key not in cells or cells[key][1] == "published" for key in held)
    for key, value in history.imported.items():
        if key in cells:
            seen = cells[key][0] if cells[key][1] == "published" else None
            wrong += value != seen
    changed = sum(records.get(place, 0) != value for place, value in history.records.items())
    if wrong or changed:
        raise Problem(
            f"与历史不符：{wrong} 个单元，{changed} 条贡献者数值",
            f"{wrong} cells and {changed} contributors' values are not as in the history",
        )


def _read(found: History, lines: Sequence[bytes], until: str | None) -> tuple[int, str]:
    """Reads the lines into ``found``, up to the head ``until``; the number of releases and the head of all of them."""
    head, total = found.head, 0
    before = found.head != until
    emptied: set[str] = set()
    rest = iter(lines)
    for line in rest:
        document = json.loads(line)
        if document["after"] != head:
            raise _damaged()
        values = None
        if "release" in document:
            told = next(rest)
            values = json.loads(told)
            if values is None:
                emptied.add(document["release"])
            elif _digest(told) != document["values"]:
                raise _damaged()
            total += 1
        emptied -= set(document.get("destroyed", ()))
        head = _digest(line)
        if before:
            _take(found, document, values)
            found.head = head
            before = head != until
    if emptied:
        raise _damaged()
    return total, head


def _take(found: History, document: Mapping[str, Any], values: Mapping[str, Any] | None) -> None:
    if "release" in document:
        found.releases += 1
        shown, held = ({tuple(place) for place in document[name]} for name in ("shown", "held"))
        found.figures.append((document["release"], shown, held))
        for codes, group, value in values["records"] if values else ():
            found.records[tuple(codes), group] = int(value)
    elif "imported" in document:
        found.imported |= {tuple(place): value for place, value in document["imported"]}
    elif "destroyed" in document:
        found.destroyed |= set(document["destroyed"])
    else:
        found.signed = document["signed"] != ""


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _damaged() -> Problem:
    return Problem("历史不完整或被改动", "the history is not whole, or was changed")
