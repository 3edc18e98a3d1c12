"""What is left of a figure without the figures in it: a month's towns and later a total of the months tell by
subtraction what came between. It is no figure of any release, and has to be protected like one.

A cell is *told* if a release lists it, shown or withheld, or if all its parts along one dimension are told. Of each
told cell is left what no told cell below it holds, and for each dimension what no told cell below it along that
dimension holds. Where every cell of the levels that releases show is listed nothing is left."""

from collections.abc import Iterator, Sequence, Set
from itertools import product
from typing import TYPE_CHECKING

from gateway.disclosure.declaration import TOTAL, Declaration

if TYPE_CHECKING:
    from gateway.disclosure.microdata import Microdata

Place = tuple[str, ...]
Levels = tuple[int, ...]
"""For each dimension how many of the shown levels are below a cell's."""


def rests(
    inner: Sequence[Place], data: "Microdata", spec: Declaration, earlier: Set[Place]
) -> list[tuple[int, ...]] | None:
    """The inner cells (by number) of everything that is left; None where every cell of the levels shown is listed.
    ``earlier``: the places that other releases list."""
    ways = _ways(data, spec, earlier)
    shown = [{level for level in (*axis.levels, TOTAL) if axis.shows(level)} for axis in spec.dimensions]
    depth: dict[Place, Levels] = {}
    listed: set[Place] = set()
    below: dict[tuple[Place, int], set[Place]] = {}
    for codes in inner:
        way = [one[code] for one, code in zip(ways, codes, strict=True)]
        for levels, place in _places(way):
            depth[place] = levels
            if place in earlier or all(way[a][at][1] in shown[a] for a, at in enumerate(levels)):
                listed.add(place)
            for axis, at in enumerate(levels):
                if at:
                    part = (*place[:axis], way[axis][at - 1][0], *place[axis + 1 :])
                    below.setdefault((place, axis), set()).add(part)
    if len(listed) == len(depth):
        return None
    told = _told(listed, depth, below)
    left: dict[tuple[Place, int], list[int]] = {}
    size: dict[Place, int] = {}
    for number, codes in enumerate(inner):
        found = dict(_places([one[code] for one, code in zip(ways, codes, strict=True)]))
        known = [levels for levels, place in found.items() if place in told]
        for levels in known:
            size[found[levels]] = size.get(found[levels], 0) + 1
            for axis in _not_covered(levels, known):
                left.setdefault((found[levels], axis), []).append(number)
    return sorted({tuple(cells) for (place, _), cells in left.items() if len(cells) < size[place]})


def _ways(data: "Microdata", spec: Declaration, earlier: Set[Place]) -> list[dict[str, list[tuple[str, str]]]]:
    """By dimension each lowest code's codes, upward, with their levels: of those levels that some release shows."""
    found = []
    for at, (axis, above) in enumerate(zip(spec.dimensions, data.above, strict=True)):
        levels = (*reversed(axis.levels), TOTAL)
        codes = {place[at] for place in earlier}
        chains = {code: list(zip((code, *ups), levels, strict=True)) for code, ups in above.items()}
        spoken = {level for chain in chains.values() for node, level in chain if node in codes or axis.shows(level)}
        found.append({code: [one for one in chain if one[1] in spoken] for code, chain in chains.items()})
    return found


def _places(way: Sequence[Sequence[tuple[str, str]]]) -> Iterator[tuple[Levels, Place]]:
    for levels in product(*(range(len(chain)) for chain in way)):
        yield levels, tuple(chain[at][0] for chain, at in zip(way, levels, strict=True))


def _told(listed: Set[Place], depth: dict[Place, Levels], below: dict[tuple[Place, int], set[Place]]) -> set[Place]:
    """The listed cells, and those that are sums of told ones."""
    told = set(listed)
    for place in sorted(depth, key=lambda place: (sum(depth[place]), place)):
        if any((place, axis) in below and below[place, axis] <= told for axis in range(len(place))):
            told.add(place)
    return told


def _not_covered(levels: Levels, known: Sequence[Levels]) -> Iterator[int]:
    """Along which dimensions (−1: in any way) no cell of the ``known`` levels lies below a cell, over an inner one."""
    within = [other for other in known if other != levels and all(a <= b for a, b in zip(other, levels, strict=True))]
    if not within:
        yield -1
    for axis in range(len(levels)):
        if not any(other[:axis] + other[axis + 1 :] == levels[:axis] + levels[axis + 1 :] for other in within):
            yield axis
