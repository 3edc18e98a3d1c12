"""Letters that the agreement demands: what they say, which clocks they start, and what is refused and recorded."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.agreement import Happening, Standing
from gateway.base.errors import GatewayError, InputError, TermsError
from gateway.model.period import Period
from gateway.release.site.office import Office, load_office
from gateway.release.terms.clocks import happen, standings
from gateway.release.terms.notices import DRAFTED, Notice, Told, draft, resupply
from tests.clocks.conftest import at
from tests.clocks.test_standings import deliver

OCTOBER = Period.parse("2026-10")


def told(notice: Notice, moment: str, subject: str, until: str | None = None) -> Told:
    day = date.fromisoformat(until) if until else None
    return Told(notice=notice, subject=subject, reason="平台系统升级", at=at(moment), until=day)


def write(office: Office, what: Told, later: timedelta = timedelta(minutes=1)) -> str:
    return draft(office, what, what.at + later).text


def event(office: Office, name: str, subject: str, moment: str, sets: str | None = None) -> None:
    day = date.fromisoformat(sets) if sets else None
    happening = Happening(event=name, subject=subject, at=at(moment), sets=day)
    happen(office, "siping-004", happening, actor="operator_a", now=at(moment))


def stands(office: Office, key: str, moment: str) -> Standing:
    return next(row.standing for row in standings(office, at(moment)) if row.clock.key == key)


def test_a_foreseen_delay_is_told_one_working_day_ahead(office: Office) -> None:
    """Due on Thursday the 5th of November: the notice has to be out on Wednesday."""
    text = write(office, told(Notice.DELAY, "2026-11-03 10:00", "2026-10", "2026-11-09"))
    for part in ("四平市就业服务局：", "2026年11月5日", "2026年11月9日", "因平台系统升级", "四(二)5“", "补送"):
        assert part in text
    row = next(r for r in standings(office, at("2026-11-03 11:00")) if r.clock.rule.name == "delay_notice")
    assert row.reckoned.due == at("2026-11-04 23:59:59")
    event(office, "delay_notified", "2026-10", "2026-11-04 12:00")
    assert stands(office, "delay_notice/2026-10", "2026-11-05 00:00") is Standing.MET
    assert resupply(office.ledger.entries(), OCTOBER) == "补送：平台系统升级"
    assert resupply(office.ledger.entries(), OCTOBER.previous) is None


def test_an_unforeseen_delay_is_late_on_record(office: Office) -> None:
    write(office, told(Notice.DELAY, "2026-11-05 18:00", "2026-10", "2026-11-09"))
    assert stands(office, "delay_notice/2026-10", "2026-11-05 18:05") is Standing.OVERDUE
    event(office, "delay_notified", "2026-10", "2026-11-05 18:30")
    assert stands(office, "delay_notice/2026-10", "2026-11-06 00:00") is Standing.MET_LATE


def test_after_the_due_day_it_is_no_longer_foreseen_but_marked_as_resupply(office: Office) -> None:
    write(office, told(Notice.DELAY, "2026-11-06 09:00", "2026-10", "2026-11-09"))
    assert all(row.clock.rule.name != "delay_notice" for row in standings(office, at("2026-11-06 10:00")))
    assert resupply(office.ledger.entries(), OCTOBER) is not None


def test_force_majeure_in_24_hours_with_evidence_in_15_days(office: Office) -> None:
    text = write(office, told(Notice.FORCE_MAJEURE, "2026-11-03 03:00", "洪水"))
    assert "2026年11月3日3时00分" in text
    assert "2026年11月18日" in text
    assert "九2“" in text
    event(office, "force_majeure_notified", "洪水", "2026-11-04 02:59")
    assert stands(office, "force_majeure_notice/洪水", "2026-11-04 03:00") is Standing.MET
    assert stands(office, "force_majeure_evidence/洪水", "2026-11-18 23:59") is Standing.DUE_SOON
    assert stands(office, "force_majeure_evidence/洪水", "2026-11-19 00:00") is Standing.OVERDUE


def test_a_rectification_is_reported_by_the_date_that_was_set(office: Office) -> None:
    event(office, "rectification_demanded", "函2", "2026-11-03 09:00", "2026-11-10")
    made = draft(office, told(Notice.RECTIFIED, "2026-11-06 09:00", "函2"), at("2026-11-06 09:01"))
    assert "限期2026年11月10日" in made.text
    assert made.sent == "rectified"
    with pytest.raises(TermsError):  # nothing to report on
        write(office, told(Notice.RECTIFIED, "2026-11-06 10:00", "函3"))


def test_breaches_of_the_other_side(office: Office) -> None:
    text = write(office, told(Notice.BREACH, "2026-11-06 09:00", "函B", "2026-11-11"))
    assert "请于2026年11月11日前整改" in text
    assert "六4“" in text
    assert "请立即整改" in write(office, told(Notice.MISUSE, "2026-11-06 10:00", "函M"))
    assert stands(office, "receiver_rectification/函B", "2026-11-12 00:00") is Standing.OVERDUE


def test_renewal_and_termination(office: Office) -> None:
    assert "2027年12月31日期满" in write(office, told(Notice.RENEWAL, "2027-11-20 09:00", "siping-004"))
    text = write(office, told(Notice.TERMINATION, "2028-01-02 09:00", "siping-004"))
    assert "八1“本协议终止后，乙方立即停止向甲方提供数据”" in text
    with pytest.raises(TermsError):
        write(office, told(Notice.RENEWAL, "2028-01-02 10:00", "siping-004"))


REFUSED = {
    "no new date": (told(Notice.DELAY, "2026-11-03 10:00", "2026-10"), InputError),
    "a date that is not later than the due date": (
        told(Notice.DELAY, "2026-11-03 10:00", "2026-10", "2026-11-05"),
        InputError,
    ),
    "a month that is none": (told(Notice.DELAY, "2026-11-03 10:00", "October", "2026-11-09"), InputError),
    "a new date after the agreement's end": (
        told(Notice.DELAY, "2027-12-03 10:00", "2027-11", "2028-01-05"),
        TermsError,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_is_refused_and_recorded(office: Office, name: str) -> None:
    what, error = REFUSED[name]
    with pytest.raises(error):
        write(office, what)
    kinds = [entry.kind for entry in office.ledger.entries()]
    assert "notice.refused" in kinds
    assert DRAFTED not in kinds


def test_a_future_event_and_a_clock_moved_back_are_refused(office: Office) -> None:
    with pytest.raises(InputError):
        draft(office, told(Notice.FORCE_MAJEURE, "2026-11-03 10:00", "x"), at("2026-11-03 09:00"))
    write(office, told(Notice.MISUSE, "2026-11-06 10:00", "函M"))
    with pytest.raises(InputError):
        draft(office, told(Notice.MISUSE, "2026-11-05 10:00", "函N"), at("2026-11-05 10:00"))


def test_what_was_delivered_is_not_late(office: Office) -> None:
    deliver(office, at("2026-11-04 10:00"))
    with pytest.raises(TermsError):
        write(office, told(Notice.DELAY, "2026-11-04 11:00", "2026-10", "2026-11-09"))


def test_letters_lie_encrypted(office: Office) -> None:
    write(office, told(Notice.BREACH, "2026-11-06 09:00", "函B", "2026-11-11"))
    (path,) = (office.var / "letters").iterdir()
    assert "整改".encode() not in path.read_bytes()
    assert "整改" in office.keyring.open_sealed(path.read_bytes(), f"letter/{path.stem}").decode()


def test_an_agreement_without_such_a_clock_says_so(root: Path) -> None:
    settings = root / "gateway.toml"
    text = settings.read_text()
    settings.write_text(text.replace("agreements/siping-004.toml", "agreements/demo-township.toml"))
    office = load_office(root, at("2026-11-02 09:00"))
    for notice in (Notice.FORCE_MAJEURE, Notice.BREACH):
        with pytest.raises(GatewayError):
            write(office, told(notice, "2026-11-06 09:00", "x"))
