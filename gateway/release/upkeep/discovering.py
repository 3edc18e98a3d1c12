"""``gateway scan --profile``: an unknown extract is read, its columns are judged, and a source contract is drafted.

Nothing of a deployment is needed or changed. The draft names every column: what was not recognised is withheld. No
value of the extract is in what comes back."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pydantic import ValidationError

from gateway.base.errors import InputError
from gateway.ingest import Source, columns_of, read
from gateway.privacy import Anonymity, ColumnProfile, Guess, anonymity, profiled

Progress = Callable[[float], None]
MOST_QUASI = 6
"""Columns of a combination that is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found in a file. ``malformed``: rows that could not be read; ``lacking``: what the draft still needs
    before it can be used (``unique``, ``window``, ``header``, ``list NAME``); ``combination``: the columns of
    ``anonymity``, as they are shown; ``chosen``: by the caller."""

    file: str
    rows: int
    malformed: int
    columns: tuple[ColumnProfile, ...]
    anonymity: Anonymity | None
    chosen: bool
    combination: tuple[str, ...]
    contract: str
    lacking: tuple[str, ...]


def discover(path: Path, *, quasi: Sequence[str], k: int, progress: Progress) -> Discovery:
    """Reads ``path`` twice: for its columns, and for the combination ``quasi`` (empty: one is proposed).

    Raises InputError for a file that can't be read or lacks a column of ``quasi``."""
    present = columns_of(path, encoding="auto")
    twice = [name for name in present if present.count(name) > 1]
    if not present or twice:
        raise InputError(
            f"{path.name} 的表头为空或有重名列",
            f"{path.name}: the header is empty or names a column twice",
            next=("核对第一行是否为表头", "see whether the first row is a header"),
        )
    unknown = [name for name in quasi if name not in present]
    if unknown:
        raise InputError(
            f"没有这些列：{'、'.join(unknown)}",
            f"no such columns: {', '.join(unknown)}",
            next=f"gateway scan --profile {path.name}",
        )
    counter = [0]
    rows, columns = profiled(_chunks(path, present, counter, lambda part: progress(part / 2)))
    combination = tuple(quasi) or _proposed(columns)
    found = None
    if combination:
        found = anonymity(_chunks(path, combination, [0], lambda part: progress(0.5 + part / 2)), combination, k)
    contract, lacking = drafted(path.stem, columns)
    return Discovery(
        file=path.name,
        rows=rows,
        malformed=counter[0],
        columns=columns,
        anonymity=found,
        chosen=bool(quasi),
        combination=tuple(c.shown for c in columns if c.name in combination),
        contract=contract,
        lacking=lacking,
    )


def _chunks(
    path: Path, columns: Sequence[str], malformed: list[int], progress: Progress
) -> Iterator[Mapping[str, pa.Array]]:
    for chunk in read(path, columns, encoding="auto", final_line_end=False):
        malformed[0] += len(chunk.malformed)
        yield {name: chunk.columns[name] for name in columns}
        progress(chunk.position)


def _proposed(columns: Sequence[ColumnProfile]) -> tuple[str, ...]:
    """The quasi-identifiers, else the dimensions; of many those with the fewest values."""
    some = [c for c in columns if c.quasi] or [c for c in columns if c.guess is Guess.DIMENSION]
    fewest = sorted(some, key=lambda c: (c.distinct is None, c.distinct))[:MOST_QUASI]
    return tuple(c.name for c in columns if c in fewest)


def drafted(stem: str, columns: Sequence[ColumnProfile]) -> tuple[str, tuple[str, ...]]:
    """(a source contract in TOML, what it still lacks)."""
    usable = [c for c in columns if c.shown == c.name]
    names = _names(usable)
    keys = [c for c in usable if c.guess is Guess.KEY]
    times = [c for c in usable if c.guess is Guess.TIME]
    unique = max(keys, key=lambda c: (c.distinct is None, c.distinct or 0), default=None)
    feed = _slug(stem) or "feed"
    lines = [
        "# 草稿，由 gateway scan --profile 生成：逐行核对后使用。未识别的列一律不提供。",
        "# A draft by gateway scan --profile: check every line before use. What was not recognised is withheld.",
        f"name = {_text(feed)}",
        f"title = {_text(feed)}",
        "",
        f"[feeds.{feed}]",
        f"source = {_text(stem)}",
        f"unique = {_text(names[unique.name] if unique else '')}",
        "window = { before_end = %s, from_start = %s }" % ((_text(names[times[0].name] if times else ""),) * 2),
        "max_refused = 0.02",
        "withheld = [",
        *(f"    {{ source = {_text(c.name)}, kind = {_text(c.withheld_as)} }}," for c in usable if c.withheld_as),
        "]",
        f"[feeds.{feed}.columns]",
        *(f"{names[c.name]} = {_column(c, names[c.name])}" for c in usable if c.guess is not Guess.WITHHELD),
    ]
    contract = "\n".join(lines) + "\n"
    lacking = [
        *(["header"] if len(usable) < len(columns) else []),
        *([] if unique else ["unique"]),
        *([] if times else ["window"]),
    ]
    if not lacking:
        _check(contract)
    lists = [f"list {names[c.name]}" for c in usable if c.guess is Guess.DIMENSION]
    return contract, (*lacking, *lists)


def _column(column: ColumnProfile, name: str) -> str:
    rest = {
        Guess.KEY: 'parse = "key"',
        Guess.DIMENSION: f'parse = "code", list = {_text(name)}',
        Guess.MEASURE: 'parse = "headcount"',
        Guess.TIME: f'parse = "datetime", layouts = [{_text(column.layout)}]',
    }[column.guess]
    return f"{{ source = {_text(column.name)}, role = {_text(column.guess.value)}, {rest} }}"


def _names(columns: Sequence[ColumnProfile]) -> dict[str, str]:
    """Our name for each of the platform's columns: its own where it is one, else a numbered one."""
    names: dict[str, str] = {}
    for place, column in enumerate(columns, start=1):
        slug = _slug(column.name)
        names[column.name] = slug if slug and slug not in names.values() else f"column_{place}"
    return names


def _slug(name: str) -> str:
    """A name as the declarations take it, or nothing where that would not be the name any more."""
    slug = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()).strip("_")
    return slug if name.isascii() and slug[:1].isalpha() else ""


def _text(value: str | None) -> str:
    """A basic string of TOML, which is written as JSON writes its strings."""
    return json.dumps(value or "", ensure_ascii=False).replace("\x7f", "\\u007f")


def _check(contract: str) -> None:
    """A draft that lacks nothing has to load. Raises InputError where it does not."""
    try:
        Source.model_validate(tomllib.loads(contract))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            "按这些列名无法写成数据源契约",
            "no source contract can be written with these column names",
            next=("修改表头中的特殊字符", "change unusual characters in the header"),
        ) from error
