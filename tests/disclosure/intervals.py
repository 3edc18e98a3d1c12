"""Between which values a hidden number lies for someone who also knows that nothing is negative and all is whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from tests.disclosure.attacker import Attack, Number
from tests.disclosure.linear import simplify


def intervals(found: Attack, wanted: Iterable[Number], *, whole: bool = True) -> dict[Number, tuple[int, int | None]]:
    """The narrowest (lowest, highest) of each wanted number; None without an upper end.

    A hidden count or count of persons is at least one, because a place without contributors is published as zero; a
    hidden sum is at least zero. ``whole``: also use that numbers are whole."""
    everything = {**found.known, **found.recovered}
    equations = simplify(found.equations, everything)
    unknown = sorted({v for e in equations for v in e.terms} | (found.hidden - set(everything)), key=str)
    unknown = sorted({*unknown, *(v for b in found.bounds for v in b.terms if v not in everything)}, key=str)
    place = {v: i for i, v in enumerate(unknown)}
    rows = [({place[v]: float(c) for v, c in e.terms.items()}, float(e.constant), float(e.constant)) for e in equations]
    for bound in found.bounds:
        terms = {place[v]: float(c) for v, c in bound.terms.items() if v in place}
        constant = -sum(c * everything[v] for v, c in bound.terms.items() if v in everything)
        if terms:
            rows.append((terms, float(constant), np.inf))
    least = np.array([1.0 if v in found.hidden and v.quantity[2] != "sum" else 0.0 for v in unknown])
    problem = _Problem(_constraints(rows, len(unknown)), least, np.full(len(unknown), float(whole)))
    fixed = {v: (int(x), int(x)) for v, x in everything.items()}
    return {v: fixed[v] if v in fixed else problem.interval(place[v]) for v in wanted}


def _constraints(rows: list[tuple[dict[int, float], float, float]], unknowns: int) -> list[LinearConstraint]:
    if not rows:
        return []
    i, j, c = zip(*[(i, j, c) for i, (terms, _, _) in enumerate(rows) for j, c in terms.items()], strict=True)
    matrix = csr_array((c, (i, j)), shape=(len(rows), unknowns))
    return [LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])]


@dataclass(frozen=True)
class _Problem:
    """Linear constraints over unknowns of which each has a least value and may have to be whole."""

    constraints: list[LinearConstraint]
    least: np.ndarray
    integrality: np.ndarray

    def interval(self, at: int) -> tuple[int, int | None]:
        """(lowest, highest) of one unknown. Raises ValueError when no values fit the figures."""
        low, high = self._extreme(at, 1), self._extreme(at, -1)
        if low is None:
            raise ValueError("no values fit the figures: the attacker was misled")
        return ceil(low - 1e-6), None if high is None else floor(-high + 1e-6)

    def _extreme(self, at: int, sign: int) -> float | None:
        goal = np.zeros(len(self.least))
        goal[at] = sign
        bounds = Bounds(self.least, np.inf)
        result = milp(goal, constraints=self.constraints, bounds=bounds, integrality=self.integrality)
        return None if result.x is None else float(result.fun)


class Finding(NamedTuple):
    """What the attacker has on one hidden number: recovered by equations alone, and between which values it lies."""

    recovered: bool
    low: int
    high: int | None


def report(found: Attack, wanted: Iterable[Number], *, whole: bool = True) -> dict[Number, Finding]:
    """A finding for each wanted number."""
    exactly = {**found.known, **found.recovered}
    ranges = intervals(found, wanted, whole=whole)
    return {v: Finding(v in exactly, low, high) for v, (low, high) in ranges.items()}
