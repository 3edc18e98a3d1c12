"""Texts: gate, then Presidio over the views that passed, then places in the original.

Many short texts go to Presidio together, parted by a character that no view can hold, because a call costs more than a
cell. The gate lets every view through in which any shape of any recognizer occurs."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.model.finding import Finding, Tier
from gateway.privacy.cues import cued, headers
from gateway.privacy.names import candidates
from gateway.privacy.recognizers import RANK
from gateway.privacy.shapes import occurs
from gateway.privacy.views import View, views

PARTING = "\n\x00\n"
BATCH = 1 << 16
_ORDER = {Tier.HIGH: 0, Tier.MEDIUM: 1, Tier.LOW: 2}


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding inside one text, without a place."""

    entity: str
    tier: Tier
    start: int
    end: int


def scan_text(text: str, context: str | Iterable[str] | None = None) -> list[Finding]:
    """Personal data in ``text``; ``start``/``end`` are positions in it as given.

    ``context``: what the text is called where it stands (column header, field name)."""
    (hits,) = scan_texts([text], headers(context))
    return [Finding(entity=h.entity, tier=h.tier, start=h.start, end=h.end) for h in hits]


def scan_texts(texts: Sequence[str], context: tuple[str, ...] = ()) -> list[list[Hit]]:
    """The hits of each text, in order of place, without overlaps."""
    announced = cued(context)
    found: list[list[Hit]] = [[] for _ in texts]
    batch: list[tuple[int, View]] = []
    size = 0
    for number, text in enumerate(texts):
        for view in views(text):
            if not passes(view.text, announced):
                continue
            batch.append((number, view))
            size += len(view.text)
        if size > BATCH:
            _analyze(batch, context, found)
            batch, size = [], 0
    if batch:
        _analyze(batch, context, found)
    return [_settled(hits) for hits in found]


def passes(text: str, announced: frozenset[str]) -> bool:
    """The gate, for one view: whether any recognizer may find something in it."""
    named = "PERSON_NAME" in announced
    return occurs(text, announced) or next(candidates(text, announced=named), None) is not None


def _analyze(batch: list[tuple[int, View]], context: tuple[str, ...], found: list[list[Hit]]) -> None:
    from gateway.privacy.engine import analyze

    starts, position = [], 0
    for _, view in batch:
        starts.append(position)
        position += len(view.text) + len(PARTING)
    joined = PARTING.join(view.text for _, view in batch)
    for entity, tier, start, end in analyze(joined, context):
        index = bisect_right(starts, start) - 1
        number, view = batch[index]
        found[number].append(Hit(entity, tier, *view.span(start - starts[index], end - starts[index])))


def _settled(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits the surest, then the longest, then the first in the catalogue."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (_ORDER[h.tier], h.start - h.end, RANK[h.entity], h.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)
