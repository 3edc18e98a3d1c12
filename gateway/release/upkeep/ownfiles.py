"""The gateway's own files as holdings of the main agreement: what each month left, on which ground, until when; and its
destruction when that is over.

The month's extract, feeds, secret cells, drafts with packages, and requests are told apart as the agreement's
``[[retention]]`` rows name them (``kinds``). What the release history keeps of a release's values afterwards is written
before they go (``retiring``). The intent is recorded first, the end only when nothing is left; a kill in between is
finished by the next run. All but extract and feeds are sealed under a key of their own that is in no backup: its
destruction reaches every copy (docs/adr/0030)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.agreement import Happening
from gateway.base.canonical import digest_file
from gateway.base.errors import IntegrityError
from gateway.base.lock import exclusive
from gateway.base.shred import shred, shred_folder
from gateway.ledger import Entry
from gateway.release.site.kinds import EXTRACT, FEEDS, OWN, PACKAGES, REQUESTS, SECRET, key_name, kind_of
from gateway.release.site.office import Office
from gateway.release.terms.clocks import Row, happen, standings

EXPIRING, EXPIRED, COPIED = "custody.expiring", "custody.expired", "keys.copied"
JOINT = ".joint"
"""Ends the folder of what an ad-hoc answer was protected together with: it belongs to the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What one release (or request) left of one kind. ``due``: the last moment it is kept; None while nothing has
    started its term. ``gone``: when it was destroyed."""

    release: str
    what: str
    basis: str
    clause: str
    files: int
    size: int
    due: datetime | None
    gone: str | None


def own_files(office: Office, now: datetime) -> list[Own]:
    """Every release's and request's files by kind, each with its ground and its term."""
    rows, gone, extract = _terms_of(office, now), _gone(office.ledger.entries()), _digests(office)
    found = []
    for subject in _subjects(office):
        for what in OWN:
            if (what == REQUESTS) != _is_request(office, subject):
                continue
            paths = list(_paths(office, subject, what, extract))
            row = rows.get((what, subject.removesuffix(JOINT))) or rows.get((what, office.terms.id))
            keep = next((kept for kept in office.terms.retention if kept.what == what), None)
            found.append(
                Own(
                    release=subject,
                    what=what,
                    basis=keep.basis if keep else "",
                    clause=keep.clause if keep else "",
                    files=len(paths),
                    size=sum(path.stat().st_size for path in paths),
                    due=row.reckoned.due if row else None,
                    gone=gone.get((subject, what)),
                )
            )
    return found


def expire(office: Office, actor: str, now: datetime) -> list[Own]:
    """Destroys what has reached the last day of its term; what was destroyed.

    Raises IntegrityError when something is left: the ledger then does not say that it is gone; DisclosureError when the
    history can't be given what it keeps: nothing is destroyed then."""
    with exclusive(office.var / "lock"):
        known = own_files(office, now)
        due = [own for own in known if own.gone is None and own.due and now.date() >= own.due.date()]
        due = [own for own in due if own.what != EXTRACT or not _needed(office, own, known, due)]
        _retire(office, [own.release for own in due if own.what == SECRET], now)
        for own in due:
            _destroy(office, own, actor, now)
        for what, subject in sorted({(own.what, _subject(office, own, now)) for own in due}):
            told = Happening(event=f"{what}_destroyed", subject=subject, at=now)
            happen(office, office.terms.id, told, actor=actor, now=now)
    return due


def stale_copy(office: Office) -> tuple[str, int] | None:
    """When the last copy of the keys was made that is older than a destruction, and of how many: until it is written
    anew, it opens in an old backup what was destroyed. None when there is no such copy."""
    entries = office.ledger.entries()
    copied = next((entry for entry in reversed(entries) if entry.kind == COPIED), None)
    if copied is None:
        return None
    since = sum(e.kind == EXPIRED and e.seq > copied.seq and e.body["what"] not in (EXTRACT, FEEDS) for e in entries)
    return (copied.at, since) if since else None


def _retire(office: Office, releases: Sequence[str], now: datetime) -> None:
    """Gives the history what it keeps of these releases: all is computed before anything is written."""
    if not releases:
        return
    from gateway.release.history.chain import History
    from gateway.release.site.deployment import load_deployment
    from gateway.release.upkeep.retiring import kept_of

    deployment = load_deployment(office.root, now)
    for release, kept in [(one, kept_of(deployment, one)) for one in releases if _key_is_there(office, one, SECRET)]:
        if kept is not None:
            History(deployment).retire(release, kept)


def _destroy(office: Office, own: Own, actor: str, now: datetime) -> None:
    body = {"release": own.release, "what": own.what, "files": own.files, "bytes": own.size}
    office.ledger.append(EXPIRING, actor=actor, body=body, at=now, expect=None)
    name = key_name(own.release, own.what)
    office.own_keys.shred(name)  # first: from here on no copy of these files can be read
    paths = list(_paths(office, own.release, own.what, _digests(office) if own.what == EXTRACT else {}))
    for path in paths:
        shred(path)
    if own.what == FEEDS:
        shred_folder(office.var / "releases" / own.release / "feeds")
    if any(path.exists() for path in paths) or not office.own_keys.gone(name):
        raise IntegrityError(
            f"{own.release} 的 {own.what} 尚未删净",
            f"something of {own.release}'s {own.what} is left",
            safe=("账本没有记为已销毁", "the ledger does not say that it is destroyed"),
            next="gateway custody own --destroy",
        )
    office.ledger.append(EXPIRED, actor=actor, body=body, at=now, expect=None)


def _paths(office: Office, subject: str, what: str, extract: Mapping[Path, str]) -> Iterator[Path]:
    """The files of one kind; of the ``extract`` that lies there now (with digests) those that are still the ones that
    were read: another month's may have their names."""
    if what == REQUESTS:
        yield from _files(office.var / "requests" / subject)
        return
    if what == EXTRACT:
        yield from (path for path, sha in _extract(office, subject).items() if extract.get(path) == sha)
        return
    folder = office.var / "releases" / subject
    for path in _files(folder):
        if kind_of(path.relative_to(folder)) == what:
            yield path
    if what == SECRET:
        values = (office.var / "history" / f"{subject}.{ending}" for ending in ("secret.sealed", "parts.sealed"))
        yield from (path for path in values if path.is_file())
    if what == PACKAGES:
        secrets = (office.keyring.path(f"{name}-{subject}") for name in ("passphrase", "acceptance"))
        yield from (path for path in secrets if path.is_file())


def _digests(office: Office) -> dict[Path, str]:
    return {path: digest_file(path) for path in _files(office.root / office.settings.source.folder)}


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _extract(office: Office, release: str) -> dict[Path, str]:
    """The extract's files that a release was built from, with their digests; none where it came from a database."""
    path = office.var / "releases" / release / "extract.json"
    if not path.is_file():
        return {}
    read: dict[str, str] = json.loads(path.read_bytes())
    folder = office.root / office.settings.source.folder
    return {folder / name: sha for name, sha in read.items()}


def _needed(office: Office, own: Own, known: Sequence[Own], due: Sequence[Own]) -> bool:
    """Whether another release whose term still runs was built from the same extract."""
    mine = set(_extract(office, own.release).values())
    others = [one for one in known if one.what == EXTRACT and one.gone is None and one not in due]
    return any(mine & set(_extract(office, one.release).values()) for one in others if one.release != own.release)


def _subjects(office: Office) -> list[str]:
    folders = [path for name in ("releases", "requests") for path in sorted((office.var / name).glob("*"))]
    return [path.name for path in folders if path.is_dir()]


def _is_request(office: Office, subject: str) -> bool:
    return (office.var / "requests" / subject).is_dir()


def _key_is_there(office: Office, subject: str, what: str) -> bool:
    return office.own_keys.has(key_name(subject, what))


def _terms_of(office: Office, now: datetime) -> dict[tuple[str, str], Row]:
    """The running terms of retention, by kind and subject: a release, or the agreement as a whole."""
    found = {}
    for row in standings(office, now):
        name = row.clock.rule.name
        if row.clock.agreement == office.terms.id and name.startswith("keep_") and row.clock.runs:
            found[name.removeprefix("keep_"), row.clock.subject] = row
    return found


def _subject(office: Office, own: Own, now: datetime) -> str:
    release = own.release.removesuffix(JOINT)
    return release if (own.what, release) in _terms_of(office, now) else office.terms.id


def _gone(entries: Sequence[Entry]) -> dict[tuple[str, str], str]:
    return {(e.body["release"], e.body["what"]): e.at for e in entries if e.kind == EXPIRED}
