"""Names: the model on bare cells, names in running text, and words that look like them."""

import pytest

from benchmarks.privacy import people, planted
from gateway.model.finding import Tier
from gateway.privacy import scan_text


def names(text, tier=None):
    found = scan_text(text)
    return [text[f.start : f.end] for f in found if f.entity == "PERSON_NAME" and tier in (None, f.tier)]


def test_the_model_is_at_least_as_good_as_its_anchors():
    good = people.persons(1_500)
    assert sum(map(people.found, good)) >= 0.9 * len(good)
    assert not [word for word in people.others(None) if people.found(word)]


SENTENCES = [
    ("我叫张伟，手机号是13800138000", "张伟"),
    ("请联系王小明（电话：021-12345678）办理。", "王小明"),
    ("陈建国先生住在北京市朝阳区建国路88号", "陈建国"),
    ("张伟的手机号码为15912345678", "张伟"),
    ("我是赵丽颖，邮箱 zhaoly@qq.com", "赵丽颖"),
    ("姓名：欧阳娜娜，银行卡6222021234567890123", "欧阳娜娜"),
    ("收件人周杰伦 电话 010-88886666", "周杰伦"),
]


@pytest.mark.parametrize(("text", "name"), SENTENCES)
def test_a_name_in_a_sentence_is_found_and_blocks(text, name):
    assert names(text, Tier.MEDIUM) == [name]


@pytest.mark.parametrize(
    "text", ["高度重视的问题", "成功的关键在于和平", "双方签订了合同，周三完成", "方便面和食品", "本月发布岗位的企业"]
)
def test_sentences_without_a_name_have_none(text):
    assert names(text) == []


ANNOUNCED = [
    ("身份证号码是 44010619880512123X 的用户", "CN_RESIDENT_ID", "44010619880512123X"),
    ("卡号：6217 0012 3456 7890 123", "CN_BANK_CARD", "6217 0012 3456 7890 123"),
    ("手机号码：12345678901", "CN_MOBILE", "12345678901"),
    ("电话 021-12345678", "CN_LANDLINE", "021-12345678"),
]


@pytest.mark.parametrize(("text", "entity", "value"), ANNOUNCED)
def test_an_announced_number_counts_whatever_its_digits(text, entity, value):
    assert (entity, value) in [(f.entity, text[f.start : f.end]) for f in scan_text(text)]


def test_a_source_value_is_found_at_every_place_of_every_kind_of_file():
    assert {place: found for place, (made, found) in planted.planted().items() if made != found} == {}
