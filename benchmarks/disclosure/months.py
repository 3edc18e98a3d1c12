"""Case B as eight months and a cumulative table: each month is released with no view of those to come, and the
cumulative table last, together with the history of all of them."""

from collections.abc import Sequence
from pathlib import Path

from gateway.base.errors import DisclosureError
from gateway.disclosure import Declaration, exchange, protect
from gateway.model.cells import Status

Row = tuple[tuple[str, ...], int, str]


def release_months(columns: dict[str, list[str]], spec: Declaration, folder: Path) -> tuple[list[Row], list[str]]:
    """The cells of all releases as (place, value, status), and the releases that were refused."""
    path = folder / "months.history"
    history = exchange.begin(path, "months")
    months = sorted(set(columns["band"]))
    cells: list[Row] = []
    refused = []
    for name in [*months, "Total"]:
        rows = [at for at, band in enumerate(columns["band"]) if band == name]
        part = {column: [texts[at] for at in rows] for column, texts in columns.items()}
        level = "Total" if name == "Total" else "band"
        try:
            table = protect(part if rows else {c: [] for c in columns}, _showing(spec, level), history)
        except DisclosureError:
            refused.append(name)
            continue
        found = [(cell.place, cell.status is Status.PUBLISHED) for cell in table.cells]
        history = exchange.append(path, history, name, _showing(spec, level), table.microdata, found)
        cells += [(cell.place, cell.value, cell.status.value) for cell in table.cells]
    return cells, refused


def _showing(spec: Declaration, level: str) -> Declaration:
    """The same declaration with figures of the months, or of their total, alone."""
    axes: Sequence[object] = [
        axis.model_copy(update={"shown": (level,)}) if axis.name == "band" else axis for axis in spec.dimensions
    ]
    return spec.model_copy(update={"dimensions": tuple(axes)})
