"""Clearing findings that block: a steward says, signed and with a reason, that they are no personal data.

Only MEDIUM findings can be cleared; a HIGH one is proved. A clearance holds keyed digests of the texts (the key is this
exchange's secret), so that it covers the same text wherever it stands, in the drafts and in the sealed package, and no
other. The ledger keeps who cleared how many with which reason; each run verifies the signatures again."""

import hmac
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest, encode_for_people
from gateway.base.errors import AwaitingApprovalError, IntegrityError, TermsError
from gateway.base.files import write_atomic
from gateway.base.sshsig import APPROVAL, verify
from gateway.ledger import ReleaseView, head_of, states
from gateway.model.documents import DECISION_ALGORITHMS, Clearance
from gateway.model.finding import Tier
from gateway.model.release import State
from gateway.privacy.cells import Marker
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Store

FINDINGS = "findings.json"
CLEARED = "privacy.cleared"
CERTIFICATE = "privacy-drafts.json"


@dataclass(frozen=True, kw_only=True)
class Clearances:
    """What stewards cleared for a release: the marks, and the digests of the signed documents."""

    marks: frozenset[str]
    digests: tuple[str, ...]


def marker_of(deployment: Deployment) -> Marker:
    """The keyed digest by which a clearance knows a text again."""
    secret = deployment.exchange_secret

    def mark(entity: str, text: str) -> str:
        return hmac.digest(secret, f"clear/{entity}/{text}".encode("utf-8", "replace"), "sha256").hex()[:32]

    return mark


def findings(deployment: Deployment, release: str) -> list[dict[str, Any]]:
    """The findings of the last search of the drafts: entity, tier, file, place, mark; never a value."""
    store = _store(deployment, release)
    return list(store.get_json(FINDINGS)) if store.has(FINDINGS) else []


def propose(deployment: Deployment, release: str, reason: str) -> Path:
    """Writes the clearance of all MEDIUM findings for a steward to sign; its file.

    Raises AwaitingApprovalError when the release is not blocked by such findings, TermsError when one is HIGH."""
    found = findings(deployment, release)
    _check_blocked(deployment, release)
    if any(f["tier"] == Tier.HIGH for f in found):
        raise TermsError(
            "有高等级发现（校验位或来源比对证实），不能放行",
            "there are findings of tier HIGH (proved by a check digit): they can't be cleared",
            safe=("没有任何内容离开", "nothing has left"),
            next=f"gateway status {release}",
        )
    done = clearances(deployment, release).marks
    open_ = [f for f in found if f["tier"] == Tier.MEDIUM and f["mark"] not in done]
    if not open_:
        raise AwaitingApprovalError(
            f"{release} 没有待放行的发现", f"{release} has no finding to clear", next=f"gateway status {release}"
        )
    clearance = Clearance(
        format="gateway-clearance/1",
        alg=dict(DECISION_ALGORITHMS),
        release=release,
        certificate_sha256=digest(_store(deployment, release).get(CERTIFICATE)),
        findings=dict(sorted(Counter(f["entity"] for f in open_).items())),
        marks=tuple(sorted({f["mark"] for f in open_})),
        reason=reason,
    )
    path = _folder(deployment, release) / "clearance.json"
    write_atomic(path, encode_for_people(clearance.model_dump(mode="json")))
    return path


def clear(deployment: Deployment, release: str, signature: str, now: datetime) -> ReleaseView:
    """Records a steward's clearance, as proposed and signed; the next run lets its findings pass.

    Raises IntegrityError for a signature or proposal that does not fit, TermsError for someone who may not clear."""
    path = _folder(deployment, release) / "clearance.json"
    if not path.is_file():
        raise IntegrityError(
            "没有待签署的放行", "no clearance was proposed", next=f"gateway clear {release} --reason …"
        )
    data = path.read_bytes()
    signer = verify(data, signature, APPROVAL, deployment.allowed_signers(), now).principal
    _check_may_clear(deployment, signer)
    clearance = Clearance.model_validate_json(data)
    _check_blocked(deployment, release)
    if (clearance.release, clearance.certificate_sha256) != (
        release,
        digest(_store(deployment, release).get(CERTIFICATE)),
    ):
        raise IntegrityError(
            "放行不是针对这次检查的",
            "the clearance is not about this search",
            next=f"gateway clear {release} --reason …",
        )
    name = digest(data)
    write_atomic(path.with_name(f"{name}.json"), data)
    write_atomic(path.with_name(f"{name}.json.sig"), signature.encode())
    body = {"clearance": name, "findings": sum(clearance.findings.values()), "reason": clearance.reason}
    entries = deployment.ledger.entries()
    deployment.ledger.append(CLEARED, release=release, actor=signer, body=body, at=now, expect=head_of(entries))
    return states(deployment.ledger.entries())[release]


def clearances(deployment: Deployment, release: str) -> Clearances:
    """All that was cleared, each signature verified again. Raises IntegrityError for one that does not hold."""
    marks: set[str] = set()
    digests: list[str] = []
    for entry in deployment.ledger.entries():
        if entry.kind != CLEARED or entry.release != release:
            continue
        name = str(entry.body["clearance"])
        path = _folder(deployment, release) / f"{name}.json"
        signature = path.with_name(f"{name}.json.sig")
        if not (path.is_file() and signature.is_file()) or digest(path.read_bytes()) != name:
            raise IntegrityError("账本所记的放行文件缺失或已改变", "a clearance in the ledger is missing or changed")
        data, at = path.read_bytes(), datetime.fromisoformat(entry.at)
        signed = signature.read_text(encoding="ascii")
        if verify(data, signed, APPROVAL, deployment.allowed_signers(), at).principal != entry.actor:
            raise IntegrityError(
                "放行的签名与账本所记的人不符", "a clearance's signature is not of who is in the ledger"
            )
        marks.update(Clearance.model_validate_json(data).marks)
        digests.append(name)
    return Clearances(marks=frozenset(marks), digests=tuple(digests))


def _store(deployment: Deployment, release: str) -> Store:
    return deployment.store(release, frozenset({CERTIFICATE}))


def _folder(deployment: Deployment, release: str) -> Path:
    return deployment.var / "releases" / release / "clearances"


def _check_blocked(deployment: Deployment, release: str) -> None:
    view = states(deployment.ledger.entries()).get(release)
    if view is None or view.state is not State.BLOCKED:
        raise AwaitingApprovalError(
            f"{release} 没有被阻断", f"{release} is not blocked", next=f"gateway status {release}"
        )


def _check_may_clear(deployment: Deployment, signer: str) -> None:
    if signer not in deployment.terms.stewards or signer == deployment.settings.operator:
        raise TermsError(
            f"{signer} 不是协议指定的数据审核员，或是本批次的制作人",
            f"{signer} is not a data steward of the agreement, or built this release",
            safe=("没有放行任何内容", "nothing was cleared"),
        )
