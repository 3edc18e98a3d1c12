"""Every form of a file gives the same rows under the same numbers, and a row that can't be read is told by
its number."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.ingest.readers import Chunk, csvs, files_of, read, read_table
from tests.ingest.small import FEED, GOOD, HEADER, row, source, text
from tests.ingest.small import read as ingest_folder

ROWS = [
    row(id="P1", note='a "quoted", note\nof two lines'),
    row(id="P2", place="公主岭市", note="𠮷"),  # refused
    row(id="P3", company="", note=""),
    row(id="P4", heads="x", note="last"),  # refused
]
WHEN = datetime.fromisoformat("2026-10-07 08:30:00")
ACCOUNT = (4, 2, 0, 0, 2)
REFUSALS = [(3, "region", "unknown_code"), (5, "headcount", "bad_number")]


CSV_FORMS = {
    "utf-8": (text(ROWS).encode(), "auto"),
    "utf-8 with bom": (text(ROWS).encode("utf-8-sig"), "auto"),
    "utf-8 with bom, declared": (text(ROWS).encode("utf-8-sig"), "utf-8"),
    "gb18030": (text(ROWS).encode("gb18030"), "auto"),
    "gb18030, declared": (text(ROWS).encode("gb18030"), "gb18030"),
    "crlf": (text(ROWS, end="\r\n").encode(), "auto"),
    "cr": (text(ROWS, end="\r").encode(), "auto"),
    "all quoted": (text(ROWS, quoting=1).encode(), "auto"),
    "blank lines at the end": (text(ROWS).encode() + b"\n\n", "auto"),
    "gb18030, crlf": (text(ROWS, end="\r\n").encode("gb18030"), "auto"),
}


@pytest.mark.parametrize("form", CSV_FORMS)
def test_csv_in_every_writing(tmp_path: Path, form: str) -> None:
    data, encoding = CSV_FORMS[form]
    (tmp_path / "rows.csv").write_bytes(data)
    found = ingest_folder(tmp_path, source(encoding=encoding))
    assert (found.account, found.refusals) == (ACCOUNT, REFUSALS)
    assert found.table["region"].to_pylist() == ["220302", "220302"]


def test_tab_separated(tmp_path: Path) -> None:
    (tmp_path / "rows.tsv").write_text(text(ROWS, delimiter="\t"), encoding="utf-8", newline="")
    found = ingest_folder(tmp_path)
    assert (found.account, found.refusals) == (ACCOUNT, REFUSALS)


def test_a_file_whose_writer_leaves_the_last_line_end_out(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(text(ROWS).encode().removesuffix(b"\n"))
    found = ingest_folder(tmp_path, source(final_line_end=False))
    assert (found.account, found.refusals) == (ACCOUNT, REFUSALS)


def test_rows_with_another_number_of_cells_are_refused_by_their_numbers(tmp_path: Path) -> None:
    rows = [
        row(id="P1", note="two\nlines"),  # 2
        row(id="P2")[:-1],  # 3: a cell short
        (*row(id="P3"), "more"),  # 4
        row(id="P4", note="\n\n\n"),  # 5
        ("alone",),  # 6
        row(id="P5", at="?"),  # 7
        row(id="P6"),  # 8
        row(id="P7")[:5],  # 9
    ]
    (tmp_path / "rows.csv").write_text(text(rows), encoding="utf-8", newline="")
    found = ingest_folder(tmp_path, source(max_refused=1.0))
    assert found.account == (8, 5, 0, 0, 3)
    assert sorted(found.refusals) == [
        (3, "*", "malformed"),
        (4, "*", "malformed"),
        (6, "*", "malformed"),
        (7, "at", "bad_date"),
        (9, "*", "malformed"),
    ]


LINE = st.tuples(
    st.sampled_from(["good", "good", "good", "short", "long", "quoted short"]),
    st.text(alphabet='ab,"\n\r中', max_size=12),
    st.booleans(),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINE, max_size=40), block=st.sampled_from([96, 130, 300, 5000]), end=st.sampled_from(["\n", "\r\n"])
)
def test_row_numbers_are_exact_whatever_comes_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[tuple[str, str, bool]], block: int, end: str
) -> None:
    """Malformed rows, quoted line ends and the parser's blocks in any mixture."""
    monkeypatch.setattr(csvs, "BLOCK", block)
    good, malformed, out = {}, [], [f"key,text{end}"]
    for number, (kind, inner, quote_key) in enumerate(lines, start=2):
        quoted = '"' + inner.replace('"', '""') + '"'
        key = f"k{number}"
        out.append(
            {
                "good": f'"{key}",{quoted}' if quote_key else f"{key},{quoted}",
                "short": key,
                "long": f"{key},{quoted},{key}",
                "quoted short": f'"{key}\n{key}"',
            }[kind]
            + end
        )
        if kind == "good":
            good[key] = number
        else:
            malformed.append(number)
    path = tmp_path / "rows.csv"
    path.write_text("".join(out), encoding="utf-8", newline="")
    chunks = list(read(path, ["key"], encoding="utf-8", final_line_end=True))
    found = {k: n for c in chunks for k, n in zip(c.columns["key"].to_pylist(), c.rows.tolist(), strict=True)}
    assert found == good
    assert [number for c in chunks for number in c.malformed] == malformed


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_no_row_is_lost_where_a_line_end_stands_between_two_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """A block that holds a line end and nothing else is not the end of the file."""
    path = tmp_path / "rows.csv"
    path.write_text(f"key,text{end}k2,x{end}{end * 250}k3,x{end}k4{end}k5,x{end}", newline="")
    for block in range(64, 300):
        monkeypatch.setattr(csvs, "BLOCK", block)
        chunks = list(read(path, ["key"], encoding="utf-8", final_line_end=True))
        assert [key for chunk in chunks for key in chunk.columns["key"].to_pylist()] == ["k2", "k3", "k5"]
        assert sorted(number for chunk in chunks for number in (*chunk.rows, *chunk.malformed)) == [2, 3, 4, 5]


def one(chunks: Any) -> Chunk:
    (chunk,) = chunks
    assert isinstance(chunk, Chunk)
    return chunk


def test_a_workbook_with_numbers_dates_and_blank_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet()
        cells = [
            ["id", "heads", "at", "born"],
            ["P1", 3, WHEN, date(1990, 5, 1)],
            [],
            ["P2", 2.5, "2026-10-08 00:00:00", "1990-05-01"],
            [20261007123, None, "", True],
        ]
        for place, line in enumerate(cells):
            sheet.write_row(place, 0, line)
    chunk = one(read(path, ["heads", "id", "at"], encoding="auto", final_line_end=True))
    assert chunk.rows.tolist() == [2, 4, 5]  # the blank row counts, as a person counts
    assert {name: texts.to_pylist() for name, texts in chunk.columns.items()} == {
        "id": ["P1", "P2", "20261007123"],
        "heads": ["3", "2.5", None],
        "at": ["2026-10-07 08:30:00", "2026-10-08 00:00:00", None],
    }


def test_lines_of_json_good_and_broken(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    lines = [
        json.dumps({"id": "P1", "heads": 3, "skills": ["焊工", "木工"]}, ensure_ascii=False),
        '{"id": "P2", "heads":',  # 2: cut
        "[1, 2]",  # 3: no object
        "",
        json.dumps({"id": "P5", "heads": 3.0, "skills": []}),
        '{"id": "P6", "id": "P7", "heads": 1}',  # 6: a key twice
        '{"id": "P7", "heads": ' + "9" * 5000 + "}",  # 7: no number
        '{"id": "\\ud800", "heads": 1}',  # 8: no text
        "[" * 100_000,  # 9
        '{"id": "P10", "heads": null, "skills": ["焊工", null, ""], "more": {"a": 1}}',
        '{"id": "\\u0041", "heads": true, "skills": "木工"}',
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    chunk = one(read(path, ["id", "heads", "skills"], encoding="auto", final_line_end=True))
    assert chunk.rows.tolist() == [1, 5, 10, 11]
    assert chunk.malformed == (2, 3, 6, 7, 8, 9)
    assert {name: texts.to_pylist() for name, texts in chunk.columns.items()} == {
        "id": ["P1", "P5", "P10", "A"],
        "heads": ["3", "3", None, "true"],
        "skills": ["焊工;木工", None, "焊工", "木工"],
    }


TYPED = pa.table(
    {
        "id": pa.array(["P1", "", None], pa.large_string()),
        "skills": [["焊工", None, "木工"], [], None],
        "heads": pa.array([3, None, 0], pa.int32()),
        "share": pa.array([2.0, 2.5, None]),
        "at": pa.array([WHEN, None, datetime.fromisoformat("2026-01-01")], pa.timestamp("ns")),
        "day": pa.array([date(2026, 10, 7), None, date(2026, 1, 1)]),
        "kind": pa.array(["报名", None, "浏览"]).dictionary_encode(),
        "note": ["never", "read", "this"],
    }
)
TEXTS = {
    "id": ["P1", None, None],
    "skills": ["焊工;木工", None, None],
    "heads": ["3", None, "0"],
    "at": ["2026-10-07 08:30:00", None, "2026-01-01 00:00:00"],
    "day": ["2026-10-07", None, "2026-01-01"],
    "kind": ["报名", None, "浏览"],
}


def test_parquet_of_every_type(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(TYPED, path, row_group_size=2)
    chunks = list(read(path, list(TEXTS), encoding="auto", final_line_end=True))
    assert [n for chunk in chunks for n in chunk.rows] == [2, 3, 4]
    assert {n: [t for c in chunks for t in c.columns[n].to_pylist()] for n in TEXTS} == TEXTS


def database(path: Path, table: pa.Table, *statements: str) -> str:
    with duckdb.connect(str(path)) as connection:
        connection.register("arrow", table)
        connection.execute("create table stored as select * from arrow")
        for statement in statements:
            connection.execute(statement)
    return f"duckdb://{path}"


def test_a_database_of_every_type(tmp_path: Path) -> None:
    url = database(tmp_path / "extract.db", TYPED)
    chunk = one(read_table(url, "stored", list(TEXTS)))
    assert chunk.rows.tolist() == [2, 3, 4]
    assert {name: chunk.columns[name].to_pylist() for name in TEXTS} == TEXTS


def test_a_database_of_more_rows_than_a_chunk_keeps_its_order(tmp_path: Path) -> None:
    url = database(tmp_path / "extract.db", pa.table({"id": [f"P{n}" for n in range(150_000)]}))
    chunks = list(read_table(url, "stored", ["id"]))
    assert [n for chunk in chunks for n in chunk.rows] == list(range(2, 150_002))
    assert [key for chunk in chunks for key in chunk.columns["id"].to_pylist()] == [f"P{n}" for n in range(150_000)]
    assert len(chunks) > 1


def test_the_database_is_read_and_not_touched(tmp_path: Path) -> None:
    url = database(tmp_path / "extract.db", pa.table(dict(zip(HEADER, [[cell] for cell in GOOD], strict=True))))
    before = (tmp_path / "extract.db").read_bytes()
    assert ingest_folder(tmp_path, source(source="stored"), connection=url).account == (1, 0, 0, 0, 1)
    assert (tmp_path / "extract.db").read_bytes() == before
    assert not list(tmp_path.glob("*.wal"))


def test_withheld_columns_of_a_database_are_not_evaluated(tmp_path: Path) -> None:
    """The view fails when one of them is."""
    table = pa.table(dict(zip(HEADER, [[cell] for cell in GOOD], strict=True)))
    poison = ", ".join(f"error('{name} was read') as {name}" for name in ("company", "phone", "note"))
    url = database(
        tmp_path / "extract.db",
        table,
        f"create view board as select * exclude (company, phone, note), {poison} from stored",
    )
    assert ingest_folder(tmp_path, source(source="board"), connection=url).account == (1, 0, 0, 0, 1)
    with duckdb.connect(str(tmp_path / "extract.db")) as connection, pytest.raises(duckdb.Error):
        connection.execute("select phone from board").fetchall()


def test_a_folder_of_parts_is_read_in_order_and_numbers_start_again(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    parts = {"b.csv": [row(id="P3"), row(id="P1")], "a.csv": [row(id="P1"), row(id="P2", place="?")], "c.csv": []}
    for name, rows in parts.items():
        (tmp_path / "rows" / name).write_text(text(rows), encoding="utf-8", newline="")
    (tmp_path / "rows" / "readme.txt").write_text("not data")
    found = ingest_folder(tmp_path)
    assert found.account == (4, 1, 1, 0, 2)
    assert [(r.file, r.row) for r in found.feed.refusals] == [("a.csv", 3)]
    assert [path.name for path in files_of(tmp_path, "rows")] == ["a.csv", "b.csv", "c.csv"]


@pytest.mark.parametrize("name", ["rows.csv", "rows.CSV", "rows.2026.csv"])
def test_a_file_may_be_named_whole_or_without_its_ending(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(text([row()]), encoding="utf-8", newline="")
    for wanted in (name, name[: -len(".csv")]):
        assert ingest_folder(tmp_path, source(source=wanted)).account == (1, 0, 0, 0, 1)


CELLS = {
    "['铁西区']": "220302",
    '["铁西区"]': "220302",
    "[ '铁西区' ]": "220302",
    "铁西区": "220302",
    "['220302']": "220302",
    "['铁西区', '铁东区']": None,
}


@pytest.mark.parametrize("cell", CELLS)
def test_cells_written_as_lists(tmp_path: Path, cell: str) -> None:
    (tmp_path / "rows.csv").write_text(text([row(place=cell)]), encoding="utf-8", newline="")
    found = ingest_folder(tmp_path, source(cells="list"))
    assert found.table["region"].to_pylist() == ([CELLS[cell]] if CELLS[cell] else [])


def test_an_empty_list_is_an_empty_cell_and_a_list_of_several_is_several(tmp_path: Path) -> None:
    rows = [row(id="['P1']", skills="['焊工', '木工']", heads="[]"), row(id="[]"), row(id="[ ]")]
    (tmp_path / "rows.csv").write_text(text(rows), encoding="utf-8", newline="")
    found = ingest_folder(tmp_path, source(cells="list", max_refused=1.0))
    assert found.refusals == [(3, "posting", "missing"), (4, "posting", "missing")]
    assert found.table["skill"].to_pylist() == [["weld", "wood"]]
    assert found.table["headcount"].to_pylist() == [None]


def test_the_declared_columns_are_those_that_are_read() -> None:
    read_columns = source().feeds["rows"].reads()
    assert sorted(read_columns) == sorted(set(HEADER) - {w["source"] for w in FEED["withheld"]})
