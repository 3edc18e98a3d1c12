"""Secondary suppression: further cells are withheld until nothing sensitive can be computed.

Two conditions, repaired until both hold:
1. in every equation, what is withheld is not alone, and its sum, which anyone can compute, would itself pass the
   primary rules in the worst case; a withheld cell that the published ones determine does not count as withheld;
2. the exact test finds no sensitive cell determined, and each keeps the interval that its rule demands
   (``intervals``).
Deterministic: the cheapest cell first, ties by name. A family that has no cell left to withhold takes its parent."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from gateway.base.errors import DisclosureError
from gateway.disclosure.exact import known
from gateway.disclosure.intervals import widen
from gateway.disclosure.rules import Rule
from gateway.disclosure.system import Equation, Population
from gateway.model.cells import Figure, Key, Status

_ROUNDS = 1000


def suppress(population: Population, rules: Sequence[Rule]) -> dict[Key, Status]:
    """The status of every non-empty cell. Raises DisclosureError when no pattern protects the population."""
    whole, population = population, population.exact
    primary = sensitive(population, rules)
    rows = _Rows(population, rules, primary | population.held)
    past = population.held - population.asked
    settled: set[Key] = set()
    wide = False
    for _ in range(_ROUNDS):
        open_ = known(population, rows.withheld)
        rows.see(open_)
        if _repair(rows):
            continue
        broken = (open_ & primary) - settled
        broken |= {e.parent for at, e in enumerate(population.equations) if e.real and rows.gives_away(at)}
        broken -= settled
        for key in sorted(broken, key=sorted):
            bare = key not in rows.withheld and key not in population.fixed
            hide = key if bare else _nearest(rows, key)
            if hide is not None:
                rows.withhold(hide)
            elif key in primary - past and key in known(population.real, rows.withheld):
                raise _unprotected(population)
            else:
                settled.add(key)  # everything around it is withheld, or only families that do not add up say so
        if broken:
            continue
        if wide:  # what is withheld since then only makes intervals wider
            return {key: _status(key, primary, rows.withheld) for key in population.figures}
        wider = widen(whole, rules, primary, rows.withheld)
        if wider is None:
            raise _unprotected(population)
        for key in wider - rows.withheld:
            rows.withhold(key)
        wide = True
    raise DisclosureError(
        f"{population.name}：未能在 {_ROUNDS} 轮内完成保护",
        f"{population.name}: no protected pattern was found in {_ROUNDS} rounds",
        safe=("没有生成可提供的表", "no table was released"),
        next=("减少该表的分组", "publish this table in a coarser breakdown"),
    )


def sensitive(population: Population, rules: Sequence[Rule]) -> set[Key]:
    """The cells that the rules protect, but for those that were published long since."""
    found = {key for key, figures in population.figures.items() if _sensitive(figures, rules)}
    return (found - population.exempt | population.grouped) - population.fixed


def _sensitive(figures: Mapping[str, Figure], rules: Sequence[Rule]) -> bool:
    """Measures over the same contributors share one status: sensitive if any of them is."""
    return any(rule.sensitive(figure) for figure in figures.values() for rule in rules)


def _status(key: Key, primary: set[Key], withheld: set[Key]) -> Status:
    if key in primary:
        return Status.PRIMARY
    return Status.SECONDARY if key in withheld else Status.PUBLISHED


def exposed(population: Population, rules: Sequence[Rule], withheld: Set[Key]) -> list[Equation]:
    """The equations whose withheld sum anyone can compute although it would not pass the rules."""
    found = known(population, withheld)
    return [equation for equation in population.equations if _gives_away(population, rules, equation, withheld, found)]


@dataclass
class _Rows:
    """A population's equations while more and more of it is ``withheld``: each is looked at again when its own cells
    have changed. A withheld cell that is ``found`` hides nothing."""

    population: Population
    rules: Sequence[Rule]
    withheld: set[Key]
    found: Set[Key] = frozenset()
    around: dict[Key, list[int]] = field(default_factory=dict)
    """The equations of each cell, by their places."""
    _answers: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for at, equation in enumerate(self.population.equations):
            for key in equation.cells:
                self.around.setdefault(key, []).append(at)

    def withhold(self, key: Key) -> None:
        """Withholds a cell as well."""
        self.withheld.add(key)
        self._forget([key])

    def see(self, found: Set[Key]) -> None:
        """Takes in which withheld cells the published ones determine now."""
        self._forget(found ^ self.found)
        self.found = found

    def gives_away(self, at: int) -> bool:
        """Whether an equation's hidden part stands alone, or adds up to a sum that is itself sensitive."""
        if at not in self._answers:
            equation = self.population.equations[at]
            self._answers[at] = _gives_away(self.population, self.rules, equation, self.withheld, self.found)
        return self._answers[at]

    def _forget(self, keys: Iterable[Key]) -> None:
        for key in keys:
            for at in self.around.get(key, ()):
                self._answers.pop(at, None)


def _repair(rows: _Rows) -> bool:
    """Condition 1, until no equation asks for more; whether anything was withheld."""
    start, waiting = len(rows.withheld), list(range(len(rows.population.equations)))
    while waiting:
        changed: set[Key] = set()
        for at in waiting:
            while rows.gives_away(at):
                more = _cheapest(rows.population, rows.population.equations[at], rows.withheld)
                if more is None:
                    break
                rows.withhold(more)
                changed.add(more)
        waiting = sorted({at for key in changed for at in rows.around[key]})
    return len(rows.withheld) > start


def _gives_away(
    population: Population, rules: Sequence[Rule], equation: Equation, withheld: Set[Key], found: Set[Key]
) -> bool:
    """Whether the equation's hidden part stands alone, or adds up to a sum that is itself sensitive.

    With the parent hidden too there is no sum to compute; with every child hidden the sum is the parent, which is
    published because it passed the rules by its own figures. Either way the sum may leave its parts no choice."""
    hidden = [key for key in equation.cells if key in withheld and key not in found]
    if not hidden or (equation.parent in hidden and len(hidden) > 1):
        return False
    if len(hidden) == 1:
        return len(equation.children) > 1 or equation.parent not in withheld
    together = _together(population, hidden)
    if _pinned(together, len(hidden)):
        return True
    return len(hidden) < len(equation.children) and _sensitive(together, rules)


def _pinned(together: Mapping[str, Figure], cells: int) -> bool:
    """Whether the sum alone tells each part: a withheld count is at least 1, since zeros are published, and a withheld
    amount at least 0."""
    return any(figure.value == (0 if kind.startswith("sum:") else cells) for kind, figure in together.items())


def _together(population: Population, keys: Sequence[Key]) -> dict[str, Figure]:
    """The cells' sum as one cell in the worst case: as few contributors as one of them has, and the same contributor
    the largest in all of them, another the second in all."""
    together: dict[str, Figure] = {}
    for kind in {kind for key in keys for kind in population.figures[key]}:
        parts = [population.figures[key][kind] for key in keys if kind in population.figures[key]]
        together[kind] = Figure(
            value=sum(part.value for part in parts),
            contributors=max(part.contributors for part in parts),
            largest=sum(part.largest for part in parts),
            second=sum(part.second for part in parts),
        )
    return together


def _nearest(rows: _Rows, key: Key) -> Key | None:
    """The cheapest published cell in the equations around a determined cell, or in those around them, and so on."""
    population, around, seen = rows.population, [key], {key}
    while around:
        equations = [population.equations[at] for cell in around for at in rows.around.get(cell, ())]
        candidates = [c for e in equations if (c := _cheapest(population, e, rows.withheld)) is not None]
        if candidates:
            return min(candidates, key=lambda cell: _cost(population, cell))
        around = sorted({cell for e in equations for cell in e.cells} - seen, key=sorted)
        seen.update(around)
    return None


def _unprotected(population: Population) -> DisclosureError:
    return DisclosureError(
        f"{population.name}：某敏感单元格没有可用于补充隐去的单元格",
        f"{population.name}: a sensitive cell has no cell left around it to withhold",
        safe=("没有生成可提供的表", "no table was released"),
        next=("减少该表的分组", "publish this table in a coarser breakdown"),
    )


def _cheapest(population: Population, equation: Equation, withheld: set[Key]) -> Key | None:
    """The published cell of an equation that costs least; a parent only when no child is left.

    A cell that has no figure is a zero that everybody knows: there is nothing to withhold."""
    left = [
        key
        for key in equation.cells
        if key in population.figures and key not in withheld and key not in population.fixed
    ]
    children = [key for key in left if key != equation.parent]
    return min(children or left, key=lambda key: _cost(population, key), default=None)


def _cost(population: Population, key: Key) -> tuple[int, list[tuple[str, str]]]:
    return max(figure.value for figure in population.figures[key].values()), sorted(key)
