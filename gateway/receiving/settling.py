"""Settles what was found in a package: checked, unpacked, registered, its receipt published.

Whole or not at all, and the same again gives the same. Under the register's lock the package is checked and unpacked;
its line is written with the signed receipt in it, in one transaction; then the receipt is published from the line.
Killed anywhere, the next call finds the line, or doesn't, and finishes. It needs no library: the bureau's kit settles
with the same code what its own checks found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from gateway.base.canonical import digest
from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.model.release import ReleaseId
from gateway.receiving import posting
from gateway.receiving.details import details_of
from gateway.receiving.dispositions import Disposition
from gateway.receiving.entry import ByHand, Details, Entry, Verdict
from gateway.receiving.failed import Failed
from gateway.receiving.found import Found, Part
from gateway.receiving.reception import Outcome, PackageRefusedError, Reception
from gateway.receiving.register import Register, opened
from gateway.receiving.rule import Rule
from gateway.receiving.unpack import unpack as write_files

_IDENTIFIED_BY = "manifest-form"
Progress = Callable[[str], None]


class Knowing(Protocol):
    """Who receives, when, with which register."""

    @property
    def recipient(self) -> str:
        """The data manager's id."""
        ...

    @property
    def register(self) -> Register:
        """The register, opened."""
        ...

    @property
    def now(self) -> datetime:
        """This moment, aware."""
        ...


class Examined(Protocol):
    """A package under examination; ``manifest`` and ``statement`` have the attributes of the documents so named."""

    @property
    def found(self) -> Found:
        """Where it lies."""
        ...

    @property
    def receiver(self) -> Knowing:
        """Whose register it goes into."""
        ...

    @property
    def manifest(self) -> Any:
        """The manifest."""
        ...

    @property
    def manifest_sha256(self) -> str:
        """The package's identity."""
        ...

    @property
    def statement(self) -> Any:
        """The statement."""
        ...

    @property
    def contents(self) -> Mapping[str, bytes]:
        """Every entry, decrypted."""
        ...

    def raw(self, part: Part) -> bytes:
        """One of the four files."""
        ...


C = TypeVar("C", bound=Examined)
Build = Callable[[C, tuple[Outcome, ...], Disposition, datetime, bytes], tuple[str, str]]
"""Makes a receipt's text and signature from the case, what was found, when it arrived, and the receiver's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a reception's results go, and what is said of it by hand."""

    key: bytes
    register: Path
    receipts: Path
    unpack: Path | None
    arrived: datetime
    by_hand: ByHand


def settle(
    make: Callable[[Register], C], rules: Sequence[Rule[C]], build: Build[C], desk: Desk, progress: Progress | None
) -> Reception:
    """Examines the case that ``make`` gives for the opened register, and leaves it registered, its receipt published.

    Raises PackageRefusedError, which carries the Reception, when a check fails; ConfigurationError for folders that
    don't fit; IntegrityError when register or receipts were changed."""
    with opened(desk.register) as book:
        reception = _settle(make(book), rules, build, desk, progress)
    receipt, signature = _publish(desk, reception.release)
    reception = replace(reception, receipt=receipt, signature=signature)
    if not reception.valid:
        raise PackageRefusedError(reception)
    return reception


def _settle(case: C, rules: Sequence[Rule[C]], build: Build[C], desk: Desk, progress: Progress | None) -> Reception:
    """Checks, unpacks and registers the package; its receipt is still to be published."""
    outcomes, disposition = _examine(case, rules, progress)
    release = _identity(case, outcomes)
    if release is not None:
        posting.check_known(desk.receipts, case.receiver.register.of(release), release)
    repeated = release is not None and _received(case, release)
    unpacked = None
    if disposition is Disposition.PROCESSED and desk.unpack is not None:
        unpacked = write_files(desk.unpack, case.manifest.release, case.contents)
    entry = _record(case, release, outcomes, disposition, build, desk)
    return Reception(
        package=case.found.path(Part.PACKAGE),
        release=release,
        disposition=disposition,
        checks=outcomes,
        not_checked=tuple(rule.name for rule in rules[len(outcomes) :]),
        number=entry.number if entry else None,
        receipt=None,
        signature=None,
        unpacked=unpacked,
        repeated=repeated,
    )


def _publish(desk: Desk, release: str | None) -> tuple[Path, Path] | tuple[None, None]:
    """Puts the receipt that stands for ``release`` where the platform fetches it."""
    if release is None:
        return None, None
    with opened(desk.register) as book:  # read again, under the lock: another process may have received it meanwhile
        standing = book.standing(release)
        return posting.publish(desk.receipts, standing) if standing else (None, None)


def _examine(case: C, rules: Sequence[Rule[C]], progress: Progress | None) -> tuple[tuple[Outcome, ...], Disposition]:
    """Makes the checks in their order, up to the first that fails."""
    outcomes: list[Outcome] = []
    for rule in rules:
        if progress is not None:
            progress(say(rule.meaning.zh, rule.meaning.en))
        try:
            rule.run(case)
        except Failed as failed:
            outcomes.append(Outcome(name=rule.name, passed=False, zh=failed.zh, en=failed.en))
            return tuple(outcomes), rule.meaning.disposition
        outcomes.append(Outcome(name=rule.name, passed=True))
    return tuple(outcomes), Disposition.PROCESSED


def _identity(case: Examined, outcomes: tuple[Outcome, ...]) -> str | None:
    """The release id, if the manifest's signature holds and it can be read."""
    if not any(outcome.name == _IDENTIFIED_BY and outcome.passed for outcome in outcomes):
        return None
    return _release_id(case.manifest.release)


def _release_id(text: str) -> str | None:
    try:
        return str(ReleaseId.parse(text))
    except InputError:
        return None


def _received(case: Examined, release: str) -> bool:
    earlier = case.receiver.register.processed(release)
    return earlier is not None and earlier.manifest_sha256 == case.manifest_sha256


def _record(
    case: C,
    release: str | None,
    outcomes: tuple[Outcome, ...],
    disposition: Disposition,
    build: Build[C],
    desk: Desk,
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
    receipt = ("", "") if processed else build(case, outcomes, disposition, desk.arrived, desk.key)
    details = details_of(case, outcomes, desk.arrived, receipt, desk.by_hand)
    return book.append(release, case.manifest_sha256, disposition, details)


def _record_refused(
    case: Examined, book: Register, outcomes: tuple[Outcome, ...], disposition: Disposition
) -> Entry | None:
    """The line for a package that nobody known has signed, under the name it goes by. It gets no receipt."""
    try:
        manifest = digest(case.raw(Part.MANIFEST))
    except Failed:
        return None
    release = _release_id(case.found.stem) or ""
    known = book.find(release, manifest, disposition)
    details = Details(
        confirmed_at=posting.stamp(case.receiver.now),
        receiver=case.receiver.recipient,
        reason=outcomes[-1].zh,
        signature_result=Verdict.FAILED if outcomes[-1].name == "manifest-signature" else Verdict.OPEN,
    )
    return known or book.append(release, manifest, disposition, details)
