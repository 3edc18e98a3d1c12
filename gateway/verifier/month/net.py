"""All that was ever published of one population's month: its cells in this release and in earlier ones.

A cell in which every contributor has what it had in an earlier release is one number in both: if it was shown, it is
known. One that has changed is several numbers:

    before = stayed + gone        now = stayed + came

What came, went and stayed was never shown. What came and went is as sensitive as any cell; that nothing changed
somewhere is known to everybody."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from gateway.verifier.month.figures import NOTHING, Figure
from gateway.verifier.month.lists import Key, Table
from gateway.verifier.month.populations import Population, contents
from gateway.verifier.report import Problem

BEFORE, STAYED, CAME, GONE = "before", "stayed", "came", "gone"
STRANGER = -1
"""Stands for an employers' group that nobody knows."""


class Name(NamedTuple):
    """A number's name: its population, its cell, and which number of it (``what``: empty for that of today), since
    which release."""

    of: str
    key: Key
    what: str = ""
    since: str = ""


class Tie(NamedTuple):
    """As ``Family``, of names, for one count."""

    parent: Name
    children: tuple[Name, ...]
    adds_up: bool


class Part(NamedTuple):
    """A figure and those of its contributors that are known."""

    figure: Figure
    holders: tuple[tuple[int, int], ...] = ()


class Move(NamedTuple):
    """What became of a cell's contributors since an earlier release."""

    came: Part
    gone: Part
    stayed: Part


Moves = Mapping[str, Mapping[Key, Move]]
"""What is counted → cell → what became of it. A cell that is not named is as it was."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """A population in an earlier release. ``tables``: its tables; ``shown``: what it published, ``withheld``: what it
    did not, zeros too. ``moves``: of persons, what became of them since; None where the rows are gone and only
    differences of figures are known. ``imported``: published before the gateway; of employers too nothing else is."""

    release: str
    population: Population
    tables: Sequence[Table]
    shown: Set[Key]
    withheld: Set[Key]
    moves: Moves | None
    imported: bool = False

    def tells(self, key: Key, counts: str) -> bool:
        """Whether a table of it has such a cell of what is counted."""
        return any(
            table.place(key) is not None
            for table in self.tables
            if any((one.population, one.counts) == (self.population.name, counts) for one in table.measures)
        )

    def zeros_told(self, keys: Set[Key]) -> set[Key]:
        """Those of ``keys``, which are zero, of which it told that they are: they stand in a table of it, unless they
        came to be zero since."""
        places = [
            key
            for key in keys - self.withheld - self.population.keys
            for table in self.tables
            if any(measure.population == self.population.name for measure in table.measures)
            and table.place(key) is not None
        ]
        return set(places)


@dataclass(kw_only=True)
class Net:
    """The numbers of populations by name, and how they hang together. ``own``: those of this release's tables;
    ``asked``: these, and what is left of a whole without a part, which is in none. ``fixed``: published earlier,
    ``held``: in no table of this release; ``stayed``: protected by no rule; ``grouped``: beside the part of a figure
    that holds everybody; ``empty``: withheld, and known to be nothing all the same. ``then``: by earlier release the
    names of cells that have changed since."""

    persons: bool
    figures: dict[str, dict[Name, Figure]] = field(default_factory=dict)
    ties: dict[str, dict[Tie, None]] = field(default_factory=dict)
    parts: dict[str, dict[Name, Mapping[int, int]]] = field(default_factory=dict)
    own: set[Name] = field(default_factory=set)
    asked: set[Name] = field(default_factory=set)
    fixed: set[Name] = field(default_factory=set)
    held: set[Name] = field(default_factory=set)
    stayed: set[Name] = field(default_factory=set)
    grouped: set[Name] = field(default_factory=set)
    empty: set[Name] = field(default_factory=set)
    then: dict[str, dict[Key, Name]] = field(default_factory=dict)

    @property
    def names(self) -> set[Name]:
        """Every number's name."""
        return {name for cells in self.figures.values() for name in cells}


def net_of(now: Population, own: Set[Key], past: Sequence[Past]) -> Net:
    """``now``: all tables, with those that only earlier releases had; ``own``: the cells that this release publishes or
    withholds. Raises Problem where a figure differs from an earlier one although nobody's part does."""
    net, name = Net(persons=now.persons), partial(Name, now.name)
    for counts, cells in now.figures.items():
        net.figures[counts] = {name(key): figure for key, figure in cells.items()}
        net.parts[counts] = {name(key): held for key, held in now.parts.get(counts, {}).items()}
        net.ties[counts] = {}
        for family in now.families[counts]:
            tie(net, counts, name(family.parent), tuple(map(name, family.children)), family.adds_up)
    net.own = {name(key) for key in own}
    net.asked = net.own or net.names
    net.held = net.names - net.own
    seen: dict[tuple[Key, tuple[tuple[str, Move], ...]], str] = {}
    for one in past:
        _Join(net, now, one, seen).join()
    net.held -= net.fixed
    return net


def tie(net: Net, counts: str, parent: Name, children: tuple[Name, ...], adds_up: bool = True) -> None:
    """Adds a family."""
    if children:
        net.ties.setdefault(counts, {})[Tie(parent, children, adds_up)] = None


class _Join:
    """One earlier release being taken in."""

    def __init__(
        self, net: Net, now: Population, past: Past, seen: dict[tuple[Key, tuple[tuple[str, Move], ...]], str]
    ) -> None:
        self.net, self.now, self.past, self.before = net, now, past, past.population
        self.name = partial(Name, now.name)
        self.moves: dict[Key, dict[str, Move]] = {}
        for counts in sorted({*now.figures, *self.before.figures}):
            for key, move in self._moved(counts):
                self.moves.setdefault(key, {})[counts] = move
        self.since = {
            key: seen.setdefault((key, tuple(sorted(kinds.items()))), past.release) for key, kinds in self.moves.items()
        }

    def join(self) -> None:
        """Takes it in."""
        self.net.then[self.past.release] = {key: self._then(key) for key in self.since}
        for counts, cells in self.before.figures.items():
            for key, figure in cells.items():
                self._take(counts, key, figure)
            for family in self.before.families[counts]:
                tie(
                    self.net, counts, self._then(family.parent), tuple(map(self._then, family.children)), family.adds_up
                )
        for counts in sorted({*self.now.figures, *self.before.figures}):
            self._unchanged(counts)
            self._link(counts)

    def _then(self, key: Key) -> Name:
        return self.name(key, BEFORE, self.since[key]) if key in self.since else self.name(key)

    def _take(self, counts: str, key: Key, figure: Figure) -> None:
        name = self._then(key)
        if self.net.figures.setdefault(counts, {}).setdefault(name, figure).value != figure.value:
            raise Problem(
                "有数字与历史不同，贡献者却未变", "a figure differs from the history's, and nobody's part does"
            )
        held = self.before.parts.get(counts, {})
        if key in held:
            self.net.parts.setdefault(counts, {}).setdefault(name, held[key])
        (self.net.fixed if key in self.past.shown else self.net.held).add(name)

    def _unchanged(self, counts: str) -> None:
        """Cells that changed, but not in what is counted here."""
        both = self.now.figures.get(counts, {}).keys() & self.before.figures.get(counts, {}).keys()
        for key in sorted(both & self.since.keys()):
            if counts not in self.moves[key]:
                tie(self.net, counts, self._then(key), (self.name(key),))

    def _link(self, counts: str) -> None:
        changed = {key: kinds[counts] for key, kinds in self.moves.items() if counts in kinds}
        for key, move in changed.items():
            stay, came, gone = (
                self._part(counts, self.name(key, what, self.since[key]), part)
                for what, part in ((STAYED, move.stayed), (CAME, move.came), (GONE, move.gone))
            )
            if key in self.now.figures.get(counts, {}):
                tie(self.net, counts, self.name(key), (*stay, *came))
            if key in self.before.figures.get(counts, {}):
                tie(self.net, counts, self._then(key), (*stay, *gone))
        families = [*self.now.families.get(counts, ()), *self.before.families.get(counts, ())]
        for what in (CAME, GONE):
            for family in dict.fromkeys(families):
                if family.adds_up and family.parent in changed:
                    self._sum(counts, what, family.parent, family.children, changed)

    def _part(self, counts: str, name: Name, part: Part) -> tuple[Name, ...]:
        """Takes in what came, went or stayed, unless that is nothing."""
        if part.figure == NOTHING:
            return ()
        self.net.figures.setdefault(counts, {})[name] = part.figure
        self.net.parts.setdefault(counts, {})[name] = dict(part.holders)
        self.net.held.add(name)
        if name.what == STAYED:
            self.net.stayed.add(name)
        return (name,)

    def _sum(self, counts: str, what: str, parent: Key, children: Sequence[Key], changed: Mapping[Key, Move]) -> None:
        """What came to a total (or went) is what did so in its parts, unless somebody moved among them."""
        cells = self.net.figures[counts]
        names = [self.name(key, what, self.since[key]) for key in children if key in changed]
        names = [name for name in names if name in cells]
        total = self.name(parent, what, self.since[parent])
        if names and total in cells and sum(cells[name].value for name in names) == cells[total].value:
            tie(self.net, counts, total, tuple(names))

    def _moved(self, counts: str) -> Iterator[tuple[Key, Move]]:
        now, before = self.now.figures.get(counts, {}), self.before.figures.get(counts, {})
        if not self.now.persons and not self.past.imported:
            mine, theirs = _held(self.now, counts), _held(self.before, counts)
            both = _broken_down(self.now.keys), _broken_down(self.before.keys)
            for key in sorted((now.keys() | before.keys()) & (mine.keys() | theirs.keys())):
                comparable = all(frozenset(name for name, _ in key) in dimensions for dimensions in both)
                if comparable and mine.get(key, {}) != theirs.get(key, {}):
                    yield key, _difference(theirs.get(key, {}), mine.get(key, {}))
        elif self.past.moves is not None:
            yield from sorted(self.past.moves.get(counts, {}).items())
        else:
            mine = {} if self.now.persons else _held(self.now, counts)
            for key in sorted({key for key in now if self.past.tells(key, counts)} | before.keys()):
                figures = before.get(key, NOTHING), now.get(key, NOTHING)
                more = figures[1].value - figures[0].value
                if more:
                    yield key, _unseen(counts, *figures) if self.now.persons else _stranger(more, mine.get(key, {}))


def _broken_down(keys: Set[Key]) -> set[frozenset[str]]:
    """The sets of dimensions by which a release breaks its figures down."""
    return {frozenset(name for name, _ in key) for key in keys}


def _held(population: Population, counts: str) -> dict[Key, dict[int, int]]:
    """Who has how much of every cell, without those who have nothing."""
    cells, parts = population.figures.get(counts, {}), population.parts.get(counts, {})
    found: dict[Key, dict[int, int]] = {}
    for key, inner in contents(cells, population.families.get(counts, ())).items():
        for one in inner:
            for who, part in parts.get(one, {}).items():
                if part:
                    mine = found.setdefault(key, {})
                    mine[who] = mine.get(who, 0) + part
    return found


def _difference(then: Mapping[int, int], now: Mapping[int, int]) -> Move:
    came = {who: part - then.get(who, 0) for who, part in now.items() if part > then.get(who, 0)}
    gone = {who: part - now.get(who, 0) for who, part in then.items() if part > now.get(who, 0)}
    stayed = {who: min(part, now[who]) for who, part in then.items() if who in now}
    return Move(*map(_part, (came, gone, stayed)))


def _stranger(more: int, now: Mapping[int, int]) -> Move:
    """Where nobody knows which employers were there: the difference is one stranger's; what is there more than then is
    taken from the largest of ``now``."""
    moved, stayed, left = {STRANGER: abs(more)}, {}, max(more, 0)
    for part, who in sorted(((part, who) for who, part in now.items()), key=lambda one: (-one[0], one[1])):
        stayed[who] = max(part - left, 0)
        left = max(left - part, 0)
    came, gone = (moved, {}) if more > 0 else ({}, moved)
    return Move(*map(_part, (came, gone, {who: part for who, part in stayed.items() if part})))


def _part(holders: Mapping[int, int]) -> Part:
    first, second, *_ = [*sorted(holders.values(), reverse=True), 0, 0]
    return Part(Figure(sum(holders.values()), len(holders), first, second), tuple(sorted(holders.items())))


def _unseen(counts: str, then: Figure, now: Figure) -> Move:
    """Where rows are gone: as many persons as the figures differ by; of rows, as few persons as can be."""
    by = abs(now.value - then.value)
    moved = Part(Figure(by, by if counts.startswith("distinct") else 1, 0, 0))
    least = Part(min(then, now))
    return Move(moved, Part(NOTHING), least) if now.value > then.value else Move(Part(NOTHING), moved, least)
