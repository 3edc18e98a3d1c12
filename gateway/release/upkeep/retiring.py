"""What the release history keeps when the values behind a release are destroyed: equations and intervals.

Computed while the values are there, written before they go (``ownfiles``); after that nothing of the month is released
any more, for nothing could be protected together with it."""

from dataclasses import replace

from gateway import statistics
from gateway.base.canonical import encode
from gateway.disclosure import Before, Protection, kept_of_month
from gateway.model.release import ReleaseId
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.before import Neighbours
from gateway.release.history.cellfiles import read_cells, read_protected, read_rests
from gateway.release.history.chain import History
from gateway.release.site.deployment import Deployment


def kept_of(deployment: Deployment, release: str) -> bytes | None:
    """What stays of a release's values; None when it was never published or they are gone. Raises DisclosureError when
    an interval can't be computed, IntegrityError when a file is damaged: then nothing may be destroyed."""
    past = History(deployment).past(release)
    if past is None:
        return None
    store = deployment.store(release, OPEN_NAMES)
    specs = [cells.spec for cells in past.cells]
    protection = Protection(
        tables=tuple(read_protected(store.get_json("protected.json"), specs)),
        certificate=store.get_json("disclosure.json"),
    )
    moves = store.get_json("moves.json")
    neighbours = Neighbours(deployment, ReleaseId.parse(release), only=frozenset(moves))
    before = Before()
    if neighbours.past:
        counted = store.get_json("beside.json")
        beside = read_cells(counted, [spec for spec in neighbours.specs if spec.name in counted])
        before = neighbours.before(moves, past.cells, beside)
    before = replace(before, rests=read_rests(store.get_json("rests.json")))
    parts = statistics.read_parts(past.parts)
    kept = kept_of_month(past.cells, deployment.hierarchies, protection, past.published, parts, before)
    return encode({"with": [str(past.id) for past in neighbours.past], "systems": kept})
