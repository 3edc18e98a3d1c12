"""A month's figures from its feeds at rest, in one call: for a second process, whose memory goes when it ends."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gateway.base.keyring import Keyring
from gateway.base.parquet import encrypted_dataset
from gateway.model.cells import Cells
from gateway.model.hierarchy import Hierarchy
from gateway.model.table import TableSpec
from gateway.statistics.count import compute
from gateway.statistics.engine import Engine
from gateway.statistics.parts import Holdings, write_parts
from gateway.statistics.totals import source_totals


def prepare() -> None:
    """Loads the engine (half a second)."""
    Engine().connect().disconnect()


def count_month(
    specs: Sequence[TableSpec],
    feeds: Mapping[str, Path],
    keyring: Keyring,
    hierarchies: Mapping[str, Hierarchy],
    engine: Engine,
) -> tuple[list[Cells], dict[str, dict[str, int]], bytes]:
    """The cells of every table, each measure's total in the source, counted apart, and who has how much of the inner
    cells (Parquet). ``feeds``: encrypted files."""
    datasets = {name: encrypted_dataset(path, keyring) for name, path in feeds.items()}
    parts = Holdings()
    cells = compute(specs, datasets, hierarchies, engine, parts)
    return cells, {spec.name: source_totals(spec, datasets) for spec in specs}, write_parts(parts.parts)
