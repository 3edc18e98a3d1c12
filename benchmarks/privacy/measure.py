"""The privacy room's table: ``make bench-privacy``, or ``python -m benchmarks.privacy.measure [PART…]``.

Parts: identifiers, disguises, names, sentences, files, cells, workbook, source. Without a part, all. Every anchor runs
beside ours on the same values, in the same process or, where memory is measured, in a process of its own."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.privacy import people, planted, recognition, sentences, speed, vanilla

JIEBA = Path(".jieba")
"""Where ``make bench-privacy`` puts jieba (MIT): an anchor, and its word list the words that are no names."""


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


def names(scale: float) -> dict[str, Any]:
    """Bare name cells: the model's curve, and each way at its own point."""
    words = JIEBA / "jieba" / "dict.txt"
    good, bad = people.persons(int(5_000 * scale)), people.others(words if words.is_file() else None)
    print(f"names · {len(good)} persons, {len(bad)} words")
    for least, recall, wrong in people.curve(good, bad):
        print(f"    from {least:>5}: recall {recall:.4f}, words taken for names {wrong:.4f}")
    out: dict[str, Any] = {f"at {share:.1%}": people.at(good, bad, share) for share in (0.005, 0.01, 0.02)}
    few = Random(1).sample(bad, min(len(bad), int(8_000 * scale)))
    ways = {"any finding": people.found, "a finding that blocks": people.blocking, "surname rule": people.surname_rule}
    if words.is_file():
        ways["jieba"] = people.jieba_finder(JIEBA)
    for way, find in ways.items():
        recall, wrong = (sum(map(find, cells)) / len(cells) for cells in (good, few))
        out[way] = {"recall": recall, "wrong": wrong}
        print(f"names · {way}: recall {recall:.4f}, words taken for names {wrong:.4f}")
    print("names · recall of the model " + ", ".join(f"{k} {v:.4f}" for k, v in out.items() if k.startswith("at")))
    return out


def running(scale: float) -> dict[str, Any]:
    """Names and numbers in made-up sentences."""
    rounds, out = max(1, int(10 * scale)), {}
    for part, templates in (("first", sentences.FIRST), ("later", sentences.LATER)):
        tallies, wrong, where = sentences.measured(templates, rounds)
        out[part] = {**{entity: round(tally.share, 4) for entity, tally in tallies.items()}, "wrong": wrong}
        print(f"sentences · {part}: " + ", ".join(f"{e} {t.found} of {t.made}" for e, t in tallies.items()))
        print(f"    wrong findings {wrong}", *where[:5], sep="\n    ")
    found = sentences.nothing()
    out["nothing"] = {"sentences": len(sentences.NOTHING.split()), "found": len(found)}
    print(f"sentences · with nobody in them: {len(found)} of {out['nothing']['sentences']} have a finding")
    return out


def files(scale: float) -> dict[str, Any]:
    """Source identifiers planted everywhere; clean releases."""
    found = planted.planted()
    made, seen = (sum(count[i] for count in found.values()) for i in (0, 1))
    print(f"files · {seen} of {made} planted source values found at {len(found)} places")
    for place, (all_, those) in found.items():
        if all_ != those:
            print(f"    {place}: {those} of {all_}")
    number = max(1, int(10 * scale))
    passed, blocked = planted.clean_releases(number)
    print(f"files · {passed} of {number} clean releases pass {blocked or ''}")
    return {"planted": made, "found": seen, "clean": number, "passed": passed}


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
    for place in ("memory", "parquet"):
        for who in ("gateway", "duckdb"):
            way = found[place][who]
            print(
                f"source · {place}, {who}: {way['seconds']:.2f} s, processors {way['cpu']:.2f} s, {way['GiB']:.2f} GiB"
            )
        print(
            f"source · {place}, {found['identifiers']:,} identifiers: {found[place]['times']:.2f} × by the clock,"
            f" {found[place]['cpu']:.2f} × of the processors' time"
        )
    found["automaton"] = speed.automaton()
    for row in found["automaton"]:
        print(
            f"source · Aho-Corasick of {row['identifiers']:,}: built in {row['built']:.3f} s, searched in"
            f" {row['searched']:.3f} s; semi-join {row['join']:.3f} s"
        )
    return found


PARTS: dict[str, Callable[[float], dict[str, Any]]] = {
    "identifiers": identifiers,
    "disguises": disguises,
    "names": names,
    "sentences": running,
    "files": files,
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
