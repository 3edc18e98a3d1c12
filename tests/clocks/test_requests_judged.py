"""Whether the agreement covers what a letter asks for: a table of letters, each with the clauses against it."""

import datetime as dt
from typing import Any

import pytest

from gateway.agreement import Calendar
from gateway.agreement.request import RequestFile, judge
from gateway.base.errors import ConfigurationError, TermsError
from gateway.base.toml import load_toml
from gateway.release.site.office import Office
from tests.clocks.conftest import at

AREAS = {"220300": "city", "220302": "county", "220303": "county", "220302001": "township"}
GOOD: dict[str, Any] = {
    "format": "gateway-request/1",
    "reference": "四就函〔2026〕12号",
    "received": at("2026-11-09 10:00"),
    "needed_by": dt.date(2026, 11, 12),
    "asked_by": "manager_a",
    "purpose": "policy",
    "clause": "二(一)4",
    "period": "2026-10",
    "area": ["220302"],
    "asks_for": ["aggregate"],
}

# what is changed → (clauses against it, whether the notice is short, the first day that it would be in time for)
LETTERS: dict[str, tuple[dict[str, Any], list[str], bool, str | None]] = {
    "three working days ahead": ({}, [], False, "2026-11-12"),
    "two": ({"needed_by": dt.date(2026, 11, 11)}, [], True, "2026-11-12"),
    "over a weekend": (
        {"received": at("2026-11-06 17:00"), "needed_by": dt.date(2026, 11, 10)},
        [],
        True,
        "2026-11-11",
    ),
    "over the National Days": (
        {"received": at("2026-09-29 09:00"), "needed_by": dt.date(2026, 10, 9), "period": "2026-08"},
        [],
        False,
        "2026-10-09",
    ),
    "into a year without its notice": (
        {"received": at("2026-12-31 09:00"), "needed_by": dt.date(2027, 1, 5)},
        [],
        True,  # nobody knows yet: met by consent only
        None,
    ),
    "individual data": ({"asks_for": ["individuals"]}, ["四(一)6"], False, "2026-11-12"),
    "bank cards beside figures": ({"asks_for": ["aggregate", "sensitive_personal"]}, ["二(二)1"], False, "2026-11-12"),
    "trade secrets": ({"asks_for": ["trade_secrets"]}, ["二(二)1"], False, "2026-11-12"),
    "another purpose": ({"purpose": "marketing"}, ["一"], False, "2026-11-12"),
    "another city": ({"area": ["220381"]}, ["二(一)1"], False, "2026-11-12"),
    "a township": ({"area": ["220302001"]}, ["二(一)1"], False, "2026-11-12"),
    "somebody who is not named": ({"asked_by": "manager_c"}, ["四(一)3"], False, "2026-11-12"),
    "a clause that nobody knows": ({"clause": "二(一)9"}, ["二(一)1"], False, "2026-11-12"),
    "a clause that forbids": ({"clause": "四(一)6"}, ["二(一)1"], False, "2026-11-12"),
    "after the end": (
        {"received": at("2027-12-30 09:00"), "needed_by": dt.date(2028, 1, 5)},
        ["七"],
        True,
        None,
    ),
    "everything at once": (
        {"asks_for": ["individuals"], "purpose": "sale", "asked_by": "x", "needed_by": dt.date(2026, 11, 9)},
        ["四(一)6", "一", "四(一)3"],
        True,
        "2026-11-12",
    ),
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_judged_by_the_clauses(office: Office, name: str) -> None:
    changed, clauses, short, earliest = LETTERS[name]
    asked = RequestFile.model_validate(GOOD | changed)
    verdict = judge(office.terms, asked, Calendar(), AREAS.get)
    assert [reason.clause for reason in verdict.against] == clauses
    assert all(reason.clause in office.terms.clauses and reason.zh and reason.en for reason in verdict.against)
    assert verdict.within is (clauses == [])
    assert verdict.short is short
    assert verdict.earliest == (dt.date.fromisoformat(earliest) if earliest else None)


def test_data_that_the_agreement_has_no_word_for(office: Office) -> None:
    asked = RequestFile.model_validate(GOOD | {"asks_for": ["rumours"]})
    with pytest.raises(TermsError) as caught:
        judge(office.terms, asked, Calendar(), AREAS.get)
    assert "rumours" in caught.value.zh


MISTAKES = {
    "a date before the notice": ("needed_by = 2026-11-12", "needed_by = 2026-11-08", "needed_by: 早于收到通知之日"),
    "no time zone": ("10:00:00+08:00", "10:00:00", "received: 时间须带时区"),
    "an unknown key": ("period", "periode", "periode"),
    "nothing asked for": ('asks_for = ["aggregate"]', "asks_for = []", "asks_for"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_file_is_named(tmp_path: Any, name: str) -> None:
    old, new, named = MISTAKES[name]
    path = tmp_path / "request.toml"
    path.write_text(LETTER.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_toml(path, RequestFile)
    assert named in caught.value.zh
    path.write_text(LETTER, encoding="utf-8")
    assert load_toml(path, RequestFile) == RequestFile.model_validate(GOOD)


LETTER = """format = "gateway-request/1"
reference = "四就函〔2026〕12号"
received = 2026-11-09T10:00:00+08:00
needed_by = 2026-11-12
asked_by = "manager_a"
purpose = "policy"
clause = "二(一)4"
period = "2026-10"
area = ["220302"]
asks_for = ["aggregate"]
"""
