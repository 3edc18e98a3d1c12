"""Receives one package: find, check, unpack, register, sign a receipt.

Whole or not at all, and the same again gives the same. Under the register's lock the package is checked and unpacked;
its line is written with the signed receipt in it, in one transaction; then the receipt is published from the line.
Killed anywhere, the next call finds the line, or doesn't, and finishes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from gateway.base.canonical import digest
from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.base.sshsig import read_allowed_signers
from gateway.model.release import ReleaseId
from gateway.receiving import receipts as slips
from gateway.receiving.case import Case, Receiver
from gateway.receiving.details import details_of
from gateway.receiving.dispositions import Disposition
from gateway.receiving.entry import ByHand, Details, Entry, Verdict
from gateway.receiving.failed import Failed
from gateway.receiving.found import Part, find
from gateway.receiving.reception import Outcome, PackageRefusedError, Reception
from gateway.receiving.register import Register, opened
from gateway.receiving.rules import RULES
from gateway.receiving.unpack import unpack as write_files

_IDENTIFIED_BY = "manifest-form"
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Where a reception's results go, and what is said of it by hand."""

    key: bytes
    receipts: Path
    unpack: Path | None
    arrived: datetime
    by_hand: ByHand


def receive(
    files: Sequence[Path],
    *,
    passphrase: str,
    allowed_signers: str,
    recipient: str,
    key: bytes,
    register: Path,
    receipts: Path,
    unpack: Path | None,
    now: datetime,
    progress: Progress | None = None,
    arrived: datetime | None = None,
    by_hand: ByHand | None = None,
) -> Reception:
    """Receives the package that ``files`` name; see the room's docstring.

    ``allowed_signers``: the file's text. ``key``: the receiver's private key (OpenSSH). ``register``: the SQLite file.
    ``receipts``, ``unpack``: folders; None unpacks nothing. ``now``, ``arrived`` (default ``now``): aware.
    Raises PackageRefusedError, which carries the Reception, when a check fails; InputError when no package is found;
    ConfigurationError for keys and folders that don't fit; IntegrityError when register or receipts were changed."""
    signers = read_allowed_signers(allowed_signers)
    slips.check_key(key, recipient, signers, now)
    found = find(files)
    desk = _Desk(key=key, receipts=receipts, unpack=unpack, arrived=arrived or now, by_hand=by_hand or ByHand())
    with opened(register) as book:
        receiver = Receiver(recipient=recipient, passphrase=passphrase.strip(), signers=signers, register=book, now=now)
        reception = _settle(Case(found, receiver), desk, progress)
    receipt, signature = _publish(receipts, register, reception.release)
    reception = replace(reception, receipt=receipt, signature=signature)
    if not reception.valid:
        raise PackageRefusedError(reception)
    return reception


def _settle(case: Case, desk: _Desk, progress: Progress | None) -> Reception:
    """Checks, unpacks and registers the package; its receipt is still to be published."""
    outcomes, disposition = _examine(case, progress)
    release = _identity(case, outcomes)
    if release is not None:
        slips.check_known(desk.receipts, case.receiver.register.of(release), release)
    repeated = release is not None and _received(case, release)
    unpacked = None
    if disposition is Disposition.PROCESSED and desk.unpack is not None:
        unpacked = write_files(desk.unpack, case.manifest.release, case.contents)
    entry = _record(case, release, outcomes, disposition, desk)
    return Reception(
        package=case.found.path(Part.PACKAGE),
        release=release,
        disposition=disposition,
        checks=outcomes,
        not_checked=tuple(rule.name for rule in RULES[len(outcomes) :]),
        number=entry.number if entry else None,
        receipt=None,
        signature=None,
        unpacked=unpacked,
        repeated=repeated,
    )


def _publish(folder: Path, register: Path, release: str | None) -> tuple[Path, Path] | tuple[None, None]:
    """Puts the receipt that stands for ``release`` where the platform fetches it."""
    if release is None:
        return None, None
    with opened(register) as book:  # read again, under the lock: another process may have received it meanwhile
        standing = book.standing(release)
        return slips.publish(folder, standing) if standing else (None, None)


def _examine(case: Case, progress: Progress | None) -> tuple[tuple[Outcome, ...], Disposition]:
    """Makes the checks in their order, up to the first that fails."""
    outcomes: list[Outcome] = []
    for rule in RULES:
        if progress is not None:
            progress(say(rule.zh, rule.en))
        try:
            rule.run(case)
        except Failed as failed:
            outcomes.append(Outcome(name=rule.name, passed=False, zh=failed.zh, en=failed.en))
            return tuple(outcomes), rule.disposition
        outcomes.append(Outcome(name=rule.name, passed=True))
    return tuple(outcomes), Disposition.PROCESSED


def _identity(case: Case, outcomes: tuple[Outcome, ...]) -> str | None:
    """The release id, if the manifest's signature holds and it can be read."""
    if not any(outcome.name == _IDENTIFIED_BY and outcome.passed for outcome in outcomes):
        return None
    return _release_id(case.manifest.release)


def _release_id(text: str) -> str | None:
    try:
        return str(ReleaseId.parse(text))
    except InputError:
        return None


def _received(case: Case, release: str) -> bool:
    earlier = case.receiver.register.processed(release)
    return earlier is not None and earlier.manifest_sha256 == case.manifest_sha256


def _record(
    case: Case,
    release: str | None,
    outcomes: tuple[Outcome, ...],
    disposition: Disposition,
    desk: _Desk,
) -> Entry | None:
    """The line for this result: found again, or written. None when there is nothing that could be recorded.

    A package that was received stays received: what goes wrong in a later attempt on it is reported, not recorded."""
    book = case.receiver.register
    if release is None:
        return _record_refused(case, book, outcomes, disposition)
    processed = book.processed(release)
    if processed and processed.manifest_sha256 == case.manifest_sha256:
        return processed
    known = book.find(release, case.manifest_sha256, disposition)
    if known:
        return known
    receipt = ("", "") if processed else slips.build(case, outcomes, disposition, desk.arrived, desk.key)
    details = details_of(case, outcomes, desk.arrived, receipt, desk.by_hand)
    return book.append(release, case.manifest_sha256, disposition, details)


def _record_refused(
    case: Case, book: Register, outcomes: tuple[Outcome, ...], disposition: Disposition
) -> Entry | None:
    """The line for a package that nobody known has signed, under the name it goes by. It gets no receipt."""
    try:
        manifest = digest(case.raw(Part.MANIFEST))
    except Failed:
        return None
    release = _release_id(case.found.stem) or ""
    known = book.find(release, manifest, disposition)
    details = Details(
        confirmed_at=slips.stamp(case.receiver.now),
        receiver=case.receiver.recipient,
        reason=outcomes[-1].zh,
        signature_result=Verdict.FAILED if outcomes[-1].name == "manifest-signature" else Verdict.OPEN,
    )
    return known or book.append(release, manifest, disposition, details)
