"""The attacker of a contributors' table: one linear programme a cell and side, for an outsider and for every group.

It knows the inner cells in which there is anything, every published figure, and that nothing is negative. A group knows
besides what it has itself in each inner cell, and an inner cell exactly where it is alone. What an elimination in
fractions determines is recovered; what the linear programmes bound is narrowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from tests.disclosure.contributors import Demand, Inner, Parts, leaders, parts_of, runners
from tests.disclosure.linear import Equation, solve

ONE = Fraction(1)
CLOSED = (0, 3)
"""linprog's statuses: solved, unbounded."""


@dataclass
class Attacker:
    """``inner``: who has what in each inner cell. ``known``: published figures by their inner cells.

    ``least``: what everybody knows of an inner cell in which there is anything."""

    inner: Mapping[Inner, Parts]
    known: set[frozenset[Inner]]
    least: int = 0
    seen: dict[str | None, list[np.ndarray]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order = sorted(self.inner)
        self.number = {cell: at for at, cell in enumerate(self.order)}
        self.truth = np.array([sum(self.inner[cell].values()) for cell in self.order], float)
        self.rows = np.array([self.row(cells) for cells in sorted(self.known, key=sorted)])
        self.groups = sorted({group for parts in self.inner.values() for group in parts})

    def row(self, cells: frozenset[Inner]) -> np.ndarray:
        row = np.zeros(len(self.order))
        row[[self.number[cell] for cell in cells]] = 1
        return row

    def bounds(self, who: str | None) -> list[tuple[float, float | None]]:
        """How far from the truth ``who`` (None: an outsider) thinks each inner cell may be, looked at by itself."""
        found: list[tuple[float, float | None]] = []
        for cell, value in zip(self.order, self.truth, strict=True):
            parts = self.inner[cell]
            alone = who is not None and set(parts) == {who}
            found.append((0, 0) if alone else (max(self.least, parts.get(who or "", 0)) - value, None))
        return found

    def interval(self, cells: frozenset[Inner], who: str | None = None) -> tuple[float, float]:
        """How far below and above its value the cell may be."""
        return self._far(cells, who, -1), self._far(cells, who, 1)

    def _far(self, cells: frozenset[Inner], who: str | None, sign: int) -> float:
        row = self.row(cells)
        equal = {"A_eq": self.rows, "b_eq": np.zeros(len(self.rows))} if len(self.rows) else {}
        found = linprog(-sign * row, bounds=self.bounds(who), method="highs", **equal)
        if found.status not in CLOSED:
            raise RuntimeError(found.message)
        if found.status == 3:
            return float("inf")
        self.seen.setdefault(who, []).append(found.x)
        return sign * float(row @ found.x)

    def lets(self, cells: frozenset[Inner], wanted: Demand, who: str | None = None) -> bool:
        """Whether the attacker is left in the doubt that is wanted. Worlds seen before are looked at first."""
        row = self.row(cells)
        value, own = round(float(row @ self.truth)), sum(self.inner[cell].get(who or "", 0) for cell in cells)
        moved = [float(row @ world) for world in self.seen.get(who, [])] + [0.0]
        return wanted.met(-min(moved), max(moved), value, own) or wanted.met(*self.interval(cells, who), value, own)

    def recovered(self, cells: Sequence[frozenset[Inner]], who: str | None = None) -> list[frozenset[Inner]]:
        """The cells that the published figures determine, by exact elimination."""
        equations: list[Equation[object]] = []
        for known in self.known:
            equations.append(Equation(dict.fromkeys(known, ONE), Fraction(sum(self._true(cell) for cell in known))))
        for cell in self.order:
            if who is not None and set(self.inner[cell]) == {who}:
                equations.append(Equation({cell: ONE}, Fraction(self._true(cell))))
        for at, wanted in enumerate(cells):
            equations.append(Equation({at: -ONE, **dict.fromkeys(wanted, ONE)}, Fraction(0)))
        fixed = solve(equations, {})
        return [wanted for at, wanted in enumerate(cells) if at in fixed]

    def _true(self, cell: Inner) -> int:
        return sum(self.inner[cell].values())


def found(
    attacker: Attacker, wanted: Mapping[frozenset[Inner], Demand], insiders: str | None
) -> dict[frozenset[Inner], set[str | None]]:
    """The sensitive cells that are recovered or narrowed, and by whom (None: an outsider).

    ``insiders``: ``any``, ``second``, or None for an outsider only. Where several groups are the largest or the second
    largest, one whose protection (or whose attack) holds is enough."""
    broken: dict[frozenset[Inner], set[str | None]] = {}
    for cells in attacker.recovered(list(wanted)):
        broken.setdefault(cells, set()).add(None)
    for cells, asked in wanted.items():
        if not attacker.lets(cells, asked):
            broken.setdefault(cells, set()).add(None)
        who = _broken_by(attacker, cells, asked, insiders) if insiders else set()
        if who:
            broken.setdefault(cells, set()).update(who)
    return broken


def _broken_by(attacker: Attacker, cells: frozenset[Inner], asked: Demand, insiders: str) -> set[str | None]:
    parts = parts_of(cells, attacker.inner)
    if insiders == "second":
        attacks = {who: attacker.lets(cells, asked, who) for who in runners(parts)}
        return set() if not attacks or any(attacks.values()) else set(attacks)
    narrowed: set[str | None] = {who for who in attacker.groups if not attacker.lets(cells, asked, who)}
    return min((narrowed - {leader} for leader in leaders(parts)), key=len)


def integer_worlds(attacker: Attacker, most: int, who: str | None = None) -> np.ndarray:
    """Every world of whole numbers of at most ``most`` an inner cell that ``who`` thinks possible; one a row."""
    axes = []
    for value, (down, up) in zip(attacker.truth.astype(int), attacker.bounds(who), strict=True):
        axes.append(np.arange(value + int(down), (most if up is None else value) + 1))
    worlds = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    for row in attacker.rows:
        worlds = worlds[worlds @ row == attacker.truth @ row]
    return worlds
