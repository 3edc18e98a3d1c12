"""Interval protection of a release's populations: each sensitive cell keeps the width that its rule demands.

A population's cells become a grid (``cells``), one a measure: its inner cells are those that are not the total of an
equation; every other cell is a sum of them. A cell that is the total of two equations ties their sums together. The
family of a multi-valued dimension, which does not add up, is known as part ≤ total ≤ Σ parts."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

import numpy as np

from gateway.base.errors import IntegrityError
from gateway.base.later import later
from gateway.disclosure.cells import Grid
from gateway.disclosure.proofs import DOWN, UP
from gateway.disclosure.rules import Rule
from gateway.disclosure.suppression import suppress
from gateway.disclosure.system import Equation, Population
from gateway.model.cells import Figure, Key
from gateway.model.table import Model

sparse = later("scipy.sparse")

_SHRINK = 0.6
_ATTEMPTS = 3
Row = dict[int, float]


def widen(population: Population, rules: Sequence[Rule], sensitive: Set[Key], withheld: Set[Key]) -> set[Key] | None:
    """The cells to withhold so that every sensitive one keeps its interval in every measure; None when that can't be.

    ``sensitive`` cells are among ``withheld``, what is withheld before."""
    found = set(withheld)
    for kind in sorted({kind for figures in population.figures.values() for kind in figures}):
        values = {key: figures[kind] for key, figures in population.figures.items() if kind in figures}
        names, grid = grid_of(population, kind, values, rules, sensitive)
        start = np.array([name in found for name in names])
        past = np.array([name in population.held and name not in population.asked for name in names])
        for _ in range(_ATTEMPTS):
            pattern = suppress(grid, start)
            if not pattern.broken:
                break
            grid = _possible(grid, pattern.impossible, past)
        if pattern.broken:
            return None
        found |= {name for name, held in zip(names, pattern.withheld, strict=True) if held}
    return found


def _possible(grid: Grid, impossible: Set[tuple[int, int]], past: Any) -> Grid:
    """The same with other demands where a cell can't move so far although everything may be withheld.

    What can't sink, since others are known not to be empty, must rise more. Of what lies in the ``past`` no more is
    asked: earlier figures and an attacker's own part tell it whatever this release withholds."""
    up, down = grid.up.copy(), grid.down.copy()
    for cell, way in impossible:
        if past[cell]:
            (up if way == UP else down)[cell] = 0.0
        elif way == DOWN:
            up[cell] += down[cell]
            down[cell] = 0.0
    return replace(grid, up=up, down=down)


def grid_of(
    population: Population, kind: str, values: Mapping[Key, Figure], rules: Sequence[Rule], sensitive: Set[Key]
) -> tuple[list[Key], Grid]:
    """One measure's cells, inner ones first, and their grid."""
    equations = [e for e in population.of(kind) if all(key in values for key in e.cells)]
    real = [e for e in equations if e.real]
    totals = {equation.parent for equation in real}
    inner = sorted((key for key in values if key not in totals), key=sorted)
    names = inner + sorted(totals, key=sorted)
    number = {key: at for at, key in enumerate(names)}
    rows = _rows(inner, real, number)
    cells = _matrix([rows[at] for at in range(len(names))], len(inner))
    groups, least = _held(population, kind, inner, values)
    protected, rivals = _leaders(population, kind, names, cells @ groups)
    ties, low, high = _ties(equations, rows, number, values)
    up, down = _levels(population, kind, names, rules, sensitive, cells @ least)
    figures = [values[name] for name in names]
    grid = Grid(
        values=np.array([figure.value for figure in figures[: len(inner)]], float),
        least=least,
        cells=cells,
        groups=groups,
        sensitive=np.array([name in sensitive for name in names]),
        up=up,
        down=down,
        protected=protected,
        rivals=rivals if population.insiders == "second" and population.model is Model.BUSINESS else None,
        weight=np.array([max(figure.value, 1) for figure in figures], float) ** _SHRINK,
        fixed=np.array([name in population.fixed for name in names]),
        families=(),
        ties=_matrix(ties, len(inner)),
        tied=(np.array(low), np.array(high)),
    )
    return names, grid


def _held(population: Population, kind: str, inner: Sequence[Key], values: Mapping[Key, Figure]) -> tuple[Any, Any]:
    """What each contributor has in each inner cell, and what anyone knows of an inner cell.

    A count that is not empty is at least 1. Nobody's part of a count by persons is kept unless he is alone: everybody
    is taken to know the largest one. Raises IntegrityError when employers' parts do not add up to a cell."""
    persons, sums = population.model is Model.PERSONS, kind.startswith("sum:")
    kept = population.parts.get(kind, {})
    holders = sorted({who for key in inner for who in kept.get(key, {})})
    column = {who: at for at, who in enumerate(holders)}
    held = [(at, column[who], part) for at, key in enumerate(inner) for who, part in kept.get(key, {}).items() if part]
    where = [at for at, _, _ in held], [by for _, by, _ in held]
    groups = sparse.csr_matrix((np.array([part for _, _, part in held], float), where), (len(inner), len(holders)))
    true = np.array([values[key].value for key in inner], float)
    if not persons and population.parts and not np.array_equal(np.asarray(groups.sum(axis=1)).ravel(), true):
        raise IntegrityError(
            f"{population.name}：贡献者的份额与单元格不符",
            f"{population.name}: contributors' parts do not add up to the cells",
            safe=("没有生成任何表", "no table was made"),
        )
    known = [max(1, values[key].largest) if persons else 1 for key in inner]
    return groups, np.minimum(np.zeros(len(inner)) if sums else np.array(known, float), true)


def _leaders(population: Population, kind: str, names: Sequence[Key], shares: Any) -> tuple[Any, Any]:
    """Whom each cell protects (−1: nobody), and who is second in it: the employer groups with the largest part, where
    it is one group's, and with the second largest, where several are the largest these. Of persons nobody is left out
    as an attacker but who is alone in a cell."""
    shares = shares.tocsr()
    first, rivals = np.full(len(names), -1), [frozenset[int]() for _ in names]
    for at, name in enumerate(names):
        span = slice(shares.indptr[at], shares.indptr[at + 1])
        amounts, who = shares.data[span], shares.indices[span]
        if not len(who) or (population.model is Model.PERSONS and population.figures[name][kind].contributors > 1):
            continue
        order = np.sort(amounts)[::-1]
        leading = who[amounts == order[0]]
        if len(leading) == 1:
            first[at] = leading[0]
        if len(order) > 1:
            rivals[at] = frozenset(who[amounts == order[1]].tolist())
    return first, rivals


def _rows(inner: Sequence[Key], real: Sequence[Equation], number: Mapping[Key, int]) -> dict[int, Row]:
    """Every cell as a sum of inner cells; a total by the first of its equations."""
    rows: dict[int, Row] = {at: {at: 1.0} for at in range(len(inner))}
    first: dict[Key, Equation] = {}
    for equation in real:
        first.setdefault(equation.parent, equation)

    def row(key: Key) -> Row:
        if number[key] not in rows:
            total: Row = {}
            for child in first[key].children:
                for at, by in row(child).items():
                    total[at] = total.get(at, 0.0) + by
            rows[number[key]] = total
        return rows[number[key]]

    for key in first:
        row(key)
    return rows


def _ties(
    equations: Sequence[Equation], rows: Mapping[int, Row], number: Mapping[Key, int], values: Mapping[Key, Figure]
) -> tuple[list[Row], list[float], list[float]]:
    """What holds between inner cells whatever is withheld, with the bounds of its change."""
    ties: list[Row] = []
    low: list[float] = []
    high: list[float] = []
    for equation in equations:
        parent = rows[number[equation.parent]]
        parts = [rows[number[child]] for child in equation.children]
        excess = _less(_sum(parts), parent)
        if equation.real:
            if excess:
                ties, low, high = [*ties, excess], [*low, 0.0], [*high, 0.0]
            continue
        total = values[equation.parent].value
        together = sum(values[child].value for child in equation.children)
        ties, low, high = [*ties, excess], [*low, float(total - together)], [*high, np.inf]
        for child, part in zip(equation.children, parts, strict=True):
            room = float(total - values[child].value)
            ties, low, high = [*ties, _less(part, parent)], [*low, -np.inf], [*high, room]
    return ties, low, high


def _sum(rows: Sequence[Row]) -> Row:
    total: Row = {}
    for row in rows:
        for at, by in row.items():
            total[at] = total.get(at, 0.0) + by
    return total


def _less(one: Row, other: Row) -> Row:
    return {at: by for at, by in _sum([one, {at: -by for at, by in other.items()}]).items() if by}


def _matrix(rows: Sequence[Row], columns: int) -> Any:
    indptr = np.cumsum([0, *(len(row) for row in rows)])
    indices = np.array([at for row in rows for at in sorted(row)], int)
    data = np.array([row[at] for row in rows for at in sorted(row)], float)
    return sparse.csr_matrix((data, indices, indptr), shape=(len(rows), columns))


def _levels(
    population: Population, kind: str, names: Sequence[Key], rules: Sequence[Rule], sensitive: Set[Key], least: Any
) -> tuple[Any, Any]:
    """How far each sensitive cell must be able to move. What a cell can't sink, since less is known to be impossible,
    it must rise more; a cell that is sensitive for another measure's sake must move at all."""
    up, down = np.zeros(len(names)), np.zeros(len(names))
    for at, name in enumerate(names):
        if name not in sensitive:
            continue
        figure = population.figures[name][kind]
        asked = [rule.protection(figure) for rule in rules if rule.sensitive(figure)] or [(1, 0)]
        rise, sink = max(level for level, _ in asked), max(level for _, level in asked)
        sinks = min(float(sink), max(figure.value - float(least[at]), 0.0))
        up[at], down[at] = rise + sink - sinks, sinks
    return up, down
