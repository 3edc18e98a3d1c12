"""The transfer slip of a delivered release (移交单): printed, signed and stamped by both sides."""

from gateway.base.files import write_atomic
from gateway.ledger import head_of
from gateway.model.documents import Manifest
from gateway.model.release import Event
from gateway.model.table import Wording
from gateway.package import Slip, read_statement, slip_page
from gateway.release.build.corridor import Book
from gateway.release.build.drafts import contacts_of
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.sending.sealing import Package, package_of
from gateway.release.site.deployment import Deployment


def slip_name(release: str) -> str:
    """The slip's file name, beside the package."""
    return f"{release}.slip.html"


def write_slip(deployment: Deployment, release: str) -> None:
    """Writes the slip beside the package, with the ledger's head; the same state gives the same bytes."""
    package: Package = package_of(deployment, release)
    book = Book.read(deployment)
    manifest = Manifest.model_validate_json(package.paths[2].read_bytes())
    delivered = next(e for e in book.entries if e.release == release and e.kind == Event.DELIVERED)
    terms, parties = deployment.terms, deployment.terms.parties
    day = delivered.at[:10]
    named = [r for r in terms.recipients if r.id in manifest.recipients]
    page = slip_page(
        Slip(
            title=terms.publication,
            agreement=terms.title,
            clause=terms.delivery.clause,
            sender=parties.provider.name,
            recipient=Wording(
                zh=f"{parties.receiver.name.zh}（{'、'.join(r.title.zh for r in named)}）",
                en=f"{parties.receiver.name.en} ({', '.join(r.title.en for r in named)})",
            ),
            contacts=contacts_of(deployment),
            statement=read_statement(deployment.store(release, OPEN_NAMES).get("statement.json")),
            manifest=manifest,
            ledger=head_of([e for e in book.entries if e.seq <= delivered.seq]),
            passphrase_channel="、".join(dict.fromkeys(r.channel.zh for r in named)),
            delivered_at=f"{day} {delivered.at[11:19]}",
        )
    )
    write_atomic(package.folder / slip_name(release), page)


__all__ = ["slip_name", "write_slip"]
