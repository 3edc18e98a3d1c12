"""Secondary suppression: further cells are withheld until nothing sensitive can be computed.

Two conditions, repaired until both hold:
1. in every equation, what is withheld is not alone, and its sum, which anyone can compute, would itself pass the
   primary rules (taking the fewest contributors that the withheld cells can have together);
2. the exact test finds no sensitive cell determined.
Deterministic: the cheapest cell first, ties by name. A family that has no cell left to withhold takes its parent."""

from collections.abc import Mapping, Sequence

from gateway.base.errors import DisclosureError
from gateway.disclosure.exact import determined
from gateway.disclosure.rules import Rule
from gateway.disclosure.system import Equation, Key, Population
from gateway.model.cells import Figure, Status

_ROUNDS = 1000


def suppress(population: Population, rules: Sequence[Rule]) -> dict[Key, Status]:
    """The status of every non-empty cell. Raises DisclosureError when no pattern protects the population."""
    primary = {k for k, figures in population.figures.items() if _sensitive(figures, rules)}
    withheld = set(primary)
    by_cell: dict[Key, list[Equation]] = {}
    for equation in population.equations:
        for key in equation.cells:
            by_cell.setdefault(key, []).append(equation)
    for _ in range(_ROUNDS):
        _repair_rows(population, rules, withheld)
        broken = determined(population.equations, withheld) & primary
        if not broken:
            return {key: _status(key, primary, withheld) for key in population.figures}
        for key in sorted(broken, key=sorted):
            withheld.add(_nearest(population, by_cell, key, withheld))
    raise DisclosureError(
        f"{population.name}:未能在 {_ROUNDS} 轮内完成保护",
        f"{population.name}: no protected pattern was found in {_ROUNDS} rounds",
        safe=("没有生成可提供的表", "no table was released"),
    )


def _sensitive(figures: Mapping[str, Figure], rules: Sequence[Rule]) -> bool:
    """Measures over the same contributors share one status: sensitive if any of them is."""
    return any(rule.sensitive(figure) for figure in figures.values() for rule in rules)


def _status(key: Key, primary: set[Key], withheld: set[Key]) -> Status:
    if key in primary:
        return Status.PRIMARY
    return Status.SECONDARY if key in withheld else Status.PUBLISHED


def _repair_rows(population: Population, rules: Sequence[Rule], withheld: set[Key]) -> None:
    """Condition 1, until no equation asks for more."""
    waiting = list(population.equations)
    while waiting:
        changed: set[Key] = set()
        for equation in waiting:
            changed |= _repair(population, rules, equation, withheld)
        waiting = [e for e in population.equations if changed & set(e.cells)] if changed else []


def _repair(population: Population, rules: Sequence[Rule], equation: Equation, withheld: set[Key]) -> set[Key]:
    added: set[Key] = set()
    while True:
        hidden = [key for key in equation.cells if key in withheld]
        if not hidden or (equation.parent in withheld and len(hidden) > 1):
            # with the parent hidden too, the sum of the hidden children is not computable from this equation
            return added
        if len(hidden) > 1 and not _sensitive(_together(population, hidden), rules):
            return added
        more = _cheapest(population, equation, withheld)
        if more is None:
            return added
        withheld.add(more)
        added.add(more)


def _together(population: Population, keys: Sequence[Key]) -> dict[str, Figure]:
    """The cells' sum as one cell, with the fewest contributors and the largest shares that it can have."""
    together: dict[str, Figure] = {}
    kinds = {kind for key in keys for kind in population.figures[key]}
    for kind in kinds:
        parts = [population.figures[key][kind] for key in keys if kind in population.figures[key]]
        contributions = sorted((c for part in parts for c in (part.largest, part.second)), reverse=True)
        together[kind] = Figure(
            value=sum(part.value for part in parts),
            contributors=max(part.contributors for part in parts),
            largest=contributions[0],
            second=contributions[1],
        )
    return together


def _nearest(population: Population, by_cell: Mapping[Key, Sequence[Equation]], key: Key, withheld: set[Key]) -> Key:
    """The cheapest published cell in the equations around a determined cell, or in those around them, and so on."""
    around, known = [key], {key}
    while around:
        equations = [equation for cell in around for equation in by_cell.get(cell, ())]
        candidates = [c for e in equations if (c := _cheapest(population, e, withheld)) is not None]
        if candidates:
            return min(candidates, key=lambda cell: _cost(population, cell))
        around = sorted({cell for e in equations for cell in e.cells} - known, key=sorted)
        known.update(around)
    raise DisclosureError(
        f"{population.name}:某敏感单元格没有可用于补充隐去的单元格",
        f"{population.name}: a sensitive cell has no cell left around it to withhold",
        safe=("没有生成可提供的表", "no table was released"),
    )


def _cheapest(population: Population, equation: Equation, withheld: set[Key]) -> Key | None:
    """The published cell of an equation that costs least; a parent only when no child is left."""
    children = [key for key in equation.children if key not in withheld]
    if children:
        return min(children, key=lambda key: _cost(population, key))
    return equation.parent if equation.parent not in withheld else None


def _cost(population: Population, key: Key) -> tuple[int, list[tuple[str, str]]]:
    return max(figure.value for figure in population.figures[key].values()), sorted(key)
