"""The second half of a build, from the published tables to the statement: files, proof, suites, search, statement.

The separate verifier and the suites run in second processes, and are asked before their answers are needed
(docs/adr/0010). A gate that fails stops here with its own error; nothing after it is made."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from gateway import quality
from gateway.base.aside import Aside
from gateway.base.canonical import digest
from gateway.base.errors import QualityError
from gateway.base.later import lean_numpy
from gateway.ingest import Feed
from gateway.model.cells import Cells, PublishedTable
from gateway.model.release import ReleaseId
from gateway.package import new_acceptance_code, package_entries
from gateway.release.build.clearing import clearances
from gateway.release.build.comparing import basis
from gateway.release.build.drafts import Drafts, draft_tables, with_reports
from gateway.release.build.figures import month_before
from gateway.release.build.gates import Search, ask_quality, check_verdict, quality_report
from gateway.release.build.proving import MATERIAL, PUBLIC, SECRET, Proof, certificates
from gateway.release.build.stages import Stages
from gateway.release.build.statement import statement_of
from gateway.release.history.chain import History
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Store
from gateway.verifier.month import Suggested, search_month
from gateway.verifier.protection import ProtectionReport

_FAILURES_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Documents:
    """The documents of one release: what its package will hold, and what proves that it may leave.

    ``supersedes`` and ``reason`` are what it was opened with; ``round`` counts how often it was."""

    deployment: Deployment
    release: ReleaseId
    stages: Stages
    proof: Proof
    supersedes: str | None
    reason: str | None
    round: int

    @property
    def store(self) -> Store:
        """The release's folder."""
        return self.stages.store

    @cached_property
    def search(self) -> Search:
        """For personal data in the drafts."""
        return Search(deployment=self.deployment, release=self.release)

    # the separate verifier --------------------------------------------------------------------------------------------

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
            "parameters": asdict(self.proof.parameters),
            "lists": self.deployment.digest_of_lists,
            "past": self.proof.neighbours.digests,
            "history": History(self.deployment).head(),
            "release": str(self.release),
        }

    def seek(self, verifier: Aside) -> "tuple[bytes, Future[list[Suggested]]] | None":
        """The verifier's material, and what it will have found: it looks while the tables are written and the suites
        run. None where what it is about was proved before."""
        if self.store.done("proof", self._proof_inputs()):
            return None
        material = self.proof.material()
        verifier.ask(lean_numpy)
        return material, verifier.ask(search_month, material)

    def ask_proof(
        self, verifier: Aside, search: "tuple[bytes, Future[list[Suggested]]] | None", tables: Drafts
    ) -> "tuple[bytes, Future[ProtectionReport]] | None":
        """The material, and what the verifier will say of it and of the tables as they leave. None where that was
        proved before."""
        if self.store.done("proof", self._proof_inputs()):
            return None
        material, found = search or (self.proof.material(), verifier.ask(search_month, self.proof.material()))
        return material, self.proof.ask(verifier, material, found, tables)

    def prove(self, asked: "tuple[bytes, Future[ProtectionReport]] | None") -> None:
        """The two certificates. Raises DisclosureError unless the verifier is convinced."""

        def make() -> dict[str, bytes]:
            if asked is None:
                raise RuntimeError("the verifier was not asked")
            material, report = asked
            return {MATERIAL: material, **certificates(report.result())}

        self.stages.make(("独立核验", "the separate verifier"), "proof", self._proof_inputs(), make)

    # quality, drafts, privacy, statement ------------------------------------------------------------------------------

    def suites(
        self, checks: Aside, feeds: Mapping[str, Feed], cells: Sequence[Cells], published: Sequence[PublishedTable]
    ) -> "Future[list[quality.SuiteResult]] | None":
        """What the suites will have found; None when it is there already."""
        if self.store.done("quality", self._quality_inputs()):
            return None
        totals, before = self.store.get_json("totals.json"), month_before(self.deployment, self.release)
        return ask_quality(checks, self.deployment, feeds, cells, published, totals, before)

    def _quality_inputs(self) -> dict[str, Any]:
        deployment, digests, before = self.deployment, self.store.digests(), month_before(self.deployment, self.release)
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

    def quality(self, suites: "Future[list[quality.SuiteResult]] | None") -> None:
        """The suites' results and the validation page. Raises QualityError when an expectation does not hold."""

        def make() -> dict[str, bytes]:
            if suites is None:
                raise RuntimeError("the suites were not run")
            return quality_report(self.deployment, self.release, suites.result())

        self.stages.make(("质量检验", "expectation suites"), "quality", self._quality_inputs(), make)
        verdict = self.store.get_json("quality.json")
        if not verdict["success"]:
            named = _failures(verdict)
            raise QualityError(
                f"质量检验未通过：{verdict['failed']} 项（{named}），见检验报告",
                f"{verdict['failed']} expectations do not hold ({named}): see the validation report",
                safe=("没有任何内容离开；报告已生成", "nothing has left; the report is there"),
                next=f"gateway status {self.release}",
            )

    def tables(self, published: Sequence[PublishedTable]) -> Drafts:
        """The files of the tables: CSV, workbook, dictionary, metadata."""
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

        self.stages.make(("编制文件", "writing the files"), "tables", inputs, make)
        return Drafts.read(self.store, "tables.json")

    def drafts(self, tables: Drafts, number: int) -> Drafts:
        """All plain files of the package: ``tables`` with the reports on them. ``number``: how many tables."""
        digests = self.store.digests()
        inputs = {name: digests[name] for name in ("tables.json", "validation.html", PUBLIC)}

        def make() -> dict[str, bytes]:
            made = with_reports(tables, number, self.store.get("validation.html"), self.store.get(PUBLIC))
            added = [entry.entry for entry in made.entries[len(tables.entries) :]]
            return {**{name: made.contents[name] for name in added}, "drafts.json": made.listing()}

        self.stages.make(("编制文件", "writing the files"), "drafts", inputs, make)
        return Drafts.read(self.store)

    def privacy(self, drafts: Drafts) -> None:
        """The certificate of the search through the drafts. Raises PersonalDataError when it found what blocks."""
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
            return self.search.files(drafts.contents, foreseen, rests_on, cleared.marks, self.stages.progress)

        self.stages.make(("查找个人信息", "looking for personal data"), "privacy", inputs, make)
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

    def statement(self, drafts: Drafts) -> None:
        """The statement, which two data stewards approve."""
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

        self.stages.make(("签批单", "the statement"), "statement", inputs, make)


def _failures(verdict: Mapping[str, Any]) -> str:
    """The first expectations that do not hold, by their suite; a suite without any by its name."""
    failed = []
    for suite in verdict["suites"]:
        failed += [f"{suite['suite']}.{result['id']}" for result in suite["results"] if not result["passed"]]
        failed += [] if suite["results"] else [suite["suite"]]
    return ", ".join([*failed[:_FAILURES_NAMED], *(["…"] if failed[_FAILURES_NAMED:] else [])])
