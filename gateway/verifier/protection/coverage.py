"""What has been proved so far: for each sensitive cell and side, against which attackers no world is known yet."""

from fractions import Fraction
from typing import Any

from gateway.verifier.protection.attackers import excluded, members
from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.declaration import Insiders
from gateway.verifier.protection.proof import protected_of
from gateway.verifier.protection.rules import Demands, whole_steps
from gateway.verifier.protection.system import System
from gateway.verifier.protection.worlds import Worlds, fitting, from_solver, gathered

_MOST = float(1 << 62)


class Coverage:
    """``left[side][cell]``: the attackers (a set, see ``attackers``) left of ``tested[cell]``; side 0 is above, 1
    below. A cell that needs only one of the two, or a width, is kept on side 0. ``protected[cell]``: the set of the one
    group that is no attacker of the cell, or of none. ``lost``: cells not to be tried any more. ``shown[cell]``: the
    attackers who are shown to narrow it. ``used[cell]``: the worlds that proved something for it, by their number in
    ``pool()``."""

    def __init__(self, cells: Cells, demands: Demands, system: System, insiders: Insiders) -> None:
        self.cells, self.demands, self.system = cells, demands, system
        self.value = cells.inner_value
        self.outsider = 1 << len(cells.names)
        primary, both = demands.primary.tolist(), (demands.primary & demands.both).tolist()
        every = [2 * self.outsider - 1] * len(primary)
        if insiders == "second":
            every = [self.outsider | members(runners) for runners in cells.runners]
        self.tested = {cell: every[cell] for cell, one in enumerate(primary) if one}
        self.left = [[mask if one else 0 for mask, one in zip(every, side, strict=True)] for side in (primary, both)]
        for cell, one in enumerate(both):
            self.left[1][cell] &= ~demands.spared(cell) if one else 0
            if one and not demands.up[cell]:  # earlier figures leave it no room above
                self.left[0][cell] = 0
        for cell in demands.excused:
            for left, waived in zip(self.left, demands.waived(cell), strict=True):
                left[cell] &= ~waived
        self.protected = [protected_of(leaders) for leaders in cells.leaders]
        self.used: dict[int, list[int]] = {cell: [] for cell, one in enumerate(primary) if one}
        self.lost: set[int] = set()
        self.shown: dict[int, int] = dict.fromkeys(self.used, 0)
        self.whole = whole_steps(demands)
        self._falls = demands.down.copy()
        for cell, most in demands.capped.items():
            self._falls[cell] = min([self._falls[cell], *most.values()])
        self._lots: list[Worlds] = []
        self._count = 0

    def pool(self) -> Worlds:
        """All worlds kept so far."""
        if len(self._lots) != 1:
            self._lots = [gathered(self._lots)]
        return self._lots[0]

    def open_for(self, side: int, attackers: int) -> list[int]:
        """The cells for which one of ``attackers``, other than its protected group, is left on ``side``."""
        left, protected = self.left[side], self.protected
        return [
            c for c in self.used if c not in self.lost and left[c] & attackers and left[c] & attackers & ~protected[c]
        ]

    def pairs(self, attackers: int) -> int:
        """How many pairs of a cell's side and one of ``attackers`` are left."""
        left, protected = self.left, self.protected
        places = ((side, cell) for side in (0, 1) for cell in self.open_for(side, attackers))
        return sum((left[side][cell] & attackers & ~protected[cell]).bit_count() for side, cell in places)

    def is_open(self, cell: int, attackers: int) -> bool:
        """Whether one of ``attackers`` is left for a cell on any side."""
        return bool((self.left[0][cell] | self.left[1][cell]) & attackers & ~self.protected[cell])

    def attackers(self) -> dict[int, int]:
        """Of each sensitive cell the attackers against whom it is to be proved."""
        return {cell: every & ~self.protected[cell] for cell, every in self.tested.items()}

    def show(self, cell: int, attackers: int) -> None:
        """Takes down that ``attackers`` narrow a cell: an outsider's narrowing is that of all but the groups that need
        not believe as much."""
        if attackers & self.outsider:
            attackers |= self.tested[cell] & ~members([*self.demands.capped.get(cell, ())])
        self.shown[cell] |= attackers
        if attackers & self.outsider and cell not in self.demands.capped:
            self.lost.add(cell)

    def absorb(self, change: Any) -> int:
        """Takes in a solver's answer; says for how many cells and sides something was proved that was not before."""
        return self.take(self.checked(change))

    def take(self, worlds: Worlds) -> int:
        """The same for worlds that are ``fitting``; earlier ones are taken first."""
        import numpy as np

        if not len(worlds):
            return 0
        which, cells, sides, steps = self._reached(worlds)
        chosen, where = np.unique(which, return_inverse=True)
        against = excluded(worlds.chosen(chosen), self.cells, self.value)
        gained, number = 0, np.full(len(chosen), -1, dtype=np.int64)
        keep: list[int] = []
        for at, cell, side, step in zip(where.tolist(), cells.tolist(), sides.tolist(), steps.tolist(), strict=True):
            left, still = self.left[side][cell], against[at]
            if side and cell in self.demands.capped:
                still |= ~self.demands.against(cell, Fraction(-step, int(worlds.unit[chosen[at]])))
            if left & still == left:
                continue
            self.left[side][cell] = left & still
            gained += 1
            if number[at] < 0:
                number[at] = self._count + len(keep)
                keep.append(int(chosen[at]))
            self.used[cell].append(int(number[at]))
        self._add(worlds.chosen(keep))
        return gained

    def checked(self, change: Any) -> Worlds:
        """The worlds of a solver's answer that fit and whose numbers can be compared with the demands."""
        return self._comparable(from_solver(change, self.system.rows, self.system.equations, self.value))

    def fitting(self, worlds: Worlds) -> Worlds:
        """Those of ``worlds`` that fit and whose numbers can be compared with the demands."""
        import numpy as np

        return self._comparable(worlds.chosen(np.flatnonzero(fitting(worlds, self.system.equations, self.value))))

    def _comparable(self, worlds: Worlds) -> Worlds:
        import numpy as np

        if not len(worlds):
            return worlds
        size = np.add.reduceat(np.abs(worlds.steps).astype(float), worlds.ends[:-1])
        fits = (size * self.demands.unit < _MOST) & (worlds.unit * float(self.demands.up.max()) < _MOST)
        return worlds if fits.all() else worlds.chosen(np.flatnonzero(fits))

    def pair(self, cell: int, attackers: int, changes: list[Any]) -> None:
        """Settles a cell that needs a width against one of ``attackers`` where two worlds together have it."""
        inside = self.system.inside[[cell]]
        best, lots = [Fraction(0), Fraction(0)], []
        for side, change in enumerate(changes):
            worlds = self.checked(change)
            moves = (worlds.matrix(inside.shape[1]) @ inside.T).toarray().ravel()
            for number, against in enumerate(excluded(worlds, self.cells, self.value)):
                step = Fraction(int(moves[number]), int(worlds.unit[number])) * (1 - 2 * side)
                if step > best[side] and not against & attackers:
                    best[side] = step
                    lots.append(worlds.chosen([number]))
        if self.demands.met(cell, best[0], best[1]):
            for left in self.left:
                left[cell] &= ~attackers
            for lot in lots:
                self.used[cell].append(self._count)
                self._add(lot)

    def _add(self, worlds: Worlds) -> None:
        if len(worlds):
            self._lots.append(worlds)
            self._count += len(worlds)

    def _reached(self, worlds: Worlds) -> tuple[Any, Any, Any, Any]:
        """Which world brings which open cell far enough on which side, and by how many of its steps."""
        import numpy as np

        moved = (worlds.matrix(len(self.value)) @ self.system.inside.T).tocoo()
        (which, cells), steps, demands = moved.coords, moved.data, self.demands
        up = steps * demands.unit >= demands.up[cells] * worlds.unit[which]
        down = -steps * demands.unit >= self._falls[cells] * worlds.unit[which]
        both = demands.both[cells]
        if demands.minimum is None:
            up = up | (~both & (-steps >= worlds.unit[which]))
        found = []
        for side, far in ((0, up), (1, down & both)):
            still = np.zeros(len(demands.up), dtype=bool)
            still[self.open_for(side, 2 * self.outsider - 1)] = True
            hit = far & still[cells]
            found.append((which[hit], cells[hit], np.full(int(hit.sum()), side), steps[hit]))
        return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))  # type: ignore[return-value]
