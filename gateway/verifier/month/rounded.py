"""Tables that are rounded to a base: that they are, and what their figures tell together.

A figure that is no sum of other figures of its table was rounded by itself: it lies less than one base from the
truth, so the truth can be 2 base - 1 whole numbers, next to zero as many as the base. Totals along dimensions that add
up are sums of rounded parts and tell no more. Along the others a part is at most its total and the parts together are
at least as much, which may leave fewer. Promised are as many as the base (``public.ROUNDED``).

Solutions of these bounds have a greatest one: the larger of two in every place is one as well. So the most that a
figure can be, and whether it can be so little, is found by lowering what is too high until all fits; exact, in whole
numbers, without a solver. What an earlier release of the month showed of the same number binds it too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Any

from gateway.verifier.month.figures import NOTHING, Figure, Figures, read_figures
from gateway.verifier.month.lists import Key, Measure, Place, Table, contains
from gateway.verifier.month.populations import families_of
from gateway.verifier.month.published import Rows
from gateway.verifier.report import Problem

Shown = Mapping[str, Mapping[Place, int]]
"""Measure → place → what is published; what is not listed is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounded:
    """A rounded table of a release: what it has ``shown``, and the true ``figures``."""

    table: Table
    base: int
    shown: Shown
    figures: Figures


def read_rounded(rows: Rows, table: Table, base: int, figures: Figures) -> Rounded:
    """A rounded table as it leaves. Raises Problem unless every figure is a multiple of its base, those that are no
    total less than one base from the truth; parts add up to their total, or are at most as much where they do not add
    up."""
    own = [row[measure.name] for row in rows.values() for measure in table.measures]
    if any(mark != "R" or not value.isdecimal() for value, mark in own):
        raise Problem(f"{table.name} 应全部取整", f"{table.name}: every figure should be rounded")
    shown = {m.name: {place: int(row[m.name][0]) for place, row in rows.items()} for m in table.measures}
    wrong = sum(_wrong(table, one, base, shown[one.name], figures[one.name]) for one in table.measures)
    if wrong:
        raise Problem(
            f"{table.name} 有 {wrong} 处取整不成立", f"{wrong} figures of {table.name} are not rounded rightly"
        )
    return Rounded(table=table, base=base, shown=shown, figures=figures)


def _wrong(
    table: Table, measure: Measure, base: int, published: Mapping[Place, int], figures: Mapping[Place, Figure]
) -> int:
    shown = dict.fromkeys(map(table.key, figures), 0) | {table.key(place): own for place, own in published.items()}
    true = {table.key(place): figure.value for place, figure in figures.items()}
    wrong, totals = 0, set()
    for family in families_of(table, measure, shown):
        parts = [shown[key] for key in family.children]
        wrong += sum(parts) != shown[family.parent] if family.adds_up else max(parts) > shown[family.parent]
        totals |= {family.parent} if family.adds_up else set()
    wrong += sum(value % base != 0 for value in shown.values())
    return wrong + sum(abs(value - true.get(key, 0)) >= base for key, value in shown.items() if key not in totals)


def earlier_rounded(document: Mapping[str, Any], tables: Sequence[Table]) -> list[Rounded]:
    """The rounded ones of an earlier release's ``tables``, from what the history keeps of it. Raises Problem."""
    found = []
    for table in tables:
        if table.rounding is None:
            continue
        figures = read_figures(document["secret"]["cells"], [table])[0]
        try:
            rows = {tuple(place): row for place, row in document["published"][table.name]}
            shown = {m.name: {place: _multiple(*row[m.name]) for place, row in rows.items()} for m in table.measures}
            for place in rows:
                table.key(place)
        except (KeyError, TypeError, ValueError) as error:
            raise Problem("已公布的数字不符合约定", "what was published is not as agreed") from error
        found.append(Rounded(table=table, base=table.rounding, shown=shown, figures=figures))
    return found


def _multiple(value: Any, mark: Any) -> int:
    if mark != "R" or not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("mark")
    return value


def check_unmixed(tables: Sequence[Table]) -> None:
    """Raises Problem where what is rounded is shown otherwise as well, in whatever release of the month, or a whole or
    a part of it is shown: that tells of the difference. ``tables``: those of all releases."""
    every = [(table, measure) for table in tables for measure in table.measures]
    rounded = [(table, measure) for table, measure in every if table.rounding is not None]
    for table, measure in rounded:
        for other, another in every:
            same = measure.population == another.population
            nested = not same and (contains(measure, another) or contains(another, measure))
            if (same and table.rounding != other.rounding) or nested:
                raise Problem(
                    f"{table.name} 的取整数字另有精确或不同基数的提供",
                    f"what {table.name} rounds is shown otherwise elsewhere",
                )


def check_together(now: Sequence[Rounded], before: Sequence[Rounded]) -> None:
    """Raises Problem where the rounded figures of a release together tell more of one than is promised. ``before``:
    those of earlier releases of the month."""
    wrong = sum(len(one.narrow()) for one in systems(now, before))
    if wrong:
        raise Problem(
            f"{wrong} 个取整数字合看后，真值的可能范围窄于所承诺的",
            f"together the rounded figures tell more of {wrong} of them than is promised",
        )


def systems(now: Sequence[Rounded], before: Sequence[Rounded]) -> list["Together"]:
    """What is rounded of each population, in each of its counts. Raises Problem where it can't be told."""
    found: dict[tuple[str, str], Together] = {}
    for one in now:
        for measure in one.table.measures:
            system = found.setdefault((measure.population, measure.counts), Together(base=one.base))
            _Table(one, measure).into(system)
    for one in before:
        for measure in one.table.measures:
            if (measure.population, measure.counts) in found:
                _Table(one, measure).bind(found[measure.population, measure.counts])
    for system in found.values():
        system.check()
    return list(found.values())


@dataclass(kw_only=True)
class Together:
    """Figures rounded by themselves, by cell: the ``least`` and the ``most`` that each can be by what is shown of it
    alone, its ``true`` value; ``totals``: sums of them. ``families``: (total, parts)."""

    base: int
    least: dict[Key, int] = field(default_factory=dict)
    most: dict[Key, int] = field(default_factory=dict)
    true: dict[Key, int] = field(default_factory=dict)
    empty: set[Key] = field(default_factory=set)
    totals: set[Key] = field(default_factory=set)
    families: dict[tuple[Key, tuple[Key, ...]], None] = field(default_factory=dict)

    def see(self, key: Key, shown: int, true: int, empty: bool) -> None:
        """Takes in a figure that is ``shown``, or was earlier. ``empty``: everybody knows that it is 0."""
        least, most = (0, 0) if empty else (max(shown - self.base + 1, 0), shown + self.base - 1)
        self.least[key] = max(self.least.get(key, 0), least)
        self.most[key] = min(self.most.get(key, most), most)
        if self.true.setdefault(key, true) != true:
            raise Problem("同一单元在两张表中的数不同", "a cell has different figures in two tables")
        if empty:
            self.empty.add(key)

    def check(self) -> None:
        """Raises Problem unless the truth is a solution, and no figure is rounded by itself and a sum as well."""
        if self.totals & self.least.keys():
            raise Problem(
                "同一数字在一表中单独取整、在另一表中为合计，无法合看",
                "a figure is rounded by itself in one table and a sum in another: what they tell together is not known",
            )
        off = any(not self.least[key] <= value <= self.most[key] for key, value in self.true.items())
        for total, parts in self.families:
            own = [self.true[part] for part in parts]
            off |= not max(own) <= self.true[total] <= sum(own)
        if off:
            raise Problem("部分与合计不符", "parts do not fit their total")

    def narrow(self) -> list[Key]:
        """The figures whose least and most possible values lie nearer to each other than base - 1."""
        above: dict[Key, list[tuple[Key, tuple[Key, ...]]]] = {}
        below: dict[Key, list[tuple[Key, ...]]] = {}
        for total, parts in self.families:
            below.setdefault(total, []).append(parts)
            for part in parts:
                above.setdefault(part, []).append((total, parts))
        around = above, below
        tops: dict[Key, int] = {}
        if not self._fits(self.most, tops, list(self.most), around):
            raise Problem("部分与合计不符", "parts do not fit their total")
        most = {**self.most, **tops}
        found = []
        for key in most.keys() - self.empty:
            lower = {key: most[key] - self.base + 1}
            if not self._fits(most, lower, [key], around):
                found.append(key)
        return found

    def _fits(self, most: Mapping[Key, int], lower: dict[Key, int], changed: list[Key], around: Any) -> bool:
        """Whether there is a solution of at most ``most``, or ``lower`` where that is given. Lowers what is too high;
        ``changed``: what was lowered so far."""
        above, below = around
        while changed:
            key = changed.pop()
            high = lower.get(key, most[key])
            if high < self.least[key]:
                return False
            caps = [(part, high) for parts in below.get(key, ()) for part in parts]
            caps += [(total, sum(lower.get(p, most[p]) for p in parts)) for total, parts in above.get(key, ())]
            for other, cap in caps:
                if lower.get(other, most[other]) > cap:
                    lower[other] = cap
                    changed.append(other)
        return True


class _Table:
    """One measure of a rounded table, place by place."""

    def __init__(self, one: Rounded, measure: Measure) -> None:
        self.table, self.measure = one.table, measure
        self.shown, self.figures = one.shown[measure.name], one.figures[measure.name]
        self.below = [axis.below() for axis in self.table.axes]

    def into(self, system: Together) -> None:
        """Adds its figures and its families to what is rounded of the same."""
        codes = [[code for code, level in a.codes.level.items() if level in a.levels] for a in self.table.axes]
        for place in product(*codes):
            key = self.table.key(place)
            if self._is_total(place):
                system.totals.add(key)
                continue
            system.see(key, self.shown.get(place, 0), self._true(place), self.table.empty_by_declaration(key))
            for at, axis in enumerate(self.table.axes):
                parts = self.below[at].get(place[at], ())
                if parts and not self.table.adds_up(self.measure, axis):
                    children = tuple(self.table.key((*place[:at], part, *place[at + 1 :])) for part in parts)
                    system.families[key, children] = None

    def bind(self, system: Together) -> None:
        """Adds what it showed of numbers that are the same now."""
        for place in chain(self.shown, self.figures.keys() - self.shown.keys()):
            key = self.table.key(place)
            if not self._is_total(place) and system.true.get(key) == self._true(place):
                system.see(key, self.shown.get(place, 0), self._true(place), empty=False)

    def _true(self, place: Place) -> int:
        return self.figures.get(place, NOTHING).value

    def _is_total(self, place: Place) -> bool:
        return any(
            code in below and self.table.adds_up(self.measure, axis)
            for code, below, axis in zip(place, self.below, self.table.axes, strict=True)
        )
