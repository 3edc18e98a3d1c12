"""The validation page: complete by itself, readable without colour, the same for the same results."""

import re
from html.parser import HTMLParser

import pytest

from gateway.model.cells import Mark
from gateway.model.period import Period
from gateway.quality import About, ExpectationResult, Heading, Reason, Severity, SuiteResult, Topic, page

HEADING = Heading(release="LGTJ_220300_LHYG_202610_M_R01", period=Period.parse("2026-10"), provider="示例平台")
VOID = {"meta", "br", "hr", "img", "link", "input"}


def result(id="one", reason=Reason.HOLDS, severity=Severity.BLOCKING, **more):
    fields = {"kind": "k", "column": "c", "zh": "要求甲", "en": "requirement a", "topic": Topic.TOTALS}
    counts = {"checked": 12, "unexpected": 0 if reason is Reason.HOLDS else 5}
    return ExpectationResult(id=id, reason=reason, severity=severity, **(fields | counts | more))


def suite(*results, name="s", zh="供需", en="Supply"):
    return SuiteResult(name=name, zh=zh, en=en, about=About.TABLE, results=results)


class Reader(HTMLParser):
    """Checks that tags are closed in order; collects text, attributes and tags."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.tags, self.attributes = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def read(*suites, heading=HEADING):
    html = page(suites, heading).decode()
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return html, " ".join(" ".join(reader.text).split()), reader


def test_a_page_without_failures():
    html, text, reader = read(suite(result(), result("two")))
    assert html.startswith("<!DOCTYPE html>")
    assert ("lang", "zh-CN") in reader.attributes
    assert "LGTJ_220300_LHYG_202610_M_R01" in text
    assert "2026年10月" in text
    assert "示例平台" in text
    assert "2 / 2" in text
    assert "通过，未阻断" in text
    assert "未通过，批次已阻断" not in text
    assert "需要处理" not in text


def test_a_failure_stands_on_top_with_its_words_and_counts():
    _, text, _ = read(suite(result(), result("two", Reason.UNEXPECTED, zh="合计相符")))
    head, rest = text.split("概览")
    assert "未通过，批次已阻断" in head
    assert "合计相符" in head
    assert "有不符的内容（5 / 12）" in " ".join(head.split())
    assert "✘ 未通过" in rest
    assert "✔ 通过" in rest


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.HOLDS])
def test_every_reason_is_said_in_both_languages(reason):
    _, text, _ = read(suite(result(reason=reason)))
    assert reason.wording[0] in text
    assert reason.wording[1] in text


def test_a_warning_is_shown_and_does_not_block():
    _, text, _ = read(suite(result(), result("two", Reason.UNEXPECTED, Severity.WARNING)))
    assert "通过，未阻断" in text
    assert "1 项提示" in text
    assert "提示，不阻断" in text
    assert "批次已阻断" not in text


@pytest.mark.parametrize("suites", [[], [suite()], [suite(result()), suite(name="t")]])
def test_nothing_checked_is_blocked(suites):
    _, text, _ = read(*suites)
    assert "未通过，批次已阻断" in text


def test_every_mark_is_explained_in_both_languages():
    _, text, _ = read(suite(result()))
    legend = text[text.index("状态标记") : text.index("holds counts only")]
    assert all(re.search(rf"\b{mark.value} [^\x00-\x7f]", legend) for mark in Mark)
    assert all(re.search(rf"\b{mark.value} [a-z]", legend) for mark in Mark)


def test_every_sign_has_its_word():
    html, _, _ = read(suite(result(), result("two", Reason.RAISED)))
    for sign, word in (("✔", "通过"), ("✘", "未通过")):
        in_tables = html[html.index("<main>") :]
        assert len(re.findall(rf"{sign}</span> {word}</span>", in_tables)) == in_tables.count(sign) > 0


def test_it_needs_nothing_from_elsewhere_and_runs_nothing():
    html, _, reader = read(suite(result(), result("two", Reason.UNEXPECTED)))
    assert "script" not in reader.tags
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & set(reader.tags)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|javascript:|data:", html)
    assert all(v.startswith("#") for k, v in reader.attributes if k == "href")
    assert not any(k.startswith("on") or k == "src" for k, _ in reader.attributes)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in reader.attributes


def test_links_lead_somewhere_on_the_page():
    _, _, reader = read(suite(result("x", Reason.RAISED)), suite(result(), name="t"))
    targets = {v for k, v in reader.attributes if k == "id"}
    assert {v[1:] for k, v in reader.attributes if k == "href"} == targets == {"s1", "s2"}


EVIL = "<script>alert(1)</script>\"'&{{ 7*7 }}{% raw %}"


def test_words_are_text_wherever_they_come_from():
    heading = Heading(release=EVIL, period=HEADING.period, provider=EVIL)
    html, text, reader = read(suite(result(zh=EVIL, en=EVIL, reason=Reason.RAISED), zh=EVIL, en=EVIL), heading=heading)
    assert "script" not in reader.tags
    assert "<script" not in html
    assert "{{ 7*7 }}" in text
    assert "49" not in text


def test_the_same_results_give_the_same_bytes(frames, sound):
    suites = list(sound.values())
    assert page(suites, HEADING) == page(list(suites), HEADING)
    assert not re.search(rb"20\d\d-\d\d-\d\dT|\d\d:\d\d:\d\d", page(suites, HEADING))


def test_it_prints_on_a4():
    html, _, _ = read(suite(result()))
    assert "@page{size:A4" in html
    assert "@media print" in html
