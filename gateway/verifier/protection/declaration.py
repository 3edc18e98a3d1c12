"""The declaration of a protected table, read by itself: its dimensions, its contributor group, its rules."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from gateway.verifier.report import Problem

FORMAT = "gateway-protect/1"
TOP = "Total"
Model = Literal["business", "persons"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A hierarchy; ``levels`` are the columns from below the top down."""

    name: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is protected and by which rules; ``minimum`` counts contributor groups or persons, ``percent`` is p of the
    p% rule (business only)."""

    model: Model
    group: str
    value: str
    dimensions: tuple[Dimension, ...]
    minimum: int
    percent: Fraction | None


def read_declaration(data: bytes) -> Declaration:
    """The declaration in ``data`` (TOML). Raises Problem where a key is missing, unknown or of another type."""
    try:
        document = tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Problem("声明不是可读取的 TOML", "the declaration is not TOML that can be read") from error
    if document.get("format") != FORMAT or document.get("model") not in ("business", "persons"):
        raise _refused("format, model")
    if document.keys() != {"format", "model", "group", "value", "dimensions", "rules"}:
        raise _refused("keys")
    dimensions = _dimensions(document["dimensions"])
    columns = [document["group"], document["value"], *(level for one in dimensions for level in one.levels)]
    if not all(isinstance(name, str) and name for name in columns) or len(set(columns)) != len(columns):
        raise _refused("group, value, levels")
    minimum, percent = _rules(document["rules"], document["model"])
    return Declaration(
        model=document["model"],
        group=document["group"],
        value=document["value"],
        dimensions=dimensions,
        minimum=minimum,
        percent=percent,
    )


def _dimensions(found: Any) -> tuple[Dimension, ...]:
    if not isinstance(found, list) or not 1 <= len(found) <= 8:
        raise _refused("dimensions")
    made = []
    for one in found:
        if not isinstance(one, dict) or one.keys() != {"name", "levels"} or not isinstance(one["name"], str):
            raise _refused("dimensions")
        if not isinstance(one["levels"], list) or not one["levels"] or not all(_is_text(x) for x in one["levels"]):
            raise _refused("levels")
        made.append(Dimension(name=one["name"], levels=tuple(one["levels"])))
    if len({one.name for one in made} - {"value", "status", "mark", ""}) != len(made):
        raise _refused("name")
    return tuple(made)


def _rules(found: Any, model: str) -> tuple[int, Fraction | None]:
    names = {"minimum_groups", "p_percent"} if model == "business" else {"minimum_persons"}
    if not isinstance(found, dict) or found.keys() != names:
        raise _refused("rules")
    minimum = found["minimum_groups" if model == "business" else "minimum_persons"]
    if not isinstance(minimum, int) or isinstance(minimum, bool) or not 1 <= minimum <= 10**6:
        raise _refused("rules")
    if model == "persons":
        return minimum, None
    percent = found["p_percent"]
    if isinstance(percent, bool) or not isinstance(percent, int | Decimal):
        raise _refused("p_percent")
    if not Decimal(percent).is_finite() or not 0 <= percent <= 100 or len(str(percent)) > 12:
        raise _refused("p_percent")
    fraction = Fraction(percent)
    if fraction.denominator > 10**6:
        raise _refused("p_percent")
    return minimum, fraction


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _refused(where: str) -> Problem:
    return Problem(f"声明不符合约定的格式：{where}", f"the declaration does not have the agreed format: {where}")
