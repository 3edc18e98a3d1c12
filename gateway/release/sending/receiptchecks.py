"""What a receipt has to be, and the word for each way in which it is not: the word goes into the ledger.

A receipt counts only if a listed key signed it for this purpose, for a recipient of the manifest, over the very digests
that were sent, and, where it says that the package was opened, with the acceptance code from inside it. It is like an
AS2 message disposition notification (RFC 4130, 7.4): the original's id, the digest over what was received, times,
disposition, person, and the receipt before it."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import ValidationError

from gateway.base.canonical import digests
from gateway.base.errors import GatewayError, ReceiptError
from gateway.base.sshsig import RECEIPT, Signer, verify
from gateway.model.documents import ALGORITHMS, PackageFile, Receipt
from gateway.receiving import Disposition

SKEW = timedelta(days=2)
"""How far the receiver's clock may be off: a day either way is seen in practice, and must not lose a receipt."""


class Refusal(StrEnum):
    """Why a receipt was refused."""

    FORGED = "forged"  # the signature does not hold, or its key may not sign receipts now
    MALFORMED = "malformed"
    ALGORITHM = "unknown-algorithm"
    RECIPIENT = "wrong-recipient"
    CROSSED = "crossed"  # for another release or other bytes
    TIME = "wrong-time"
    CODE = "wrong-code"
    REPLAYED = "replayed"  # one that was superseded by a later one of the same release
    LATE = "late"  # the release is recalled, superseded or disputed
    UNKNOWN = "unknown-release"


SAID: dict[Refusal, str] = {
    Refusal.FORGED: "签名不成立",
    Refusal.MALFORMED: "格式不正确",
    Refusal.ALGORITHM: "算法未知",
    Refusal.RECIPIENT: "签署人不是接收人",
    Refusal.CROSSED: "所指批次或摘要不同",
    Refusal.TIME: "时间不成立",
    Refusal.CODE: "验收码不符",
    Refusal.REPLAYED: "旧回执重放",
    Refusal.LATE: "批次已结束",
    Refusal.UNKNOWN: "没有这个批次",
}
"""Each refusal as a register has it."""


class RefusedError(ReceiptError):
    """A receipt that does not count; ``refusal`` is what the ledger keeps of it."""

    def __init__(self, refusal: Refusal, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent, as the receipt must name it. ``code``: the acceptance code, or None when it is no longer kept."""

    release: str
    package: PackageFile
    manifest: bytes
    code: str

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom the manifest names."""
        return tuple(json.loads(self.manifest)["recipients"])

    @property
    def sealed_at(self) -> datetime:
        """When it was sealed."""
        return datetime.fromisoformat(json.loads(self.manifest)["sealed_at"])


def check_receipt(
    data: bytes, signature: bytes, kind: str, sent: Sent, signers: Iterable[Signer], now: datetime
) -> Receipt:
    """The receipt in ``data``; ``kind`` R1 or R2, as its file's name says. Raises RefusedError."""
    try:
        signer = verify(data, signature.decode("ascii", errors="replace"), RECEIPT, signers, now)
    except GatewayError as error:
        raise RefusedError(Refusal.FORGED, error.zh, error.en) from error
    receipt = _read(data, kind)
    if signer.principal != receipt.receiver or receipt.receiver not in sent.recipients:
        raise RefusedError(
            Refusal.RECIPIENT, "签署人不是本批次的接收人", "its signer is not a recipient of this release"
        )
    named = (receipt.release, receipt.package_sha256, receipt.package_sm3, receipt.ledger.model_dump())
    manifest = {"sha256": receipt.manifest_sha256, "sm3": receipt.manifest_sm3}
    ours = (sent.release, sent.package.sha256, sent.package.sm3, json.loads(sent.manifest)["ledger"])
    if named != ours or manifest != digests(sent.manifest):
        raise RefusedError(
            Refusal.CROSSED, "所指的批次或摘要与发出的不同", "it is for another release or other digests than were sent"
        )
    _check_times(receipt, sent.sealed_at, now)
    if receipt.disposition == Disposition.PROCESSED:
        if (receipt.received_sha256, receipt.received_sm3) != (sent.package.sha256, sent.package.sm3):
            raise RefusedError(
                Refusal.CROSSED, "称已接收，收到的却不是所发字节", "it says processed, over other bytes than were sent"
            )
        check_code(receipt.acceptance or "", sent.code)
        if not all(check.passed for check in receipt.checks):
            raise RefusedError(
                Refusal.MALFORMED, "称已接收，却有检查未通过", "it says processed, and a check had failed"
            )
    return receipt


def check_code(told: str, code: str) -> None:
    """Raises RefusedError unless ``told`` is the acceptance code from inside the package, but for spaces and case."""
    plain = "".join(told.split()).upper()
    if not hmac.compare_digest(plain.encode(), code.encode()):
        raise RefusedError(
            Refusal.CODE, "验收码不符，不能证明已解密", "its acceptance code is wrong: it proves no decryption"
        )


def _read(data: bytes, kind: str) -> Receipt:
    try:
        receipt = Receipt.model_validate_json(data, strict=True)
        known = receipt.disposition in set(Disposition)
    except ValidationError as error:
        raise RefusedError(Refusal.MALFORMED, "格式不正确", "it is malformed") from error
    if receipt.alg != ALGORITHMS:
        raise RefusedError(Refusal.ALGORITHM, "使用了未知的算法", "it names algorithms that are not known here")
    if not known or receipt.kind != kind:
        raise RefusedError(Refusal.MALFORMED, "种类或处理结果未知", "its kind or disposition is not known")
    return receipt


def _check_times(receipt: Receipt, sealed_at: datetime, now: datetime) -> None:
    wrong = RefusedError(Refusal.TIME, "所载时间不成立", "its times can't be")
    try:
        arrived, confirmed = map(datetime.fromisoformat, (receipt.arrived_at, receipt.confirmed_at))
        if not sealed_at - SKEW <= arrived <= confirmed + SKEW or confirmed > now + SKEW:
            raise wrong
    except (ValueError, TypeError) as error:  # TypeError: a time without its zone
        raise wrong from error
