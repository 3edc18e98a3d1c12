"""Recall of what was sent in error (六2, 四(一)5): a notice to the receiver, its confirmation of deletion, the release
that takes its place. The date that the receiver set for putting it right stands in the event; its clock runs on it."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from gateway.base.canonical import digest, digests
from gateway.base.errors import InputError, TermsError
from gateway.base.files import PRIVATE, write_atomic
from gateway.ledger import Entry
from gateway.model.documents import Manifest
from gateway.model.release import Event, State
from gateway.package import RecallNotice, recall_page
from gateway.release.build.corridor import Book
from gateway.release.build.drafts import contacts_of
from gateway.release.sending.sealing import package_of
from gateway.release.site.deployment import Deployment
from gateway.release.site.kinds import PACKAGES

CONFIRMED = "recall.confirmed"
"""The record that the receiver confirmed the deletion."""
_OPEN = frozenset({State.RECALLED, State.SUPERSEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A recall as the ledger has it. ``until``: the date that the receiver set; ``replaced_by``: the next revision."""

    reason: str
    at: str
    until: str | None
    notice: Path
    confirmed_by: str | None
    confirmed_at: str | None
    replaced_by: str | None


def recall(deployment: Deployment, release: str, reason: str, now: datetime, *, until: date | None = None) -> Recall:
    """Recalls a release that was delivered, and drafts the notice. ``until``: the date that the receiver set.

    Raises IntegrityError when it was not delivered or is recalled already, InputError for a date in the past."""
    if until is not None and until < now.date():
        raise InputError("限期已过", "the date lies in the past", safe=("账本未改变", "the ledger is unchanged"))
    with deployment.lock():
        book = Book.read(deployment)
        book.view(release)
        path = notice_path(deployment, release)
        page = _notice(deployment, release, reason, now, until)
        body: dict[str, str | int | None] = {"reason": reason, "notice": digest(page)}
        body |= {"until": until.isoformat()} if until else {}
        book.record(Event.RECALLED, release, deployment.settings.operator, body, now)
        write_atomic(path, page)
    return recalled(deployment, release)


def confirm(deployment: Deployment, release: str, person: str, letter: bytes, now: datetime) -> Recall:
    """Registers the receiver's confirmation that every copy was deleted: by whom, and the letter by digest; the scan is
    kept encrypted. Raises TermsError when it is not recalled or ``person`` was no recipient of it, InputError for an
    empty letter."""
    if not letter:
        raise InputError("确认函是空的", "the letter is empty")
    with deployment.lock():
        book = Book.read(deployment)
        view = book.view(release)
        if view.state not in _OPEN or not _event(book.entries, release, Event.RECALLED):
            raise TermsError(f"{release} 未被召回", f"{release} is not recalled", next=f"gateway status {release}")
        if person not in _manifest(deployment, release).recipients:
            raise TermsError(f"{person} 不是本批次的接收人", f"{person} was no recipient of this release")
        sealed = deployment.sealer(release, PACKAGES).seal(letter, f"recall-letter/{release}")
        write_atomic(_folder(deployment, release) / "letter.sealed", sealed, mode=PRIVATE)
        body = {"person": person, **digests(letter)}
        if not any(e.kind == CONFIRMED and e.release == release and e.body == body for e in book.entries):
            deployment.ledger.append(
                CONFIRMED, release=release, actor=deployment.settings.operator, body=body, at=now, expect=None
            )
    return recalled(deployment, release)


def recalled(deployment: Deployment, release: str) -> Recall:
    """How the recall of ``release`` stands. Raises TermsError when there is none."""
    book = Book.read(deployment)
    event = _event(book.entries, release, Event.RECALLED)
    if event is None:
        raise TermsError(f"{release} 未被召回", f"{release} is not recalled", next=f"gateway status {release}")
    confirmed = _event(book.entries, release, CONFIRMED)
    next_one = [e.release for e in book.entries if e.kind == Event.OPENED and e.body.get("supersedes") == release]
    return Recall(
        reason=event.body["reason"],
        at=event.at,
        until=event.body.get("until"),
        notice=notice_path(deployment, release),
        confirmed_by=confirmed.body["person"] if confirmed else None,
        confirmed_at=confirmed.at if confirmed else None,
        replaced_by=next_one[0] if next_one else None,
    )


def notice_path(deployment: Deployment, release: str) -> Path:
    """Where the notice to the receiver lies."""
    return _folder(deployment, release) / "notice.html"


def _folder(deployment: Deployment, release: str) -> Path:
    return deployment.var / "releases" / release / "recall"


def _event(entries: tuple[Entry, ...], release: str, kind: str) -> Entry | None:
    found = [entry for entry in entries if entry.release == release and entry.kind == kind]
    return found[-1] if found else None


def _manifest(deployment: Deployment, release: str) -> Manifest:
    return Manifest.model_validate_json(package_of(deployment, release).paths[2].read_bytes())


def _notice(deployment: Deployment, release: str, reason: str, now: datetime, until: date | None) -> bytes:
    terms = deployment.terms
    return recall_page(
        RecallNotice(
            agreement=terms.title,
            sender=terms.parties.provider.name,
            recipient=terms.parties.receiver.name,
            contacts=contacts_of(deployment),
            manifest=_manifest(deployment, release),
            clauses=tuple(
                dict.fromkeys(row.clause for row in terms.all_clocks if row.started_by in ("recalled", "fault_found"))
            ),
            reason=reason,
            written=now.date(),
            until=until,
        )
    )
