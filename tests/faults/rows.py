"""All rows, and one turn of one."""

import importlib

from tests.faults.lab import Lab
from tests.faults.matrix import ROOMS, ROWS, Row, Turn

for room in ROOMS:
    importlib.import_module(f"tests.faults.{room}")


def tried(row: Row, lab: Lab, turn: Turn) -> list[str]:
    """The promises that were broken; an unexpected error is one of them."""
    try:
        return row.harm(lab, turn)
    except Exception as error:
        return [f"{type(error).__name__}: {error} (turn {turn.number})"]


__all__ = ["ROWS", "Lab", "Row", "Turn", "tried"]
