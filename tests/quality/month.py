"""A made-up month: contributor-level rows, counted plainly into cells, shown by a threshold, with derived figures."""

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from gateway.model.cells import ZERO, Cells, Figure, Mark, Place, PublishedTable, Shown
from gateway.model.table import Change, Quartile, Ratio, Share, TableSpec
from tests.quality.declarations import AGES, BANDS, CITY, COUNTIES, HIERARCHIES, SECTIONS, SKILLS, SPECS, UNITS

MINIMUM = 3
Row = dict[str, Any]


def somewhere(rng: random.Random) -> tuple[str]:
    """A county mostly, in one case of five with its township; seldom the city alone."""
    code = rng.choices((*COUNTIES, CITY), (30, 25, 20, 10, 8, 2))[0]
    return (f"{code}00{rng.randrange(1, 3)}" if code != CITY and rng.random() < 0.2 else code,)


def rows_of(seed: int) -> dict[str, list[Row]]:
    """For each measure its rows: codes of each dimension (several where multi-valued), who stands behind, a value."""
    rng = random.Random(seed)
    rows: dict[str, list[Row]] = defaultdict(list)
    for _ in range(1500):
        unit = rng.choice(UNITS)
        band = rng.choice(BANDS[unit]) if unit in BANDS else None
        place = {
            "region": somewhere(rng),
            "industry": (rng.choices(SECTIONS, (40, 25, 20, 10, 1))[0],),
            "pay": (f"{unit}:{band}" if band else unit,),
            "who": f"G{int(rng.expovariate(0.02))}",
        }
        rows["postings"].append({**place, "value": 1})
        rows["vacancies"].append({**place, "value": rng.choice((0, 1, 1, 2, 3, 5, 20))})
        rows["published"].append({**place, "value": 1})
    for name, count in (("viewed", 2500), ("applied", 1200), ("completed", 400), ("service_visits", 300)):
        for _ in range(count):
            place = {
                "region": somewhere(rng),
                "industry": (rng.choices(SECTIONS, (40, 25, 20, 10, 1))[0],),
                "who": f"W{rng.randrange(600)}",
                "value": 1,
            }
            rows[name].append(place)
            if name == "applied":
                rows["seekers"].append(place)
                if rng.random() < 0.4:
                    rows["matched"].append(place)
    for worker in range(800):
        rows["workers"].append(
            {
                "skill": tuple(rng.sample(SKILLS[:-1], rng.randrange(3))) or ("none",),
                "age": (rng.choice(AGES),),
                "region": tuple(rng.sample(COUNTIES, rng.randrange(3))) or ("any",),
                "who": f"W{worker}",
                "value": 1,
            }
        )
    return rows


def places_of(spec: TableSpec, row: Row) -> Iterable[Place]:
    axes = []
    for dimension in spec.dimensions:
        hierarchy, given = HIERARCHIES[dimension.hierarchy], row[dimension.name]
        axes.append(sorted({code for one in given for code in hierarchy.shown(one, dimension.levels)}))
    return itertools.product(*axes)


def count(spec: TableSpec, rows: list[Row], distinct: bool) -> dict[Place, Figure]:
    """The non-empty cells with their contributors' figures."""
    by_place: dict[Place, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for place in places_of(spec, row):
            by_place[place][row["who"]] += row["value"]
    cells = {}
    for place, of in by_place.items():
        shares = sorted((1 if distinct else value for value in of.values()), reverse=True)
        second = shares[1] if len(shares) > 1 else 0
        cells[place] = Figure(value=sum(shares), contributors=len(of), largest=shares[0], second=second)
    return cells


@dataclass(frozen=True)
class Month:
    """Computed and published tables with the source's own totals."""

    cells: dict[str, Cells]
    published: dict[str, PublishedTable]
    totals: dict[str, dict[str, int]]

    def edited(self, table: str, edit: Callable[[dict[Place, dict[str, Shown]]], None]) -> PublishedTable:
        """The published table after ``edit`` has changed its rows."""
        rows = {place: dict(figures) for place, figures in self.published[table].rows.items()}
        edit(rows)
        return replace(self.published[table], rows=rows)


def month(seed: int, previous: Month | None = None) -> Month:
    rows = rows_of(seed)
    cells, published, totals = {}, {}, {}
    for name, spec in SPECS.items():
        figures = {m.name: count(spec, rows[m.name], m.kind.value == "distinct") for m in spec.measures}
        cells[name] = Cells(spec=spec, figures=figures)
        published[name] = publish(cells[name], previous.published[name] if previous else None)
        totals[name] = {m.name: own_total(rows[m.name], m.kind.value == "distinct") for m in spec.measures}
    return Month(cells=cells, published=published, totals=totals)


def own_total(rows: list[Row], distinct: bool) -> int:
    return len({row["who"] for row in rows}) if distinct else sum(row["value"] for row in rows)


def publish(cells: Cells, previous: PublishedTable | None) -> PublishedTable:
    spec = cells.spec
    places = sorted(set().union(*cells.figures.values()))
    rows: dict[Place, dict[str, Shown]] = {place: {} for place in places}
    for measure in spec.measures:
        for place in places:
            rows[place][measure.name] = show(cells.figures[measure.name].get(place, ZERO))
            if spec.rounding:
                rows[place][measure.name] = rounded(cells.figures[measure.name], place, spec.rounding)
    for derived in spec.derived:
        for place in places:
            rows[place][derived.name] = derive(derived, spec, rows, place, previous)
    return PublishedTable(spec=spec, rows=rows)


def rounded(figures: Mapping[Place, Figure], place: Place, base: int) -> Shown:
    """Downwards; a total over ages (the second dimension) is the sum of its bands."""
    bands = [p for p in figures if (p[0], *p[2:]) == (place[0], *place[2:]) and p[1] != "Total"]
    value = sum(figures[p].value // base * base for p in (bands if place[1] == "Total" else [place]))
    return Shown(value=value, mark=Mark.ROUNDED)


def show(figure: Figure) -> Shown:
    if 0 < figure.contributors < MINIMUM:
        return Shown(value=None, mark=Mark.WITHHELD)
    return Shown(value=figure.value, mark=Mark.NORMAL)


def derive(
    derived: Any, spec: TableSpec, rows: dict[Place, dict[str, Shown]], place: Place, previous: PublishedTable | None
) -> Shown:
    names = [d.name for d in spec.dimensions]
    match derived:
        case Ratio():
            times = 100 if derived.percent else 1
            return quotient(rows[place][derived.numerator], rows[place][derived.denominator], times)
        case Share():
            at = names.index(derived.along)
            whole = (*place[:at], "Total", *place[at + 1 :])
            return quotient(rows[place][derived.measure], rows[whole][derived.measure], 100)
        case Change():
            old = previous.rows.get(place) if previous else None
            if old is None:
                return Shown(value=None, mark=Mark.MISSING)
            new = rows[place][derived.measure]
            if Mark.WITHHELD in (new.mark, old[derived.measure].mark):
                return Shown(value=None, mark=Mark.WITHHELD)
            rise = Shown(value=new.value - old[derived.measure].value, mark=Mark.NORMAL)
            return quotient(rise, old[derived.measure], 100)
        case Quartile():
            bands = [p for p in rows if p[:2] == place[:2] and p[2].startswith(f"{place[2]}:")]
            if not bands:
                return Shown(value=None, mark=Mark.MISSING)
            if any(rows[p]["postings"].mark is not Mark.NORMAL for p in bands):
                return Shown(value=None, mark=Mark.WITHHELD)
            return Shown(value=Decimal(10 * derived.quarter), mark=Mark.NORMAL)
    raise AssertionError


def quotient(numerator: Shown, denominator: Shown, times: int) -> Shown:
    if Mark.WITHHELD in (numerator.mark, denominator.mark):
        return Shown(value=None, mark=Mark.WITHHELD)
    if not denominator.value or numerator.value is None:
        return Shown(value=None, mark=Mark.MISSING)
    value = Decimal(numerator.value) * times / Decimal(denominator.value)
    return Shown(value=value.quantize(Decimal("0.1"), ROUND_HALF_UP), mark=Mark.NORMAL)
