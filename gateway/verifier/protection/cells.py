"""All cells of a table, recomputed from its contributors: values, groups, largest groups, and what lies in what."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from typing import Any

from gateway.verifier.protection.declaration import TOP, Declaration
from gateway.verifier.protection.files import Key
from gateway.verifier.protection.untold import Rest, rests
from gateway.verifier.protection.zeros import Group, check_structural, groups, possible
from gateway.verifier.report import Problem

MOST = 1 << 52
"""Above this total, whole numbers are no longer exact in a solver's floating point."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The non-empty cells of the levels shown, m of them, and the n inner cells (lowest level in every dimension).

    ``inside``: m×n sparse matrix of zeros and ones, which inner cells make up a cell. ``inner``: for each inner cell
    its place among the cells, or -1 where the lowest levels are not shown; ``inner_value``: by how much it is more than
    everybody knows it to be at least: 1 where there is something, since values are whole and a zero is not listed.
    ``own``: sparse n×(number of groups), by how much the groups' values in the inner cells are more than that;
    ``shares``: the same summed over the cells. ``leaders``: for each cell the groups that have its largest value;
    ``runners``: those that have the second largest (where several are the largest, these). ``knower``: for each inner
    cell the one group that is alone in it, or -1. The last of the cells, from ``figures`` on, are no figures: ``rests``
    of them what is left of some (see ``untold``), then what lies beside a part that holds everyone (see ``zeros``)."""

    keys: tuple[Key, ...]
    figures: int
    value: Any
    groups: Any
    largest: Any
    second: Any
    leaders: tuple[tuple[int, ...], ...]
    runners: tuple[tuple[int, ...], ...]
    inner: Any
    inner_value: Any
    inside: Any
    own: Any
    shares: Any
    knower: Any
    names: tuple[str, ...]
    rests: int = 0


def recompute(
    declaration: Declaration,
    codes: Sequence[Sequence[str]],
    groups: list[str],
    values: list[int],
    withheld: Set[Key] = frozenset(),
    listed: Set[Key] | None = None,
) -> Cells:
    """The cells of the contributors' rows (see ``read_contributors``); one that holds nothing but 0 is empty, and none
    but those that are ``withheld``. ``listed``: the cells that are, where not all need be. Raises Problem."""
    import numpy as np
    from scipy import sparse

    if not any(values) or sum(values) * 100 >= MOST:
        raise Problem("没有行，或总值过大", "there are no rows, or the total is too large")
    paths = node_paths(declaration, codes)
    kept = [at for at, value in enumerate(values) if value]
    values, groups = [values[at] for at in kept], [groups[at] for at in kept]
    everywhere = list(zip(*(path[-1] for path in paths), strict=True))
    lowest = [everywhere[at] for at in kept]
    above = ancestors(declaration, paths)
    inner_keys, beside = _with_zeros(declaration, set(lowest), above, paths, withheld)
    names = tuple(sorted(set(groups)))
    at, who = {key: i for i, key in enumerate(inner_keys)}, {name: i for i, name in enumerate(names)}
    rows, columns = [at[key] for key in lowest], [who[name] for name in groups]
    shape = (len(inner_keys), len(names))
    present = sparse.csr_array((np.ones(len(values), dtype=np.int64), (rows, columns)), shape=shape)
    own = sparse.csr_array((np.array(values, dtype=np.int64), (rows, columns)), shape=shape)
    keys, inside = membership(inner_keys, above)
    place = {key: i for i, key in enumerate(keys)}
    left = rests(inner_keys, above, listed) if listed is not None else []
    figures = len(keys)
    keys = (*keys, *(rest.key for rest in left), *(group.key for group in beside))
    inside = _with_rests(_beside(inside, place, beside), figures, left)
    value, count, largest, second, leaders, runners = _leading(sparse.csr_array(inside @ own))
    beyond = own.copy()
    beyond.data = beyond.data - 1
    shares = sparse.csr_array(inside @ beyond)
    inner_value = np.asarray(own.sum(axis=1)).ravel().astype(np.int64)
    return Cells(
        keys=keys,
        figures=figures,
        rests=len(left),
        value=value,
        groups=count,
        largest=largest,
        second=second,
        leaders=leaders,
        runners=runners,
        inner=np.array([place.get(key, -1) for key in inner_keys]),
        inner_value=np.maximum(inner_value - 1, 0),
        inside=inside,
        own=beyond,
        shares=shares,
        knower=_knowers(own, present),
        names=names,
    )


def _with_zeros(
    declaration: Declaration,
    inner: Set[Key],
    above: list[dict[str, tuple[str, ...]]],
    paths: list[list[tuple[str, ...]]],
    withheld: Set[Key],
) -> tuple[list[Key], list[Group]]:
    """The inner cells with those that are empty and not known to be; the groups of which one part holds everyone."""
    full = [{way[-1]: way for way in set(zip(*path, strict=True))} for path in paths]
    check_structural(declaration, inner, full)
    if not declaration.group_disclosure:
        return sorted(inner), []
    keys = set(membership(sorted(inner), above)[0])
    empty = possible(declaration, keys, withheld, inner, above, full)
    return sorted(inner | empty), groups(declaration, keys, above, full)


def _beside(inside: Any, place: Mapping[Key, int], beside: Sequence[Group]) -> Any:
    """``inside`` with a row for each group: the inner cells of the whole that are not in the part."""
    from scipy import sparse

    if not beside:
        return inside
    wholes, parts = ([place[key] for key in keys] for keys in zip(*((g.whole, g.part) for g in beside), strict=True))
    rows = sparse.csr_array(inside[wholes] - inside[parts])
    rows.eliminate_zeros()
    return sparse.csr_array(sparse.vstack([inside, rows]))


def _with_rests(inside: Any, figures: int, left: Sequence[Rest]) -> Any:
    """``inside`` with a row for each rest, behind the figures."""
    import numpy as np
    from scipy import sparse

    if not left:
        return inside
    ends = np.cumsum([0, *(len(rest.inner) for rest in left)])
    places = np.concatenate([np.array(rest.inner, dtype=np.int64) for rest in left])
    rows = sparse.csr_array((np.ones(len(places), dtype=np.int64), places, ends), shape=(len(left), inside.shape[1]))
    return sparse.csr_array(sparse.vstack([inside[:figures], rows, inside[figures:]]))


def node_paths(declaration: Declaration, codes: Sequence[Sequence[str]]) -> list[list[tuple[str, ...]]]:
    """For each dimension its columns from the top down, one code a row. Raises Problem where a code stands on two
    levels, below two parents, or is the top's: a cell would have no one name."""
    paths, start = [], 0
    for dimension in declaration.dimensions:
        columns = [tuple(column) for column in codes[start : start + len(dimension.levels)]]
        start += len(dimension.levels)
        seen: set[str] = {TOP}
        for above, column in zip([None, *columns], columns, strict=False):
            own = set(column)
            parents = set(zip(column, above, strict=True)) if above is not None else own
            if len(parents) != len(own) or own & seen:
                raise Problem(
                    f"维度 {dimension.name} 的代码不成层次", f"the codes of {dimension.name} are not a hierarchy"
                )
            seen |= own
        paths.append([(TOP,) * len(columns[0]), *columns])
    return paths


def ancestors(declaration: Declaration, paths: list[list[tuple[str, ...]]]) -> list[dict[str, tuple[str, ...]]]:
    """For each dimension: a lowest code → its codes of the levels shown, from the top down."""
    made = []
    for dimension, path in zip(declaration.dimensions, paths, strict=True):
        every = (TOP, *dimension.levels)
        at = [every.index(level) for level in dimension.shown]
        made.append({way[-1]: tuple(way[i] for i in at) for way in set(zip(*path, strict=True))})
    return made


def membership(inner_keys: Sequence[Key], above: list[dict[str, tuple[str, ...]]]) -> tuple[tuple[Key, ...], Any]:
    """The keys of all cells that hold inner ones, sorted, and which. ``above``: see ``ancestors``."""
    import numpy as np
    from scipy import sparse

    pairs = [
        (key, i)
        for i, lowest in enumerate(inner_keys)
        for key in product(*(one[code] for one, code in zip(above, lowest, strict=True)))
    ]
    keys = tuple(sorted({key for key, _ in pairs}))
    place = {key: i for i, key in enumerate(keys)}
    rows, columns = [place[key] for key, _ in pairs], [i for _, i in pairs]
    shape = (len(keys), len(inner_keys))
    return keys, sparse.csr_array((np.ones(len(pairs), dtype=np.int64), (rows, columns)), shape=shape)


def _leading(shares: Any) -> tuple[Any, Any, Any, Any, tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    import numpy as np

    count = np.diff(shares.indptr)
    total = np.asarray(shares.sum(axis=1)).ravel().astype(np.int64)
    largest, second = np.zeros_like(total), np.zeros_like(total)
    leaders: list[tuple[int, ...]] = []
    runners: list[tuple[int, ...]] = []
    for i in range(len(total)):
        data = shares.data[shares.indptr[i] : shares.indptr[i + 1]]
        who = shares.indices[shares.indptr[i] : shares.indptr[i + 1]]
        order = np.sort(data)[::-1]
        largest[i], second[i] = (int(order[k]) if len(order) > k else 0 for k in (0, 1))
        leaders.append(tuple(sorted(who[data == largest[i]].tolist())))
        runners.append(tuple(sorted(who[data == second[i]].tolist())))
    return total, count, largest, second, tuple(leaders), tuple(runners)


def _knowers(own: Any, present: Any) -> Any:
    """Who is alone in an inner cell: the only group with a value above 0; where there is none, the only group."""
    import numpy as np

    alone = np.full(own.shape[0], -1, dtype=np.int64)
    for i in range(own.shape[0]):
        who = present.indices[present.indptr[i] : present.indptr[i + 1]]
        span = slice(own.indptr[i], own.indptr[i + 1])
        positive = own.indices[span][own.data[span] > 0]
        candidates = positive if len(positive) else who
        if len(candidates) == 1:
            alone[i] = candidates[0]
    return alone
