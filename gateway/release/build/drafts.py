"""The plain files of a package, made once and kept sealed until two stewards have approved them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.base.canonical import encode_for_people
from gateway.model.cells import PublishedTable
from gateway.model.documents import FileEntry
from gateway.model.release import ReleaseId
from gateway.package import (
    Contact,
    Cover,
    dictionary_csv,
    entry_names,
    file_entry,
    metadata,
    table_csv,
    workbook,
)
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Store
from gateway.release.terms.requests import due_date


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """The files by entry name, and their lines for the statement."""

    contents: Mapping[str, bytes]
    entries: tuple[FileEntry, ...]

    def listing(self) -> bytes:
        """The lines as an artefact."""
        return encode_for_people([entry.model_dump() for entry in self.entries])

    @classmethod
    def read(cls, store: Store, listing: str = "drafts.json") -> "Drafts":
        """The drafts of a release's folder, each checked against its recorded digest."""
        entries = tuple(FileEntry.model_validate(item) for item in store.get_json(listing))
        return cls(contents={entry.entry: store.get(entry.entry) for entry in entries}, entries=entries)


def cover_of(deployment: Deployment, release: ReleaseId, supersedes: str | None, reason: str | None) -> Cover:
    """What the workbook's cover says."""
    terms = deployment.terms
    parties = terms.parties
    when = due_date(deployment, release)
    return Cover(
        title=terms.publication,
        release=str(release),
        agreement=terms.title,
        clause=terms.delivery.clause,
        sender=parties.provider.name,
        recipient=parties.receiver.name,
        contacts=contacts_of(deployment),
        due=when.isoformat() if when else None,
        supersedes=supersedes,
        reason=reason,
    )


def contacts_of(deployment: Deployment) -> tuple[Contact, ...]:
    """Who answers questions, on both sides."""
    parties = deployment.terms.parties
    return tuple(Contact(role=p.contact.role, reach=p.contact.reach) for p in (parties.provider, parties.receiver))


def draft_tables(
    deployment: Deployment,
    release: ReleaseId,
    published: Sequence[PublishedTable],
    supersedes: str | None,
    reason: str | None,
) -> Drafts:
    """Workbook, one CSV a table, data dictionary, metadata. The same tables give the same bytes."""
    hierarchies, period = deployment.hierarchies, release.period
    specs = [table.spec for table in published]
    names = entry_names(len(published))
    book = workbook(published, hierarchies, period, cover_of(deployment, release, supersedes, reason))
    dictionary = dictionary_csv(specs, hierarchies)
    made: list[tuple[str, str, str, bytes, int | None]] = [(names.workbook, "workbook", "统计报表", book, None)]
    for name, table in zip(names.tables, published, strict=True):
        data = table_csv(table, hierarchies, period)
        made.append((name, "table", table.spec.title.zh, data, len(table.rows)))
    made += [
        (names.dictionary, "dictionary", "数据字典", dictionary, dictionary.count(b"\r\n") - 1),
        (names.metadata, "metadata", "元数据（CSVW）", metadata(specs, hierarchies), None),
    ]
    entries = tuple(file_entry(name, role, title, data, rows) for name, role, title, data, rows in made)
    return Drafts(contents={name: data for name, _, _, data, _ in made}, entries=entries)


def with_reports(drafts: Drafts, tables: int, validation: bytes, certificate: bytes) -> Drafts:
    """The drafts of so many tables with the validation page and the public certificate, the last of the files."""
    names = entry_names(tables)
    contents = {**drafts.contents, names.validation: validation, names.certificate: certificate}
    added = (
        file_entry(names.validation, "validation", "质量检验页", validation, None),
        file_entry(names.certificate, "certificate", "披露控制证书（公开）", certificate, None),
    )
    return Drafts(contents=contents, entries=(*drafts.entries, *added))
