"""What the ledger knows of each file's way to the inbox, and what follows when a proved file is not there.

A file is proved, recorded, then renamed, before the next one is begun. So a later file's proof says that the rename was
answered: whoever took the file, it had arrived. Only of the last proved file it can be unknown whether its rename was
done, when the reply was lost and neither its name nor its part is left. Then an operator asks the bureau, and says."""

from datetime import datetime
from enum import StrEnum

from gateway.base.canonical import digest_file
from gateway.base.errors import TransferError
from gateway.delivery import Proof, Session, Where, find
from gateway.ledger import Entry
from gateway.model.release import Event, State
from gateway.release.build.corridor import Body, Book
from gateway.release.sending.sealing import Package
from gateway.release.site.deployment import Deployment

WORD = "delivery.word"
"""The record of an operator's word."""
AGAIN_PROVED = "delivery.proved_again"
"""The record of a proof of a file that a delivered release sends once more."""


class Word(StrEnum):
    """What an operator says of a proved file that left the inbox: the bureau has it, or lost it and asks for it."""

    TAKEN = "taken"
    AGAIN = "again"


def record_proof(deployment: Deployment, package: Package, proof: Proof, now: datetime) -> None:
    """Puts a proof on record: once, and once more after each word that the file be sent again."""
    book = Book.read(deployment)
    body: Body = {
        "package": str(book.view(package.release).package),
        "file": proof.name,
        "bytes": proof.bytes,
        "sha256": proof.sha256,
    }
    last = _last(book, package, proof.name)
    if last is None:
        book.record(Event.PROVED, package.release, deployment.settings.operator, body, now)
    elif last.kind == WORD:
        _record(deployment, AGAIN_PROVED, package, body, now)


def is_taken(
    deployment: Deployment,
    package: Package,
    name: str,
    session: Session,
    words: dict[str, Word],
    now: datetime,
) -> bool:
    """Whether ``name`` arrived and has been taken, so that it is not sent; False when it is to be published.

    Raises TransferError when that is unknown and no operator has said it. ``words``: what one says of each file; a word
    that is used goes on record and is taken out, for it is good once."""
    book = Book.read(deployment)
    last = _last(book, package, name)
    if last is None or last.body.get("word") == Word.AGAIN:
        return False
    if find(session, name, _sha256(package, name), folder=deployment.settings.sftp.inbox) is not Where.GONE:
        return False
    later = package.names[package.names.index(name) + 1 :]
    delivered = book.view(package.release).state is not State.APPROVED
    doubtful = not delivered and all(_last(book, package, other) is None for other in later)
    word = words.pop(name, None) if last.kind != WORD and (doubtful or delivered) else None
    if word is not None:
        _record(deployment, WORD, package, {"file": name, "word": word}, now)
        return word is Word.TAKEN
    if not doubtful or last.kind == WORD:
        return True
    raise TransferError(
        f"{name} 已送达并核对过，但改名的应答丢失，现已不在收件目录：可能已被对方取走",
        f"{name} was sent and proved, the reply to its renaming was lost, and it is not in the inbox:"
        " the receiver has probably taken it",
        safe=("没有重复发送", "nothing was sent twice"),
        next=(
            f"向市局核实：已收到用 gateway deliver {package.release} --taken，未收到用 --again",
            f"ask the bureau: if it has the file, gateway deliver {package.release} --taken; if not, --again",
        ),
    )


def _last(book: Book, package: Package, name: str) -> Entry | None:
    """The last entry about this file of exactly this package: a proof or a word."""
    sealed = book.view(package.release).package
    found = [
        e
        for e in book.entries
        if e.kind in (Event.PROVED, WORD, AGAIN_PROVED)
        and (e.release, e.body.get("package"), e.body.get("file")) == (package.release, sealed, name)
    ]
    return found[-1] if found else None


def _sha256(package: Package, name: str) -> str:
    return digest_file(package.folder / name)


def _record(deployment: Deployment, kind: str, package: Package, body: Body, now: datetime) -> None:
    sealed = str(Book.read(deployment).view(package.release).package)
    deployment.ledger.append(
        kind,
        release=package.release,
        actor=deployment.settings.operator,
        body={**body, "package": sealed},
        at=now,
        expect=None,
    )
