"""Approval by two data stewards, each for himself; return and rejection, signed as well.

An approval is an sshsig signature (namespace release-approval) over the statement's exact bytes, by a steward whom the
agreement names, who is not the release's operator, and whose key allowed_signers lists. A return or rejection is one
over a ``Decision``, which names the statement: neither passes for the other, or can be played again later."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from gateway.base.canonical import digest, encode_for_people
from gateway.base.errors import AwaitingApprovalError, IntegrityError, TermsError
from gateway.base.files import write_atomic
from gateway.base.sshsig import APPROVAL, verify
from gateway.ledger import ReleaseView
from gateway.model.documents import DECISION_ALGORITHMS, Approval, Decision
from gateway.model.release import Event, State
from gateway.package import read_statement
from gateway.release.build.corridor import Book
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.site.deployment import Deployment

_DECISIONS: Mapping[Event, Literal["return", "reject"]] = {Event.RETURNED: "return", Event.REJECTED: "reject"}
OPEN_FOR_VOTES = frozenset({State.SUBMITTED, State.PARTIALLY_APPROVED})


def approve(deployment: Deployment, release: str, signature: str, now: datetime) -> ReleaseView:
    """Records one steward's signature. Raises IntegrityError for a signature that does not fit, TermsError for someone
    who may not approve, AwaitingApprovalError when the release is not up for approval."""
    book = Book.read(deployment)
    view = book.view(release)
    _check_open(view)
    statement = deployment.store(release, OPEN_NAMES).get("statement.json")
    if digest(statement) != view.statement:
        raise IntegrityError(
            "签批单与账本所记的不同", "the statement differs from the one in the ledger", next="gateway ledger verify"
        )
    steward = _signer(deployment, release, statement, signature, now)
    _check_steward(deployment, steward)
    if steward == read_statement(statement).operator:
        raise _not_permitted(steward)
    if any(vote.steward == steward for vote in view.approvals):
        return view
    write_atomic(_path(deployment, release, steward), signature.encode())
    event = Event.APPROVED if view.approvals else Event.APPROVED_ONCE
    book.record(event, release, steward, {"statement": digest(statement)}, now)
    return Book.read(deployment).view(release)


def propose(deployment: Deployment, event: Event, release: str, reason: str) -> Path:
    """Writes the decision for a steward to sign; its file. ``event``: RETURNED or REJECTED; ``reason``: without data.

    The same decision gives the same bytes. Raises AwaitingApprovalError when the release is not up for approval."""
    view = Book.read(deployment).view(release)
    _check_open(view)
    decision = Decision(
        format="gateway-decision/1",
        alg=dict(DECISION_ALGORITHMS),
        release=release,
        statement_sha256=str(view.statement),
        decision=_DECISIONS[event],
        reason=reason,
    )
    path = deployment.var / "releases" / release / "decisions" / f"{decision.decision}.json"
    write_atomic(path, encode_for_people(decision.model_dump(mode="json")))
    return path


def close(deployment: Deployment, event: Event, release: str, signature: str, now: datetime) -> ReleaseView:
    """Records a steward's return (to be built again) or rejection, as proposed and signed.

    Raises IntegrityError for a signature or proposal that does not fit, TermsError for someone who may not decide,
    AwaitingApprovalError when the release is not up for approval."""
    book = Book.read(deployment)
    view = book.view(release)
    _check_open(view)
    path = deployment.var / "releases" / release / "decisions" / f"{_DECISIONS[event]}.json"
    if not path.is_file():
        raise IntegrityError(
            "没有待签署的决定", "no decision was proposed", next=f"gateway {_DECISIONS[event]} {release} --reason …"
        )
    data = path.read_bytes()
    steward = _signer(deployment, release, data, signature, now)
    _check_steward(deployment, steward)
    decision = Decision.model_validate_json(data, strict=True)
    named = (decision.alg, decision.release, decision.statement_sha256, decision.decision)
    if named != (DECISION_ALGORITHMS, release, view.statement, _DECISIONS[event]):
        raise IntegrityError(
            "签署的决定不是针对当前签批单的",
            "the signed decision is not about this statement",
            next=f"gateway {_DECISIONS[event]} {release} --reason …",
        )
    signed = path.with_name(f"{digest(data)[:16]}.{steward}")
    write_atomic(signed.with_name(f"{signed.name}.json"), data)
    write_atomic(signed.with_name(f"{signed.name}.json.sig"), signature.encode())
    body: dict[str, str | int | None] = {"reason": decision.reason, "decision": digest(data)}
    book.record(event, release, steward, body, now)
    return Book.read(deployment).view(release)


def _signer(deployment: Deployment, release: str, data: bytes, signature: str, now: datetime) -> str:
    """Who signed ``data``. Raises IntegrityError."""
    try:
        return verify(data, signature, APPROVAL, deployment.allowed_signers(), now).principal
    except IntegrityError as error:
        error.safe = ("没有记录任何签批，批次状态不变", "nothing was recorded; the release's state is unchanged")
        error.next = (
            f"gateway review {release} 列出要签署的文件和命令；gateway keys list 列出谁的密钥有效",
            f"gateway review {release} names the file and the command to sign; gateway keys list, whose key is valid",
        )
        raise


def approvals(deployment: Deployment, view: ReleaseView, now: datetime) -> tuple[Approval, ...]:
    """The two approvals of the statement, each verified again. Raises AwaitingApprovalError when one is missing."""
    statement = deployment.store(view.release, OPEN_NAMES).get("statement.json")
    if view.statement != digest(statement) or len(view.approvals) < 2:
        raise AwaitingApprovalError(
            f"{view.release} 已有 {len(view.approvals)} 份批准，需要 2 份",
            f"{view.release} has {len(view.approvals)} of 2 approvals",
            safe=("没有任何内容离开", "nothing has left"),
            next=f"gateway review {view.release}",
        )
    found = []
    for vote in view.approvals:
        path = _path(deployment, view.release, vote.steward)
        if not path.is_file():
            raise IntegrityError(f"缺少 {vote.steward} 的签名文件", f"the signature of {vote.steward} is missing")
        signature = path.read_text(encoding="ascii")
        at = datetime.fromisoformat(vote.at)
        if verify(statement, signature, APPROVAL, deployment.allowed_signers(), at).principal != vote.steward:
            raise IntegrityError("签名与账本所记的人不符", "a signature is not that of the person in the ledger")
        found.append(Approval(steward=vote.steward, signature=signature))
    return tuple(found)


def _path(deployment: Deployment, release: str, steward: str) -> Path:
    return deployment.var / "releases" / release / "approvals" / f"{steward}.sig"


def _check_open(view: ReleaseView) -> None:
    if view.state not in OPEN_FOR_VOTES:
        raise AwaitingApprovalError(
            f"{view.release} 的状态是 {view.state}，不在签批中",
            f"{view.release} is {view.state}, not up for approval",
            next=f"gateway status {view.release}",
        )


def _check_steward(deployment: Deployment, steward: str) -> None:
    if steward not in deployment.terms.stewards:
        raise _not_permitted(steward)


def _not_permitted(steward: str) -> TermsError:
    return TermsError(
        f"{steward} 不是协议指定的数据审核员，或是本批次的制作人",
        f"{steward} is not a data steward of the agreement, or built this release",
        safe=("没有记录任何批准", "no approval was recorded"),
    )
