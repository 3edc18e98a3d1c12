"""The two gates that look at what was made: expectation suites, and the search for personal data."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from gateway.base.aside import Aside
from gateway.base.canonical import digest, digest_of, digests, encode, encode_for_people
from gateway.base.errors import PersonalDataError
from gateway.ingest import Feed
from gateway.model.cells import Cells, PublishedTable
from gateway.model.release import ReleaseId
from gateway.privacy import (
    CanaryCheck,
    Compared,
    Opened,
    Scan,
    certificate,
    match_opened,
    merged,
    open_files,
    scan_opened,
)
from gateway.quality import Heading, SuiteResult, Table, page, run_suites
from gateway.release.build.canaries import fly
from gateway.release.build.clearing import FINDINGS, clearances, marker_of
from gateway.release.build.comparing import ARTEFACT, kept, source_batches
from gateway.release.build.vocabulary import vocabulary_of
from gateway.release.history.past import Month
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Progress


def ask_quality(
    aside: Aside,
    deployment: Deployment,
    feeds: Mapping[str, Feed],
    cells: Sequence[Cells],
    published: Sequence[PublishedTable],
    totals: Mapping[str, Mapping[str, int]],
    before: Month | None,
) -> "Future[list[SuiteResult]]":
    """Has the suites run in a second process."""
    earlier = {table.spec.name: table for table in before.tables} if before else {}
    terms = deployment.terms.disclosure
    parameters = {
        **deployment.pipeline.quality.model_dump(),
        "minimum_persons": terms.min_persons,
        "minimum_groups": terms.min_groups,
    }
    tables = [
        Table(cells=one, published=table, totals=totals[one.spec.name], previous=earlier.get(one.spec.name))
        for one, table in zip(cells, published, strict=True)
    ]
    suites = {name: deployment.suite(name) for name in deployment.suites}
    profiles = {name: feed.profile for name, feed in feeds.items()}
    return aside.ask(run_suites, suites, profiles, tables, dict(deployment.hierarchies), parameters)


def quality_report(deployment: Deployment, release: ReleaseId, results: Sequence[SuiteResult]) -> dict[str, bytes]:
    """The suites' results as ``quality.json`` and the validation page; neither holds a data value."""
    heading = Heading(release=str(release), period=release.period, provider=deployment.terms.parties.provider.name.zh)
    verdict = {
        "success": all(result.success for result in results),
        "checked": sum(len(result.results) for result in results),
        "failed": sum(len(result.failures) for result in results),
        "suites": [result.as_document() for result in results],
    }
    return {"quality.json": encode_for_people(verdict), "validation.html": page(results, heading)}


@dataclass(frozen=True, kw_only=True)
class Search:
    """The search of a release's drafts. What it needs besides them, and each file that is there already, can be looked
    at while another process is at work; nothing is looked at twice."""

    deployment: Deployment
    release: ReleaseId

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """What may stand in them by declaration."""
        return vocabulary_of(self.deployment)

    @cached_property
    def canaries(self) -> CanaryCheck:
        """What became of this run's canaries."""
        return fly(self.deployment, self.release)

    @cached_property
    def _looked(self) -> dict[tuple[str, str], tuple[tuple[Opened, ...], Scan]]:
        return {}

    def prepare(self) -> None:
        """Everything that does not depend on the drafts."""
        _ = self.vocabulary, self.canaries

    def look(self, files: Mapping[str, bytes]) -> tuple[tuple[Opened, ...], Scan]:
        """What plain files say, and the findings in it."""
        for name, data in files.items():
            if (name, digest(data)) not in self._looked:
                opened = open_files({name: data})
                scan = scan_opened(opened, self.vocabulary, marker_of(self.deployment))
                self._looked[name, digest(data)] = opened, scan
        found = [self._looked[name, digest(data)] for name, data in files.items()]
        return tuple(file for opened, _ in found for file in opened), merged(scan for _, scan in found)

    def files(
        self,
        files: Mapping[str, bytes],
        foreseen: Mapping[str, bytes],
        rests_on: Mapping[str, Any],
        cleared: frozenset[str],
        progress: Progress,
    ) -> dict[str, bytes]:
        """The certificate over plain files, whatever its verdict; and the comparison with the source, for the sealed
        package. ``foreseen``: what else that will say, compared along with them; ``cleared``: marks that a
        steward cleared."""
        opened, scan = self.look(files)
        source = source_batches(self.deployment, progress)
        match = match_opened(source, (*opened, *open_files(foreseen)), self.vocabulary)
        drafts = digest_of({name: digest(data) for name, data in files.items()})
        release = str(self.release)
        found = certificate(
            scan, match, package_sha256=drafts, release=release, canaries=self.canaries, cleared=cleared
        )
        return {
            "privacy-drafts.json": encode_for_people(found),
            FINDINGS: encode([asdict(finding) for finding in scan.findings]),
            ARTEFACT: kept(match.compared, rests_on),
        }


def search_package(
    deployment: Deployment,
    release: str,
    package: bytes,
    passphrase: str,
    before: Compared | None,
    drafts: Mapping[str, Any],
    at: datetime,
    progress: Progress,
) -> dict[str, Any]:
    """The certificate over exactly the sealed bytes: the package is opened again and everything in it is searched.

    ``drafts``: the certificate over the plain files, whose canaries it repeats."""
    vocabulary, opened = vocabulary_of(deployment), open_files({f"{release}.zip": package}, passphrase)
    scan = scan_opened(opened, vocabulary, marker_of(deployment))
    match = match_opened(source_batches(deployment, progress), opened, vocabulary, before)
    moment, found = at.isoformat(timespec="seconds"), digests(package)
    document: dict[str, Any] = certificate(
        scan,
        match,
        package_sha256=found["sha256"],
        package_sm3=found["sm3"],
        release=release,
        checked_at=moment,
        cleared=clearances(deployment, release).marks,
    )
    document["canaries"] = drafts.get("canaries")
    return document


def check_verdict(document: Mapping[str, Any], certificate: Path) -> None:
    """Raises PersonalDataError unless the certificate's verdict is ``pass``; names kinds and counts, never a value.
    ``certificate``: where the document lies, with the files and places of what was found."""
    if document["verdict"] == "pass":
        return
    reasons = json.dumps(document["reasons"], ensure_ascii=False)
    raise PersonalDataError(
        f"发现疑似个人信息，或有内容未能检查：{reasons}",
        f"personal data may have been found, or something was not searched: {reasons}",
        safe=("没有任何内容离开", "nothing has left"),
        next=(
            f"查看证书 {certificate}，去除后重新运行；中等级发现若不是个人信息，由审核员放行：gateway clear",
            f"see the certificate {certificate}, remove it, run again; what is none (tier MEDIUM) a steward "
            "clears: gateway clear RELEASE --reason …",
        ),
    )
