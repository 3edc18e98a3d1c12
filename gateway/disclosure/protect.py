"""``gateway protect``: one contributor-level table, protected alone or together with everything released before."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gateway.base.errors import DisclosureError
from gateway.disclosure.blocks import protected
from gateway.disclosure.cells import Flags
from gateway.disclosure.declaration import TOTAL, Declaration
from gateway.disclosure.exchange import Exchange
from gateway.disclosure.microdata import (
    Microdata,
    Place,
    System,
    build_system,
    named,
    read_microdata,
    start_of,
    touched,
)
from gateway.disclosure.offer import offer, worded
from gateway.disclosure.rules import GroupDisclosure, Rule
from gateway.disclosure.suppression import Progress, suppress
from gateway.disclosure.suppression import audit as unprotected
from gateway.disclosure.zeros import check_structural, system_of, with_zeros
from gateway.model.cells import Figure, Status


@dataclass(frozen=True, kw_only=True)
class ProtectedCell:
    """A figure of the release with its status. Secret. ``rules``: the names of those that a primary cell breaks, or for
    which a zero is withheld."""

    place: Place
    value: int
    status: Status
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProtectedTable:
    """A protected release: its cells in order, and what it adds to the history. Secret.

    ``records``: the contributors' records of all releases together, ``microdata`` those of this one. ``system``: what
    attackers work on; ``start``: what is withheld in it before any secondary cell."""

    spec: Declaration
    cells: tuple[ProtectedCell, ...]
    microdata: Microdata
    records: Microdata = field(repr=False, compare=False)
    system: System = field(repr=False, compare=False)
    start: Flags = field(repr=False, compare=False)

    @property
    def shown(self) -> list[tuple[Place, bool]]:
        """Each cell's place, and whether it is published."""
        return [(cell.place, cell.status is Status.PUBLISHED) for cell in self.cells]

    def number(self, status: Status) -> int:
        """How many cells have a status."""
        return sum(cell.status is status for cell in self.cells)

    @property
    def value_share(self) -> float:
        """The withheld cells' part of the sum of all cells, totals included."""
        hidden = sum(cell.value for cell in self.cells if cell.status is not Status.PUBLISHED)
        return hidden / max(sum(cell.value for cell in self.cells), 1)


def protect(
    microdata: Mapping[str, Sequence[str]] | Any,
    spec: Declaration,
    history: Exchange | None = None,
    progress: Progress = lambda part: None,
) -> ProtectedTable:
    """The cells of ``spec`` with their statuses. ``microdata``: columns of texts, or a ``pyarrow.Table``.

    With a ``history``, protected together with everything in it. Raises InputError for bad records, DisclosureError
    (exit 14) when a sensitive cell can't be protected."""
    if spec.rounding is not None:
        raise DisclosureError(
            "该表声明为取整提供，不得提供准确数字",
            "this table is declared to be rounded; exact figures of it can't be released",
            safe=("没有生成可提供的表", "no table was released"),
        )
    data = read_microdata(columns_of(microdata), spec, empty=history is not None and bool(history.records))
    published = history.shown if history is not None else set()
    held = history.held if history is not None else set()
    everything = data if history is None else _together(history, data, spec)
    check_structural(everything, spec)
    told = history.told if history is not None else ()
    if spec.rules.group_disclosure:
        everything = with_zeros(everything, data, spec, published | held, told)
    system = system_of(everything, spec, published, held)
    if history is not None:
        _check_imported(history, system)
        _check_whole(history, system, spec)
    start = start_of(system, held)
    pattern = protected(system.grid, start, _new(system, published | held), progress)
    if pattern.broken:
        offered = offer(spec, lambda other: _safe(everything, data, other, published, held, told))
        raise _refused(system, pattern.broken, spec, offered)
    withheld = pattern.withheld
    data = replace(data, zeros=tuple(sorted(_possible(system, withheld, everything.zeros))))
    earlier_places = published | held
    rules = spec.rules.parameters.rules(spec.model)
    cells = [
        ProtectedCell(
            place=place,
            value=system.figures[row].value,
            status=_status(bool(system.grid.sensitive[row] and system.figures[row].value), bool(withheld[row])),
            rules=_broken(system.figures[row], rules),
        )
        for place, row in system.row_of.items()
        if place not in earlier_places and (system.figures[row].value or withheld[row])
    ]
    return ProtectedTable(spec=spec, cells=tuple(cells), microdata=data, records=everything, system=system, start=start)


def _broken(figure: Figure, rules: Sequence[Rule]) -> tuple[str, ...]:
    """The rules that a cell breaks; a zero is withheld for one alone."""
    if not figure.value:
        return (GroupDisclosure.name,)
    return tuple(rule.name for rule in rules if rule.sensitive(figure))


def _new(system: System, earlier: Set[Place]) -> Flags:
    """The cells that are figures of this release, and of none before."""
    new = np.zeros(len(system.grid.sensitive), bool)
    new[[row for place, row in system.row_of.items() if place not in earlier]] = True
    new[[system.row_of[place] for place in earlier & system.row_of.keys()]] = False
    return new


def _safe(
    records: Microdata,
    data: Microdata,
    spec: Declaration,
    published: Set[Place],
    held: Set[Place],
    told: Sequence[Set[str]],
) -> bool:
    """Whether a breakdown has new figures, and all can be protected."""
    if spec.rules.group_disclosure:
        records = with_zeros(records, data, spec, published | held, told)
    system = system_of(records, spec, published, held)
    new = system.row_of.keys() - published - held
    return bool(new) and not suppress(system.grid, start_of(system, held)).broken


def _possible(system: System, withheld: Flags, zeros: Sequence[Place]) -> Set[Place]:
    """The empty inner cells that nobody knows to be empty: every figure of nothing that they are in is withheld."""
    grid = system.grid
    known = named(system) & ~withheld & (grid.cells @ grid.values == 0)
    told = set(grid.cells[np.flatnonzero(known)].indices.tolist())
    return {codes for codes in zeros if system.number[codes] not in told}


def _together(history: Exchange, data: Microdata, spec: Declaration) -> Microdata:
    """All records together. Raises DisclosureError when new ones are part of a figure that the gateway released before;
    also of one whose contributors' values are destroyed by now."""
    earlier = history.microdata(spec)
    if touched(earlier, data, spec, (history.shown | history.held) - history.imported.keys()):
        raise DisclosureError(
            "这些记录会改变已提供过的数字",
            "these records change figures that were released before",
            safe=("没有生成可提供的表", "no table was released"),
            next=("只交新的记录，合计另起名称", "hand in new records only; give a later total another code"),
        )
    return data if earlier is None else earlier.joined(data)


def _check_imported(history: Exchange, system: System) -> None:
    """Raises DisclosureError when records do not add up to a figure that was published before the gateway: one of the
    two is wrong, and what is proved with it would be too."""
    wrong = sum(
        value is not None and place in system.row_of and system.figures[system.row_of[place]].value != value
        for place, value in history.imported.items()
    )
    if wrong:
        raise DisclosureError(
            f"记录与 {wrong} 个导入的已公布数字不一致",
            f"the records do not add up to {wrong} imported figures that were published before",
            safe=("没有生成可提供的表", "no table was released"),
            next=("核对记录与当时公布的数字", "compare the records with what was published then"),
        )


def _check_whole(history: Exchange, system: System, spec: Declaration) -> None:
    """Raises DisclosureError when a new figure would take in inner cells whose values are destroyed."""
    new = system.row_of.keys() - history.shown - history.held
    if any(touched(None, gone, spec, new) for gone in history.gone):
        raise DisclosureError(
            "有数字需要已销毁的数值",
            "a figure would need values that are destroyed",
            safe=("没有生成可提供的表", "no table was released"),
            next=("只提供其后各期的数字", "release figures of the periods since then only"),
        )


def audit(
    published: Mapping[str, Sequence[str]] | Any, secret: Mapping[str, Sequence[str]] | Any, spec: Declaration
) -> list[Place]:
    """The sensitive cells that ``published`` (columns as in ``published.csv``) leaves unprotected; none: it holds.

    ``secret``: the contributors' records. By the engine that protects; ``gateway.verifier.protection`` is apart from
    it. Raises InputError for bad records, DisclosureError when cells are missing from ``published``."""
    data = read_microdata(columns_of(secret), spec)
    if spec.rules.group_disclosure:
        raise DisclosureError(
            "一类囊括全体的规则只由独立核验检查", "group disclosure is audited by the separate verifier only"
        )
    columns = columns_of(published)
    system = build_system(data, spec, set(), set())
    places = zip(*(columns[axis.name] for axis in spec.dimensions), strict=True)
    marks = dict(zip(places, columns["mark"], strict=True))
    if marks.keys() != system.row_of.keys():
        raise DisclosureError("表与记录的单元格不一致", "the table's cells are not those of the records")
    withheld = ~named(system)
    for place, row in system.row_of.items():
        withheld[row] |= marks[place] != "A"
    for place, row in system.row_of.items():
        if marks[place] == "A":
            withheld[row] = False  # over the same inner cells: who knows one knows both
    rows = {cell for cell, _, _ in unprotected(system.grid, withheld)}
    rows |= set(np.flatnonzero(system.grid.sensitive & ~withheld).tolist())
    return [place for place, row in system.row_of.items() if row in rows]


def columns_of(microdata: Mapping[str, Sequence[str]] | Any) -> Mapping[str, Sequence[str]]:
    """Columns of texts as they are; a ``pyarrow.Table``'s made so."""
    if isinstance(microdata, Mapping):
        return microdata
    table = microdata
    return {name: [str(value) for value in table[name].to_pylist()] for name in table.column_names}


def _status(sensitive: bool, withheld: bool) -> Status:
    if sensitive:
        return Status.PRIMARY
    return Status.SECONDARY if withheld else Status.PUBLISHED


_NO_OFFER = "试过的更粗分组也都无法保护", "no coarser breakdown that was tried is safe either"


def _refused(system: System, rows: Sequence[int], spec: Declaration, offered: Declaration | None) -> DisclosureError:
    """Names how many cells at which levels, never a value, and the breakdown that would be safe."""
    broken = set(rows)
    places = [place for place, row in system.row_of.items() if row in broken]
    finest = [axis.name for at, axis in enumerate(spec.dimensions) if any(place[at] != TOTAL for place in places)]
    count = int(np.unique(rows).size)
    return DisclosureError(
        f"{count} 个敏感单元格无法保护（{'、'.join(finest)}）",
        f"{count} sensitive cells can't be protected ({', '.join(finest)})",
        safe=("没有生成可提供的表", "no table was released"),
        next=worded(offered, spec) if offered is not None else _NO_OFFER,
    )
