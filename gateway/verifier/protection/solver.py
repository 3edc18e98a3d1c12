"""Linear programmes about changes of the inner cells. A solver's answer is a suggestion: worlds are checked elsewhere,
and that something can't be reached is believed only from a fresh start that ends optimal."""

from typing import Any

_FAR = 1e30


class Programme:
    """Maximises a weighted sum of the inner cells' changes, with the equations of a system and ``watched`` cells
    (sparse, rows over the inner cells) whose change may be bounded too. ``low``, ``high``: what may change how far."""

    def __init__(self, rows: Any, watched: Any, low: Any, high: Any) -> None:
        import numpy as np
        from scipy import sparse

        self.low, self.high = low, high
        self.free = np.flatnonzero((low < 0) | (high > 0))
        stacked = sparse.csr_array(sparse.vstack([rows, watched]))[:, self.free].astype(float)
        used = np.diff(sparse.csr_array(stacked[: rows.shape[0]]).indptr) > 0
        self.kept = np.concatenate([np.flatnonzero(used), rows.shape[0] + np.arange(watched.shape[0])])
        self.matrix = sparse.csc_array(stacked[self.kept])
        self.watched = watched.shape[0]
        self.equations = len(self.kept) - self.watched
        self._warm: Any = None

    def best(self, weight: Any, low: Any, high: Any, seen_low: Any, seen_high: Any, *, warm: bool = False) -> Any:
        """The changes that maximise ``weight``, or None unless the solver says they are optimal.

        ``low``, ``high``: bounds of the inner cells; ``seen_low``, ``seen_high``: of the watched cells. ``warm``: go on
        from the last answer, which is faster and must not be believed when it says that more can't be had."""
        import numpy as np
        from highspy import HighsModelStatus

        found = np.zeros(len(self.low))
        if not len(self.free):
            return found
        if warm and self._warm is not None:
            solver = self._again(weight, low, high, seen_low, seen_high)
        else:
            solver = self._fresh(weight, low, high, seen_low, seen_high)
            self._warm = solver if warm else None
        solver.run()
        if solver.getModelStatus() != HighsModelStatus.kOptimal:
            self._warm = None
            return None
        found[self.free] = np.array(solver.getSolution().col_value)
        return found

    def duals(self, weight: Any, low: Any, high: Any) -> Any:
        """What each equation weighs in the best that can be had of ``weight``: a suggestion, in floating point; None
        unless the solver says that it is optimal. For a programme that watches no cells."""
        import numpy as np
        from highspy import HighsModelStatus

        found = np.zeros(self.kept.max(initial=-1) + 1)
        if not len(self.free):
            return found
        none = np.zeros(0)
        solver = self._fresh(weight, low, high, none, none)
        solver.run()
        if solver.getModelStatus() != HighsModelStatus.kOptimal:
            return None
        found[self.kept] = -np.array(solver.getSolution().row_dual)  # it minimises what is below nothing
        return found

    def _fresh(self, weight: Any, low: Any, high: Any, seen_low: Any, seen_high: Any) -> Any:
        import numpy as np

        still = np.zeros(self.equations)
        columns = (self.matrix.indptr, self.matrix.indices, self.matrix.data)
        bottom, top = np.concatenate([still, -_finite(-seen_low)]), np.concatenate([still, _finite(seen_high)])
        return _solver(-weight[self.free], low[self.free], _finite(high[self.free]), bottom, top, columns)

    def _again(self, weight: Any, low: Any, high: Any, seen_low: Any, seen_high: Any) -> Any:
        import numpy as np

        columns = np.arange(len(self.free), dtype=np.int32)
        solver = self._warm
        solver.changeColsCost(len(columns), columns, -weight[self.free])
        solver.changeColsBounds(len(columns), columns, low[self.free], _finite(high[self.free]))
        if self.watched:
            rows = np.arange(self.equations, self.equations + self.watched, dtype=np.int32)
            solver.changeRowsBounds(len(rows), rows, -_finite(-seen_low), _finite(seen_high))
        return solver


def _finite(high: Any) -> Any:
    import numpy as np

    return np.minimum(high, _FAR)


def solved(cost: Any, low: Any, high: Any, bottom: Any, top: Any, columns: tuple[Any, Any, Any]) -> Any:
    """The cheapest values between ``low`` and ``high`` with rows between ``bottom`` and ``top``; False where the solver
    says that there are none, None where it gives no answer. ``columns``: the matrix by columns: ends, rows, values.

    For programmes whose answer touches little: the dual simplex method then goes but a few steps from nothing, and
    looking for simplifications first takes longer than that."""
    import numpy as np
    from highspy import HighsModelStatus

    solver = _solver(cost, low, high, bottom, top, columns)
    solver.setOptionValue("presolve", "off")
    solver.run()
    if solver.getModelStatus() != HighsModelStatus.kOptimal:
        return False if solver.getModelStatus() == HighsModelStatus.kInfeasible else None
    return np.array(solver.getSolution().col_value)


def _solver(cost: Any, low: Any, high: Any, bottom: Any, top: Any, columns: tuple[Any, Any, Any]) -> Any:
    import highspy
    import numpy as np

    ends, rows, values = columns
    solver = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("solver", "simplex"), ("time_limit", 300.0)):
        solver.setOptionValue(name, value)
    solver.passModel(
        len(cost),
        len(bottom),
        len(values),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        *(np.asarray(one, float) for one in (cost, low, high, bottom, top)),
        ends[:-1].astype(np.int32),
        rows.astype(np.int32),
        np.asarray(values, float),
        np.zeros(len(cost), np.int32),  # none has to be whole
    )
    return solver
