"""HiGHS, one thread, without presolve, deterministic. Only an optimal answer is an answer."""

from typing import Any

import numpy as np

from gateway.disclosure.cells import Floats


class Solver:
    """One HiGHS instance, loaded with a linear programme (least cost) and solved again with other bounds."""

    def __init__(self) -> None:
        import highspy

        self._highs = highspy.Highs()
        self._highs.silent()
        for name, value in {"presolve": "off", "threads": 1, "random_seed": 0}.items():
            self._highs.setOptionValue(name, value)
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._infeasible = highspy.HighsModelStatus.kInfeasible
        self.infeasible = False
        """Whether the last answer was that there is no solution; any other failure says nothing."""
        self._by_column = int(highspy.MatrixFormat.kColwise)
        self._least = int(highspy.ObjSense.kMinimize)

    def load(self, matrix: Any, cost: Floats, low: Floats, high: Floats, row_low: Floats, row_high: Floats) -> None:
        """Takes a sparse matrix with the bounds of its columns and rows."""
        columns = matrix.tocsc()
        self._rows, self._columns = columns.shape
        self._highs.passModel(
            self._columns,
            self._rows,
            columns.nnz,
            self._by_column,
            self._least,
            0.0,
            np.asarray(cost, float),
            np.asarray(low, float),
            np.asarray(high, float),
            np.asarray(row_low, float),
            np.asarray(row_high, float),
            columns.indptr[:-1].astype(np.int32),
            columns.indices.astype(np.int32),
            columns.data.astype(float),
            np.zeros(self._columns, np.int32),
        )

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
