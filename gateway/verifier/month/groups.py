"""Group disclosure of a month, recomputed: figures of persons of which one part holds everybody.

Whoever is known to be in such a figure is known to be in that part, unless somebody could be beside it. So what is
beside it, which is nothing, is a number of its own: whole = part + beside. It must be able to be 1. No rule asks for
that where nobody could have been in another part: where all others are declared zeros."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gateway.verifier.month.figures import NOTHING, Figure, Figures
from gateway.verifier.month.lists import Key, Place, Table
from gateway.verifier.month.net import Name, Net, tie

BESIDE = "beside"


class Group(NamedTuple):
    """All of the cell ``whole`` is in the cell ``part``, in one count."""

    counts: str
    whole: Key
    part: Key


def groups_of(tables: Sequence[Table], figures: Sequence[Figures]) -> dict[str, list[Group]]:
    """The groups of a release's ``tables``, by population. ``figures``: those that are not zero."""
    found: dict[str, dict[Group, None]] = {}
    for table, own in zip(tables, figures, strict=True):
        for measure in table.measures:
            if measure.persons:
                groups = (
                    Group(measure.counts, table.key(whole), table.key(part))
                    for whole, part in _all_in_one(table, own[measure.name])
                )
                found.setdefault(measure.population, {}).update(dict.fromkeys(groups))
    return {name: list(groups) for name, groups in found.items()}


def _all_in_one(table: Table, cells: Mapping[Place, Figure]) -> Iterator[tuple[Place, Place]]:
    """Each figure with the one part that holds everybody, where somebody could have been in another."""
    below = [axis.below() for axis in table.axes]
    for part, figure in cells.items():
        for at, axis in enumerate(table.axes):
            above = axis.codes.up(part[at], axis.levels)
            if above is None:
                continue
            whole = (*part[:at], above, *part[at + 1 :])
            if cells.get(whole, NOTHING).value != figure.value:
                continue
            others = [(*part[:at], code, *part[at + 1 :]) for code in below[at][above] if code != part[at]]
            if not all(table.empty_by_declaration(table.key(other)) for other in others):
                yield whole, part


def think(net: Net, population: str, groups: Sequence[Group], alone: bool) -> None:
    """Adds what is beside the one part of each group. Unless the release is ``alone`` in its month, earlier ones may
    tell that nobody is, whatever this one withholds: then it is given up, as for any number that is not its own."""
    names = set()
    for group in groups:
        name = Name(population, group.whole, BESIDE, json.dumps(group.part, ensure_ascii=False))
        net.figures[group.counts][name] = NOTHING
        tie(net, group.counts, Name(population, group.whole), (Name(population, group.part), name))
        names.add(name)
    net.held |= names
    net.grouped |= names
    net.asked = net.asked | names if alone else net.asked
