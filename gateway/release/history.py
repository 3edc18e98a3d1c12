"""What was published: every release whose bytes began to leave, sealed, in one chain of digests.

The statement names the chain's head, so that a release says what it was protected together with; one that was protected
with another head is not sent. What left the house stays for ever, whatever becomes of the release: superseded, recalled
or withdrawn half-way. With the published tables lie the figures behind them and who has how much, with which later
releases are protected, until the term of secret cells ends: then equations and intervals take their place (``retire``),
and nothing more of that month is released. The head rests on the agreement's name: another exchange's history does not
fit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest, digest_of, encode, encode_for_people
from gateway.base.errors import DisclosureError, IntegrityError
from gateway.base.files import PRIVATE, is_half_written, write_atomic
from gateway.base.keyring import Sealer
from gateway.model.cells import Cells, Mark, Place, PublishedTable
from gateway.model.period import Period
from gateway.model.release import Event, ReleaseId
from gateway.model.table import TableSpec
from gateway.release.cellfiles import read_cells, read_published, read_rests
from gateway.release.deployment import Deployment
from gateway.release.kinds import SECRET as SECRET_CELLS
from gateway.release.store import Store

EMPTY = "0" * 64
PUBLISHED, SECRET, PARTS, KEPT = "sealed", "secret.sealed", "parts.sealed", "kept.sealed"
"""The files of a release: what it published; the figures behind it; who has how much; what stays of these two."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month as it was last delivered."""

    release: str
    digest: str
    tables: Sequence[PublishedTable]


@dataclass(frozen=True, kw_only=True)
class Past:
    """An earlier release with the figures behind it. ``rests``: of wholes without a part, counted and not published;
    ``feeds``: the digests of the rows that it was counted from."""

    id: ReleaseId
    digest: str
    cells: Sequence[Cells]
    rests: Sequence[Cells]
    published: Sequence[PublishedTable]
    feeds: dict[str, str]
    parts: bytes
    documents: tuple[Any, Any]
    """What it published and the figures behind it, as they are kept: for the verifier."""

    @property
    def shown(self) -> dict[str, dict[str, frozenset[Place]]]:
        """For each table and measure, the places that are not empty and whose figures were published."""
        return {
            cells.spec.name: {
                measure.name: frozenset(
                    place
                    for place in cells.figures[measure.name]
                    if place not in table.rows or table.rows[place][measure.name].mark is Mark.NORMAL
                )
                for measure in cells.spec.measures
            }
            for cells, table in zip(self.cells, self.published, strict=True)
            if cells.spec.rounding is None
        }

    @property
    def zeros(self) -> dict[str, dict[str, frozenset[Place]]]:
        """For each table and measure, the places that are empty and were withheld."""
        return {
            cells.spec.name: {
                measure.name: frozenset(
                    place
                    for place, row in table.rows.items()
                    if place not in cells.figures[measure.name] and row[measure.name].mark is Mark.WITHHELD
                )
                for measure in cells.spec.measures
            }
            for cells, table in zip(self.cells, self.published, strict=True)
        }

    @property
    def rounded(self) -> dict[str, dict[str, dict[Place, int]]]:
        """For each table that is rounded and each measure, what was published; what has no row was rounded to zero."""
        return {
            cells.spec.name: {
                name: {p: int(table.rows[p][name].value or 0) if p in table.rows else 0 for p in figures}
                for name, figures in cells.figures.items()
            }
            for cells, table in zip(self.cells, self.published, strict=True)
            if cells.spec.rounding is not None
        }


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
            if self.folder.is_dir() and not all(map(is_half_written, self.folder.iterdir())):
                raise _damaged()
            self._check_complete(set())
            return []
        try:
            entries: list[dict[str, Any]] = json.loads(path.read_bytes())["releases"]
            head = EMPTY
            for entry in entries:
                head = self._head(head, entry)
                if entry["head"] != head:
                    raise _damaged()
            self._check_complete({entry["release"] for entry in entries})
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged() from error
        return entries

    def _head(self, before: str, entry: dict[str, Any]) -> str:
        rests_on = [self.deployment.terms.id, before, entry["release"]]
        if "kept" in entry:
            return digest_of([*rests_on, "kept", entry["kept"]])
        return digest_of([*rests_on, entry["digest"], entry["secret"], entry["parts"]])

    def _check_complete(self, known: set[str]) -> None:
        """Every release of which the ledger says that bytes of it have left is in the history: its end can't be cut off
        unseen."""
        left = {
            e.release for kind in (Event.PROVED, Event.DELIVERED) for e in self.deployment.ledger.entries(kind=kind)
        }
        if not left <= known:
            raise _damaged()

    def head(self) -> str:
        """The chain's head; zeros when nothing was published. Raises IntegrityError when the chain is broken."""
        return str(self._entries[-1]["head"]) if self._entries else EMPTY

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The chain: every release with its digests and the head after it. Raises IntegrityError when it is broken."""
        return list(self._entries)

    def releases(self) -> list[str]:
        """Every release that was published, in order. Raises IntegrityError when the chain is broken."""
        return [str(entry["release"]) for entry in self._entries if "kept" not in entry]

    def kept(self, release: str) -> dict[str, Any] | None:
        """Equations and intervals of a release whose values were destroyed; None while they are there."""
        entry = next((e for e in self._entries if e["release"] == release and "kept" in e), None)
        return dict(json.loads(self._open(entry, KEPT, "kept"))) if entry else None

    def __contains__(self, release: str) -> bool:
        return any(entry["release"] == release for entry in self._entries)

    def month(self, period: Period) -> Month | None:
        """``period`` as last delivered, or None."""
        delivered = {entry.release for entry in self.deployment.ledger.entries(kind=Event.DELIVERED)}
        for entry in reversed(self._entries):
            release = ReleaseId.parse(entry["release"])
            if "kept" in entry:
                continue
            if release.period == period and release.kind == "M" and entry["release"] in delivered:
                data = self._open(entry, PUBLISHED, "digest")
                tables = read_published(json.loads(data), self.deployment.tables)
                return Month(release=entry["release"], digest=entry["digest"], tables=tables)
        return None

    def near(self, release: ReleaseId) -> list[Past]:
        """The releases that one has to do with: all others of its month. Raises IntegrityError when one of them is
        damaged, DisclosureError when the values of one were destroyed."""
        others = [ReleaseId.parse(e["release"]) for e in self._entries if e["release"] != str(release)]
        near = {str(other) for other in others if other.period == release.period}
        if gone := sorted(near & {e["release"] for e in self._entries if "kept" in e}):
            raise DisclosureError(
                f"{gone[0]} 的保密数值已按保存期限销毁，不能再与其一并保护",
                f"the values behind {gone[0]} are destroyed, their term is over: nothing can be protected with it",
                safe=("没有任何内容离开", "nothing has left"),
                next="gateway custody own",
            )
        return [self._past(entry) for entry in self._entries if entry["release"] in near]

    def past(self, release: str) -> Past | None:
        """A release with the figures behind it; None when it is not here or they are destroyed."""
        found = [entry for entry in self._entries if entry["release"] == release]
        return self._past(found[0]) if len(found) == 1 else None

    def _past(self, entry: dict[str, Any]) -> Past:
        secret = json.loads(self._open(entry, SECRET, "secret"))
        published = json.loads(self._open(entry, PUBLISHED, "digest"))
        specs = [TableSpec.model_validate(spec) for spec in secret["tables"]]
        return Past(
            id=ReleaseId.parse(entry["release"]),
            digest=digest_of([entry["digest"], entry["secret"], entry["parts"]]),
            cells=read_cells(secret["cells"], specs),
            rests=read_rests(secret["rests"]),
            published=read_published(published, specs),
            feeds=secret["feeds"],
            parts=self._open(entry, PARTS, "parts"),
            documents=(published, secret),
        )

    def append(self, release: str, store: Store) -> None:
        """Adds a release of which something is about to leave; adding it again changes nothing."""
        if release in self:
            return
        secret = encode(
            {
                "tables": store.get_json("declared.json"),
                "cells": store.get_json("cells.json"),
                "rests": store.get_json("rests.json"),
                "feeds": {name: feed["digest"] for name, feed in store.get_json("ingest.json").items()},
            }
        )
        files = {PUBLISHED: store.get("published.json"), SECRET: secret, PARTS: store.get("parts.parquet")}
        entry: dict[str, Any] = {"release": release}
        if not self._entries:  # files without a list would be a damaged history
            self._write([])
        for ending, data in files.items():
            sealed = self._sealer(release, ending).seal(data, f"history/{release}.{ending}")
            write_atomic(self.folder / f"{release}.{ending}", sealed, mode=PRIVATE)
        entry |= {"digest": digest(files[PUBLISHED]), "secret": digest(secret), "parts": digest(files[PARTS])}
        entry["head"] = self._head(self.head(), entry)
        self._write([*self._entries, entry])
        self.__dict__.pop("_entries", None)

    def retire(self, release: str, kept: bytes) -> None:
        """Puts ``kept`` in the place of a release's values, which may then be destroyed; again changes nothing."""
        if release not in self.releases() or self.kept(release) is not None:
            return
        write_atomic(
            self.folder / f"{release}.{KEPT}",
            self.deployment.keyring.seal(kept, f"history/{release}.{KEPT}"),
            mode=PRIVATE,
        )
        entry: dict[str, Any] = {"release": release, "kept": digest(kept)}
        entry["head"] = self._head(self.head(), entry)
        self._write([*self._entries, entry])
        self.__dict__.pop("_entries", None)

    def secret_files(self, release: str) -> tuple[Path, Path]:
        """Where the values behind a release lie."""
        return self.folder / f"{release}.{SECRET}", self.folder / f"{release}.{PARTS}"

    def _sealer(self, release: str, ending: str) -> Sealer:
        """Values under the key that goes with them, what stays under the master key."""
        secret = ending in (SECRET, PARTS)
        return self.deployment.sealer(release, SECRET_CELLS) if secret else self.deployment.keyring

    def _write(self, entries: list[dict[str, Any]]) -> None:
        write_atomic(self.folder / "history.json", encode_for_people({"releases": entries}))

    def _open(self, entry: dict[str, Any], ending: str, name: str) -> bytes:
        path = self.folder / f"{entry['release']}.{ending}"
        if not path.is_file():
            raise _damaged()
        sealer = self._sealer(entry["release"], ending)
        data = sealer.open_sealed(path.read_bytes(), f"history/{entry['release']}.{ending}")
        if digest(data) != entry[name]:
            raise _damaged()
        return data


def _damaged() -> IntegrityError:
    return IntegrityError(
        "发布历史已损坏、不完整，或属于另一交换；损坏的历史不等于没有历史",
        "the release history is damaged, incomplete, or another exchange's; a damaged history is not an empty one",
        safe=("没有任何内容离开", "nothing has left"),
        next="gateway restore",
    )
