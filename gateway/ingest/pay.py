"""Pay as people write it → unit and band.

Money is in integer cents. A unit that can't be told is ``other``; 面议 is ``negotiable``; nothing written is
``unstated``. A figure of 9,999,999 yuan or more is a sentinel, not pay."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

SENTINEL_YUAN = 9_999_999
_FACTORS = {"": 1, "元": 1, "k": 1000, "千": 1000, "万": 10_000}
_UNITS = {
    "小时": "hour",
    "时": "hour",
    "天": "day",
    "日": "day",
    "周": "week",
    "月": "month",
    "年": "year",
    "件": "piece",
    "单": "piece",
    "次": "piece",
}
_NUMBER = r"(\d+(?:\.\d+)?)"
_NUMBERS = re.compile(_NUMBER + r"\s*(k|K|千|万)?")
_RANGE = re.compile(rf"{_NUMBER}(k|千|万)?元?(?:[-~至—]{_NUMBER}(k|千|万)?)?元?(?:/(.+))?")
_OPEN = re.compile(rf"{_NUMBER}(k|千|万)?元?(以上|以下)(?:/(.+))?")
_BASE = re.compile(rf"底薪{_NUMBER}(k|千|万)?元?\+绩效{_NUMBER}(k|千|万)?元?(?:/月)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """``low`` and ``high`` in cents, both None where no amount was understood, ``high`` alone for "…以上"."""

    unit: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Half-open [low, high) in cents of the midpoint; ``high`` None for the open band at the top."""

    code: str
    unit: str
    low: int
    high: int | None


def parse_pay(text: str | None) -> Pay | None:
    """The pay in ``text``, or None for a sentinel.

    万, 千 and k written once at the end of a range hold for both ends (1-1.5万/月)."""
    tidy = re.sub(r"\s+", "", text or "").replace("K", "k")
    if not tidy:
        return Pay(unit="unstated")
    if any(_yuan(number, factor) >= SENTINEL_YUAN for number, factor in _NUMBERS.findall(tidy)):
        return None
    if "面议" in tidy:
        return Pay(unit="negotiable")
    if match := _BASE.fullmatch(tidy):
        base, base_factor, bonus, bonus_factor = match.groups()
        low = _yuan(base, base_factor)
        return _pay("month", low, low + _yuan(bonus, bonus_factor))
    if match := _OPEN.fullmatch(tidy):
        edge, factor, side, per = match.groups()
        return _half_open(_unit(per, factor), _yuan(edge, factor), side)
    match = _RANGE.fullmatch(tidy)
    if not match:
        return Pay(unit="other")
    first, first_factor, second, second_factor, per = match.groups()
    unit = _unit(per, first_factor, second_factor)
    if unit is None:
        return Pay(unit="other")
    low = _yuan(first, first_factor or second_factor)
    return _pay(unit, low, _yuan(second, second_factor or first_factor) if second else low)


def band_of(pay: Pay, bands: Iterable[Band]) -> str:
    """The band's code by the midpoint of low and high, or the unit where it has no bands.

    What has no upper end has no midpoint: it is in the unit's open band or, where it could be in several, ``other``."""
    if pay.low is None:
        return pay.unit
    if pay.high is None:
        own = [band for band in bands if band.unit == pay.unit]
        holding = next((band.code for band in own if band.high is None and band.low <= pay.low), "other")
        return holding if own else pay.unit
    twice = pay.low + pay.high
    for band in bands:
        if band.unit == pay.unit and 2 * band.low <= twice and (band.high is None or twice < 2 * band.high):
            return band.code
    return pay.unit


def _yuan(number: str, factor: str | None) -> Fraction:
    return Fraction(number) * _FACTORS[(factor or "").lower()]


def _unit(per: str | None, *factors: str | None) -> str | None:
    """The unit after the stroke; without one, k alone means a month."""
    return _UNITS.get(per) if per else ("month" if "k" in factors else None)


def _half_open(unit: str | None, edge: Fraction, side: str) -> Pay:
    """以下 is from nothing to ``edge``; 以上 has no upper end."""
    if unit is None:
        return Pay(unit="other")
    return _pay(unit, Fraction(0), edge) if side == "以下" else Pay(unit=unit, low=int(edge * 100))


def _pay(unit: str, low: Fraction, high: Fraction) -> Pay:
    if low > high:
        return Pay(unit="other")
    return Pay(unit=unit, low=int(low * 100), high=int(high * 100))
