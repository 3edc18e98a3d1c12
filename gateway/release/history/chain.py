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
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest, digest_of, encode, encode_for_people
from gateway.base.errors import ConfigurationError, DisclosureError
from gateway.base.files import PRIVATE, is_half_written, write_atomic
from gateway.base.keyring import Sealer
from gateway.model.cells import Cells
from gateway.model.period import Period
from gateway.model.release import Event, ReleaseId
from gateway.model.table import TableSpec
from gateway.release.history.beginning import (
    BEGUN,
    FILE,
    SIGNATURE,
    Beginning,
    Import,
    begun,
    damaged,
    read_beginning,
    start_of,
    write_beginning,
)
from gateway.release.history.cellfiles import read_cells, read_published, read_rests, write_published
from gateway.release.history.past import BEFORE_GATEWAY, Imported, Month, Past
from gateway.release.site.deployment import Deployment
from gateway.release.site.kinds import SECRET as SECRET_CELLS
from gateway.release.site.store import Store

EMPTY = "0" * 64
PUBLISHED, SECRET, PARTS, KEPT = "sealed", "secret.sealed", "parts.sealed", "kept.sealed"
"""The files of a release: what it published; the figures behind it; who has how much; what stays of these two."""
DECLARED = "tables.sealed"
"""Beside what was published before the gateway: the declarations of its tables."""


@dataclass(frozen=True, kw_only=True)
class _State:
    """What the files say: the statement, the head that it alone gives, the chain."""

    beginning: Beginning | None
    start: str
    entries: list[dict[str, Any]]


@dataclass(frozen=True)
class History:
    """The release history of one deployment. A damaged history is an error, never an empty one."""

    deployment: Deployment

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.deployment.var / "history"

    @cached_property
    def _state(self) -> "_State":
        """What the files say. Raises IntegrityError where they do not hold."""
        known = self.deployment.ledger.entries()
        beginning = read_beginning(self.deployment, self.folder, known)
        record = begun(known)
        start = start_of(self.deployment.terms.id, str(record.body["digest"])) if record else EMPTY
        left = {e.release for e in known if e.kind in (Event.PROVED, Event.DELIVERED)}
        path = self.folder / "history.json"
        if not path.is_file():
            if beginning is not None or left or not self._is_bare():
                raise damaged()
            return _State(beginning=None, start=start, entries=[])
        try:
            entries: list[dict[str, Any]] = json.loads(path.read_bytes())["releases"]
            if beginning is None and not left and all(map(_is_imported, entries)):
                return _State(beginning=None, start=start, entries=[])  # it was cut off while it began
            head = start
            for entry in entries:
                head = self._head(head, entry)
                if entry["head"] != head:
                    raise damaged()
        except (ValueError, KeyError, TypeError) as error:
            raise damaged() from error
        stated = [(one.release, one.digest, one.declared) for one in beginning.imported] if beginning else []
        listed = [(e["release"], e["digest"], e["declared"]) for e in entries if _is_imported(e)]
        first = all(map(_is_imported, entries[: len(stated)]))
        if not left <= {entry["release"] for entry in entries} or listed != stated or not first:
            raise damaged()  # its end can't be cut off unseen, nor its beginning
        return _State(beginning=beginning, start=start, entries=entries)

    def _is_bare(self) -> bool:
        """Whether nothing is there but what a kill left of the beginning."""
        begun = (FILE, SIGNATURE)
        return not self.folder.is_dir() or all(
            is_half_written(path) or path.name in begun or _is_of_import(path.name) for path in self.folder.iterdir()
        )

    @property
    def _entries(self) -> list[dict[str, Any]]:
        return self._state.entries

    def _head(self, before: str, entry: dict[str, Any]) -> str:
        rests_on = [self.deployment.terms.id, before, entry["release"]]
        if "kept" in entry:
            return digest_of([*rests_on, "kept", entry["kept"]])
        if "declared" in entry:
            return digest_of([*rests_on, "imported", entry["digest"], entry["declared"]])
        return digest_of([*rests_on, entry["digest"], entry["secret"], entry["parts"]])

    @property
    def beginning(self) -> Beginning | None:
        """What was stated when it began; None while nothing is. Raises IntegrityError when it is damaged."""
        return self._state.beginning

    @property
    def begun(self) -> str | None:
        """The digest of that statement; None while nothing is stated."""
        record = begun(self.deployment.ledger.entries()) if self.beginning else None
        return str(record.body["digest"]) if record else None

    def check_begun(self) -> None:
        """Raises ConfigurationError when nothing was released and it is not stated what was published before."""
        if self.beginning is None and not self._entries:
            raise ConfigurationError(
                "发布历史尚未开始：须声明接入之前是否提供过数据",
                "the release history has not begun: it has to be stated what was published before the gateway",
                safe=("没有编制任何内容", "nothing was built"),
                next=(
                    "gateway history begin --empty；此前提供过的，用 --import 导入",
                    "gateway history begin --empty, or --import what was published before",
                ),
            )

    def begin(self, imports: Sequence[Imported], now: datetime) -> Beginning:
        """States, signs and records what was published before the gateway: nothing, or ``imports``.

        Raises ConfigurationError when it is stated already, or something was released."""
        if self.beginning is not None or self._entries:
            raise ConfigurationError(
                "发布历史已经开始，不能再次声明",
                "the release history has begun: that can't be stated again",
                safe=("历史未改动", "the history is as it was"),
                next="gateway history show",
            )
        kept = [self._import(one) for one in imports]
        sha = write_beginning(self.deployment, self.folder, tuple(kept), now)
        head, entries = start_of(self.deployment.terms.id, sha), []
        for one in kept:
            entry: dict[str, Any] = {"release": one.release, "digest": one.digest, "declared": one.declared}
            head = entry["head"] = self._head(head, entry)
            entries.append(entry)
        self._write(entries)
        body = {"digest": sha, "imported": len(kept), "shown": sum(one.shown for one in kept)}
        actor = self.deployment.settings.operator
        self.deployment.ledger.append(BEGUN, actor=actor, body=body, at=now, expect=None)
        self.__dict__.pop("_state", None)
        found = self.beginning
        if found is None:
            raise damaged()
        return found

    def _import(self, one: Imported) -> Import:
        published, declared = write_published(one.tables), encode(one.declared)
        for ending, data in ((PUBLISHED, published), (DECLARED, declared)):
            sealed = self.deployment.keyring.seal(data, f"history/{one.release}.{ending}")
            write_atomic(self.folder / f"{one.release}.{ending}", sealed, mode=PRIVATE)
        shown, withheld = one.counts
        return Import(
            release=one.release, digest=digest(published), declared=digest(declared), shown=shown, withheld=withheld
        )

    def head(self) -> str:
        """The chain's head; zeros while nothing is stated or published. Raises IntegrityError when it is broken."""
        return str(self._entries[-1]["head"]) if self._entries else self._state.start

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
            left = entry["release"] in delivered or _is_imported(entry)
            if release.period == period and release.kind == "M" and left:
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
        if _is_imported(entry):
            return self._past_imported(entry)
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

    def _past_imported(self, entry: dict[str, Any]) -> Past:
        declared = json.loads(self._open(entry, DECLARED, "declared"))
        published = json.loads(self._open(entry, PUBLISHED, "digest"))
        specs = [TableSpec.model_validate(spec) for spec in declared]
        return Past(
            id=ReleaseId.parse(entry["release"]),
            digest=digest_of([entry["digest"], entry["declared"]]),
            cells=[Cells(spec=spec, figures={m.name: {} for m in spec.measures}) for spec in specs],
            rests=[],
            published=read_published(published, specs),
            feeds={},
            parts=b"",
            documents=(published, {"tables": declared}),
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
        self.__dict__.pop("_state", None)

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
        self.__dict__.pop("_state", None)

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
            raise damaged()
        sealer = self._sealer(entry["release"], ending)
        data = sealer.open_sealed(path.read_bytes(), f"history/{entry['release']}.{ending}")
        if digest(data) != entry[name]:
            raise damaged()
        return data


def _is_imported(entry: dict[str, Any]) -> bool:
    return "declared" in entry


def _is_of_import(name: str) -> bool:
    return name.partition(".")[0].endswith(f"_R{BEFORE_GATEWAY:02}")
