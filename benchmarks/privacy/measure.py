"""The privacy room's table: ``make bench-privacy``, or ``python -m benchmarks.privacy.measure [PART…]``.

Parts: identifiers, disguises, names, files, cells, workbook, source. Without a part, all. Every anchor is run beside
ours on the same values, in the same process or, where memory is measured, in a process of its own."""

import argparse
import json
from collections.abc import Callable
from typing import Any

from benchmarks.privacy import recognition, speed, vanilla


def identifiers(scale: float) -> dict[str, Any]:
    """Recall and precision over the identifiers of the standards and their near misses."""
    number = int(600 * scale)
    out = {}
    for who, find in (("ours", recognition.ours), ("vanilla Presidio", vanilla.spans)):
        good = recognition.identifiers(find, number if who == "ours" else number // 6)
        bad = recognition.near_misses(find, number if who == "ours" else number // 6)
        hits, wrong = sum(t.found for t in good.values()), sum(t.found for t in bad.values())
        recall, precision = hits / sum(t.made for t in good.values()), hits / max(1, hits + wrong)
        out[who] = {"recall": round(recall, 4), "precision": round(precision, 4)}
        made = f"{sum(t.made for t in good.values())} valid, {sum(t.made for t in bad.values())} near misses"
        print(f"identifiers · {who}: recall {recall:.4f}, precision {precision:.4f} ({made})")
        if who == "ours":
            for name, t in {**good, **bad}.items():
                print(f"    {name:<28} {t.found:>5} of {t.made}")
    return out


def disguises(scale: float) -> dict[str, Any]:
    """Recall by way of hiding."""
    number = int(300 * scale)
    found = recognition.disguised(recognition.ours, number)
    anchor = recognition.disguised(vanilla.spans, max(10, number // 10))
    print("disguises · found by us (vanilla Presidio)")
    for way, kinds in found.items():
        print(
            f"    {way:<34}" + " · ".join(f"{k} {t.share:.3f} ({anchor[way][k].share:.2f})" for k, t in kinds.items())
        )
    worst = min(t.share for kinds in found.values() for t in kinds.values())
    print(f"    least of all classes: {worst:.3f}")
    return {
        "least": round(worst, 4),
        "classes": {w: {k: t.share for k, t in kinds.items()} for w, kinds in found.items()},
    }


def cells(scale: float) -> dict[str, Any]:
    """Clean cells a second over Arrow columns."""
    found = speed.cells(int(speed.ROWS * scale))
    print(
        f"cells · {found['cells']:,}: {found['ours']:,.0f} a second, vanilla Presidio {found['vanilla']:,.0f}:"
        f" {found['times']:.0f} ×; findings {found['found']}"
    )
    return found


def workbook(scale: float) -> dict[str, Any]:
    """A workbook searched, beside openpyxl reading it."""
    found = speed.workbook(int(20_000 * scale))
    print(
        f"workbook · {found['cells']:,} cells: {found['ours']:.2f} s, openpyxl reading {found['openpyxl']:.2f} s:"
        f" {found['times']:.2f} ×; findings {found['found']}, not searched {found['missed']}"
    )
    return found


def source(scale: float) -> dict[str, Any]:
    """The source match, beside DuckDB's semi-join."""
    found = speed.source(int(speed.IDENTIFIERS * scale))
    for who in ("gateway", "duckdb"):
        way = found[who]
        print(f"source · {who}: {way['seconds']:.2f} s, processors {way['cpu']:.2f} s, {way['GiB']:.2f} GiB")
    print(
        f"source · {found['identifiers']:,} identifiers: {found['times']:.2f} × by the clock,"
        f" {found['cpu']:.2f} × of the processors' time"
    )
    return found


PARTS: dict[str, Callable[[float], dict[str, Any]]] = {
    "identifiers": identifiers,
    "disguises": disguises,
    "cells": cells,
    "workbook": workbook,
    "source": source,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--scale", type=float, default=1.0, help="a fraction of the usual number of values")
    options = parser.parse_args()
    print(json.dumps({part: PARTS[part](options.scale) for part in options.parts or PARTS}, ensure_ascii=False))


if __name__ == "__main__":
    main()
