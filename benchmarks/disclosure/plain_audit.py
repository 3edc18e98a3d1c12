"""The plain audit of a protected table: one cold linear programme for each sensitive cell and side.

    python -m benchmarks.disclosure.plain_audit DECLARATION.toml CONTRIBUTORS.csv CELLS.csv [--sample N] [--all-groups]

What one would write instead of ``gateway.verifier.protection``, from the definitions alone, and the oracle that it is
compared with: nothing is left out of the programmes, nothing is kept between them, nothing of the gateway is used.
Everybody knows that values are whole numbers and that a listed cell is not empty."""

import argparse
import csv
import json
import math
import random
import time
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

Key = tuple[str, ...]
SLACK = 1e-5


@dataclass
class Table:
    """A table by its contributors: values of inner cells by group, inner cells of each cell, the rules."""

    inner: dict[Key, dict[str, int]]
    parts: dict[Key, list[Key]]
    rules: dict[str, Any]
    persons: bool
    shares: dict[Key, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, parts in self.parts.items():
            held: dict[str, int] = defaultdict(int)
            for part in parts:
                for group, value in self.inner[part].items():
                    held[group] += value
            self.shares[key] = dict(held)

    def ranked(self, key: Key) -> list[tuple[int, str]]:
        """The groups with a value in a cell, the largest first."""
        return sorted(((v, g) for g, v in self.shares[key].items() if v), key=lambda one: (-one[0], one[1]))

    def value(self, key: Key) -> int:
        return sum(self.shares[key].values())

    def level(self, key: Key) -> float:
        """The widest protection level of the p% and the dominance rule, or 0."""
        if self.persons:
            return 0.0
        values = [value for value, _ in self.ranked(key)] + [0, 0]
        levels = [0.0, float(self.rules.get("p_percent", 15)) / 100 * values[0] - sum(values[2:])]
        if "dominance" in self.rules:
            n, k = self.rules["dominance"]
            levels.append(100 / float(k) * sum(values[:n]) - sum(values))
        return max(levels)

    def sensitive(self, key: Key) -> bool:
        least = self.rules.get("minimum_persons", 10) if self.persons else self.rules.get("minimum_groups", 3)
        return len(self.ranked(key)) < int(least) or self.level(key) > 1e-9

    def known(self, key: Key, group: str | None = None) -> int:
        """What a cell is at least, as anyone knows, or ``group``: 1 in each inner cell, what it has there itself."""
        return sum(max(self.inner[part].get(group or "", 0), 1) for part in self.parts[key])

    def enough(self, key: Key, least: float, most: float, group: str | None = None) -> bool:
        """Whether an interval protects a sensitive cell. Nobody need believe less than is known; what the outsider
        knows to be there the cell must be able to rise more."""
        value, level = self.value(key), float(math.ceil(self.level(key) - 1e-9))
        if self.persons:
            n = int(self.rules.get("minimum_persons", 10))
            return most >= n - SLACK and most - least >= n - 1 - SLACK
        if level > 0:
            rise = level + min(level, value) - min(level, value - self.known(key))
            return most >= value + rise - SLACK and least <= max(self.known(key, group), value - level) + SLACK
        return most >= value + 1 - SLACK or least <= value - 1 + SLACK


def read_table(declaration: dict[str, Any], rows: list[dict[str, str]]) -> Table:
    inner: dict[Key, dict[str, int]] = {}
    parts: dict[Key, set[Key]] = defaultdict(set)
    for row in rows:
        if not int(row[declaration["value"]]):
            continue  # a cell that holds nothing but 0 is empty
        dimensions = declaration["dimensions"]
        lowest = tuple(row[one["levels"][-1]] for one in dimensions)
        named = [{"Total": "Total", **{level: row[level] for level in one["levels"]}} for one in dimensions]
        shown = [one.get("shown", ["Total", *one["levels"]]) for one in dimensions]
        ways = [[codes[level] for level in levels] for codes, levels in zip(named, shown, strict=True)]
        held = inner.setdefault(lowest, {})
        held[row[declaration["group"]]] = held.get(row[declaration["group"]], 0) + int(row[declaration["value"]])
        for key in product(*ways):
            parts[key].add(lowest)
    listed = {key: sorted(found) for key, found in parts.items()}
    return Table(
        inner=inner, parts=listed, rules=declaration.get("rules", {}), persons=declaration["model"] == "persons"
    )


class Audit:
    """All programmes of one table and one pattern."""

    def __init__(self, table: Table, published: set[Key]) -> None:
        self.table = table
        self.names = sorted(table.inner)
        self.place = {key: i for i, key in enumerate(self.names)}
        shown = sorted(published)
        entries = [(r, self.place[part]) for r, key in enumerate(shown) for part in table.parts[key]]
        marks = ([r for r, _ in entries], [c for _, c in entries])
        self.equations = sparse.csr_array((np.ones(len(entries)), marks), shape=(len(shown), len(self.names)))
        self.values = np.array([table.value(key) for key in shown], dtype=float)

    def interval(self, key: Key, group: str | None = None) -> tuple[float, float]:
        """Least and most of a cell as an outsider, or ``group``, can tell; no answer narrows it to a point."""
        weight = np.zeros(len(self.names))
        weight[[self.place[part] for part in self.table.parts[key]]] = 1.0
        bounds = [self._known(name, group) for name in self.names]
        found = []
        for sign in (1.0, -1.0):
            answer = linprog(sign * weight, A_eq=self.equations, b_eq=self.values, bounds=bounds, method="highs")
            if answer.status == 3:
                found.append(-np.inf)
            elif answer.status == 0:
                found.append(answer.fun)
            else:
                return float(self.table.value(key)), float(self.table.value(key))
        return found[0], -found[1]

    def _known(self, name: Key, group: str | None) -> tuple[float, float | None]:
        held = self.table.inner[name]
        positive = [one for one, value in held.items() if value] or list(held)
        if group is not None and positive == [group]:
            return float(held[group]), float(held[group])
        return float(max(held.get(group, 0), 1) if group is not None else 1), None

    def withstands(self, key: Key, groups: list[str]) -> bool:
        """Whether a sensitive cell keeps its interval against each of ``groups``."""
        return all(self.table.enough(key, *self.interval(key, group), group) for group in groups)

    def insiders(self, key: Key, all_groups: bool) -> bool:
        """The same against the second largest group (all that are), or all; but for one that alone is the largest."""
        ranked = self.table.ranked(key)
        everyone = sorted({group for held in self.table.inner.values() for group in held})
        leaders = [group for value, group in ranked if value == ranked[0][0]]
        if not all_groups:
            seconds = [value for value, _ in ranked][1:2]
            everyone = [group for value, group in ranked if [value] == seconds]
        return self.withstands(key, [one for one in everyone if leaders != [one]])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("declaration", type=Path)
    parser.add_argument("contributors", type=Path)
    parser.add_argument("cells", type=Path)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--all-groups", action="store_true", help="every group instead of the second largest: slow")
    options = parser.parse_args()
    declaration = tomllib.loads(options.declaration.read_text("utf-8"))
    with options.contributors.open(encoding="utf-8", newline="") as stream:
        table = read_table(declaration, list(csv.DictReader(stream)))
    names = [one["name"] for one in declaration["dimensions"]]
    with options.cells.open(encoding="utf-8", newline="") as stream:
        statuses = {tuple(row[name] for name in names): row["status"] for row in csv.DictReader(stream)}
    audit = Audit(table, {key for key, status in statuses.items() if status == "published"})
    sensitive = [key for key in sorted(table.parts) if table.sensitive(key)]
    chosen = random.Random(0).sample(sensitive, min(options.sample or len(sensitive), len(sensitive)))
    started = time.monotonic()
    outsider = sum(not table.enough(key, *audit.interval(key)) for key in chosen)
    between = time.monotonic()
    insider = sum(not audit.insiders(key, options.all_groups) for key in chosen)
    result = {
        "cells": len(table.parts),
        "sensitive": len(sensitive),
        "unmarked": sum(statuses.get(key) != "primary" for key in sensitive),
        "sample": len(chosen),
        "outsider": {"broken": outsider, "seconds": round(between - started, 1)},
        "insider": {"broken": insider, "seconds": round(time.monotonic() - between, 1)},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
