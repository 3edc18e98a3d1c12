"""The receiver's receipts: fetched, checked against what was sent, recorded. What does not count is refused on record.

R1 is a machine's receipt (``gateway receive``), R2 a named person's; both come signed, as ``<release>.R1.json``."""

import re
from datetime import datetime
from pathlib import Path

from gateway.base.canonical import digest
from gateway.base.errors import ReceiptError
from gateway.base.files import write_atomic
from gateway.delivery import HostKeyError, LoginError, Session, fetch, list_names
from gateway.ledger import ReleaseView
from gateway.model.release import Event, State
from gateway.package import beside
from gateway.receiving import Disposition
from gateway.release.build.corridor import Body, Book, note
from gateway.release.sending.delivering import connect
from gateway.release.sending.outage import facts
from gateway.release.sending.receiptchecks import Refusal, RefusedError, Sent, check_receipt
from gateway.release.sending.sealing import acceptance_name, package_of, passphrase_name
from gateway.release.site.deployment import Deployment

WAITING = frozenset({State.DELIVERED, State.ACKNOWLEDGED})
"""States in which a receipt counts."""
CLOSED = frozenset({State.DISPUTED, State.RECALLED, State.SUPERSEDED})
"""States in which a new receipt comes too late."""
STRAY = "receipt.refused"
"""The record of a receipt that no waiting release owns."""
FAILED = "receipts.failed"
"""The record of a fetch that ended at the server's door: as ``delivery.failed``, and of no one release."""
_NAME = re.compile(r"(LGTJ_[0-9A-Z_]+)\.(R[12])\.json")


def receipt_path(deployment: Deployment, release: str, kind: str = "R1") -> Path:
    """Where a release's receipt is kept."""
    return deployment.var / "releases" / release / "receipts" / f"{release}.{kind}.json"


def disposition(deployment: Deployment, release: str) -> str:
    """What the receiver says became of the package, by its latest receipt; empty when there is none."""
    found = [e for e in Book.read(deployment).entries if e.release == release and e.kind == Event.RECEIPT]
    return str(found[-1].body["disposition"]) if found else ""


def fetch_receipts(deployment: Deployment, now: datetime) -> list[ReleaseView]:
    """Fetches what lies in the receipts folder; the views of the releases that it changed.

    A receipt that does not count is recorded as refused, once; the first such error is raised after all were looked
    at. Another host key or a refused login is on record too."""
    with deployment.lock():
        try:
            return _fetch(deployment, now)
        except (HostKeyError, LoginError) as error:
            operator = deployment.settings.operator
            deployment.ledger.append(FAILED, actor=operator, body=facts(error), at=now, expect=None)
            raise


def _fetch(deployment: Deployment, now: datetime) -> list[ReleaseView]:
    folder = deployment.settings.sftp.receipts
    changed: list[ReleaseView] = []
    refused: list[ReceiptError] = []
    with connect(deployment) as session:
        there = set(list_names(session, folder=folder))
        for name in sorted(there):
            match = _NAME.fullmatch(name)
            if match is None or f"{name}.sig" not in there:
                continue
            try:
                view = _one(deployment, session, match[1], match[2], now)
            except ReceiptError as error:
                refused.append(error)
            else:
                changed += [view] if view else []
    if refused:
        raise refused[0]
    return changed


def _one(deployment: Deployment, session: Session, release: str, kind: str, now: datetime) -> ReleaseView | None:
    """Looks at one receipt on the server; the view that it changed."""
    folder, name = deployment.settings.sftp.receipts, f"{release}.{kind}.json"
    view = Book.read(deployment).views.get(release)
    if view is not None and view.state not in WAITING | CLOSED:
        return None  # it is being sent: DELIVERED is not recorded yet
    data, signature = fetch(session, name, folder=folder), fetch(session, f"{name}.sig", folder=folder)
    if view is None:
        _stray(deployment, release, data, Refusal.UNKNOWN, now)
        return None
    if digest(data) in view.receipts:
        latest = view.receipts[-1] == digest(data)
        if view.state is State.DELIVERED and latest and disposition(deployment, release) == Disposition.PROCESSED:
            return _acknowledge(deployment, release, digest(data), now)  # killed between the two events
        if not latest and view.state is State.DELIVERED:
            return _refuse(deployment, view, data, _replayed(), now)
        return None
    if view.state in CLOSED:
        _stray(deployment, release, data, Refusal.LATE, now)
        return None
    return register_receipt(deployment, view, data, signature, now, kind=kind)


def register_receipt(
    deployment: Deployment, view: ReleaseView, data: bytes, signature: bytes, now: datetime, *, kind: str = "R1"
) -> ReleaseView:
    """Checks one receipt and records it: RECEIPT, and ACKNOWLEDGED when the package was processed.

    Raises ReceiptError, after recording the refusal once, for one that does not count."""
    try:
        receipt = check_receipt(data, signature, kind, sent(deployment, view), deployment.allowed_signers(), now)
    except RefusedError as error:
        return _refuse(deployment, view, data, error, now)
    path, sha = receipt_path(deployment, view.release, kind), digest(data)
    write_atomic(path, data)
    write_atomic(path.with_name(path.name + ".sig"), signature)
    body: Body = {
        "receipt": sha,
        "disposition": receipt.disposition,
        "kind": kind,
        "person": receipt.receiver,
        "arrived": receipt.arrived_at,
        "decrypted": receipt.decrypted_at,
        "confirmed": receipt.confirmed_at,
        "register": receipt.register_number,
        "received": receipt.received_sha256,
    }
    return record(deployment, view, body, now)


def record(deployment: Deployment, view: ReleaseView, body: Body, now: datetime) -> ReleaseView:
    """Appends the receipt's event and, where the package was processed, ACKNOWLEDGED."""
    note(deployment, Event.RECEIPT, view.release, deployment.settings.operator, body, now)
    if body["disposition"] == Disposition.PROCESSED:
        return _acknowledge(deployment, view.release, str(body["receipt"]), now)
    return Book.read(deployment).view(view.release)


def sent(deployment: Deployment, view: ReleaseView) -> Sent:
    """What a receipt for ``view`` must name."""
    package = package_of(deployment, view.release)
    return Sent(
        release=view.release,
        package=beside(package.names[0], package.paths[0].read_bytes()),
        manifest=package.paths[2].read_bytes(),
        code=deployment.keyring.get(acceptance_name(view.release)).decode(),
    )


def _acknowledge(deployment: Deployment, release: str, sha: str, now: datetime) -> ReleaseView:
    """The release is acknowledged, and its passphrase forgotten."""
    deployment.keyring.remove(passphrase_name(release))
    if Book.read(deployment).view(release).state is State.DELIVERED:
        note(deployment, Event.ACKNOWLEDGED, release, deployment.settings.operator, {"receipt": sha}, now)
    return Book.read(deployment).view(release)


def _refuse(deployment: Deployment, view: ReleaseView, data: bytes, error: RefusedError, now: datetime) -> ReleaseView:
    """Records the refusal once, and raises it."""
    refuse(deployment, view, {"reason": error.refusal.value, "receipt": digest(data)}, now)
    raise ReceiptError(
        f"{view.release} 的回执不成立：{error.zh}",
        f"the receipt for {view.release} does not hold: {error.en}",
        safe=("回执已记为拒收，批次状态不变", "the refusal is recorded; the release's state is unchanged"),
        next=("与接收方的数据管理员核对", "ask the receiver's data manager"),
    ) from error


def refuse(deployment: Deployment, view: ReleaseView, body: Body, now: datetime) -> None:
    """Records a refused receipt, the same one only once."""
    entries = Book.read(deployment).entries
    if not any(e.kind == Event.RECEIPT_REFUSED and e.release == view.release and e.body == body for e in entries):
        note(deployment, Event.RECEIPT_REFUSED, view.release, deployment.settings.operator, body, now)


def _stray(deployment: Deployment, release: str, data: bytes, refusal: Refusal, now: datetime) -> None:
    """Records, once, a receipt that no waiting release owns; it changes nothing and stops nothing."""
    body = {"reason": refusal.value, "receipt": digest(data), "named": release}
    entries = Book.read(deployment).entries
    if not any(e.kind == STRAY and e.body == body for e in entries):
        deployment.ledger.append(STRAY, actor=deployment.settings.operator, body=body, at=now, expect=None)


def _replayed() -> RefusedError:
    return RefusedError(
        Refusal.REPLAYED, "是已被后来的回执取代的旧回执", "an older receipt than the latest one recorded"
    )
