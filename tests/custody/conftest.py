"""A deployment under the four agreements on custody, with everybody's keys, and a fixed clock."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.agreement import load, load_agreement
from gateway.base.keyring import Keyring
from gateway.base.sshsig import sign
from gateway.custody import (
    COMMITMENT,
    FIRST,
    PERMISSION,
    RECEIPT,
    REQUEST,
    Clocked,
    Holding,
    Material,
    Room,
    Shown,
    Stay,
    add,
    clear,
    commit,
    commitment_text,
    file_commitment,
    open_holding,
    request,
    train,
)
from gateway.custody.papers import form
from gateway.demo.custody import found_custody
from gateway.model.period import ZONE
from gateway.release.upkeep.custody import custody_room

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
CONTENT = b"".join(f"{n:06d} made-up statement of income and aid, page {n * 7919 % 1009}\n".encode() for n in range(80))


@dataclass
class House:
    """A deployment, its people and its clock."""

    root: Path
    people: Keyring
    now: datetime = NOW
    inbox: Path = field(default_factory=Path)

    @property
    def room(self) -> Room:
        return custody_room(self.root, self.now)

    @contextmanager
    def stay(self, person: str) -> Iterator[Stay]:
        with self.room.stay(person, self.now) as stay:
            yield stay

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def file(self, name: str = "proof.pdf", content: bytes = CONTENT) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def sign(self, person: str, data: bytes, namespace: str) -> str:
        return sign(data, self.people.get(person), namespace)

    def commits(self, agreement: str, person: str, occasion: str = FIRST) -> None:
        with self.stay(person) as stay:
            text = commitment_text(stay.room.terms[agreement], person, occasion)
            commit(stay, agreement, text, self.sign(person, text, COMMITMENT), occasion)

    def ready(self, agreement: str, person: str, by: str | None = None) -> None:
        """Signed, trained, filed."""
        self.commits(agreement, person)
        with self.stay(by or person) as stay:
            train(stay, agreement, person, self.now, b"training record")
            file_commitment(stay, agreement, person, b"letter")

    def adds(self, person: str, paths: list[Path] | None = None, *, cleared: bool = True, **changes: object) -> Holding:
        wanted: dict[str, object] = {
            "agreement": "hardship-000",
            "purpose": "eligibility",
            "material": "hardship_proof",
            "subject": "case-0001",
            "place": "own_server",
            "told": "1",
            "files": paths or [self.file()],
        }
        with self.stay(person) as stay:
            holding = add(stay, Material(**{**wanted, **changes}))  # type: ignore[arg-type]
            if cleared:
                clear(stay, holding.id)
            return stay.views.holdings[holding.id]

    def asks(self, person: str, holding: str, purpose: str = "eligibility") -> tuple[bytes, str]:
        with self.stay(person) as stay:
            document = request(stay, holding, purpose)
        return document, self.sign(person, document, REQUEST)

    def opens(self, person: str, holding: str, purpose: str = "eligibility", *, copy: bool = False) -> Shown:
        document, signature = self.asks(person, holding, purpose)
        with self.stay(person) as stay:
            return open_holding(stay, document, signature, copy=copy)

    def paper(self, kind: str, person: str, **fields: object) -> tuple[bytes, str]:
        document = form(kind, **fields)  # type: ignore[arg-type]
        return document, self.sign(person, document, kind)

    def clocks(self, agreement: str, subject: str) -> Sequence[Clocked]:
        return self.room.clocks.about(self.room.record.entries(), agreement, subject, self.now)

    def view(self, holding: str) -> Holding:
        with self.stay("gateway") as stay:
            return stay.views.holdings[holding]


EDUCATION = {"agreement": "education-001", "purpose": "project", "material": "pupil_records", "told": None}
LEGAL = {"agreement": "legal-002", "purpose": "mandate", "material": "case_file", "told": None}
MEDICAL = {"agreement": "medical-003", "purpose": "cooperation", "material": "insurance_data", "told": None}
__all__ = ["CONTENT", "EDUCATION", "LEGAL", "MEDICAL", "NOW", "PERMISSION", "RECEIPT", "House"]


KNOWN: dict[bytes, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    """Agreement files are read once for each content: a kill test opens the room hundreds of times."""

    def once(load: Callable[[Path], Any]) -> Callable[[Path], Any]:
        def load_once(path: Path) -> Any:
            data = path.read_bytes()
            if data not in KNOWN:
                KNOWN[data] = load(path)
            return KNOWN[data]

        return load_once

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.release.site.office.load_agreement", once(load_agreement))
        patch.setattr("gateway.release.site.office.load", once(load))
        yield


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Keyring]:
    folder = tmp_path_factory.mktemp("custody")
    people = Keyring.create(folder / "people")
    return found_custody(folder / "site", people, NOW), people


@pytest.fixture
def house(founded: tuple[Path, Keyring], tmp_path: Path) -> House:
    root = tmp_path / "site"
    shutil.copytree(founded[0], root)
    return House(root=root, people=founded[1], inbox=tmp_path / "inbox")
