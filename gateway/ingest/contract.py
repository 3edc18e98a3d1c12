"""A source contract: which columns of a platform's extract make up a feed, and the role of each (DESIGN, decision 5).

Columns that the contract does not name are never read. Withheld columns are named only so that the privacy stage can
look for their values in what leaves."""

import re
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from gateway.model.table import Declaration, Name


class Role(StrEnum):
    """What a column is for."""

    KEY = "key"  # counted, never shown; pseudonymised before it is stored
    DIMENSION = "dimension"
    MEASURE = "measure"
    TIME = "time"
    WITHHELD = "withheld"


class Parse(StrEnum):
    """How a column's text is understood (``parsers.py``)."""

    KEY = "key"
    CODE = "code"  # one code or wording of a code list
    CODES = "codes"  # several, in one cell
    CHOICE = "choice"  # platform's word → our word
    HEADCOUNT = "headcount"
    PAY = "pay"
    DATETIME = "datetime"
    AGE = "age"  # a birth date → the age band at the period's last day


ROLE_OF = {
    Parse.KEY: Role.KEY,
    Parse.CODE: Role.DIMENSION,
    Parse.CODES: Role.DIMENSION,
    Parse.CHOICE: Role.DIMENSION,
    Parse.HEADCOUNT: Role.MEASURE,
    Parse.PAY: Role.DIMENSION,
    Parse.DATETIME: Role.TIME,
    Parse.AGE: Role.DIMENSION,
}


class Column(Declaration):
    """One column of a feed: where it comes from and what it must be.

    ``source``: the platform's column, or several that together are a key. ``pattern``: for a code, a regular expression
    whose first group is the part of the tidied cell that counts; a cell that it does not fit is refused.
    ``fallback``: a column of the platform used where this one is empty. ``layouts``: the ways in which a date-time may
    be written (strptime); any other is refused, not guessed. ``empty``: the code that stands for an empty cell; without
    it an empty cell of a required column is refused."""

    source: str | tuple[str, ...]
    role: Role
    parse: Parse
    list: Name | None = None
    level: str | None = None
    separator: str = ";"
    pattern: str | None = None
    choices: dict[str, str] = Field(default_factory=dict)
    required: bool = True
    fallback: str | None = None
    layouts: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S",)
    empty: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Column":
        if ROLE_OF[self.parse] is not self.role:
            raise ValueError(f"a column parsed as {self.parse} has the role {ROLE_OF[self.parse]}")
        if (self.parse in (Parse.CODE, Parse.CODES, Parse.PAY, Parse.AGE)) != (self.list is not None):
            raise ValueError("a code list belongs to code, codes, pay and age, and is needed there")
        if (self.parse is Parse.CHOICE) != bool(self.choices):
            raise ValueError("choices belong to parse = 'choice', and are needed there")
        if isinstance(self.source, tuple) and (self.parse is not Parse.KEY or self.fallback):
            raise ValueError("only a key is made of several columns, and then it has no fallback")
        if self.pattern is not None and (self.parse is not Parse.CODE or not _groups(self.pattern)):
            raise ValueError("a pattern belongs to code, and is a regular expression with a group")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """All columns of the platform that this one reads."""
        own = self.source if isinstance(self.source, tuple) else (self.source,)
        return (*own, self.fallback) if self.fallback else own


def _groups(pattern: str) -> int:
    try:
        return re.compile(pattern).groups
    except re.error:
        return 0


class Withheld(Declaration):
    """A column whose values never leave; ``kind`` says how they are looked for in the output. It is not read for
    statistics, except as a key (a company's name where a platform has no number for it)."""

    source: str
    kind: Literal["identifier", "name", "text"]


class Window(Declaration):
    """Which rows belong to the month: ``before_end`` < the month's end and ``from_start`` ≥ its start."""

    before_end: Name
    from_start: Name


class Lookup(Declaration):
    """Takes ``columns`` from the accepted rows of another feed by a key that both have. A row whose key is unknown or
    empty is refused, unless one of its columns has the value that ``unless`` names."""

    feed: Name
    on: Name
    columns: tuple[Name, ...] = Field(min_length=1)
    unless: dict[Name, str] = Field(default_factory=dict)


class FeedContract(Declaration):
    """One feed: its files or table, its columns, and how many refusals are tolerated (a share of the rows read)."""

    source: str
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    cells: Literal["plain", "list"] = "plain"
    final_line_end: bool = True
    unique: Name
    window: Window
    max_refused: float = Field(ge=0, le=1)
    columns: dict[Name, Column] = Field(min_length=1)
    withheld: tuple[Withheld, ...] = ()
    lookup: Lookup | None = None

    @model_validator(mode="after")
    def _fits(self) -> "FeedContract":
        if self.unique not in self.columns or self.columns[self.unique].parse is not Parse.KEY:
            raise ValueError("unique names a key column of the feed")
        for name in (self.window.before_end, self.window.from_start):
            if name not in self.columns or self.columns[name].parse is not Parse.DATETIME:
                raise ValueError("the window names date-time columns of the feed")
        if self.lookup and self.lookup.on not in self.columns:
            raise ValueError("the lookup's key is not a column of the feed")
        withheld = {column.source for column in self.withheld}
        for name, column in self.columns.items():
            if column.parse is not Parse.KEY and withheld & set(column.sources):
                raise ValueError(f"{name} reads a withheld column, and is not a key")
        return self

    def reads(self) -> list[str]:
        """The platform's columns that ingest reads, each once, in order."""
        return list(dict.fromkeys(source for column in self.columns.values() for source in column.sources))


class Source(Declaration):
    """A platform's extract: its feeds, read in this order (a lookup goes to an earlier one)."""

    name: Name
    title: str
    feeds: dict[Name, FeedContract] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "Source":
        seen: set[str] = set()
        for name, feed in self.feeds.items():
            if feed.lookup and feed.lookup.feed not in seen:
                raise ValueError(f"{name}: looks up in a feed that is not listed before it")
            seen.add(name)
        return self
