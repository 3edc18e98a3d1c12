"""A month's suites over its feeds and tables, in one call: for a second process, where the libraries load meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.model.cells import Cells, PublishedTable
from gateway.model.hierarchy import Hierarchy
from gateway.quality import engine
from gateway.quality.frames import table_frame
from gateway.quality.profile import profile_frame
from gateway.quality.result import SuiteResult
from gateway.quality.run import run_suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as computed and as published, with each measure's total in the source and the month before."""

    cells: Cells
    published: PublishedTable
    totals: Mapping[str, int]
    previous: PublishedTable | None


def prepare() -> None:
    """Loads Great Expectations (2 s)."""
    engine.prepare()


def run_suites(
    suites: Mapping[str, bytes],
    profiles: Mapping[str, Sequence[Mapping[str, Any]]],
    tables: Sequence[Table],
    hierarchies: Mapping[str, Hierarchy],
    parameters: Mapping[str, float],
) -> list[SuiteResult]:
    """The suites' results in their order. A suite is named after its table, or ``feed_`` and its feed, whose profile
    it looks at."""
    frames = {f"feed_{name}": profile_frame(profile) for name, profile in profiles.items()}
    for table in tables:
        spec = table.cells.spec
        frames[spec.name] = table_frame(table.cells, table.published, hierarchies, table.totals, table.previous)
    return [run_suite(suite, frames[name], parameters) for name, suite in suites.items()]
