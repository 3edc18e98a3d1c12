"""The gateway's own files as holdings of the main agreement: what each month left, on which ground, until when; and its
destruction when that is over.

Feeds, secret cells, and drafts with packages are told apart as the agreement's ``[[retention]]`` rows name them. What
the release history keeps (published tables, equations, intervals; no contributor's values) lies elsewhere and stays.
The platform's extract is the platform's. The intent is recorded first, the end only when nothing is left; a kill in
between is finished by the next run. Feeds are in no backup; a backup that holds the others has to go with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.agreement import Happening
from gateway.base.errors import IntegrityError
from gateway.base.lock import exclusive
from gateway.base.shred import shred, shred_folder
from gateway.ledger import Entry
from gateway.release.clocks import Row, happen, standings
from gateway.release.office import Office

EXPIRING, EXPIRED = "custody.expiring", "custody.expired"
FEEDS, SECRET, PACKAGES = "feeds", "secret_cells", "packages"
OWN = (FEEDS, SECRET, PACKAGES)
"""The kinds of a release's files, named as the retention rows name them."""
_SECRET = frozenset({"cells", "totals", "protected", "disclosure", "compared"})
"""Artefacts with contributors' or unprotected figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What one release left of one kind. ``due``: the last moment it is kept; None while nothing has started its term.
    ``gone``: when it was destroyed."""

    release: str
    what: str
    basis: str
    clause: str
    files: int
    size: int
    due: datetime | None
    gone: str | None


def own_files(office: Office, now: datetime) -> list[Own]:
    """Every release's files by kind, each with its ground and its term."""
    rows, gone = _terms_of(office, now), _gone(office.ledger.entries())
    found = []
    for folder in _releases(office):
        for what in OWN:
            paths = list(_paths(folder, what))
            row = rows.get((what, folder.name)) or rows.get((what, office.terms.id))
            keep = next((kept for kept in office.terms.retention if kept.what == what), None)
            found.append(
                Own(
                    release=folder.name,
                    what=what,
                    basis=keep.basis if keep else "",
                    clause=keep.clause if keep else "",
                    files=len(paths),
                    size=sum(path.stat().st_size for path in paths),
                    due=row.reckoned.due if row else None,
                    gone=gone.get((folder.name, what)),
                )
            )
    return found


def expire(office: Office, actor: str, now: datetime) -> list[Own]:
    """Destroys what has reached the last day of its term; what was destroyed.

    Raises IntegrityError when something is left: the ledger then does not say that it is gone."""
    with exclusive(office.var / "lock"):
        due = [own for own in own_files(office, now) if own.gone is None and own.due and now.date() >= own.due.date()]
        for own in due:
            _destroy(office, own, actor, now)
        for what, subject in sorted({(own.what, _subject(office, own, now)) for own in due}):
            told = Happening(event=f"{what}_destroyed", subject=subject, at=now)
            happen(office, office.terms.id, told, actor=actor, now=now)
    return due


def _destroy(office: Office, own: Own, actor: str, now: datetime) -> None:
    folder = office.var / "releases" / own.release
    body = {"release": own.release, "what": own.what, "files": own.files, "bytes": own.size}
    office.ledger.append(EXPIRING, actor=actor, body=body, at=now, expect=None)
    if own.what == FEEDS:
        shred_folder(folder / "feeds")
    for path in list(_paths(folder, own.what)):
        shred(path)
    if any(_paths(folder, own.what)):
        raise IntegrityError(
            f"{own.release} 的 {own.what} 尚未删净",
            f"something of {own.release}'s {own.what} is left",
            safe=("账本没有记为已销毁", "the ledger does not say that it is destroyed"),
            next="gateway custody own --destroy",
        )
    office.ledger.append(EXPIRED, actor=actor, body=body, at=now, expect=None)


def _paths(folder: Path, what: str) -> Iterator[Path]:
    """A release's files of one kind; what is not named is kept as long as the packages."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _kind(path.relative_to(folder)) == what:
            yield path


def _kind(path: Path) -> str:
    if path.parts[0] == "feeds":
        return FEEDS
    return SECRET if path.name.split(".", 1)[0] in _SECRET else PACKAGES


def _releases(office: Office) -> list[Path]:
    folder = office.var / "releases"
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _terms_of(office: Office, now: datetime) -> dict[tuple[str, str], Row]:
    """The running terms of retention, by kind and subject: a release, or the agreement as a whole."""
    found = {}
    for row in standings(office, now):
        name = row.clock.rule.name
        if row.clock.agreement == office.terms.id and name.startswith("keep_") and row.clock.runs:
            found[name.removeprefix("keep_"), row.clock.subject] = row
    return found


def _subject(office: Office, own: Own, now: datetime) -> str:
    return own.release if (own.what, own.release) in _terms_of(office, now) else office.terms.id


def _gone(entries: Sequence[Entry]) -> dict[tuple[str, str], str]:
    return {(e.body["release"], e.body["what"]): e.at for e in entries if e.kind == EXPIRED}
