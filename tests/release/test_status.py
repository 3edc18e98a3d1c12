"""What the status says of a month whose due date is not known."""

import pytest

from gateway.cli.run import lines
from gateway.model.release import Event
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.sending.sealing import package_of
from gateway.release.upkeep.status import status
from tests.release.conftest import NOW, Site


@pytest.mark.parametrize(("month", "due", "warned"), [("202612", None, True), ("202610", "2026-11-05", False)])
def test_a_month_whose_year_has_no_notice_warns_wherever_it_is_shown(
    site: Site, month: str, due: str | None, warned: bool
) -> None:
    """``run`` and ``status`` print the same lines."""
    release = f"LGTJ_220300_LHYG_{month}_M_R01"
    site.deployment.ledger.append(Event.OPENED, release=release, actor="operator_a", body={}, at=NOW, expect=None)
    document = status(site.deployment, release)
    assert document["due"] == due
    assert (document["warning"] is not None) == warned
    shown = site.gateway("status", release).stdout
    for text in (shown, str(lines(document))):
        assert ("2027" in text and "provisional" in text) == warned
    assert document["target"] == ("2027-01-04" if warned else "2026-11-04")


def test_the_privacy_certificate_is_the_one_over_the_sealed_bytes_once_there_is_one(site: Site) -> None:
    release = "LGTJ_220300_LHYG_202610_M_R01"
    deployment = site.deployment
    deployment.ledger.append(Event.OPENED, release=release, actor="operator_a", body={}, at=NOW, expect=None)
    store = deployment.store(release, OPEN_NAMES)
    assert status(deployment, release)["files"]["privacy"] is None
    for path in (store.path("privacy-drafts.json"), package_of(deployment, release).folder / f"{release}.privacy.json"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}")
        assert status(deployment, release)["files"]["privacy"] == str(path)
