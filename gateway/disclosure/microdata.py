"""Contributor-level records → the linear system of the figures that a declaration publishes of them."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from gateway.base.errors import DisclosureError, InputError
from gateway.base.later import later
from gateway.base.spreadsheets import STARTS_FORMULA
from gateway.disclosure.cells import Flags, Grid, Ints
from gateway.disclosure.declaration import TOTAL, Axis, Declaration
from gateway.disclosure.rests import rests
from gateway.disclosure.rules import GroupDisclosure, Rule
from gateway.model.cells import Figure
from gateway.model.table import Model

sparse = later("scipy.sparse")

Place = tuple[str, ...]
"""A cell's node of each dimension's hierarchy, by its code; ``Total`` at the top."""
_EXACT = 1 << 53
"""Sums up to here are whole numbers in floating point."""
_SHRINK = 0.6
"""What a cell costs grows like its value to this power: totals stay, and not many small ones go for each."""


@dataclass(frozen=True, kw_only=True)
class Microdata:
    """One row a contributor group and inner cell: ``codes`` (rows of lowest-level codes), ``groups``, ``values``.

    ``above``: for each dimension, the codes above each lowest one, from the level next to it to the top. ``zeros``:
    inner cells that are empty and not known to be (``zeros``)."""

    codes: tuple[Place, ...]
    groups: tuple[str, ...]
    values: tuple[int, ...]
    above: tuple[Mapping[str, Place], ...]
    zeros: tuple[Place, ...] = ()

    def joined(self, other: "Microdata") -> "Microdata":
        """Both together; records that both hold count once. Raises DisclosureError when the same inner cell has other
        records, or a code has two different codes above it."""
        above = []
        for one, another in zip(self.above, other.above, strict=True):
            if any(one.get(code, up) != up for code, up in another.items()):
                raise DisclosureError("层级与历史不一致", "a hierarchy differs from the history's", safe=_NOTHING)
            above.append({**one, **another})
        mine, theirs = self._by_inner(), other._by_inner()
        if any(mine[codes] != parts for codes, parts in theirs.items() if codes in mine):
            raise DisclosureError(
                "有记录与历史中同一位置的记录不同",
                "records differ from the history's at the same place",
                safe=_NOTHING,
                next=("更正须作为新的修订处理", "a correction needs a revision of its own"),
            )
        new = [at for at, codes in enumerate(other.codes) if codes not in mine]
        return Microdata(
            codes=self.codes + tuple(other.codes[at] for at in new),
            groups=self.groups + tuple(other.groups[at] for at in new),
            values=self.values + tuple(other.values[at] for at in new),
            above=tuple(above),
            zeros=tuple(sorted({*self.zeros, *other.zeros} - mine.keys() - theirs.keys())),
        )

    def _by_inner(self) -> dict[Place, dict[str, int]]:
        found: dict[Place, dict[str, int]] = {}
        for codes, group, value in zip(self.codes, self.groups, self.values, strict=True):
            found.setdefault(codes, {})[group] = value
        return found


@dataclass(frozen=True, kw_only=True)
class System:
    """The grid and the names of its cells. Cells over the same inner cells are one row of the grid. ``number``: of the
    inner cells. ``rests``: the rows of what is left of a figure without the figures in it (``rests``); None
    where releases list every cell of the levels that they show."""

    grid: Grid
    number: Mapping[Place, int]
    row_of: Mapping[Place, int]
    rests: tuple[int, ...] | None
    figures: Mapping[int, Figure]


_NOTHING = ("没有生成任何文件", "no file was made")


def read_microdata(columns: Mapping[str, Sequence[str]], spec: Declaration, *, empty: bool = False) -> Microdata:
    """The records of a file's columns (texts). Raises InputError for a missing column, a negative or unreadable value,
    an empty code, a code with two codes above it; names rows and columns, never a value. ``empty``: no rows are fine (a
    table over earlier releases' records)."""
    needed = [spec.group, spec.value, *(level for axis in spec.dimensions for level in axis.levels)]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise InputError(f"缺少列：{'、'.join(missing)}", f"columns missing: {', '.join(missing)}", safe=_NOTHING)
    if not columns[spec.value] and not empty:
        raise InputError("文件没有数据行", "the file has no rows", safe=_NOTHING)
    values = [_amount(text, row, spec.value) for row, text in enumerate(columns[spec.value], start=2)]
    for name in needed:
        for row, text in enumerate(columns[name], start=2):
            if not text or (name != spec.group and name != spec.value and text == TOTAL):
                raise _bad(row, name, "为空或用了保留字 Total", "is empty, or is the reserved word Total")
    _check_codes(columns, spec)
    summed: dict[tuple[Place, str], int] = {}
    lowest = [columns[axis.levels[-1]] for axis in spec.dimensions]
    for at, (group, value) in enumerate(zip(columns[spec.group], values, strict=True)):
        record = tuple(column[at] for column in lowest), group
        summed[record] = summed.get(record, 0) + value
    rows = sorted(record for record, value in summed.items() if value > 0)
    if not empty and not rows:
        raise InputError("没有大于 0 的数值", "there is no value above 0", safe=_NOTHING)
    return Microdata(
        codes=tuple(codes for codes, _ in rows),
        groups=tuple(group for _, group in rows),
        values=tuple(summed[record] for record in rows),
        above=tuple(_above(columns, axis) for axis in spec.dimensions),
    )


def _check_codes(columns: Mapping[str, Sequence[str]], spec: Declaration) -> None:
    """Codes are published: none that a spreadsheet would run as a formula. Refused, not neutralised: a code names a
    cell, in the history and for the verifier."""
    for axis in spec.dimensions:
        for name in axis.levels:
            for row, text in enumerate(columns[name], start=2):
                if text.startswith(STARTS_FORMULA):
                    raise _bad(row, name, "以公式符号开头", "begins like a formula")


def _amount(text: str, row: int, column: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise _bad(row, column, "不是非负整数", "is not an integer of at least 0")
    return int(text)


def _bad(row: int, column: str, zh: str, en: str) -> InputError:
    return InputError(f"第 {row} 行 {column} {zh}", f"row {row}, {column}: {en}", safe=_NOTHING)


def _above(columns: Mapping[str, Sequence[str]], axis: Axis) -> dict[str, Place]:
    """Each lowest code's codes above it. A code belongs to one level and has one code above it."""
    upward = axis.levels[::-1]
    level_of: dict[str, str] = {}
    above: dict[str, str] = {}
    for at, level in enumerate(upward):
        higher = columns[upward[at + 1]] if at + 1 < len(upward) else None
        for row, code in enumerate(columns[level]):
            if level_of.setdefault(code, level) != level:
                raise _bad(row + 2, level, "的代码也出现在另一级", "holds a code of another level")
            up = higher[row] if higher is not None else TOTAL
            if above.setdefault(code, up) != up:
                raise _bad(row + 2, level, "的上级有两个", "has two codes above it")
    found: dict[str, Place] = {}
    for code in set(columns[upward[0]]):
        ups = [above[code]]
        while ups[-1] != TOTAL:
            ups.append(above[ups[-1]])
        found[code] = tuple(ups)
    return found


# the system -----------------------------------------------------------------------------------------------------------


def build_system(
    data: Microdata,
    spec: Declaration,
    published: Set[Place],
    held: Set[Place],
    one_category: Sequence[tuple[Place, Place]] = (),
) -> System:
    """The system of what ``spec`` publishes of ``data``, and of the cells of earlier releases: ``published`` ones can't
    be withheld any more, ``held`` ones were withheld. Those of which there are no records (imported, or destroyed) have
    nothing in common with the others and are no part of it. ``one_category``: a figure and the one part that holds
    everyone of it; who else could be in it is a sensitive cell of its own, which is no figure. Raises InputError when
    the values add up to too much."""
    if sum(data.values) > _EXACT:
        raise InputError("数值之和过大，无法精确计算", "the values add up to more than is exact", safe=_NOTHING)
    inner = sorted({*data.codes, *data.zeros})
    number = {codes: at for at, codes in enumerate(inner)}
    labels = sorted(set(data.groups))
    group_of = {label: at for at, label in enumerate(labels)}
    at = [number[codes] for codes in data.codes], [group_of[group] for group in data.groups]
    groups = sparse.csr_matrix((np.array(data.values, float), at), shape=(len(inner), len(labels)))
    groups.sum_duplicates()
    values = np.asarray(groups.sum(axis=1)).ravel()
    members = figures_over(inner, data, spec, published | held)
    rows: dict[tuple[int, ...], int] = {(i,): i for i in range(len(inner))}
    row_of = {place: rows.setdefault(tuple(cells), len(rows)) for place, cells in members.items()}
    left = rests(inner, data, spec, published | held) if published or held else None
    beside = None if left is None else tuple(sorted({rows.setdefault(cells, len(rows)) for cells in left}))
    others = (tuple(sorted({*members[whole]} - {*members[part]})) for whole, part in one_category)
    grouped = sorted({rows.setdefault(cells, len(rows)) for cells in others})
    lengths = [len(cells) for cells in rows]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    indices = np.concatenate([np.array(cells, int) for cells in rows])
    cells = sparse.csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(rows), len(inner)))
    shown = np.zeros(len(rows), bool)
    shown[list(row_of.values())] = True
    told = shown.copy()
    told[list(beside or ())] = True
    figures, protected, rivals = _figures(cells, groups)
    rules = spec.rules.parameters.rules(spec.model)
    sensitive = np.array([_sensitive(figures[row], rules) for row in range(len(rows))]) & told
    persons = spec.model is Model.PERSONS
    least = np.where(values > 0, 1.0, 0.0)  # values are whole, and a zero is not listed
    up, down = _levels(figures, sensitive, rules, cells @ least)
    sensitive[grouped] = True
    up[grouped], down[grouped] = GroupDisclosure.protection()
    names = np.bincount(list(row_of.values()), minlength=len(rows))
    fixed = np.zeros(len(rows), bool)
    fixed[[row_of[place] for place in published & row_of.keys()]] = True
    grid = Grid(
        values=values,
        least=least,
        cells=cells,
        groups=groups,
        sensitive=sensitive,
        up=up,
        down=down,
        protected=protected,
        rivals=rivals if spec.rules.insiders == "second" and not persons else None,
        weight=np.where(shown, np.array([max(f.value, 1) for f in figures], float) ** _SHRINK * names, 0),
        fixed=fixed,
        families=_families(row_of, figures, data),
        ties=sparse.csr_matrix((0, len(inner))),
        tied=(np.zeros(0), np.zeros(0)),
    )
    return System(grid=grid, number=number, row_of=row_of, rests=beside, figures=dict(enumerate(figures)))


def start_of(system: System, held: Set[Place]) -> Flags:
    """What is withheld before anything is protected: sensitive cells, those withheld earlier, and inner cells that are
    no figure of any release."""
    grid = system.grid
    withheld = grid.sensitive | ~named(system)
    withheld[[system.row_of[place] for place in held & system.row_of.keys()]] = True
    return withheld & ~grid.fixed


def named(system: System) -> Flags:
    """The rows that are figures of some release."""
    named = np.zeros(system.grid.cells.shape[0], bool)
    named[list(system.row_of.values())] = True
    return named


def touched(before: Microdata | None, data: Microdata, spec: Declaration, earlier: Set[Place]) -> bool:
    """Whether inner cells that are new in ``data`` are part of ``earlier`` releases' figures: those stood for less when
    they were published, and together with a figure of now they would give the difference away."""
    new = sorted(set(data.codes) - set(before.codes if before else ()))
    return not earlier.isdisjoint(figures_over(new, data, spec, earlier))


def figures_over(
    inner: Sequence[Place], data: Microdata, spec: Declaration, earlier: Set[Place]
) -> dict[Place, list[int]]:
    """The inner cells (by number) of every figure of this and ``earlier`` releases."""
    chains = [_chain(axis, above) for axis, above in zip(spec.dimensions, data.above, strict=True)]
    members: dict[Place, list[int]] = {}
    for at, codes in enumerate(inner):
        for nodes in product(*(chain[code] for chain, code in zip(chains, codes, strict=True))):
            place = tuple(code for code, _ in nodes)
            if all(shown for _, shown in nodes) or place in earlier:
                members.setdefault(place, []).append(at)
    return dict(sorted(members.items()))


def _chain(axis: Axis, above: Mapping[str, Place]) -> dict[str, list[tuple[str, bool]]]:
    """For each lowest code itself and the codes above it, each with whether its level is shown."""
    levels = [*reversed(axis.levels), TOTAL]
    return {
        code: [(node, axis.shows(level)) for node, level in zip((code, *ups), levels, strict=True)]
        for code, ups in above.items()
    }


def _families(row_of: Mapping[Place, int], figures: Sequence[Figure], data: Microdata) -> list[tuple[int, ...]]:
    """Each figure with those that it is the sum of along one dimension, where all of them are figures; no zeros."""
    found: dict[tuple[Place, int], set[int]] = {}
    for axis, above in enumerate(data.above):
        parents = {(code, *ups)[at]: (code, *ups)[at + 1] for code, ups in above.items() for at in range(len(ups))}
        for place, row in row_of.items():
            if place[axis] in parents:
                parent = (*place[:axis], parents[place[axis]], *place[axis + 1 :])
                if parent in row_of and figures[row].value:
                    found.setdefault((parent, axis), set()).add(row)
    families = {(row_of[parent], *sorted(children)) for (parent, _), children in found.items() if len(children) > 1}
    return sorted(families)


def _figures(cells: Any, groups: Any) -> tuple[list[Figure], Ints, list[frozenset[int]]]:
    """Each row's figure; its largest contributor group, −1 where several are; and the groups with the second largest
    part, where several are the largest these."""
    per = (cells @ groups).tocsr()
    figures = []
    largest = np.full(per.shape[0], -1)
    rivals: list[frozenset[int]] = []
    for row in range(per.shape[0]):
        amounts = per.data[per.indptr[row] : per.indptr[row + 1]]
        names = per.indices[per.indptr[row] : per.indptr[row + 1]]
        first, second = (int(amount) for amount in (*np.sort(amounts)[::-1][:2].tolist(), 0, 0)[:2])
        leading = names[amounts == first]
        if len(leading) == 1:
            largest[row] = leading[0]
        rivals.append(frozenset(names[amounts == second].tolist()) if second else frozenset())
        figures.append(Figure(value=int(amounts.sum()), contributors=len(amounts), largest=first, second=second))
    return figures, largest, rivals


def _sensitive(figure: Figure, rules: Sequence[Rule]) -> bool:
    return any(rule.sensitive(figure) for rule in rules)


def _levels(figures: Sequence[Figure], sensitive: Flags, rules: Sequence[Rule], least: Any) -> tuple[Any, Any]:
    """The widest protection that any rule demands of a sensitive cell, upward and downward. What a cell can't sink,
    since less than ``least`` is known to be impossible, it must rise more."""
    up, down = np.zeros(len(figures)), np.zeros(len(figures))
    for row in np.flatnonzero(sensitive).tolist():
        asked = [rule.protection(figures[row]) for rule in rules if rule.sensitive(figures[row])]
        rise, sink = max(level for level, _ in asked), max(level for _, level in asked)
        down[row] = min(sink, max(figures[row].value - least[row], 0))
        up[row] = rise + sink - down[row]
    return up, down
