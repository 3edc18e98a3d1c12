"""Controlled rounding: every figure is published as a multiple of a base, and all totals still add up.

What it promises. Published values are multiples of the base, not negative, and add up over all hierarchies and
dimensions, since all are sums of the same rounded inner cells; equal cells are equal. Each lies less than one base from
the truth, and a multiple of the base stays itself (*zero-restricted*); where a table allows no such rounding, less than
two bases, with the least sum of deviations. The same records give the same bytes, in whatever order.

What it protects. A cell of 1 … base − 1 persons is published as 0 or as the base, drawn so that on average it is right.
The published table is itself a possible truth: somebody who knows the base and the method can't rule it out, so no
count that is not a multiple of the base is ever known exactly. That holds because a rounded zero looks like a real one:
cells rounded to 0 are left out of what is published, as empty ones are. The draw depends on all records, which nobody
outside has. Not promised: that the values left to an attacker are as wide as a minimum number of persons asks for, nor
anything against somebody who knows all records but one.

Sources: Langsrud and Heldal, An Algorithm for Small Count Rounding of Tabular Data (PSD 2018), for additive rounding
from inner cells; Salazar-González, Controlled rounding and cell perturbation (Math. Programming 105, 2006), for the
integer programme; ONS, Policy on protecting confidentiality in tables of birth and death statistics, for bases 3 and 5.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gateway.base.canonical import digest, encode
from gateway.base.errors import DisclosureError
from gateway.base.later import later
from gateway.disclosure.cells import Floats, Ints
from gateway.disclosure.declaration import Declaration
from gateway.disclosure.exchange import Exchange
from gateway.disclosure.integers import UnsolvedError, solve
from gateway.disclosure.microdata import Microdata, Place, System, build_system, read_microdata
from gateway.disclosure.protect import columns_of

sparse = later("scipy.sparse")


@dataclass(frozen=True, kw_only=True)
class RoundedCell:
    """A figure of the release: the truth, secret, and what is published of it."""

    place: Place
    value: int
    rounded: int


@dataclass(frozen=True, kw_only=True)
class RoundedTable:
    """A rounded release: its cells in order, and what it adds to the history. Secret.

    ``restricted``: whether every value is less than one base from the truth and multiples stay themselves."""

    spec: Declaration
    cells: tuple[RoundedCell, ...]
    microdata: Microdata
    restricted: bool

    @property
    def shown(self) -> list[tuple[Place, bool]]:
        """Each cell's place; all are published."""
        return [(cell.place, True) for cell in self.cells]


def round_table(
    microdata: Mapping[str, Sequence[str]] | Any, spec: Declaration, history: Exchange | None = None
) -> RoundedTable:
    """The cells of a declaration with ``[rounding]``. ``microdata``: columns of texts, or a ``pyarrow.Table``.

    Raises InputError for bad records; DisclosureError (exit 14) for a declaration without ``[rounding]``, for records
    that are not one person each, when no rounding within two bases is found, and with a ``history`` that has figures
    of the same cells, or figures that are exact or of another base."""
    if spec.rounding is None:
        raise _refused("该表没有声明取整", "this table is not declared to be rounded")
    data = read_microdata(columns_of(microdata), spec)
    if any(value != 1 for value in data.values):
        raise _refused("取整只用于人数：每行应为一人，数值为 1", "rounding counts persons: a row is one, its value 1")
    system = build_system(data, spec, set(), set())
    if history is not None:
        _check(history, data, system, spec)
    base = spec.rounding.base
    inner = _found(lambda: _inner(system, data, base))
    restricted = inner is not None
    if inner is None:
        inner = _found(lambda: _relaxed(system, base))
    if inner is None:
        raise _refused("在两个基数以内找不到加总一致的取整", "no rounding that adds up was found within two bases")
    rounded = np.rint(system.grid.cells @ inner).astype(int) * base
    cells = [
        RoundedCell(place=place, value=system.figures[row].value, rounded=int(rounded[row]))
        for place, row in system.row_of.items()
    ]
    return RoundedTable(spec=spec, cells=tuple(cells), microdata=data, restricted=restricted)


def _check(history: Exchange, data: Microdata, system: System, spec: Declaration) -> None:
    """Two roundings of what has cells in common would not be one possible truth together."""
    earlier = history.microdata(spec)
    again = set(system.row_of) & (history.shown | history.held)
    if again or (earlier is not None and set(earlier.codes) & set(data.codes)):
        raise _refused(
            "历史中已有相同单元格的数字，不得再以取整方式提供",
            "the history has figures of the same cells already; they can't be released rounded again",
        )


def _shown(system: System) -> Ints:
    """The rows of the grid that are figures, each once."""
    return np.array(sorted(set(system.row_of.values())))


def _found(search: Callable[[], Floats | None]) -> Floats | None:
    """What a search finds; None where its effort was not enough. Raises DisclosureError where its time was not: what is
    released must not depend on the machine."""
    try:
        return search()
    except UnsolvedError as error:
        if error.timed:
            raise _refused(
                "在限定时间内未找到加总一致的取整", "no rounding that adds up was found in the time that there is"
            ) from error
        return None


def _inner(system: System, data: Microdata, base: int) -> Floats | None:
    """Zero-restricted: each inner cell's multiple of the base; None when there is no such rounding.

    Every figure goes down or up: u = 0 or 1 over its floor. With a draw t from [0, 1) a figure with the fraction f
    would go up where t < f; the programme comes as near to all these wishes as adding up lets it: least Σ (t − f) u."""
    cells = system.grid.cells[_shown(system)]
    floor = np.floor(system.grid.values / base)
    over = (cells @ system.grid.values) / base - cells @ floor
    low = np.floor(over + 1e-9)
    fraction = np.where(over - low < 1e-6, 0.0, over - low)
    wish = _draws(len(low), data) - fraction
    own = (system.grid.values % base > 0).astype(float)
    found = solve(
        cells.tocsr(),
        np.asarray(cells.T @ wish),
        np.zeros(len(floor)),
        own,
        low,
        low + (fraction > 0),
    )
    return None if found is None else floor + found


def _relaxed(system: System, base: int) -> Floats | None:
    """Every figure less than two bases from the truth, with the least sum of deviations; None when none is found."""
    grid = system.grid
    cells = grid.cells[_shown(system)]
    count, figures = grid.inner, cells.shape[0]
    truth = (cells @ grid.values) / base
    low = np.maximum(np.ceil(truth - 2 + 1e-9), 0)
    high = np.floor(truth + 2 - 1e-9)
    off = sparse.identity(figures)
    none = sparse.csr_matrix((figures, figures))
    matrix = sparse.vstack(
        [sparse.hstack([cells, none]), sparse.hstack([cells, -off]), sparse.hstack([cells, off])]
    ).tocsr()
    free = np.full(figures, np.inf)
    found = solve(
        matrix,
        np.concatenate([np.zeros(count), np.ones(figures)]),
        np.zeros(count + figures),
        np.concatenate([np.floor(grid.values / base) + 2, np.full(figures, 2.0)]),
        np.concatenate([low, -free, truth]),
        np.concatenate([high, truth, free]),
        integers=count,
    )
    return None if found is None else found[:count]


def _draws(number: int, data: Microdata) -> Floats:
    """Numbers of [0, 1), one a figure, that depend on all records and on nothing else."""
    records = [[list(codes), group] for codes, group in zip(data.codes, data.groups, strict=True)]
    seed = digest(encode(records)).encode()
    drawn = (hashlib.sha256(seed + at.to_bytes(8, "big")).digest()[:8] for at in range(number))
    return np.array([int.from_bytes(eight, "big") / 2**64 for eight in drawn])


def _refused(zh: str, en: str) -> DisclosureError:
    return DisclosureError(zh, en, safe=("没有生成可提供的表", "no table was released"))
