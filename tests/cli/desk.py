"""A desk for the tests of ``gateway protect``: contributors, a declaration, and the command as it is typed."""

import csv
import io
import json
import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import cli

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 1, tzinfo=UTC)
SPEC = """format = "gateway-protect/1"
model = "business"
group = "holding"
value = "value"

[[dimensions]]
name = "month"
levels = ["month"]

[[dimensions]]
name = "region"
levels = ["county", "town"]

[[dimensions]]
name = "industry"
levels = ["section"]

[rules]
minimum_groups = 3
p_percent = 15
"""
HEADER = ["holding", "month", "county", "town", "section", "value"]
Rows = list[list[str]]


def records(month: int = 10) -> Rows:
    """A month of twelve holdings, with words that occur nowhere but in the data."""
    draw = random.Random(month)
    rows = []
    for town in range(5):
        for section in range(3):
            for holding in draw.sample(range(12), draw.choice([1, 2, 4, 6, 8])):
                codes = [f"2026-{month}", f"cty-{town // 3}", f"twn-{town}", f"sec-{section}"]
                rows.append([f"grp-{holding}", *codes, str(draw.choice([7001, 7013, 7919, 70_001, 104_729]))])
    return rows


def as_csv(rows: Rows, header: list[str] = HEADER) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


@dataclass
class Desk:
    """A folder with a file, a declaration and a place for the result; the command as it is typed there."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        self.cells, self.spec = self.folder / "october.csv", self.folder / "table.toml"
        self.out, self.history = self.folder / "out", self.folder / "siping.history"
        self.cells.write_bytes(as_csv(records()))
        self.spec.write_text(SPEC, encoding="utf-8")

    def type(self, *more: str, language: str = "C.UTF-8") -> tuple[int, str]:
        """Exit code, and everything that was said."""
        command = ["gateway", "protect", str(self.cells), "--spec", str(self.spec), "--out", str(self.out), *more]
        self.monkeypatch.setattr(sys, "argv", command)
        for name in ("LANGUAGE", "LC_MESSAGES", "LANG"):
            self.monkeypatch.delenv(name, raising=False)
        self.monkeypatch.setenv("LC_ALL", language)
        with pytest.raises(SystemExit) as end:
            cli.main()
        told = self.capture.readouterr()
        return int(end.value.code or 0), told.out + told.err

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.out / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


Change = Callable[[Rows], bytes]


def put(row: int, column: str, text: str) -> Change:
    """The file with one cell changed; rows are counted as a person sees them, the header is row 1."""

    def change(rows: Rows) -> bytes:
        rows[row - 2][HEADER.index(column)] = text
        return as_csv(rows)

    return change


def without(column: str) -> Change:
    def change(rows: Rows) -> bytes:
        at = HEADER.index(column)
        return as_csv([[*row[:at], *row[at + 1 :]] for row in rows], [name for name in HEADER if name != column])

    return change


def both_languages(desk: Desk, exit: int, words: tuple[str, ...], *more: str) -> None:
    """The exit code, a message with its words in either language and no word of the data, and nothing written."""
    before = desk.files()
    for language, chinese in (("C.UTF-8", False), ("zh_CN.UTF-8", True)):
        code, told = desk.type("--json", *more, language=language)
        assert code == exit, told
        assert "Traceback" not in told
        told = told.replace(str(desk.folder), "")
        document = json.loads(told[told.index("{") : told.index("}") + 1])
        assert document["exit"] == exit
        assert all(word in document["message"] for word in words), document["message"]
        assert bool(re.search(r"[一-鿿]", document["message"])) is chinese
        assert not re.search(r"grp-|cty-|twn-|sec-|7\d\d\d|104729|９", told), "a value of the data"
    assert desk.files() == before
