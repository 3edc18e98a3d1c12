"""A month, its revision and its neighbours in one history: what was published is bound, nothing leaves without it."""

import json
from dataclasses import replace

import pytest

from gateway.base.errors import DisclosureError, IntegrityError
from gateway.ledger import states
from gateway.model.release import State
from gateway.release.build.corridor import run
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.chain import History
from gateway.release.review.approving import approve
from gateway.release.sending.delivering import deliver
from gateway.release.site.deployment import Deployment
from tests.release.conftest import NOW, PERIOD, Site, clock, silent


def remember(deployment: Deployment, release: str, like: str) -> None:
    """Puts a release into the history as if its bytes had begun to leave: the artefacts are another's."""
    History(deployment).append(release, deployment.store(like, OPEN_NAMES))


def test_a_release_that_left_meanwhile_stops_one_that_knows_nothing_of_it(site: Site) -> None:
    """Approved by both, and not sent: an ad-hoc table has left since. Blocked, built again with it, the same figures
    are shown, and both certificates say what they cover."""
    deployment = site.deployment
    release = run(deployment, PERIOD, clock, silent).release
    store = deployment.store(release, OPEN_NAMES)
    alone = store.get_json("disclosure.json"), store.get_json("published.json")
    assert alone[0]["history"]["releases"] == []
    for steward in ("steward_a", "steward_b"):
        approve(deployment, release, site.sign(steward, release), NOW)
    other = release.replace("_M_", "_A01_")
    remember(deployment, other, like=release)
    with pytest.raises(DisclosureError) as refusal:
        deliver(deployment, release, clock, silent, sleep=lambda _: None, random=lambda: 0.5)
    assert refusal.value.exit == 14
    assert states(deployment.ledger.entries())[release].state is State.BLOCKED
    assert run(deployment, PERIOD, clock, silent).state is State.SUBMITTED
    statement = json.loads(store.get("statement.json"))
    assert statement["history_head"] == History(deployment).head()
    assert store.get_json("disclosure.json")["history"]["releases"] == [other]
    assert store.get_json("published.json") == alone[1]

    # a bound history: its files, its end, its agreement
    _is_bound(site, other)


def _is_bound(site: Site, release: str) -> None:
    deployment = site.deployment
    folder = deployment.var / "history"
    parsed = deployment.terms.release(PERIOD)
    assert [str(past.id) for past in History(deployment).near(parsed)] == [release]
    foreign = replace(deployment, terms=deployment.terms.model_copy(update={"id": "another"}))
    with pytest.raises(IntegrityError):
        History(foreign).head()
    for ending in ("sealed", "secret.sealed", "parts.sealed"):
        path = folder / f"{release}.{ending}"
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(IntegrityError):
            History(deployment).near(parsed)
        path.unlink()
        with pytest.raises(IntegrityError):
            History(deployment).near(parsed)
        path.write_bytes(whole)
    (folder / "history.json").write_text("{}")
    with pytest.raises(IntegrityError):
        History(deployment).head()
    (folder / "history.json").unlink()
    with pytest.raises(IntegrityError):
        History(deployment).head()
