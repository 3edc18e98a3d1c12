"""Small tables for the tests of the protection verifier: made by hand, suppressed naively."""

import csv
import io
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.disclosure.plain_audit import Key, Table, read_table
from gateway.verifier.protection import ProtectionReport, recheck, verify

SALT = b"a salt of thirty-two bytes......"
AT = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Case:
    """A table's rows ``(group, (codes from above down, one tuple a dimension), value)`` and its rules."""

    rows: list[tuple[str, tuple[tuple[str, ...], ...], int]]
    model: str = "business"
    minimum: int = 3
    percent: str = "15"
    dominance: tuple[int, int] | None = None
    insiders: str = "any"
    shown: tuple[tuple[int, ...], ...] | None = None
    """By dimension the levels shown: 0 is the top."""

    def levels(self) -> list[list[str]]:
        return [[f"d{at}l{level}" for level in range(len(way))] for at, way in enumerate(self.rows[0][1])]

    def terms(self) -> dict[str, Any]:
        rules: dict[str, Any] = {"minimum_persons": self.minimum}
        if self.model == "business":
            rules = {"minimum_groups": self.minimum, "p_percent": float(self.percent)}
            rules |= {"dominance": list(self.dominance)} if self.dominance else {}
        dimensions: list[dict[str, Any]] = []
        for at, names in enumerate(self.levels()):
            dimensions.append({"name": f"d{at}", "levels": names})
            if self.shown:
                dimensions[at]["shown"] = [["Total", *names][level] for level in self.shown[at]]
        return {"model": self.model, "group": "holding", "value": "value", "dimensions": dimensions, "rules": rules}

    def declaration(self) -> bytes:
        lines = ['format = "gateway-protect/1"', f'model = "{self.model}"', 'group = "holding"', 'value = "value"']
        for one in self.terms()["dimensions"]:
            lines.append("[[dimensions]]")
            lines += [f"{name} = {json.dumps(value)}" for name, value in one.items()]
        minimum = "minimum_groups" if self.model == "business" else "minimum_persons"
        lines += ["[rules]", f"{minimum} = {self.minimum}"]
        if self.model == "business":
            lines.append(f"p_percent = {self.percent}")
        if self.model == "business" and self.dominance:
            lines.append(f"dominance = {list(self.dominance)}")
        if self.insiders != "any":
            lines.append(f'insiders = "{self.insiders}"')
        return "\n".join(lines).encode()

    def contributors(self) -> bytes:
        header = ["holding", *(name for names in self.levels() for name in names), "value"]
        return written(header, [[g, *(c for way in ways for c in way), v] for g, ways, v in self.rows])

    def table(self) -> Table:
        text = io.StringIO(self.contributors().decode())
        return read_table(self.terms(), list(csv.DictReader(text)))


@dataclass
class Files:
    """The four files of a protected case."""

    declaration: bytes
    microdata: bytes
    cells: bytes
    published: bytes

    def verified(self) -> ProtectionReport:
        return verify(self.declaration, self.microdata, self.cells, self.published, salt=SALT, at=AT, version="test")

    def rechecked(self, secret: bytes, public: bytes | None = None) -> ProtectionReport:
        return recheck(secret, self.declaration, self.microdata, self.cells, self.published, public=public)


def written(header: list[str], rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def protected(case: Case, hidden: set[Key], marked: dict[Key, str] | None = None) -> Files:
    """The files of a pattern; ``marked`` overrides statuses in cells.csv."""
    table = case.table()
    names = [one["name"] for one in case.terms()["dimensions"]]
    cells, published = [], []
    for key in sorted(table.parts):
        status = "published"
        if key in hidden:
            status = "primary" if table.sensitive(key) else "secondary"
        cells.append([*key, table.value(key), (marked or {}).get(key, status)])
        published.append([*key, "" if key in hidden else table.value(key), "C" if key in hidden else "A"])
    return Files(
        declaration=case.declaration(),
        microdata=case.contributors(),
        cells=written([*names, "value", "status"], cells),
        published=written([*names, "value", "mark"], published),
    )


def naive(case: Case, extra: float, seed: int) -> set[Key]:
    """Hides every sensitive cell, and others at random."""
    table, draw = case.table(), random.Random(seed)
    return {key for key in sorted(table.parts) if table.sensitive(key) or draw.random() < extra}


def grid(values: list[list[list[int]]]) -> Case:
    """Rows × columns; each cell's contributors by value, each a group of its own."""
    rows: list[tuple[str, tuple[tuple[str, ...], ...], int]] = []
    for r, line in enumerate(values):
        for c, held in enumerate(line):
            rows += [(f"g{r}{c}{k}", ((f"r{r}",), (f"c{c}",)), value) for k, value in enumerate(held)]
    return Case(rows=rows)


def passed(report: ProtectionReport) -> dict[str, bool]:
    return {check.name: check.passed for check in report.checks}
