"""What was published: every delivered release's tables, sealed, in one chain of digests.

The statement names the chain's head, so that a release says what it was protected together with."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest, digest_of, encode_for_people
from gateway.base.errors import IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.model.cells import PublishedTable
from gateway.model.period import Period
from gateway.model.release import Event, ReleaseId
from gateway.release.cellfiles import read_published
from gateway.release.deployment import Deployment

EMPTY = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month as it was last delivered."""

    release: str
    digest: str
    tables: Sequence[PublishedTable]


@dataclass(frozen=True)
class History:
    """The release history of one deployment. A damaged history is an error, never an empty one."""

    deployment: Deployment

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.deployment.var / "history"

    @cached_property
    def _entries(self) -> list[dict[str, Any]]:
        path = self.folder / "history.json"
        if not path.is_file():
            self._check_complete(set())
            return []
        entries: list[dict[str, Any]] = json.loads(path.read_bytes())["releases"]
        head = EMPTY
        for entry in entries:
            head = digest_of([head, entry["release"], entry["digest"]])
            if entry["head"] != head:
                raise _damaged()
        self._check_complete({entry["release"] for entry in entries})
        return entries

    def _check_complete(self, known: set[str]) -> None:
        """Every release whose signature, its last file, was proved is in the history: its end can't be cut off unseen.

        A release is added just before, so that a file of one that was interrupted there may lie about unlisted."""
        proved = self.deployment.ledger.entries(kind=Event.PROVED)
        released = {e.release for e in proved if str(e.body["file"]).endswith(".sig")}
        if not released <= known:
            raise _damaged()

    def head(self) -> str:
        """The chain's head; zeros when nothing was published. Raises IntegrityError when the chain is broken."""
        return str(self._entries[-1]["head"]) if self._entries else EMPTY

    def releases(self) -> list[str]:
        """Every release that was published, in order. Raises IntegrityError when the chain is broken."""
        return [str(entry["release"]) for entry in self._entries]

    def month(self, period: Period) -> Month | None:
        """``period`` as last delivered, or None."""
        for entry in reversed(self._entries):
            release = ReleaseId.parse(entry["release"])
            if release.period == period and release.kind == "M":
                data = self._open(entry)
                tables = read_published(json.loads(data), self.deployment.tables)
                return Month(release=entry["release"], digest=entry["digest"], tables=tables)
        return None

    def append(self, release: str, published: bytes) -> None:
        """Adds a delivered release; adding it again changes nothing."""
        sha = digest(published)
        if any(entry["release"] == release for entry in self._entries):
            return
        sealed = self.deployment.keyring.seal(published, f"history/{release}")
        write_atomic(self.folder / f"{release}.sealed", sealed, mode=PRIVATE)
        head = digest_of([self.head(), release, sha])
        entries = [*self._entries, {"release": release, "digest": sha, "head": head}]
        write_atomic(self.folder / "history.json", encode_for_people({"releases": entries}))

    def _open(self, entry: dict[str, Any]) -> bytes:
        path = self.folder / f"{entry['release']}.sealed"
        if not path.is_file():
            raise _damaged()
        data = self.deployment.keyring.open_sealed(path.read_bytes(), f"history/{entry['release']}")
        if digest(data) != entry["digest"]:
            raise _damaged()
        return data


def _damaged() -> IntegrityError:
    return IntegrityError(
        "发布历史已损坏或不完整；损坏的历史不等于没有历史",
        "the release history is damaged or incomplete; a damaged history is not an empty one",
        safe=("没有任何内容离开", "nothing has left"),
        next="gateway restore",
    )
