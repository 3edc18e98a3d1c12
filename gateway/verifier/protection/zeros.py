"""Group disclosure, recomputed: figures of persons all of which lie in one part, though somebody could be in another.

A zero is known to everybody unless it is listed as withheld; an empty inner cell can be otherwise only if every figure
of nothing that it is part of is withheld, and it is not declared to be a structural zero."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise, product

from gateway.verifier.protection.declaration import TOP, Declaration
from gateway.verifier.protection.files import Key
from gateway.verifier.report import Problem

_MOST = 2_000_000
Ways = Sequence[Mapping[str, Key]]
"""For each dimension a lowest code → its codes of some levels, from the top down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All of the figure ``whole`` lies in the figure ``part``, which has another code along one dimension."""

    whole: Key
    part: Key

    @property
    def key(self) -> Key:
        """The name of what is beside the part."""
        return tuple(a if a == b else f"{a}\\{b}" for a, b in zip(self.whole, self.part, strict=True))


def groups(declaration: Declaration, keys: Set[Key], shown: Ways, full: Ways) -> list[Group]:
    """The groups among the figures ``keys`` that are not empty.

    ``shown``, ``full``: a lowest code's codes of the levels shown, and of all levels."""
    if not declaration.group_disclosure:
        return []
    parents = [_parents(ways.values()) for ways in shown]
    parts: dict[tuple[Key, int], list[Key]] = {}
    for key in keys:
        for along, parent in enumerate(parents):
            if key[along] in parent:
                whole = (*key[:along], parent[key[along]], *key[along + 1 :])
                parts.setdefault((whole, along), []).append(key)
    codes: list[dict[str, set[str]]] = [{} for _ in parents]
    for along, parent in enumerate(parents):
        for code, upper in parent.items():
            codes[along].setdefault(upper, set()).add(code)
    places = _Places(declaration, full)
    found = []
    for (whole, along), own in sorted(parts.items()):
        others = codes[along][whole[along]] - {own[0][along]}
        free = (not places.structural((*whole[:along], other, *whole[along + 1 :])) for other in others)
        if whole in keys and len(own) == 1 and any(free):
            found.append(Group(whole=whole, part=own[0]))
    return found


def possible(
    declaration: Declaration, full_keys: Set[Key], withheld: Set[Key], inner: Set[Key], shown: Ways, full: Ways
) -> set[Key]:
    """The empty inner cells that nobody knows to be empty. ``full_keys``: the figures that are not empty; ``withheld``:
    those of nothing that are withheld; ``inner``: the inner cells that are not empty. Raises Problem for too many."""
    places = _Places(declaration, full)
    under: list[dict[str, list[str]]] = [{} for _ in shown]
    for along, ways in enumerate(shown):
        for lowest, way in ways.items():
            for code in way:
                under[along].setdefault(code, []).append(lowest)
    tried: set[Key] = set()
    for key in withheld:
        if any(code not in below for code, below in zip(key, under, strict=True)):
            continue
        for cell in product(*(below[code] for code, below in zip(key, under, strict=True))):
            tried.add(cell)
            if len(tried) > _MOST:
                raise Problem("隐去的零过多，无法核验", "there are too many withheld zeros to verify")
    may = full_keys | withheld
    return {
        cell
        for cell in tried - inner
        if not places.structural(cell)
        and all(key in may for key in product(*(ways[code] for ways, code in zip(shown, cell, strict=True))))
    }


def check_structural(declaration: Declaration, inner: Set[Key], full: Ways) -> None:
    """Raises Problem where something lies within a declared zero."""
    places = _Places(declaration, full)
    wrong = sum(map(places.structural, inner)) if declaration.structural_zeros else 0
    if wrong:
        raise Problem(
            f"{wrong} 个单元声明为结构零，却有记录", f"{wrong} cells are declared structural zeros and are not empty"
        )


class _Places:
    """Which places lie within a declared zero."""

    def __init__(self, declaration: Declaration, full: Ways) -> None:
        self._zeros = declaration.structural_zeros
        self._above: list[dict[str, set[str]]] = []
        for ways in full if self._zeros else ():
            self._above.append({way[at]: {*way[: at + 1], TOP} for way in ways.values() for at in range(len(way))})

    def structural(self, key: Key) -> bool:
        return any(
            all(code in above.get(own, {own, TOP}) for own, code, above in zip(key, zero, self._above, strict=True))
            for zero in self._zeros
        )


def _parents(ways: Iterable[Key]) -> dict[str, str]:
    return {code: upper for way in ways for upper, code in pairwise(way)}
