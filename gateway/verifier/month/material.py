"""The secret side of a month: one file with all that its protection is proved from.

Canonical JSON: declarations and code lists, the rules' parameters, computed cells with contributors' figures, statuses,
contributors' parts (under numbers that mean nothing elsewhere), earlier releases of the month as the history keeps
them, and the history's chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.figures import (
    Figures,
    read_figures,
    read_parts,
    read_statuses,
)
from gateway.verifier.month.groups import groups_of, think
from gateway.verifier.month.history import check_history, exact, past_of, tables_of
from gateway.verifier.month.lists import Key, Place, Table, read_lists, read_tables
from gateway.verifier.month.nests import joined, left_with_zeros
from gateway.verifier.month.net import Name, Net, Past, net_of
from gateway.verifier.month.populations import Population, populations, shares, with_zeros
from gateway.verifier.month.rounded import Rounded, check_together, check_unmixed, earlier_rounded
from gateway.verifier.month.rules import Rules, read_rules
from gateway.verifier.month.structure import structure_of
from gateway.verifier.public import ROUNDED
from gateway.verifier.report import Problem
from gateway.verifier.shapes import Shape, either, keys, maybe, named, one_of, read, several, text

FORMAT = "gateway-month-material/1"
_MANY = 1 << 31


def _anything(_: Any) -> bool:
    return True


_ROWS = several(_anything, 0, _MANY)
_EARLIER: Shape = keys(
    release=text,
    published=named(_anything),
    secret=named(_anything),
    parts=named(_anything),
    moves=maybe(named(named(_ROWS))),
)
SHAPE: Shape = keys(
    format=one_of(FORMAT),
    release=text,
    period=text,
    rules=named(_anything),
    lists=named(several(several(maybe(text), 3, 3), 1, _MANY)),
    tables=several(named(_anything), 1),
    entries=several(text, 1),
    beside=several(named(_anything)),
    cells=named(_anything),
    beside_cells=named(_anything),
    rests=keys(tables=several(named(_anything)), cells=named(_anything)),
    statuses=named(_anything),
    parts=named(_anything),
    history=either(
        keys(agreement=text, begun=maybe(text), releases=several(named(text), 0, _MANY)),
        keys(agreement=text, releases=several(named(text), 0, _MANY)),
    ),
    earlier=several(_EARLIER, 0, _MANY),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Month:
    """A month's secret material, taken apart as it is needed; each part raises Problem where it is amiss."""

    document: Mapping[str, Any]

    @classmethod
    def read(cls, data: bytes) -> "Month":
        """The material in ``data``. Raises Problem."""
        document = read(data, SHAPE)
        if canonical(document) != data:
            raise Problem("保密资料不是规范的 JSON", "the secret material is not canonical JSON")
        if len(document["entries"]) != len(document["tables"]):
            raise Problem("文件名与表不对应", "the entries are not those of the tables")
        return cls(document=document)

    @cached_property
    def rules(self) -> Rules:
        """The rules."""
        return read_rules(self.document["rules"])

    @cached_property
    def declared(self) -> list[Table]:
        """The release's tables."""
        return read_tables(self.document["tables"], self._lists)

    @cached_property
    def tables(self) -> list[Table]:
        """Those whose figures are not rounded."""
        return exact(self.declared)

    def rounded(self, table: Table) -> Figures:
        """The true figures of a table that is rounded."""
        return read_figures(self.document["cells"], [table])[0]

    def check_rounded(self, now: Sequence[Rounded]) -> None:
        """Raises Problem where what the release's rounded tables tell, together and with those of earlier releases, is
        more than is promised."""
        before, tables = [], [*self.declared]
        for one in self.document["earlier"]:
            theirs = tables_of(one, self._lists)
            before += earlier_rounded(one, theirs)
            tables += theirs
        check_unmixed(tables)
        check_together(now, before)

    @property
    def rounding(self) -> dict[str, Any]:
        """What certificates say of tables that are rounded: the base of each, and what is promised of them."""
        named = zip(self.document["entries"], self.declared, strict=True)
        return {"promised": ROUNDED, "bases": {entry: t.rounding for entry, t in named if t.rounding is not None}}

    @property
    def structure(self) -> dict[str, Any]:
        """What a reader has to know of the tables."""
        named = zip(self.document["entries"], self.declared, strict=True)
        return structure_of({entry: table for entry, table in named if table.rounding is None})

    @cached_property
    def _lists(self) -> Any:
        return read_lists(self.document["lists"])

    @cached_property
    def figures(self) -> list[Figures]:
        """Their figures, those that are not zero."""
        return read_figures(self.document["cells"], self.tables)

    @cached_property
    def statuses(self) -> list[Mapping[str, Mapping[Place, str]]]:
        """Their statuses. Raises Problem unless each figure has one, and a zero only where it is withheld."""
        found = read_statuses(self.document["statuses"], self.tables)
        for table, own, figures in zip(self.tables, found, self.figures, strict=True):
            for measure in table.measures:
                cells, status = figures[measure.name], own[measure.name]
                zeros = [status[place] for place in status.keys() - cells.keys()]
                if cells.keys() - status.keys() or "published" in zeros or (zeros and not measure.persons):
                    raise Problem("有单元没有状态，或状态没有单元", "a cell has no status, or a status no cell")
        return found

    @cached_property
    def with_zeros(self) -> list[Figures]:
        """Their figures with the zeros that are withheld, and those above them that everybody knows."""
        return [
            {m.name: with_zeros(table, figures[m.name], own[m.name].keys()) for m in table.measures}
            for table, figures, own in zip(self.tables, self.figures, self.statuses, strict=True)
        ]

    @cached_property
    def by_population(self) -> dict[str, dict[Key, str]]:
        """Each cell's status. Raises Problem where it has another one in another table."""
        found: dict[str, dict[Key, str]] = {}
        for table, own in zip(self.tables, self.statuses, strict=True):
            for measure in table.measures:
                cells = found.setdefault(measure.population, {})
                for place, status in own[measure.name].items():
                    if cells.setdefault(table.key(place), status) != status:
                        raise Problem("同一单元有两种状态", "a cell has two statuses")
        return found

    @cached_property
    def own(self) -> dict[str, set[Key]]:
        """The cells of the release's tables, by population."""
        found: dict[str, set[Key]] = {}
        for table, figures in zip(self.tables, self.with_zeros, strict=True):
            for measure in table.measures:
                found.setdefault(measure.population, set()).update(map(table.key, figures[measure.name]))
        return found

    @cached_property
    def counted(self) -> dict[str, Population]:
        """The populations as they are counted now, in the release's tables and in those that earlier ones had."""
        tables = [*self.tables, *self._beside, *self._rests]
        figures = [
            *self.with_zeros,
            *read_figures(self.document["beside_cells"], self._beside),
            *self._left,
        ]
        found = populations(tables, figures, read_parts(self.document["parts"]))
        for one in found.values():
            for counts in () if one.persons else one.figures:
                shares(one, counts)
        return found

    @cached_property
    def _left(self) -> list[Figures]:
        left = read_figures(self.document["rests"]["cells"], self._rests)
        return left_with_zeros([*self.tables, *self._beside], self._zeros, self._rests, left)

    @cached_property
    def _zeros(self) -> dict[str, set[Key]]:
        """By population the zeros that the release withholds."""
        found: dict[str, set[Key]] = {}
        for table, own, figures in zip(self.tables, self.statuses, self.figures, strict=True):
            for measure in table.measures:
                zeros = own[measure.name].keys() - figures[measure.name].keys()
                found.setdefault(measure.population, set()).update(map(table.key, zeros))
        return found

    @cached_property
    def now(self) -> dict[str, Population]:
        """Those of which this release says something."""
        found, rests = self.counted, {measure.population for table in self._rests for measure in table.measures}
        return {name: one for name, one in found.items() if name in rests or name in self.by_population}

    @cached_property
    def _beside(self) -> list[Table]:
        return exact(read_tables(self.document["beside"], self._lists))

    @cached_property
    def _rests(self) -> list[Table]:
        return exact(read_tables(self.document["rests"]["tables"], self._lists))

    @cached_property
    def past(self) -> list[dict[str, Past]]:
        """The populations of each earlier release of the month."""
        return [past_of(one, self._lists, one["release"] in self._imported) for one in self.document["earlier"]]

    @cached_property
    def _imported(self) -> set[str]:
        """The releases of which only what was published is known, from before the gateway."""
        return {one["release"] for one in self.document["history"]["releases"] if "declared" in one}

    @cached_property
    def nets(self) -> list[Net]:
        """The populations with all that was published of them, those that contain one another as one."""
        nets = {
            name: net_of(one, self.own.get(name, set()), [past[name] for past in self.past if name in past])
            for name, one in self.now.items()
        }
        for name, net in nets.items():
            told = {key for past in self.past if name in past for key in past[name].zeros_told(_zeros(net))}
            net.fixed |= {Name(name, key) for key in told}
        groups = groups_of(self.tables, self.figures) if self.rules.group_disclosure else {}
        for name, own in groups.items():
            think(nets[name], name, own, alone=not self.past)
        return joined(nets, [*self.tables, *self._beside], self._rests)

    @cached_property
    def status(self) -> dict[Name, str]:
        """Each own number's status; zeros that are not withheld are published."""
        found = {Name(population, key): "published" for population, keys_ in self.own.items() for key in keys_}
        for population, cells in self.by_population.items():
            found |= {Name(population, key): status for key, status in cells.items()}
        return found

    def check_structural(self) -> None:
        """Raises Problem where something lies within a declared zero."""
        rounded = ((table, self.rounded(table)) for table in self.declared if table.rounding is not None)
        wrong = sum(
            table.empty_by_declaration(table.key(place))
            for table, figures in (*zip(self.tables, self.figures, strict=True), *rounded)
            for cells in figures.values()
            for place in cells
        )
        if wrong:
            raise Problem(
                f"{wrong} 个单元声明为结构零，却有记录", f"{wrong} cells are declared zeros and are not empty"
            )

    @cached_property
    def declared_zeros(self) -> set[Name]:
        """The release's withheld zeros that are declared to be none that could be otherwise: everybody knows them."""
        return {
            Name(measure.population, key)
            for table in self.tables
            for measure in table.measures
            for key in self.own[measure.population]
            if table.zeros and table.empty_by_declaration(key)
        }

    def check_history(self) -> dict[str, Any]:
        """What certificates say of the history. Raises Problem: see ``history.check_history``."""
        return check_history(self.document)


def _zeros(net: Net) -> set[Key]:
    """The own cells that are zero."""
    return {name.key for cells in net.figures.values() for name in cells.keys() & net.own if not cells[name].value}
