"""How narrowly anyone can know each withheld figure of a package, from the package alone: two programmes a figure.

Assumes what every reader may (see ``certificate.ASSUMED``): no figure is negative, what is not listed is zero, what is
withheld is not, a part is at most its total."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.verifier.month.lists import Key, Measure, Place, Table
from gateway.verifier.month.populations import Family, families_of
from gateway.verifier.month.published import read_rows
from gateway.verifier.month.structure import tables_of
from gateway.verifier.month.system import matrix, reduced
from gateway.verifier.protection.solver import Programme, solved
from gateway.verifier.public import PUBLIC_SHAPE
from gateway.verifier.report import Problem
from gateway.verifier.shapes import read

_FAR = float(1 << 40)
_DIGITS = 6
Row = dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureInterval:
    """A withheld figure: its table's entry, its measure, its codes; the least and the most it can be (None: no end)."""

    entry: str
    measure: str
    place: Place
    least: float
    most: float | None


def month_intervals(tables: Mapping[str, bytes], public: bytes) -> list[FigureInterval]:
    """The interval of each withheld measure. ``tables``: the package's CSV files by entry; ``public``: its public
    certificate. Raises Problem."""
    document = read(public, PUBLIC_SHAPE)
    known = tables_of(document["structure"])
    if not known.keys() <= tables.keys():
        raise Problem("数据包的统计表不是公开证书所述的", "the tables of the package are not those of its certificate")
    uses: dict[tuple[str, str], list[tuple[Table, Measure, dict[Place, int | None]]]] = {}
    for entry, table in known.items():
        rows = read_rows(tables[entry], table, document["period"], others=True)
        for measure in table.measures:
            cells = {place: _value(*row[measure.name]) for place, row in rows.items()}
            there = dict(cells)
            uses.setdefault((measure.population, measure.counts), []).append((table, measure, there))
    found: list[FigureInterval] = []
    for several in uses.values():
        ends = dict(_ends(several, 0.0 if several[0][1].kind == "sum" else 1.0))
        for table, measure, cells in several:
            for place, value in cells.items():
                if value is None:
                    least, most = ends[table.key(place)]
                    found.append(
                        FigureInterval(entry=table.name, measure=measure.name, place=place, least=least, most=most)
                    )
    return found


def _value(value: str, mark: str) -> int | None:
    if mark == "C":
        return None
    if mark != "A" or not value.isdecimal():
        raise Problem("有指标既非公布也非隐去", "a measure is neither published nor withheld")
    return int(value)


def _ends(
    uses: list[tuple[Table, Measure, dict[Place, int | None]]], floor: float
) -> Iterator[tuple[Key, tuple[float, float | None]]]:
    import numpy as np

    values: dict[Key, int | None] = {}
    families: dict[Family, None] = {}
    for table, measure, cells in uses:
        own = {table.key(place): value for place, value in cells.items()}
        values |= own
        families |= dict.fromkeys(families_of(table, measure, own))
    unknown = {key: at for at, key in enumerate(sorted(key for key, value in values.items() if value is None))}
    if not unknown:
        return
    rows, sums = _rows(families, values, unknown)
    width = max((place + 1 for row in rows for place in row), default=0)
    width = max(width, len(unknown))
    low = np.array([floor] * len(unknown) + [0.0] * (width - len(unknown)))
    high = np.full(width, _FAR)
    by_column = matrix(rows, width).tocsc().astype(float)
    columns = (by_column.indptr, by_column.indices, by_column.data)
    aims = np.array(sums, dtype=float)
    base = solved(np.zeros(width), low, high, aims, aims, columns)
    if base is None or base is False:
        raise Problem("已公布的数字互相矛盾", "the published figures contradict each other")
    fixed = np.zeros(width, dtype=bool)
    left = reduced(rows, fixed)
    down = np.where(fixed, 0.0, np.minimum(low - base, 0.0))
    up = np.where(fixed, 0.0, _FAR)
    programme = Programme(matrix(left, width), matrix([], width), down, up)
    for key, at in unknown.items():
        now = float(base[at])
        less, more = (0.0, 0.0) if fixed[at] else (_far(programme, at, sign) for sign in (-1.0, 1.0))
        most = None if more >= _FAR / 2 else round(now + more, _DIGITS)
        yield key, (max(floor, round(now - less, _DIGITS)), most)


def _far(programme: Programme, at: int, sign: float) -> float:
    """How far an unknown can go. Raises Problem where the programme gives no answer."""
    import numpy as np

    weight = np.zeros(len(programme.low))
    weight[at] = sign
    none = np.zeros(0)
    change = programme.best(weight, programme.low, programme.high, none, none, warm=True)
    if change is None:
        change = programme.best(weight, programme.low, programme.high, none, none)
    if change is None:
        raise Problem("求解器未给出答案", "the solver gave no answer")
    return abs(float(change[at]))


def _rows(
    families: Mapping[Family, None], values: Mapping[Key, int | None], unknown: Mapping[Key, int]
) -> tuple[list[Row], list[int]]:
    """The equations of the unknowns, after them one for what is left between parts and a total that they exceed."""
    rows: list[Row] = []
    sums: list[int] = []
    count = len(unknown)

    def add(terms: list[tuple[Key, int]], between: bool) -> None:
        nonlocal count
        row = {unknown[key]: by for key, by in terms if key in unknown}
        if not row:
            return
        if between:
            row[count] = -1
            count += 1
        rows.append(row)
        sums.append(-sum(by * (values[key] or 0) for key, by in terms if key not in unknown))

    for family in families:
        parts = [(child, 1) for child in family.children]
        add([(family.parent, -1), *parts], not family.adds_up)
        for child in () if family.adds_up else family.children:
            add([(family.parent, 1), (child, -1)], True)
    return rows, sums
