"""Where everything stands: folds over the ledger, and which files exist."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.agreement import Standing, due
from gateway.base.language import say
from gateway.ledger import ReleaseView
from gateway.model.period import Period
from gateway.model.release import Event, ReleaseId, State
from gateway.release.build.corridor import Book
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.sending.outage import outage_of
from gateway.release.sending.recalling import recalled
from gateway.release.sending.receipts import receipt_path
from gateway.release.sending.sealing import package_of
from gateway.release.sending.slips import slip_name
from gateway.release.site.deployment import Deployment
from gateway.release.site.office import Office
from gateway.release.terms.clocks import standings
from gateway.release.terms.opening import current, next_command
from gateway.release.terms.requests import due_date

WORDING = {
    State.DRAFT: ("编制中", "being built"),
    State.BLOCKED: ("未通过检查", "blocked by a gate"),
    State.SUBMITTED: ("待批准", "awaiting two approvals"),
    State.PARTIALLY_APPROVED: ("待第二人批准", "awaiting the second approval"),
    State.APPROVED: ("已批准，待发送", "approved, to be delivered"),
    State.DELIVERED: ("已送达，待回执", "delivered, awaiting the receipt"),
    State.ACKNOWLEDGED: ("已回执", "acknowledged"),
    State.RETURNED: ("退回修改", "returned"),
    State.REJECTED: ("不予批准", "rejected"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
    State.DISPUTED: ("对方有异议", "disputed"),
    State.RECALLED: ("已召回", "recalled"),
    State.SUPERSEDED: ("已被替代", "superseded"),
}
"""A state in a person's words."""


def status(deployment: Deployment, release: str) -> dict[str, Any]:
    """The stable shape of ``demo``, ``run``, ``status RELEASE`` with ``--json``; a file that is not there is null."""
    book = Book.read(deployment)
    view = book.view(release)
    parsed = ReleaseId.parse(release)
    when, needed = due(deployment.terms, parsed.period, deployment.calendar), due_date(deployment, parsed)
    return {
        "release": release,
        "period": str(ReleaseId.parse(release).period),
        "state": view.state.value,
        "due": needed.isoformat() if needed else None,
        "warning": say(*when.reason) if when.reason and parsed.kind == "M" else None,
        "target": when.target.isoformat() if parsed.kind == "M" else None,
        "files": files(deployment, release),
        "since": view.since,
        "blocked": view.blocked,
        "approvals": len(view.approvals),
        "next": next_command(view),
        "recall": _recall(deployment, view),
        "outage": asdict(outage) if (outage := outage_of(book.entries, release)) else None,
    }


def alerts(office: Office, release: str, now: datetime) -> list[dict[str, str | None]]:
    """The clocks about ``release`` that are due soon or overdue at ``now``, the receipt's among them."""
    return [
        {
            "clock": row.clock.rule.name,
            "title": say(row.clock.rule.title.zh, row.clock.rule.title.en),
            "due": row.reckoned.due.isoformat() if row.reckoned.due else None,
            "standing": row.standing.value,
        }
        for row in standings(office, now)
        if row.clock.subject == release and row.standing in (Standing.DUE_SOON, Standing.OVERDUE)
    ]


def _recall(deployment: Deployment, view: ReleaseView) -> dict[str, str | None] | None:
    """How its recall stands; null when there is none."""
    if not any(e.kind == Event.RECALLED and e.release == view.release for e in Book.read(deployment).entries):
        return None
    found = recalled(deployment, view.release)
    return {name: str(value) if value is not None else None for name, value in asdict(found).items()}


def files(deployment: Deployment, release: str) -> dict[str, str | None]:
    """The release's files that exist."""
    package = package_of(deployment, release)
    store = deployment.store(release, OPEN_NAMES)
    certificates = [
        package.paths[1],
        store.path("privacy-drafts.json"),
    ]  # sealed bytes, drafts
    receipts = [receipt_path(deployment, release, kind) for kind in ("R1", "R2", "confirmation")]
    places = {
        "workbook": deployment.root / "export" / release / "01.xlsx",
        "package": package.paths[0],
        "manifest": package.paths[2],
        "signature": package.paths[3],
        "allowed_signers": deployment.root / deployment.settings.allowed_signers,
        "report": store.path("validation.html"),
        "statement": store.path("statement.json"),
        "privacy": next(filter(Path.is_file, certificates), certificates[0]),
        "slip": package.folder / slip_name(release),
        "receipt": next(filter(Path.is_file, receipts), receipts[0]),
    }
    return {name: str(path) if path.is_file() else None for name, path in places.items()}


def latest(deployment: Deployment, period: Period) -> ReleaseView | None:
    """The month's latest revision."""
    return current(Book.read(deployment).views, deployment.terms.release(period))
