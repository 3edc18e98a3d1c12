"""``gateway scan --profile`` as it is typed: every format, a draft that loads, and no value anywhere."""

import csv
import io
import json
import tomllib
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from benchmarks.privacy import people, standards
from gateway.ingest import Source
from tests.cli.test_commands import gateway

HEADER = ["订单编号", "姓名", "手机", "性别", "区县", "需求人数", "发布时间", "备注码"]
ROLES = ["key", "withheld", "withheld", "dimension", "dimension", "measure", "time", "withheld"]
ROWS = 300


def rows() -> list[list[str]]:
    rng = Random("profile")
    names = people.persons(ROWS)
    return [
        [
            f"2026{row:08}",
            names[row],
            standards.mobile(rng)[-11:],
            "男女"[row % 2],
            ("铁西区", "铁东区", "梨树县")[row % 3 if row else 0],
            str(rng.randint(1, 20)),
            f"2026-10-{1 + row % 28:02} 09:30:00",
            "".join(rng.choices("上下左右", k=8)),
        ]
        for row in range(ROWS)
    ]


def as_csv() -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows()])
    return out.getvalue()


def as_xlsx() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate([HEADER, *rows()]):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def as_parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(dict(zip(HEADER, map(list, zip(*rows(), strict=True)), strict=True))), out)
    return out.getvalue()


FILES = {
    "utf-8.csv": lambda: as_csv().encode("utf-8-sig"),
    "gb18030.csv": lambda: as_csv().encode("gb18030"),
    "lines.jsonl": lambda: "".join(
        json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) + "\n" for row in rows()
    ).encode(),
    "book.xlsx": as_xlsx,
    "table.parquet": as_parquet,
}


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(FILES["utf-8.csv"]())
    return path


def said_no_value(text: str) -> None:
    for row in rows():
        for place in (0, 1, 2, 7):
            assert row[place] not in text
    assert not {"男", "女", "铁西区", "梨树县"} & set(text.replace('"', " ").split())


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_profile(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    done = gateway("scan", "--profile", str(path), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [(c["column"], c["role"]) for c in found["columns"]] == list(zip(HEADER, ROLES, strict=True))
    assert (found["rows"], found["malformed"]) == (ROWS, 0)
    assert found["columns"][2]["kinds"][0] == {"entity": "CN_MOBILE", "share": 1.0, "tier": "MEDIUM"}
    assert found["anonymity"]["columns"] == ["性别", "区县"]
    assert found["lacking"] == ["list column_4", "list column_5"]
    assert Source.model_validate(tomllib.loads(found["contract"])).feeds[path.stem.replace("-", "_")].unique
    said_no_value(done.stdout + done.stderr)


def test_the_combination_may_be_chosen(extract: Path) -> None:
    done = gateway("scan", "--profile", str(extract), "--quasi", "性别,区县,备注码", "--k", "2", "--json")
    one = json.loads(done.stdout)["anonymity"]
    classes = {(row[3], row[4], row[7]) for row in rows()}
    assert (one["chosen"], one["k"], one["classes"], one["smallest"]) == (True, 2, len(classes), 1)


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
def test_it_is_told_in_both_languages_and_the_draft_is_written(language: str, extract: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    done = gateway("scan", "--profile", str(extract), "--out", str(draft), language=language)
    assert done.returncode == 0, done.stderr
    assert ("最小的类" if language.startswith("zh") else "smallest class") in done.stdout
    assert Source.model_validate(tomllib.loads(draft.read_text("utf-8")))
    said_no_value(done.stdout + done.stderr + draft.read_text("utf-8"))
    again = gateway("scan", "--profile", str(extract), "--out", str(draft))
    assert again.returncode == 11


def test_an_extract_without_a_header_shows_none_of_its_first_row(tmp_path: Path) -> None:
    path = tmp_path / "raw.csv"
    path.write_text("\n".join(",".join(row) for row in rows()) + "\n", "utf-8")
    done = gateway("scan", "--profile", str(path), "--json")
    assert done.returncode == 0, done.stderr
    assert "header" in json.loads(done.stdout)["lacking"]
    assert not [value for value in rows()[0] if len(value) > 2 and value in done.stdout]


BAD = {
    "absent.csv": (None, 11),
    "empty.csv": (b"", 11),
    "twice.csv": (b"a,a\n1,2\n", 11),
    "broken.xlsx": (b"hello", 11),
    "broken.parquet": (b"PAR1hello", 11),
    "other.pdf": (b"%PDF", 11),
}


@pytest.mark.parametrize("name", BAD)
def test_what_can_not_be_read_is_refused(name: str, tmp_path: Path) -> None:
    data, code = BAD[name]
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    done = gateway("scan", "--profile", str(path), "--json")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--quasi", "a"], 2),
        (["--out", "x"], 2),
        (["--profile", "--quasi", "籍贯"], 11),
        (["--profile", "--k", "0"], 2),
    ],
)
def test_options_that_do_not_fit_are_refused(options: list[str], code: int, extract: Path) -> None:
    assert gateway("scan", str(extract), *options).returncode == code
