"""A deployment under the four agreements on custody, with made-up people and material, and a hand that moves its clock.

The room, the keys, the ledger, the clocks and the signatures are the real ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.base.errors import IntegrityError
from gateway.base.files import write_atomic
from gateway.base.keyring import Keyring
from gateway.base.sshsig import generate_key, public_line, sign
from gateway.custody import (
    COMMITMENT,
    FIRST,
    PERMISSION,
    RECEIPT,
    REQUEST,
    Clocked,
    CustodyRefusedError,
    Holding,
    Material,
    Reason,
    Room,
    Shown,
    Stay,
    add,
    clear,
    commit,
    commitment_text,
    enrol,
    file_commitment,
    form,
    open_holding,
    request,
    train,
)
from gateway.model.period import ZONE
from gateway.release.upkeep.custody import custody_room
from gateway.release.upkeep.founding import found

AGREEMENTS = ("hardship-000", "education-001", "legal-002", "medical-003")


def found_custody(root: Path, people: Keyring, start: datetime) -> Path:
    """A deployment under the four agreements, everybody's key made up and recorded."""
    found(
        root,
        agreement="siping-004",
        operator="operator_a",
        sender="lhyg_gateway",
        host="127.0.0.1",
        port=1,
        user="demo",
        now=start,
    )
    listed = ", ".join(f'"agreements/{name}.toml"' for name in AGREEMENTS)
    path = root / "gateway.toml"
    text = path.read_text(encoding="utf-8").replace("pipeline = ", f"further_agreements = [{listed}]\npipeline = ", 1)
    write_atomic(path, text.encode())
    room = custody_room(root, start)
    for terms in room.terms.values():
        with room.stay(terms.persons[0].id, start) as stay:
            for person in terms.persons:
                if not people.has(person.id):
                    people.put(person.id, generate_key())
                enrol(stay, terms.id, person.id, public_line(people.get(person.id)))
    return root


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that happened in the year, and the duty that it shows kept."""

    at: datetime
    agreement: str
    clause: str
    duty: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """For ``gateway demo --custody --json``."""
        return {
            "at": self.at.isoformat(),
            "agreement": self.agreement,
            "clause": self.clause,
            "duty": self.duty,
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(kw_only=True)
class Office:
    """The deployment's people at work: signs for them, moves the clock, notes what happened."""

    room: Room
    people: Keyring
    inbox: Path
    now: datetime
    happened: list[Happened] = field(default_factory=list)
    files: int = 0

    def on(self, text: str) -> None:
        """Moves the clock to ``2026-03-04 09:00``; never back."""
        moment = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        if moment < self.now:
            raise IntegrityError("演示的时钟不能倒退", "the demo's clock can't go back")
        self.now = moment

    @contextmanager
    def stay(self, person: str) -> Iterator[Stay]:
        """A command by ``person``."""
        with self.room.stay(person, self.now) as stay:
            yield stay

    def note(self, agreement: str, duty: str, clause: str, zh: str, en: str) -> None:
        """Notes what happened."""
        row = Happened(at=self.now, agreement=agreement, clause=clause, duty=duty, zh=zh, en=en)
        self.happened.append(row)

    def sign(self, person: str, data: bytes, namespace: str) -> str:
        """A person's signature."""
        return sign(data, self.people.get(person), namespace)

    def commits(self, agreement: str, person: str, occasion: str = FIRST) -> None:
        """Signs the commitment."""
        with self.stay(person) as stay:
            text = commitment_text(stay.room.terms[agreement], person, occasion)
            commit(stay, agreement, text, self.sign(person, text, COMMITMENT), occasion)

    def trains(self, agreement: str, person: str, by: str | None = None) -> None:
        """Is trained."""
        with self.stay(by or person) as stay:
            train(stay, agreement, person, self.now, b"training record")

    def files_commitment(self, agreement: str, person: str) -> None:
        """Has the commitment filed with the owner."""
        with self.stay(person) as stay:
            file_commitment(stay, agreement, person, b"letter of filing")

    def adds(self, person: str, **wanted: Any) -> Holding:
        """Takes made-up material in, and the plain copy away."""
        self.files += 1
        path = self.inbox / f"{self.files:04}.pdf"
        rows = (f"{self.files:04}/{n:03} made-up material {n * 7919 % 1009}\n" for n in range(40))
        write_atomic(path, "".join(rows).encode())
        try:
            with self.stay(person) as stay:
                holding = add(stay, Material(**{"place": "own_server", **wanted}, files=[path]))
                clear(stay, holding.id)
                return stay.views.holdings[holding.id]
        finally:
            path.unlink(missing_ok=True)

    def sees(self, person: str, holding: str, purpose: str, *, copy: bool = False) -> Shown:
        """Signs a request and sees a holding."""
        with self.stay(person) as stay:
            document = request(stay, holding, purpose)
        with self.stay(person) as stay:
            return open_holding(stay, document, self.sign(person, document, REQUEST), copy=copy)

    def paper(self, kind: str, person: str, agreement: str, holding: str, **fields: str) -> tuple[bytes, str]:
        """An owner's signed permission or receipt."""
        document = form(kind, agreement=agreement, holdings=[holding], **fields)
        return document, self.sign(person, document, kind)

    def refused(self, reason: Reason, attempt: Callable[[], object]) -> CustodyRefusedError:
        """The refusal of ``attempt``. Raises IntegrityError unless it is refused for exactly this reason."""
        try:
            attempt()
        except CustodyRefusedError as error:
            if error.reason is reason:
                return error
            raise
        raise IntegrityError(f"未按预期拒绝：{reason}", f"it was not refused: {reason}")

    def clocks(self, agreement: str, subject: str) -> Sequence[Clocked]:
        """The clocks about something."""
        return self.room.clocks.about(self.room.record.entries(), agreement, subject, self.now)

    def met(self, agreement: str, subject: str, clock: str) -> None:
        """Raises IntegrityError unless the clock was stopped in time."""
        found = [c for c in self.clocks(agreement, subject) if c.name == clock]
        if not found or not found[0].met:
            raise IntegrityError(f"时限 {clock} 未按期完成", f"the clock {clock} was not met")


__all__ = ["AGREEMENTS", "PERMISSION", "RECEIPT", "Happened", "Office", "found_custody"]
