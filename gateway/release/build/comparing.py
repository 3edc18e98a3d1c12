"""Comparing the output with the source: once, before the stewards see it; again for what is new in the sealed package.

The sealed bytes are always opened again, every file in them parsed and searched. The source itself is read a second
time unless all that they say was compared before, and neither the source, nor its contract, nor a declaration has
changed since (docs/adr/0011). Anything else, and anything not known, is compared anew."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from gateway.base import memory
from gateway.base.canonical import encode
from gateway.base.language import say
from gateway.ingest import fingerprint, withheld_columns
from gateway.privacy import Compared, SourceBatch, ValueKind
from gateway.release.site.deployment import Deployment
from gateway.release.site.store import Progress, Store

ARTEFACT = "compared.json"


def basis(deployment: Deployment) -> dict[str, Any]:
    """What a comparison with the source rests on, as it is now."""
    return {
        "files": fingerprint(deployment.source, deployment.extract),
        "contract": deployment.digest_of_source,
        "declarations": deployment.declarations,
    }


def kept(compared: Compared | None, rests_on: Mapping[str, Any]) -> bytes:
    """The artefact: a comparison that found nothing, and what it rests on."""
    return encode({"basis": dict(rests_on), "compared": None if compared is None else compared.document()})


def compared_before(deployment: Deployment, store: Store) -> Compared | None:
    """The release's comparison, if it found nothing and rests on what is there now. A database has no fingerprint, and
    its comparisons are not used again."""
    if deployment.extract.connection is not None or not store.has(ARTEFACT):
        return None
    found = json.loads(store.get(ARTEFACT))
    if found["compared"] is None or found["basis"] != basis(deployment):
        return None
    return Compared.read(found["compared"])


def source_batches(deployment: Deployment, progress: Progress) -> Iterator[SourceBatch]:
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
