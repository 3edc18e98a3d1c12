"""The workers feed: people who do not exist, concentrated in few skills, most of them near the city.

Workers come in the order they registered. A worker's last activity is not before any event of the activities
feed, so the cells are made after that feed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gateway.demo.platform.cells import (
    SECONDS_A_DAY,
    Columns,
    Floats,
    GroupedPool,
    Ints,
    Mask,
    date_times,
    dates,
    digits,
    keys,
    pool,
    strings,
    take,
    weighted,
)
from gateway.demo.platform.codes import CodeLists
from gateway.demo.platform.faults import Fault, Plan, repeated, spoil
from gateway.demo.platform.identifiers import bank_cards, mobile_numbers, resident_ids, sequence_numbers
from gateway.demo.platform.people import full_names
from gateway.demo.platform.places import Places
from gateway.demo.platform.window import Window

WORKER_COLUMNS = (
    "worker_id", "name", "id_number", "phone", "bank_card", "birth_date", "sex", "skills", "intended_regions",
    "education", "registered_at", "last_active_at",
)  # fmt: skip
FIRST_WORKER = 10_000_001
_CHUNK = 100_000
_NEW_SHARE = 0.12
_BACKLOG_DAYS = 4 * 365
_AGES, _AGE_WEIGHTS = (16, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65), (4, 11, 14, 15, 14, 13, 12, 10, 5, 2)
_DAYS_A_YEAR = 365.25
_OF_AGE_DAYS = 16 * 366
_UNDER_AGE_DAYS, _OVER_AGE_DAYS = 13 * 365, 108 * 366
_BORN_HERE = 0.78
_ELSEWHERE = (220381, 220102, 220104, 220122, 220182, 220402, 220502, 220802, 211221, 211224, 150521, 230102)
_SEXES = pool(["女", "男"])
_EDUCATION = pool(["小学", "初中", "高中", "中专", "大专", "本科", "硕士研究生", None])
_EDUCATION_WEIGHTS = (0.07, 0.42, 0.18, 0.13, 0.11, 0.06, 0.003, 0.027)
_SKILL_WEIGHTS = {
    "delivery": 15, "housekeeping": 12, "assembly": 11, "loading": 10, "waiting": 9, "construction": 7,
    "driving": 6, "retail": 6, "sorting": 5, "security": 4, "cooking": 4, "farming": 3, "eldercare": 2.5,
    "decoration": 2, "childcare": 1.5, "clerical": 1.2, "plumbing": 1, "welding": 0.9,
    "customer_service": 0.6, "sewing": 0.4, "vehicle_repair": 0.25, "livestream": 0.15, "repair": 0.1,
    "teaching": 0.06,
}  # fmt: skip
_OTHER_SKILL_WEIGHT = 0.1
_WOMEN = {
    "housekeeping": 0.93, "childcare": 0.98, "eldercare": 0.85, "waiting": 0.75, "retail": 0.8, "sewing": 0.9,
    "clerical": 0.8, "delivery": 0.12, "driving": 0.06, "loading": 0.08, "construction": 0.07,
    "welding": 0.03, "plumbing": 0.02, "security": 0.15,
}  # fmt: skip
_WOMEN_ELSEWHERE = 0.45
_SKILL_COUNTS = (0.12, 0.42, 0.28, 0.12, 0.06)
_SKILL_TEXTS = 20_000
_COUNTY_COUNTS = (0.16, 0.56, 0.20, 0.08)
_COUNTY_TEXTS = 300
_EAGERNESS, _BUSIEST = 2.5, 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """One entry per worker; days and seconds since 1970-01-01; `skill` is a position in the skill texts."""

    registered: Ints
    last_active: Ints
    birth: Ints
    female: Mask
    township: Ints
    skill: Ints
    eagerness: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillTexts:
    """Skill cells, drawn once, and the position of the first skill of each in the skill list."""

    texts: pa.Array
    first: Ints


def skill_texts(rng: np.random.Generator, codes: CodeLists) -> SkillTexts:
    """Cells of nought to four skills; the common ones often, the rare ones hardly ever."""
    weights = np.array([_SKILL_WEIGHTS.get(code, _OTHER_SKILL_WEIGHT) for code in codes.skills])
    labels = np.array(list(codes.skills.values()))
    order = np.argsort(rng.random((_SKILL_TEXTS, len(labels))) ** (1.0 / weights), axis=1)[:, ::-1]
    counts = weighted(rng, _SKILL_COUNTS, _SKILL_TEXTS)
    texts = [";".join(labels[row[:n]]) or None for row, n in zip(order, counts.tolist(), strict=True)]
    return SkillTexts(texts=pool(texts), first=order[:, 0])


def _ages(rng: np.random.Generator, count: int) -> Floats:
    """Ages in years at registration, between 16 and 65."""
    low = np.array(_AGES[:-1], dtype=np.float64)
    band = weighted(rng, _AGE_WEIGHTS, count)
    return low[band] + 0.01 + rng.random(count) * (np.diff(_AGES)[band] - 0.01)


def draft_workers(
    rng: np.random.Generator,
    *,
    window: Window,
    places: Places,
    codes: CodeLists,
    skills: SkillTexts,
    plan: Plan,
) -> Workers:
    """The planned number of workers; all are of age from the window's start, but for the planned faults."""
    count = plan.count
    new = int(count * _NEW_SHARE)
    old = window.start - 1 - (rng.random(count - new) * _BACKLOG_DAYS * SECONDS_A_DAY).astype(np.int64)
    registered = np.concatenate((np.sort(old), window.draw(rng, new)))
    today = registered // SECONDS_A_DAY
    birth = today - (_ages(rng, count) * _DAYS_A_YEAR).astype(np.int64)
    birth = np.minimum(birth, window.start // SECONDS_A_DAY - _OF_AGE_DAYS)
    last_day = window.months_end // SECONDS_A_DAY
    for fault, age in ((Fault.UNDER_AGE, _UNDER_AGE_DAYS), (Fault.OVER_AGE, _OVER_AGE_DAYS)):
        rows = plan.of(fault)
        birth[rows] = last_day - age - rng.integers(0, 365, len(rows))
    skill = rng.integers(0, len(skills.first), count)
    women = np.array([_WOMEN.get(code, _WOMEN_ELSEWHERE) for code in codes.skills])
    upto_end = np.maximum(window.months_end - registered, 0)
    return Workers(
        registered=registered,
        last_active=registered + ((1 - rng.random(count) ** 3) * upto_end).astype(np.int64),
        birth=birth,
        female=rng.random(count) < women[skills.first[skill]],
        township=places.draw(rng, count),
        skill=skill,
        eagerness=np.minimum(_EAGERNESS * rng.pareto(1.0, count), _BUSIEST).astype(np.int64),
    )


def worker_keys(index: Ints) -> pa.Array:
    """Keys of these workers."""
    return keys("W", index + FIRST_WORKER, 8)


def _intended(rng: np.random.Generator, places: Places) -> GroupedPool:
    """Intended counties by home county: none, home, or home and others, as codes or as names."""
    weights = places.county_weight()
    groups: list[list[str | None]] = []
    for home in range(len(places.counties)):
        leaning = weights * 0.3
        leaning[home] += 1.0
        texts: list[str | None] = []
        for count in weighted(rng, _COUNTY_COUNTS, _COUNTY_TEXTS).tolist():
            most = min(count, len(weights))
            chosen = rng.choice(len(weights), most, replace=False, p=leaning / leaning.sum())
            named = rng.random() < 0.25
            counties = [places.counties[index] for index in chosen]
            texts.append(";".join(c.name if named else c.code for c in counties) or None)
        groups.append(texts)
    return GroupedPool.of(groups)


def _cells(
    rng: np.random.Generator,
    workers: Workers,
    places: Places,
    skills: SkillTexts,
    intended: GroupedPool,
    id_number: tuple[Ints, Ints],
    at: Ints,
) -> Columns:
    """The cells of the workers at these positions; `id_number` is region and sequence of each worker."""
    county, female, birth = places.county[workers.township[at]], workers.female[at], workers.birth[at]
    columns = {
        "worker_id": worker_keys(at),
        "name": full_names(rng, female),
        "id_number": resident_ids(id_number[0][at], birth, id_number[1][at]),
        "phone": strings(digits(mobile_numbers(rng, len(at)), 11)),
        "bank_card": bank_cards(rng, len(at)),
        "birth_date": dates(birth),
        "sex": take(_SEXES, (~female).astype(np.int64)),
        "skills": take(skills.texts, workers.skill[at]),
        "intended_regions": intended.draw(rng, county),
        "education": take(_EDUCATION, weighted(rng, _EDUCATION_WEIGHTS, len(at))),
        "registered_at": date_times(workers.registered[at]),
        "last_active_at": date_times(workers.last_active[at]),
    }
    return {name: columns[name] for name in WORKER_COLUMNS}


def _birth_regions(rng: np.random.Generator, workers: Workers, places: Places) -> Ints:
    """Six-digit codes of the place an identity number was first issued: mostly the home county."""
    codes = np.array([int(county.code) for county in places.counties])
    home = codes[places.county[workers.township]]
    away = np.array(_ELSEWHERE)[rng.integers(0, len(_ELSEWHERE), len(home))]
    return np.where(rng.random(len(home)) < _BORN_HERE, home, away)


def worker_chunks(
    rng: np.random.Generator, *, workers: Workers, places: Places, skills: SkillTexts, plan: Plan
) -> Iterator[Columns]:
    """The workers' cells with the planned faults, in chunks of one size."""
    region = _birth_regions(rng, workers, places)
    sequence = sequence_numbers(region, workers.birth, (~workers.female).astype(np.int64))
    intended = _intended(rng, places)
    count = len(workers.registered)
    for first in range(0, count, _CHUNK):
        last = min(first + _CHUNK, count)
        at = np.arange(first, last)
        cells = _cells(rng, workers, places, skills, intended, (region, sequence), at)
        columns = spoil(cells, plan, first, last)
        again = repeated(rng, plan.of(Fault.REPEATED_WORKER, first, last), last - first)
        yield {name: take(column, again) for name, column in columns.items()}
