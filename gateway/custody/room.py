"""The custody room and a command's stay in it: one command at a time, what an earlier one left undone is mended first.

Each command decides on the ledger as it was read and appends on exactly that head. What has to happen outside the
ledger is ordered so that a kill at any moment leaves either nothing of it, or a record from which the next stay
finishes it:

- *add*: the journal names the holding before its key exists; without the ledger's record it never was, and is shredded;
- *open*: the record comes before the first working copy; a journal that is still there means that the copies are not
  whole, and they are removed and the access closed;
- *destroy*, *return*: the intent is recorded first, the end only when nothing can be read any more; in between the
  shredding is done again, to the end."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from gateway.base.canonical import encode
from gateway.base.errors import InputError, IntegrityError
from gateway.base.files import PRIVATE, sync, write_atomic
from gateway.base.sshsig import Signer, verify
from gateway.custody.events import happening_of
from gateway.custody.fold import FOLDS, Views, fold
from gateway.custody.refusal import CustodyRefusedError, Reason
from gateway.custody.terms import Clocked, Clocks, Noted, Record, Terms, Written, named
from gateway.custody.vault import Vault
from gateway.custody.views import Holding, State
from gateway.model.documents import LedgerHead
from gateway.model.period import ZONE

GENESIS = "0" * 64
SYSTEM = "gateway"
"""The actor of what the gateway does by itself: mending after a kill."""
_ID = re.compile(r"[a-z]-[a-z2-7]{10}")


@dataclass(frozen=True, kw_only=True)
class Room:
    """Everything that custody works with. ``signing``: the gateway's own key, for certificates; ``new_id``: a fresh id
    with this letter in front."""

    folder: Path
    terms: Mapping[str, Terms]
    record: Record
    clocks: Clocks
    vault: Vault
    signing: Callable[[], bytes]
    new_id: Callable[[str], str]
    lock: Callable[[], AbstractContextManager[None]]

    @contextmanager
    def stay(self, actor: str, now: datetime) -> Iterator["Stay"]:
        """A command's stay: alone, with everything mended. Raises ConfigurationError when another is at work."""
        with self.lock():
            stay = Stay(room=self, actor=actor, now=now)
            _mend(stay)
            yield stay

    @property
    def journal(self) -> Path:
        """What is being done outside the ledger."""
        return self.folder / "journal.json"


@dataclass(kw_only=True)
class Stay:
    """One command's view of the ledger, and its hand on it."""

    room: Room
    actor: str
    now: datetime
    entries: list[Noted] = field(default_factory=list)
    views: Views = field(default_factory=Views)

    def __post_init__(self) -> None:
        self.entries = list(self.room.record.entries())
        self.views = fold(self.entries)

    # writing ----------------------------------------------------------------------------------------------------------

    def note(self, kind: str, body: Mapping[str, Any], *, actor: str | None = None) -> Noted:
        """Appends one record on the head that this stay has read, folds it, and tells the clocks what it is to them."""
        entry = self._append(kind, actor or self.actor, body)
        self.tell_clocks(entry)
        return entry

    def tell_clocks(self, entry: Noted) -> None:
        """Starts and stops what the record starts and stops; nothing when they were told already."""
        if told := happening_of(self.views, entry):
            for kind, body in self.room.clocks.steps(self.entries, told, self.now):
                self._append(kind, SYSTEM, body)

    def clocks(self, agreement: str, subject: str) -> Sequence[Clocked]:
        """The clocks that were ever started about ``subject``, in order."""
        return self.room.clocks.about(self.entries, agreement, subject, self.now)

    def _append(self, kind: str, actor: str, body: Mapping[str, Any]) -> Noted:
        length, last = len(self.entries), self.entries[-1].hash if self.entries else GENESIS
        expect = LedgerHead(length=length, head=last)
        head = self.room.record.append(kind, actor=actor, body=dict(body), at=self.now, expect=expect)
        at = self.now.astimezone(ZONE).isoformat()
        entry = Written(seq=head.length, at=at, kind=kind, actor=actor, body=dict(body), hash=head.head)
        if found := FOLDS.get(kind):
            found(self.views, entry)
        self.entries.append(entry)
        return entry

    def refuse(
        self,
        reason: Reason,
        *,
        agreement: str | None = None,
        holding: str | None = None,
        clause: str | None = None,
        detail: tuple[str, str] = ("", ""),
        next: tuple[str, str] | str | None = None,
    ) -> NoReturn:
        """Records a refusal, then raises it."""
        body = {"reason": reason.value, "agreement": agreement, "holding": holding, "clause": clause}
        self.note("custody.refused", {key: value for key, value in body.items() if value})
        raise CustodyRefusedError(reason, clause=clause, detail=detail, next=next)

    # reading ----------------------------------------------------------------------------------------------------------

    def compartment(self, agreement: str) -> Terms:
        """The terms of an agreement that the actor serves. Others are told the same whether there is one or not."""
        terms = self.room.terms.get(agreement)
        person = named(terms, self.actor) if terms else None
        if terms is None or person is None:
            self.refuse(Reason.NOT_NAMED, detail=("协议各自独立", "agreements are compartments"))
        if not person.since <= self.now.date() <= (person.until or date.max):
            self.refuse(Reason.NOT_SERVING, agreement=agreement, clause=person.clause)
        return terms

    def holding(self, name: str) -> tuple[Holding, Terms]:
        """A holding and its terms, for somebody who serves its agreement."""
        found = self.views.holdings.get(name)
        if found is None:
            if not _ID.fullmatch(name):
                raise InputError("保管号不正确", "not the id of a holding", next="gateway custody list")
            self.refuse(Reason.NOT_NAMED, detail=("没有可供查看的这一份", "no such holding that you may see"))
        return found, self.compartment(found.agreement)

    def held(self, name: str) -> tuple[Holding, Terms]:
        """A holding that nothing has begun to end."""
        found, terms = self.holding(name)
        if found.state is not State.HELD:
            self.refuse(Reason.NOT_HELD, agreement=terms.id, holding=name, detail=found.state.wording)
        return found, terms

    def signed_by(
        self, message: bytes, signature: str, namespace: str, person: str, holding: str | None, agreement: str
    ) -> None:
        """Refuses unless ``person`` signed exactly this, with the key that this agreement has of them."""
        known = [row for row in self.views.persons.values() if row.agreement == agreement and row.key]
        signers = [Signer(principal=row.id, key=row.key or "", namespaces=(namespace,)) for row in known]
        try:
            signer = verify(message, signature, namespace, signers, self.now)
        except IntegrityError as error:
            self.refuse(Reason.SIGNATURE, agreement=agreement, holding=holding, detail=(error.zh, error.en))
        if signer.principal != person:
            self.refuse(Reason.SIGNATURE, agreement=agreement, holding=holding)

    # the journal ------------------------------------------------------------------------------------------------------

    @contextmanager
    def journalled(self, operation: str, **names: str) -> Iterator[None]:
        """Says what is about to be done outside the ledger; taken back when it is whole, or was undone by an error."""
        write_atomic(self.room.journal, encode({"operation": operation, **names}), mode=PRIVATE)
        try:
            yield
        except Exception:
            _undo(self)
            raise
        _forget(self.room)


def _mend(stay: Stay) -> None:
    """Finishes or undoes what an earlier command was killed in."""
    _undo(stay)
    _settle(stay)
    from gateway.custody.destruction import finish

    for holding in list(stay.views.holdings.values()):
        if holding.state is State.DESTROYING:
            finish(stay, holding.id)


def _undo(stay: Stay) -> None:
    path = stay.room.journal
    for left in stay.room.folder.glob(f".{path.name}.*.part") if stay.room.folder.is_dir() else ():
        left.unlink()
    if not path.is_file():
        return
    doing = json.loads(path.read_bytes())
    match doing["operation"]:
        case "add":
            if doing["holding"] not in stay.views.holdings:
                stay.room.vault.remove(doing["holding"])
        case "open":
            stay.room.vault.clear_work(doing["access"])
            _close_interrupted(stay, doing["holding"], doing["access"])
        case other:
            raise IntegrityError(f"未知的操作记录：{other}", f"an unknown operation in the journal: {other}")
    _forget(stay.room)


def _close_interrupted(stay: Stay, name: str, access: str) -> None:
    holding = stay.views.holdings[name]
    if any(found.id == access and found.closed is None for found in holding.accesses):
        body = {"holding": name, "access": access, "copies": 0, "reason": "interrupted"}
        stay.note("custody.closed", body, actor=SYSTEM)


def _forget(room: Room) -> None:
    room.journal.unlink(missing_ok=True)
    sync(room.folder)


def _settle(stay: Stay) -> None:
    """Tells the clocks the last event of custody again: a kill may have come between its record and theirs."""
    last = next((entry for entry in reversed(stay.entries) if entry.kind in FOLDS), None)
    if last is not None:
        stay.tell_clocks(last)
