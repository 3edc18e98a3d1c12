"""Worlds from one small change of the inner cells: the same steps more or fewer times, and the other way round."""

from itertools import pairwise
from math import gcd
from typing import Any

from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.worlds import Worlds, joined, whole

_SCALES = 6
"""So many sizes of a change are tried each way."""
Flow = tuple[Any, Any]
"""Places and steps."""


def scaled(coverage: Coverage, flows: list[Flow]) -> Worlds:
    """Of each of ``flows`` the worlds that bring cells not yet proved as far as they need, the widest first; and the
    flow as it is, where its steps are not whole."""
    import numpy as np
    from scipy import sparse

    units, lots, sizes = [], [], []
    ends = np.cumsum([0, *(len(places) for places, _ in flows)])
    if not flows:
        return joined([], [], [], np.int64)
    drawn = whole(np.concatenate([f[0] for f in flows]), ends, np.concatenate([f[1] for f in flows]))
    base = [_shortened(drawn.steps[a:b]) for a, b in pairwise(ends)]
    shape = (len(flows), len(coverage.value))
    moves = sparse.csr_array((np.concatenate(base), drawn.places, ends), shape=shape) @ coverage.system.inside.T
    moves = sparse.csr_array(moves)
    for number, steps in enumerate(base):
        own = drawn.places[ends[number] : ends[number + 1]]
        span = slice(moves.indptr[number], moves.indptr[number + 1])
        for times in _times(coverage, own, steps, moves.indices[span], moves.data[span]):
            units.append(1)
            lots.append(own)
            sizes.append(steps * times)
        if drawn.unit[number] != 1:
            units.append(int(drawn.unit[number]))
            lots.append(own)
            sizes.append(drawn.steps[ends[number] : ends[number + 1]])
    return joined(units, lots, sizes, np.int64)


def _shortened(steps: Any) -> Any:
    """Without a common factor."""
    return steps // gcd(*steps.tolist())


def _times(coverage: Coverage, places: Any, steps: Any, cells: Any, moves: Any) -> list[int]:
    """How many times, forth and back (negative), the steps may be taken and bring cells as far as they need."""
    import numpy as np

    chosen = []
    for sign in (1, -1):
        falls = steps * sign < 0
        most = (coverage.value[places[falls]] // -(steps[falls] * sign)).min(initial=np.iinfo(np.int64).max)
        need = _needs(coverage, cells, moves * sign)
        fits = np.unique(need[(need > 0) & (need <= most)])[::-1]
        if len(fits) > _SCALES:
            fits = fits[np.linspace(0, len(fits) - 1, _SCALES).astype(int)]
        chosen += [sign * int(times) for times in fits]
    return chosen


def _needs(coverage: Coverage, cells: Any, moves: Any) -> Any:
    """How many times each cell needs its move, 0 where nothing is left to prove for it."""
    import numpy as np

    up, down = coverage.whole
    both = coverage.demands.both[cells]
    least = np.where(moves > 0, up[cells], np.where(both, down[cells], 1))
    side = np.where((moves < 0) & both, 1, 0)
    still = np.array([coverage.left[s][c] != 0 for s, c in zip(side.tolist(), cells.tolist(), strict=True)], dtype=bool)
    far = np.abs(moves)
    return np.where(still & (far > 0), -(-least // np.maximum(far, 1)), 0)
