"""Group disclosure: one category holds everyone, so that who is known to be among them is known to be in it.

A published zero is known to everybody, and a cell that is not listed is a zero. Where all persons of a figure are in
one of its parts, no withheld count hides that; a withheld zero does: a part that looks as if somebody could be in it.
Zeros that nobody could have expected to be anything else are declared (``structural_zeros``) and hide nothing; neither
do zeros that an earlier release told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from gateway.base.errors import InputError
from gateway.disclosure.declaration import TOTAL, Declaration
from gateway.disclosure.microdata import Microdata, Place, System, build_system, figures_over
from gateway.disclosure.rules import GroupDisclosure

_OTHERS, _CELLS = 3, 2
"""In so many other categories of so many inner cells a zero is offered to be withheld, for each figure."""
Ups = Mapping[str, Place]
"""Every code of a dimension with those above it, the top last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """``whole``: a figure all of which lies in one ``part`` along dimension ``axis``; ``others``: the codes beside the
    part's in which somebody could have been; ``cells``: the inner cells of the part."""

    whole: Place
    part: Place
    axis: int
    others: tuple[str, ...]
    cells: tuple[Place, ...]


def system_of(data: Microdata, spec: Declaration, published: Set[Place], held: Set[Place]) -> System:
    """The system, with what group disclosure asks of it where that is a rule."""
    families: list[Family] = []
    if spec.rules.group_disclosure:
        families = one_category(data, spec, published | held)
    return build_system(data, spec, published, held, [(family.whole, family.part) for family in families])


def one_category(data: Microdata, spec: Declaration, earlier: Set[Place]) -> list[Family]:
    """The figures of this and earlier releases of which one part holds everyone, though it could be otherwise."""
    inner = sorted(set(data.codes))
    figures = figures_over(inner, data, spec, earlier)
    ups = [_ups(above) for above in data.above]
    below = [_below(one) for one in ups]
    parts: dict[tuple[Place, int, int], list[Place]] = {}
    for place in figures:
        for axis, code in enumerate(place):
            above = ups[axis].get(code, ())
            whole = next((w for up in above if (w := _at(place, axis, up)) in figures), None)
            if whole is not None:
                parts.setdefault((whole, axis, len(above)), []).append(place)
    zeros = _declared(spec)
    found = []
    for (whole, axis, depth), places in sorted(parts.items()):
        part = places[0]
        codes = sorted(below[axis][whole[axis], depth] - {part[axis]})
        others = tuple(code for code in codes if not _within(_at(whole, axis, code), zeros, ups))
        if GroupDisclosure.sensitive(len(places), len(others)):
            cells = tuple(inner[at] for at in figures[part])
            found.append(Family(whole=whole, part=part, axis=axis, others=others, cells=cells))
    return found


def with_zeros(
    data: Microdata, new: Microdata, spec: Declaration, earlier: Set[Place], told: Sequence[Set[str]]
) -> Microdata:
    """The records ``data`` with empty inner cells that may be withheld, so that no figure shows that everyone is in one
    of its parts. ``new``: those of this release; ``told``: by dimension the codes that earlier releases spoke of."""
    apart = apart_from(new, told)
    ups, zeros = [_ups(above) for above in data.above], _declared(spec)
    size = [Counter[str]() for _ in spec.dimensions]
    held: Counter[Place] = Counter()
    for codes, value in zip(data.codes, data.values, strict=True):
        held[codes] += value
        for axis, code in enumerate(codes):
            size[axis].update(dict.fromkeys((code, *ups[axis][code]), value))
    lowest = [_lowest(above) for above in data.above]
    found: set[Place] = set()
    for family in one_category(data, spec, earlier):
        axis = family.axis
        for other in sorted(family.others, key=lambda code: (-size[axis][code], code))[:_OTHERS]:
            for cell in sorted(family.cells, key=lambda cell: (-held[cell], cell))[:_CELLS]:
                beside = (_at(cell, axis, code) for code in lowest[axis].get(other, ()))
                free = (one for one in beside if not _within(one, zeros, ups) and _open(one, told, apart))
                found.update(one for one in [next(free, None)] if one is not None)
    return replace(data, zeros=tuple(sorted((found | set(data.zeros)) - held.keys())))


def check_structural(data: Microdata, spec: Declaration) -> None:
    """Raises InputError where a record lies within a declared zero; counts, no codes."""
    zeros, ups = _declared(spec), [_ups(above) for above in data.above]
    wrong = sum(_within(codes, zeros, ups) for codes in set(data.codes)) if zeros else 0
    if wrong:
        raise InputError(
            f"{wrong} 个单元格声明为结构零，却有记录",
            f"{wrong} cells are declared structural zeros and have records",
            safe=("没有生成任何文件", "no file was made"),
        )


def _declared(spec: Declaration) -> list[Place]:
    return [tuple(zero.get(axis.name, TOTAL) for axis in spec.dimensions) for zero in spec.structural_zeros]


def _within(place: Place, zeros: Sequence[Place], ups: Sequence[Ups]) -> bool:
    """Whether nothing can be at a place: it is part of a declared zero."""
    return any(
        all(up in (TOTAL, code) or up in above.get(code, ()) for code, up, above in zip(place, zero, ups, strict=True))
        for zero in zeros
    )


def apart_from(new: Microdata, told: Sequence[Set[str]]) -> dict[int, set[str]]:
    """The dimensions along which a release is about something of which no earlier one spoke (another month), and its
    codes there. What an earlier release did not list of anything else, it told to be empty."""
    found: dict[int, set[str]] = {}
    for axis, spoken in enumerate(told):
        codes = {place[axis] for place in new.codes}
        nodes = {node for code in codes for node in (code, *new.above[axis][code])}
        if codes and spoken.isdisjoint(nodes):
            found[axis] = codes
    return found


def _open(cell: Place, told: Sequence[Set[str]], apart: Mapping[int, Set[str]]) -> bool:
    """Whether no earlier release told that a cell is empty."""
    return not told or any(cell[axis] in codes for axis, codes in apart.items())


def _at(place: Place, axis: int, code: str) -> Place:
    return (*place[:axis], code, *place[axis + 1 :])


def _ups(above: Mapping[str, Place]) -> Ups:
    chains = ((code, *ups) for code, ups in above.items())
    return {chain[at]: chain[at + 1 :] for chain in chains for at in range(len(chain) - 1)}


def _below(ups: Ups) -> dict[tuple[str, int], set[str]]:
    """The codes under a code, by how many are above them."""
    found: dict[tuple[str, int], set[str]] = {}
    for code, above in ups.items():
        for one in above:
            found.setdefault((one, len(above)), set()).add(code)
    return found


def _lowest(above: Mapping[str, Place]) -> dict[str, list[str]]:
    """The lowest codes under a code, or of it."""
    found: dict[str, list[str]] = {}
    for code, node in _chains(above):
        found.setdefault(node, []).append(code)
    return found


def _chains(above: Mapping[str, Place]) -> Iterator[tuple[str, str]]:
    for code, ups in sorted(above.items()):
        for node in (code, *ups):
            yield code, node
