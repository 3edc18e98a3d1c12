"""A finding of personal data: where, what kind, how sure; never the value."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """HIGH: a check digit or a source match proves it. MEDIUM: the shape says so; a steward decides. LOW: noted."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``file`` (with ``!entry`` inside an archive), ``location`` (sheet and cell, row and column, property…), character
    positions ``start``/``end`` in the text found at that location. ``mark``: a keyed digest of the text, by which a
    steward's clearance knows it again; empty where nobody can clear it."""

    entity: str
    tier: Tier
    start: int
    end: int
    file: str = ""
    location: str = ""
    mark: str = ""

    def as_json(self) -> dict[str, str | int]:
        """The stable shape of ``gateway scan --json``."""
        return {
            "file": self.file,
            "location": self.location,
            "entity": self.entity,
            "tier": self.tier.value,
            "start": self.start,
            "end": self.end,
        }
