"""The CSV files of a protected table: ``cells.csv``, which is secret, and ``published.csv``.

The same cells give the same bytes."""

import csv
import io
from collections.abc import Iterable, Sequence

from gateway.disclosure import Declaration
from gateway.model.cells import Place, Status

Row = tuple[Place, int, Status]


def secret_csv(spec: Declaration, cells: Iterable[Row]) -> bytes:
    """Every cell with its value and status."""
    rows = ([*place, value, status.value] for place, value, status in cells)
    return csv_bytes([*_names(spec), "value", "status"], rows)


def published_csv(spec: Declaration, cells: Iterable[Row]) -> bytes:
    """Every cell with its mark: ``A`` and its value, or ``C`` and none."""
    shown = ([*p, value, "A"] if status is Status.PUBLISHED else [*p, "", "C"] for p, value, status in cells)
    return csv_bytes([*_names(spec), "value", "mark"], shown)


def rounded_csv(spec: Declaration, cells: Iterable[tuple[Place, int, int]]) -> tuple[bytes, bytes]:
    """The two files of a rounded table, of (place, value, rounded). What is rounded to 0 is left out of
    ``published.csv``, as empty cells are: the receiver must not tell them apart."""
    listed = list(cells)
    secret = ([*place, value, "rounded", rounded] for place, value, rounded in listed)
    public = ([*place, rounded, "R"] for place, _, rounded in listed if rounded)
    return (
        csv_bytes([*_names(spec), "value", "status", "rounded"], secret),
        csv_bytes([*_names(spec), "value", "mark"], public),
    )


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8, line feeds."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _names(spec: Declaration) -> list[str]:
    return [axis.name for axis in spec.dimensions]
