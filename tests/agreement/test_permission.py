"""What the terms permit: days, clauses, levels, hosts, recipients; refusals quote the clause and exit with 19."""

from datetime import date
from pathlib import Path

import pytest

from gateway.agreement import (
    check_clause,
    check_endpoint,
    check_in_force,
    check_release,
    in_force,
    levels,
    permit,
    recipients,
)
from gateway.base.errors import Exit, TermsError
from gateway.base.toml import load_toml
from gateway.model.period import Period
from gateway.model.release import ReleaseId
from gateway.model.table import TableSpec

NOW = date(2026, 11, 1)
DAYS = [("2025-12-31", False), ("2026-01-01", True), ("2027-12-31", True), ("2028-01-01", False)]


@pytest.mark.parametrize(("day", "expected"), DAYS)
def test_in_force_from_the_first_day_to_the_last(siping, day, expected):
    assert in_force(siping, date.fromisoformat(day)) is expected


def test_out_of_term_the_clauses_are_quoted(siping):
    check_in_force(siping, NOW)
    with pytest.raises(TermsError) as caught:
        check_in_force(siping, date(2028, 1, 1))
    assert caught.value.exit is Exit.TERMS == 19
    for text in (caught.value.zh, caught.value.en):
        assert "七:" in text
        assert "合作期限为2年" in text
        assert "八1:“本协议终止后，乙方立即停止向甲方提供数据”" in text
    assert caught.value.safe
    assert caught.value.next


def test_an_agreement_that_ended_early_stops_at_once(siping):
    ended = siping.model_copy(update={"term": siping.term.model_copy(update={"ended": date(2026, 6, 30)})})
    assert in_force(ended, date(2026, 6, 30))
    with pytest.raises(TermsError):
        check_in_force(ended, date(2026, 7, 1))


@pytest.mark.parametrize("clause", ["二(一)1", "二(一)2", "二(一)3", "二(一)4", "二（一）1"])
def test_clauses_in_scope(siping, clause):
    check_clause(siping, clause)


@pytest.mark.parametrize("clause", ["二(二)1", "四(一)6", "二(一)5", "二(一)", "", "三(二)", "二(一)11", "二 (一) 1"])
def test_clauses_out_of_scope(siping, clause):
    with pytest.raises(TermsError) as caught:
        check_clause(siping, clause)
    assert "二(一)1" in caught.value.zh
    if clause in siping.clauses:
        assert siping.clauses[clause] in caught.value.zh


LEVELS = [
    ("siping", "region", None, "2026-11-01", ("city", "county")),
    ("siping", "region", "recruiting_area", "2026-11-01", ("city", "county")),
    ("siping", "pay", "pay_bands", "2026-11-01", ("total", "unit", "band")),
    ("township", "region", "recruiting_area", "2026-02-28", ("city", "county")),
    ("township", "region", "recruiting_area", "2026-03-01", ("city", "county", "township")),
    ("township", "region", "supply_demand", "2026-03-01", ("city", "county")),
    ("township", "region", None, "2026-03-01", ("city", "county")),
    ("township", "industry", "recruiting_area", "2026-03-01", ("total", "section")),
]


@pytest.mark.parametrize(("agreement", "dimension", "table", "day", "expected"), LEVELS)
def test_levels_with_amendments_from_their_day_on(request, agreement, dimension, table, day, expected):
    terms = request.getfixturevalue(agreement)
    assert levels(terms, dimension, date.fromisoformat(day), table) == expected


def test_a_dimension_that_the_agreement_does_not_name_is_refused(siping):
    with pytest.raises(TermsError) as caught:
        levels(siping, "employer", NOW)
    assert "employer" in caught.value.en


def declared(name: str) -> TableSpec:
    return load_toml(Path(__file__).parents[2] / "pipelines" / "tables" / f"{name}.toml", TableSpec)


@pytest.mark.parametrize("name", ["supply_demand", "pay_bands", "recruiting_area", "worker_profile", "market_activity"])
@pytest.mark.parametrize("agreement", ["siping", "township"])
def test_every_table_of_the_month_is_permitted_under_both_agreements(request, agreement, name):
    terms, spec = request.getfixturevalue(agreement), declared(name)
    cut = permit(terms, spec, NOW)
    assert cut.measures == spec.measures
    for before, after in zip(spec.dimensions, cut.dimensions, strict=True):
        township = agreement == "township" and name == "recruiting_area"
        assert after.levels == tuple(level for level in before.levels if township or level != "township")


def test_a_table_out_of_scope_is_not_permitted(siping):
    spec = declared("recruiting_area")
    region = spec.dimensions[0]
    with pytest.raises(TermsError):
        permit(siping, spec.model_copy(update={"clause": "二(二)1"}), NOW)
    only = spec.model_copy(update={"dimensions": (region.model_copy(update={"levels": ("township",)}),)})
    with pytest.raises(TermsError):
        permit(siping, only, NOW)
    stranger = spec.model_copy(update={"dimensions": (region.model_copy(update={"name": "worker"}),)})
    with pytest.raises(TermsError):
        permit(siping, stranger, NOW)


@pytest.mark.parametrize(
    ("agreement", "host", "port", "allowed"),
    [
        ("siping", "sftp.siping.example", 22, True),
        ("siping", "sftp.siping.example", 2222, False),
        ("siping", "SFTP.siping.example.evil", 22, False),
        ("siping", "127.0.0.1", 22, False),
        ("township", "127.0.0.1", 41234, True),
        ("township", "localhost", 41234, False),
    ],
)
def test_only_listed_hosts_are_sent_to(request, agreement, host, port, allowed):
    terms = request.getfixturevalue(agreement)
    if allowed:
        check_endpoint(terms, host, port)
    else:
        with pytest.raises(TermsError):
            check_endpoint(terms, host, port)


def test_recipients_of_a_day(siping):
    assert [row.id for row in recipients(siping, NOW)] == ["manager_a", "manager_b"]
    first, second = siping.recipients
    handed_over = (
        first.model_copy(update={"until": date(2026, 10, 31)}),
        second.model_copy(update={"since": date(2026, 11, 2)}),
    )
    changed = siping.model_copy(update={"recipients": handed_over})
    assert [row.id for row in recipients(changed, date(2026, 10, 31))] == ["manager_a"]
    assert [row.id for row in recipients(changed, date(2026, 11, 2))] == ["manager_b"]
    with pytest.raises(TermsError):
        recipients(changed, NOW)


def test_releases_of_the_agreement(siping, township):
    period = Period.parse("2026-10")
    mine = siping.release(period)
    assert str(mine) == "LGTJ_220300_LHYG_202610_M_R01"
    assert str(siping.release(period, kind="A01", revision=2)) == "LGTJ_220300_LHYG_202610_A01_R02"
    check_release(siping, mine)
    for stranger in (township.release(period), ReleaseId(division="220200", platform="LHYG", period=period)):
        with pytest.raises(TermsError):
            check_release(siping, stranger)
