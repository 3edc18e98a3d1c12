"""The real file counted plainly, with nothing of the gateway's: csv, pandas and fractions.

It says where every row goes and what stands in every cell of the three tables, so that two ways of counting meet."""

import ast
import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd

PROVINCES = re.compile(r".+省|广西|西藏|宁夏|新疆|内蒙古")
KEY = ("职位", "公司", "地区", "时间")
UNITS = {"月": "month", "年": "year", "天": "day", "小时": "hour", "周": "week"}
YUAN = {"万": 10_000, "千": 1_000, "元": 1}
_PAY = re.compile(r"([\d.]+)(?:-([\d.]+))?(万|千|元)(以上|以下)?/(.+)")
Row = dict[str, str]
Bands = dict[str, list[tuple[str, int, int | None]]]
"""Unit → (code, lower, upper edge in yuan)."""


def read(path: Path) -> list[Row]:
    """The rows with the text inside their cells; an empty list is an empty text."""
    text = path.read_bytes().decode("gb18030")
    rows = []
    for record in csv.DictReader(io.StringIO(text, newline="")):
        cells = {name: ast.literal_eval(cell) for name, cell in record.items() if name != "岗位信息"}
        if any(len(cell) > 1 for cell in cells.values()):
            raise ValueError("a cell with several values")
        rows.append({name: cell[0] if cell else "" for name, cell in cells.items()} | {"岗位信息": record["岗位信息"]})
    return rows


def places(rows: list[Row]) -> dict[str, list[str]]:
    """City → its districts, as far as the file names them. A province is neither."""
    found: dict[str, set[str]] = {}
    for row in rows:
        city, _, district = row["地区"].partition("-")
        if city and not PROVINCES.fullmatch(city):
            found.setdefault(city, set()).update([district] if district else [])
    return {city: sorted(found[city]) for city in sorted(found)}


def industry(row: Row) -> str:
    """The first industry after the last stroke, or nothing."""
    _, stroke, after = row["公司信息"].rpartition("|")
    return unicodedata.normalize("NFKC", after.split()[0]) if stroke and after.split() else ""


def industries(rows: list[Row]) -> list[str]:
    return sorted({industry(row) for row in rows} - {""})


def outcome(row: Row, seen: set[tuple[str, ...]], month: str) -> str:
    """Where a row goes, and for a refusal why."""
    key = tuple(row[name] for name in KEY)
    if not all(key):
        return "refused: posting missing"
    if not row["公司信息"]:
        return "refused: industry missing"
    if not industry(row):
        return "refused: industry unknown_code"
    if PROVINCES.fullmatch(row["地区"].partition("-")[0]):
        return "refused: region unknown_code"
    if key in seen:
        return "duplicate"
    seen.add(key)
    return "counted" if row["时间"].startswith(month) else "out_of_period"


def account(rows: list[Row], month: str) -> list[str]:
    """The outcome of each row, in order."""
    seen: set[tuple[str, ...]] = set()
    return [outcome(row, seen, month) for row in rows]


def headcount(row: Row) -> int | None:
    return None if row["人数"] in ("若干人", "") else int(row["人数"].removesuffix("人"))


def read_bands(path: Path) -> Bands:
    bands: Bands = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for item in csv.DictReader(stream):
            if item["level"] == "band":
                edges = int(item["low"] or 0), int(item["high"]) if item["high"] else None
                bands.setdefault(item["unit"], []).append((item["code"], *edges))
    return bands


def pay_codes(row: Row, bands: Bands) -> list[str]:
    """The pay dimension's codes under which a row counts, from the top down."""
    if not row["薪资"]:
        return ["Total", "unstated"]
    low, high, factor, side, per = _PAY.fullmatch(row["薪资"]).groups()  # type: ignore[union-attr]
    first = Fraction(low) * YUAN[factor]
    last = Fraction(high) * YUAN[factor] if high else first
    unit = UNITS[per]
    if side == "以上":
        code, edge, _ = bands[unit][-1]
        return ["Total", unit, code] if first >= edge else ["Total", "other"]
    middle = (first + last) / 2 if side is None else last / 2
    for code, edge, end in bands[unit]:
        if edge <= middle and (end is None or middle < end):
            return ["Total", unit, code]
    raise ValueError("no band")


@dataclass(frozen=True)
class Codes:
    """The derived lists: label → code."""

    regions: dict[str, str]
    industries: dict[str, str]


def frame(rows: list[Row], month: str, codes: Codes, bands: Bands) -> pd.DataFrame:
    """The counted rows: who, how many, and the codes of each dimension under which each counts."""
    kept = [row for row, where in zip(rows, account(rows, month), strict=True) if where == "counted"]
    made = pd.DataFrame({"who": [row["公司"] for row in kept], "postings": 1})
    made["vacancies"] = [headcount(row) or 0 for row in kept]
    cities = [codes.regions[row["地区"].partition("-")[0]] for row in kept]
    made["city"] = [["100000", city] for city in cities]
    lower = [codes.regions[row["地区"]] if "-" in row["地区"] else None for row in kept]
    parents = {codes.regions[name.partition("-")[0]] for name in codes.regions if "-" in name}
    rests = [[f"{city}_U"] if city in parents else [] for city in cities]
    made["area"] = [["100000", c, *([low] if low else rest)] for c, low, rest in zip(cities, lower, rests, strict=True)]
    made["industry"] = [["Total", codes.industries[industry(row)]] for row in kept]
    made["pay"] = [pay_codes(row, bands) for row in kept]
    return made


def cells(made: pd.DataFrame, dimensions: list[str], measure: str) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Place → (value, employers, largest and second largest employer's part)."""
    long = made[["who", measure, *dimensions]]
    for name in dimensions:
        long = long.explode(name)
    parts = long.groupby([*dimensions, "who"], as_index=False)[measure].sum()
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for place, part in parts.groupby(dimensions)[measure]:
        most = sorted(part.tolist(), reverse=True)
        found[tuple(map(str, place))] = (sum(most), len(most), most[0], most[1] if len(most) > 1 else 0)
    return found


def quartile(counts: list[int], bands: list[tuple[str, int, int | None]], quarter: int) -> Decimal | None:
    """The quarter's value, interpolated in its band; None without postings, in the open bands at both ends."""
    wanted = Fraction(sum(counts) * quarter, 4)
    below = 0
    for place, (count, (_, low, high)) in enumerate(zip(counts, bands, strict=True)):
        if count and below + count >= wanted:
            if high is None or place == 0:
                return None
            return half_up(low + (wanted - below) / count * (high - low), 0)
        below += count
    return None


def half_up(value: Fraction, decimals: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def summary(outcomes: list[str]) -> dict[str, int]:
    """The four-way account."""
    return dict(Counter(outcome.partition(":")[0] for outcome in outcomes))
