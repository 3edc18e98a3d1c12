"""The receiver's signed receipt: built once for a line of the register, published as often as it takes.

``<id>.R1.json`` is a ``gateway.model.documents.Receipt``; ``<id>.R1.json.sig`` signs its exact bytes in the namespace
``delivery-receipt`` and is written last. A receipt ``processed`` is final; one that reports a failure may be followed
by another, whose ``previous`` is the SHA-256 of the receipt before it."""

from datetime import datetime

from gateway.base.canonical import digest, digests, encode_for_people
from gateway.base.sshsig import RECEIPT, sign
from gateway.model.documents import ALGORITHMS, Check, Receipt
from gateway.receiving.case import Case
from gateway.receiving.dispositions import Disposition
from gateway.receiving.found import Part
from gateway.receiving.posting import stamp
from gateway.receiving.reception import Outcome


def build(
    case: Case, outcomes: tuple[Outcome, ...], disposition: Disposition, arrived: datetime, key: bytes
) -> tuple[str, str]:
    """The receipt's exact text and its signature, for the next line of the register."""
    register, manifest, now = case.receiver.register, case.manifest, stamp(case.receiver.now)
    decrypted = any(outcome.name == "decryption" and outcome.passed for outcome in outcomes)
    earlier = [entry for entry in register.of(manifest.release) if entry.details.receipt]
    got = digests(case.raw(Part.PACKAGE))
    receipt = Receipt(
        format="gateway-receipt/1",
        kind="R1",
        alg=dict(ALGORITHMS),
        release=manifest.release,
        package_sha256=manifest.package.sha256,
        package_sm3=manifest.package.sm3,
        manifest_sha256=case.manifest_sha256,
        manifest_sm3=digests(case.raw(Part.MANIFEST))["sm3"],
        received_sha256=got["sha256"],
        received_sm3=got["sm3"],
        arrived_at=stamp(arrived),
        decrypted_at=now if decrypted else None,
        confirmed_at=now,
        disposition=disposition.value,
        checks=tuple(Check(name=o.name, passed=o.passed, reason=o.zh) for o in outcomes),
        acceptance=case.acceptance if decrypted else None,
        receiver=case.receiver.recipient,
        register_number=register.next_number,
        ledger=manifest.ledger,
        previous=digest(earlier[-1].details.receipt.encode()) if earlier else None,
    )
    data = encode_for_people(receipt.model_dump(mode="json"))
    return data.decode(), sign(data, key, RECEIPT)
