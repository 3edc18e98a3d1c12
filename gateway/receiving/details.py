"""What the register says of a package, drawn from its manifest, its statement and the checks."""

from datetime import datetime
from typing import Any

from gateway.receiving.entry import Aspect, ByHand, Details, Verdict
from gateway.receiving.posting import stamp
from gateway.receiving.reception import Outcome
from gateway.receiving.rule import MEANINGS


def details_of(
    case: Any, outcomes: tuple[Outcome, ...], arrived: datetime, receipt: tuple[str, str], by_hand: ByHand
) -> Details:
    """The details of the line for an identified package.

    ``case``: what ``settling.Examined`` asks for. ``receipt``: its text and signature, or two empty texts."""
    manifest, now = case.manifest, stamp(case.receiver.now)
    passed = {outcome.name for outcome in outcomes if outcome.passed}
    statement = case.statement if "statement" in passed else None
    return Details(
        revision=f"R{manifest.revision:02}",
        supersedes=manifest.supersedes or "",
        description=_description(manifest, statement),
        count=str(manifest.entries),
        size=str(manifest.package.bytes),
        digest=f"SHA-256:{manifest.package.sha256} SM3:{manifest.package.sm3}",
        accuracy=_verdict(Aspect.ACCURACY, outcomes),
        completeness=_verdict(Aspect.COMPLETENESS, outcomes),
        usability=_verdict(Aspect.USABILITY, outcomes),
        security=_verdict(Aspect.SECURITY, outcomes),
        due=manifest.due or "",
        sent_at=manifest.sealed_at,
        arrived_at=stamp(arrived),
        decrypted_at=now if "decryption" in passed else "",
        confirmed_at=now,
        receiver=case.receiver.recipient,
        passphrase_told=by_hand.passphrase_told,
        signature_result=_of("manifest-signature", outcomes),
        rows_result=_of("rows", outcomes),
        late_notice_at=by_hand.late_notice_at,
        resupply_reason=(statement.reason or "") if statement else "",
        ledger_head=f"{manifest.ledger.length}:{manifest.ledger.head}",
        filled_by=case.receiver.recipient,
        reviewed_by=by_hand.reviewed_by,
        reason="" if outcomes[-1].passed else outcomes[-1].zh,
        package_sha256=manifest.package.sha256,
        receipt=receipt[0],
        signature=receipt[1],
    )


def _description(manifest: Any, statement: Any | None) -> str:
    """The month and, once it is known, the titles of the tables."""
    titles = [file.title for file in statement.files if file.role == "table"] if statement else []
    return "；".join([f"{manifest.period} 统计数据", *titles])


def _verdict(aspect: Aspect, outcomes: tuple[Outcome, ...]) -> Verdict:
    return _together([name for name, meaning in MEANINGS.items() if meaning.aspect is aspect], outcomes)


def _of(name: str, outcomes: tuple[Outcome, ...]) -> Verdict:
    return _together([name], outcomes)


def _together(names: list[str], outcomes: tuple[Outcome, ...]) -> Verdict:
    made = {outcome.name: outcome.passed for outcome in outcomes}
    if not all(made.get(name, True) for name in names):
        return Verdict.FAILED
    return Verdict.PASSED if all(name in made for name in names) else Verdict.OPEN
