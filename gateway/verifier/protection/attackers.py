"""Who attacks and what they know beyond the published figures: sets of contributor groups, and the outsider.

A set of attackers is a whole number whose bits are the groups; the bit above the last group is the outsider."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.worlds import Worlds


def bits(attackers: int) -> Iterator[int]:
    """The numbers in a set."""
    while attackers:
        lowest = attackers & -attackers
        yield lowest.bit_length() - 1
        attackers ^= lowest


def members(numbers: Sequence[int]) -> int:
    """The set of some groups."""
    return sum(1 << number for number in numbers)


def union(numbers: Any, size: int) -> int:
    """The set of ``numbers`` (below ``size``)."""
    import numpy as np

    if len(numbers) < 32:
        found = 0
        for number in numbers.tolist():
            found |= 1 << number
        return found
    marks = np.zeros(size, dtype=bool)
    marks[numbers] = True
    return int.from_bytes(np.packbits(marks, bitorder="little").tobytes(), "little")


def marked(attackers: int, size: int) -> Any:
    """Of each of ``size`` groups whether it is in a set; behind them the outsider's place, which stays empty."""
    import numpy as np

    data = (attackers & ((1 << size) - 1)).to_bytes(size // 8 + 1, "little")
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")[: size + 1].astype(bool)


def excluded(worlds: Worlds, cells: Cells, value: Any) -> list[int]:
    """Of each world the groups that know that it is not so: it changes an inner cell in which they are alone, or leaves
    less in one than they have there themselves. ``value``: the inner cells' values, counted as ``cells.own`` is."""
    import numpy as np

    counts = np.diff(worlds.ends)
    which = np.repeat(np.arange(len(worlds)), counts)
    unit = np.repeat(worlds.unit, counts)
    alone = cells.knower[worlds.places]
    falls = np.flatnonzero(worlds.steps < 0)
    held = cells.own[worlds.places[falls]]
    often = np.diff(held.indptr)
    left = (value[worlds.places] * unit + worlds.steps)[falls]
    short = held.data * np.repeat(unit[falls], often) > np.repeat(left, often)
    groups = np.concatenate([alone[alone >= 0], held.indices[short]])
    owner = np.concatenate([which[alone >= 0], np.repeat(which[falls], often)[short]])
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(len(worlds) + 1))
    groups = groups[order]
    return [union(groups[a:b], len(cells.names)) for a, b in pairwise(ends)]


def bounds(attackers: int, cells: Cells, fixed: Any, value: Any) -> tuple[Any, Any]:
    """How far each inner cell may change so that none of ``attackers`` knows better; outsiders know ``fixed``."""
    import numpy as np

    low, high = -value.astype(float), np.full(len(value), np.inf)
    among = marked(attackers, len(cells.names))
    if among.any():
        theirs = np.flatnonzero(among[cells.own.indices])
        held = np.zeros(len(value))
        np.maximum.at(held, np.searchsorted(cells.own.indptr, theirs, side="right") - 1, cells.own.data[theirs])
        low = np.minimum(0.0, low + held)
    still = fixed | among[cells.knower]  # nobody (-1) is the last, who is not among them
    low[still], high[still] = 0.0, 0.0
    return low, high
