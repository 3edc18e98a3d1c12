"""Which withheld cells have only one possible value, for someone who knows that a withheld count is at least 1 (zeros
are published) and a withheld amount at least 0.

The truth is one feasible world. Worlds far from it, in a few fixed directions, show at once that most cells can take
another value; only cells that never moved are asked one by one, at both ends. HiGHS solves the linear programmes; any
answer but an optimal one counts as pinned."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from gateway.base.errors import DisclosureError
from gateway.disclosure.system import Equation, Key, Population

_DIRECTIONS = 10
_SEED = 4754
_AT_ONCE = 40
_DUAL = 1e-7
_FREE = 1 - 1e-6
"""A cell that can't move by one has one possible whole value."""


def pinned(population: Population, withheld: Set[Key], asked: Set[Key]) -> dict[Key, Key | None]:
    """The cells of ``asked`` that are pinned in some measure, each with the published cell that holds it there: of
    those in the equations that the dual values name, the smallest. ``withheld``: all cells that are not published. Not
    all are given at once: withholding for a few frees many."""
    kinds = sorted({kind for key in withheld for kind in population.figures[key]})
    found: dict[Key, Key | None] = {}
    for kind in kinds:
        found |= _Audit.of(population, kind, withheld).pinned(asked)
    return found


@dataclass(frozen=True)
class _Audit:
    """One measure's withheld cells and the equations that hold between them."""

    cells: list[Key]
    equations: list[Equation]
    values: dict[Key, int]
    truth: Any
    system: Any
    least: float

    @classmethod
    def of(cls, population: Population, kind: str, withheld: Set[Key]) -> "_Audit":
        import numpy as np
        from scipy.sparse import csr_matrix

        values = {key: figures[kind].value for key, figures in population.figures.items() if kind in figures}
        cells = sorted((key for key in withheld if key in values), key=sorted)
        place = {key: number for number, key in enumerate(cells)}
        equations = [
            equation
            for equation in population.equations
            if equation.real
            and any(key in place for key in equation.cells)
            and all(key in values for key in equation.cells)  # a table without this measure has no equation for it
        ]
        entries = [
            (row, place[key], 1.0 if key == equation.parent else -1.0)
            for row, equation in enumerate(equations)
            for key in equation.cells
            if key in place
        ]
        rows, columns, signs = zip(*entries, strict=True) if entries else ((), (), ())
        return cls(
            cells=cells,
            equations=equations,
            values=values,
            truth=np.array([values[key] for key in cells], float),
            system=csr_matrix((signs, (rows, columns)), shape=(len(equations), len(cells))),
            least=0.0 if kind.startswith("sum:") else 1.0,
        )

    def pinned(self, asked: Set[Key]) -> dict[Key, Key | None]:
        """Pinned cells, at most ``_AT_ONCE`` of them."""
        import numpy as np

        if not self.equations:
            return {}
        still = [place for place, key in enumerate(self.cells) if key in asked]
        random = np.random.default_rng(_SEED)
        for _ in range(_DIRECTIONS if still else 0):
            direction = np.zeros(len(self.cells))
            direction[still] = random.standard_normal(len(still))  # only those that have not moved yet
            for sign in (1.0, -1.0):
                world = self._farthest(sign * direction).x
                still = [cell for cell in still if abs(world[cell] - self.truth[cell]) < _FREE]
        found: dict[Key, Key | None] = {}
        for cell in still:
            held, by = self._held(cell)
            if held:
                found[self.cells[cell]] = by
            if len(found) == _AT_ONCE:
                break
        return found

    def _held(self, cell: int) -> tuple[bool, Key | None]:
        """Whether the cell can move neither up nor down by one, and the published cell that keeps it from going up."""
        import numpy as np

        direction = np.zeros(len(self.cells))
        direction[cell] = -1.0
        up = self._farthest(direction)
        if up.x[cell] - self.truth[cell] >= _FREE:
            return False, None
        down = self._farthest(-direction)
        if self.truth[cell] - down.x[cell] >= _FREE:
            return False, None
        hidden = set(self.cells)
        around = {
            key
            for equation, dual in zip(self.equations, up.eqlin.marginals, strict=True)
            if abs(dual) > _DUAL
            for key in equation.cells
            if key not in hidden and key in self.values
        }
        return True, min(around, key=lambda key: (self.values[key], sorted(key)), default=None)

    def _farthest(self, direction: Any) -> Any:
        """The feasible world farthest against ``direction``; no cell goes above twice its value and ten: far enough."""
        from scipy.optimize import linprog

        bounds = [(self.least, 2 * value + 10) for value in self.truth]
        right = self.system @ self.truth
        found = linprog(direction, A_eq=self.system, b_eq=right, bounds=bounds, method="highs")
        if found.status != 0:
            raise DisclosureError(
                f"披露审核未能求解（状态 {found.status}）",
                f"the disclosure audit was not solved (status {found.status})",
                safe=("没有生成可提供的表", "no table was released"),
            )
        return found
