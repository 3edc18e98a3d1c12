"""Worlds: other values of the inner cells that fit everything published. Each is checked here in whole numbers.

A world is a change of some inner cells, in whole multiples of 1/``unit``. It counts only if no inner cell falls below
what is known of it and no published cell changes: exactly when ``unit`` is below FINE; otherwise, where the solver's
corner has no small common denominator, ``unit`` is a thousand million and a published cell may seem to move by a
millionth."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

FINE = 10**9
TOLERANCE = 1000
"""In units of 1/FINE: a millionth of the smallest step a value can make."""
_SMALL = (1, 2, 3, 4, 6, 8, 12)
_MOST = 1 << 61
_NOISE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worlds:
    """Some worlds, one after the other. World j: denominator ``unit[j]``; its inner cells are ``places``, and by how
    much each changes ``steps``, from ``ends[j]`` to ``ends[j + 1]``."""

    unit: Any
    ends: Any
    places: Any
    steps: Any

    def __len__(self) -> int:
        return len(self.unit)

    def chosen(self, numbers: Any) -> "Worlds":
        """Those with these numbers."""
        import numpy as np

        parts = [slice(self.ends[j], self.ends[j + 1]) for j in numbers]
        return joined(self.unit[numbers], [self.places[p] for p in parts], [self.steps[p] for p in parts], np.int64)

    def matrix(self, width: int) -> Any:
        """Their steps over the inner cells: sparse (worlds × ``width``)."""
        from scipy import sparse

        return sparse.csr_array((self.steps, self.places, self.ends), shape=(len(self), width))


def joined(unit: Iterable[int], places: list[Any], steps: list[Any], kind: Any) -> Worlds:
    """Worlds from one array of places and steps for each."""
    import numpy as np

    return Worlds(
        unit=np.array(unit, dtype=np.int64),
        ends=np.cumsum([0, *map(len, places)]),
        places=np.concatenate([np.zeros(0, dtype=np.int64), *places]).astype(np.int64),
        steps=np.concatenate([np.zeros(0, dtype=kind), *steps]).astype(kind),
    )


def gathered(several: list[Worlds]) -> Worlds:
    """All worlds of several lots."""
    import numpy as np

    lots = [(w.places[a:b], w.steps[a:b]) for w in several for a, b in zip(w.ends, w.ends[1:], strict=False)]
    units = [int(unit) for w in several for unit in w.unit]
    return joined(units, [places for places, _ in lots], [steps for _, steps in lots], np.int64)


def fitting(worlds: Worlds, equations: Any, value: Any) -> Any:
    """Of each world whether it fits everything published; ``value``: how far each inner cell can fall (whole)."""
    import numpy as np

    if not len(worlds):
        return np.zeros(0, dtype=bool)
    counts = np.diff(worlds.ends)
    if (counts == 0).any() or (worlds.unit < 1).any():
        raise ValueError("a world that changes nothing")
    size = np.add.reduceat(np.abs(worlds.steps).astype(float), worlds.ends[:-1])
    small = (size < _MOST) & (float(value.max()) * worlds.unit.astype(float) < _MOST)
    floor = -value[worlds.places] * np.repeat(np.where(small, worlds.unit, 0), counts)
    above = ~np.logical_or.reduceat(worlds.steps < floor, worlds.ends[:-1])
    slack = np.where(worlds.unit == FINE, TOLERANCE, 0)
    moved = (equations @ worlds.matrix(equations.shape[1]).T).tocoo()
    broken = np.zeros(len(worlds), dtype=bool)
    broken[moved.coords[1][np.abs(moved.data) > slack[moved.coords[1]]]] = True
    return small & above & ~broken


def from_solver(change: Any, rows: Any, equations: Any, value: Any) -> Worlds:
    """The worlds in a solver's answer (changes of the inner cells): its parts that share no equation of ``rows`` are
    worlds of their own; the last is all of it. What does not fit is left out."""
    import numpy as np

    places, ends = _parts(np.flatnonzero(np.abs(change) > _NOISE), rows)
    lots = [whole(places, ends, change[places])]
    if len(ends) > 2:
        lots.append(whole(places, ends[[0, -1]], change[places]))
    fits = [worlds.chosen(np.flatnonzero(fitting(worlds, equations, value))) for worlds in lots]
    return gathered(fits)


def _parts(places: Any, rows: Any) -> tuple[Any, Any]:
    import numpy as np
    from scipy.sparse.csgraph import connected_components

    if not len(places):
        return places, np.zeros(1, dtype=np.int64)
    held = abs(rows[:, places])
    count, label = connected_components(held.T @ held, directed=False)
    order = np.argsort(label, kind="stable")
    return places[order], np.searchsorted(label[order], np.arange(count + 1))


def whole(places: Any, ends: Any, steps: Any) -> Worlds:
    """In whole steps of the largest unit that is plain to see; else in fine steps."""
    import numpy as np

    counts = np.diff(ends)
    unit = np.full(len(counts), FINE, dtype=np.int64)
    for small in reversed(_SMALL if len(counts) else ()):
        off = np.abs(steps * small - np.rint(steps * small))
        unit[np.maximum.reduceat(off, ends[:-1]) < _NOISE] = small
    rounded = np.rint(steps * np.repeat(unit, counts)).astype(np.int64)
    return Worlds(unit=unit, ends=ends, places=places, steps=rounded)
