"""The offer that goes with a refusal: which coarser breakdown of the same table would be safe.

Levels are left out from below, of one dimension or of several; what loses fewest figures is tried first, and the
coarsest last. Each is protected as the whole table would be: what is named is proved, not guessed."""

from collections.abc import Callable, Iterator
from itertools import product

from gateway.disclosure.declaration import TOTAL, Axis, Declaration

_TRIES = 12
"""So many breakdowns are tried, each at the cost of a table."""


def offer(spec: Declaration, safe: Callable[[Declaration], bool]) -> Declaration | None:
    """The first coarser breakdown that is ``safe``, or None."""
    candidates = list(coarser(spec))
    if len(candidates) > _TRIES:
        candidates = [*candidates[: _TRIES - 1], candidates[-1]]
    return next((candidate for candidate in candidates if safe(candidate)), None)


def coarser(spec: Declaration) -> Iterator[Declaration]:
    """The same declaration with fewer levels shown, those with the fewest left out first."""
    ways = [_shown(axis) for axis in spec.dimensions]
    combined = sorted(product(*(range(len(way)) for way in ways)), key=lambda cut: (sum(cut), cut[::-1]))
    for cut in combined:
        if any(cut):
            axes = [
                axis.model_copy(update={"shown": way[at]})
                for axis, way, at in zip(spec.dimensions, ways, cut, strict=True)
            ]
            yield spec.model_copy(update={"dimensions": tuple(axes)})


def worded(spec: Declaration, than: Declaration) -> tuple[str, str]:
    """The breakdown in words, Chinese and English: the dimensions that differ, and what of them is shown."""
    changed = [
        (axis.name, axis.shown or ())
        for axis, before in zip(spec.dimensions, than.dimensions, strict=True)
        if axis.shown != _shown(before)[0]
    ]
    zh = "；".join(f"{name} 只提供 {'、'.join(shown)}" for name, shown in changed)
    en = "; ".join(f"{name}: only {', '.join(shown)}" for name, shown in changed)
    return f"改为 {zh}（shown），已验证可以提供", f"release {en} (shown); that was tried, and is safe"


def _shown(axis: Axis) -> list[tuple[str, ...]]:
    """What can be shown of a dimension, from all its levels up to its highest alone."""
    levels = [level for level in (TOTAL, *axis.levels) if axis.shows(level)]
    return [tuple(levels[:size]) for size in range(len(levels), 0, -1)]
