"""The register as a sheet that people print, sign and stamp."""

import csv
import io
from dataclasses import asdict
from pathlib import Path

from gateway.receiving.entry import HEADINGS
from gateway.receiving.register import read_register

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def register_csv(register: Path) -> bytes:
    """All lines of the register under Chinese headings: UTF-8 with BOM, CRLF, for Excel. Raises IntegrityError."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([heading for _, heading in HEADINGS])
    for entry in read_register(register):
        line = {**asdict(entry.details), "number": str(entry.number), "release": entry.release}
        line |= {"disposition": entry.disposition, "manifest_sha256": entry.manifest_sha256, "seal": ""}
        writer.writerow([_neutral(line[name]) for name, _ in HEADINGS])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _neutral(text: str) -> str:
    """A leading apostrophe keeps a spreadsheet from running the text as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
