"""Between which values a hidden number must lie for someone who also knows that nothing is negative and all is whole."""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

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
    return {v: _interval(rows, least, place, v, everything, whole) for v in wanted}


def _interval(
    rows: list[tuple[dict[int, float], float, float]],
    least: np.ndarray,
    place: dict[Number, int],
    number: Number,
    everything: dict[Number, Fraction],
    whole: bool,
) -> tuple[int, int | None]:
    if number in everything:
        return int(everything[number]), int(everything[number])
    low = _extreme(rows, least, place[number], 1, whole)
    high = _extreme(rows, least, place[number], -1, whole)
    if low is None:
        raise ValueError("no values fit the figures: the attacker was misled")
    return ceil(low - 1e-6), None if high is None else floor(-high + 1e-6)


def _extreme(
    rows: list[tuple[dict[int, float], float, float]], least: np.ndarray, at: int, sign: int, whole: bool
) -> float | None:
    goal = np.zeros(len(least))
    goal[at] = sign
    constraints = []
    if rows:
        entries = [(i, j, c) for i, (terms, _, _) in enumerate(rows) for j, c in terms.items()]
        i, j, c = zip(*entries, strict=True)
        matrix = csr_array((c, (i, j)), shape=(len(rows), len(least)))
        constraints = [LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])]
    integrality = np.ones(len(least)) if whole else np.zeros(len(least))
    result = milp(goal, constraints=constraints, bounds=Bounds(least, np.inf), integrality=integrality)
    return None if result.x is None else float(result.fun)
