"""What can be wrong with an extract: each has its own refusal, nothing is guessed, and no value is in any message."""

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from gateway.base.errors import Exit, GatewayError, InputError
from gateway.ingest import Source, check_account, files_of
from gateway.ingest.readers import read as read_file
from tests.ingest.small import GOOD, HEADER, PERIOD, SECRET, Read, read, read_rows, row, source, text

LISTING = "gateway status RELEASE --refused"
ROWS = [
    row(id=f"PX{n}7731", employer=f"EX{n}7731", group="", company=f"甲乙丙{n}公司", phone="13812345678")
    for n in range(6)
]
SECRETS = re.compile("|".join(sorted({re.escape(cell) for cells in ROWS for cell in cells if len(cell) > 2})))


def refused(folder: Path, contract: Source | None = None, connection: str | None = None) -> InputError:
    """The refusal; its words hold no cell of the extract and nothing of it is left behind."""
    with pytest.raises(InputError) as caught:
        check(read(folder, contract, connection=connection), contract)
    error = caught.value
    assert error.exit is Exit.INPUT
    assert not SECRETS.search(_words(error))
    if "check_account" not in {entry.name for entry in caught.traceback}:
        assert not list((folder / "stored").glob("*.feed"))
    return error


def check(found: Read, contract: Source | None = None) -> None:
    check_account((contract or source()).feeds["rows"], found.feed, PERIOD, LISTING)


def _words(error: GatewayError) -> str:
    return "\n".join([error.zh, error.en, repr(error), str(error), *(error.safe or ()), *(error.next or ())])


def put(folder: Path, data: str | bytes, name: str = "rows.csv") -> None:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


def test_a_good_file_is_not_refused(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS))
    check(read(tmp_path))


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"folder does not exist|目录不存在"):
        files_of(tmp_path / "nowhere", "rows")


def test_no_file(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS), "other.csv")
    assert "no file for rows" in refused(tmp_path).en


def test_an_empty_folder_of_parts(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    assert "no file for rows" in refused(tmp_path).en


def test_two_formats_of_one_name(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS))
    put(tmp_path, text(ROWS, delimiter="\t"), "rows.tsv")
    assert "several formats (.csv、.tsv)" in refused(tmp_path).en


def test_a_format_that_is_not_supported(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS), "rows.txt")
    assert "format is not supported" in refused(tmp_path, source(source="rows.txt")).en


@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx", "rows.jsonl", "rows.parquet"])
def test_an_empty_file(tmp_path: Path, name: str) -> None:
    put(tmp_path, b"", name)
    error = refused(tmp_path)
    assert "is empty" in error.en
    assert error.safe == ("没有生成任何结果", "nothing was produced")
    assert error.next == ("重新导出该文件后运行同一命令", "export the file again and run the same command")


@pytest.mark.parametrize("data", ["\n", "\n\n\n", "\ufeff\n"])
def test_a_file_of_nothing(tmp_path: Path, data: str) -> None:
    put(tmp_path, data)
    assert "missing, renamed or doubled" in refused(tmp_path).en


def test_a_header_and_no_row(tmp_path: Path) -> None:
    put(tmp_path, text([]))
    error = refused(tmp_path)
    assert "no row counts for 2026-10" in error.en
    assert "header only" in error.next[1]


@pytest.mark.parametrize("tolerated", [0.5, 1.0])
def test_every_row_is_refused(tmp_path: Path, tolerated: float) -> None:
    put(tmp_path, text([row(id=f"P{n}", at="7 October") for n in range(6)]))
    error = refused(tmp_path, source(max_refused=tolerated))
    assert "6 of 6 rows refused" in error.en if tolerated < 1 else "refused 6" in error.en
    assert error.next == (LISTING, LISTING)


def test_every_row_is_of_another_month(tmp_path: Path) -> None:
    put(tmp_path, text([row(id=f"P{n}", at="2026-09-07 08:30:00") for n in range(6)] + [row(heads="x")]))
    assert "check the month" in refused(tmp_path).next[1]


# columns --------------------------------------------------------------------------------------------------------------


def _header(**renamed: str) -> list[str]:
    return [renamed.get(name, name) for name in HEADER]


def test_a_column_gone(tmp_path: Path) -> None:
    put(tmp_path, text([cells[:3] + cells[4:] for cells in ROWS], header=HEADER[:3] + HEADER[4:]))
    assert refused(tmp_path).en == "rows.csv: columns of the contract are missing, renamed or doubled: place"


@pytest.mark.parametrize("name", ["Place", "place ", "地区", "p lace", "ｐlace"])
def test_a_column_renamed(tmp_path: Path, name: str) -> None:
    put(tmp_path, text(ROWS, header=_header(place=name)))
    assert refused(tmp_path).en.endswith(": place")


def test_a_column_doubled(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS, header=_header(note="place")))
    assert refused(tmp_path).en.endswith(": place")


def test_a_withheld_column_gone_is_no_matter_for_ingest(tmp_path: Path) -> None:
    put(tmp_path, text([cells[:-1] for cells in ROWS], header=HEADER[:-1]))
    check(read(tmp_path))


def test_another_separator(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS, delimiter=";"))
    assert "missing, renamed or doubled" in refused(tmp_path).en


@pytest.mark.parametrize("name", ["rows.parquet", "rows.xlsx", "rows.jsonl"])
def test_a_column_gone_in_other_formats(tmp_path: Path, name: str) -> None:
    table = pa.table({n: [cells[at] for cells in ROWS] for at, n in enumerate(HEADER) if n != "place"})
    if name == "rows.parquet":
        pq.write_table(table, tmp_path / name)
    elif name == "rows.jsonl":
        put(tmp_path, "".join(f'{{"id": "{cells[0]}"}}\n' for cells in ROWS), name)
    else:
        with xlsxwriter.Workbook(tmp_path / name) as book:
            book.add_worksheet().write_row(0, 0, table.column_names)
    assert "missing, renamed or doubled: " in refused(tmp_path).en


def test_shifted_columns_are_refused_row_by_row_and_stop_the_run(tmp_path: Path) -> None:
    put(tmp_path, text([("", *cells[:-1]) for cells in ROWS]))
    error = refused(tmp_path)
    assert "6 of 6 rows refused" in error.en
    assert error.next == (LISTING, LISTING)


def test_one_shifted_row_is_refused_and_told(tmp_path: Path) -> None:
    shifted = (*ROWS[0][:3], "", *ROWS[0][3:-1])
    found = read_rows(tmp_path, [*ROWS[1:], shifted])
    assert found.refusals == [(7, "region", "missing")]


# encodings ------------------------------------------------------------------------------------------------------------


def test_gbk_declared_as_utf8(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS).encode("gbk"))
    assert refused(tmp_path, source(encoding="utf-8")).en == "rows.csv is not UTF-8"


def test_utf8_declared_as_gb18030(tmp_path: Path) -> None:
    put(tmp_path, text([row(note="中文字")]))
    assert refused(tmp_path, source(encoding="gb18030")).en == "rows.csv is not GB18030"


def test_a_file_of_two_encodings(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS).encode() + text(ROWS).encode("gb18030"))
    assert "is not" in refused(tmp_path, source(encoding="utf-8")).en


def test_utf16(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS).encode("utf-16"))
    refused(tmp_path)


def test_gb18030_lines_of_json_declared_as_utf8(tmp_path: Path) -> None:
    put(tmp_path, '{"id": "甲乙丙"}\n'.encode("gb18030"), "rows.jsonl")
    assert "can't be read" in refused(tmp_path, source(encoding="utf-8")).en


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_bytes_of_no_encoding_in_a_malformed_row(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS).encode() + b"\xff\xfe\n" + text(ROWS).encode())
    refused(tmp_path, source(encoding="utf-8"))


# cut off --------------------------------------------------------------------------------------------------------------


def test_cut_in_a_row(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS).encode()[:-40])
    assert "does not end with a line end" in refused(tmp_path).en


def test_cut_before_the_last_line_end(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS).encode()[:-1])
    assert "final_line_end = false" in (refused(tmp_path).next or ("", ""))[1]


def test_cut_in_a_quoted_cell_at_a_line_end_inside_it(tmp_path: Path) -> None:
    whole = text([*ROWS, row(note="one\ntwo")])
    put(tmp_path, whole[: whole.index("one\n") + 4])
    assert "ends inside a quoted cell" in refused(tmp_path).en


def test_a_quote_without_a_partner_does_not_swallow_what_follows(tmp_path: Path) -> None:
    lines = text(ROWS).splitlines(keepends=True)
    lines[2] = lines[2].replace(",x\n", ',"x\n')
    put(tmp_path, "".join(lines))
    assert "a quote has no partner" in refused(tmp_path).en


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pyarrow tells half a character twice
@pytest.mark.parametrize("final_line_end", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_cut_anywhere_is_refused_or_is_whole_rows(tmp_path: Path, end: str, final_line_end: bool) -> None:
    """Whatever the last byte is, a quoted cell is never taken for whole, nor half a row for a row."""
    rows = [("k1", "a,b", "c"), ("k2", f'x"y{end}z{end}', ""), ("中", "", f"{end}"), ("k4", "", "e")]
    whole = text(rows, header=("key", "text", "last"), end=end, quoting=1).encode()
    keys = [cells[0] for cells in rows]
    path = tmp_path / "rows.csv"
    for cut in range(1, len(whole)):
        path.write_bytes(whole[:cut])
        try:
            chunks = list(read_file(path, ["key"], encoding="utf-8", final_line_end=final_line_end))
        except InputError:
            continue
        found = [key for chunk in chunks for key in chunk.columns["key"].to_pylist()]
        assert found == keys[: len(found)]
        if final_line_end:
            assert whole[:cut].endswith((b"\r", b"\n"))
            assert not [number for chunk in chunks for number in chunk.malformed]


def _parquet(path: Path) -> None:
    pq.write_table(pa.table({"id": ["P1"] * 1000}), path)


def _workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, HEADER)


def _json(path: Path) -> None:
    path.write_text('{"id": "P1"}\n' * 20)


@pytest.mark.parametrize(("name", "write"), [("r.parquet", _parquet), ("r.xlsx", _workbook), ("r.jsonl", _json)])
def test_other_formats_cut_anywhere(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    path = tmp_path / name
    write(path)
    list(read_file(path, ["id"], encoding="auto", final_line_end=True))
    whole = path.read_bytes()
    for cut in range(1, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:cut])
        if name.endswith("jsonl") and whole[:cut].endswith(b"\n"):
            continue
        with pytest.raises(InputError):
            list(read_file(path, ["id"], encoding="auto", final_line_end=True))


@pytest.mark.parametrize("name", ["rows.parquet", "rows.xlsx"])
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str) -> None:
    put(tmp_path, text(ROWS), name)
    assert "not what its name says" in refused(tmp_path).en


def test_parquet_text_that_is_not_utf8(tmp_path: Path) -> None:
    raw = pa.array([b"\xff\xfe"])
    pq.write_table(pa.table({"id": pa.Array.from_buffers(pa.string(), 1, raw.buffers())}), tmp_path / "rows.parquet")
    with pytest.raises(InputError):
        list(read_file(tmp_path / "rows.parquet", ["id"], encoding="auto", final_line_end=True))


def test_parquet_of_a_type_that_is_no_text(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [{"a": "13812345678"}]}), tmp_path / "rows.parquet")
    with pytest.raises(InputError) as error:
        list(read_file(tmp_path / "rows.parquet", ["id"], encoding="auto", final_line_end=True))
    assert "13812345678" not in _words(error.value)


# databases ------------------------------------------------------------------------------------------------------------


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    error = refused(tmp_path, source(), connection=f"duckdb://{tmp_path / 'missing.db'}")
    assert "the database's table rows can't be read" in error.en
    assert not (tmp_path / "missing.db").exists()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    put(tmp_path, text(ROWS))
    refused(tmp_path, source(), connection=f"duckdb://{tmp_path / 'rows.csv'}")


def test_a_table_or_a_column_that_is_not_there(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "extract.db")) as connection:
        connection.execute("create table other (id text)")
        connection.execute("create table rows (id text)")
    url = f"duckdb://{tmp_path / 'extract.db'}"
    assert "can't be read (TableNotFound)" in refused(tmp_path, source(source="nothing"), connection=url).en
    assert "missing, renamed or doubled: group" in refused(tmp_path, source(), connection=url).en


@pytest.mark.parametrize("url", ["nosuch://x", "nothing", ""])
def test_an_address_of_no_database(tmp_path: Path, url: str) -> None:
    refused(tmp_path, source(), connection=url)


# limits ---------------------------------------------------------------------------------------------------------------


def test_more_refusals_than_the_contract_allows(tmp_path: Path) -> None:
    put(tmp_path, text([*ROWS[:4], row(id="P8", place="甲乙丙丁市"), row(id="P9", heads="很多很多")]))
    check(read(tmp_path, source(max_refused=0.34)))
    error = refused(tmp_path, source(max_refused=0.33))
    assert "2 of 6 rows refused" in error.en
    assert "region: 1, headcount: 1" in error.en
    assert "甲乙丙丁市" not in _words(error)


def test_malformed_rows_count_as_refusals(tmp_path: Path) -> None:
    put(tmp_path, text([*ROWS[:4], ROWS[4][:-1], (*ROWS[5], "more")]))
    assert "2 of 6 rows refused" in refused(tmp_path, source(max_refused=0.1)).en


def test_a_month_without_rows(tmp_path: Path) -> None:
    put(tmp_path, text([row(id="P1", at="2026-09-30 23:59:59"), row(id="P2", at="2026-11-01 00:00:00")]))
    error = refused(tmp_path)
    assert "no row counts for 2026-10 (read 2, refused 0, duplicate 0, out of period 2)" in error.en


def test_nothing_but_refusals(tmp_path: Path) -> None:
    put(tmp_path, text([row(place="?")]))
    assert "read 1, refused 1" in refused(tmp_path, source(max_refused=1.0)).en


def test_no_words_of_an_account_hold_a_value(tmp_path: Path) -> None:
    put(tmp_path, text([*ROWS, row(id="PX7731", place="甲乙丙丁市")]))
    found = read(tmp_path)
    for said in (repr(found.feed), repr(found.feed.refusals), str(found.feed.profile), repr(found.feed.account)):
        assert not SECRETS.search(said.replace(str(tmp_path), ""))
        assert "甲乙丙丁市" not in said
        assert GOOD[-4] not in said
    assert SECRET.hex() not in repr(found)
