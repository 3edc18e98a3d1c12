"""One parser a kind of column: a cell's text → (value, None) or (None, reason).

A parser is called once for each distinct text of a batch; it never raises on what a platform may write."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from gateway.base.errors import ConfigurationError
from gateway.ingest.contract import Column, Parse
from gateway.ingest.pay import Band, band_of, parse_pay
from gateway.model.hierarchy import REST, Hierarchy
from gateway.model.period import Period


class Reason(StrEnum):
    """Why a row was refused."""

    MALFORMED = "malformed"  # another number of cells than the header, or not JSON
    MISSING = "missing"
    UNKNOWN_CODE = "unknown_code"
    BAD_NUMBER = "bad_number"
    SENTINEL = "sentinel"
    BAD_DATE = "bad_date"
    OUT_OF_RANGE = "out_of_range"
    NO_SUCH_ROW = "no_such_row"  # a lookup found nothing


Parsed = tuple[Any, Reason | None]
Parser = Callable[[str | None], Parsed]
Found = TypeVar("Found")

_HEADCOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,6})人?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MINIMUM_AGE, MAXIMUM_AGE = 16, 100


def tidy(text: str | None) -> str | None:
    """NFKC, without surrounding white space; None when nothing is left."""
    if text is None:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.strip() or None


def parser(
    column: Column, hierarchies: Mapping[str, Hierarchy], bands: Mapping[str, tuple[Band, ...]], period: Period
) -> Parser:
    """The parser that a contract's column asks for. Keys and date-times are parsed column-wise, not here."""
    match column.parse:
        case Parse.CODE:
            return _code(column, hierarchies)
        case Parse.CODES:
            return _codes(column, hierarchies)
        case Parse.CHOICE:
            return _choice(column)
        case Parse.HEADCOUNT:
            return _headcount
        case Parse.PAY:
            return _pay(_listed(column, bands))
        case Parse.AGE:
            return _age(_listed(column, bands), period.last)
        case Parse.KEY | Parse.DATETIME:
            raise ValueError(f"{column.parse} is parsed column-wise")


def _listed(column: Column, lists: Mapping[str, Found]) -> Found:
    """The column's code list, or its bands. Raises ConfigurationError when there is none of that name."""
    if column.list is None or column.list not in lists:
        raise ConfigurationError(
            f"数据源契约用到的代码表 {column.list} 不存在，或没有分组界限",
            f"the source contract uses the code list {column.list}, which is not there or has no bands",
        )
    return lists[column.list]


def _names(column: Column, hierarchies: Mapping[str, Hierarchy]) -> dict[str, str]:
    """Every code and wording of the list, at the column's level if it names one, → the code. A wording that two codes
    share is left out: it does not say which."""
    hierarchy = _listed(column, hierarchies)
    if column.empty is not None and column.empty not in hierarchy:
        raise ConfigurationError(
            f"数据源契约为空单元格指定的代码不在代码表 {column.list} 中",
            f"the source contract's code for an empty cell is not in the code list {column.list}",
        )
    nodes = [n for n in hierarchy.nodes if column.level in (None, n.level) and not n.code.endswith(REST)]
    labels: dict[str, list[str]] = {}
    for node in nodes:
        labels.setdefault(tidy(node.label) or "", []).append(node.code)
    names = {label: codes[0] for label, codes in labels.items() if len(codes) == 1}
    return names | {node.code: node.code for node in nodes}


def _code(column: Column, hierarchies: Mapping[str, Hierarchy]) -> Parser:
    names = _names(column, hierarchies)
    pattern = re.compile(column.pattern) if column.pattern else None

    def parse(text: str | None) -> Parsed:
        value = tidy(text)
        if value is None:
            return (column.empty, None) if column.empty or not column.required else (None, Reason.MISSING)
        if pattern:
            found = pattern.search(value)
            value = tidy(found[1]) if found else None
        code = names.get(value) if value is not None else None
        return (code, None) if code is not None else (None, Reason.UNKNOWN_CODE)

    return parse


def _codes(column: Column, hierarchies: Mapping[str, Hierarchy]) -> Parser:
    names = _names(column, hierarchies)

    def parse(text: str | None) -> Parsed:
        parts = [part for part in map(tidy, (text or "").split(column.separator)) if part]
        if not parts:
            return ([column.empty], None) if column.empty else (None, Reason.MISSING)
        codes = [names.get(part) for part in parts]
        if None in codes:
            return None, Reason.UNKNOWN_CODE
        return sorted(set(filter(None, codes))), None

    return parse


def _choice(column: Column) -> Parser:
    def parse(text: str | None) -> Parsed:
        value = tidy(text)
        if value is None:
            return None, Reason.MISSING if column.required else None
        word = column.choices.get(value)
        return (word, None) if word is not None else (None, Reason.UNKNOWN_CODE)

    return parse


def _headcount(text: str | None) -> Parsed:
    """若干人 and an empty cell are a missing headcount, not a refusal; the posting still counts."""
    value = tidy(text)
    if value is None or value in ("若干人", "若干"):
        return None, None
    match = _HEADCOUNT.fullmatch(value)
    return (int(match[1].replace(",", "")), None) if match else (None, Reason.BAD_NUMBER)


def _pay(bands: tuple[Band, ...]) -> Parser:
    def parse(text: str | None) -> Parsed:
        pay = parse_pay(tidy(text))
        return (band_of(pay, bands), None) if pay is not None else (None, Reason.SENTINEL)

    return parse


def _age(bands: tuple[Band, ...], day: date) -> Parser:
    """Age in whole years on ``day``; below the working age of 16 (劳动法 art. 15) or above 100 is out of range."""

    def parse(text: str | None) -> Parsed:
        value = tidy(text)
        try:
            born = date.fromisoformat(value if value and _DATE.fullmatch(value) else "")
        except ValueError:
            return None, Reason.BAD_DATE
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        if not MINIMUM_AGE <= age <= MAXIMUM_AGE:
            return None, Reason.OUT_OF_RANGE
        band = next((b for b in bands if b.low <= age and (b.high is None or age <= b.high)), None)
        return (band.code, None) if band else (None, Reason.OUT_OF_RANGE)

    return parse
