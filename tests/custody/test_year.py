"""The year under the four agreements, and that no duty of FIELD section 1 is without its entry and its scene.

``DUTIES`` is FIELD section 1's table of these four agreements, row for row: the duty in short, the clause, and where
its entry stands in the agreement file."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.agreement import CustodyTerms, Standing, load_agreement
from gateway.demo.custody_year import custody_year
from gateway.model.custody import Rule, Step
from gateway.model.period import ZONE
from gateway.release.site.office import load_office
from gateway.release.terms.clocks import standings

ROOT = Path(__file__).resolve().parents[2]
Entry = Callable[[CustodyTerms], object]


def rule(*names: Rule) -> Entry:
    return lambda terms: all(terms.demands(name) for name in names)


def clock(name: str, kind: str, length: int | None = None, unit: str | None = None) -> Entry:
    def stands(terms: CustodyTerms) -> bool:
        found = next(row for row in terms.clocks if row.name == name)
        wanted = (kind, length if length else terms.length(found), unit or found.unit)
        return (found.kind, terms.length(found), found.unit) == wanted

    return stands


def needs(procedure: str, *steps: Step) -> Entry:
    return lambda terms: (
        {need.step for row in terms.procedures if row.name == procedure for need in row.needs} >= {*steps}
    )


def end(event: str, action: str) -> Entry:
    return lambda terms: any((row.event, row.action) == (event, action) for row in terms.ends)


@dataclass(frozen=True)
class Duty:
    """A row: what FIELD says, the clause, the entries that carry it."""

    agreement: str
    name: str
    clause: str
    field: str
    entries: tuple[Entry, ...]


H, E, L, M = "hardship-000", "education-001", "legal-002", "medical-003"
DUTIES = (
    Duty(H, "collect_needed", "三1", "collect only what the purpose needs", (lambda t: len(t.materials) == 4,)),
    Duty(H, "told", "三1", "tell the person the purpose and the promise", (rule(Rule.TELL_PURPOSE), lambda t: t.told)),
    Duty(H, "purpose", "三2", "purpose limits (two named purposes)", (lambda t: len(t.purposes) == 2,)),
    Duty(
        H,
        "storage_place",
        "三3(3)",
        "no third-party storage, no public cloud, no unencrypted mail",
        (rule(Rule.NO_THIRD_PARTY, Rule.NO_PUBLIC_CLOUD), lambda t: t.places.allowed == ("own_server",)),
    ),
    Duty(H, "encrypted", "三3(1)", "encrypted storage", (rule(Rule.ENCRYPTED),)),
    Duty(H, "named_reviewers", "三3(1)", "access only by named reviewers", (rule(Rule.NAMED_PERSONS),)),
    Duty(
        H,
        "delete_30_days",
        "三3(2)",
        "delete electronic and paper copies within [30] calendar days of completion",
        (clock("delete_after_completion", "within", 30, "day"), end("completed", "destroy")),
    ),
    Duty(
        H,
        "delete_7_days",
        "六3",
        "or 7 working days after withdrawal or failed review",
        (
            clock("delete_after_withdrawal", "within", 7, "working_day"),
            clock("delete_after_failed_review", "within", 7, "working_day"),
            end("withdrawn", "destroy"),
            end("review_failed", "destroy"),
        ),
    ),
    Duty(
        H,
        "record_6_months",
        "三3(2)",
        "keep the deletion record at least [6] months",
        (
            lambda t: (
                [(r.length, r.unit, r.least) for r in t.retention if r.what == "deletion_record"] == [(6, "month", 1)]
            ),
        ),
    ),
    Duty(H, "certificate", "四1(2)", "deletion certificate on request", (rule(Rule.DELETION_PROOF),)),
    Duty(
        H,
        "handover",
        "三4",
        "internal handover recorded, re-signed and told to the person",
        (rule(Rule.RESIGN_HANDOVER, Rule.TELL_HANDOVER), clock("handover_notice", "at_once")),
    ),
    Duty(
        H,
        "legal_before",
        "三5",
        "legal demand: notify [3] working days before",
        (clock("legal_demand_notice", "before", 3, "working_day"),),
    ),
    Duty(
        H,
        "legal_after",
        "三5",
        "in an emergency within [3] working days after",
        (clock("legal_demand_notice_after", "within", 3, "working_day"),),
    ),
    Duty(
        E,
        "coordinators",
        "1",
        "a coordinator on each side",
        (lambda t: {p.of for p in t.persons} == {"holder", "owner"},),
    ),
    Duty(
        E,
        "need_to_know",
        "3.4",
        "need to know: only staff who signed",
        (rule(Rule.NEED_TO_KNOW, Rule.COMMITMENT_FIRST),),
    ),
    Duty(E, "no_copies", "3.11", "nothing copied (backups too), lent", (rule(Rule.NO_COPIES),)),
    Duty(
        E,
        "permission",
        "6.2",
        "or discarded without written permission, so a destruction waits for it",
        (rule(Rule.DESTROY_WITH_PERMISSION), end("project_ended", "destroy")),
    ),
    Duty(E, "existence", "3.3", "not even the agreement's existence is told", (rule(Rule.EXISTENCE_SECRET),)),
    Duty(
        E,
        "supporters",
        "3.9",
        "remote supporters are listed and sign",
        (rule(Rule.SUPPORTERS_LISTED), lambda t: any(g.remote for g in t.grants)),
    ),
    Duty(
        E,
        "legal_opinion",
        "5",
        "a legal demand needs the lawyer's opinion and the owner's confirmation",
        (
            rule(Rule.LEGAL_DEMAND_OPINION, Rule.LEGAL_DEMAND_CONFIRMED),
            needs("legal_demand", Step.LAWYERS_OPINION, Step.OWNER_CONFIRMATION),
        ),
    ),
    Duty(
        E,
        "incident_48_hours",
        "8.4",
        "incident: written notice within 48 hours with time and scope",
        (clock("incident_notice", "within", 48, "hour"), needs("incident", Step.NOTICE, Step.MEASURES)),
    ),
    Duty(
        E,
        "defect_24_hours",
        "8.6",
        "defect: response within 24 hours",
        (clock("defect_response", "within", 24, "hour"), needs("defect", Step.RESPONSE)),
    ),
    Duty(
        E,
        "return",
        "6.1",
        "return everything, no copy kept",
        (rule(Rule.RETURN_WITHOUT_COPY), end("return_demanded", "return")),
    ),
    Duty(
        E, "for_ever", "9.3", "personal information confidential for ever", (clock("personal_for_ever", "permanent"),)
    ),
    Duty(L, "purposes", "二1", "purposes listed", (lambda t: len(t.purposes) == 5,)),
    Duty(
        L,
        "sensitive",
        "二4",
        "sensitive classes to authorised persons only",
        (
            rule(Rule.NEED_TO_KNOW),
            lambda t: (
                {c.value for m in t.materials for c in m.classes if c.sensitive}
                == {"identity", "property", "family", "health", "minors", "litigation", "offences"}
            ),
        ),
    ),
    Duty(L, "trained", "四2", "training recorded", (rule(Rule.TRAINED),)),
    Duty(
        L,
        "legal_first_moment",
        "三3",
        "a legal demand told to the owner at the first moment and met only as far as needed",
        (
            clock("legal_demand_notice", "at_once"),
            rule(Rule.LEGAL_DEMAND_MINIMUM),
            needs("legal_demand", Step.NECESSITY),
        ),
    ),
    Duty(
        L,
        "records_on_request",
        "六3",
        "statements and records handed over on request",
        (rule(Rule.RECORDS_ON_REQUEST), needs("inquiry", Step.STATEMENT, Step.RECORDS)),
    ),
    Duty(L, "records", "四3", "access, handover and deletion records", (lambda t: t.retention[0].unit == "permanent",)),
    Duty(
        L,
        "complaint_1_day",
        "六1",
        "complaint answered in 1 working day",
        (clock("complaint_response", "within", 1, "working_day"),),
    ),
    Duty(
        L,
        "complaint_4_hours",
        "六1",
        "urgent in 4 hours",
        (clock("complaint_urgent_response", "within", 4, "hour"),),
    ),
    Duty(L, "incident_at_once", "六2", "incident notified at once", (clock("incident_notice", "at_once"),)),
    Duty(
        L,
        "first_response",
        "五1",
        "first response to a lead 30 minutes, in special hours 2 hours",
        (clock("lead_response", "within", 30, "minute"), clock("lead_urgent_response", "within", 2, "hour")),
    ),
    Duty(
        L,
        "end_confirmed",
        "七2",
        "delete, return or anonymise at the end, with written confirmation",
        (
            rule(Rule.ANONYMISE, Rule.DELETION_PROOF),
            end("deletion_demanded", "destroy"),
            end("return_demanded", "return"),
            end("anonymisation_demanded", "anonymise"),
        ),
    ),
    Duty(
        M,
        "signed_and_filed",
        "二(二)5",
        "staff sign a commitment before they see anything, filed with the owner",
        (rule(Rule.COMMITMENT_FIRST, Rule.COMMITMENT_FILED),),
    ),
    Duty(M, "replacement", "二(二)5", "a replacement re-signs and is filed again", (rule(Rule.RESIGN_HANDOVER),)),
    Duty(M, "granted_scope", "二(二)7", "access within granted scope", (rule(Rule.NEED_TO_KNOW),)),
    Duty(
        M,
        "return",
        "二(二)8",
        "return without backup",
        (rule(Rule.RETURN_WITHOUT_COPY), end("return_demanded", "return")),
    ),
    Duty(
        M,
        "end_of_work",
        "二(二)9",
        "copies and residual data destroyed at the end of the work",
        (clock("destroy_at_end", "at_once"), end("work_ended", "destroy")),
    ),
    Duty(
        M,
        "breach_at_once",
        "二(二)10",
        "possible breach reported at once",
        (clock("breach_notice", "at_once"), needs("breach", Step.NOTICE)),
    ),
)


def terms(name: str) -> CustodyTerms:
    found = load_agreement(ROOT / "agreements" / f"{name}.toml")
    assert isinstance(found, CustodyTerms)
    return found


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: f"{duty.agreement}-{duty.name}")
def test_every_duty_has_its_entry(duty: Duty) -> None:
    found = terms(duty.agreement)
    assert duty.clause in found.clauses
    for number, entry in enumerate(duty.entries):
        assert entry(found), (duty.field, number)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return custody_year(tmp_path_factory.mktemp("year") / "demo", lambda stage, done: None)


def test_every_duty_has_its_scene_and_every_scene_its_duty(year: dict[str, Any]) -> None:
    shown = {(row["agreement"], row["duty"]) for row in year["happened"]}
    assert shown == {(duty.agreement, duty.name) for duty in DUTIES}
    assert {row["at"][:4] for row in year["happened"]} == {"2026"}


def test_the_year_leaves_its_papers_and_a_sound_ledger(year: dict[str, Any]) -> None:
    assert len(year["reports"]) == 5
    assert len(year["certificates"]) == 10
    for path in map(Path, year["certificates"]):
        document = json.loads(path.with_suffix(".json").read_bytes())
        assert document["in_time"] in (True, None)
        assert document["number"] in path.read_text(encoding="utf-8")
        assert path.with_suffix(".json.sig").is_file()
    root = Path(year["deployment"])
    checked = _gateway("ledger", "verify", "-C", str(root), "--json")
    assert json.loads(checked.stdout)["valid"], checked.stdout
    left = [path for path in root.rglob("*") if path.is_file() and b"made-up material" in path.read_bytes()]
    assert left == []  # nothing in plain, of what is gone and of what is still held


def test_every_clock_of_the_year_was_kept(year: dict[str, Any]) -> None:
    end = datetime(2026, 12, 31, 12, 0, tzinfo=ZONE)
    rows = [
        row for row in standings(load_office(Path(year["deployment"]), end), end) if row.clock.agreement in (H, E, L, M)
    ]
    assert len(rows) > 25
    assert {row.standing for row in rows} <= {Standing.MET, Standing.PERMANENT}


def test_an_auditor_s_report_answers_who_what_when_and_by_which_clause(year: dict[str, Any]) -> None:
    page = next(Path(path) for path in year["reports"] if "hardship-000" in path)
    text = page.read_text(encoding="utf-8")
    for wanted in ("reviewer_a", "三3(2)", "case-0001", "版本 1", "已销毁", "填表人", "印章"):
        assert wanted in text, wanted
    from openpyxl import load_workbook

    book = load_workbook(page.with_name("report.xlsx"))
    assert book.sheetnames[:3] == ["概要", "材料", "查阅记录"]
    holdings = list(book["材料"].iter_rows(values_only=True))
    lines = page.with_name("holdings.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert len(holdings) == len(lines) - 1
    assert len(holdings) - 1 == text.count(">自有服务器</td>")


def test_a_person_learns_what_was_held_why_and_that_it_is_gone(year: dict[str, Any]) -> None:
    page = next(Path(path) for path in year["reports"] if "case-0001" in path)
    text = page.read_text(encoding="utf-8")
    for wanted in ("困难家庭资格核验", "优惠审核专员甲", "已销毁", "三1", "核验通过且服务完成"):
        assert wanted in text, wanted
    assert "case-0002" not in text  # nobody else's


def test_as_a_command(tmp_path: Path) -> None:
    done = _gateway("demo", "--custody", "--dir", str(tmp_path / "demo"), "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["happened"]) == len(DUTIES) + 1  # seven working days are shown twice


def _gateway(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
