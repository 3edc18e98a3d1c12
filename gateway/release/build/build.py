"""Builds a release: every stage from the extract to the statement, each only if its inputs changed.

A month walks through once, from left to right: ingest → statistics → disclosure → quality → privacy (drafts) →
statement. A gate that fails stops here with its own error; nothing after it is made. Counting and suites run in
second processes, whose libraries load while the stage before is at work (docs/adr/0010)."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from gateway import quality, statistics
from gateway.base import memory
from gateway.base.aside import Aside
from gateway.base.canonical import digest, digest_of, encode, encode_for_people
from gateway.base.errors import QualityError
from gateway.base.holdingkeys import mark
from gateway.base.language import say
from gateway.base.later import lean_numpy
from gateway.disclosure import Before, Parameters, Protection, check_published, protect_tables, rests
from gateway.ingest import Account, Feed, check_account, fingerprint, ingest
from gateway.model.cells import Cells, Parts, PublishedTable
from gateway.model.release import ReleaseId
from gateway.model.table import TableSpec
from gateway.package import new_acceptance_code, package_entries
from gateway.release.build.clearing import clearances
from gateway.release.build.comparing import basis
from gateway.release.build.drafts import Drafts, draft_tables, with_reports
from gateway.release.build.gates import Search, ask_quality, check_verdict, quality_report
from gateway.release.build.proving import MATERIAL, PUBLIC, SECRET, Proof, certificates
from gateway.release.build.statement import statement_of
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
from gateway.release.site.store import Progress, Store
from gateway.verifier.month import Suggested, search_month
from gateway.verifier.protection import ProtectionReport

OPEN_NAMES = frozenset(
    {
        "extract.json",
        "ingest.json",
        "quality.json",
        "validation.html",
        "privacy-drafts.json",
        "statement.json",
    }
)
"""Artefacts without a data value: counts, names and digests."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """One release being built."""

    deployment: Deployment
    release: ReleaseId
    supersedes: str | None
    reason: str | None
    round: int
    progress: Progress

    @cached_property
    def store(self) -> Store:
        """The release's folder."""
        return self.deployment.store(str(self.release), OPEN_NAMES)

    def run(self) -> dict[str, str]:
        """Builds what is missing; digests of all artefacts. Raises the gate's error when one fails."""
        with Aside() as engine:
            feeds = self._ingest(engine)
            if self._counting:
                self._search.prepare()  # the last feed is still being counted
                memory.release()
            cells = self._cells(engine, feeds)
        with Aside() as checks, Aside() as verifier:
            protection = self._protect(cells, checks)
            sought = self._seek(verifier)
            published = self._publish(cells, protection)
            suites = self._suites(checks, feeds, cells, published)
            del cells, protection
            self._let_go()
            tables = self._tables(published)
            report = self._ask_proof(verifier, sought, tables)
            self._quality(suites)
            checks.end()
            self._search.look(tables.contents)  # the verifier is still at work
            self._prove(report)
        drafts = self._drafts(tables, len(published))
        self._privacy(drafts)
        self._statement(drafts)
        return self.store.digests()

    def _stage(self, wording: tuple[str, str], name: str, inputs: Mapping[str, Any], make: Callable[[], Any]) -> None:
        label = say(*wording)
        self.progress(label, 0.0)
        self.store.stage(name, inputs, make)
        memory.release()
        self.progress(label, 1.0)

    def _let_go(self) -> None:
        """Of what only the stages up to the published tables need; it is read again where it is needed again."""
        for name in ("_parts", "before"):
            vars(self).pop(name, None)
        memory.release()

    def _month_before(self) -> Month | None:
        return History(self.deployment).month(self.release.period.previous)

    # ingest -----------------------------------------------------------------------------------------------------------

    def _ingest(self, engine: Aside) -> dict[str, Feed]:
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
                progress=lambda feed, part: self.progress(f"{label} {feed}", part),
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
        self._stage(("读取与核对数据", "reading and checking the extract"), "ingest", inputs, make)
        read = {name: self._feed(name, item) for name, item in self.store.get_json("ingest.json").items()}
        for name, feed in read.items():
            check_account(deployment.source.feeds[name], feed, self.release.period)
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

    def _cells(self, engine: Aside, feeds: Mapping[str, Feed]) -> list[Cells]:
        deployment = self.deployment
        inputs = {
            "feeds": {name: feed.digest for name, feed in feeds.items()},
            "tables": deployment.digests_of_tables,
            "beside": declared(self._neighbours.specs),
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

        self._stage(("统计制表", "counting the tables"), "statistics", inputs, make)
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

    @cached_property
    def _counting(self) -> "dict[str, Future[statistics.Counted]]":
        """What was begun, by the feed's digest."""
        return {}

    @cached_property
    def _neighbours(self) -> Neighbours:
        """The earlier releases to be protected together with."""
        return Neighbours(self.deployment, self.release)

    @property
    def _counted_tables(self) -> tuple[TableSpec, ...]:
        """The release's own tables, and those that are counted beside them."""
        return (*self.deployment.tables, *self._neighbours.specs, *self._rests)

    @cached_property
    def _rests(self) -> tuple[TableSpec, ...]:
        """The tables that count what is left of a whole without a part, and are not published."""
        return rests((*self.deployment.tables, *self._neighbours.specs), self.deployment.hierarchies)

    def _moves(self, engine: Aside, feeds: Mapping[str, Feed]) -> None:
        """What became of contributors since the releases that this one has to do with."""
        inputs = {
            "feeds": {name: feed.digest for name, feed in feeds.items()},
            "tables": self.deployment.digests_of_tables,
            "lists": self.deployment.digest_of_lists,
            "past": self._neighbours.digests,
        }

        def make() -> dict[str, bytes]:
            return {"moves.json": self._neighbours.count_moves(engine, feeds, self._rests)}

        self._stage(("与历次提供的数据对照", "comparing with earlier releases"), "moves", inputs, make)

    @cached_property
    def _parts(self) -> Parts:
        """Who has how much of the inner cells."""
        return statistics.read_parts(self.store.get("parts.parquet"))

    @cached_property
    def before(self) -> Before:
        """Everything that it is protected together with."""
        beside = read_cells(self.store.get_json("beside.json"), self._neighbours.specs)
        now = read_cells(self.store.get_json("cells.json"), self.deployment.tables)
        before = self._neighbours.before(self.store.get_json("moves.json"), now, beside)
        return replace(before, rests=read_rests(self.store.get_json("rests.json")))

    @property
    def _parameters(self) -> Parameters:
        terms = self.deployment.terms.disclosure
        return Parameters(
            minimum_persons=terms.min_persons,
            minimum_groups=terms.min_groups,
            p_percent=terms.p_percent,
            insiders=terms.insiders,
            group_disclosure=terms.group_disclosure,
        )

    def _protect(self, cells: Sequence[Cells], checks: Aside) -> Protection:
        deployment, parameters = self.deployment, self._parameters
        inputs = {
            "cells": self.store.digests()["cells.json"],
            "parts": self.store.digests()["parts.parquet"],
            "rests": self.store.digests()["rests.json"],
            "moves": self.store.digests()["moves.json"],
            "past": self._neighbours.digests,
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

        self._stage(("披露控制", "disclosure control"), "disclosure", inputs, make)
        return self.protection

    @property
    def protection(self) -> Protection:
        """What disclosure control made of it. Raises IntegrityError when it is not there, or damaged."""
        return Protection(
            tables=tuple(read_protected(self.store.get_json("protected.json"), self.deployment.tables)),
            certificate=self.store.get_json("disclosure.json"),
        )

    def _publish(self, cells: Sequence[Cells], protection: Protection) -> list[PublishedTable]:
        deployment = self.deployment
        before = self._month_before()
        inputs = {
            "cells": self.store.digests()["cells.json"],
            "protected": self.store.digests()["protected.json"],
            "past": self._neighbours.digests,
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

        self._stage(("生成统计表", "making the tables"), "publish", inputs, make)
        return read_published(self.store.get_json("published.json"), deployment.tables)

    # the separate verifier --------------------------------------------------------------------------------------------

    @cached_property
    def _proof(self) -> Proof:
        return Proof(
            deployment=self.deployment,
            release=self.release,
            store=self.store,
            neighbours=self._neighbours,
            parameters=self._parameters,
        )

    def _proof_inputs(self) -> dict[str, Any]:
        digests = self.store.digests()
        names = (
            "cells.json",
            "beside.json",
            "rests.json",
            "parts.parquet",
            "moves.json",
            "protected.json",
            "tables.json",
        )
        return {
            **{name: digests.get(name) for name in names},  # the tables are not there yet the first time
            "parameters": asdict(self._parameters),
            "lists": self.deployment.digest_of_lists,
            "past": self._proof.neighbours.digests,
            "history": History(self.deployment).head(),
            "release": str(self.release),
        }

    def _seek(self, verifier: Aside) -> "tuple[bytes, Future[list[Suggested]]] | None":
        """The verifier's material, and what it will have found: it looks while the tables are written and the suites
        run. None where what it is about was proved before."""
        if self.store.done("proof", self._proof_inputs()):
            return None
        material = self._proof.material()
        verifier.ask(lean_numpy)
        return material, verifier.ask(search_month, material)

    def _ask_proof(
        self, verifier: Aside, search: "tuple[bytes, Future[list[Suggested]]] | None", tables: Drafts
    ) -> "tuple[bytes, Future[ProtectionReport]] | None":
        """The material, and what the verifier will say of it and of the tables as they leave. None where that was
        proved before."""
        if self.store.done("proof", self._proof_inputs()):
            return None
        material, found = search or (self._proof.material(), verifier.ask(search_month, self._proof.material()))
        return material, self._proof.ask(verifier, material, found, tables)

    def _prove(self, asked: "tuple[bytes, Future[ProtectionReport]] | None") -> None:
        def make() -> dict[str, bytes]:
            if asked is None:
                raise RuntimeError("the verifier was not asked")
            material, report = asked
            return {MATERIAL: material, **certificates(report.result())}

        self._stage(("独立核验", "the separate verifier"), "proof", self._proof_inputs(), make)

    # quality, drafts, privacy, statement ------------------------------------------------------------------------------

    def _suites(
        self, checks: Aside, feeds: Mapping[str, Feed], cells: Sequence[Cells], published: Sequence[PublishedTable]
    ) -> "Future[list[quality.SuiteResult]] | None":
        """What the suites will have found; None when it is there already."""
        if self.store.done("quality", self._quality_inputs()):
            return None
        totals, before = self.store.get_json("totals.json"), self._month_before()
        return ask_quality(checks, self.deployment, feeds, cells, published, totals, before)

    def _quality_inputs(self) -> dict[str, Any]:
        deployment, digests, before = self.deployment, self.store.digests(), self._month_before()
        return {
            "release": str(self.release),
            "published": digests["published.json"],
            "cells": digests["cells.json"],
            "ingest": digests["ingest.json"],
            "suites": deployment.digests_of_suites,
            "tables": deployment.digests_of_tables,
            "lists": deployment.digest_of_lists,
            "limits": deployment.pipeline.quality.model_dump(),
            "previous": before.digest if before else None,
        }

    def _quality(self, suites: "Future[list[quality.SuiteResult]] | None") -> None:
        def make() -> dict[str, bytes]:
            if suites is None:
                raise RuntimeError("the suites were not run")
            return quality_report(self.deployment, self.release, suites.result())

        self._stage(("质量检验", "expectation suites"), "quality", self._quality_inputs(), make)
        verdict = self.store.get_json("quality.json")
        if not verdict["success"]:
            raise QualityError(
                f"质量检验未通过：{verdict['failed']} 项，见检验报告",
                f"{verdict['failed']} expectations do not hold: see the validation report",
                safe=("没有任何内容离开；报告已生成", "nothing has left; the report is there"),
                next=f"gateway status {self.release}",
            )

    def _tables(self, published: Sequence[PublishedTable]) -> Drafts:
        inputs = {
            "release": str(self.release),
            "supersedes": self.supersedes,
            "reason": self.reason,
            "published": self.store.digests()["published.json"],
            "tables": self.deployment.digests_of_tables,
            "agreement": self.deployment.digest_of_terms,
        }

        def make() -> dict[str, bytes]:
            made = draft_tables(self.deployment, self.release, published, self.supersedes, self.reason)
            return {**made.contents, "tables.json": made.listing()}

        self._stage(("编制文件", "writing the files"), "tables", inputs, make)
        return Drafts.read(self.store, "tables.json")

    def _drafts(self, tables: Drafts, number: int) -> Drafts:
        digests = self.store.digests()
        inputs = {name: digests[name] for name in ("tables.json", "validation.html", PUBLIC)}

        def make() -> dict[str, bytes]:
            made = with_reports(tables, number, self.store.get("validation.html"), self.store.get(PUBLIC))
            added = [entry.entry for entry in made.entries[len(tables.entries) :]]
            return {**{name: made.contents[name] for name in added}, "drafts.json": made.listing()}

        self._stage(("编制文件", "writing the files"), "drafts", inputs, make)
        return Drafts.read(self.store)

    @cached_property
    def _search(self) -> Search:
        """For personal data in the drafts."""
        return Search(deployment=self.deployment, release=self.release)

    def _privacy(self, drafts: Drafts) -> None:
        foreseen = self._foreseen(drafts)
        rests_on, cleared = basis(self.deployment), clearances(self.deployment, str(self.release))
        inputs = {
            "drafts": self.store.digests()["drafts.json"],
            "foreseen": {name: digest(data) for name, data in foreseen.items()},
            "ingest": self.store.digests()["ingest.json"],
            "cleared": list(cleared.digests),
            **rests_on,
        }

        def make() -> dict[str, bytes]:
            return self._search.files(drafts.contents, foreseen, rests_on, cleared.marks, self.progress)

        self._stage(("查找个人信息", "looking for personal data"), "privacy", inputs, make)
        check_verdict(self.store.get_json("privacy-drafts.json"), self.store.path("privacy-drafts.json"))

    def _foreseen(self, drafts: Drafts) -> dict[str, bytes]:
        """What the package says besides the drafts: the statement, but for one digest; an acceptance code; names."""
        statement = self._statement_with(drafts, privacy=digest(b""))
        entries = dict(package_entries(drafts.contents, statement, new_acceptance_code(bytes)))
        names = "\n".join([f"{self.release}.zip", *entries]).encode()
        return {"names.txt": names} | {name: data for name, data in entries.items() if name not in drafts.contents}

    def _statement_with(self, drafts: Drafts, privacy: str) -> bytes:
        return statement_of(
            self.deployment,
            self.release,
            self.store,
            drafts.entries,
            privacy=privacy,
            supersedes=self.supersedes,
            reason=self.reason,
            round=self.round,
        )

    def _statement(self, drafts: Drafts) -> None:
        digests = self.store.digests()
        inputs = {
            "release": str(self.release),
            "supersedes": self.supersedes,
            "reason": self.reason,
            "round": self.round,
            "operator": self.deployment.settings.operator,
            "artefacts": {
                n: digests[n] for n in ("drafts.json", "disclosure.json", SECRET, "quality.json", "privacy-drafts.json")
            },
            "declarations": self.deployment.declarations,
            "history": History(self.deployment).head(),
        }

        def make() -> dict[str, bytes]:
            return {"statement.json": self._statement_with(drafts, privacy=digests["privacy-drafts.json"])}

        self._stage(("签批单", "the statement"), "statement", inputs, make)


def _feed_document(feed: Feed) -> dict[str, Any]:
    refusals = [[r.file, r.row, r.column, r.reason.value] for r in feed.refusals]
    return {
        "digest": feed.digest,
        "account": asdict(feed.account),
        "profile": list(feed.profile),
        "refusals": refusals,
        "refusals_digest": digest_of(refusals),
    }
