"""The words that a package may hold by declaration: code lists, titles, definitions, and its own fixed wording.

The fixed wording is read from a package made of the same declarations without any data: what stands there can't come
from the source. The privacy stage clears a text by membership here, never by where it stands."""

from gateway.base.canonical import encode
from gateway.model.cells import PublishedTable
from gateway.model.period import Period
from gateway.model.release import ReleaseId
from gateway.privacy import wording
from gateway.quality import Heading, blank_result, page, read_suite
from gateway.release.build.drafts import draft_tables, with_reports
from gateway.release.site.deployment import Deployment
from gateway.verifier.month import WORDING

_BLANK = Period(year=2000, month=1)


def vocabulary_of(deployment: Deployment) -> frozenset[str]:
    """Every declared wording and code."""
    words = {
        text
        for hierarchy in deployment.hierarchies.values()
        for node in hierarchy.nodes
        for text in (node.code, node.label, node.label_en)
        if text
    }
    suites = [blank_result(read_suite(deployment.suite(name))) for name in deployment.suites]
    heading = Heading(release="", period=_BLANK, provider=deployment.terms.parties.provider.name.zh)
    tables = [PublishedTable(spec=spec, rows={}) for spec in deployment.tables]
    release: ReleaseId = deployment.terms.release(_BLANK)
    blank = draft_tables(deployment, release, tables, None, None)
    made = with_reports(blank, len(tables), page(suites, heading), encode(WORDING))
    titles = {entry.title for entry in made.entries}
    return frozenset(words) | titles | wording(made.contents)
