"""A month's figures, feed by feed as each is at rest: for a second process, whose memory goes when it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.base import memory
from gateway.base.keyring import Keyring
from gateway.base.parquet import encrypted_dataset
from gateway.model.cells import Cells, Figure, Parts, Place
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import TableSpec
from gateway.statistics.count import figures_of, tables_of, together
from gateway.statistics.engine import Engine
from gateway.statistics.parts import Holdings, write_parts
from gateway.statistics.totals import total_of


def prepare() -> None:
    """Loads the engine (half a second)."""
    memory.without_pandas()
    Engine().connect().disconnect()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One feed's part of a month: by table and measure its cells, and its total in the source, counted apart; and who
    has how much of the inner cells."""

    figures: Mapping[tuple[str, str], Mapping[Place, Figure]]
    totals: Mapping[tuple[str, str], int]
    parts: Parts


def count_feed(
    feed: str,
    path: Path,
    specs: Sequence[TableSpec],
    keyring: Keyring,
    hierarchies: Mapping[str, Hierarchy],
    engine: Engine,
) -> Counted:
    """Counts one encrypted feed for all tables."""
    dataset, parts = encrypted_dataset(path, keyring), Holdings()
    figures = figures_of(feed, dataset, specs, hierarchies, engine, parts)
    used = [(spec, measure) for spec, measures in tables_of(specs, feed) for measure in measures]
    totals = {(spec.name, measure.name): total_of(measure, dataset) for spec, measure in used}
    return Counted(figures=figures, totals=totals, parts=parts.parts)


def month_of(
    specs: Sequence[TableSpec], counted: Sequence[Counted]
) -> tuple[list[Cells], dict[str, dict[str, int]], bytes]:
    """The cells of every table, each measure's total in the source, and who has how much of the inner cells (Parquet),
    from all feeds. Each population is of one feed."""
    figures = {name: cells for one in counted for name, cells in one.figures.items()}
    sums = {name: total for one in counted for name, total in one.totals.items()}
    totals = {spec.name: {m.name: sums[spec.name, m.name] for m in spec.measures} for spec in specs}
    parts = {population: kinds for one in counted for population, kinds in one.parts.items()}
    return together(specs, figures), totals, write_parts(parts)
