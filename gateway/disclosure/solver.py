"""HiGHS, one thread a programme, deterministic. Only an optimal answer is an answer.

Two programmes run at once where a caller has two that do not wait for each other: HiGHS lets Python go on meanwhile."""

from typing import Any

import numpy as np

from gateway.disclosure.cells import Floats


def load(
    highs: Any,
    matrix: Any,
    cost: Floats,
    low: Floats,
    high: Floats,
    row_low: Floats,
    row_high: Floats,
    integers: int = 0,
) -> tuple[int, int]:
    """Hands HiGHS a least-cost programme over a sparse matrix, its first ``integers`` columns whole numbers; how many
    rows and columns it has."""
    import highspy

    by_column = matrix.tocsc()
    rows, columns = by_column.shape
    kinds = np.zeros(columns, np.int32)
    kinds[:integers] = int(highspy.HighsVarType.kInteger)
    highs.passModel(
        columns,
        rows,
        by_column.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        np.asarray(cost, float),
        np.asarray(low, float),
        np.asarray(high, float),
        np.asarray(row_low, float),
        np.asarray(row_high, float),
        by_column.indptr[:-1].astype(np.int32),
        by_column.indices.astype(np.int32),
        by_column.data.astype(float),
        kinds,
    )
    return rows, columns


_SIMPLEX = {"presolve": "off", "threads": 1, "random_seed": 0}
_INTERIOR = {"presolve": "on", "threads": 1, "random_seed": 0, "solver": "ipm", "run_crossover": "off"}


class Solver:
    """One HiGHS instance, loaded with a linear programme (least cost) and solved again with other bounds.

    By the simplex method, which answers with a corner and so moves little; with ``interior``, by interior points, which
    is quicker where a programme is large and its answer may be any."""

    def __init__(self, *, interior: bool = False) -> None:
        import highspy

        self._highs = highspy.Highs()
        self._highs.silent()
        for name, value in (_INTERIOR if interior else _SIMPLEX).items():
            self._highs.setOptionValue(name, value)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._infeasible = highspy.HighsModelStatus.kInfeasible
        self.infeasible = False
        """Whether the last answer was that there is no solution; any other failure says nothing."""

    def load(self, matrix: Any, cost: Floats, low: Floats, high: Floats, row_low: Floats, row_high: Floats) -> None:
        """Takes a sparse matrix with the bounds of its columns and rows."""
        self._rows, self._columns = load(self._highs, matrix, cost, low, high, row_low, row_high)

    def solve(
        self,
        cost: Floats | None = None,
        low: Floats | None = None,
        high: Floats | None = None,
        row_low: Floats | None = None,
        row_high: Floats | None = None,
    ) -> Floats | None:
        """The columns' values, or None for any status but optimal."""
        if cost is not None:
            columns, rows = (np.arange(size, dtype=np.int32) for size in (self._columns, self._rows))
            self._highs.changeColsCost(self._columns, columns, np.asarray(cost, float))
            self._highs.changeColsBounds(self._columns, columns, np.asarray(low, float), np.asarray(high, float))
            self._highs.changeRowsBounds(self._rows, rows, np.asarray(row_low, float), np.asarray(row_high, float))
        self._highs.run()
        status = self._highs.getModelStatus()
        self.infeasible = status == self._infeasible
        if status != self._optimal:
            return None
        return np.array(self._highs.getSolution().col_value)
