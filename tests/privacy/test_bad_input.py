"""What can't be searched is said to be not searched, and blocks; a strange text is searched all the same."""

import io
import json
import struct
import zipfile
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gateway.base.errors import PersonalDataError
from gateway.privacy import Reason, scan_file, scan_table, scan_text


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def zeros(size):
    """A ZIP whose one entry unfolds to ``size`` noughts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.txt", "w", force_zip64=True) as entry,
    ):
        block = b"0" * (1 << 20)
        for _ in range(size >> 20):
            entry.write(block)
    return out.getvalue()


def ten_gigabytes():
    """A ZIP of ten gigabytes of noughts, as deflate writes them: one block of a megabyte, ten thousand times."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = press.compress(bytes(1 << 20)) + press.flush(zlib.Z_FULL_FLUSH)
    body = block * (10 << 10) + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    size = 10 << 30
    wide = struct.pack("<HHQQ", 1, 16, size, len(body))
    told = struct.pack("<HHHHHIIIHH", 45, 0, 8, 0, 33, 0, 0xFFFFFFFF, 0xFFFFFFFF, 5, len(wide))
    local = b"PK\x03\x04" + told + b"a.txt" + wide + body
    central = b"PK\x01\x02" + struct.pack("<H", 45) + told + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.txt" + wide
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def parquet(table):
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


LONG = "x" * (101 << 20)
BAD = {
    "a CSV that is a picture": ("x.csv", b"\x89PNG\r\n\x1a\n\x00\x00", Reason.BINARY),
    "a JSON that is a CSV": ("x.json", b"a,b\n1,2\n", Reason.DAMAGED),
    "a workbook that is a text": ("x.xlsx", b"hello", Reason.DAMAGED),
    "a workbook that ends early": ("x.xlsx", zipped(a_xml=b"<a/>")[:-30], Reason.DAMAGED),
    "a workbook with a broken part": ("x.xlsx", zipped(**{"[Content_Types].xml": b"<a>"}), Reason.DAMAGED),
    "a Parquet that is none": ("x.parquet", b"hello", Reason.DAMAGED),
    "ten gigabytes of noughts": ("x.zip", ten_gigabytes(), Reason.LIMIT),
    "three hundred megabytes of noughts": ("x.zip", zeros(300 << 20), Reason.LIMIT),
    "a cell of a hundred megabytes": ("x.csv", f"a,b\n1,{LONG}\n".encode(), Reason.LIMIT),
    "a value of a hundred megabytes": ("x.json", json.dumps({"a": LONG}).encode(), Reason.LIMIT),
    "a column of bytes": ("x.parquet", parquet(pa.table({"a": [b"13800138000"]})), Reason.BINARY),
}


@pytest.mark.parametrize("case", BAD)
def test_it_is_not_searched_and_blocks(case):
    name, data, reason = BAD[case]
    scan = scan_file(name, data)
    assert reason in {n.reason for n in scan.not_searched}
    assert scan.blocks


def test_a_file_that_is_more_than_its_name_says_is_read_as_what_it_is():
    scan = scan_file("x.txt", zipped(a_csv=b"a\n13800138000\n"))
    assert {(f.entity, f.file) for f in scan.findings} == {("CN_MOBILE", "x.txt!a.csv")}


def test_a_column_of_bytes_is_refused():
    with pytest.raises(PersonalDataError):
        scan_table(pa.table({"a": [b"x"]}))


@pytest.mark.parametrize("passphrase", [None, "AAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_passphrase_that_is_not_known_leaves_nothing_searched(passphrase, sealed):
    scan = scan_file("x.zip", sealed({"a.csv": b"a\n1\n"}), passphrase=passphrase)
    assert {n.reason for n in scan.not_searched} == {Reason.PASSPHRASE if passphrase else Reason.ENCRYPTED}
    assert scan.blocks
    assert not [s for s in scan.searched if s.file != "x.zip"]


@pytest.mark.parametrize("text", ["\ud800 13800138000", "138\udfff00138000", "\x0013800138000"])
def test_lone_surrogates_and_nulls_hide_nothing(text):
    assert [f.entity for f in scan_text(text)] == ["CN_MOBILE"]
    data = json.dumps({"a": text}).encode()
    assert "CN_MOBILE" in {f.entity for f in scan_file("x.json", data).findings}
