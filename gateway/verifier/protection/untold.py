"""What nobody lists but everybody can subtract: of releases of different levels, or of different months, a figure less
the figures in it.

A cell is known of if it is listed (withheld or not), or is the sum of such cells along one dimension. For each, and for
each set of dimensions along which cells may lie below it (one of them, or all), what no such cell holds is a cell of
its own: sensitive by the same rules, and withheld."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product

from gateway.verifier.protection.files import Key

Ways = Sequence[Mapping[str, tuple[str, ...]]]
"""For each dimension a lowest code → its codes of the levels shown, from the top down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The inner cells (by place) of ``whole`` that no cell known of and below it holds. ``along``: the dimension, or
    None for all."""

    whole: Key
    along: int | None
    inner: tuple[int, ...]

    @property
    def key(self) -> Key:
        """A name that no cell has."""
        mark = "*" if self.along is None else str(self.along)
        return (*self.whole[:-1], f"{self.whole[-1]}\\{mark}")


def rests(inner_keys: Sequence[Key], above: Ways, listed: Set[Key]) -> list[Rest]:
    """All of them that are neither empty nor all of their cell, each set of inner cells once."""
    depths = [len(next(iter(ways.values()), ())) for ways in above]
    grid = list(product(*(range(depth) for depth in depths)))  # 0 is the top
    named = [[one[code] for one, code in zip(above, key, strict=True)] for key in inner_keys]
    cells = [{at: tuple(way[i] for way, i in zip(ways, at, strict=True)) for at in grid} for ways in named]
    known = _known(grid, depths, cells, listed)
    holds: dict[Key, int] = {}
    found: dict[tuple[Key, int | None], list[int]] = {}
    for place, own in enumerate(cells):
        there = [at for at in grid if own[at] in known]
        for at in there:
            whole = own[at]
            holds[whole] = holds.get(whole, 0) + 1
            finer = [other for other in there if other != at and all(o >= a for o, a in zip(other, at, strict=True))]
            for along in (None, *range(len(at))):
                if not any(along is None or _only_along(at, other, along) for other in finer):
                    found.setdefault((whole, along), []).append(place)
    made: dict[tuple[int, ...], Rest] = {}
    for (whole, along), places in sorted(
        found.items(), key=lambda item: (item[0][0], -1 if item[0][1] is None else item[0][1])
    ):
        if len(places) < holds[whole]:
            made.setdefault(tuple(places), Rest(whole=whole, along=along, inner=tuple(places)))
    return list(made.values())


def _only_along(at: tuple[int, ...], other: tuple[int, ...], along: int) -> bool:
    return all(a == o for axis, (a, o) in enumerate(zip(at, other, strict=True)) if axis != along)


def _known(
    grid: Sequence[tuple[int, ...]],
    depths: Sequence[int],
    cells: Sequence[Mapping[tuple[int, ...], Key]],
    listed: Set[Key],
) -> set[Key]:
    known = set(listed)
    for at in sorted(grid, key=sum, reverse=True):  # the finest first
        for along, depth in enumerate(depths):
            if at[along] + 1 == depth:
                continue
            below = (*at[:along], at[along] + 1, *at[along + 1 :])
            parts: dict[Key, set[Key]] = {}
            for own in cells:
                parts.setdefault(own[at], set()).add(own[below])
            known |= {whole for whole, some in parts.items() if some <= known}
    return known
