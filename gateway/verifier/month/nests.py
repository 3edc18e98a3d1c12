"""Populations that contain one another: what is published of a whole and of a part of it tells of the rest.

The rest is a population of its own, counted and never shown. Of rows and amounts whole = part + rest; of distinct
contributors, who can be in both, part <= whole <= part + rest, now and in every earlier release of the month."""

from collections.abc import Iterator, Mapping, Sequence, Set

from gateway.verifier.month.figures import Figures
from gateway.verifier.month.lists import Key, Measure, Table, rest_of
from gateway.verifier.month.net import Name, Net, tie
from gateway.verifier.month.populations import with_zeros
from gateway.verifier.report import Problem


def joined(nets: Mapping[str, Net], tables: Sequence[Table], rests: Sequence[Table]) -> list[Net]:
    """The nets, those of wholes, parts and rests as one. ``tables``: what is published, ``rests``: what is left.

    Raises Problem where a rest was not counted, or does not fit."""
    together = {name: [name] for name in nets}
    links = list(_links(nets, tables))
    for whole, part, rest in links:
        if rest not in nets:
            raise Problem("没有统计整体减去部分之余", "what is left of a whole without a part was not counted")
        names = (whole.population, part.population, rest)
        group = list(dict.fromkeys(member for name in names for member in together[name]))
        for member in group:
            together[member] = group
    found = []
    for group in {id(group): group for group in together.values()}.values():
        net = _merged([nets[name] for name in group]) if len(group) > 1 else nets[group[0]]
        for whole, part, rest in links:
            if whole.population in group:
                shown = [table for table in rests if rest in {one.population for one in table.measures}]
                _link(net, nets, whole, part, rest, shown)
                _empty(net, whole, (part.population, rest), tables)
        found.append(net)
    return found


def left_with_zeros(
    tables: Sequence[Table], zeros: Mapping[str, Set[Key]], rests: Sequence[Table], left: Sequence[Figures]
) -> list[Figures]:
    """The figures ``left`` of the tables ``rests``, with zeros: what is left of a whole where it is a withheld zero is
    nothing that anybody was told, and could be otherwise. ``zeros``: the withheld ones of ``tables``, by population."""
    measures = [measure for table in tables for measure in table.measures]
    wholes = {rest_of(whole, part): whole.population for whole in measures for part in measures}
    found: list[Figures] = []
    for table, own in zip(rests, left, strict=True):
        made = {}
        for measure in table.measures:
            places = map(table.around, zeros.get(wholes.get(measure.population, ""), ()))
            made[measure.name] = with_zeros(table, own[measure.name], {one for one in places if one is not None})
        found.append(made)
    return found


def _links(nets: Mapping[str, Net], tables: Sequence[Table]) -> Iterator[tuple[Measure, Measure, str]]:
    measures = [measure for table in tables for measure in table.measures if measure.population in nets]
    seen = set()
    for whole in measures:
        for part in measures:
            rest = rest_of(whole, part)
            if rest is not None and (whole.population, part.population, whole.counts) not in seen:
                seen.add((whole.population, part.population, whole.counts))
                yield whole, part, rest


def _merged(several: Sequence[Net]) -> Net:
    """One net of all. Beside earlier figures a rest is let off like what came and went: they may tell it."""
    net = Net(persons=several[0].persons)
    for one in several:
        for counts, cells in one.figures.items():
            net.figures.setdefault(counts, {}).update(cells)
            net.ties.setdefault(counts, {}).update(one.ties.get(counts, {}))
            net.parts.setdefault(counts, {}).update(one.parts.get(counts, {}))
        net.own |= one.own
        net.asked |= one.asked
        net.fixed |= one.fixed
        net.held |= one.held
        net.stayed |= one.stayed
        net.grouped |= one.grouped
    if net.fixed:
        net.asked = set(net.own)
    return net


def _link(net: Net, nets: Mapping[str, Net], whole: Measure, part: Measure, rest: str, rests: Sequence[Table]) -> None:
    names, counts = (whole.population, part.population, rest), whole.counts
    cells = net.figures.get(counts, {})
    then: list[Mapping[str, Mapping[Key, Name]]] = [nets[name].then for name in names]
    releases: list[str | None] = [None, *sorted(then[0].keys() & then[1].keys() & then[2].keys())]
    for release in releases:
        keys = {name.key for name in nets[whole.population].figures.get(counts, {}) if not name.what}
        keys |= set(then[0][release]) if release is not None else set()
        for key in sorted(key for key in keys if any(_spoken_of(key, table) for table in rests)):
            own = [
                one[release].get(key, Name(of, key)) if release is not None else Name(of, key)
                for of, one in zip(names, then, strict=True)
            ]
            there = [name for name in own if name in cells]
            if own[0] not in cells:
                continue
            total, parts = cells[own[0]].value, [cells[name].value for name in there[1:]]
            distinct = whole.kind == "distinct"
            if max(parts, default=0) <= total <= sum(parts) if distinct else total == sum(parts):
                tie(net, counts, own[0], tuple(there[1:]), not (distinct and len(parts) > 1))
            elif release is None:
                raise Problem("整体、部分与其余不相符", "whole, part and rest do not fit together")


def _empty(net: Net, whole: Measure, inside: Sequence[str], tables: Sequence[Table]) -> None:
    """Where a whole is told to be nothing, everybody knows that so are its part and what is left."""
    mine = [table for table in tables if any(one.population == whole.population for one in table.measures)]
    for name in net.figures.get(whole.counts, {}):
        there = Name(whole.population, name.key) in net.figures[whole.counts]
        told = name.of in inside and not name.what and not there
        if told and any(table.place(name.key) is not None for table in mine):
            net.empty.add(name)


def _spoken_of(key: Key, table: Table) -> bool:
    """Whether the table of the rest has such a cell."""
    axes = {axis.name: axis for axis in table.axes}
    return all(name in axes and axes[name].codes.level.get(code) in axes[name].levels for name, code in key)
