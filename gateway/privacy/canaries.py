"""Canaries: made-up persons and employers that must not come out of the strip stage.

A run plants them in a copy of the source's withheld columns and keys, lets ingest strip that copy, and looks for them
in all that is left. Seen at the start and gone at the end: the stage reads by allow-list, as it should. Not seen at the
start: the check looked at nothing. Seen at the end: a withheld column comes through. Both block."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from gateway.privacy.table import as_bytes

Random = Callable[[int], bytes]
MARK = 12
"""Characters of a mark; of 16 different ones, so that a run's mark stands in a source by chance once in 10^14."""
_RARE = "厵龘靐齉爩麤灪籱麷饢鱻驫羴猋骉贔"  # characters that hardly any name has
_NUMBER = "9900"  # no region of GB/T 2260 begins so: the number of nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The marks of one run; every planted value holds one of them."""

    person: str
    number: str

    @classmethod
    def made(cls, random: Random) -> "Canary":
        """Fresh marks from ``random``: so many bytes."""
        person = "".join(_RARE[byte % 16] for byte in random(MARK))
        number = "".join(str(byte % 10) for byte in random(MARK))
        return cls(person=person, number=_NUMBER + number)

    def name(self, row: int) -> str:
        """A person, or in every second row an employer."""
        return self.person if row % 2 else f"{self.person}{row}有限公司"

    def identifier(self, row: int) -> str:
        """A number: of a card, a telephone, a person."""
        return f"{self.number}{row:06}"

    def text(self, row: int) -> str:
        """Free text with both."""
        return f"联系人{self.name(row)}，电话{self.identifier(row)}"

    def stands_in(self, data: bytes) -> bool:
        """Whether any canary of this run stands in ``data``."""
        return self.person.encode() in data or self.number.encode() in data


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryCheck:
    """What a run's canaries came to. ``rows``: planted rows that ingest normalised; ``columns``: those planted in."""

    persons: int
    employers: int
    columns: tuple[str, ...]
    rows: int
    seen_at_start: tuple[str, ...]
    seen_at_end: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Every column's canaries were seen at the start, none at the end, and there were some."""
        return bool(self.columns) and set(self.seen_at_start) == set(self.columns) and not self.seen_at_end

    def document(self) -> dict[str, Any]:
        """As it stands in the certificate: names of columns and counts."""
        return {
            "persons": self.persons,
            "employers": self.employers,
            "columns": list(self.columns),
            "rows": self.rows,
            "seen_at_start": len(self.seen_at_start),
            "seen_at_end": list(self.seen_at_end),
            "passed": self.passed,
        }


def seen(canary: Canary, arrays: Iterable[pa.Array]) -> bool:
    """Whether a canary stands in the raw bytes of any of the arrays, of whatever type."""
    return any(canary.stands_in(data) for array in arrays for data in as_bytes(array))
