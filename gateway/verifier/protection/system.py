"""The linear system that published figures are: what of it binds the hidden inner cells, without its repetitions.

Unknowns are the changes of the inner cells, counted by their place among the inner cells. Each published cell is one
equation: its inner cells together do not change, and those that are published don't at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gateway.verifier.protection.files import Key


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class System:
    """``fixed``: for each inner cell whether the equations pin it by themselves (published, or alone in an equation).
    ``rows``: sparse matrix of the equations left, no two alike, over the inner cells. ``equations``: sparse matrix of
    all published cells as given, to check worlds with. ``inside``: what each cell is made of."""

    fixed: Any
    rows: Any
    equations: Any
    inside: Any


def build(inside: Any, inner: Any, hidden: Any, keys: Sequence[Key], parents: Sequence[Mapping[str, str]]) -> System:
    """The system of the cells ``keys``, of which ``hidden`` (m truths) are withheld.

    ``inside``: m×n; ``inner``: the n inner cells' places (-1: not listed); ``parents``: for each dimension a
    code's upper code."""
    import numpy as np

    fixed = (inner >= 0) & ~hidden[inner]
    rows = _differences(inside, hidden, keys, parents)
    while True:
        rows = {tuple(i for i in row if not fixed[i]) for row in rows} - {()}
        single = [row[0] for row in rows if len(row) == 1]
        if not single:
            break
        fixed[single] = True
    shown = np.flatnonzero(~hidden)
    return System(fixed=fixed, rows=_matrix(sorted(rows), len(fixed)), equations=inside[shown], inside=inside)


def parents_of(above: Sequence[Mapping[str, tuple[str, ...]]]) -> list[dict[str, str]]:
    """For each dimension a code's upper code, from the ways down of ``cells.ancestors``."""
    return [{code: upper for way in one.values() for upper, code in pairwise(way)} for one in above]


def _matrix(rows: Sequence[tuple[int, ...]], width: int) -> Any:
    import numpy as np
    from scipy import sparse

    ends = np.cumsum([0, *map(len, rows)])
    places = np.array([i for row in rows for i in row], dtype=np.int64)
    return sparse.csr_array((np.ones(len(places), dtype=np.int64), places, ends), shape=(len(rows), width))


def _differences(
    inside: Any, hidden: Any, keys: Sequence[Key], parents: Sequence[Mapping[str, str]]
) -> set[tuple[int, ...]]:
    """Each published cell less its published children along the dimension that leaves fewest inner cells: the same
    equations, and far sparser."""
    children: list[dict[Key, list[int]]] = [{} for _ in parents]
    for place, key in enumerate(keys):
        for along, parent in enumerate(parents):
            if key[along] in parent:
                upper = (*key[:along], parent[key[along]], *key[along + 1 :])
                children[along].setdefault(upper, []).append(place)
    ends, places = inside.indptr.tolist(), inside.indices.tolist()
    content = [places[a:b] for a, b in pairwise(ends)]
    rows = set()
    for place, key in enumerate(keys):
        if not hidden[place]:
            ways = [below[key] for below in children if key in below]
            left: list[list[int]] = [_joined(content[child] for child in way if hidden[child]) for way in ways]
            left.append(content[place])
            fewest: list[int] = min(left, key=len)
            rows.add(tuple(sorted(fewest)))
    return rows


def _joined(parts: Iterable[list[int]]) -> list[int]:
    return [i for part in parts for i in part]
