"""A table's CSV, checked by itself: its columns come in the agreed pairs, and each figure fits its status.

Columns: ``TIME_PERIOD``; for each dimension ``<name>_code``, ``<name>``; for each figure ``<name>``, ``<name>_status``.
Status A is normal and has a value (zero is 0); C, withheld, and M, missing, have none."""

import csv
import io
import re

from gateway.verifier.report import Problem

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_BOM = b"\xef\xbb\xbf"


def records(data: bytes) -> list[list[str]]:
    """Header and rows of a CSV file in UTF-8. Raises Problem."""
    try:
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem("不是可读取的 CSV", "not a CSV file that can be read") from error


def check(data: bytes, period: str) -> None:
    """Raises Problem unless ``data`` is a table of ``period`` (2026-10) as agreed."""
    if not data.startswith(_BOM) or not data.endswith(b"\r\n"):
        raise Problem("不是带 BOM、CRLF 换行的 CSV", "not a CSV file with BOM and CRLF")
    header, *rows = records(data)
    dimensions, figures = _columns(header)
    places = set()
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise Problem(f"第 {number} 行列数不符", f"row {number} has another number of columns")
        if row[0] != period or not all(row[1 : 1 + 2 * dimensions]):
            raise Problem(f"第 {number} 行的时期或代码不符", f"row {number}: its period or a code is amiss")
        places.add(tuple(row[1 : 1 + 2 * dimensions : 2]))
        for at, name in figures:
            _figure(row[at], row[at + 1], name, number)
    if len(places) != len(rows):
        raise Problem("有两行属于同一单元", "two rows are for one cell")


def _columns(header: list[str]) -> tuple[int, list[tuple[int, str]]]:
    """How many dimensions, and where each figure's value lies."""
    pairs = list(zip(header[1::2], header[2::2], strict=False))
    dimensions = 0
    while dimensions < len(pairs) and pairs[dimensions][0] == pairs[dimensions][1] + "_code":
        dimensions += 1
    figures = pairs[dimensions:]
    names = [label for _, label in pairs[:dimensions]] + [value for value, _ in figures]
    fits = all(status == value + "_status" for value, status in figures) and all(map(_NAME.fullmatch, names))
    odd = len(header) % 2 == 1 and header[0] == "TIME_PERIOD" and len(set(header)) == len(header)
    if not (fits and odd and dimensions and figures):
        raise Problem("表头不符合约定", "the header is not as agreed")
    return dimensions, [(1 + 2 * (dimensions + place), value) for place, (value, _) in enumerate(figures)]


def _figure(value: str, status: str, name: str, number: int) -> None:
    if status not in ("A", "C", "M", "R"):
        raise Problem(f"第 {number} 行 {name} 的状态未知", f"row {number}: unknown status of {name}")
    if status in ("A", "R") and not _NUMBER.fullmatch(value):
        raise Problem(
            f"第 {number} 行 {name} 状态为 {status} 而没有数值",
            f"row {number}: {name} has status {status} and no number",
        )
    if status not in ("A", "R") and value:
        raise Problem(
            f"第 {number} 行 {name} 状态为 {status} 而有数值", f"row {number}: {name} has status {status} and a value"
        )
