"""Declarations in TOML, read strictly: every mistake is told at once, each with its file, line and key.

A value is never turned into another type: ``code = 62`` is not the text ``"62"``. Validators of a model see dates as
ISO text, because the document is validated as strict JSON."""

import json
import re
import tomllib
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from gateway.base.errors import ConfigurationError

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_WORDS = {
    "missing": ("缺少此项", "is missing"),
    "extra_forbidden": (
        "不认识的项：写错了，或应在别的表里",
        "is not known here: a misspelling, or it belongs to another table",
    ),
    "string_type": ("应为文字，加引号", "has to be text, in quotes"),
    "int_type": ("应为整数", "has to be a whole number"),
    "bool_type": ("应为 true 或 false", "has to be true or false"),
    "float_type": ("应为数", "has to be a number"),
    "date_type": ("应为日期，如 2026-01-31", "has to be a date, e.g. 2026-01-31"),
    "date_parsing": ("应为日期，如 2026-01-31", "has to be a date, e.g. 2026-01-31"),
    "date_from_datetime_parsing": ("应为日期，如 2026-01-31", "has to be a date, e.g. 2026-01-31"),
    "time_type": ("应为时间，如 09:30:00", "has to be a time, e.g. 09:30:00"),
    "time_parsing": ("应为时间，如 09:30:00", "has to be a time, e.g. 09:30:00"),
    "literal_error": ("应为 {expected}", "has to be {expected}"),
    "enum": ("应为 {expected}", "has to be {expected}"),
    "string_pattern_mismatch": ("格式应符合 {pattern}", "has to have the form {pattern}"),
    "greater_than_equal": ("应不小于 {ge}", "has to be {ge} or more"),
    "less_than_equal": ("应不大于 {le}", "has to be {le} or less"),
    "greater_than": ("应大于 {gt}", "has to be more than {gt}"),
    "less_than": ("应小于 {lt}", "has to be less than {lt}"),
    "too_short": ("至少 {min_length} 项", "needs {min_length} or more"),
    "too_long": ("至多 {max_length} 项", "holds more than {max_length}"),
    "string_too_short": ("至少 {min_length} 字", "needs {min_length} or more characters"),
    "string_too_long": ("至多 {max_length} 字", "has more than {max_length} characters"),
    "tuple_type": ("应为数组", "has to be a list: [...]"),
    "list_type": ("应为数组", "has to be a list: [...]"),
    "dict_type": ("应为表", "has to be a table"),
    "model_type": ("应为表", "has to be a table"),
}


class Fault(NamedTuple):
    """A mistake that a model's own validator found: where in the document, and what, in both languages."""

    place: Place
    zh: str
    en: str


def wrong(*faults: Fault) -> PydanticCustomError:
    """What a model's validator raises, so that each fault is told at its own line, in both languages."""
    return PydanticCustomError("declaration", "contradictory", {"faults": faults})


def load_toml(path: Path, model: type[M], *, verify: Callable[[bytes], object] | None = None) -> M:
    """The declaration at ``path``. Raises ConfigurationError for a missing file and for every mistake in it.

    ``verify`` is given the exact bytes before they are read, and raises when their signature does not hold."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path}: 没有这个文件", f"{path}: no such file", next="gateway doctor") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: 无法读取", f"{path}: can't be read", next="gateway doctor") from error
    if verify is not None:
        verify(data)
    return _parse(data, path, model)


def _parse(data: bytes, name: Path, model: type[M]) -> M:
    try:
        text = data.decode("utf-8-sig")
        document = tomllib.loads(text)
        return model.model_validate_json(json.dumps(document, default=_iso), strict=True)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refusal([f"{name}:{line}: 不是 UTF-8 文字"], [f"{name}:{line}: not UTF-8 text"]) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = str(error)[: found.start()] if found else str(error)
        raise _refusal([f"{name}:{line}: TOML 语法错误：{what}"], [f"{name}:{line}: not TOML: {what}"]) from error
    except ValidationError as error:
        lines = _lines(text)
        faults = _faults(error)
        rows = sorted((_line(lines, f.place), ".".join(map(str, f.place)) or "*", f.zh, f.en) for f in faults)
        zh = [f"{name}:{line}: {key}: {what}" for line, key, what, _ in rows]
        raise _refusal(zh, [f"{name}:{line}: {key}: {what}" for line, key, _, what in rows]) from error


def _refusal(zh: list[str], en: list[str]) -> ConfigurationError:
    again = ("改正所列各行后重试", "mend the lines listed and run the same command again")
    unused = ("没有采用这份文件，没有编制或发送任何内容", "the file is not used; nothing was built or sent")
    return ConfigurationError("\n".join(zh), "\n".join(en), safe=unused, next=again)


def _iso(value: Any) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _faults(error: ValidationError) -> list[Fault]:
    """All faults, each at its place; a list that only seems too short because an item of it is wrong is left out."""
    details = error.errors(include_url=False, include_input=False)
    places = [tuple(detail["loc"]) for detail in details]
    shrunk = {
        place
        for place, detail in zip(places, details, strict=True)
        if detail["type"] == "too_short" and any(p[: len(place)] == place != p for p in places)
    }
    return [fault for p, detail in zip(places, details, strict=True) if p not in shrunk for fault in _told(detail)]


def _told(detail: Any) -> list[Fault]:
    place, context = tuple(detail["loc"]), detail.get("ctx", {})
    if detail["type"] == "declaration":
        return [Fault((*place, *fault.place), fault.zh, fault.en) for fault in context["faults"]]
    if words := _WORDS.get(detail["type"]):
        zh, en = (word.format_map(context) for word in words)
        return [Fault(place, zh, en)]
    return [Fault(place, f"不符合要求：{detail['msg']}", detail["msg"])]


def _lines(text: str) -> dict[Place, int]:
    """The line at which each table and key of the document first stands; inside inline values nothing is listed."""
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    quoted = False
    for number, line in enumerate(text.splitlines(), 1):
        within, quoted = quoted, quoted ^ ((line.count('"""') + line.count("'''")) % 2 == 1)
        if within:
            continue
        if header := _HEADER.match(line):
            table = ()
            parts = [part.strip("\"'") for part in re.findall(_PART, header[2])]
            for part in parts[:-1]:
                table = (*table, part)
                lines.setdefault(table, number)
                table = (*table, counts[table]) if table in counts else table
            table = (*table, parts[-1])
            if header[1] == "[[":
                lines.setdefault(table, number)
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            place = table
            for part in re.findall(_PART, key[1]):
                place = (*place, part.strip("\"'"))
                lines.setdefault(place, number)
    return lines


def _line(lines: dict[Place, int], place: Place) -> int:
    """The line of the nearest thing above ``place`` that stands on a line of its own; 1 when nothing does."""
    at: Place = ()
    for part in place:
        at = (*at, part) if (*at, part) in lines else at
    return lines.get(at, 1)
