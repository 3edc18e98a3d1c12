"""The shared cases, protected and attacked, as one table.

    python -m benchmarks.disclosure.measure CASES [--sample N]

CASES is the folder of case-A.csv and case-B.csv. Each case is protected by ``gateway.disclosure``, attacked by the
separate verifier (every sensitive cell, both sides), and by the plain audit (one cold linear programme a cell and side;
all cells of A, a sample of B). Seconds are wall time; *solves* is the same as a multiple of one cold solve of the whole
system in the same run. R's GaussSuppression is not run here: its figures are those measured on the same files."""

import argparse
import csv
import io
import json
import random
import statistics
import tempfile
import time
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.disclosure.months import Row, release_months
from benchmarks.disclosure.plain_audit import Audit, read_table
from gateway.base.toml import load_toml
from gateway.disclosure import Declaration, protect
from gateway.verifier.protection import verify

HERE = Path(__file__).parent
PEER = {"A": "165 · .1546 · 0/1", "B": "1,439 · .1572 · 149/96", "B months": "223 outsider"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=Path)
    parser.add_argument("--sample", type=int, default=20, help="cells of B that the plain audit asks")
    options = parser.parse_args()
    found = [
        case(options.cases, "A", "second", None),
        case(options.cases, "A", "any", None),
        case(options.cases, "B", "second", options.sample),
        case(options.cases, "B", "months", options.sample),
    ]
    for line in found:
        print(
            f"{line['case']:<9} secondary {line['secondary']:>5} · share {line['value_share']:.4f} · "
            f"{line['seconds']:.1f} s ({line['solves']:.0f} solves) · broken {line['broken']} · "
            f"plain audit of {line['plain']['cells']}: {line['plain']['outsider']}/{line['plain']['insider']} broken · "
            f"outsider audit {line['audit_seconds']:.1f} s · peer {PEER.get(line['case'], '–')}"
        )
    print(json.dumps(found))


def case(folder: Path, name: str, mode: str, sample: int | None) -> dict[str, Any]:
    """One line of the table."""
    data = (folder / f"case-{name}.csv").read_bytes()
    text = (HERE / f"case-{name}.toml").read_text("utf-8")
    if mode == "any":
        text = text.replace('insiders = "second"', 'insiders = "any"')
    with tempfile.TemporaryDirectory() as scratch:
        declared = Path(scratch) / "declaration.toml"
        declared.write_text(text, "utf-8")
        spec = load_toml(declared, Declaration)
        started = time.monotonic()
        cells = _cells(data, spec, mode, Path(scratch))
        seconds = time.monotonic() - started
    names = [axis.name for axis in spec.dimensions]
    secret = _csv([*names, "value", "status"], ([*place, value, status] for place, value, status in cells))
    shown = ([*p, v, "A"] if s == "published" else [*p, "", "C"] for p, v, s in cells)
    times: dict[str, float] = {}
    started = time.monotonic()
    report = verify(
        text.encode(),
        data,
        secret,
        _csv([*names, "value", "mark"], shown),
        salt=bytes(32),
        at=datetime.now(UTC),
        version="benchmark",
        progress=lambda stage: times.setdefault(stage, time.monotonic() - started),
    )
    plain, solve = plain_audit(text, data, cells, sample)
    hidden = sum(value for _, value, status in cells if status != "published")
    return {
        "case": f"{name} {mode}" if mode != "second" else name,
        "cells": len(cells),
        "primary": sum(status == "primary" for _, _, status in cells),
        "secondary": sum(status == "secondary" for _, _, status in cells),
        "value_share": hidden / sum(value for _, value, _ in cells),
        "seconds": seconds,
        "solves": seconds / solve,
        "valid": report.valid,
        "broken": {test: len(keys) for test, keys in report.broken.items()},
        "audit_seconds": times["outsider"],
        "certificate_bytes": len(report.secret or b""),
        "plain": plain,
    }


def _cells(data: bytes, spec: Declaration, mode: str, scratch: Path) -> list[Row]:
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    if mode == "months":
        cells, refused = release_months(columns, spec, scratch)
        if refused:
            raise SystemExit(f"refused: {refused}")
        return sorted(cells)
    return [(cell.place, cell.value, cell.status.value) for cell in protect(columns, spec).cells]


def plain_audit(text: str, data: bytes, cells: Iterable[Row], sample: int | None) -> tuple[dict[str, Any], float]:
    """What one cold programme a cell finds, and the seconds of one such programme. Every group as insider would take
    hours: it asks the second largest."""
    table = read_table(tomllib.loads(text), list(csv.DictReader(io.StringIO(data.decode()))))
    audit = Audit(table, {place for place, _, status in cells if status == "published"})
    sensitive = [key for key in sorted(table.parts) if table.sensitive(key)]
    chosen = random.Random(0).sample(sensitive, sample) if sample else sensitive
    times = []
    broken = {"outsider": 0, "insider": 0}
    for key in chosen:
        started = time.monotonic()
        broken["outsider"] += not table.enough(key, *audit.interval(key))
        times.append((time.monotonic() - started) / 2)
        broken["insider"] += not audit.insiders(key, False)
    return {"cells": len(chosen), **broken}, statistics.median(times)


def _csv(header: list[str], rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    return text.getvalue().encode()


if __name__ == "__main__":
    main()
