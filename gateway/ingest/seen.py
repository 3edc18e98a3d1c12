"""Which keys came before: exact, vectorised, 8 bytes a key.

Sorted arrays of growing size (a log-structured merge): a batch is looked up in a handful of arrays, then merged in."""

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]


class Seen:
    """A growing set of 64-bit keys."""

    def __init__(self) -> None:
        self._runs: list[Keys] = []

    def first(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """For each key whether it is here for the first time, in this batch and in all before; then remembers them."""
        unique, places = np.unique(keys, return_index=True)
        fresh = np.ones(len(unique), np.bool_)
        for run in self._runs:
            at = np.searchsorted(run, unique)
            fresh &= run[np.minimum(at, len(run) - 1)] != unique
        mask = np.zeros(len(keys), np.bool_)
        mask[places[fresh]] = True
        self._add(unique[fresh])
        return mask

    def _add(self, run: Keys) -> None:
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        if len(run):
            self._runs.append(run)
