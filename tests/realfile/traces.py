"""What must not be in any output: contact details, contact names and companies of the file, by expressions written here
and by nothing of the gateway's."""

import html
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from tests.realfile.plain import Row

_NUMERALS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_MOBILE = re.compile(r"(?<!\d)1[ \-]*[3-9](?:[ \-]*\d){9}(?!\d)")
_DISGUISED = re.compile(r"[①-⑨零〇一二三四五六七八九幺]{11}")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[\-—)） ]{0,3}\d{7,8}(?!\d)")
_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_QQ = re.compile(r"(?i)(?:qq|扣扣)[^0-9A-Za-z]{0,6}(?:[群号]码?)?[^0-9A-Za-z]{0,3}(\d{5,11})(?!\d)")
_WECHAT = re.compile(r"(?i)(?:微信|wechat|weixin|v信|vx)[号同]{0,2}[^0-9A-Za-z]{0,6}([A-Za-z0-9][A-Za-z0-9_-]{5,19})")
_ENDS = r"(?=联系|电话|面试|邮箱|手机|微信|HR|[^\u4e00-\u9fff]|$)"
_CONTACT = re.compile(r"联系人[\s:：]*([\u4e00-\u9fff]{2,8}?)" + _ENDS)
_LATIN_CONTACT = re.compile(r"联系人[\s:：]*([A-Z][a-z]+(?: [A-Z][a-z]+)?)")
_TITLED = re.compile(r"[\u4e00-\u9fff](?:先生|女士|小姐)|[\u4e00-\u9fff]某某")


def traces(rows: list[Row]) -> dict[str, set[str]]:
    """Kind → the file's values of it, as written and, for numbers, their digits."""
    text = "\n".join(value for row in rows for value in row.values())
    plain = unicodedata.normalize("NFKC", text)
    disguised = {unicodedata.normalize("NFKC", run).translate(_NUMERALS) for run in _DISGUISED.findall(text)}
    mobiles = set(_MOBILE.findall(plain)) | {run for run in disguised if _MOBILE.fullmatch(run)}
    landlines = set(_LANDLINE.findall(plain))
    return {
        "mobile": mobiles | set(map(_digits, mobiles)),
        "landline": landlines | set(map(_digits, landlines)),
        "mail": set(_MAIL.findall(plain)),
        "account": set(_QQ.findall(plain)) | set(_WECHAT.findall(plain)),
        "name": set(_CONTACT.findall(plain)) | set(_LATIN_CONTACT.findall(plain)) | set(_TITLED.findall(plain)),
        "company": {row["公司"] for row in rows if row["公司"]},
    }


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def found(values: Iterable[str], files: Iterable[tuple[str, bytes]]) -> set[tuple[str, str]]:
    """(file, value) for each value that stands in a file in any of its writings."""
    writings = {writing: value for value in values for writing in _writings(value)}
    search = BytesAhoCorasick(list(writings))
    order = list(writings)
    return {
        (name, writings[order[pattern]])
        for name, data in files
        for pattern, _, _ in search.find_matches_as_indexes(data, overlapping=True)
    }


def _writings(value: str) -> Iterator[bytes]:
    yield value.encode()
    yield html.escape(value).encode()
    yield json.dumps(value)[1:-1].encode()
    yield value.encode("utf-16-le")
    yield value.encode("gb18030")


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below ``folder``; of a workbook its parts, unzipped."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                for part in book.namelist():
                    yield f"{path.name}/{part}", part.encode() + b"\n" + book.read(part)
        elif path.is_file():
            yield path.name, path.read_bytes()
