"""The stretch: 200 towns × 97 divisions × 12 months, protected and certified part by part.

    python -m benchmarks.disclosure.large [--months 12] [--insiders second]

Made-up holdings, skewed over towns, divisions and size as real ones are. Figures of the months are published, and no
total over months, so that each month is a part of its own: that is what decomposition needs. Prints cells, seconds of
protecting and of the separate verifier (every sensitive cell, both sides, insiders), and the peak of memory."""

import argparse
import json
import resource
import time
import tomllib
from datetime import UTC, datetime
from typing import Any

import numpy as np

from gateway.disclosure import Declaration, protect
from gateway.model.cells import Status
from gateway.release.protect.files import csv_bytes, published_csv, secret_csv
from gateway.verifier.protection import verify

TOWNS, DIVISIONS, HOLDINGS = 200, 97, 5000
SPEC = """format = "gateway-protect/1"
model = "business"
group = "holding"
value = "value"

[[dimensions]]
name = "month"
levels = ["month"]
shown = ["month"]

[[dimensions]]
name = "region"
levels = ["county", "town"]

[[dimensions]]
name = "industry"
levels = ["section", "division"]

[rules]
minimum_groups = 3
p_percent = 15
insiders = "{insiders}"
"""
HEADER = ["holding", "month", "county", "town", "section", "division", "value"]


def drawn(months: int, seed: int = 1) -> list[list[str]]:
    """Rows of holdings; towns and divisions by a Zipf-like weight, sizes with a heavy tail."""
    draw = np.random.default_rng(seed)
    town, division = (1 / (np.arange(size) + 3) ** 1.45 for size in (TOWNS, DIVISIONS))
    rows = []
    for holding in range(HOLDINGS):
        places = 1 + int(draw.pareto(1.1)) % 40
        towns = draw.choice(TOWNS, places, p=town / town.sum())
        divisions = draw.choice(DIVISIONS, places, p=division / division.sum())
        size = 20 * (1 + draw.pareto(1.0))
        for t, d in sorted(set(zip(towns.tolist(), divisions.tolist(), strict=True))):
            for month in np.flatnonzero(draw.random(months) < 0.9).tolist():
                value = max(1, int(size * draw.lognormal(0, 0.4)))
                codes = [
                    f"m{month:02}",
                    f"c{t % 20:02}",
                    f"c{t % 20:02}t{t:03}",
                    f"s{d % 20:02}",
                    f"s{d % 20:02}d{d:02}",
                ]
                rows.append([f"h{holding:04}", *codes, str(min(value, 10**7))])
    return rows


def measured(months: int, insiders: str) -> dict[str, Any]:
    """Protects and verifies the table once."""
    rows = drawn(months)
    text = SPEC.format(insiders=insiders)
    spec = Declaration.model_validate(tomllib.loads(text))
    columns = {name: [row[at] for row in rows] for at, name in enumerate(HEADER)}
    started = time.monotonic()
    table = protect(columns, spec)
    protecting = time.monotonic() - started
    cells = [(cell.place, cell.value, cell.status) for cell in table.cells]
    found = {
        "cells": len(cells),
        "primary": table.number(Status.PRIMARY),
        "secondary": table.number(Status.SECONDARY),
        "value_share": round(table.value_share, 4),
        "protect_seconds": round(protecting, 1),
    }
    print(json.dumps(found), flush=True)
    del table
    started = time.monotonic()
    report = verify(
        text.encode(),
        csv_bytes(HEADER, rows),
        secret_csv(spec, cells),
        published_csv(spec, cells),
        salt=bytes(32),
        at=datetime.now(UTC),
        version="benchmark",
    )
    return found | {
        "verify_seconds": round(time.monotonic() - started, 1),
        "valid": report.valid,
        "checks": {check.name: check.passed for check in report.checks},
        "certificate_bytes": len(report.secret or b""),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--insiders", choices=["any", "second"], default="second")
    options = parser.parse_args()
    print(json.dumps(measured(options.months, options.insiders)))


if __name__ == "__main__":
    main()
