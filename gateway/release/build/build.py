"""Builds a release: every stage from the extract to the statement, each only if its inputs changed.

A month walks through once, from left to right: ingest → statistics → disclosure → quality → privacy (drafts) →
statement. Here stands their order; how each is made stands in ``figures`` (up to the published tables) and
``documents`` (from there). A gate that fails stops here with its own error; nothing after it is made. Counting, the
suites and the separate verifier run in second processes, whose libraries load while the stage before is at work
(docs/adr/0010)."""

from dataclasses import dataclass
from functools import cached_property

from gateway.base import memory
from gateway.base.aside import Aside
from gateway.model.release import ReleaseId
from gateway.release.build.documents import Documents
from gateway.release.build.figures import Figures
from gateway.release.build.proving import Proof
from gateway.release.build.stages import OPEN_NAMES, Stages
from gateway.release.history.before import Neighbours
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Progress, Store


@dataclass(frozen=True, kw_only=True)
class Build:
    """One release being built."""

    deployment: Deployment
    release: ReleaseId
    supersedes: str | None
    reason: str | None
    round: int
    progress: Progress

    def run(self) -> dict[str, str]:
        """Builds what is missing; digests of all artefacts. Raises the gate's error when one fails."""
        figures, documents = self.figures, self.documents
        with Aside() as engine:
            feeds = figures.ingest(engine)
            if figures.is_counting:
                documents.search.prepare()  # the last feed is still being counted
                memory.release()
            cells = figures.cells(engine, feeds)
        with Aside() as checks, Aside() as verifier:
            protection = figures.protect(cells, checks)
            sought = documents.seek(verifier)
            published = figures.publish(cells, protection)
            suites = documents.suites(checks, feeds, cells, published)
            del cells, protection
            figures.let_go()
            tables = documents.tables(published)
            report = documents.ask_proof(verifier, sought, tables)
            documents.quality(suites)
            checks.end()
            documents.search.look(tables.contents)  # the verifier is still at work
            documents.prove(report)
        drafts = documents.drafts(tables, len(published))
        documents.privacy(drafts)
        documents.statement(drafts)
        return self.store.digests()

    @cached_property
    def store(self) -> Store:
        """The release's folder."""
        return self.deployment.store(str(self.release), OPEN_NAMES)

    @property
    def stages(self) -> Stages:
        """What makes them."""
        return Stages(store=self.store, progress=self.progress)

    @cached_property
    def figures(self) -> Figures:
        """The stages up to the published tables."""
        return Figures(
            deployment=self.deployment,
            release=self.release,
            stages=self.stages,
            neighbours=Neighbours(self.deployment, self.release),
        )

    @cached_property
    def documents(self) -> Documents:
        """The stages from the published tables to the statement."""
        return Documents(
            deployment=self.deployment,
            release=self.release,
            stages=self.stages,
            proof=self.proof,
            supersedes=self.supersedes,
            reason=self.reason,
            round=self.round,
        )

    @cached_property
    def proof(self) -> Proof:
        """What the separate verifier is asked."""
        return Proof(
            deployment=self.deployment,
            release=self.release,
            store=self.store,
            neighbours=self.figures.neighbours,
            parameters=self.figures.parameters,
        )
