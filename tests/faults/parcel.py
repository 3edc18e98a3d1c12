"""One large file on its way, harmed below the level of a release."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from gateway.base.errors import TransferError
from gateway.delivery import Patience, Proof, Stage, publish
from tests.delivery.places import Place
from tests.delivery.proxy import Line
from tests.faults.watch import Watch, watched

NAME = "LGTJ_220300_LHYG_202610_M_R01.zip"
BLOCK = 65_536
"""The most that one write carries."""


@dataclass
class Parcel:
    """``data`` at ``path``, to be published at ``place`` through ``line``."""

    path: Path
    data: bytes
    place: Place
    line: Line
    watch: Watch
    patience: Patience = field(default_factory=Patience)
    proofs: list[Proof] = field(default_factory=list)
    on_progress: Callable[[Stage, int], None] = lambda stage, done: None
    confirmed: int = 0
    broken: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path, data: bytes, place: Place, line: Line) -> "Parcel":
        path = folder / "parcel"
        path.write_bytes(data)
        return cls(path=path, data=data, place=place, line=line, watch=Watch(folder=place.local, whole={NAME: data}))

    @property
    def part(self) -> Path:
        return self.place.at(f".{NAME}.{hashlib.sha256(self.data).hexdigest()[:16]}.part")

    def watched(self) -> AbstractContextManager[Watch]:
        return watched(self.watch)

    def send(self) -> Proof | TransferError:
        """One attempt through the line. A proof must be true, and a failure must leave no name."""
        through = self.place.through(self.line.port) if self.line.port else self.place
        told = len(self.proofs)
        try:
            with self.watched(), through.login(self.patience) as session:
                proof = publish(
                    session,
                    self.path,
                    NAME,
                    folder=through.inbox,
                    progress=self._progress,
                    proved=self.proofs.append,
                )
        except TransferError as error:
            self.broken += self.watch.broken()
            if self.place.at(NAME).exists() and len(self.proofs) == told:
                self.broken.append("the name appeared without proof")
            return error
        self.broken += [*self.watch.broken(), *self.watch.missing()]
        if (proof.bytes, proof.sha256) != (len(self.data), hashlib.sha256(self.data).hexdigest()):
            self.broken.append("a proof of something else")
        return proof

    def finish(self) -> list[str]:
        """The next run over a whole line; every promise that was broken."""
        self.line.heal()
        self.patience = Patience()
        result = self.send()
        if isinstance(result, TransferError):
            self.broken.append(f"the next run fails: {result.code}: {result.en}")
        if self.place.names != [NAME]:
            self.broken.append(f"{len(self.place.names)} files lie in the inbox")
        return list(dict.fromkeys(self.broken))

    def _progress(self, stage: Stage, done: int, size: int) -> None:
        if stage is Stage.SEND:
            self.confirmed = done
        self.on_progress(stage, done)
