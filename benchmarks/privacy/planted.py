"""Source identifiers planted at every place of every kind of file; and clean releases that must not block."""

import io
import json
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyzipper
import xlsxwriter

from gateway.base.errors import PersonalDataError
from gateway.base.keyring import Keyring
from gateway.demo.month import found_with_people
from gateway.demo.platform import generate
from gateway.model.period import ZONE, Period
from gateway.privacy import SourceBatch, ValueKind, match_source
from gateway.release.build.corridor import run
from gateway.release.site.deployment import load_deployment
from gateway.release.upkeep.founding import SHIPPED

PASSPHRASE = "QWERTYUIOPASDFGHJKLZXCVB"
VALUES = {
    "phone": ("13904341234", ValueKind.IDENTIFIER),
    "id_number": ("220302198503124417", ValueKind.IDENTIFIER),
    "bank_card": ("6222021234567890128", ValueKind.IDENTIFIER),
    "worker_id": ("W0048213", ValueKind.IDENTIFIER),
    "name": ("欧阳建国", ValueKind.NAME),
    "short_name": ("赵梅", ValueKind.NAME),
    "employer": ("四平市顺发家政服务有限公司", ValueKind.NAME),
}
Put = Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet, str], object]


def _workbook(put: Put, value: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("表1")
    sheet.write_row(0, 0, ["地区", "岗位数"])
    put(book, sheet, value)
    book.close()
    return out.getvalue()


WORKBOOK: dict[str, Put] = {
    "cell": lambda b, s, v: s.write_string(3, 1, v),
    "cell within a sentence": lambda b, s, v: s.write_string(3, 1, f"由 {v} 提供"),
    "number": lambda b, s, v: s.write_number(3, 1, int(v)) if v.isdigit() and len(v) < 16 else s.write_string(3, 1, v),
    "rich text": lambda b, s, v: s.write_rich_string(3, 1, "（", b.add_format({"bold": True}), v[:1], v[1:]),
    "formula": lambda b, s, v: s.write_formula(3, 1, f'="{v}"', None, v),
    "sheet name": lambda b, s, v: b.add_worksheet(v),
    "hidden sheet": lambda b, s, v: (lambda h: (h.write_string(0, 0, v), h.hide()))(b.add_worksheet("x")),
    "comment": lambda b, s, v: s.write_comment(3, 1, v),
    "header": lambda b, s, v: s.set_header(f"&C{v}"),
    "footer": lambda b, s, v: s.set_footer(f"&L{v}"),
    "defined name": lambda b, s, v: b.define_name("x", f'="{v}"'),
    "properties": lambda b, s, v: b.set_properties({"comments": v}),
    "custom property": lambda b, s, v: b.set_custom_property("x", v),
    "validation list": lambda b, s, v: s.data_validation("A9", {"validate": "list", "source": [v]}),
    "hyperlink": lambda b, s, v: s.write_url(3, 1, f"https://example.org/{v}", string="x"),
    "text box": lambda b, s, v: s.insert_textbox(5, 5, v),
}


def _zip(files: dict[str, bytes], passphrase: str | None = None, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        if passphrase:
            archive.setpassword(passphrase.encode())
            archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, data in files.items():
            archive.writestr(name, data)
        archive.comment = comment
    return out.getvalue()


def _beside(*, extra: bytes = b"", comment: bytes = b"") -> bytes:
    """A ZIP with something beside the content of its second entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", b"x")
        info = zipfile.ZipInfo("b.txt")
        info.extra, info.comment = extra, comment
        archive.writestr(info, b"x")
    return out.getvalue()


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def places(value: str) -> Iterator[tuple[str, str, bytes]]:
    """(place, file name, bytes) with ``value`` somewhere in it."""
    text = value.encode()
    yield "CSV cell", "a.csv", f"地区,说明\n铁西区,{value}\n".encode()
    yield "CSV header", "a.csv", f"地区,{value}\n铁西区,1\n".encode()
    yield "CSV, GB18030", "a.csv", f"地区,说明\n铁西区,{value}\n".encode("gb18030")
    yield "TSV cell", "a.tsv", f"地区\t说明\n铁西区\t{value}\n".encode()
    yield "JSON value", "a.json", json.dumps({"a": [{"b": value}]}).encode()
    yield "JSON key", "a.json", json.dumps({value: 1}, ensure_ascii=False).encode()
    yield "JSON lines", "a.jsonl", b'{"a": 1}\n' + json.dumps({"a": value}).encode()
    yield "HTML text", "a.html", f"<p>由<b>{value[:2]}</b>{value[2:]}提供</p>".encode()
    yield "HTML attribute", "a.html", f'<img alt="{value}">'.encode()
    yield "HTML comment", "a.html", f"<!-- {value} -->".encode()
    yield "text", "a.txt", f"第一行\n负责：{value}。\n".encode()
    yield "Parquet cell", "a.parquet", _parquet(pa.table({"a": ["x", value]}))
    yield "Parquet column name", "a.parquet", _parquet(pa.table({value: [1]}))
    yield "Parquet metadata", "a.parquet", _parquet(pa.table({"a": [1]}).replace_schema_metadata({"k": value}))
    yield "file name", f"{value}.txt", b"x"
    yield "ZIP entry", "a.zip", _zip({"b.txt": text})
    yield "ZIP entry, encrypted", "a.zip", _zip({"b.txt": text}, PASSPHRASE)
    yield "ZIP in ZIP", "a.zip", _zip({"b.zip": _zip({"c.txt": text})})
    yield "ZIP entry name", "a.zip", _zip({f"{value}.txt": b"x"})
    yield "ZIP comment", "a.zip", _zip({"b.txt": b"x"}, comment=text)
    yield "ZIP entry's comment", "a.zip", _beside(comment=text)
    yield "ZIP extra field", "a.zip", _beside(extra=struct.pack("<HH", 0xBEEF, len(text)) + text)
    for place, put in WORKBOOK.items():
        yield f"XLSX {place}", "a.xlsx", _workbook(put, value)


def planted() -> dict[str, tuple[int, int]]:
    """(planted, found) by place: found when the source match counts it."""
    out: dict[str, tuple[int, int]] = {}
    for column, (value, kind) in VALUES.items():
        batch = SourceBatch(source="s", batch=pa.record_batch({column: [value]}), kinds={column: kind})
        for place, name, data in places(value):
            match = match_source([batch], {name: data}, passphrase=PASSPHRASE)
            made, found = out.get(place, (0, 0))
            out[place] = made + 1, found + (match.columns[0].matches > 0)
    return out


def clean_releases(number: int = 10, rows: int = 20_000) -> tuple[int, list[str]]:
    """(releases that passed, reasons of those that were blocked) of made-up months, each with a source of its own."""
    passed, blocked = 0, []
    period, now = Period(year=2026, month=10), datetime(2026, 11, 2, 9, tzinfo=ZONE)
    for seed in range(number):
        with tempfile.TemporaryDirectory() as folder:
            people = Keyring.create(Path(folder) / "people")
            root = found_with_people(Path(folder) / "platform", people, "siping-004")
            codes = SHIPPED / "pipelines" / "codes"
            generate(root / "extract", rows=rows, seed=100 + seed, month=str(period), formats=("csv",), codes=codes)
            try:
                run(load_deployment(root, now), period, lambda: now, lambda stage, done: None)
                passed += 1
            except PersonalDataError as error:
                blocked.append(error.en)
    return passed, blocked
