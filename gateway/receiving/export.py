"""The register as a sheet that people print, sign and stamp."""

import csv
import io
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from gateway.model.period import ZONE
from gateway.receiving.dispositions import SAID, Disposition
from gateway.receiving.entry import HEADINGS, Entry
from gateway.receiving.register import read_register

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_TIMES = ("sent_at", "arrived_at", "decrypted_at", "confirmed_at")


def as_filed(entry: Entry) -> dict[str, str]:
    """A line of the register as people read it: a text for each column of ``HEADINGS``, times as in Siping."""
    line = {**asdict(entry.details), "number": str(entry.number), "release": entry.release, "seal": ""}
    line |= {name: _when(line[name]) for name in _TIMES}
    line["count"] = line["count"] and f"{line['count']} 个文件"
    line["size"] = line["size"] and f"{int(line['size']):,} 字节"
    line["disposition"] = f"{SAID[Disposition(entry.disposition)][0]} [{entry.disposition}]"
    line["manifest_sha256"] = entry.manifest_sha256
    return {name: line[name] for name, _, _ in HEADINGS}


def register_csv(register: Path) -> bytes:
    """All lines of the register under Chinese headings: UTF-8 with BOM, CRLF, for Excel. Raises IntegrityError."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([heading for _, heading, _ in HEADINGS])
    for entry in read_register(register):
        writer.writerow([_neutral(text) for text in as_filed(entry).values()])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _when(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S") if text else ""


def _neutral(text: str) -> str:
    """A leading apostrophe keeps a spreadsheet from running the text as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
