"""The transfer slip (移交单): one page for the file, printed, signed and sealed on both sides.

It carries the register's fields and the ledger's head, so that the bureau holds on paper what could not be rewritten
later. It says by which channel the passphrase went, and is refused if it holds anything that looks like one."""

import re
from dataclasses import dataclass

from gateway.base.canonical import digests
from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.model.documents import LedgerHead, Manifest, Statement
from gateway.model.table import Wording
from gateway.package.sheets.cover import Contact
from gateway.package.statement import document_bytes

_SECRET = re.compile(
    r"(?<![A-Z2-7])[A-Z2-7]{24}(?![A-Z2-7])|(?<![A-Z2-7])(?:[A-Z2-7]{4}[- ]){2,5}[A-Z2-7]{4}(?![A-Z2-7])"
)
_ROLES = {
    "workbook": Wording(zh="统计报表", en="Workbook"),
    "table": Wording(zh="数据表", en="Table"),
    "dictionary": Wording(zh="数据字典", en="Data dictionary"),
    "metadata": Wording(zh="元数据", en="Metadata"),
    "validation": Wording(zh="检验页", en="Validation page"),
    "certificate": Wording(zh="披露控制证书", en="Disclosure certificate"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What the slip says beyond the statement and the manifest.

    Times are texts as they are to be read; a time or a person that is None is a line to fill in by hand."""

    title: Wording
    agreement: Wording
    clause: str
    sender: Wording
    recipient: Wording
    contacts: tuple[Contact, ...]
    statement: Statement
    manifest: Manifest
    ledger: LedgerHead
    passphrase_channel: str
    passphrase_told_at: str | None = None
    delivered_at: str | None = None
    delay_told_at: str | None = None
    filled_by: str | None = None
    reviewed_by: str | None = None


def slip_page(slip: Slip) -> bytes:
    """The slip as one self-contained HTML page for A4.

    Raises IntegrityError when statement and manifest are of two releases or a passphrase or code stands in it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    if slip.statement.release != slip.manifest.release:
        raise IntegrityError("签批单与交付清单不是同一批次", "statement and manifest are of two releases")
    environment = Environment(
        loader=PackageLoader("gateway.package", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"size": size, "groups": groups}
    manifest = digests(document_bytes(slip.manifest))
    page = environment.get_template("slip.html").render(slip=slip, manifest_digests=manifest, roles=_ROLES)
    if _SECRET.search(page):
        raise ConfigurationError(
            "移交单中出现了形似口令或验收码的内容",
            "something on the slip looks like a passphrase or an acceptance code",
            safe=("没有写出移交单", "no slip has been written"),
        )
    return page.encode()


def size(count: int) -> str:
    """``1,234,567 字节（1.2 MB）``."""
    unit, scaled = "KB", count / 1024
    if scaled >= 1024:
        unit, scaled = "MB", scaled / 1024
    return f"{count:,} 字节（{scaled:,.1f} {unit}）"


def groups(hexadecimal: str) -> list[str]:
    """A digest in groups of eight, for reading aloud."""
    return [hexadecimal[at : at + 8] for at in range(0, len(hexadecimal), 8)]
