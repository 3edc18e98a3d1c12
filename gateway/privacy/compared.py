"""What was compared with the source and found free of it, so that it need not be compared again.

The comparison asks whether a value of the source occurs in sets made from the output. What makes only smaller sets can
hold no value that the larger ones do not: nothing is assumed about the files, and any text that is new is compared."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from gateway.privacy.corpus import Corpus, Grams


class ValueKind(StrEnum):
    """What a source column holds. IDENTIFIER: keys, numbers, dates of birth. NAME: persons or companies. SKIP: free
    text and what may be published; not compared."""

    IDENTIFIER = "identifier"
    NAME = "name"
    SKIP = "skip"


class Cleared(StrEnum):
    """Why a short name that occurs is nobody. DECLARED: it stands in the declared wording only (labels, titles), which
    was made without data. INSIDE: two characters that stand within a longer word only."""

    DECLARED = "declared"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMatch:
    """A source column: how many values were compared, how many occur in the output, in which files; how many were
    cleared although they occur, and why (``Cleared``)."""

    column: str
    kind: ValueKind
    checked: int
    matches: int
    files: tuple[str, ...]
    cleared: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The output's sets, all files together, and the source's columns, none with a match. Secret: it holds texts."""

    grams: Grams
    columns: tuple[ColumnMatch, ...]

    @classmethod
    def of(cls, output: Corpus, columns: tuple[ColumnMatch, ...]) -> "Compared | None":
        """None where a value occurs, something could not be read, or nothing was compared."""
        if output.not_searched or any(c.matches for c in columns) or not sum(c.checked for c in columns):
            return None
        return cls(grams=_together(output), columns=columns)

    def covers(self, output: Corpus) -> bool:
        """Whether everything in ``output`` was part of this comparison."""
        new = _together(output)
        return all(getattr(new, f.name) <= getattr(self.grams, f.name) for f in fields(Grams))

    def document(self) -> dict[str, Any]:
        """As JSON, the same for the same comparison."""
        sets = {f.name: sorted(getattr(self.grams, f.name)) for f in fields(Grams)}
        return {"sets": sets, "columns": [asdict(column) for column in self.columns]}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Compared":
        """What ``document`` gave."""
        columns = (
            ColumnMatch(
                column=c["column"],
                kind=ValueKind(c["kind"]),
                checked=c["checked"],
                matches=0,
                files=(),
                cleared=c["cleared"],
            )
            for c in document["columns"]
        )
        grams = Grams(**{f.name: set(document["sets"][f.name]) for f in fields(Grams)})
        return cls(grams=grams, columns=tuple(columns))


def _together(output: Corpus) -> Grams:
    files = output.files.values()
    return Grams(**{f.name: set().union(*(getattr(g, f.name) for g in files)) for f in fields(Grams)})
