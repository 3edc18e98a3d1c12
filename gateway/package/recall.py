"""The notice of a recall: one page to print and stamp, with the receiver's confirmation of deletion on it."""

from dataclasses import dataclass
from datetime import date

from gateway.model.documents import Manifest
from gateway.model.table import Wording
from gateway.package.sheets.cover import Contact
from gateway.package.slip import groups


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallNotice:
    """What the notice says. ``clauses``: on which it rests. ``until``: the date that the receiver set, or None."""

    agreement: Wording
    sender: Wording
    recipient: Wording
    contacts: tuple[Contact, ...]
    manifest: Manifest
    clauses: tuple[str, ...]
    reason: str
    written: date
    until: date | None


def recall_page(notice: RecallNotice) -> bytes:
    """The notice as one self-contained HTML page for A4; the same notice gives the same bytes."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gateway.package", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["groups"] = groups
    return environment.get_template("recall.html").render(notice=notice, m=notice.manifest).encode()
