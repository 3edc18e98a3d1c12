"""Every byte of a ledger's file changed, one at a time: refused, or provably harmless.

Refused: by the gateway's own check and by the independent verifier, each held to the head of the untouched ledger.
Harmless: one of them accepts, and then every entry, the table and the triggers read exactly as before; what was changed
is one of SQLite's own fields (a counter, a version, free space)."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from gateway.ledger import Ledger
from gateway.verifier import verify_ledger


def flip_each(original: Path, work: Path, changes: Iterable[tuple[int, int]]) -> Counter[str]:
    """Applies each (place, mask) alone; counts of ``refused``, ``harmless`` and ``violation``."""
    data, head, before = original.read_bytes(), Ledger(original).head(), content(original)
    found: Counter[str] = Counter()
    for place, mask in changes:
        changed = bytearray(data)
        changed[place] ^= mask
        work.write_bytes(changed)
        ours = Ledger(work).check([head]) is None
        theirs = verify_ledger(work, head.model_dump()).valid
        if not ours and not theirs:
            found["refused"] += 1
        else:
            found["harmless" if content(work) == before else "violation"] += 1
    return found


def content(path: Path) -> list[Any]:
    """All that the ledger says: its entries, and what guards them."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT * FROM ledger ORDER BY seq").fetchall()
        return [rows, connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()]
