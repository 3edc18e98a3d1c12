"""Running text: made-up persons in sentences as people write them, and sentences with nobody in them."""

import pytest

from benchmarks.privacy import sentences
from benchmarks.privacy.sentences import FIRST, LATER, NOTHING
from gateway.model.finding import Tier
from gateway.privacy import scan_text


@pytest.mark.parametrize(("templates", "names"), [(FIRST, 0.96), (LATER, 0.93)])
def test_who_and_what_is_in_a_sentence_is_found(templates, names):
    tallies, wrong, where = sentences.measured(templates, 3)
    least = {"PERSON_NAME": names}
    assert {e: t.share for e, t in tallies.items() if t.share < least.get(e, 1.0)} == {}
    assert (wrong, where) == (0, [])


@pytest.mark.parametrize("text", NOTHING.split())
def test_a_sentence_with_nobody_in_it_has_no_finding(text):
    assert scan_text(text) == []


def found(text, entity):
    return [text[f.start : f.end] for f in scan_text(text) if f.entity == entity]


NAMES = [
    ("昨天周婷婷打电话来说她的银行卡丢失了", ["周婷婷"]),
    ("被告郑海涛与原告王芳系夫妻关系", ["郑海涛", "王芳"]),
    ("客户李娜于昨天下午致电客服", ["李娜"]),
    ("快递员程浩已将包裹放在门卫处", ["程浩"]),
    ("授权刘备代为办理相关手续", ["刘备"]),
    ("由孙明进行维修", ["孙明"]),
    ("应陈丽要求退款", ["陈丽"]),
    ("会议由王志强主持，李红梅、周建军出席", ["王志强", "李红梅", "周建军"]),
    ("欧阳震华和司马文静是同班同学", ["欧阳震华", "司马文静"]),
    ("阿依古丽·买买提在喀什经营一家餐馆", ["阿依古丽·买买提"]),
    ("请找王建国（白天）", ["王建国"]),
    ("陈建业和经办人周和平", ["陈建业", "周和平"]),
    ("王芳在四平市铁西区公司上班", ["王芳"]),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_a_name_is_cut_out_of_the_words_around_it(text, names):
    assert found(text, "PERSON_NAME") == names


NO_NAMES = [
    "陆家嘴金融贸易区", "张家口市宣化区", "伊通满族自治县", "郭家店镇", "石家庄火车站", "武侯区人民南路",
    "金融科技有限公司", "白云山和记黄埔公司", "李宁体育用品公司门店", "温馨提示", "项目经理", "客户关怀", "高薪诚聘",
    "双休包吃住", "应聘者优先", "马上入职", "方便快捷", "全家便利店", "平安保险", "万科地产", "于是大家都同意了",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_NAMES)
def test_places_companies_and_words_are_nobody(text):
    assert found(text, "PERSON_NAME") == []


def test_what_announces_a_name_makes_it_sure():
    def tiers(text):
        return {f.tier for f in scan_text(text) if f.entity == "PERSON_NAME"}

    assert tiers("客户李娜于昨天下午致电客服") == {Tier.MEDIUM}
    assert tiers("今天上午马超在会议上介绍了项目进展") == {Tier.LOW}


NUMBERS = [
    ("微信同号+86 138-0013-8000谢谢", "CN_MOBILE", ["+86 138-0013-8000"]),
    ("请打008613800138000", "CN_MOBILE", ["008613800138000"]),
    ("电话13800138000或139 0013 8001都行", "CN_MOBILE", ["13800138000", "139 0013 8001"]),
    ("我的证件是11010519491231002x请查收", "CN_RESIDENT_ID", ["11010519491231002x"]),
    ("身份证110105 19491231 002X", "CN_RESIDENT_ID", ["110105 19491231 002X"]),
    ("请发到zhang.san@gmail.com谢谢", "EMAIL", ["zhang.san@gmail.com"]),
    ("邮箱li_si88@mail.example.com.cn，电话另告", "EMAIL", ["li_si88@mail.example.com.cn"]),
    ("我的邮箱是wang@163.com。", "EMAIL", ["wang@163.com"]),
    ("座机0434-3256789转8012", "CN_LANDLINE", ["0434-3256789"]),
    ("住吉林省四平市铁西区英雄大路12号3单元501室", "ADDRESS", ["吉林省四平市铁西区英雄大路12号3单元501室"]),
]


@pytest.mark.parametrize(("text", "entity", "values"), NUMBERS)
def test_a_value_is_found_where_it_begins_and_ends(text, entity, values):
    assert found(text, entity) == values
