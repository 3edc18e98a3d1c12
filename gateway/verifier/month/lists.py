"""Code lists and declared tables of a month, read from its secret material by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from gateway.verifier.report import Problem

Place = tuple[str, ...]
Key = tuple[tuple[str, str], ...]
"""A cell's name in all tables: its (dimension, code) pairs, sorted, codes of the top left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A tree of codes: ``parent`` of each code (None at the one ``top``) and the name of its ``level``."""

    parent: Mapping[str, str | None]
    level: Mapping[str, str]
    top: str

    def up(self, code: str, levels: frozenset[str]) -> str | None:
        """The nearest code above whose level is among ``levels``."""
        above = self.parent[code]
        while above is not None and self.level[above] not in levels:
            above = self.parent[above]
        return above

    def within(self, code: str, above: str) -> bool:
        """Whether ``code`` is ``above`` or below it."""
        at: str | None = code
        while at is not None and at != above:
            at = self.parent[at]
        return at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A dimension of a table: the levels of a code list that it shows."""

    name: str
    hierarchy: str
    codes: CodeList = field(repr=False)
    levels: frozenset[str]
    multi_valued: bool

    def below(self) -> dict[str, list[str]]:
        """The shown codes right below each shown code that has some."""
        found: dict[str, list[str]] = {}
        for code, level in self.codes.level.items():
            above = self.codes.up(code, self.levels)
            if level in self.levels and above is not None:
                found.setdefault(above, []).append(code)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """``population``: which rows and contributors it is about; ``counts``: what is counted or summed of them.
    ``selects``: which rows, to tell whether one population is part of another."""

    name: str
    population: str
    counts: str
    persons: bool
    feed: str
    kind: str
    contributor: str
    where: tuple[tuple[str, str], ...]
    followed: str | None
    without: str | None
    repeats: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A declared table. ``derived``: of each derived figure the measures that it is computed from; ``rounding``: the
    base to which its figures are rounded, where they are; ``zeros``: places (dimension → code, its top where it is left
    out) at which, as everybody knows, nothing can be."""

    name: str
    axes: tuple[Axis, ...]
    measures: tuple[Measure, ...]
    derived: Mapping[str, tuple[str, ...]]
    rounding: int | None = None
    zeros: tuple[Mapping[str, str], ...] = ()

    def key(self, place: Place) -> Key:
        """The name of a cell in all tables of its population. Raises Problem for a place that is not the table's."""
        if len(place) != len(self.axes):
            raise _amiss(self.name)
        for axis, code in zip(self.axes, place, strict=True):
            if code not in axis.codes.level or axis.codes.level[code] not in axis.levels:
                raise _amiss(self.name)
        pairs = zip(self.axes, place, strict=True)
        return tuple(sorted((axis.name, code) for axis, code in pairs if code != axis.codes.top))

    def place(self, key: Key) -> Place | None:
        """Where a cell stands in this table; None where it does not."""
        codes = dict(key)
        place = tuple(codes.pop(axis.name, axis.codes.top) for axis in self.axes)
        known = all(axis.codes.level.get(code) in axis.levels for axis, code in zip(self.axes, place, strict=True))
        return place if known and not codes else None

    def around(self, key: Key) -> Place | None:
        """Where a cell lies, as far as this table breaks it down; None where the table has nothing of it."""
        codes, found = dict(key), []
        for axis in self.axes:
            code: str | None = codes.get(axis.name, axis.codes.top)
            if code is not None and axis.codes.level.get(code) not in axis.levels:
                code = axis.codes.up(code, axis.levels) if code in axis.codes.level else None
            if code is None:
                return None
            found.append(code)
        return tuple(found)

    def above(self, place: Place) -> list[Place]:
        """The place and every place that it is part of."""
        ways = []
        for axis, code in zip(self.axes, place, strict=True):
            way: list[str] = []
            at: str | None = code
            while at is not None:
                way.append(at)
                at = axis.codes.up(at, axis.levels)
            ways.append(way)
        return list(product(*ways))

    def empty_by_declaration(self, key: Key) -> bool:
        """Whether a cell lies within a declared zero."""
        mine, codes = dict(key), {axis.name: axis.codes for axis in self.axes}
        return any(
            all(codes[name].within(mine.get(name, codes[name].top), code) for name, code in zero.items())
            for zero in self.zeros
        )

    def adds_up(self, measure: Measure, axis: Axis) -> bool:
        """Whether parts add up to their total; otherwise one contributor can stand in several of them."""
        return not axis.multi_valued and axis.name not in measure.repeats


def read_lists(document: Mapping[str, Any]) -> dict[str, CodeList]:
    """The code lists: name → rows of code, level, parent. Raises Problem."""
    found = {}
    for name, rows in document.items():
        parent = {code: above for code, _, above in rows}
        level = {code: at for code, at, _ in rows}
        tops = [code for code, above in parent.items() if above is None]
        known = all(above is None or above in parent for above in parent.values())
        if len(parent) != len(rows) or len(tops) != 1 or not known or not _a_tree(parent):
            raise Problem(f"代码表 {name} 不是一棵树", f"the code list {name} is not a tree")
        found[name] = CodeList(parent=parent, level=level, top=tops[0])
    return found


def _a_tree(parent: Mapping[str, str | None]) -> bool:
    for start in parent:
        at: str | None = start
        for _ in range(len(parent) + 1):
            at = parent[at] if at is not None else None
        if at is not None:
            return False
    return True


def read_tables(documents: Sequence[Mapping[str, Any]], lists: Mapping[str, CodeList]) -> list[Table]:
    """The tables as declared. Raises Problem where a declaration is not one that this verifier knows."""
    try:
        found = [_table(one, lists) for one in documents]
    except (KeyError, TypeError, AttributeError) as error:
        raise Problem("表的声明不符合约定", "a table's declaration is not as agreed") from error
    if len({table.name for table in found}) != len(found):
        raise Problem("两张表同名", "two tables have one name")
    return found


def _table(one: Mapping[str, Any], lists: Mapping[str, CodeList]) -> Table:
    axes = tuple(
        Axis(
            name=axis["name"],
            hierarchy=axis["hierarchy"],
            codes=lists[axis["hierarchy"]],
            levels=frozenset(axis["levels"]),
            multi_valued=axis["multi_valued"],
        )
        for axis in one["dimensions"]
    )
    return Table(
        name=one["name"],
        axes=axes,
        measures=tuple(map(_measure, one["measures"])),
        derived={derived["name"]: _terms(derived) for derived in one["derived"]},
        rounding=one["rounding"],
        zeros=tuple(_zero(zero, axes) for zero in one["structural_zeros"]),
    )


def _zero(zero: Mapping[str, str], axes: Sequence[Axis]) -> Mapping[str, str]:
    codes = {axis.name: axis.codes for axis in axes}
    if not zero or any(code not in codes[name].parent for name, code in zero.items()):
        raise KeyError
    return zero


def _measure(one: Mapping[str, Any]) -> Measure:
    """A measure with its population: rows of a feed on conditions, by contributor."""
    if one["kind"] not in ("count", "sum", "distinct") or one["contributor"] not in ("employer", "worker"):
        raise KeyError
    where, followed, taken = sorted(one["where"].items()), _followed(one["followed_by"]), one["without"]
    without = None
    if taken is not None:
        without = _conditions(sorted(taken["where"].items()), _followed(taken["followed_by"]))
    return Measure(
        name=one["name"],
        population=population_of(one["feed"], where, followed, without, one["contributor"]),
        counts=f"{one['kind']}:{one['column'] or ''}",
        persons=one["contributor"] == "worker",
        feed=one["feed"],
        kind=one["kind"],
        contributor=one["contributor"],
        where=tuple(where),
        followed=followed,
        without=without,
        repeats=frozenset(one["repeats"]),
    )


def _followed(follows: Mapping[str, Any] | None) -> str | None:
    if follows is None:
        return None
    conditions = ",".join(f"{name}={value}" for name, value in sorted(follows["where"].items()))
    return f"followed_by:{conditions}:{','.join(follows['on'])}:{follows['time']}"


def _conditions(where: Sequence[tuple[str, str]], followed: str | None) -> str:
    return "/".join([*(f"{name}={value}" for name, value in where), *([followed] if followed else [])])


def population_of(
    feed: str, where: Sequence[tuple[str, str]], followed: str | None, without: str | None, contributor: str
) -> str:
    """What rows and contributors are called: those on conditions, and of these all without another part."""
    rows = _conditions(where, followed)
    return "/".join([feed, *([rows] if rows else []), *([f"without({without})"] if without else []), contributor])


def contains(whole: Measure, part: Measure) -> bool:
    """Whether every row of ``part`` is one of ``whole``, by the same contributors."""
    alike = (whole.feed, whole.contributor) == (part.feed, part.contributor)
    return alike and set(whole.where) <= set(part.where) and whole.followed in (None, part.followed)


def rest_of(whole: Measure, part: Measure) -> str | None:
    """The population that is left of ``whole`` without ``part``; None where that is no part of it."""
    if whole.counts != part.counts or whole.population == part.population or whole.without or part.without:
        return None
    if not contains(whole, part):
        return None
    more = sorted(set(part.where) - set(whole.where))
    without = _conditions(more, part.followed if whole.followed is None else None)
    return population_of(whole.feed, whole.where, whole.followed, without, whole.contributor)


def _terms(derived: Mapping[str, Any]) -> tuple[str, ...]:
    return (derived["numerator"], derived["denominator"]) if derived["kind"] == "ratio" else (derived["measure"],)


def _amiss(name: str) -> Problem:
    return Problem(f"表 {name} 有单元不在其声明内", f"a cell of the table {name} is outside its declaration")
