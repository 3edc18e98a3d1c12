"""The neighbourhood of a cell: the inner cells that small published figures tie to it, and the smallest change there.

A smallest change (least sum of absolute steps) touches few inner cells, so few groups can exclude it, it is written
down in a few words, and it is found in milliseconds where a programme over all inner cells takes a second."""

import heapq
from collections.abc import Sequence
from typing import Any, Literal

from gateway.verifier.protection.solver import solved

_NOISE = 1e-7
Found = tuple[Any, Any] | Literal[False] | None


class Nearby:
    """The neighbourhoods in a system of equations. ``rows``: sparse (equations × inner cells); ``fixed``: inner cells
    that can't change."""

    def __init__(self, rows: Any, fixed: Any) -> None:
        from scipy import sparse

        across = sparse.csc_array(rows)
        self._row_ends, self._row_places = rows.indptr.tolist(), rows.indices.tolist()
        self._ends, self._rows = across.indptr.tolist(), across.indices.tolist()
        self._across, self._counts = across, across.indptr[1:] - across.indptr[:-1]
        self._fixed = fixed.tolist()
        self._free = (~fixed).nonzero()[0]
        self._regions: dict[tuple[tuple[int, ...], int], Any] = {}

    def region(self, start: Sequence[int], limit: int) -> Any:
        """The free inner cells around ``start``, about ``limit`` of them; the smallest equations are followed first."""
        if limit >= len(self._free):
            return self._free
        if (tuple(start), limit) not in self._regions:
            self._regions[tuple(start), limit] = self._around(start, limit)
        return self._regions[tuple(start), limit]

    def _around(self, start: Sequence[int], limit: int) -> Any:
        import numpy as np

        found = {place for place in start if not self._fixed[place]}
        seen: set[int] = set()
        heap: list[tuple[int, int]] = []
        self._meet(sorted(found), 0, seen, heap)
        while heap and len(found) < limit:
            cost, row = heapq.heappop(heap)
            own = self._row_places[self._row_ends[row] : self._row_ends[row + 1]]
            fresh = [place for place in own if place not in found and not self._fixed[place]]
            found.update(fresh)
            self._meet(fresh, cost, seen, heap)
        return np.array(sorted(found), dtype=np.int32)

    def _meet(self, places: Sequence[int], cost: int, seen: set[int], heap: list[tuple[int, int]]) -> None:
        for place in places:
            for row in self._rows[self._ends[place] : self._ends[place + 1]]:
                if row not in seen:
                    seen.add(row)
                    heapq.heappush(heap, (cost + self._row_ends[row + 1] - self._row_ends[row], row))

    def smallest(self, region: Any, cell: Sequence[int], need: float, low: Any, high: Any) -> Found:
        """The smallest change within ``region`` that moves ``cell`` (its inner cells) by ``need``: places and steps;
        False where there is none, None where nothing is known. ``low``, ``high``: how far each inner cell may change.
        """
        import numpy as np

        places = region[(low[region] < 0) | (high[region] > 0)]
        own = self._marked(cell)[places]
        if not own.any():
            return False
        ends, numbers, times, count = self._equations(places, own)
        bottom = np.zeros(count)
        bottom[0] = need
        both = np.concatenate([np.minimum(high[places], 1e30), -low[places]])
        values = np.concatenate([times, -times])
        twice = (np.concatenate([ends, ends[-1] + ends[1:]]), np.concatenate([numbers, numbers]), values)
        found = solved(np.ones(2 * len(places)), np.zeros(2 * len(places)), both, bottom, bottom, twice)
        if found is None or found is False:
            return found
        steps = found[: len(places)] - found[len(places) :]
        moved = np.abs(steps) > _NOISE
        return places[moved], steps[moved]

    def _marked(self, cell: Sequence[int]) -> Any:
        import numpy as np

        marks = np.zeros(len(self._fixed), dtype=bool)
        marks[cell] = True
        return marks

    def _equations(self, places: Any, own: Any) -> tuple[Any, Any, Any, int]:
        """By column: the equations that ``places`` stand in, counted from 1, and how often; equation 0 is the sum of
        those that are ``own``."""
        import numpy as np

        starts, counts = self._across.indptr[places], self._counts[places]
        ends = np.concatenate([[0], np.cumsum(counts)])
        at = np.repeat(starts - ends[:-1], counts) + np.arange(ends[-1])
        rows = self._across.indices[at]
        met = np.zeros(self._across.shape[0], dtype=bool)
        met[rows] = True
        numbers = np.cumsum(met)
        moved = np.repeat(np.cumsum(own), counts) + np.arange(ends[-1])
        total = int(ends[-1] + own.sum())
        everything, times = np.zeros(total, dtype=np.int64), np.ones(total)
        everything[moved], times[moved] = numbers[rows], self._across.data[at]
        return np.concatenate([[0], np.cumsum(counts + own)]), everything, times, int(met.sum()) + 1
