"""What a history keeps of releases whose contributors' values are destroyed at the end of their retention.

The equations: which inner cells each published figure is the sum of, and the figure; and of each sensitive cell the
interval in which anyone could know it from everything published so far. That is no secret of any contributor. From then
on nobody can recompute those cells or attack them from inside, and no new figure over their inner cells is released."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from gateway.base.errors import DisclosureError
from gateway.base.later import later
from gateway.disclosure.cells import Flags, Floats, Grid, distinct
from gateway.disclosure.declaration import Declaration
from gateway.disclosure.exchange import Exchange
from gateway.disclosure.microdata import Place, System
from gateway.disclosure.solver import Solver
from gateway.disclosure.zeros import system_of

sparse = later("scipy.sparse")

NO_LONGER = ("cells", "primary", "exact", "outsider", "insider-second", "insider")
"""The verifier's tests that are not possible for a release whose values are destroyed."""


def kept(exchange: Exchange, releases: Sequence[str]) -> dict[str, Any]:
    """Equations and intervals of ``releases``, whose values are still there, as a JSON document."""
    spec = _declaration(exchange)
    data = exchange.microdata(spec)
    if data is None:
        return {}
    system = system_of(data, spec, set(), set())
    withheld = np.ones(len(system.grid.sensitive), bool)
    withheld[[system.row_of[place] for place in exchange.shown & system.row_of.keys()]] = False
    listed = [e.document for e in exchange.chain.entries if e.document.get("release") in set(releases)]
    shown, held = ({tuple(place) for one in listed for place in one[name]} for name in ("shown", "held"))
    inner = sorted(set(data.codes))
    going = {codes for codes, who in zip(inner, _releases_of(exchange, inner), strict=True) if who <= set(releases)}
    exact = spec.rounding is None
    sensitive = [place for place in sorted(held) if system.grid.sensitive[system.row_of[place]]]
    return {
        "inner": [list(codes) for codes in inner],
        "gone": [at for at, codes in enumerate(inner) if codes in going],
        "above": [{code: list(ups) for code, ups in above.items()} for above in data.above],
        "shown": [
            [list(place), system.figures[system.row_of[place]].value if exact else None, _parts(system, place)]
            for place in sorted(shown)
        ],
        "intervals": [
            [list(place), *ends]
            for place, ends in zip(
                sensitive, intervals(system.grid, withheld, [system.row_of[p] for p in sensitive]), strict=True
            )
        ],
    }


def _releases_of(exchange: Exchange, inner: Sequence[Place]) -> list[set[str]]:
    """The releases whose values hold each inner cell."""
    found: dict[Place, set[str]] = {codes: set() for codes in inner}
    there = (e.document["release"] for e in exchange.chain.entries if e.values is not None)
    for name, records in zip(there, exchange.records, strict=True):
        for codes in set(records.codes):
            found[codes].add(name)
    return list(found.values())


def _declaration(exchange: Exchange) -> Declaration:
    """The declaration that a history's structure is of, all levels shown."""
    structure = dict(exchange.structure or {})
    if "rounding" in structure:
        structure["rounding"] = {"base": structure["rounding"]}
    return Declaration.model_validate({"format": "gateway-protect/1", **structure})


def _parts(system: System, place: Place) -> list[int]:
    """A figure's inner cells, by their number among all."""
    return [int(at) for at in system.grid.reach(system.row_of[place])]


def intervals(grid: Grid, withheld: Flags, cells: Iterable[int]) -> Iterator[tuple[float, float | None]]:
    """The least and the most that each cell can be, None where nothing limits it. Raises DisclosureError when the
    solver has no answer."""
    moving = np.flatnonzero(withheld[: grid.inner])
    far = 4 * float(grid.values.sum()) + 1
    rows = grid.totals[:, moving].tocsr()
    rows = rows[distinct(rows, ~withheld[grid.inner :])]
    ties = grid.ties[:, moving].tocsr()
    still = np.zeros(rows.shape[0])
    bounds = -(grid.values - grid.least)[moving], np.full(len(moving), far)
    sides = np.concatenate([still, grid.tied[0]]), np.concatenate([still, grid.tied[1]])
    load = sparse.vstack([rows, ties]).tocsr(), *bounds, *sides
    solver = _solver(*load) if len(moving) else None
    for row in cells:
        weight = grid.cells[row][:, moving].toarray().ravel()
        sinks, rises = (_moves(solver, load, sign, weight) for sign in (1.0, -1.0))
        value = float((grid.cells[row] @ grid.values)[0])
        yield round(value - sinks, 6), round(value + rises, 6) if rises < far / 2 else None


def _solver(rows: Any, *bounds: Floats) -> Solver:
    solver = Solver()
    solver.load(rows, np.zeros(rows.shape[1]), *bounds)
    return solver


def _moves(solver: Solver | None, load: Any, sign: float, weight: Floats) -> float:
    if solver is None or not weight.any():
        return 0.0
    found = solver.solve(sign * weight, *load[1:])
    if found is None:
        found = _solver(*load).solve(sign * weight, *load[1:])
    if found is None:
        raise DisclosureError(
            "求解器未给出答案", "the solver gave no answer", safe=("没有销毁任何数值", "no value was destroyed")
        )
    return abs(float(weight @ found))
