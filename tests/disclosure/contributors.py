"""Contributors' tables by their definitions: cells, primary rules and protection levels, each in its plainest form.

Written from the field's definitions, apart from the room under attack: whole numbers and fractions, one cell at a time,
nothing clever."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

from gateway.disclosure import Declaration, ProtectedTable, protect

Inner = tuple[tuple[str, ...], ...]
"""An inner cell: for each dimension its codes from the highest level down."""
Place = tuple[str, ...]
Parts = dict[str, int]
TOP = "Total"


@dataclass(frozen=True)
class Row:
    """A contributor's value in an inner cell."""

    group: str
    at: Inner
    value: int


@dataclass(frozen=True)
class Rules:
    """A declaration's rules."""

    model: str = "business"
    minimum: int = 3
    p: int = 15
    dominance: tuple[int, int] | None = None
    insiders: str = "any"

    def keys(self) -> dict[str, Any]:
        if self.model == "persons":
            return {"minimum_persons": self.minimum}
        found: dict[str, Any] = {"minimum_groups": self.minimum, "p_percent": self.p, "insiders": self.insiders}
        return found | ({"dominance": self.dominance} if self.dominance else {})


@dataclass(frozen=True)
class Demand:
    """How far an attacker must be left to think that a sensitive cell may be from its value.

    ``kind``: ``both`` ways; ``either`` way by one; ``wide``: reach ``up`` above, and be ``least`` wide."""

    kind: str
    up: Fraction
    down: Fraction
    least: int = 0

    def met(self, down: float, up: float, value: int, own: int) -> bool:
        """``down`` and ``up``: how far from its value the attacker, who has ``own`` in the cell itself, thinks the cell
        may be."""
        near = 1e-6 * max(1.0, float(self.up))
        match self.kind:
            case "either":
                return max(up, down) >= 1 - near
            case "wide":
                return up >= float(self.up) - near and up + down >= self.least - near
            case _:
                return up >= float(self.up) - near and down >= min(float(self.down), value - own) - near


@dataclass
class Table:
    """Rows with the declaration's dimensions: how many levels each has, and which are shown."""

    rows: list[Row]
    levels: tuple[int, ...]
    rules: Rules = field(default_factory=Rules)
    shown: tuple[tuple[str, ...] | None, ...] = ()

    def names(self, axis: int) -> list[str]:
        return [f"d{axis}l{level}" for level in range(self.levels[axis])]

    @property
    def declaration(self) -> Declaration:
        axes: list[dict[str, Any]] = [{"name": f"d{a}", "levels": self.names(a)} for a in range(len(self.levels))]
        for axis, shown in zip(axes, self.shown, strict=False):
            if shown is not None:
                axis["shown"] = shown
        document = {"format": "gateway-protect/1", "model": self.rules.model, "group": "holding", "value": "value"}
        return Declaration.model_validate(document | {"dimensions": axes, "rules": self.rules.keys()})

    @property
    def columns(self) -> dict[str, list[str]]:
        found = {"holding": [r.group for r in self.rows], "value": [str(r.value) for r in self.rows]}
        for axis in range(len(self.levels)):
            for level, name in enumerate(self.names(axis)):
                found[name] = [r.at[axis][level] for r in self.rows]
        return found

    def protected(self, history: Any = None) -> ProtectedTable:
        return protect(self.columns, self.declaration, history)


def inner_cells(rows: Sequence[Row]) -> dict[Inner, Parts]:
    """Who has what in each inner cell in which there is anything."""
    found: dict[Inner, Parts] = {}
    for row in rows:
        if row.value:
            parts = found.setdefault(row.at, {})
            parts[row.group] = parts.get(row.group, 0) + row.value
    return found


def members(inner: Sequence[Inner], table: Table) -> dict[Place, frozenset[Inner]]:
    """Every figure that the table shows, with its inner cells."""
    found: dict[Place, set[Inner]] = {}
    for cell in inner:
        for place in _places(cell, table):
            found.setdefault(place, set()).add(cell)
    return {place: frozenset(cells) for place, cells in found.items()}


def _places(cell: Inner, table: Table) -> Iterator[Place]:
    axes = []
    for axis, codes in enumerate(cell):
        shown = table.shown[axis] if axis < len(table.shown) else None
        nodes = [(TOP, TOP), *zip(table.names(axis), codes, strict=True)]
        axes.append([code for level, code in nodes if shown is None or level in shown])
    return product(*axes)


def parts_of(cells: frozenset[Inner], inner: Mapping[Inner, Parts]) -> Parts:
    """Who has what in a cell."""
    found: Parts = {}
    for cell in cells:
        for group, value in inner[cell].items():
            found[group] = found.get(group, 0) + value
    return found


def sensitive(parts: Parts, rules: Rules) -> bool:
    """The primary rules."""
    if not parts:
        return False
    if rules.model == "persons" or len(parts) < rules.minimum:
        return len(parts) < rules.minimum
    return _p_level(parts, rules) > 0 or _dominance_level(parts, rules) > 0


def demand(parts: Parts, rules: Rules) -> Demand:
    """What a sensitive cell must keep."""
    if rules.model == "persons":
        return Demand("wide", Fraction(rules.minimum - sum(parts.values())), Fraction(0), rules.minimum - 1)
    level = max(_p_level(parts, rules), _dominance_level(parts, rules))
    return Demand("both", level, level) if level > 0 else Demand("either", Fraction(1), Fraction(1))


def _p_level(parts: Parts, rules: Rules) -> Fraction:
    """p/100 · x1 − (X − x1 − x2)."""
    first, second = [*sorted(parts.values(), reverse=True), 0][:2]
    return Fraction(rules.p * first, 100) - (sum(parts.values()) - first - second)


def _dominance_level(parts: Parts, rules: Rules) -> Fraction:
    """100/k · (the n largest) − X."""
    if rules.dominance is None:
        return Fraction(0)
    n, k = rules.dominance
    return Fraction(100 * sum(sorted(parts.values(), reverse=True)[:n]), k) - sum(parts.values())


def leaders(parts: Parts) -> list[str]:
    """The largest contributors: any one of them may be the one that is protected."""
    most = max(parts.values())
    return sorted(group for group, value in parts.items() if value == most)


def runners(parts: Parts) -> list[str]:
    """The second largest contributors."""
    ranked = sorted(parts.values(), reverse=True)
    return sorted(group for group, value in parts.items() if len(ranked) > 1 and value == ranked[1])
