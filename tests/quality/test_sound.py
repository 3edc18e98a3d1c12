"""The shipped suites hold on a sound month, and say how much they have checked."""

import copy
import json

import pytest

from gateway.quality import Severity, read_suite, run_suite
from tests.quality.conftest import PARAMETERS, names, suite
from tests.quality.declarations import SPECS

FIVE = ["market_activity", "pay_bands", "recruiting_area", "supply_demand", "worker_profile"]
THREE = ["feed_activities", "feed_postings", "feed_workers"]


def test_there_is_one_suite_a_table_and_one_a_feed():
    assert names() == sorted(FIVE + THREE)


@pytest.mark.parametrize("name", names())
def test_a_sound_month_passes(name, sound):
    result = sound[name]
    assert [r.id for r in result.failures] == []
    assert result.success
    assert result.passed == len(result.results) > 20
    assert [r.id for r in result.results] == [e["meta"]["id"] for e in suite(name)["expectations"]]


@pytest.mark.parametrize("name", names())
def test_all_expectations_had_something_to_check(name, sound):
    idle = {r.id for r in sound[name].results if r.checked == 0}
    assert idle == set()


@pytest.mark.parametrize("name", FIVE)
def test_a_table_s_suite_covers_every_figure(name):
    spec, read = SPECS[name], read_suite(suite(name))
    ids = {e.meta.id for e in read.expectations}
    for figure in (*spec.measures, *spec.derived):
        ends = {"type", "marked", "marks", "withheld_is_empty", "normal_is_filled"}
        assert {f"{figure.name}_{end}" for end in ends} <= ids
    for measure in spec.measures:
        ends = {"not_negative", "as_computed", "as_source", "change"} | (
            {"threshold"} if spec.rounding is None else set()
        )
        assert {f"{measure.name}_{end}" for end in ends} <= ids
        for dimension in spec.dimensions:
            assert _totals(spec, measure, dimension) <= ids
    for derived in spec.derived:
        assert {f"{derived.name}_range", f"{derived.name}_terms_shown"} <= ids
    for dimension in spec.dimensions:
        assert {f"{dimension.name}_type", f"{dimension.name}_in_list"} <= ids


def _totals(spec, measure, dimension):
    if spec.additive(measure, dimension):
        return {f"{measure.name}_adds_up"}
    return {f"{measure.name}_parts_within_total", f"{measure.name}_parts_cover_total"}


@pytest.mark.parametrize("name", FIVE)
def test_persons_and_employer_groups_have_their_own_threshold(name):
    spec, read = SPECS[name], read_suite(suite(name))
    needs = {e.meta.id: e.parameters for e in read.expectations}
    for measure in spec.measures:
        if spec.rounding is not None:
            assert f"{measure.name}_threshold" not in needs
            continue
        wanted = "minimum_persons" if measure.model.value == "persons" else "minimum_groups"
        assert needs[f"{measure.name}_threshold"] == {wanted}


THRESHOLDS = {
    "supply_demand": {"minimum_groups", "minimum_persons", "unplaced_share", "change_lower", "change_upper"},
    "pay_bands": {"minimum_groups", "unplaced_share", "change_lower", "change_upper"},
    "recruiting_area": {"minimum_groups", "unplaced_share", "change_lower", "change_upper"},
    "worker_profile": {"change_lower", "change_upper"},
    "market_activity": {"minimum_groups", "minimum_persons", "unplaced_share", "change_lower", "change_upper"},
    "feed_workers": {"refused_share", "duplicate_share", "out_of_code_list_share"},
    **{
        name: {"refused_share", "duplicate_share", "out_of_code_list_share", "days_without_rows"}
        for name in ("feed_postings", "feed_activities")
    },
}


@pytest.mark.parametrize("name", names())
def test_thresholds_are_named_and_not_written_into_the_file(name):
    read = read_suite(suite(name))
    assert read.parameters == THRESHOLDS[name]
    assert all(e.meta.severity is Severity.BLOCKING for e in read.expectations)


@pytest.mark.parametrize("name", names())
def test_great_expectations_itself_reads_the_files(name):
    from gateway.quality import engine

    read = suite(name)
    own = engine._library().ExpectationSuite(**copy.deepcopy(read))
    assert [e.expectation_type for e in own.expectations] == [e["type"] for e in read["expectations"]]


def test_a_result_s_document_is_the_same_for_the_same_findings(frames, sound):
    again = run_suite(suite("recruiting_area"), frames["recruiting_area"], PARAMETERS)
    assert json.dumps(again.as_document()) == json.dumps(sound["recruiting_area"].as_document())
