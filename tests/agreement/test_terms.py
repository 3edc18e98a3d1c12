"""Agreement files: what stands in the two that are there, and that a mistake in one is named by line and key."""

from pathlib import Path

import pytest

from gateway.agreement import load
from gateway.base.errors import ConfigurationError, Exit


def test_the_main_agreement_s_terms_are_there(siping):
    clocks = {(c.name, c.clause, c.kind, siping.length(c), c.unit) for c in siping.all_clocks}
    assert {
        ("delivery", "三(二)", "day_of_month", None, None),
        ("ad_hoc_notice", "三(二)", "before", 3, "working_day"),
        ("delay_notice", "四(二)5", "before", 1, "working_day"),
        ("supply_rectification", "六2", "set", None, None),
        ("rectification", "六4", "within", 3, "working_day"),
        ("renewal", "七", "before", 30, "day"),
        ("stop", "八1", "at_once", None, None),
        ("confidentiality", "五3", "permanent", None, None),
        ("force_majeure_notice", "九2", "within", 24, "hour"),
        ("force_majeure_evidence", "九2", "within", 15, "day"),
    } <= clocks
    assert [row.clause for row in siping.scope.permitted] == ["二(一)1", "二(一)2", "二(一)3", "二(一)4"]
    assert {row.clause for row in siping.scope.forbidden} == {"二(二)1", "四(一)6"}
    assert (siping.area.division, siping.platform.code, siping.delivery.day) == ("220300", "LHYG", 5)


def test_the_two_agreements_can_not_name_the_same_release(siping, township):
    assert siping.platform.code != township.platform.code
    assert siping.id != township.id


def test_the_confidential_section_is_in_no_repr_and_no_digest(siping):
    other = siping.model_copy(update={"disclosure": siping.disclosure.model_copy(update={"p_percent": 40})})
    assert siping.disclosure.p_percent == 15
    for text in (repr(siping), str(siping), repr(siping.disclosure)):
        assert "p_percent" not in text
        assert "min_groups" not in text
    assert other.digest == siping.digest  # else the receiver could try the few numbers out
    moved = siping.model_copy(update={"delivery": siping.delivery.model_copy(update={"day": 6})})
    assert moved.digest != siping.digest


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


# old text, new text, (a text on the line that must be named or None, key, part of the Chinese wording)
MISTAKES = {
    "an unknown key": ("[area]\n", '[area]\ncode = "x"\n', ('code = "x"', "area.code", "不认识的项")),
    "a missing key": ("p_percent = 15\n", "", ("[disclosure]", "disclosure.p_percent", "缺少此项")),
    "three dominate": (
        "p_percent = 15",
        "p_percent = 15\ndominance = [3, 85]",
        ("dominance", "disclosure.dominance.0", ""),
    ),
    "a text for a number": ("p_percent = 15", 'p_percent = "15"', ("p_percent", "disclosure.p_percent", "应为整数")),
    "a number for a text": ('division = "220300"', "division = 220300", ("division", "area.division", "应为文字")),
    "a share for a number": (
        "min_persons = 10",
        "min_persons = 10.5",
        ("min_persons", "disclosure.min_persons", "整数"),
    ),
    "too few persons": ("min_persons = 10", "min_persons = 2", ("min_persons", "disclosure.min_persons", "不小于 3")),
    "one steward": ('["steward_a", "steward_b"]', '["steward_a"]', ("stewards", "stewards", "至少 2 项")),
    "a steward twice": ('["steward_a", "steward_b"]', '["steward_a", "steward_a"]', ("stewards", "stewards.1", "重复")),
    "a person's name": ('["steward_a", "steward_b"]', '["张三", "steward_b"]', ("stewards", "stewards.0", "格式")),
    "an unknown reading": ('"published_block"', '"any"', ("reading =", "delivery.reading", "published_block")),
    "a term that ends first": (
        "until = 2027-12-31\n\n[[persons]]",
        "until = 2025-12-31\n\n[[persons]]",
        (None, "term.until", "早于"),
    ),
    "a clause not quoted": ('"九2" = ', '"九3" = ', (None, "clocks.{force_majeure_notice}.clause", "九2")),
    "a clause of another shape": ('clause = "七"\nstop', 'clause = "第七条"\nstop', (None, "term.clause", "格式")),
    "a clock without a length": ("length = 24\n", "", (None, "clocks.{force_majeure_notice}.length", "缺少")),
    "a clock without a unit": ('unit = "hour"\n', "", (None, "clocks.{force_majeure_notice}.kind", "unit")),
    "a topic that nobody knows": ('topic = "renewal"', 'topic = "talk"', (None, "clocks.{renewal}.topic", "应为")),
    "a blank that sets nothing": ('at = "platform"', 'at = "plattform"', ("plattform", "blanks.5.at", "没有这一处")),
    "a name of the gateway's": ('name = "resupply"', 'name = "delivery"', (None, "clocks.{resupply}.name", "占用")),
    "another kind of agreement": ('kind = "statistics"', 'kind = "sale"', ("sale", "kind", "statistics")),
    "a clock with too much": (
        'kind = "set"\nstarted_by = "rectification',
        'kind = "set"\nlength = 1\nunit = "day"\nstarted_by = "rectification',
        (None, "clocks.{supply_rectification}.kind", "length"),
    ),
    "a host without a port": ("port = 22\n", "", (None, "endpoints.0.port", "缺少此项")),
    "a port out of range": ("port = 22\n", "port = 0\n", ("port = 0", "endpoints.0.port", "不小于 1")),
    "a level twice": ('age = ["total", "band"]', 'age = ["total", "total"]', ("age =", "levels.age", "重复")),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_by_line_and_key_in_both_languages(siping, siping_text, tmp_path, name):
    old, new, (needle, key, zh) = MISTAKES[name]
    key = key.format_map({row.name: number for number, row in enumerate(siping.clocks)})
    assert old in siping_text
    text = siping_text.replace(old, new, 1)
    path = tmp_path / "agreement.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    line = line_of(text, needle) if needle and text.count(needle) == 1 else None
    prefix = f"{path}:{line}: {key}: " if line else f": {key}: "
    assert prefix in caught.value.zh
    assert prefix in caught.value.en
    assert zh in caught.value.zh
    assert caught.value.exit is Exit.CONFIGURATION


def test_three_recipients_are_too_many(siping_text, tmp_path):
    third = '[[recipients]]\nid = "manager_c"\nclause = "四(一)3"\ntitle = { zh = "丙", en = "C" }\n'
    third += 'channel = { zh = "x", en = "x" }\n'
    third += "since = 2026-01-01\nuntil = 2027-12-31\n\n"
    path = tmp_path / "agreement.toml"
    path.write_text(siping_text.replace("# 允许推送的地址", third + "# 允许推送的地址"), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert "recipients: 至多 2 项" in caught.value.zh


def test_an_amendment_must_lie_in_the_term_and_touch_a_named_dimension(tmp_path):
    text = (Path(__file__).parents[2] / "agreements" / "demo-township.toml").read_text(encoding="utf-8")
    text = text.replace("effective = 2026-03-01", "effective = 2028-03-01").replace(
        'dimension = "region"', 'dimension = "x"'
    )
    path = tmp_path / "agreement.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    for needle, key in (
        ("effective", "amendments.0.effective"),
        ('dimension = "x"', "amendments.0.levels.0.dimension"),
    ):
        assert f"{path}:{line_of(text, needle)}: {key}: " in caught.value.zh
