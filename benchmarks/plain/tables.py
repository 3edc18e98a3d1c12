"""The five monthly tables of a city, computed from the platform's extract with plain pandas.

Everything that decides a number is an integer or a decimal: no amount of money passes through a float,
and every rounding is half up. Floats appear only as the carrier of a figure that is already rounded.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

TOTAL = "Total"
NO_SKILL = "none"
ANY_REGION = "any"

POSTING_COLUMNS = (
    "posting_id", "employer_id", "employer_group", "industry", "region", "headcount", "pay", "published_at",
)  # fmt: skip
WORKER_COLUMNS = ("worker_id", "birth_date", "skills", "intended_regions", "registered_at", "last_active_at")
ACTIVITY_COLUMNS = ("activity_id", "event", "worker_id", "posting_id", "region", "occurred_at")

EVENTS = {"浏览": "viewed", "报名": "applied", "录用": "hired", "完工": "completed", "服务": "service_visits"}
VISIT = "服务"

UNITS = {
    "小时": "hour", "天": "day", "日": "day", "周": "week", "月": "month", "年": "year",
    "件": "piece", "单": "piece", "次": "piece",
}  # fmt: skip
BAND_EDGES: dict[str, tuple[int, ...]] = {
    "hour": (15, 20, 25, 30),
    "day": (100, 150, 200, 300),
    "week": (700, 1000, 1500),
    "month": (2000, 3000, 4000, 5000, 6000, 8000, 10000, 15000),
    "year": (50000, 100000, 200000, 300000),
}
SENTINEL = Decimal(9_999_999)

_NUMBER = r"([0-9]+(?:\.[0-9]+)?)(k|万)?"
_ANY_NUMBER = re.compile(_NUMBER)
_AMOUNT = re.compile(rf"{_NUMBER}(?:-{_NUMBER})?元?(?:/({'|'.join(UNITS)}))?")
_BASE_AND_BONUS = re.compile(rf"底薪{_NUMBER}\+绩效{_NUMBER}")
_SCALE = {None: 1, "k": 1000, "万": 10000}

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = rf"{_DATE} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}"

# The levels of each dimension, as the columns of the cleaned rows that hold them.
REGION = ("county", "city")
INDUSTRY = ("section", "all")
PAY = ("band", "unit", "all")


@dataclass(frozen=True)
class Period:
    """A calendar month: start inclusive, end exclusive."""

    start: pd.Timestamp
    end: pd.Timestamp

    @classmethod
    def of(cls, month: str) -> "Period":
        """The period of a month written ``YYYY-MM``."""
        start = pd.to_datetime(f"{month}-01", format="%Y-%m-%d")
        return cls(start, start + pd.DateOffset(months=1))

    @property
    def last_day(self) -> pd.Timestamp:
        """The last day of the month."""
        return self.end - pd.Timedelta(days=1)


@dataclass(frozen=True)
class Codes:
    """The code lists: what an entry of the extract may say, and the code that it counts under."""

    city: str
    county_of: dict[str, str]
    """Code or name of any region of the list -> county code; the city itself -> empty text."""
    counties: dict[str, str]
    """Code or name of a county -> county code."""
    section_of: dict[str, str]
    """Code or name of a division -> section letter."""
    skills: dict[str, str]
    """Name of a skill -> code."""
    ages: pd.DataFrame
    """code, low, high."""

    @classmethod
    def read(cls, folder: Path) -> "Codes":
        """Read the lists from a folder."""
        regions = _read(folder / "regions.csv", ("code", "name", "level", "parent"))
        industries = _read(folder / "industries.csv", ("code", "name", "level", "section"))
        skills = _read(folder / "skills.csv", ("code", "label"))
        ages = _read(folder / "age_bands.csv", ("code", "low", "high"))

        county = regions["code"].where(regions["level"] == "county", regions["parent"])
        county = county.where(regions["level"] != "city", "")
        is_county = regions["level"] == "county"
        divisions = industries[industries["level"] == "division"]
        return cls(
            city=regions.loc[regions["level"] == "city", "code"].iloc[0],
            county_of=_by_code_or_name(regions, county),
            counties=_by_code_or_name(regions[is_county], county[is_county]),
            section_of=_by_code_or_name(divisions, divisions["section"]),
            skills=dict(zip(skills["label"], skills["code"], strict=True)),
            ages=ages.astype({"low": "int64", "high": "int64"}),
        )


@dataclass(frozen=True)
class Month:
    """The counted rows of a month, cleaned, and the account of every row that was read."""

    period: Period
    codes: Codes
    postings: pd.DataFrame
    workers: pd.DataFrame
    activities: pd.DataFrame
    account: dict[str, dict[str, int]]


def compute(extract: Path, month: str, codes: Path) -> dict[str, pd.DataFrame]:
    """The five tables of a month, by name."""
    return tables(load(extract, month, codes))


def account(extract: Path, month: str, codes: Path) -> dict[str, dict[str, int]]:
    """Per feed: rows read, refused, duplicate, out_of_period and counted."""
    return load(extract, month, codes).account


def load(extract: Path, month: str, codes: Path) -> Month:
    """Read the extract and apply the reading rules."""
    period, lists = Period.of(month), Codes.read(codes)

    raw = _read(extract / "postings.csv", POSTING_COLUMNS)
    accepted, in_period, posting_account = _sift(*clean_postings(raw, lists), "posting_id", period)
    postings = accepted[in_period]

    raw = _read(extract / "workers.csv", WORKER_COLUMNS)
    accepted_workers, active, worker_account = _sift(*clean_workers(raw, lists, period), "worker_id", period)

    raw = _read(extract / "activities.csv", ACTIVITY_COLUMNS)
    cleaned = clean_activities(raw, lists, accepted)
    accepted_activities, happened, activity_account = _sift(*cleaned, "activity_id", period)

    return Month(
        period=period,
        codes=lists,
        postings=postings,
        workers=accepted_workers[active],
        activities=accepted_activities[happened],
        account={"postings": posting_account, "workers": worker_account, "activities": activity_account},
    )


def tables(month: Month) -> dict[str, pd.DataFrame]:
    """The five tables of the counted rows."""
    return {
        "supply_demand": supply_demand(month),
        "pay_bands": pay_bands(month),
        "recruiting_area": recruiting_area(month),
        "worker_profile": worker_profile(month),
        "market_activity": market_activity(month),
    }


def contributors(month: Month) -> dict[str, pd.DataFrame]:
    """For every table, how many employer groups or persons stand behind each measure of each cell.

    Each frame has the dimensions of its table and one column per measure of the table.
    """
    by_industry = {"region": REGION, "industry": INDUSTRY}
    by_region = {"region": REGION}
    by_pay = {**by_industry, "pay": PAY}

    groups = distinct(month.postings, by_industry, "contributor")
    seekers = distinct(applications(month), by_industry, "worker_id")
    area = distinct(month.postings, by_region, "contributor")
    activity = {"published": area}
    for event in ("viewed", "applied", "completed", "service_visits"):
        rows = month.activities[month.activities["measure"] == event]
        activity[event] = distinct(rows, by_region, "worker_id")
    activity["matched"] = distinct(matched_applications(month), by_region, "worker_id")
    return {
        "supply_demand": _frame({"postings": groups, "vacancies": groups, "seekers": seekers}),
        "pay_bands": _frame({"postings": distinct(month.postings, by_pay, "contributor")}),
        "recruiting_area": _frame({"postings": area, "vacancies": area}),
        "worker_profile": worker_profile(month),
        "market_activity": _frame(activity),
    }


# --- Reading ---------------------------------------------------------------------------------------------


def clean_postings(raw: pd.DataFrame, codes: Codes) -> tuple[pd.DataFrame, pd.Series]:
    """The postings in codes and numbers, and why a row is refused (empty: it is not)."""
    county, section = _lookup(raw["region"], codes.county_of), _lookup(raw["industry"], codes.section_of)
    vague = raw["headcount"].isna() | raw["headcount"].isin(["若干人", "若干"])
    digits = raw["headcount"].where(raw["headcount"].str.fullmatch("[0-9]+人?")).str.removesuffix("人")
    pay = read_pay(raw["pay"])
    published = _times(raw["published_at"], _TIME)
    reason = _first_reason(
        raw,
        [
            ("missing", raw["posting_id"].isna() | raw["employer_id"].isna()),
            ("unknown_code", section.isna() | county.isna()),
            ("bad_number", ~vague & digits.isna()),
            ("sentinel", pay["sentinel"]),
            ("bad_date", published.isna()),
        ],
    )
    clean = pd.DataFrame(
        {
            "posting_id": raw["posting_id"],
            "contributor": raw["employer_group"].fillna(raw["employer_id"]),
            "county": county.mask(county == ""),
            "city": codes.city,
            "section": section,
            "all": TOTAL,
            "unit": pay["unit"],
            "band": pay["band"],
            "vacancies": pd.to_numeric(digits.fillna("0")).astype("int64"),
            "first": published,
            "last": published,
        }
    )
    return clean, reason


def clean_workers(raw: pd.DataFrame, codes: Codes, period: Period) -> tuple[pd.DataFrame, pd.Series]:
    """The workers with their age band, and why a row is refused."""
    birth = _times(raw["birth_date"], _DATE)
    age = _age(birth, period.last_day)
    registered, active = _times(raw["registered_at"], _TIME), _times(raw["last_active_at"], _TIME)
    reason = _first_reason(
        raw,
        [
            ("missing", raw["worker_id"].isna()),
            ("bad_date", birth.isna()),
            ("out_of_range", (age < 16) | (age > 100)),
            ("unknown_code", _has_unknown(raw["skills"], codes.skills)),
            ("unknown_code", _has_unknown(raw["intended_regions"], codes.counties)),
            ("bad_date", registered.isna() | active.isna()),
        ],
    )
    bands = codes.ages.sort_values("low")
    edges = [*bands["low"], bands["high"].max() + 1]
    clean = pd.DataFrame(
        {
            "worker_id": raw["worker_id"],
            "age_band": pd.cut(age, edges, labels=list(bands["code"]), right=False).astype("str"),
            "skills": raw["skills"],
            "intended_regions": raw["intended_regions"],
            "first": registered,
            "last": active,
        }
    )
    return clean, reason


def clean_activities(raw: pd.DataFrame, codes: Codes, accepted: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The activities with the section of their posting, and why a row is refused."""
    measure, county = _lookup(raw["event"], EVENTS), _lookup(raw["region"], codes.county_of)
    occurred = _times(raw["occurred_at"], _TIME)
    section = _lookup(raw["posting_id"], accepted.set_index("posting_id")["section"])
    reason = _first_reason(
        raw,
        [
            ("missing", raw["activity_id"].isna() | raw["worker_id"].isna()),
            ("unknown_code", measure.isna() | county.isna()),
            ("bad_date", occurred.isna()),
            ("no_such_posting", (raw["event"] != VISIT) & section.isna()),
        ],
    )
    clean = pd.DataFrame(
        {
            "activity_id": raw["activity_id"],
            "measure": measure,
            "worker_id": raw["worker_id"],
            "posting_id": raw["posting_id"],
            "county": county.mask(county == ""),
            "city": codes.city,
            "section": section,
            "all": TOTAL,
            "first": occurred,
            "last": occurred,
        }
    )
    return clean, reason


def read_pay(texts: pd.Series) -> pd.DataFrame:
    """Unit, band and whether a number is a sentinel, for each pay text; a text that repeats is read once."""
    known = texts.dropna().unique()
    parsed = pd.DataFrame([parse_pay(text) for text in known], index=known, columns=["unit", "band", "sentinel"])
    result = pd.DataFrame({column: _lookup(texts, parsed[column]) for column in ("unit", "band")})
    result["unit"] = result["unit"].fillna("unstated")
    result["sentinel"] = texts.isin(parsed.index[parsed["sentinel"].astype("bool")])
    return result


def parse_pay(text: str) -> tuple[str, str | None, bool]:
    """Unit and band of one pay text, and whether one of its numbers is a sentinel."""
    numbers = [Decimal(number) * _SCALE[scale or None] for number, scale in _ANY_NUMBER.findall(text)]
    unit, low, high = "other", Decimal(0), Decimal(0)
    if text == "面议":
        unit = "negotiable"
    elif found := _BASE_AND_BONUS.fullmatch(text):
        base, bonus = Decimal(found[1]) * _SCALE[found[2]], Decimal(found[3]) * _SCALE[found[4]]
        unit, low, high = "month", base, base + bonus
    elif found := _AMOUNT.fullmatch(text):
        first, first_scale, second, second_scale, per = found.groups()
        if second is None:
            second, second_scale = first, first_scale
        low = Decimal(first) * _SCALE[first_scale or second_scale]
        high = Decimal(second) * _SCALE[second_scale]
        numbers += [low, high]
        if low <= high and per is not None:
            unit = UNITS[per]
        elif low <= high and "k" in (first_scale, second_scale):
            unit = "month"
    sentinel = any(number >= SENTINEL for number in numbers)
    return unit, pay_band(unit, low, high), sentinel


def pay_band(unit: str, low: Decimal, high: Decimal) -> str | None:
    """The band of the midpoint of low and high; lower bounds belong to the band, upper bounds do not."""
    if unit not in BAND_EDGES:
        return None
    twice = [2 * edge for edge in BAND_EDGES[unit]]
    return band_codes(unit)[bisect_right(twice, low + high)]


def band_codes(unit: str) -> list[str]:
    """The codes of the bands of a unit, lowest first."""
    edges = BAND_EDGES[unit]
    inner = [f"{unit}:{low}-{high}" for low, high in pairwise(edges)]
    return [f"{unit}:<{edges[0]}", *inner, f"{unit}:{edges[-1]}+"]


def _read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """The named columns of a CSV file, as text; only an empty cell is missing."""
    return pd.read_csv(path, usecols=list(columns), dtype="str", keep_default_na=False, na_values=[""])


def _by_code_or_name(entries: pd.DataFrame, values: pd.Series) -> dict[str, str]:
    by_name = dict(zip(entries["name"], values, strict=True))
    return by_name | dict(zip(entries["code"], values, strict=True))


def _lookup(texts: pd.Series, codes: Mapping[str, str] | pd.Series) -> pd.Series:
    """What each text stands for; missing where it is not in the list. Text even without rows."""
    return texts.map(codes).astype("str")


def _times(texts: pd.Series, pattern: str) -> pd.Series:
    """The texts as times; what is not written exactly so, or is no real date, is missing."""
    style = "%Y-%m-%d" if pattern == _DATE else "%Y-%m-%d %H:%M:%S"
    return pd.to_datetime(texts.where(texts.str.fullmatch(pattern)), format=style, errors="coerce")


def _age(birth: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Completed years of life on a day."""
    ahead = (birth.dt.month > day.month) | ((birth.dt.month == day.month) & (birth.dt.day > day.day))
    years: pd.Series = day.year - birth.dt.year - ahead
    return years


def _entries(texts: pd.Series) -> pd.Series:
    """The entries of a column of texts such as ``a;b``, one row each, under the index of their text."""
    entries = texts.dropna().str.split(";").explode().astype("str")
    return entries[entries != ""]


def _has_unknown(texts: pd.Series, known: Mapping[str, str]) -> pd.Series:
    entries = _entries(texts)
    bad = entries.index[~entries.isin(list(known))]
    return pd.Series(texts.index.isin(bad), index=texts.index)


def _first_reason(rows: pd.DataFrame, checks: Sequence[tuple[str, pd.Series]]) -> pd.Series:
    """For each row the first reason that applies, or an empty text."""
    reasons = np.select([failed.to_numpy("bool") for _, failed in checks], [name for name, _ in checks], "")
    return pd.Series(reasons, index=rows.index, dtype="str")


def _sift(
    rows: pd.DataFrame, reason: pd.Series, key: str, period: Period
) -> tuple[pd.DataFrame, pd.Series, dict[str, int]]:
    """Drop refused rows and duplicates; which of the rest belong to the period; the account of all.

    A row belongs to the period when it began before the month's end and ended no earlier than its start; for
    an event these are one moment, for a worker the registration and the last activity.
    """
    kept = rows[reason == ""]
    unique = kept.drop_duplicates(key)
    inside = (unique["first"] < period.end) & (unique["last"] >= period.start)
    counted = int(inside.sum())
    numbers = {
        "read": len(rows),
        "refused": len(rows) - len(kept),
        "duplicate": len(kept) - len(unique),
        "out_of_period": len(unique) - counted,
        "counted": counted,
    }
    return unique, inside, numbers


# --- Counting --------------------------------------------------------------------------------------------


def supply_demand(month: Month) -> pd.DataFrame:
    """Postings, vacancies and seekers by region and industry."""
    dimensions = {"region": REGION, "industry": INDUSTRY}
    sums = totals(month.postings.assign(postings=1), dimensions, ["postings", "vacancies"])
    seekers = distinct(applications(month), dimensions, "worker_id")
    table = _frame({"postings": sums["postings"], "vacancies": sums["vacancies"], "seekers": seekers})
    table["ratio"] = quotient(table["vacancies"], table["seekers"], 1, 2)
    whole = table[table["industry"] == TOTAL].set_index("region")
    for measure, share in (("vacancies", "vacancy_share"), ("seekers", "seeker_share")):
        table[share] = quotient(table[measure], table["region"].map(whole[measure]).astype("int64"), 100, 1)
    return table


def pay_bands(month: Month) -> pd.DataFrame:
    """Postings by region, industry and pay, with the quartiles of pay on the unit nodes that have bands."""
    dimensions = {"region": REGION, "industry": INDUSTRY, "pay": PAY}
    sums = totals(month.postings.assign(postings=1), dimensions, ["postings"])
    table = _frame({"postings": sums["postings"]})
    return table.merge(quartiles(table), on=list(dimensions), how="left")


def recruiting_area(month: Month) -> pd.DataFrame:
    """Postings and vacancies by region."""
    sums = totals(month.postings.assign(postings=1), {"region": REGION}, ["postings", "vacancies"])
    return _frame({"postings": sums["postings"], "vacancies": sums["vacancies"]})


def worker_profile(month: Month) -> pd.DataFrame:
    """Distinct workers by skill, age and intended region; a worker with several counts once in each total."""
    workers, codes = month.workers, month.codes
    skills = _long(workers["skills"], codes.skills, NO_SKILL, TOTAL).rename("skill")
    regions = _long(workers["intended_regions"], codes.counties, ANY_REGION, codes.city).rename("region")
    rows = workers[["age_band"]].join(skills).join(regions).assign(all=TOTAL, workers=1)
    # A worker has one row per skill and region here, so that sums over rows of a node are persons.
    dimensions = {"skill": ("skill",), "age": ("age_band", "all"), "region": ("region",)}
    return _frame({"workers": totals(rows, dimensions, ["workers"])["workers"]})


def market_activity(month: Month) -> pd.DataFrame:
    """Postings published, events by kind and matched applications, by region."""
    by_region = {"region": REGION}
    measures = {"published": totals(month.postings.assign(n=1), by_region, ["n"])["n"]}
    events = month.activities.assign(n=1)
    for event in ("viewed", "applied", "completed", "service_visits"):
        measures[event] = totals(events[events["measure"] == event], by_region, ["n"])["n"]
    measures["matched"] = totals(matched_applications(month).assign(n=1), by_region, ["n"])["n"]
    table = _frame(measures)
    table["match_rate"] = quotient(table["matched"], table["applied"], 100, 1)
    return table


def applications(month: Month) -> pd.DataFrame:
    """The applications of the month."""
    return month.activities[month.activities["measure"] == "applied"]


def matched_applications(month: Month) -> pd.DataFrame:
    """The applications that were followed, in the month, by a match of the same worker and posting."""
    hired = month.activities[month.activities["measure"] == "hired"]
    last_hired = hired.groupby(["worker_id", "posting_id"])["last"].max().rename("hired_at")
    applied = applications(month).join(last_hired, on=["worker_id", "posting_id"])
    return applied[applied["hired_at"] >= applied["first"]]


def quartiles(table: pd.DataFrame) -> pd.DataFrame:
    """Quartiles of pay for every unit node, by linear interpolation within the band that holds them.

    A quartile in an open band is withheld (missing).
    """
    bands = pd.DataFrame(
        [
            (code, unit, order, *bounds)
            for unit, edges in BAND_EDGES.items()
            for order, (code, *bounds) in enumerate(zip(band_codes(unit), (0, *edges), (*edges, 0), strict=True))
        ],
        columns=["pay", "unit", "order", "lower", "upper"],
    )
    bands["open"] = bands["pay"].str.contains("<", regex=False) | bands["pay"].str.endswith("+")
    node = ["region", "industry", "unit"]
    rows = table.merge(bands, on="pay").sort_values([*node, "order"])
    reached = rows.groupby(node)["postings"].cumsum()
    before, size = reached - rows["postings"], rows.groupby(node)["postings"].transform("sum")

    result = rows[node].drop_duplicates()
    for quarter, name in ((1, "q1"), (2, "median"), (3, "q3")):
        # lower + (quarter/4 * size - before) / postings * (upper - lower), over the denominator 4 * postings
        denominator = 4 * rows["postings"]
        above = (quarter * size - 4 * before) * (rows["upper"] - rows["lower"])
        value = half_up(rows["lower"] * denominator + above, denominator)
        figure = rows[node].assign(**{name: value.astype("float64").mask(rows["open"])})
        holds = figure[4 * reached >= quarter * size].drop_duplicates(node)
        result = result.merge(holds, on=node, how="left")
    return result.rename(columns={"unit": "pay"})


def half_up(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """The quotient of integers (none negative, denominator positive), rounded half up to an integer."""
    return (2 * numerator + denominator) // (2 * denominator)


def quotient(numerator: pd.Series, denominator: pd.Series, times: int, decimals: int) -> pd.Series:
    """``times * numerator / denominator`` with some decimals, half up; missing over a denominator of zero."""
    scale = 10**decimals
    defined = denominator > 0
    value: pd.Series = half_up(times * scale * numerator, denominator.where(defined, 1)) / scale
    return value.where(defined)


def totals(rows: pd.DataFrame, dimensions: Mapping[str, Sequence[str]], measures: Sequence[str]) -> pd.DataFrame:
    """Sums of the measures at every node of the cross of the levels."""
    sources = _sources(dimensions)
    small = rows.groupby(sources, dropna=False)[list(measures)].sum().reset_index()
    return _nodes(small, dimensions).groupby(list(dimensions))[list(measures)].sum()


def distinct(rows: pd.DataFrame, dimensions: Mapping[str, Sequence[str]], who: str) -> pd.Series:
    """Number of different values of a column at every node of the cross of the levels."""
    small = rows[[*_sources(dimensions), who]].drop_duplicates()
    return _nodes(small, dimensions)[[*dimensions, who]].drop_duplicates().groupby(list(dimensions)).size()


def _sources(dimensions: Mapping[str, Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(column for levels in dimensions.values() for column in levels))


def _nodes(rows: pd.DataFrame, dimensions: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Every row once for each node that it belongs to; a row without a code at a level has no node there."""
    for dimension, levels in dimensions.items():
        rows = pd.concat([rows.assign(**{dimension: rows[level]}) for level in levels], ignore_index=True)
        rows = rows[rows[dimension].notna()]
    return rows


def _long(texts: pd.Series, codes: Mapping[str, str], empty: str, top: str) -> pd.Series:
    """The codes of a column of entries, one row each, each code once per row, plus a row for the top."""
    entries = _lookup(_entries(texts), codes)
    without = texts.index.difference(entries.index)
    parts = [entries, pd.Series(empty, index=without, dtype="str"), pd.Series(top, index=texts.index)]
    long = pd.concat(parts).rename("code").rename_axis("row").reset_index().drop_duplicates()
    codes_of_rows: pd.Series = long.set_index("row")["code"]
    return codes_of_rows


def _frame(measures: Mapping[str, pd.Series]) -> pd.DataFrame:
    """The measures side by side, 0 where a cell exists for another measure only."""
    frame = pd.concat(measures, axis=1).fillna(0).astype("int64")
    return frame.sort_index().reset_index()
