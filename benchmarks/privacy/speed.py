"""How fast: clean cells over Arrow columns and in a workbook, and the source match with its memory."""

import io
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from benchmarks.privacy import misses, vanilla
from gateway.ingest import read
from gateway.privacy import SourceBatch, ValueKind, match_source, open_files, scan_file, scan_table
from gateway.privacy.corpus import corpus
from gateway.privacy.source import compare

CODES = Path(__file__).parents[2] / "pipelines" / "codes"
COUNTIES = ("铁西区", "铁东区", "梨树县", "伊通满族自治县", "双辽市", "四平经济开发区", "四平市")
ROWS = 250_000


def table(rows: int = ROWS) -> pa.Table:
    """Columns as releases have them, most of them of distinct values: nothing in them is personal."""
    rng = Random(1)
    industries = _industries()

    def some(make: Any) -> list[str]:
        return [make(rng) for _ in range(rows)]

    return pa.table(
        {
            "region": [rng.choice(COUNTIES) for _ in range(rows)],
            "industry": [rng.choice(industries) for _ in range(rows)],
            "period": some(misses.period),
            "postings": some(misses.count),
            "workers": some(misses.count),
            "amount": some(misses.money),
            "share": some(misses.share),
            "pay": some(misses.pay),
            "region_code": some(misses.region),
            "posting": some(misses.posting),
            "note": [
                f"第{i}行，{rng.choice(COUNTIES)}{rng.choice(industries)}岗位{rng.randint(1, 99)}个"
                for i in range(rows)
            ],
        }
    )


def _industries() -> list[str]:
    return [line.split(",")[1] for line in (CODES / "industries.csv").read_text("utf-8-sig").splitlines()[1:]]


def cells(rows: int = ROWS) -> dict[str, float]:
    """Clean cells a second."""
    data = table(rows)
    scan_table(data.slice(0, 100))  # what is compiled once
    number = data.num_rows * data.num_columns
    start = time.perf_counter()
    found = scan_table(data)
    ours = number / (time.perf_counter() - start)
    sample = [value for row in data.slice(0, 60).to_pylist() for value in row.values()]
    vanilla.spans("x")
    start = time.perf_counter()
    for value in sample:
        vanilla.spans(value)
    theirs = len(sample) / (time.perf_counter() - start)
    return {"cells": number, "found": len(found), "ours": ours, "vanilla": theirs, "times": ours / theirs}


def workbook(rows: int = 20_000) -> dict[str, float]:
    """Seconds to search a workbook, beside seconds to read it with openpyxl and do nothing."""
    data = table(rows)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("表1")
    for column, (name, values) in enumerate(zip(data.column_names, data.columns, strict=True)):
        sheet.write(0, column, name)
        for row, value in enumerate(values.to_pylist(), 1):
            if value.isdecimal() and len(value) < 11 and value[0] != "0":
                sheet.write_number(row, column, int(value))
            else:
                sheet.write_string(row, column, value)
    book.close()
    raw = out.getvalue()
    scan_file("warm.xlsx", raw[:10])
    start = time.perf_counter()
    scan = scan_file("x.xlsx", raw)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    opened = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
    number = sum(1 for one in opened for row in one.iter_rows(values_only=True) for _ in row)
    theirs = time.perf_counter() - start
    return {"cells": number, "found": len(scan.findings), "missed": len(scan.not_searched), "ours": ours,
            "openpyxl": theirs, "times": ours / theirs}  # fmt: skip


IDENTIFIERS = 20_000_000


def source(identifiers: int = IDENTIFIERS) -> dict[str, Any]:
    """Seconds and peak memory of the comparison with ``identifiers`` values, each way in a process of its own: over
    the same Arrow table in memory, then over the same Parquet file."""
    with tempfile.TemporaryDirectory() as folder:
        extract, release = Path(folder) / "source.parquet", Path(folder) / "release.csv"
        _extract(extract, identifiers)
        release.write_bytes(_release())
        out: dict[str, Any] = {"identifiers": identifiers}
        for place in ("memory", "parquet"):
            found: dict[str, Any] = {}
            for way in ("duckdb", "gateway"):
                call = f"speed.{way}_way({str(extract)!r}, {str(release)!r}, memory={place == 'memory'})"
                code = f"from benchmarks.privacy import speed; {call}"
                done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
                found[way] = json.loads(done.stdout.splitlines()[-1])
            for name, what in (("times", "seconds"), ("cpu", "cpu")):
                found[name] = found["gateway"][what] / found["duckdb"][what]
            out[place] = found
        return out


def automaton(sizes: tuple[int, ...] = (100, 10_000, 1_000_000)) -> list[dict[str, float]]:
    """Processors' seconds of an Aho-Corasick automaton of so many identifiers over the release's bytes, to build and to
    search, beside the semi-join of the same identifiers with the release's sets (without making those)."""
    from ahocorasick_rs import BytesAhoCorasick

    out = []
    data = _release()
    output = corpus(open_files({"release.csv": data}), frozenset(COUNTIES) | frozenset(_industries()))
    for size in sizes:
        numbers = [f"{13_000_000_000 + i * 7919 % 6_999_999_999}" for i in range(size)]
        start = time.process_time()
        machine = BytesAhoCorasick([number.encode() for number in numbers])
        built = time.process_time()
        machine.find_matches_as_indexes(data)
        searched = time.process_time()
        batch = pa.record_batch({"phone": numbers})
        ready = time.process_time()
        compare([SourceBatch(source="s", batch=batch, kinds={"phone": ValueKind.IDENTIFIER})], output)
        joined = time.process_time()
        out.append({"identifiers": size, "built": built - start, "searched": searched - built, "join": joined - ready})
    return out


def _extract(path: Path, identifiers: int) -> None:
    """Half mobile numbers, half resident-ID-like numbers, as strings."""
    rows = identifiers // 2
    duckdb.sql(
        f"copy (select ((13000000000 + (i * 7919) % 6999999999)::varchar) as phone,"
        f" ('2203' || lpad((i % 100)::varchar, 2, '0') || '19' || lpad((40 + i % 60)::varchar, 2, '0') ||"
        f" lpad((1 + i % 12)::varchar, 2, '0') || lpad((1 + i % 28)::varchar, 2, '0') ||"
        f" lpad((i % 1000)::varchar, 3, '0') || substr('10X98765432', 1 + (i % 11)::int, 1)) as id_number"
        f" from range({rows}) t(i)) to '{path}' (format parquet)"
    )


def _release() -> bytes:
    """A release's CSV: labels, periods and figures, 20,000 cells."""
    data = table(4_000).select(["region", "industry", "period", "postings", "share"])
    lines = [",".join(f'"{v}"' for v in row.values()) for row in data.to_pylist()]
    return "\n".join([",".join(data.column_names), *lines]).encode()


def duckdb_way(extract: str, release: str, *, memory: bool) -> None:
    """DuckDB's bare semi-join of each column with the release's tokens."""
    tokens = sorted(set(re.findall(r"[0-9A-Za-z]+", Path(release).read_text("utf-8"))))
    duckdb.register("words", pa.table({"token": tokens}))
    if memory:
        duckdb.register("source", pq.read_table(extract))
    place = "source" if memory else f"read_parquet('{extract}')"
    start = time.perf_counter(), time.process_time()
    found = [
        duckdb.sql(f"select count(*) from {place} s semi join words w on s.{column} = w.token").fetchall()[0][0]
        for column in ("phone", "id_number")
    ]
    print(json.dumps({**_spent(start), "found": found}))


def gateway_way(extract: str, release: str, *, memory: bool) -> None:
    """The source match as the monthly run does it, batch by batch: over the table in memory, or as ingest reads it."""
    import pandas  # noqa: F401  # Arrow imports it on its first scalar; DuckDB was imported before, too

    kinds = {"phone": ValueKind.IDENTIFIER, "id_number": ValueKind.IDENTIFIER}
    labels = frozenset(COUNTIES) | frozenset(_industries())
    files = {"release.csv": Path(release).read_bytes()}
    if memory:
        batches: Iterable[pa.RecordBatch] = pq.read_table(extract).to_batches(1 << 17)
    else:
        chunks = read(Path(extract), list(kinds), encoding="auto", final_line_end=True)
        batches = (pa.record_batch(dict(chunk.columns)) for chunk in chunks)
    start = time.perf_counter(), time.process_time()
    stream = (SourceBatch(source="workers", batch=batch, kinds=kinds) for batch in batches)
    match = match_source(stream, files, vocabulary=labels)
    found = [column.matches for column in match.columns]
    print(json.dumps({**_spent(start), "found": found, "checked": match.checked}))


def _spent(start: tuple[float, float]) -> dict[str, float]:
    """Seconds by the clock and of the processors, peak memory, which holds the table where it lies in memory."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    return {"seconds": time.perf_counter() - start[0], "cpu": time.process_time() - start[1], "GiB": peak}
