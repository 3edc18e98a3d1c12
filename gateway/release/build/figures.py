"""The first half of a build, from the extract to the published tables: ingest, statistics, disclosure.

Counting runs in a second process and begins while the next feed is still read (docs/adr/0010)."""

import hmac
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from gateway import quality, statistics
from gateway.base import memory
from gateway.base.aside import Aside
from gateway.base.canonical import digest, digest_of, encode, encode_for_people
from gateway.base.holdingkeys import mark
from gateway.base.language import say
from gateway.base.later import lean_numpy
from gateway.disclosure import Before, Parameters, Protection, check_published, protect_tables, rests
from gateway.ingest import Account, Feed, check_account, fingerprint, ingest
from gateway.model.cells import Cells, Parts, PublishedTable
from gateway.model.release import ReleaseId
from gateway.model.table import TableSpec
from gateway.release.build.stages import Stages
from gateway.release.history.before import Neighbours, declared
from gateway.release.history.cellfiles import (
    read_cells,
    read_protected,
    read_published,
    read_rests,
    write_cells,
    write_protected,
    write_published,
    write_rests,
)
from gateway.release.history.chain import History
from gateway.release.history.past import Month
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Store


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of one release, stage by stage. ``neighbours``: the earlier releases that it is protected with."""

    deployment: Deployment
    release: ReleaseId
    stages: Stages
    neighbours: Neighbours

    @property
    def store(self) -> Store:
        """The release's folder."""
        return self.stages.store

    def let_go(self) -> None:
        """Of what only the stages up to the published tables need; it is read again where it is needed again."""
        for name in ("_parts", "before"):
            vars(self).pop(name, None)
        memory.release()

    # ingest -----------------------------------------------------------------------------------------------------------

    def ingest(self, engine: Aside) -> dict[str, Feed]:
        """The feeds of the month, read and checked. Raises InputError for an extract that can't be counted on."""
        deployment = self.deployment
        inputs = {
            "files": fingerprint(deployment.source, deployment.extract),
            "connection": deployment.extract.connection,
            "contract": deployment.digest_of_source,
            "lists": deployment.digest_of_lists,
            "needed": deployment.needed,
            "period": str(self.release.period),
            "secret": digest(deployment.exchange_secret),
        }

        def count(feed: Feed) -> None:
            self._counted(engine, feed)

        def make() -> dict[str, bytes]:
            engine.ask(statistics.prepare)
            if not deployment.extract.connection:
                memory.without_pandas()  # some databases are read through it
            label = say("读取", "reading")
            feeds = ingest(
                deployment.source,
                deployment.extract,
                period=self.release.period,
                hierarchies=deployment.hierarchies,
                bands=deployment.bands,
                needed=deployment.needed,
                secret=deployment.exchange_secret,
                out=self.store.folder / "feeds",
                keyring=deployment.keyring,
                progress=lambda feed, part: self.stages.progress(f"{label} {feed}", part),
                ready=count,
            )
            mark(self.store.folder / "feeds")
            return {
                "ingest.json": encode_for_people({name: _feed_document(feed) for name, feed in feeds.items()}),
                "extract.json": encode_for_people(inputs["files"]),
            }

        feeds = [self.store.folder / "feeds" / f"{name}.feed" for name in deployment.source.feeds]
        if deployment.extract.connection or not all(path.is_file() for path in feeds):
            # a database has no fingerprint, and a backup leaves the feeds out
            self.store.forget("ingest")
        self.stages.make(("读取与核对数据", "reading and checking the extract"), "ingest", inputs, make)
        read = {name: self._feed(name, item) for name, item in self.store.get_json("ingest.json").items()}
        for name, feed in read.items():
            listing = f"gateway status {self.release} --refused"
            check_account(deployment.source.feeds[name], feed, self.release.period, listing)
        return read

    def _feed(self, name: str, item: Mapping[str, Any]) -> Feed:
        return Feed(
            name=name,
            path=self.store.folder / "feeds" / f"{name}.feed",
            digest=item["digest"],
            account=Account(**item["account"]),
            refusals=(),
            profile=tuple(item["profile"]),
        )

    # statistics, disclosure -------------------------------------------------------------------------------------------

    def cells(self, engine: Aside, feeds: Mapping[str, Feed]) -> list[Cells]:
        """The tables' cells, counted; and what became of contributors since earlier releases."""
        deployment = self.deployment
        inputs = {
            "feeds": {name: feed.digest for name, feed in feeds.items()},
            "tables": deployment.digests_of_tables,
            "beside": declared(self.neighbours.specs),
            "rests": declared(self._rests),
            "lists": deployment.digest_of_lists,
        }

        def make() -> dict[str, bytes]:
            specs = self._counted_tables
            asked = [self._counted(engine, feed) for feed in feeds.values()]
            cells, totals, parts = statistics.month_of(specs, [one.result() for one in asked])
            own, beside = len(deployment.tables), len(cells) - len(self._rests)
            return {
                "cells.json": write_cells(cells[:own]),
                "beside.json": write_cells(cells[own:beside]),
                "rests.json": write_rests(cells[beside:]),
                "declared.json": encode(declared(deployment.tables)),
                "totals.json": encode(totals),
                "parts.parquet": parts,
            }

        self.stages.make(("统计制表", "counting the tables"), "statistics", inputs, make)
        self._moves(engine, feeds)
        return read_cells(self.store.get_json("cells.json"), deployment.tables)

    def _counted(self, engine: Aside, feed: Feed) -> "Future[statistics.Counted]":
        """One feed's figures, counted in the second process; begun while the next feed is read."""
        if feed.digest not in self._counting:
            deployment, settings = self.deployment, self.deployment.settings.engine
            specs = self._counted_tables
            limits = statistics.Engine(memory=settings.memory, threads=settings.threads)
            lists, keyring = dict(deployment.hierarchies), deployment.keyring
            self._counting[feed.digest] = engine.ask(
                statistics.count_feed, feed.name, feed.path, specs, keyring, lists, limits
            )
        return self._counting[feed.digest]

    @property
    def is_counting(self) -> bool:
        """Whether the second process was asked for figures."""
        return bool(self._counting)

    @cached_property
    def _counting(self) -> "dict[str, Future[statistics.Counted]]":
        """What was begun, by the feed's digest."""
        return {}

    @property
    def _counted_tables(self) -> tuple[TableSpec, ...]:
        """The release's own tables, and those that are counted beside them."""
        return (*self.deployment.tables, *self.neighbours.specs, *self._rests)

    @cached_property
    def _rests(self) -> tuple[TableSpec, ...]:
        """The tables that count what is left of a whole without a part, and are not published."""
        return rests((*self.deployment.tables, *self.neighbours.specs), self.deployment.hierarchies)

    def _moves(self, engine: Aside, feeds: Mapping[str, Feed]) -> None:
        """What became of contributors since the releases that this one has to do with."""
        inputs = {
            "feeds": {name: feed.digest for name, feed in feeds.items()},
            "tables": self.deployment.digests_of_tables,
            "lists": self.deployment.digest_of_lists,
            "past": self.neighbours.digests,
        }

        def make() -> dict[str, bytes]:
            return {"moves.json": self.neighbours.count_moves(engine, feeds, self._rests)}

        self.stages.make(("与历次提供的数据对照", "comparing with earlier releases"), "moves", inputs, make)

    @cached_property
    def _parts(self) -> Parts:
        """Who has how much of the inner cells."""
        return statistics.read_parts(self.store.get("parts.parquet"))

    @cached_property
    def before(self) -> Before:
        """Everything that it is protected together with."""
        beside = read_cells(self.store.get_json("beside.json"), self.neighbours.specs)
        now = read_cells(self.store.get_json("cells.json"), self.deployment.tables)
        before = self.neighbours.before(self.store.get_json("moves.json"), now, beside)
        return replace(before, rests=read_rests(self.store.get_json("rests.json")))

    @property
    def parameters(self) -> Parameters:
        """The agreement's rules of disclosure control."""
        terms = self.deployment.terms.disclosure
        return Parameters(
            minimum_persons=terms.min_persons,
            minimum_groups=terms.min_groups,
            p_percent=terms.p_percent,
            insiders=terms.insiders,
            group_disclosure=terms.group_disclosure,
            dominance=terms.dominance,
        )

    def protect(self, cells: Sequence[Cells], checks: Aside) -> Protection:
        """Every cell's status. Raises DisclosureError when the tables can't be protected."""
        deployment, parameters = self.deployment, self.parameters
        inputs = {
            "cells": self.store.digests()["cells.json"],
            "parts": self.store.digests()["parts.parquet"],
            "rests": self.store.digests()["rests.json"],
            "moves": self.store.digests()["moves.json"],
            "past": self.neighbours.digests,
            "lists": deployment.digest_of_lists,
            "tables": deployment.digests_of_tables,
            "parameters": asdict(parameters),
            "release": str(self.release),
        }

        def make() -> dict[str, bytes]:
            checks.ask(quality.prepare)
            lean_numpy()
            protection = protect_tables(
                cells, deployment.hierarchies, parameters, self._parts, self.before, deployment.exchange_secret
            )
            # the statement shows this certificate's digest to the receiver: unsalted, the few small numbers in it
            # could be tried out until they fit
            salt = hmac.digest(deployment.exchange_secret, f"disclosure/{self.release}".encode(), "sha256").hex()
            return {
                "protected.json": write_protected(protection.tables),
                "disclosure.json": encode_for_people({"salt": salt, **protection.certificate}),
            }

        self.stages.make(("披露控制", "disclosure control"), "disclosure", inputs, make)
        return self.protection

    @property
    def protection(self) -> Protection:
        """What disclosure control made of it. Raises IntegrityError when it is not there, or damaged."""
        return Protection(
            tables=tuple(read_protected(self.store.get_json("protected.json"), self.deployment.tables)),
            certificate=self.store.get_json("disclosure.json"),
        )

    def publish(self, cells: Sequence[Cells], protection: Protection) -> list[PublishedTable]:
        """The tables as they leave, with their derived figures and the change on the month before."""
        deployment = self.deployment
        before = month_before(self.deployment, self.release)
        inputs = {
            "cells": self.store.digests()["cells.json"],
            "protected": self.store.digests()["protected.json"],
            "past": self.neighbours.digests,
            "tables": deployment.digests_of_tables,
            "lists": deployment.digest_of_lists,
            "previous": before.digest if before else None,
        }

        def make() -> dict[str, bytes]:
            earlier = {table.spec.name: table for table in before.tables} if before else {}
            published = [
                statistics.publish(one, status, deployment.hierarchies, deployment.edges, earlier.get(one.spec.name))
                for one, status in zip(cells, protection.tables, strict=True)
            ]
            check_published(cells, protection, published, deployment.hierarchies, self._parts, self.before)
            return {"published.json": write_published(published)}

        self.stages.make(("生成统计表", "making the tables"), "publish", inputs, make)
        return read_published(self.store.get_json("published.json"), deployment.tables)


def month_before(deployment: Deployment, release: ReleaseId) -> Month | None:
    """The month before as it was last shown; None where none was delivered."""
    return History(deployment).month(release.period.previous)


def _feed_document(feed: Feed) -> dict[str, Any]:
    refusals = [[r.file, r.row, r.column, r.reason.value] for r in feed.refusals]
    return {
        "digest": feed.digest,
        "account": asdict(feed.account),
        "profile": list(feed.profile),
        "refusals": refusals,
        "refusals_digest": digest_of(refusals),
    }
