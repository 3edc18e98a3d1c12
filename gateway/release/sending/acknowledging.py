"""R2: a named person says that the package was received, and the operator enters it.

Two proofs count. The acceptance code, told back over a channel of people: it lies inside the package, so whoever tells
it has opened it. Or the transfer slip, stamped and scanned: it is entered by digest (SHA-256, SM3), and the scan is
kept encrypted. A wrong code, someone who is no recipient and a release that does not wait are refused on record."""

from datetime import datetime

from gateway.base.canonical import digest, digests, encode_for_people
from gateway.base.errors import InputError, ReceiptError
from gateway.base.files import PRIVATE, write_atomic
from gateway.ledger import ReleaseView
from gateway.model.documents import Confirmation, Evidence
from gateway.model.period import ZONE
from gateway.receiving import Disposition
from gateway.release.build.corridor import Book
from gateway.release.sending.receiptchecks import Refusal, RefusedError, Sent, check_code
from gateway.release.sending.receipts import WAITING, receipt_path, record, refuse, sent
from gateway.release.site.deployment import Deployment
from gateway.release.site.kinds import PACKAGES

CONFIRMATION_ALGORITHMS = {"digest": "sha256+sm3"}


def acknowledge(
    deployment: Deployment,
    release: str,
    person: str,
    now: datetime,
    *,
    code: str | None = None,
    scan: bytes | None = None,
    received: datetime | None = None,
) -> ReleaseView:
    """Enters what ``person`` confirmed: by the acceptance ``code``, or by the ``scan`` of the stamped slip.

    ``received``: when they say they received it. Raises ReceiptError, after recording the refusal, InputError when not
    exactly one proof is given."""
    if (code is None) == (scan is None) or scan == b"":
        raise InputError(
            "须给出验收码或盖章移交单之一", "one proof is needed: the acceptance code, or the stamped slip"
        )
    with deployment.lock():
        view = Book.read(deployment).view(release)
        if view.state not in WAITING:
            raise ReceiptError(
                f"{release} 的状态是 {view.state}，不在等待回执",
                f"{release} is {view.state} and waits for no receipt",
                next=f"gateway status {release}",
            )
        found = sent(deployment, view)
        try:
            _check(found, person, code, received, now)
        except RefusedError as error:
            refuse(deployment, view, {"reason": error.refusal.value, "person": person, "at": now.isoformat()}, now)
            raise ReceiptError(
                f"{release} 的确认不成立：{error.zh}",
                f"the confirmation of {release} does not hold: {error.en}",
                safe=("已记为拒收，批次状态不变", "the refusal is recorded; the release's state is unchanged"),
                next=("与接收方的数据管理员核对", "ask the receiver's data manager"),
            ) from error
        return _enter(
            deployment, view, _document(deployment, view, found, person, code, scan, received, now), scan, now
        )


def _check(found: Sent, person: str, code: str | None, received: datetime | None, now: datetime) -> None:
    if person not in found.recipients:
        raise RefusedError(
            Refusal.RECIPIENT, f"{person} 不是本批次的接收人", f"{person} is no recipient of this release"
        )
    if received is not None and not found.sealed_at <= received <= now:
        raise RefusedError(
            Refusal.TIME, "接收时间早于封装或在将来", "it was received before it was sealed, or in the future"
        )
    if code is not None:
        check_code(code, found.code)


def _document(
    deployment: Deployment,
    view: ReleaseView,
    found: Sent,
    person: str,
    code: str | None,
    scan: bytes | None,
    received: datetime | None,
    now: datetime,
) -> Confirmation:
    manifest = digests(found.manifest)
    return Confirmation(
        format="gateway-confirmation/1",
        alg=dict(CONFIRMATION_ALGORITHMS),
        release=view.release,
        package_sha256=found.package.sha256,
        package_sm3=found.package.sm3,
        manifest_sha256=manifest["sha256"],
        manifest_sm3=manifest["sm3"],
        person=person,
        basis="stamped-slip" if scan is not None else "acceptance-code",
        acceptance=found.code if code is not None else None,
        evidence=Evidence(bytes=len(scan), **digests(scan)) if scan is not None else None,
        received_at=received.astimezone(ZONE).isoformat(timespec="seconds") if received else None,
        entered_at=now.astimezone(ZONE).isoformat(timespec="seconds"),
        entered_by=deployment.settings.operator,
        previous=view.receipts[-1] if view.receipts else None,
    )


def _enter(
    deployment: Deployment, view: ReleaseView, document: Confirmation, scan: bytes | None, now: datetime
) -> ReleaseView:
    data = encode_for_people(document.model_dump(mode="json"))
    path = receipt_path(deployment, view.release, "confirmation")
    if scan is not None:
        sealed = deployment.sealer(view.release, PACKAGES).seal(scan, f"slip-scan/{view.release}")
        write_atomic(path.with_name(f"{view.release}.slip-scan.sealed"), sealed, mode=PRIVATE)
    write_atomic(path, data)
    body: dict[str, str | int | None] = {
        "receipt": digest(data),
        "disposition": Disposition.PROCESSED.value,
        "kind": "R2",
        "person": document.person,
        "basis": document.basis,
        "confirmed": document.received_at or document.entered_at,
        "evidence": document.evidence.sha256 if document.evidence else None,
    }
    return record(deployment, view, body, now)
