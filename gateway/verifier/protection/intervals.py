"""How narrowly anyone can know each withheld cell, from published figures alone: two linear programmes a cell.

Assumes what every reader may: values are whole numbers, cells that are not listed are empty, and those that are listed
are not, unless the declaration says that zeros are withheld (``group_disclosure``)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.verifier.protection.cells import ancestors, membership, node_paths
from gateway.verifier.protection.declaration import TOP, Declaration, read_declaration
from gateway.verifier.protection.files import Key, contents, read_contributors, read_published
from gateway.verifier.protection.solver import Programme
from gateway.verifier.protection.system import System, build, parents_of
from gateway.verifier.report import Problem

_FAR = float(1 << 40)
_DIGITS = 6
Parents = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A withheld cell: its codes, the least and the most it can be; ``most`` is None where nothing limits it."""

    key: Key
    least: float
    most: float | None


def intervals(
    published: Path | bytes,
    declaration: Path | bytes,
    *,
    parents: Parents | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Interval, ...]:
    """The interval of each withheld cell. ``parents``: for each dimension a code's upper code; without it the longest
    other code that a code begins with, as in official code lists. Raises Problem."""
    import numpy as np

    terms = read_declaration(contents(declaration, "declaration"))
    found = read_published(contents(published, "published.csv"), terms)
    keys, inside, system = _system(found, _paths(terms, found, parents))
    values = np.array([-1 if found[key] is None else found[key] for key in keys], dtype=float)
    least = 0.0 if terms.group_disclosure else 1.0
    known = _one_world(inside, values, least)
    programme = Programme(system.rows, inside[:0], np.where(system.fixed, 0.0, least - known), _roof(system.fixed))
    seen: dict[bytes, tuple[float, float | None]] = {}
    made = []
    withheld = np.flatnonzero(values < 0).tolist()
    for number, place in enumerate(withheld, start=1):
        weight = np.asarray(inside[[place]].toarray()).ravel().astype(float)
        free = (weight * ~system.fixed).tobytes()
        if free not in seen:
            seen[free] = _moves(programme, weight)
        less, more = seen[free]
        now = float(weight @ known)
        most = None if more is None else round(now + more, _DIGITS)
        floor = max(least * float(weight.sum()), round(now - less, _DIGITS))
        made.append(Interval(key=keys[place], least=floor, most=most))
        if progress and number % 500 == 0:
            progress(f"intervals {number}/{len(withheld)}")
    return tuple(made)


def parents_in(contributors: Path | bytes, declaration: Path | bytes) -> Parents:
    """For each dimension a code's upper code, from the contributors' file. Raises Problem."""
    terms = read_declaration(contents(declaration, "declaration"))
    codes, _, _ = read_contributors(contents(contributors, "contributors"), terms)
    named = zip(terms.dimensions, parents_of(ancestors(terms, node_paths(terms, codes))), strict=True)
    return {dimension.name: upper for dimension, upper in named}


def _moves(programme: Programme, weight: Any) -> tuple[float, float | None]:
    """How far a cell can fall and rise. Raises Problem where the programme gives no answer."""
    import numpy as np

    none = np.zeros(0)
    far = []
    for sign in (-1.0, 1.0):
        change = programme.best(sign * weight, programme.low, programme.high, none, none, warm=True)
        if change is None:
            change = programme.best(sign * weight, programme.low, programme.high, none, none)
        if change is None:
            raise Problem("求解器未给出答案", "the solver gave no answer")
        far.append(sign * float(weight @ change))
    return far[0], far[1] if far[1] < _FAR / 2 else None


def _roof(fixed: Any) -> Any:
    import numpy as np

    return np.where(fixed, 0.0, _FAR)


def _paths(terms: Declaration, found: Mapping[Key, Any], parents: Parents | None) -> list[dict[str, tuple[str, ...]]]:
    """For each dimension: a code of the lowest level shown → its codes of the levels shown, from the top down.
    What lies below is left out: it is in no figure but as a part of those."""
    made = []
    for along, dimension in enumerate(terms.dimensions):
        codes = sorted({key[along] for key in found} - {TOP})
        upper = dict(parents[dimension.name]) if parents else {code: _prefix(code, codes) for code in codes}
        top = (TOP,) if TOP in dimension.shown else ()
        known = [_way(code, upper, len(dimension.levels)) for code in codes] or [()]
        ways = [(*top, *(code for code in way if code in codes)) for way in known]
        lowest = [way for way in ways if len(way) == len(dimension.shown)]
        if {code for way in lowest for code in way} - {TOP} != set(codes):
            raise Problem(f"维度 {dimension.name} 的代码不成层次", f"the codes of {dimension.name} are not a hierarchy")
        made.append({way[-1]: way for way in lowest})
    return made


def _prefix(code: str, codes: Sequence[str]) -> str:
    return max((other for other in codes if other != code and code.startswith(other)), key=len, default=TOP)


def _way(code: str, upper: Mapping[str, str], depth: int) -> tuple[str, ...]:
    way = [code]
    while way[0] != TOP and len(way) <= depth + 1:
        way.insert(0, upper.get(way[0], TOP))
    return tuple(way)


def _system(
    found: Mapping[Key, int | None], paths: list[dict[str, tuple[str, ...]]]
) -> tuple[tuple[Key, ...], Any, System]:
    import numpy as np

    inner_keys = sorted(key for key in found if all(code in path for code, path in zip(key, paths, strict=True)))
    if not inner_keys:
        raise Problem("没有最细的单元", "there are no inner cells")
    keys, inside = membership(inner_keys, paths)
    if set(keys) != found.keys():
        raise Problem("published.csv 的单元不完整", "the cells of published.csv are not complete")
    place = {key: at for at, key in enumerate(keys)}
    hidden = np.array([found[key] is None for key in keys])
    inner = np.array([place[key] for key in inner_keys])
    return keys, inside, build(inside, inner, hidden, keys, parents_of(paths))


def _one_world(inside: Any, values: Any, least: float) -> Any:
    """Some values of the inner cells, of ``least`` or more, that give everything published. Raises Problem where there
    are none."""
    import numpy as np

    shown = np.flatnonzero(values >= 0)
    width = inside.shape[1]
    floor = np.full(width, least)
    programme = Programme(inside[:0], inside[shown], floor, np.full(width, np.inf))
    found = programme.best(np.zeros(width), floor, programme.high, values[shown] - 0.0, values[shown])
    if found is None or np.abs(inside[shown] @ found - values[shown]).max(initial=0.0) > 1e-5:
        raise Problem("已公布的数字互相矛盾", "the published figures contradict each other")
    return np.maximum(found, least)
