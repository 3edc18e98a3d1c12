"""An outage: tried until the release is due; each failure and the alert on record, someone told, over at last."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from gateway.base.errors import ConfigurationError, GatewayError, TransferError
from gateway.delivery import HostKeyError, LinkError, LoginError, SpaceError
from gateway.model.period import ZONE
from gateway.release.sending import outage
from gateway.release.sending.outage import ALERTED, FAILED, UNTOLD, Outage, deliver_in_time, last_moment, outage_of
from gateway.release.site.deployment import Deployment
from tests.release.conftest import NOW, Site, silent

RELEASE = "LGTJ_220300_LHYG_202610_M_R01"
"""Due on 5 November 2026; the target is the 4th."""
CHANGED = HostKeyError("变", "changed", shown="SHA256:b", pinned=("SHA256:a", "SHA256:c"))
LINK = LinkError("断", "cut")


@dataclass
class Duty:
    """A clock that sleeping moves, a delivery that fails as often as told, and who was told what."""

    deployment: Deployment
    now: datetime = NOW
    failures: list[GatewayError] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = self.deployment.ledger.head()

    def deliver(self, *_: Any, **__: Any) -> str:
        if self.failures:
            raise self.failures.pop(0)
        return "delivered"

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)

    def run(self, tell: Callable[[str, str], None] | None = None) -> Any:
        return deliver_in_time(
            self.deployment,
            RELEASE,
            lambda: self.now,
            silent,
            sleep=self.sleep,
            random=lambda: 1.0,
            tell=tell or (lambda title, text: self.told.append(f"{title}\n{text}")),
        )

    def records(self, kind: str) -> list[dict[str, Any]]:
        return [dict(entry.body) for entry in self.deployment.ledger.entries(kind=kind)]

    @property
    def outage(self) -> Outage | None:
        return outage_of(self.deployment.ledger.entries(), RELEASE)


@pytest.fixture
def duty(site: Site, monkeypatch: pytest.MonkeyPatch) -> Duty:
    duty = Duty(deployment=site.deployment)
    monkeypatch.setattr(outage, "deliver", duty.deliver)
    return duty


def test_no_outage_leaves_no_trace(duty: Duty) -> None:
    assert duty.run() == "delivered"
    assert (duty.pauses, duty.told, duty.outage) == ([], [], None)
    assert duty.deployment.ledger.head() == duty.before


def test_it_is_tried_again_with_longer_and_longer_pauses(duty: Duty) -> None:
    duty.failures = [LINK] * 7
    assert duty.run() == "delivered"
    assert duty.pauses == [60, 120, 240, 480, 960, 1800, 1800]
    assert duty.told == []
    assert duty.records(FAILED) == [{"reason": "LinkError"}] * 7
    found = duty.outage
    assert found is not None
    assert (found.since, found.attempts, found.alerted, found.over) == (NOW.isoformat(), 7, False, None)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (NOW, "2026-11-04T23:59:59+08:00"),
        (datetime(2026, 11, 4, 23, 0, tzinfo=ZONE), "2026-11-04T23:59:59+08:00"),
        (datetime(2026, 11, 5, 0, 0, tzinfo=ZONE), "2026-11-05T23:59:59+08:00"),
        (datetime(2026, 11, 6, 0, 0, tzinfo=ZONE), None),
    ],
)
def test_it_is_tried_until_the_target_then_until_the_due_date(duty: Duty, now: datetime, until: str | None) -> None:
    duty.now = now
    duty.failures = [LINK] * 1000
    with pytest.raises(LinkError):
        duty.run()
    assert duty.records(ALERTED) == [{"reason": "LinkError", "until": until}]
    assert len(duty.told) == 1
    for part in (RELEASE, "四(二)5", "cut", until[:10] if until else "期限已过"):
        assert part in duty.told[0]
    end = datetime.fromisoformat(until) if until else now
    assert timedelta(0) <= end - duty.now < timedelta(seconds=60)
    found = duty.outage
    assert found is not None
    assert found.alerted


def test_an_ad_hoc_release_has_no_term_here(duty: Duty) -> None:
    assert last_moment(duty.deployment, "LGTJ_220300_LHYG_202610_A01_R01", NOW) is None


def test_a_full_inbox_may_be_cleared(duty: Duty) -> None:
    duty.failures = [SpaceError(2, 1)] * 2
    assert duty.run() == "delivered"
    assert len(duty.pauses) == 2


@pytest.mark.parametrize(
    ("error", "recorded"),
    [
        (CHANGED, [{"reason": "HostKeyError", "shown": "SHA256:b", "pinned": "SHA256:a SHA256:c"}]),
        (LoginError("拒", "refused"), [{"reason": "LoginError"}]),
        (TransferError("疑", "doubtful"), [{"reason": "TransferError"}]),
        (ConfigurationError("缺", "missing"), []),
    ],
)
def test_what_does_not_get_better_is_an_alert_at_once(
    duty: Duty, error: GatewayError, recorded: list[dict[str, str]]
) -> None:
    duty.failures = [error]
    with pytest.raises(type(error)):
        duty.run()
    assert (duty.pauses, len(duty.told)) == ([], 1)
    assert duty.records(ALERTED)[0]["reason"] == error.code
    assert duty.records(FAILED) == recorded
    assert duty.outage is None  # what waiting does not mend is no outage


def test_an_alert_that_can_not_be_sent_hides_nothing(duty: Duty) -> None:
    duty.now = datetime(2026, 11, 6, tzinfo=ZONE)
    duty.failures = [LINK]

    def tell(title: str, text: str) -> None:
        raise TransferError("渠道", "channel")

    with pytest.raises(LinkError):
        duty.run(tell)
    assert duty.records(ALERTED)
    assert duty.records(UNTOLD) == [{"reason": "TransferError"}]


def test_a_proof_ends_the_outage_and_the_next_one_is_another(duty: Duty) -> None:
    entries = [
        entry(1, FAILED),
        entry(2, FAILED),
        entry(3, ALERTED),
        entry(4, "proved"),
        entry(5, "delivered"),
        entry(6, FAILED, release="LGTJ_220300_LHYG_202609_M_R01"),
    ]
    first = Outage(since="T1", last="T2", attempts=2, alerted=True, over="T4")
    assert outage_of(entries, RELEASE) == first
    again = outage_of([*entries, entry(7, FAILED)], RELEASE)
    assert again == Outage(since="T7", last="T7", attempts=1, alerted=False, over=None)


def entry(number: int, kind: str, release: str = RELEASE) -> Any:
    from gateway.ledger import Entry

    body = {"reason": "LinkError"} if kind == FAILED else {}
    return Entry(
        seq=number, at=f"T{number}", kind=kind, release=release, actor="operator_a", body=body, prev="", hash=""
    )


def test_the_command_tells_the_channels(site: Site) -> None:
    """Nothing is approved here: the fault does not get better by waiting."""
    heard: list[bytes] = []

    class Channel(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Channel) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site.deployment.keyring.put("messages", f"json://127.0.0.1:{server.server_port}/\n".encode())
        failed = site.gateway("deliver", RELEASE, "--until-due")
        server.shutdown()
    assert failed.returncode == 18, failed.stderr
    assert RELEASE in failed.stderr
    assert len(heard) == 1
    assert "未能送达" in json.loads(heard[0])["title"]
    assert site.gateway("deliver", RELEASE, "--until-due", "--again").returncode == 2
