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
Insiders = Literal["any", "second"]
_NEEDED = {"format", "model", "group", "value", "dimensions"}
_COMMON, _BUSINESS = {"insiders", "group_disclosure"}, {"minimum_groups", "p_percent", "dominance"}
_PERSONS = {"minimum_persons"}
_OPTIONAL = {"rules", "structural_zeros", "partial"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A hierarchy; ``levels`` are the columns from below the top down. ``shown``: those of which there are figures,
    from the top (``Total``) down."""

    name: str
    levels: tuple[str, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is protected and by which rules; ``minimum`` counts contributor groups or persons. Business only:
    ``percent`` is p of the p% rule, ``dominance`` n and k of the (n,k) rule. ``insiders``: which groups are
    tried as attackers. ``group_disclosure``: persons only, whether that is a rule. ``structural_zeros``: places (a code
    a dimension) at which nothing can be. ``partial``: of the levels shown only some cells are listed, those of several
    releases; what is left of one without others is protected like a cell."""

    model: Model
    group: str
    value: str
    dimensions: tuple[Dimension, ...]
    minimum: int
    percent: Fraction | None
    dominance: tuple[int, Fraction] | None
    insiders: Insiders
    group_disclosure: bool = False
    structural_zeros: tuple[tuple[str, ...], ...] = ()
    partial: bool = False


def read_declaration(data: bytes) -> Declaration:
    """The declaration in ``data`` (TOML). Raises Problem where a key is missing, unknown or of another type."""
    try:
        document = tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Problem("声明不是可读取的 TOML", "the declaration is not TOML that can be read") from error
    if document.get("format") != FORMAT or document.get("model") not in ("business", "persons"):
        raise _refused("format, model")
    if document.keys() | _OPTIONAL != _NEEDED | _OPTIONAL or not isinstance(document.get("partial", False), bool):
        raise _refused("keys")
    dimensions = _dimensions(document["dimensions"])
    columns = [document["group"], document["value"], *(level for one in dimensions for level in one.levels)]
    if not all(isinstance(name, str) and name for name in columns) or len(set(columns)) != len(columns):
        raise _refused("group, value, levels")
    return _with_rules(document, dimensions, document.get("rules", {}))


def _dimensions(found: Any) -> tuple[Dimension, ...]:
    if not isinstance(found, list) or not 1 <= len(found) <= 8:
        raise _refused("dimensions")
    made = []
    for one in found:
        if not isinstance(one, dict) or one.keys() | {"shown"} != {"name", "levels", "shown"}:
            raise _refused("dimensions")
        levels = one["levels"]
        if not isinstance(one["name"], str) or not isinstance(levels, list) or not levels:
            raise _refused("levels")
        if not all(_is_text(level) and level != TOP for level in levels):
            raise _refused("levels")
        made.append(Dimension(name=one["name"], levels=tuple(levels), shown=_shown(one.get("shown"), levels)))
    if len({one.name for one in made} - {"value", "status", "mark", ""}) != len(made):
        raise _refused("name")
    return tuple(made)


def _shown(found: Any, levels: list[str]) -> tuple[str, ...]:
    every = [TOP, *levels]
    if found is None:
        return tuple(every)
    if not isinstance(found, list) or not found or any(one not in every for one in found):
        raise _refused("shown")
    if len(set(found)) != len(found):
        raise _refused("shown")
    return tuple(one for one in every if one in found)


def _with_rules(document: dict[str, Any], dimensions: tuple[Dimension, ...], found: Any) -> Declaration:
    """The rules' parameters; those of the other model do not matter."""
    if not isinstance(found, dict) or not found.keys() <= _COMMON | _BUSINESS | _PERSONS:
        raise _refused("rules")
    business = document["model"] == "business"
    minimum = found.get("minimum_groups", 3) if business else found.get("minimum_persons", 10)
    if not isinstance(minimum, int) or isinstance(minimum, bool) or not 1 <= minimum <= 10**6:
        raise _refused("rules")
    if found.get("insiders", "any") not in ("any", "second"):
        raise _refused("insiders")
    grouped = found.get("group_disclosure", False)
    if not isinstance(grouped, bool) or (grouped and business):
        raise _refused("group_disclosure")
    return Declaration(
        model=document["model"],
        group=document["group"],
        value=document["value"],
        dimensions=dimensions,
        minimum=minimum,
        percent=_percent(found.get("p_percent", 15), "p_percent") if business else None,
        dominance=_dominance(found["dominance"]) if business and "dominance" in found else None,
        insiders=found.get("insiders", "any"),
        group_disclosure=grouped,
        structural_zeros=_zeros(document.get("structural_zeros", []), [one.name for one in dimensions]),
        partial=document.get("partial", False),
    )


def _zeros(found: Any, names: list[str]) -> tuple[tuple[str, ...], ...]:
    if not isinstance(found, list):
        raise _refused("structural_zeros")
    for zero in found:
        if not isinstance(zero, dict) or not zero or not zero.keys() <= set(names):
            raise _refused("structural_zeros")
        if not all(_is_text(code) for code in zero.values()):
            raise _refused("structural_zeros")
    return tuple(tuple(zero.get(name, TOP) for name in names) for zero in found)


def _dominance(found: Any) -> tuple[int, Fraction]:
    if not isinstance(found, list) or len(found) != 2 or isinstance(found[0], bool) or found[0] not in (1, 2):
        raise _refused("dominance")
    percent = _percent(found[1], "dominance")
    if not isinstance(found[0], int) or not percent:
        raise _refused("dominance")
    return found[0], percent


def _percent(found: Any, where: str) -> Fraction:
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        raise _refused(where)
    if not Decimal(found).is_finite() or not 0 <= found <= 100 or len(str(found)) > 12:
        raise _refused(where)
    fraction = Fraction(found)
    if fraction.denominator > 10**6:
        raise _refused(where)
    return fraction


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _refused(where: str) -> Problem:
    return Problem(f"声明不符合约定的格式：{where}", f"the declaration does not have the agreed format: {where}")
