"""The year under the main agreement: every scene goes as the agreement says, and every row of it has an entry and a
scene."""

from pathlib import Path
from typing import Any

import pytest

from gateway.agreement import Terms, load
from gateway.agreement.terms import named_clauses
from gateway.demo.year import year

ROOT = Path(__file__).resolve().parents[2]

# the main agreement, clause by clause: (clauses, what the gateway does, the scenes that show it)
ROWS = [
    ("二(一)1", "supply and demand, pay bands, by industry and county", ["holiday_shifted"]),
    ("二(一)1 十1", "townships only by a supplement", ["supplement"]),
    ("二(一)2", "workers by skill, age band, intended region", ["holiday_shifted"]),
    ("二(一)3", "market activity", ["holiday_shifted"]),
    ("二(一)4", "other aggregates: ad-hoc tables, same gates", ["request_granted"]),
    (
        "二(二)1",
        "full de-identification, never sensitive data or trade secrets",
        ["holiday_shifted", "request_refused"],
    ),
    ("二(二)2", "true, accurate, complete", ["holiday_shifted"]),
    ("三(一)", "standard files, encrypted, to the designated person, registered", ["holiday_shifted"]),
    ("三(一) 四(一)4", "secure channel, never other ones", ["wrong_channel"]),
    ("三(一)", "viewing account: off unless agreed", ["no_viewing_account", "viewing_account"]),
    ("三(二)", "by the 5th, moved by holidays", ["looking_ahead", "holiday_shifted"]),
    ("三(二)", "ad-hoc data, three working days ahead, or by consent", ["request_granted", "request_by_consent"]),
    ("四(一)3", "one or two data managers, receipt recorded", ["people_named", "holiday_shifted"]),
    ("四(一)5", "errors and gaps: told at once, checked together", ["dispute"]),
    ("四(一)6", "no individual data asked for", ["request_refused"]),
    ("四(二)3", "no leak, tampering, loss", ["holiday_shifted"]),
    ("四(二)1", "supervision of the use, misuse corrected", ["supervision"]),
    ("四(二)4", "a named contact", ["people_named"]),
    ("四(二)5", "delays told one working day ahead, resupply", ["late_foreseen", "late_unforeseen"]),
    ("四(二)6 五1", "all of it confidential", ["request_granted"]),
    ("五3 八2", "confidentiality goes on after the end", ["goes_on"]),
    ("六2", "wrong or late data: put right by the bureau's date, recall", ["rectification"]),
    ("六4", "other breaches: three working days", ["breach"]),
    ("七", "two years, talk of renewal 30 days before the end", ["renewal"]),
    ("八1", "stop at once after the end", ["termination"]),
    ("四(二)6", "the bureau's working secrets", ["request_granted", "goes_on"]),
    ("九2", "force majeure: 24 hours, 15 days", ["force_majeure"]),
]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The months that scenes are about, in full; the quiet ones are left to ``gateway demo --year``."""
    folder = tmp_path_factory.mktemp("year") / "d"
    return year(folder, rows=6000, seed=1, every_month=False, progress=lambda _stage, _done: None)


@pytest.fixture(scope="module")
def terms() -> Terms:
    return load(ROOT / "agreements" / "siping-004.toml")


def test_every_scene_goes_as_the_agreement_says(played: dict[str, Any]) -> None:
    assert [scene["name"] for scene in played["scenes"] if not scene["held"]] == []
    assert played["ledger"]
    assert played["held"]
    assert len(played["delivered"]) == 5  # three months and two answers


@pytest.mark.parametrize(("clauses", "what", "scenes"), ROWS)
def test_every_row_of_the_agreement_has_an_entry_and_a_scene(
    played: dict[str, Any], terms: Terms, clauses: str, what: str, scenes: list[str]
) -> None:
    entries = set(named_clauses(terms))
    shown = {scene["name"]: scene for scene in played["scenes"]}
    for clause in clauses.split():
        assert clause in terms.clauses, what
        assert clause in entries or clause == "十1", what
        assert any(clause in shown[name]["clauses"] for name in scenes), what
    assert all(shown[name]["held"] for name in scenes)


def test_no_scene_rests_on_a_clause_that_the_file_does_not_quote(played: dict[str, Any], terms: Terms) -> None:
    assert {clause for scene in played["scenes"] for clause in scene["clauses"]} <= set(terms.clauses)


def test_the_scenes_that_were_asked_for_are_all_there(played: dict[str, Any]) -> None:
    names = {scene["name"] for scene in played["scenes"]}
    assert names >= {
        "holiday_shifted",
        "late_foreseen",
        "late_unforeseen",
        "request_granted",
        "request_refused",
        "request_by_consent",
        "rectification",
        "force_majeure",
        "renewal",
        "termination",
    }
    days = [scene["day"] for scene in played["scenes"]]
    assert days == sorted(days)
