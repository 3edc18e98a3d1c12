"""The gates lose nothing: what a recognizer finds passes the gate, and what the gate passes, the prefilter passes."""

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.privacy.cells import strings
from gateway.privacy.cues import CUES, cued
from gateway.privacy.prefilter import candidates
from gateway.privacy.recognizers import CATALOGUE, load
from gateway.privacy.text import passes
from gateway.privacy.views import views

FRAGMENTS = [
    "13800138000", "１３８００１３８０００", "1380013", "8000", "11010519491231002X", "6222021234567890128",
    "0434", "3256789", "91350100M000100Y43", "D2143569-X", "E12345678", "H12345678", "A123456(3)", "A123456789",
    "吉C12345", "吉", "C", "LSVNV2187E2100001", "LSVNV 2187E 2100001", "990000862471853", "a@b.cn", "@",
    "218.62.10.7", "2001:db8::1", "00:1A:2B:3C:4D:5E", "001a.2b3c.4d5e", "微信", "wxid_a1b2c3d4", "sun_li88",
    "QQ", "54321", "43.1667", "124.3502", ",", "英雄大路", "123号", "3栋2单元501室", "前进村", "三组", "出生",
    "1990-01-01", "1990年1月1日", "生", "联系人", "赵小明", "钱伟", "先生", "孙 丽 娟", "阿依古丽·买买提",
    "MTM4MDAxMzgwMDA=", "%31%33", "&#49;", "\\u0031", "一三八", "零零", "l38OO", "\u200b", "-", " ", ".", "：",
    ":", "(", "（", "\n", "、", "2026-10", "220302", "合计", "abc", "x", "0", "1", "86", "+86", "电话", "护照",
    "地址", "address", "tel", "dob", "vin", "imei",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=5).map("".join)
NOTHING = strings([])


@settings(deadline=None)
@given(TEXTS)
@example("D2143569-X")
@example("赵小明2026-10")
@example("abc：abcabc1990-01-01")
def test_what_passes_the_gate_passes_the_prefilter(text):
    if any(passes(view.text, frozenset()) for view in views(text)):
        assert len(candidates(strings([text]), NOTHING, announced=False)) == 1


@settings(deadline=None)
@given(st.lists(st.one_of(TEXTS, st.text(max_size=8)), max_size=4).map("".join))
def test_any_text_at_all_that_passes_the_gate_passes_the_prefilter(text):
    if any(passes(view.text, frozenset()) for view in views(text)):
        assert len(candidates(strings([text]), NOTHING, announced=False)) == 1


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["", "phone", "姓名", "QQ号", "birth_date", "地址"]))
def test_what_a_recognizer_finds_passes_the_gate(text, header):
    announced = cued((header,))
    recognizers = RECOGNIZERS or RECOGNIZERS.extend(load()) or RECOGNIZERS
    for view in views(text):
        for recognizer in recognizers:
            sure = [r for r in recognizer.analyze(view.text, []) if r.score > 0.2 or r.entity_type in announced]
            assert not sure or passes(view.text, announced), recognizer.name


RECOGNIZERS: list = []


def test_the_catalogue_and_the_classes_say_the_same():
    for entry, recognizer in zip(CATALOGUE, load(), strict=True):
        assert recognizer.supported_entities == [entry.entity]
        assert recognizer.supported_language == "zh"
        assert (type(recognizer).__name__, recognizer.version) == (entry.name, entry.version)
        assert entry.standard == type(recognizer).STANDARD
        assert type(recognizer).__doc__
    assert {entry.entity for entry in CATALOGUE} >= CUES.keys()


def test_vocabulary_clears_whole_cells_only():
    values = strings(["13800138000", "13800138001"])
    assert candidates(values, strings(["13800138000"]), announced=False).to_pylist() == ["13800138001"]
    assert isinstance(values, pa.LargeStringArray)
