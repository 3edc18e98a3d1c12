"""What time and the ledger bring about by themselves, what people tell, and what is refused and recorded."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from gateway.agreement import Happening, Outcome, Standing
from gateway.base.errors import ConfigurationError, GatewayError, InputError, IntegrityError, TermsError
from gateway.base.keyring import Keyring
from gateway.base.sshsig import APPROVAL, NOTICE, generate_key, public_line, sign
from gateway.model.period import Period
from gateway.model.release import Event
from gateway.release.site.office import Office, load_office
from gateway.release.terms.clocks import due_now, happen, postpone, record_told, standings
from gateway.release.terms.month import plan
from tests.agreement.test_calendar import NOTICE as NOTICE_2027
from tests.agreement.test_calendar import OF_2026
from tests.clocks.conftest import at

RELEASE = "LGTJ_220300_LHYG_202610_M_R01"
SHA = "a" * 64


def deliver(office: Office, moment: datetime, release: str = RELEASE) -> None:
    """The events of a release that was delivered, as the corridor records them."""
    ledger = office.ledger
    for event, actor, body in [
        (Event.OPENED, "operator_a", {}),
        (Event.SUBMITTED, "operator_a", {"statement": SHA}),
        (Event.APPROVED_ONCE, "steward_a", {"statement": SHA}),
        (Event.APPROVED, "steward_b", {"statement": SHA}),
        (Event.SEALED, "operator_a", {"package": SHA}),
        (Event.PROVED, "operator_a", {"package": SHA}),
        (Event.DELIVERED, "operator_a", {"package": SHA}),
    ]:
        ledger.append(event, actor=actor, body=body, at=moment, expect=None, release=release)


def stands(office: Office, moment: datetime) -> dict[str, Standing]:
    return {row.clock.key: row.standing for row in standings(office, moment)}


def test_the_month_s_clock_runs_from_its_end_to_the_delivery_by_itself(office: Office) -> None:
    assert stands(office, at("2026-11-01 00:00"))["delivery/2026-10"] is Standing.RUNNING
    assert stands(office, at("2026-11-02 09:00"))["delivery/2026-10"] is Standing.DUE_SOON
    assert stands(office, at("2026-11-05 23:59"))["delivery/2026-10"] is Standing.DUE_SOON
    assert stands(office, at("2026-11-06 00:00"))["delivery/2026-10"] is Standing.OVERDUE
    deliver(office, at("2026-11-04 10:00"))
    assert stands(office, at("2026-11-06 00:00"))["delivery/2026-10"] is Standing.MET
    assert office.ledger.entries(kind="clock.started") == ()  # looking writes nothing


def test_a_month_without_its_notice_warns_and_is_never_overdue(office: Office) -> None:
    row = next(r for r in standings(office, at("2027-01-20 00:00")) if r.clock.key == "delivery/2026-12")
    assert row.reckoned.due is None
    assert row.reckoned.target.date() == date(2027, 1, 4)
    assert row.standing is Standing.DUE_SOON


def test_reminders_come_once_and_tell_of_what_nobody_recorded(office: Office) -> None:
    told = due_now(office, at("2026-11-02 09:00"))
    assert [row.clock.key for row in told] == ["delivery/2026-10"]
    assert due_now(office, at("2026-11-02 09:01"))  # not told yet: it comes again
    record_told(office, told, at("2026-11-02 09:02"))
    assert due_now(office, at("2026-11-03 09:00")) == []
    assert [row.standing for row in due_now(office, at("2026-11-06 09:00"))] == [Standing.OVERDUE]
    kinds = [entry.kind for entry in office.ledger.entries()]
    assert kinds.count("clock.warned") == 1
    assert office.ledger.check() is None


def test_a_delivered_month_is_stopped_in_the_ledger(office: Office) -> None:
    due_now(office, at("2026-11-02 09:00"))
    deliver(office, at("2026-11-04 10:00"))
    assert due_now(office, at("2026-11-04 10:01")) == []
    (stop,) = office.ledger.entries(kind="clock.stopped")
    assert stop.body["clock"] == "delivery"
    assert stop.body["at"].startswith("2026-11-04T10:00")


def test_recall_and_dispute_start_their_clocks(office: Office) -> None:
    deliver(office, at("2026-11-04 10:00"))
    ledger = office.ledger
    ledger.append(
        Event.DISPUTED,
        actor="operator_a",
        body={"reason": "x"},
        at=at("2026-11-05 09:00"),
        expect=None,
        release=RELEASE,
    )
    ledger.append(
        Event.RECALLED,
        actor="operator_a",
        body={"reason": "x"},
        at=at("2026-11-05 10:00"),
        expect=None,
        release=RELEASE,
    )
    now = stands(office, at("2026-11-05 11:00"))
    assert {f"recall/{RELEASE}", f"fault_check/{RELEASE}"} <= set(now)
    happen(
        office,
        "siping-004",
        Happening(event="recall_confirmed", subject=RELEASE, at=at("2026-11-06 10:00")),
        actor="operator_a",
        now=at("2026-11-06 10:00"),
    )
    assert stands(office, at("2026-11-07 00:00"))[f"recall/{RELEASE}"] is Standing.MET


def test_the_term_from_its_reminder_to_its_end(office: Office) -> None:
    assert stands(office, at("2027-11-16 00:00"))["renewal/2027-12-31"] is Standing.RUNNING
    assert stands(office, at("2027-11-18 00:00"))["renewal/2027-12-31"] is Standing.DUE_SOON
    assert stands(office, at("2027-12-02 00:00"))["renewal/2027-12-31"] is Standing.OVERDUE
    ended = stands(office, at("2028-01-02 00:00"))
    assert ended["renewal/2027-12-31"] is Standing.LIFTED
    assert ended["stop/siping-004"] is Standing.MET
    assert ended["confidentiality/siping-004"] is Standing.PERMANENT
    assert ended["liability/siping-004"] is Standing.PERMANENT
    assert ended["keep_secret_cells/siping-004"] is Standing.RUNNING
    assert "delivery/2027-12" not in ended  # 八1: nothing is provided after the end
    due_now(office, at("2028-01-02 00:00"))
    recorded = stands(office, at("2028-01-02 00:00"))
    assert recorded == ended


def test_a_renewal_lifts_the_reminder_and_sets_the_next(root: Path, office: Office) -> None:
    path = root / "agreements" / "siping-004.toml"
    renewal = (
        '\n[[amendments]]\nid = "renewal_2028"\nclause = "十1"\ntitle = { zh = "续约", en = "renewal" }\n'
        "effective = 2027-11-20\nuntil = 2029-12-31\n\n[clauses]\n"
    )
    path.write_text(path.read_text().replace("\n[clauses]\n", renewal))
    renewed = load_office(root, at("2027-11-21 00:00"))
    due_now(office, at("2027-11-18 00:00"))
    now = stands(renewed, at("2028-01-03 00:00"))
    assert now["renewal/2027-12-31"] is Standing.MET
    assert now["renewal/2029-12-31"] is Standing.RUNNING
    assert "delivery/2027-12" in now
    assert "stop/siping-004" not in now


def test_what_people_tell_with_a_date_and_a_move(office: Office) -> None:
    told = Happening(event="rectification_demanded", subject="L2", at=at("2026-11-02 08:00"), sets=date(2026, 11, 9))
    (one,) = happen(office, "siping-004", told, actor="operator_a", now=at("2026-11-02 09:00"))
    assert one.key == "supply_rectification/L2"
    moved = postpone(office, one.key, date(2026, 11, 16), "L3", actor="operator_a", now=at("2026-11-03 09:00"))
    assert moved.sets is not None
    assert moved.sets.date() == date(2026, 11, 16)
    assert happen(office, "siping-004", told, actor="operator_a", now=at("2026-11-04 09:00")) == []
    with pytest.raises(TermsError):
        postpone(office, "nothing/L2", date(2026, 11, 16), "L3", actor="operator_a", now=at("2026-11-04 09:00"))


REFUSED = {
    "an unknown event": (Happening(event="breakfast", subject="x", at=at("2026-11-02 08:00")), TermsError),
    "an event in the future": (Happening(event="breach_notified", subject="x", at=at("2026-11-03 08:00")), InputError),
    "a date before the event": (
        Happening(event="use_report_asked", subject="x", at=at("2026-11-02 08:00"), sets=date(2026, 11, 1)),
        InputError,
    ),
    "an unknown event that looks like a phone": (
        Happening(event="13912345678", subject="x", at=at("2026-11-02 08:00")),
        TermsError,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_recorded_with_its_reason_and_nothing_else(office: Office, name: str) -> None:
    happening, error = REFUSED[name]
    with pytest.raises(error):
        happen(office, "siping-004", happening, actor="operator_a", now=at("2026-11-02 09:00"))
    (refused,) = office.ledger.entries(kind="clock.refused")
    assert refused.body["error"] == error.__name__
    assert refused.body["reason"]
    assert "139123" not in str(refused.body)
    assert all(entry.body.get("subject") != "x" for entry in office.ledger.entries())


def test_an_agreement_that_the_deployment_does_not_serve(office: Office) -> None:
    happening = Happening(event="breach_notified", subject="x", at=at("2026-11-02 08:00"))
    with pytest.raises(TermsError):
        happen(office, "siping-005", happening, actor="operator_a", now=at("2026-11-02 09:00"))


def test_a_machine_clock_that_was_moved_back_is_refused_and_recorded(office: Office) -> None:
    due_now(office, at("2026-11-02 09:00"))
    before = office.ledger.head().length
    happening = Happening(event="breach_notified", subject="x", at=at("2026-11-01 08:00"))
    for act in (
        lambda: due_now(office, at("2026-11-02 08:59")),
        lambda: happen(office, "siping-004", happening, actor="operator_a", now=at("2026-11-01 09:00")),
    ):
        with pytest.raises(InputError) as caught:
            act()
        assert "拨回" in caught.value.zh
    entries = office.ledger.entries(after=before)
    assert [entry.kind for entry in entries] == ["clock.refused"] * 2
    assert office.ledger.check() is None


def test_a_waiver_is_told_as_such(office: Office) -> None:
    asked = Happening(event="use_report_asked", subject="U1", at=at("2026-11-02 08:00"), sets=date(2026, 11, 9))
    happen(office, "siping-004", asked, actor="operator_a", now=at("2026-11-02 09:00"))
    waived = Happening(event="use_report_received", subject="U1", at=at("2026-11-03 08:00"), outcome=Outcome.WAIVED)
    happen(office, "siping-004", waived, actor="operator_a", now=at("2026-11-03 09:00"))
    assert stands(office, at("2026-12-01 00:00"))["use_report/U1"] is Standing.LIFTED


# the month's plan ---------------------------------------------------------------------------------------------------

PLANS = [
    ("2026-11", "2026-11-05", "2026-11-04", ["2026-11-01"], 3, "1日为休息日"),
    ("2026-10", "2026-10-08", "2026-10-04", [f"2026-10-0{n}" for n in range(1, 8)], 0, "没有工作日"),
    ("2026-05", "2026-05-06", "2026-05-04", [f"2026-05-0{n}" for n in range(1, 6)], 0, "没有工作日"),
    ("2027-01", None, "2027-01-04", None, None, "2027 年放假安排的通知尚未载入"),
    ("2028-01", None, "2028-01-04", None, None, "不在有效期内"),
]


@pytest.mark.parametrize(("month", "due", "target", "off", "workdays", "risk"), PLANS)
def test_the_plan_of_a_month(
    office: Office, month: str, due: str | None, target: str, off: list[str] | None, workdays: int | None, risk: str
) -> None:
    made = plan(office, Period.parse(month), at("2026-11-02 09:00"))
    document = made.as_json()
    assert (document["due"], document["target"], document["days_off"]) == (due, target, off)
    assert document["workdays_before_target"] == workdays
    assert document["build_on"] == f"{month}-01"
    assert document["approvers"] == ["steward_a", "steward_b"]
    assert any(risk in zh for zh, _ in made.risks)


def test_a_plan_shows_what_is_late(office: Office) -> None:
    made = plan(office, Period.parse("2026-11"), at("2026-11-06 09:00"))
    assert [row.clock.key for row in made.rows] == ["delivery/2026-10"]
    assert {"已过内部目标日，尚未送达", "1 项时限已逾期"} <= {zh for zh, _ in made.risks}
    deliver(office, at("2026-11-04 10:00"))
    made = plan(office, Period.parse("2026-11"), at("2026-11-06 09:00"))
    assert "delivery" not in {row.clock.rule.name for row in made.rows}
    assert [zh for zh, _ in made.risks] == ["1日为休息日：由定时任务编制"]


# the calendar's override --------------------------------------------------------------------------------------------


def with_notice(root: Path, text: str) -> Path:
    path = root / "calendar.toml"
    path.write_text(text, encoding="utf-8")
    settings = root / "gateway.toml"
    settings.write_text('calendar = "calendar.toml"\n' + settings.read_text())
    return path


def allow(root: Path, name: str, key: bytes) -> None:
    signers = root / "keys" / "allowed_signers"
    signers.write_text(signers.read_text() + f'{name} namespaces="{NOTICE}" {public_line(key)}\n')


def signed(path: Path, key: bytes, namespace: str = NOTICE) -> None:
    path.with_name(path.name + ".sig").write_text(sign(path.read_bytes(), key, namespace))


def test_a_signed_notice_gives_the_year_its_due_dates(root: Path, people: Keyring) -> None:
    path = with_notice(root, NOTICE_2027)
    allow(root, "steward_a", people.get("steward_a"))
    signed(path, people.get("steward_a"))
    office = load_office(root, at("2026-11-26 09:00"))
    made = plan(office, Period.parse("2027-05"), at("2026-11-26 09:00"))
    assert made.as_json()["due"] == "2027-05-06"
    row = next(r for r in standings(office, at("2027-01-02 00:00")) if r.clock.key == "delivery/2026-12")
    assert row.reckoned.due is not None


def test_a_term_that_runs_gets_its_end_when_the_notice_is_loaded(root: Path, people: Keyring, office: Office) -> None:
    told = Happening(event="breach_notified", subject="L9", at=at("2026-12-30 08:00"))
    happen(office, "siping-004", told, actor="operator_a", now=at("2026-12-30 09:00"))
    (row,) = (r for r in standings(office, at("2026-12-30 10:00")) if r.clock.subject == "L9")
    assert row.reckoned.due is None
    allow(root, "steward_a", people.get("steward_a"))
    signed(with_notice(root, NOTICE_2027), people.get("steward_a"))
    later = at("2026-12-30 11:00")
    (row,) = (r for r in standings(load_office(root, later), later) if r.clock.subject == "L9")
    assert row.reckoned.due is not None
    assert row.reckoned.due.date() == date(2027, 1, 6)  # 元旦 from 12-31 to 01-03


NOTICES = {
    "unsigned": (NOTICE_2027, None, None, ConfigurationError),
    "signed by somebody unknown": (NOTICE_2027, "stranger", NOTICE, GatewayError),
    "signed by the operator": (NOTICE_2027, "operator_a", NOTICE, ConfigurationError),
    "signed for something else": (NOTICE_2027, "steward_a", APPROVAL, GatewayError),
    "signed, but it contradicts the library": (
        OF_2026.replace("2026-10-10", "2026-10-11"),
        "steward_a",
        NOTICE,
        ConfigurationError,
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_that_does_not_hold_is_refused_and_recorded_once(root: Path, people: Keyring, name: str) -> None:
    text, signer, namespace, error = NOTICES[name]
    path = with_notice(root, text)
    key = people.get("steward_a") if signer == "steward_a" else generate_key()
    if signer in {"steward_a", "operator_a"}:
        allow(root, str(signer), key)
    if signer:
        signed(path, key, str(namespace))
    for _ in range(2):
        with pytest.raises(error):
            load_office(root, at("2026-11-26 09:00"))
    path.unlink()
    (root / "gateway.toml").write_text((root / "gateway.toml").read_text().replace('calendar = "calendar.toml"\n', ""))
    office = load_office(root, at("2026-11-26 09:00"))
    (refused,) = office.ledger.entries(kind="configuration.refused")
    assert any("calendar.toml" in line for line in refused.body["files"])


def test_a_notice_changed_after_it_was_signed_is_refused(root: Path, people: Keyring) -> None:
    path = with_notice(root, NOTICE_2027)
    allow(root, "steward_a", people.get("steward_a"))
    signed(path, people.get("steward_a"))
    path.write_text(NOTICE_2027.replace("2027-02-20", "2027-02-21"))
    with pytest.raises(IntegrityError):
        load_office(root, at("2026-11-26 09:00"))


def test_two_agreements_that_claim_one_recipient_are_refused_and_recorded(root: Path) -> None:
    settings = root / "gateway.toml"
    settings.write_text('further_agreements = ["agreements/demo-township.toml"]\n' + settings.read_text())
    with pytest.raises(ConfigurationError) as caught:
        load_office(root, at("2026-11-26 09:00"))
    assert "manager_a" in caught.value.zh
    settings.write_text(settings.read_text().split("\n", 1)[1])
    office = load_office(root, at("2026-11-26 09:00") + timedelta(days=1))
    assert len(office.ledger.entries(kind="configuration.refused")) == 1
