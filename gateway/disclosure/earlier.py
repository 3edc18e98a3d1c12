"""Everything published before as part of a release's one linear system (DESIGN, decision 7).

A cell in which every contributor has what it had in the earlier release is one number in both: if it was shown, it is
known. A cell that has changed is two numbers, tied by what stayed, what came and what went:

    before = stayed + gone        now = stayed + came

What came and what went are populations of their own: they are never shown, the rules ask of them what they ask of any
cell, and nobody may narrow them from what both releases show. That nothing changed somewhere is taken to be known, as
an empty cell is. Earlier figures are fixed: they can't be withheld any more (docs/adr/0018)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.base.errors import IntegrityError
from gateway.disclosure.system import Equation, Population, populations
from gateway.model.cells import ZERO, Cells, Figure, Key, Move, Moves, Parts, Place, key_of, place_of
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import Model

BEFORE, STAYED, CAME, GONE = ":before", ":stayed", ":came", ":gone"
"""What is added to a cell's name, with the release that it was before (no dimension's name has a colon)."""
Holders = Mapping[int, int]
STRANGER = -1
"""Stands for an employer whom nobody knows (no pseudonym is negative)."""


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """One earlier release.

    ``shown``: for each table and measure, the places whose figures it published; ``zeros``: the empty ones that it
    withheld; ``rounded``: what it published of figures that are rounded. ``moves``: what became of persons
    since then, counted from both feeds; None where the earlier rows are gone: then only differences of figures are
    known. ``tied``: the populations that this release has to do with; all when None. ``imported``: it was published
    before the gateway, nobody knows who was in it: ``cells`` are a world that fits what it showed (``imported``)."""

    release: str
    cells: Sequence[Cells]
    shown: Mapping[str, Mapping[str, frozenset[Place]]]
    parts: Parts
    moves: Moves | None
    tied: frozenset[str] | None
    zeros: Mapping[str, Mapping[str, frozenset[Place]]] = field(default_factory=dict)
    rounded: Mapping[str, Mapping[str, Mapping[Place, int]]] = field(default_factory=dict)
    imported: bool = False

    def tells(self, key: Key, counted: tuple[str, str], hierarchies: Mapping[str, Hierarchy]) -> bool:
        """Whether a table of it has such a cell. ``counted``: the population, and what is counted of it."""
        return any(
            place_of(cells.spec, key, hierarchies) is not None
            for cells in self.cells
            if any((measure.population, measure.counted) == counted for measure in cells.spec.measures)
        )


def joined(
    now: Sequence[Population], earlier: Sequence[Earlier], hierarchies: Mapping[str, Hierarchy]
) -> list[Population]:
    """The populations, each with what earlier releases published of it. Raises IntegrityError where a figure differs
    from an earlier one although nobody's part does."""
    before = [
        (one, {p.name: p for p in populations(one.cells, hierarchies, one.parts)}, _shown(one, hierarchies))
        for one in earlier
    ]
    found = []
    for population in now:
        work = _Join(population, hierarchies)
        for one, theirs, shown in before:
            if population.name in theirs and (one.tied is None or population.name in one.tied):
                work.tie(one, theirs[population.name], shown.get(population.name, set()))
        found.append(work.result())
    return found


def _shown(one: Earlier, hierarchies: Mapping[str, Hierarchy]) -> dict[str, set[Key]]:
    found: dict[str, set[Key]] = {}
    for cells in one.cells:
        for measure in cells.spec.measures:
            places = one.shown.get(cells.spec.name, {}).get(measure.name, frozenset())
            keys = found.setdefault(measure.population, set())
            keys |= {key_of(cells.spec, place, hierarchies) for place in places}
    return found


@dataclass
class _Join:
    """One population while earlier releases are tied to it."""

    now: Population
    hierarchies: Mapping[str, Hierarchy]
    figures: dict[Key, dict[str, Figure]] = field(default_factory=dict)
    equations: dict[Equation, None] = field(default_factory=dict)
    parts: dict[str, dict[Key, Holders]] = field(default_factory=dict)
    fixed: set[Key] = field(default_factory=set)
    held: set[Key] = field(default_factory=set)
    stayed: set[Key] = field(default_factory=set)
    names: dict[Any, str] = field(default_factory=dict)
    then: dict[str, Mapping[Key, Key]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.figures = {key: dict(kinds) for key, kinds in self.now.figures.items()}
        self.equations = dict.fromkeys(self.now.equations)
        self.parts = {kind: dict(cells) for kind, cells in self.now.parts.items()}
        self.held = set(self.now.held)
        self.fixed = set(self.now.fixed)

    def result(self) -> Population:
        """The population with everything tied to it. Beside fixed figures what is held is let off: they may tell it."""
        return replace(
            self.now,
            figures=self.figures,
            equations=tuple(self.equations),
            parts=self.parts,
            fixed=frozenset(self.fixed),
            held=frozenset(self.held - self.fixed),
            asked=frozenset() if self.fixed else self.now.asked,
            exempt=frozenset(self.stayed),
            then=self.then,
        )

    def tie(self, one: Earlier, before: Population, shown: set[Key]) -> None:
        """Takes in one earlier release."""
        moves = self._moves(one, before)
        tags = self._tags(one.release, moves)
        self.then[one.release] = {key: key | {(BEFORE, tag)} for key, tag in tags.items()}
        structure = list(dict.fromkeys([*self.now.equations, *before.equations]))
        for key, kinds in before.figures.items():
            name = key | {(BEFORE, tags[key])} if key in tags else key
            mine = self.figures.setdefault(name, {})
            for kind, figure in kinds.items():
                if mine.setdefault(kind, figure).value != figure.value:
                    raise IntegrityError(
                        f"{self.now.name}：有数字与历史不同，贡献者却未变",
                        f"{self.now.name}: a figure differs from the history's, and nobody's part does",
                        safe=("没有生成任何表", "no table was made"),
                    )
                if key in before.parts.get(kind, {}):
                    self.parts.setdefault(kind, {}).setdefault(name, before.parts[kind][key])
            (self.fixed if key in shown else self.held).add(name)
        for equation in before.equations:
            parent, *children = (k | {(BEFORE, tags[k])} if k in tags else k for k in equation.cells)
            self.equations[replace(equation, parent=parent, children=tuple(children))] = None
        for key in tags:
            for kind in sorted(
                before.figures.get(key, {}).keys() & self.now.figures.get(key, {}).keys() - moves[key].keys()
            ):
                self._add(key | {(BEFORE, tags[key])}, [key], kind)  # changed, but not in this
        for kind in sorted({kind for kinds in moves.values() for kind in kinds}):
            self._link(
                kind, {key: kinds[kind] for key, kinds in moves.items() if kind in kinds}, tags, structure, before
            )

    def _tags(self, release: str, moves: Mapping[Key, Mapping[str, "_Moved"]]) -> dict[Key, str]:
        """Under which release's name a changed cell goes: what changed alike since two releases was one number."""
        return {
            key: self.names.setdefault((key, tuple(sorted(kinds.items(), key=lambda item: item[0]))), release)
            for key, kinds in moves.items()
        }

    def _link(
        self,
        kind: str,
        moves: Mapping[Key, "_Moved"],
        tags: Mapping[Key, str],
        structure: Sequence[Equation],
        before: Population,
    ) -> None:
        for key, moved in moves.items():
            self._name(kind, key, tags[key], moved)
            stay, came, gone = (key | {(what, tags[key])} for what in (STAYED, CAME, GONE))
            there = [(stay, moved.stayed), (came, moved.came), (gone, moved.gone)]
            stay_there, came_there, gone_there = ([name] if part.figure != ZERO else [] for name, part in there)
            if kind in self.now.figures.get(key, {}):
                self._add(key, [*stay_there, *came_there], kind)
            if kind in before.figures.get(key, {}):
                self._add(key | {(BEFORE, tags[key])}, [*stay_there, *gone_there], kind)
        for what in (CAME, GONE):
            for equation in structure:
                if equation.real and equation.parent in moves:
                    self._sum(kind, what, equation, moves, tags)

    def _sum(
        self, kind: str, what: str, equation: Equation, moves: Mapping[Key, "_Moved"], tags: Mapping[Key, str]
    ) -> None:
        """What came to (or went from) a total is what did so in its parts, unless somebody moved among them."""
        parts = [key | {(what, tags[key])} for key in equation.children if key in moves]
        parts = [name for name in parts if kind in self.figures.get(name, {})]
        parent = equation.parent | {(what, tags[equation.parent])}
        total = self.figures.get(parent, {}).get(kind, ZERO)
        if parts and sum(self.figures[name][kind].value for name in parts) == total.value:
            self._add(parent, parts, kind)

    def _add(self, parent: Key, children: Sequence[Key], kind: str) -> None:
        if children:
            self.equations[Equation(parent=parent, children=tuple(children), kind=kind)] = None

    def _name(self, kind: str, key: Key, tag: str, moved: "_Moved") -> None:
        for what, part in ((STAYED, moved.stayed), (CAME, moved.came), (GONE, moved.gone)):
            if part.figure == ZERO:
                continue
            name = key | {(what, tag)}
            self.figures.setdefault(name, {})[kind] = part.figure
            self.parts.setdefault(kind, {})[name] = dict(part.holders)
            self.held.add(name)
            if what == STAYED:
                self.stayed.add(name)

    def _moves(self, one: Earlier, before: Population) -> dict[Key, dict[str, "_Moved"]]:
        """What changed since: cell → kind → what came, went and stayed."""
        found: dict[Key, dict[str, _Moved]] = {}
        for kind in sorted({kind for p in (self.now, before) for kinds in p.figures.values() for kind in kinds}):
            for key, moved in self._moved(kind, one, before):
                found.setdefault(key, {})[kind] = moved
        return found

    def _moved(self, kind: str, one: Earlier, before: Population) -> Iterator[tuple[Key, "_Moved"]]:
        if self.now.model is Model.BUSINESS and not one.imported:
            then, now = _climbed(before, kind), _climbed(self.now, kind)
            known = (before.figures.keys() | self.now.figures.keys()) & (then.keys() | now.keys())
            both = [key for key in known if _comparable(key, before, self.now)]
            for key in sorted(both, key=sorted):
                if then.get(key, {}) != now.get(key, {}):
                    yield key, _difference(then.get(key, {}), now.get(key, {}))
        elif one.moves is not None:
            for key, move in one.moves.get(self.now.name, {}).get(kind, {}).items():
                yield key, _of_persons(move)
        else:
            keys = before.figures.keys() | self.now.figures.keys()
            told = [key for key in keys if one.tells(key, (self.now.name, kind), self.hierarchies)]
            held = _climbed(self.now, kind) if self.now.model is Model.BUSINESS else {}
            for key in sorted(told, key=sorted):
                figures = [p.figures.get(key, {}).get(kind, ZERO) for p in (before, self.now)]
                less = figures[0].value - figures[1].value
                if less and self.now.model is Model.BUSINESS and self.now.parts:
                    yield key, _stranger(less, held.get(key, {}))
                elif less:
                    yield key, _unseen(kind, *figures)


@dataclass(frozen=True, slots=True)
class _Part:
    """A figure and those of its contributors that are known."""

    figure: Figure
    holders: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Moved:
    stayed: _Part
    came: _Part
    gone: _Part

    def __lt__(self, other: "_Moved") -> bool:
        return str(self) < str(other)


def _comparable(key: Key, before: Population, now: Population) -> bool:
    """Whether both releases say something of a cell: each has its dimensions broken down as far."""
    return all(_broken_down(key, population) for population in (before, now))


def _broken_down(key: Key, population: Population) -> bool:
    return key in population.figures or _dimensions(key) in {_dimensions(other) for other in population.figures}


def _dimensions(key: Key) -> frozenset[str]:
    return frozenset(name for name, _ in key)


def _climbed(population: Population, kind: str) -> dict[Key, dict[int, int]]:
    """Who has how much of every cell, from the inner ones up."""
    held: dict[Key, dict[int, int]] = {
        key: {who: part for who, part in holders.items() if part}
        for key, holders in population.parts.get(kind, {}).items()
    }
    first: dict[Key, Equation] = {}
    for equation in population.equations:
        if equation.real and all(kind in population.figures[key] for key in equation.cells):
            first.setdefault(equation.parent, equation)

    def climb(key: Key) -> dict[int, int]:
        if key in first:
            total: dict[int, int] = {}
            for child in first[key].children:
                for who, part in climb(child).items():
                    total[who] = total.get(who, 0) + part
            held[key] = total
            del first[key]
        return held.get(key, {})

    for key in list(first):
        climb(key)
    return held


def _difference(then: Holders, now: Holders) -> _Moved:
    stayed = {who: min(part, now[who]) for who, part in then.items() if who in now}
    came = {who: part - then.get(who, 0) for who, part in now.items() if part > then.get(who, 0)}
    gone = {who: part - now.get(who, 0) for who, part in then.items() if part > now.get(who, 0)}
    return _Moved(*(_Part(_figure(holders), tuple(sorted(holders.items()))) for holders in (stayed, came, gone)))


def _stranger(gone: int, now: Holders) -> _Moved:
    """Where nobody knows which employers were there: the difference is one stranger's, who has nothing else. ``gone``:
    how much less there is now, negative where there is more; what came since is taken from the largest of ``now``."""
    stayed, less = dict(now), max(-gone, 0)
    for who in sorted(now, key=lambda one: (-now[one], one)):
        taken = min(less, stayed[who])
        stayed[who], less = stayed[who] - taken, less - taken
    stranger, rest = {STRANGER: abs(gone)}, {who: part for who, part in stayed.items() if part}
    parts = (rest, stranger, {}) if gone < 0 else (rest, {}, stranger)
    return _Moved(*(_Part(_figure(holders), tuple(sorted(holders.items()))) for holders in parts))


def _figure(holders: Holders) -> Figure:
    first, second, *_ = [*sorted(holders.values(), reverse=True), 0, 0]
    return Figure(value=sum(holders.values()), contributors=len(holders), largest=first, second=second)


def _of_persons(move: Move) -> _Moved:
    came, gone, stayed = (
        _Part(figure, ((who, figure.value),) if who is not None else ())
        for figure, who in zip((move.came, move.gone, move.stayed), move.alone, strict=True)
    )
    return _Moved(stayed, came, gone)


def _unseen(kind: str, then: Figure, now: Figure) -> _Moved:
    """Where rows are gone: as many persons as the figures differ by; of rows, as few as can be."""
    by = abs(now.value - then.value)
    moved = Figure(value=by, contributors=by if kind.startswith("distinct") else 1, largest=0, second=0)
    least = min(then, now, key=lambda figure: figure.value)
    nothing = _Part(ZERO)
    came, gone = (_Part(moved), nothing) if now.value > then.value else (nothing, _Part(moved))
    return _Moved(_Part(least), came, gone)
