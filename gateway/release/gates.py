"""The two gates that look at what was made: expectation suites, and the search for personal data."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from gateway.base import memory
from gateway.base.canonical import digest, digest_of, encode_for_people
from gateway.base.errors import PersonalDataError
from gateway.base.language import say
from gateway.ingest import Feed, withheld_columns
from gateway.model.cells import Cells, PublishedTable
from gateway.model.release import ReleaseId
from gateway.privacy import SourceBatch, ValueKind, certificate, match_source, merged, scan_file
from gateway.quality import Heading, SuiteResult, page, profile_frame, run_suite, table_frame
from gateway.release.deployment import Deployment
from gateway.release.history import Month
from gateway.release.vocabulary import vocabulary_of

Progress = Callable[[str, float], None]


def run_quality(
    deployment: Deployment,
    release: ReleaseId,
    feeds: Mapping[str, Feed],
    cells: Sequence[Cells],
    published: Sequence[PublishedTable],
    totals: Mapping[str, Mapping[str, int]],
    before: Month | None,
    progress: Progress,
) -> dict[str, bytes]:
    """The suites' results as ``quality.json`` and the validation page; neither holds a data value."""
    label = say("质量检验", "expectation suites")
    earlier = {table.spec.name: table for table in before.tables} if before else {}
    terms = deployment.terms.disclosure
    parameters = {
        **deployment.pipeline.quality.model_dump(),
        "minimum_persons": terms.min_persons,
        "minimum_groups": terms.min_groups,
    }
    frames: dict[str, Any] = {f"feed_{name}": profile_frame(feed.profile) for name, feed in feeds.items()}
    for one, table in zip(cells, published, strict=True):
        name = one.spec.name
        frames[name] = table_frame(one, table, deployment.hierarchies, totals[name], earlier.get(name))
    results: list[SuiteResult] = []
    for place, name in enumerate(deployment.suites):
        results.append(run_suite(deployment.suite(name), frames[name], parameters))
        progress(label, (place + 1) / len(deployment.suites))
    heading = Heading(release=str(release), period=release.period, provider=deployment.terms.parties.provider.name.zh)
    verdict = {
        "success": all(result.success for result in results),
        "checked": sum(len(result.results) for result in results),
        "failed": sum(len(result.failures) for result in results),
        "suites": [result.as_document() for result in results],
    }
    return {"quality.json": encode_for_people(verdict), "validation.html": page(results, heading)}


def search_files(deployment: Deployment, release: ReleaseId, files: Mapping[str, bytes], progress: Progress) -> bytes:
    """The certificate over plain files, whatever its verdict."""
    vocabulary = vocabulary_of(deployment)
    scan = merged(scan_file(name, data, vocabulary=vocabulary) for name, data in files.items())
    match = match_source(_source(deployment, progress), files, vocabulary=vocabulary)
    drafts = digest_of({name: digest(data) for name, data in files.items()})
    return encode_for_people(certificate(scan, match, package_sha256=drafts, release=str(release)))


def search_package(
    deployment: Deployment, release: str, package: bytes, passphrase: str, at: datetime, progress: Progress
) -> dict[str, Any]:
    """The certificate over exactly the sealed bytes: the package is opened again and everything in it is searched."""
    vocabulary = vocabulary_of(deployment)
    name = f"{release}.zip"
    scan = scan_file(name, package, passphrase=passphrase, vocabulary=vocabulary)
    source = _source(deployment, progress)
    match = match_source(source, {name: package}, vocabulary=vocabulary, passphrase=passphrase)
    moment = at.isoformat(timespec="seconds")
    document: dict[str, Any] = certificate(
        scan, match, package_sha256=digest(package), release=release, checked_at=moment
    )
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
        next=(f"查看证书 {certificate}，去除后重新运行", f"see the certificate {certificate}, remove it, run again"),
    )


def _source(deployment: Deployment, progress: Progress) -> Iterator[SourceBatch]:
    """The withheld columns and keys of the source, read for this comparison alone."""
    label = say("与来源数据比对", "matching the source's values")
    before = ""
    for feed, kinds, chunk in withheld_columns(deployment.source, deployment.extract):
        if feed != before:
            memory.release()
            before = feed
        progress(f"{label} {feed}", chunk.position)
        batch = pa.record_batch(dict(chunk.columns))
        yield SourceBatch(source=feed, batch=batch, kinds={name: ValueKind(kind) for name, kind in kinds.items()})
