"""Files with something in them, written by the libraries that write the real ones."""

import datetime
import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest
import pyzipper
import xlsxwriter

from gateway.base import sshsig

MOBILE = "13800138000"
PASSPHRASE = "ABCDEFGHIJKLMNOPQRSTUVWX"
EPOCH = (1980, 1, 1, 0, 0, 0)
CSV = "\ufeffTIME_PERIOD,region_code,region,postings,postings_status\r\n"
CSV += "2026-10,220302,铁西区,12,A\r\n2026-10,220381,双辽市,,C\r\n"
VOCABULARY = frozenset({"铁西区", "双辽市", "220302", "220381", "表1", "四平市零工市场", "校验结果", "合格"})


@pytest.fixture
def mobile() -> str:
    return MOBILE


@pytest.fixture
def passphrase() -> str:
    return PASSPHRASE


@pytest.fixture
def vocabulary() -> frozenset[str]:
    return VOCABULARY


def _workbook(change: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None] | None = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "四平市零工市场", "created": datetime.datetime(1980, 1, 1)})  # noqa: DTZ001
    sheet = book.add_worksheet("表1")
    for row, values in enumerate([["region", "postings"], ["铁西区", 12], ["双辽市", 7]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": ["表1", 1, 1, 2, 1]})
    sheet.insert_chart("D2", chart)
    sheet.set_header("&C四平市零工市场 &P/&N")
    if change:
        change(book, sheet)
    book.close()
    return out.getvalue()


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """Makes a workbook as the package room does; ``change(book, sheet)`` puts something into it."""
    return _workbook


def _sealed(files: dict[str, bytes], passphrase: str | None = PASSPHRASE) -> bytes:
    out = io.BytesIO()
    kind = {"encryption": pyzipper.WZ_AES} if passphrase else {}
    with pyzipper.AESZipFile(out, "w", compression=zipfile.ZIP_DEFLATED, **kind) as archive:
        if passphrase:
            archive.setpassword(passphrase.encode())
            archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, data in files.items():
            info = archive.zipinfo_cls(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


@pytest.fixture
def sealed() -> Callable[..., bytes]:
    """Zips files as the package room does."""
    return _sealed


@pytest.fixture
def package() -> dict[str, bytes]:
    """The plain files of a clean package."""
    files = {
        "01.xlsx": _workbook(),
        "02.csv": CSV.encode(),
        "03.csv": "\ufeffname,title\r\npostings,岗位数\r\n".encode(),
        "04.json": json.dumps({"@context": "http://www.w3.org/ns/csvw", "tables": [{"url": "02.csv"}]}).encode(),
        "05.html": "<!DOCTYPE html><html><body><h1>校验结果</h1><td>合格</td></body></html>".encode(),
    }
    key = sshsig.generate_key()
    statement = {
        "format": "gateway-statement/1",
        "alg": {"digest": "sha256+sm3"},
        "release": "LGTJ_220300_LHYG_202610_M_R01",
        "period": "2026-10",
        "files": [
            {"entry": n, "sha256": hashlib.sha256(d).hexdigest(), "sm3": hashlib.new("sm3", d).hexdigest()}
            for n, d in files.items()
        ],
        "approvals": [sshsig.sign(b"x", key, sshsig.APPROVAL), sshsig.public_line(key)],
        "sealed_at": "2026-11-02T08:00:00+08:00",
    }
    files["statement.json"] = json.dumps(statement, ensure_ascii=False, indent=2).encode()
    files["acceptance.txt"] = b"ABCD-EFGH-2345\n"
    return files
