"""The two gates that look at what was made: expectation suites, and the search for personal data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gateway.base.canonical import digest, encode_for_people
from gateway.base.errors import PersonalDataError
from gateway.base.language import say
from gateway.ingest import Feed, withheld_columns
from gateway.model.cells import Cells, PublishedTable
from gateway.model.release import ReleaseId
from gateway.package import open_package
from gateway.privacy import Scan, SourceBatch, SourceMatch, certificate, match_source, scan_file
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


def check_privacy(deployment: Deployment, files: Mapping[str, bytes], progress: Progress) -> bytes:
    """The certificate over plain files. Raises PersonalDataError when something was found or not searched."""
    vocabulary = vocabulary_of(deployment)
    scans = [scan_file(name, data, vocabulary=vocabulary) for name, data in files.items()]
    match = _match(deployment, files, vocabulary, progress)
    document = certificate(scans, match)
    check_verdict(document)
    return encode_for_people(document)


def search_package(
    deployment: Deployment, name: str, package: bytes, passphrase: str, progress: Progress
) -> dict[str, Any]:
    """The certificate over exactly the sealed bytes: the package is opened again and everything in it is searched."""
    vocabulary = vocabulary_of(deployment)
    scan = scan_file(name, package, passphrase=passphrase, vocabulary=vocabulary)
    match = _match(deployment, open_package(package, passphrase), vocabulary, progress)
    return certificate([scan], match, package_sha256=digest(package))


def check_verdict(document: Mapping[str, Any]) -> None:
    """Raises PersonalDataError unless the certificate's verdict is ``pass``."""
    if document["verdict"] == "pass":
        return
    raise PersonalDataError(
        "发现疑似个人信息，或有内容未能检查；证书中列有文件和类别",
        "personal data may have been found, or something was not searched: the certificate names files and kinds",
        safe=("没有任何内容离开", "nothing has left"),
        next="gateway status",
    )


def _match(
    deployment: Deployment, files: Mapping[str, bytes], vocabulary: frozenset[str], progress: Progress
) -> SourceMatch:
    label = say("与来源数据比对", "matching the source's values")

    def batches() -> Iterator[SourceBatch]:
        for feed, kinds, chunk in withheld_columns(deployment.source, deployment.extract):
            progress(f"{label} {feed}", chunk.position)
            yield SourceBatch(feed=feed, columns=dict(chunk.columns), kinds=kinds)

    return match_source(batches(), files, vocabulary)
