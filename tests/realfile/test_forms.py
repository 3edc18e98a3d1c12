"""The same postings in other forms give the same account, refusals and cells: re-encoded, as a workbook, as lines of
JSON, as Parquet with real lists, in parts, and in a database."""

import ast
import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from gateway.base.keyring import Keyring
from gateway.base.parquet import encrypted_dataset
from gateway.base.toml import load_toml
from gateway.ingest import Account, Extract, Source, ingest
from gateway.model.table import TableSpec
from gateway.release.site.codelists import read_bands, read_hierarchy
from gateway.release.site.settings import Pipeline
from gateway.statistics import Engine, compute
from tests.realfile import job_board, plain

TEXTS = ("岗位信息",)
"""Columns that hold plain text, not lists."""


@dataclass(frozen=True)
class Counted:
    """What a form gave; row numbers are left out, since lines of JSON have no header."""

    account: Account
    refusals: Counter[tuple[str, str]]
    cells: list[Any]


@dataclass(frozen=True)
class Board:
    """The declarations, read once, and the file's rows as they are written."""

    source: Source
    pipeline: Pipeline
    folder: Path
    header: list[str]
    rows: list[list[str]]

    def count(self, extract: Extract, **feed: Any) -> Counted:
        """Ingest and compute, with ``feed``'s settings in place of the contract's."""
        contract = self.source.feeds["postings"].model_copy(update=feed)
        lists = {n: read_hierarchy(n, h, self.folder) for n, h in self.pipeline.hierarchies.items()}
        bands = {n: read_bands(h, self.folder)[0] for n, h in self.pipeline.hierarchies.items()}
        specs = [load_toml(job_board.HERE / "tables" / f"{name}.toml", TableSpec) for name in self.pipeline.tables]
        needed = sorted({c for spec in specs for m in spec.measures for c in m.columns(spec.dimensions)})
        out = self.folder / "feeds"
        keyring = Keyring.create(self.folder / "keyring")
        feeds = ingest(
            Source(name=self.source.name, title=self.source.title, feeds={"postings": contract}),
            extract,
            period=job_board.PERIOD,
            hierarchies=lists,
            bands=bands,
            needed={"postings": tuple(needed)},
            secret=b"7" * 32,
            out=out,
            keyring=keyring,
            progress=lambda feed, part: None,
        )
        dataset = encrypted_dataset(feeds["postings"].path, keyring)
        cells = compute(specs, {"postings": dataset}, lists, Engine())
        refusals = Counter((refusal.column, refusal.reason.value) for refusal in feeds["postings"].refusals)
        return Counted(feeds["postings"].account, refusals, cells)

    @cached_property
    def lists(self) -> pa.Table:
        """The rows with real lists in their cells."""
        made = {}
        for place, name in enumerate(self.header):
            cells = [row[place] for row in self.rows]
            made[name] = (
                pa.array([cell or None for cell in cells])
                if name in TEXTS
                else pa.array([ast.literal_eval(cell) for cell in cells], pa.list_(pa.string()))
            )
        return pa.table(made)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Board:
    folder = tmp_path_factory.mktemp("board")
    job_board.write_lists(folder / "codes", plain.read(job_board.real_file()))
    text = job_board.real_file().read_bytes().decode("gb18030")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    return Board(
        source=load_toml(job_board.HERE / "source.toml", Source),
        pipeline=load_toml(job_board.HERE / "monthly.toml", Pipeline),
        folder=folder,
        header=header,
        rows=rows,
    )


@pytest.fixture(scope="module")
def expected(board: Board) -> Counted:
    found = board.count(Extract(folder=job_board.real_file().parent))
    assert (found.account.rows, found.account.counted) == (4950, 4254)
    assert sum(found.refusals.values()) == 48
    return found


Write = Callable[[Board, Path], dict[str, Any]]


def utf8_with_bom(board: Board, folder: Path) -> dict[str, Any]:
    data = job_board.real_file().read_bytes().decode("gb18030").encode("utf-8-sig")
    (folder / "postings.csv").write_bytes(data)
    return {"encoding": "utf-8"}


def utf8_told_by_itself_with_crlf(board: Board, folder: Path) -> dict[str, Any]:
    with (folder / "postings.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\r\n").writerows([board.header, *board.rows])
    return {"encoding": "auto"}


def gb18030_told_by_itself_with_cr(board: Board, folder: Path) -> dict[str, Any]:
    with (folder / "postings.csv").open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream, lineterminator="\r", quoting=csv.QUOTE_ALL).writerows([board.header, *board.rows])
    return {"encoding": "auto"}


def tab_separated(board: Board, folder: Path) -> dict[str, Any]:
    with (folder / "postings.tsv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter="\t").writerows([board.header, *board.rows])
    return {"encoding": "utf-8"}


def a_workbook(board: Board, folder: Path) -> dict[str, Any]:
    with xlsxwriter.Workbook(folder / "postings.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([board.header, *board.rows]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return {}


def lines_of_json(board: Board, folder: Path) -> dict[str, Any]:
    with (folder / "postings.jsonl").open("w", encoding="utf-8") as stream:
        for row in board.lists.to_pylist():
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return {"encoding": "utf-8"}


def parquet_with_lists(board: Board, folder: Path) -> dict[str, Any]:
    pq.write_table(board.lists, folder / "postings.parquet", row_group_size=1000)
    return {"cells": "plain"}


def three_parts(board: Board, folder: Path) -> dict[str, Any]:
    (folder / "postings").mkdir()
    for part in range(3):
        rows = board.rows[part * 1650 : (part + 1) * 1650]
        with (folder / "postings" / f"part-{part}.csv").open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([board.header, *rows])
    return {}


FORMS = (
    utf8_with_bom,
    utf8_told_by_itself_with_crlf,
    gb18030_told_by_itself_with_cr,
    tab_separated,
    a_workbook,
    lines_of_json,
    parquet_with_lists,
    three_parts,
)


@pytest.mark.parametrize("write", FORMS, ids=lambda form: form.__name__)
def test_another_form_gives_the_same_cells(board: Board, expected: Counted, tmp_path: Path, write: Write) -> None:
    settings = write(board, tmp_path)
    assert board.count(Extract(folder=tmp_path), source="postings", **settings) == expected


@pytest.mark.parametrize("lists", [True, False], ids=["lists", "texts"])
def test_a_database_table_gives_the_same_cells(board: Board, expected: Counted, tmp_path: Path, lists: bool) -> None:
    path = tmp_path / "extract.db"
    texts = pa.table({name: [row[place] for row in board.rows] for place, name in enumerate(board.header)})
    with duckdb.connect(str(path)) as connection:
        connection.register("arrow", board.lists if lists else texts)
        connection.execute("create table board as select * from arrow")
    extract = Extract(folder=tmp_path, connection=f"duckdb://{path}")
    assert board.count(extract, source="board", cells="plain" if lists else "list") == expected


def test_other_postings_would_be_seen(board: Board, expected: Counted, tmp_path: Path) -> None:
    """The comparison itself: one row less is another account and other cells."""
    less = replace(board, rows=board.rows[1:])
    found = less.count(Extract(folder=tmp_path), source="postings", **three_parts(less, tmp_path))
    assert found.account.rows == expected.account.rows - 1
    assert found.cells != expected.cells
