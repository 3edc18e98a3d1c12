"""Each recognizer: what it finds, how sure, what comes close. Numbers are made up or a standard's example."""

import pytest

from gateway.model.finding import Tier
from gateway.privacy import scan_text

HIGH, MEDIUM, LOW = Tier.HIGH, Tier.MEDIUM, Tier.LOW


def found(text, context=None):
    return [(f.entity, f.tier, text[f.start : f.end]) for f in scan_text(text, context)]


FOUND = [
    # entity, tier, text around, value
    ("CN_RESIDENT_ID", HIGH, "{}", "11010519491231002X"),
    ("CN_RESIDENT_ID", HIGH, "身份证{}号", "11010519491231002x"),
    ("CN_RESIDENT_ID", HIGH, "编号00{}", "11010519491231002X"),  # inside a longer number
    ("CN_RESIDENT_ID", MEDIUM, "{}", "110105194912310021"),  # check digit wrong
    ("CN_RESIDENT_ID", HIGH, "{}", "810000199408230021"),  # residence permit, Hong Kong
    ("CN_RESIDENT_ID", HIGH, "{}", "830000199201300022"),  # residence permit, Taiwan
    ("CN_RESIDENT_ID", HIGH, "{}", "911124198108030024"),  # foreign permanent resident
    ("CN_OLD_ID", MEDIUM, "{}", "220302850612301"),
    ("CN_MOBILE", MEDIUM, "{}", "13800138000"),
    ("CN_MOBILE", MEDIUM, "联系电话{}张经理", "19912345678"),
    ("CN_MOBILE", MEDIUM, "tel:{}", "+8613800138000"),
    ("CN_MOBILE", MEDIUM, "{}", "8613800138000"),
    ("CN_LANDLINE", MEDIUM, "座机{}", "0434-3256789"),
    ("CN_LANDLINE", MEDIUM, "{}转801", "(010)62345678"),
    ("CN_LANDLINE", MEDIUM, "{}", "04343256789"),
    ("CN_LANDLINE", MEDIUM, "电话：{}", "3256789"),
    ("CN_BANK_CARD", HIGH, "卡号{}", "6222021234567890128"),
    ("CN_BANK_CARD", HIGH, "{}", "6225760008219524"),
    ("CN_BANK_CARD", MEDIUM, "{}", "4111111111111111"),
    ("CN_BANK_CARD", LOW, "{}", "6222021234567890129"),  # Luhn wrong
    ("CN_BANK_CARD", MEDIUM, "银行卡:{}", "6222021234567890129"),
    ("CN_USCC", HIGH, "{}", "91350100M000100Y43"),
    ("CN_USCC", LOW, "{}", "91350100M000100Y44"),  # check wrong
    ("CN_USCC", MEDIUM, "信用代码为{}", "91350100M000100Y44"),
    ("CN_USCC", HIGH, "uid{}x", "91350100M000100Y43"),
    ("CN_ORG_CODE", HIGH, "机构{}", "D2143569-X"),
    ("CN_ORG_CODE", MEDIUM, "组织机构代码:{}", "D21435690"),
    ("CN_PASSPORT", MEDIUM, "{}", "E12345678"),
    ("CN_PASSPORT", MEDIUM, "护照{}", "EA1234567"),
    ("CN_PASSPORT", MEDIUM, "护照号码：{}", "141234567"),
    ("HK_MACAU_PERMIT", MEDIUM, "{}", "H12345678"),
    ("HK_MACAU_PERMIT", MEDIUM, "{}", "M1234567801"),
    ("HK_MACAU_PERMIT", LOW, "{}", "C12345678"),
    ("TAIWAN_PERMIT", MEDIUM, "台胞证{}", "12345678"),
    ("TAIWAN_PERMIT", LOW, "{}", "T12345678"),
    ("HONG_KONG_ID", HIGH, "{}", "A123456(3)"),
    ("HONG_KONG_ID", MEDIUM, "{}", "A1234563"),
    ("TAIWAN_ID", MEDIUM, "{}", "A123456789"),
    ("CN_PLATE", MEDIUM, "车号{}停放", "吉C12345"),
    ("CN_PLATE", MEDIUM, "{}", "京A·D12345"),
    ("CN_PLATE", MEDIUM, "{}", "粤Z1234港"),
    ("VIN", HIGH, "{}", "LSVNV2187E2100001"),
    ("VIN", MEDIUM, "{}", "1M8GDM9AXKP042788"),
    ("IMEI", MEDIUM, "IMEI {}", "990000862471853"),
    ("IMEI", MEDIUM, "{}", "860000000000009"),
    ("EMAIL", MEDIUM, "邮箱{}联系", "zhao.qian@example.com.cn"),
    ("EMAIL", MEDIUM, "{}", "a(at)example.org"),
    ("IP_ADDRESS", MEDIUM, "来自{}的", "218.62.10.7"),
    ("IP_ADDRESS", MEDIUM, "{}", "2001:db8:85a3::8a2e:370:7334"),
    ("MAC_ADDRESS", MEDIUM, "{}", "00:1A:2B:3C:4D:5E"),
    ("MAC_ADDRESS", MEDIUM, "{}", "001a.2b3c.4d5e"),
    ("WECHAT", HIGH, "{}", "wxid_a1b2c3d4e5f6g7"),
    ("WECHAT", MEDIUM, "加微信：{}详聊", "sun_li88"),
    ("WECHAT", MEDIUM, "vx:{}", "zhou-wu-zheng"),
    ("QQ", MEDIUM, "QQ：{}", "123456789"),
    ("QQ", MEDIUM, "扣扣{}", "54321"),
    ("COORDINATES", MEDIUM, "{}", "43.1667, 124.3502"),
    ("COORDINATES", MEDIUM, "定位124.350213,43.166789附近", "124.350213,43.166789"),
    ("ADDRESS", MEDIUM, "住{}", "铁西区英雄大路123号3单元501室"),
    ("ADDRESS", MEDIUM, "{}", "郭家店镇前进村三组"),
    ("ADDRESS", MEDIUM, "{}", "12号楼3单元502室"),
    ("BIRTH_DATE", MEDIUM, "出生日期：{}", "1990-01-01"),
    ("BIRTH_DATE", MEDIUM, "{}生", "1990年1月1日"),
    ("BIRTH_DATE", LOW, "{}", "1990-01-01"),
    ("PERSON_NAME", MEDIUM, "联系人：{} 请拨", "赵小明"),
    ("PERSON_NAME", MEDIUM, "{}先生", "钱伟"),
    ("PERSON_NAME", MEDIUM, "{}", "孙丽娟"),
    ("PERSON_NAME", MEDIUM, "{}", "欧阳建国"),
    ("PERSON_NAME", LOW, "{}", "李娜"),
]


@pytest.mark.parametrize(("entity", "tier", "around", "value"), FOUND)
def test_an_identifier_is_found_at_its_place_with_its_tier(entity, tier, around, value):
    assert (entity, tier, value) in [(e, t, v.removeprefix("住")) for e, t, v in found(around.format(value))]


UNDER_A_HEADER = [
    # header, value, entity: nothing alone, MEDIUM under the header
    ("QQ号", "12345678", "QQ"),
    ("contact_phone", "3256789", "CN_LANDLINE"),
    ("idCard", "220302850612301", "CN_OLD_ID"),
    ("出生日期", "19900101", "BIRTH_DATE"),
    ("birth_date", "2003-05-06", "BIRTH_DATE"),
    ("姓名", "赵匡", "PERSON_NAME"),
    ("contact_name", "周杰", "PERSON_NAME"),
    ("纬度", "43.16678", "COORDINATES"),
    ("银行卡号", "6222021234567890129", "CN_BANK_CARD"),
    ("住址", "梨树镇奉化大街", "ADDRESS"),
    ("微信", "zhouwuzheng", "WECHAT"),
    ("台胞证号", "12345678", "TAIWAN_PERMIT"),
]


@pytest.mark.parametrize(("header", "value", "entity"), UNDER_A_HEADER)
def test_a_header_makes_a_weak_shape_medium(header, value, entity):
    assert (entity, MEDIUM, value) in found(value, header)


@pytest.mark.parametrize("header", ["hotel", "description", "platform", "岗位数", "qqq", "translation"])
def test_a_header_that_only_contains_a_cue_word_says_nothing(header):
    assert found("12345678", header) == []


NEAR_MISSES = [
    "440524188001010014",  # born 1880
    "110105194913310021",  # month 13
    "110105194902300021",  # 30 February
    "990105194912310021",  # no such province
    "1101051949123100211",  # 19 digits
    "12800138000",  # mobile numbers begin with 13-19
    "1380013800",
    "138001380001",
    "0100-1234567",
    "0434-1256789",  # local numbers begin with 2-8
    "72220212345678901",
    "E1234567",
    "E123456789",
    "Q12345678",
    "A123456(",
    "B123456789",  # Taiwan check digit
    "甲A12345",
    "吉I12345",
    "吉ASTUDIO",
    "1M8GDM9AXKP04278",
    "990000862471854",  # Luhn
    "256.1.1.1",
    "127.0.0.1",
    "26.0.1",
    "00:1A:2B:3C:4D",
    "a@b",
    "93.1667, 184.3502",
    "43.16, 124.35",
    "四平市铁东区七马路街道",
    "解放路",
    "2026-10-05",
    "1990",
    "农林牧渔业",
    "高级技工",
    "合计",
]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_a_near_miss_is_none(text):
    assert found(text) == []
