"""The receiver's receipts: fetched, checked against what was sent, recorded.

A receipt counts only if a listed key signed it for this purpose, for a recipient of the manifest, over the very digests
that were sent, and, where it says that the package was opened, with the acceptance code from inside it."""

import hmac
import json
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from gateway.base.canonical import digest, digest_file
from gateway.base.errors import IntegrityError, ReceiptError
from gateway.base.files import write_atomic
from gateway.base.sshsig import RECEIPT, verify
from gateway.delivery import fetch, list_names
from gateway.ledger import ReleaseView
from gateway.model.documents import Receipt
from gateway.model.release import Event, State
from gateway.release.corridor import Body, Book, note
from gateway.release.delivering import connect
from gateway.release.deployment import Deployment
from gateway.release.sealing import acceptance_name, package_of, passphrase_name

PROCESSED = "processed"
WAITING = frozenset({State.DELIVERED, State.ACKNOWLEDGED})


def receipt_path(deployment: Deployment, release: str) -> Path:
    """Where a release's receipt is kept."""
    return deployment.var / "releases" / release / "receipts" / f"{release}.R1.json"


def disposition(deployment: Deployment, release: str) -> str:
    """What the receiver says became of the package, by its latest receipt; empty when there is none."""
    found = [e for e in Book.read(deployment).entries if e.release == release and e.kind == Event.RECEIPT]
    return str(found[-1].body["disposition"]) if found else ""


def fetch_receipts(deployment: Deployment, now: datetime) -> list[ReleaseView]:
    """Fetches what lies in the receipts folder for releases that wait for one; the views of those that changed.

    A receipt that does not hold is recorded as refused; the first such error is raised after all were looked at."""
    with deployment.lock():
        return _fetch(deployment, now)


def _fetch(deployment: Deployment, now: datetime) -> list[ReleaseView]:
    folder = deployment.settings.sftp.receipts
    changed: list[ReleaseView] = []
    refused: list[ReceiptError] = []
    waiting = [view for view in Book.read(deployment).views.values() if view.state in WAITING]
    with connect(deployment) as session:
        there = set(list_names(session, folder=folder))
        for view in waiting:
            name = f"{view.release}.R1.json"
            if not {name, f"{name}.sig"} <= there:
                continue
            data, signature = fetch(session, name, folder=folder), fetch(session, f"{name}.sig", folder=folder)
            if digest(data) in view.receipts and (
                view.state is State.ACKNOWLEDGED or disposition(deployment, view.release) != PROCESSED
            ):
                continue
            try:
                changed.append(register_receipt(deployment, view, data, signature, now))
            except ReceiptError as error:
                refused.append(error)
    if refused:
        raise refused[0]
    return changed


def register_receipt(
    deployment: Deployment, view: ReleaseView, data: bytes, signature: bytes, now: datetime
) -> ReleaseView:
    """Checks one receipt and records it: RECEIPT, and ACKNOWLEDGED when the package was processed.

    Raises ReceiptError, after recording the refusal once, for one that does not hold."""
    operator = deployment.settings.operator
    try:
        receipt = _checked(deployment, view, data, signature, now)
    except (ReceiptError, IntegrityError) as error:  # a fault of this machine is not the receipt's
        body: Body = {"reason": error.code, "receipt": digest(data)}
        entries = Book.read(deployment).entries
        if not any(e.kind == Event.RECEIPT_REFUSED and e.body == body for e in entries):
            note(deployment, Event.RECEIPT_REFUSED, view.release, operator, body, now)
        raise ReceiptError(
            f"{view.release} 的回执不成立：{error.zh}",
            f"the receipt for {view.release} does not hold: {error.en}",
            safe=("回执已记为拒收，批次状态不变", "the refusal is recorded; the release's state is unchanged"),
            next=("与接收方的数据管理员核对", "ask the receiver's data manager"),
        ) from error
    path = receipt_path(deployment, view.release)
    write_atomic(path, data)
    write_atomic(path.with_name(path.name + ".sig"), signature)
    sha = digest(data)
    body = {"receipt": sha, "disposition": receipt.disposition, "register": receipt.register_number}
    if sha not in view.receipts:
        note(deployment, Event.RECEIPT, view.release, operator, body, now)
    if receipt.disposition == PROCESSED:
        deployment.keyring.remove(passphrase_name(view.release))
        if view.state is State.DELIVERED:
            note(deployment, Event.ACKNOWLEDGED, view.release, operator, {"receipt": sha}, now)
    return Book.read(deployment).view(view.release)


def _checked(deployment: Deployment, view: ReleaseView, data: bytes, signature: bytes, now: datetime) -> Receipt:
    armored = signature.decode("ascii", errors="replace")
    signer = verify(data, armored, RECEIPT, deployment.allowed_signers(), now)
    try:
        receipt = Receipt.model_validate_json(data)
    except ValidationError as error:
        raise ReceiptError("格式不正确", "it is malformed") from error
    package = package_of(deployment, view.release)
    manifest = package.paths[2].read_bytes()
    if signer.principal != receipt.receiver or receipt.receiver not in json.loads(manifest)["recipients"]:
        raise ReceiptError("签署人不是本批次的接收人", "its signer is not a recipient of this release")
    sent = (view.release, digest_file(package.paths[0]), digest(manifest))
    if (receipt.release, receipt.package_sha256, receipt.manifest_sha256) != sent:
        raise ReceiptError("所指的批次或摘要与发出的不同", "it is for another release or other digests than were sent")
    if receipt.disposition == PROCESSED:
        code = deployment.keyring.get(acceptance_name(view.release)).decode()
        if not hmac.compare_digest(receipt.acceptance or "", code):
            raise ReceiptError("验收码不符，不能证明已解密", "its acceptance code is wrong: it proves no decryption")
    return receipt
