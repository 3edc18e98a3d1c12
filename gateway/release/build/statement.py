"""The statement: digests of all that is sent and of all that it rests on. Two data stewards approve these bytes."""

from collections.abc import Sequence

from gateway import __version__
from gateway.model.documents import STATEMENT_ALGORITHMS, FileEntry, Gate, Statement
from gateway.model.release import ReleaseId
from gateway.package import document_bytes
from gateway.release.build.proving import SECRET
from gateway.release.history.chain import History
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Store


def statement_of(
    deployment: Deployment,
    release: ReleaseId,
    store: Store,
    entries: Sequence[FileEntry],
    *,
    privacy: str,
    supersedes: str | None,
    reason: str | None,
    round: int,
) -> bytes:
    """The statement's bytes. They hold no time, so that the same input gives the same statement.

    ``privacy``: the digest of the drafts' certificate, whose verdict is ``pass``: without it there is no statement."""
    digests = store.digests()
    quality, disclosure = store.get_json("quality.json"), store.get_json("disclosure.json")
    cells = sum(population["cells"] for population in disclosure["populations"].values())
    return document_bytes(
        Statement(
            format="gateway-statement/1",
            alg=dict(STATEMENT_ALGORITHMS),
            release=str(release),
            agreement=deployment.terms.id,
            agreement_digest=deployment.digest_of_terms,
            period=str(release.period),
            revision=release.revision,
            round=round,
            supersedes=supersedes,
            reason=reason,
            operator=deployment.settings.operator,
            files=tuple(entries),
            declarations=deployment.declarations,
            disclosure=Gate(passed=True, checked=cells, certificate=digests[SECRET]),
            quality=Gate(passed=quality["success"], checked=quality["checked"], certificate=digests["quality.json"]),
            privacy=Gate(passed=True, checked=len(entries), certificate=privacy),
            history_head=History(deployment).head(),
            software=__version__,
        )
    )
