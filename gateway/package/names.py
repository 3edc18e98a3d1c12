"""The neutral names of a package's entries: ZIP shows names in clear, so they say nothing of the content."""

import re
from dataclasses import dataclass

from gateway.base.errors import ConfigurationError

STATEMENT = "statement.json"
ACCEPTANCE = "acceptance.txt"
_NUMBERED = re.compile(r"[0-9]{2}\.(?:xlsx|csv|json|html)")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryNames:
    """The entries of a package in their order, before the statement and the acceptance code."""

    workbook: str
    tables: tuple[str, ...]
    dictionary: str
    metadata: str
    validation: str
    certificate: str


def entry_names(tables: int) -> EntryNames:
    """The names for a package of so many tables. Raises ConfigurationError unless two digits can name them."""
    last = tables + 5
    if tables < 1 or last > 99:
        raise ConfigurationError("一个批次应有 1 至 94 张表", "a release has 1 to 94 tables")
    return EntryNames(
        workbook="01.xlsx",
        tables=tuple(f"{number:02}.csv" for number in range(2, tables + 2)),
        dictionary=f"{last - 3:02}.csv",
        metadata=f"{last - 2:02}.json",
        validation=f"{last - 1:02}.html",
        certificate=f"{last:02}.json",
    )


def is_neutral(name: str) -> bool:
    """Whether ``name`` may name an entry of a package."""
    return name in (STATEMENT, ACCEPTANCE) or _NUMBERED.fullmatch(name) is not None
