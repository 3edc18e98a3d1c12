"""Column discovery: what the columns of an unknown extract hold, so that a steward starts from a draft.

A column is judged by its header and by a sample of its values, spread evenly over the rows; what was not recognised is
*withheld*, never shown. Results hold names of columns, counts and shares. Where a column's own name looks like data
(an extract without a header row), it is called by its number."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from gateway.model.finding import Tier
from gateway.privacy.cells import Column, search, vocabulary_array
from gateway.privacy.cues import cued
from gateway.privacy.text import scan_text

SAMPLE = 4_000
"""Values of a column that are looked at, or up to twice as many."""
MANY = 100_000
"""Distinct values are counted up to here."""
MOSTLY, SOME = 0.95, 0.15
"""Shares of the sample. A number of eight digits after a letter has the check digit of another kind once in eleven."""
FEW = 200
"""A dimension has at most so many distinct values."""
LONG = 30
"""Characters on average from which a text is free text."""


class Guess(StrEnum):
    """The role that is proposed; the same words as in a source contract."""

    KEY = "key"
    DIMENSION = "dimension"
    MEASURE = "measure"
    TIME = "time"
    WITHHELD = "withheld"


class Why(StrEnum):
    """What a proposal rests on."""

    PERSONAL = "personal"
    COMPANY = "company"
    FREE_TEXT = "free_text"
    NUMBERED = "numbered"
    DATED = "dated"
    COUNTED = "counted"
    FEW_VALUES = "few_values"
    EMPTY = "empty"
    UNKNOWN = "unknown"


REASONS: dict[Why, tuple[str, str]] = {
    Why.PERSONAL: ("识别出个人信息", "personal data recognised"),
    Why.COMPANY: ("单位名称", "names of companies"),
    Why.FREE_TEXT: ("自由文本", "free text"),
    Why.NUMBERED: ("编号，逐行不同或表头如此", "numbers of records, by header or because they differ"),
    Why.DATED: ("日期时间", "date and time"),
    Why.COUNTED: ("人数或数量", "a count"),
    Why.FEW_VALUES: ("取值很少", "few distinct values"),
    Why.EMPTY: ("空列", "empty"),
    Why.UNKNOWN: ("未识别，默认不提供", "not recognised: withheld by default"),
}
LAYOUTS = {
    "%Y-%m-%d %H:%M:%S": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$",
    "%Y-%m-%d %H:%M": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$",
    "%Y-%m-%dT%H:%M:%S": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$",
    "%Y/%m/%d %H:%M:%S": r"^\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}:\d{2}$",
    "%Y-%m-%d": r"^\d{4}-\d{2}-\d{2}$",
    "%Y/%m/%d": r"^\d{4}/\d{1,2}/\d{1,2}$",
    "%Y%m%d": r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$",
}
_COMPANY = r"(?:公司|集团|厂|店|合作社|中心|事务所|经营部|商行|超市|酒店|饭店|餐厅|工作室|个体工商户)$"
_COMPANY_HEADER = r"(?i)企业|公司|单位|雇主|商户|店铺|employer|company|merchant|firm"
_NAME_HEADER = r"(?i)名|name"
_NUMBER_HEADER = r"(?i)编号|编码|单号|序号|工号|账号|流水|号$|(?:^|[_ ])(?:id|no|uuid|key)$|[a-z](?:Id|ID|No)$"
_COUNT_HEADER = r"(?i)人数|数量|个数|名额|headcount|count|vacanc|openings|num"
QUASI = (
    "(?i)性别|年龄|岁|出生|生日|民族|学历|文化程度|籍贯|户籍|地区|区县|城市|省|乡镇|街道|职业|工种|技能|行业|婚|政治面貌"
    r"|\b(?:sex|gender|age|birth|nation|ethnic|educat|degree|region|county|city|town|district|province|occupation|job"
    r"|skill|industry|marital)"
)
"""Headers of what is known of a person from elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """An entity in a column: the share of the sample's values that hold it, and the surest tier."""

    entity: str
    share: float
    tier: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """A column: counts over all rows, kinds over the sample, the role that is proposed for it.

    ``shown``: its name, or its number where the name itself may be data. ``distinct``: None for more than MANY.
    ``withheld_as``: how a withheld column's values are looked for in the output. ``layout``: of a time."""

    name: str
    shown: str
    filled: int
    distinct: int | None
    sampled: int
    kinds: tuple[Kind, ...]
    guess: Guess
    why: Why
    withheld_as: str | None = None
    layout: str | None = None
    quasi: bool = False


@dataclass(slots=True)
class _Seen:
    """What is kept of a column while its chunks pass."""

    filled: int = 0
    distinct: pa.Array | None = None
    over: bool = False
    sample: pa.Array = field(default_factory=lambda: pa.array([], pa.large_string()))
    stride: int = 1
    rows: int = 0

    def take(self, values: pa.Array) -> None:
        """One more chunk."""
        text = values.cast(pa.large_string())
        start = -self.rows % self.stride
        self.rows += len(text)
        some = text.take(pa.array(range(start, len(text), self.stride), pa.int64())).drop_null()
        self.sample = pa.concat_arrays([self.sample, some])
        while len(self.sample) > 2 * SAMPLE:
            self.sample = self.sample.take(pa.array(range(0, len(self.sample), 2), pa.int64()))
            self.stride *= 2
        self.filled += len(text) - text.null_count
        if not self.over:
            both = [text.drop_null(), *([] if self.distinct is None else [self.distinct])]
            self.distinct = pc.unique(pa.concat_arrays(both))
            if len(self.distinct) > MANY:
                self.over, self.distinct = True, None


def profiled(chunks: Iterable[Mapping[str, pa.Array]]) -> tuple[int, tuple[ColumnProfile, ...]]:
    """(rows, a profile of each column) of chunks of text columns (null: an empty cell), in their order."""
    seen: dict[str, _Seen] = {}
    for chunk in chunks:
        for name, values in chunk.items():
            seen.setdefault(name, _Seen()).take(values)
    rows = max((one.rows for one in seen.values()), default=0)
    data = any(finding.tier is not Tier.LOW for name in seen for finding in scan_text(name))
    return rows, tuple(_profile(name, place, one, data) for place, (name, one) in enumerate(seen.items(), start=1))


def _profile(name: str, place: int, seen: _Seen, data: bool) -> ColumnProfile:
    """``data``: the header row holds something personal, so that no name of a column is shown."""
    kinds = _kinds(name, seen.sample)
    distinct = None if seen.over else len(seen.distinct) if seen.distinct is not None else 0
    guess, why, extra = _judged(name, seen, distinct, kinds)
    return ColumnProfile(
        name=name,
        shown=f"#{place}" if data or not name.strip() or scan_text(name) else name,
        filled=seen.filled,
        distinct=distinct,
        sampled=len(seen.sample),
        kinds=kinds,
        guess=guess,
        why=why,
        withheld_as=extra if guess is Guess.WITHHELD else None,
        layout=extra if guess is Guess.TIME else None,
        quasi=_is_quasi(name, guess, kinds, distinct),
    )


def _kinds(name: str, sample: pa.Array) -> tuple[Kind, ...]:
    """The entities in a sample under its header, the most frequent first."""
    column = Column(values=sample, locate=str, context=(name,))
    tiers: dict[tuple[str, str], Tier] = {}
    order = [Tier.LOW, Tier.MEDIUM, Tier.HIGH]
    for finding in search([column], vocabulary_array(()), ""):
        place = finding.entity, finding.location
        tiers[place] = max(tiers.get(place, Tier.LOW), finding.tier, key=order.index)
    counted = Counter(entity for entity, _ in tiers)
    return tuple(
        Kind(
            entity=entity,
            share=number / len(sample),
            tier=max((t for (e, _), t in tiers.items() if e == entity), key=order.index),
        )
        for entity, number in counted.most_common()
    )


def _judged(name: str, seen: _Seen, distinct: int | None, kinds: tuple[Kind, ...]) -> tuple[Guess, Why, str | None]:
    """(role, why, how it is withheld or its layout)."""
    if not seen.filled:
        return Guess.WITHHELD, Why.EMPTY, "text"
    personal = next((k for k in kinds if k.tier is not Tier.LOW and k.share >= SOME), None)
    free = (pc.mean(pc.utf8_length(seen.sample)).as_py() or 0) >= LONG
    if personal and not free:
        return Guess.WITHHELD, Why.PERSONAL, "name" if personal.entity == "PERSON_NAME" else "identifier"
    if free:
        return Guess.WITHHELD, Why.FREE_TEXT, "text"
    announced = cued((name,)) - {"COORDINATES"}
    if announced and kinds:
        return Guess.WITHHELD, Why.PERSONAL, "name" if "PERSON_NAME" in announced else "identifier"
    if _share(seen.sample, _COMPANY) >= 0.5 or (_says(name, _COMPANY_HEADER) and _says(name, _NAME_HEADER)):
        return Guess.WITHHELD, Why.COMPANY, "name"
    for layout, shape in LAYOUTS.items():
        if _share(seen.sample, shape) >= MOSTLY and not announced:
            return Guess.TIME, Why.DATED, layout
    return _plain(name, seen, distinct, kinds)


def _plain(name: str, seen: _Seen, distinct: int | None, kinds: tuple[Kind, ...]) -> tuple[Guess, Why, str | None]:
    """The role of a column in which nothing personal was recognised."""
    token = _share(seen.sample, r"^[0-9A-Za-z_.:/-]{1,40}$") >= MOSTLY
    number = _share(seen.sample, r"^[0-9]{1,6}(?:\.0+)?$") >= MOSTLY
    different = distinct is None or distinct >= 0.9 * seen.filled
    if token and (_says(name, _NUMBER_HEADER) or (different and not number and seen.filled > FEW)):
        return Guess.KEY, Why.NUMBERED, None
    if number and _says(name, _COUNT_HEADER):
        return Guess.MEASURE, Why.COUNTED, None
    few = distinct is not None and distinct <= FEW and (distinct <= 0.2 * seen.filled or distinct <= 5)
    if few and not kinds and not _says(name, _NAME_HEADER):
        return Guess.DIMENSION, Why.FEW_VALUES, None
    return Guess.WITHHELD, Why.UNKNOWN, "identifier" if token else "text"


def _is_quasi(name: str, guess: Guess, kinds: tuple[Kind, ...], distinct: int | None) -> bool:
    """Whether the column says something of a person that others may know."""
    if distinct is not None and distinct < 2:
        return False
    birth = any(kind.entity == "BIRTH_DATE" and kind.share >= SOME for kind in kinds)
    return birth or (guess is not Guess.KEY and _says(name, QUASI) and not any(k.entity != "BIRTH_DATE" for k in kinds))


def _share(sample: pa.Array, pattern: str) -> float:
    hits = pc.sum(pc.match_substring_regex(sample, pattern)).as_py() or 0
    return hits / len(sample) if len(sample) else 0.0


def _says(name: str, pattern: str) -> bool:
    return bool(re.search(pattern, name) or re.search(pattern, name.replace("_", " ")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymity:
    """The classes of records that are alike in ``columns``: how many there are, how small the smallest is, how many
    classes and records are in classes below ``k`` (k-anonymity; Sweeney 2002)."""

    columns: tuple[str, ...]
    k: int
    rows: int
    classes: int
    smallest: int
    classes_below: int
    rows_below: int


def anonymity(chunks: Iterable[Mapping[str, pa.Array]], columns: tuple[str, ...], k: int) -> Anonymity:
    """The k-anonymity of a combination of columns; an empty cell is a value of its own. Memory: one row a class."""
    held: pa.Table | None = None
    for chunk in chunks:
        table = pa.table({**{f"c{n}": chunk[name] for n, name in enumerate(columns)}, "rows": _ones(chunk, columns)})
        held = _grouped(table if held is None else pa.concat_tables([held, table]), len(columns))
    sizes = pa.array([], pa.int64()) if held is None else held["rows"].combine_chunks()
    below = pc.filter(sizes, pc.less(sizes, k))
    return Anonymity(
        columns=columns,
        k=k,
        rows=pc.sum(sizes).as_py() or 0,
        classes=len(sizes),
        smallest=pc.min(sizes).as_py() or 0,
        classes_below=len(below),
        rows_below=pc.sum(below).as_py() or 0,
    )


def _ones(chunk: Mapping[str, pa.Array], columns: tuple[str, ...]) -> pa.Array:
    return pa.repeat(pa.scalar(1, pa.int64()), len(chunk[columns[0]]))


def _grouped(table: pa.Table, number: int) -> pa.Table:
    keys = [f"c{n}" for n in range(number)]
    return table.group_by(keys).aggregate([("rows", "sum")]).rename_columns([*keys, "rows"])
