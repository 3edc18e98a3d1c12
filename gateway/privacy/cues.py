"""Words that say what a column or the text beside a value is about, by entity.

A Chinese word counts wherever it stands in a header; an English one only as a whole word (``tel`` is not in
``hotel``). A header that says so lifts a weak finding to MEDIUM."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

CUES: dict[str, tuple[str, ...]] = {
    "CN_RESIDENT_ID": (
        "身份证",
        "证件号",
        "公民身份",
        "居住证号",
        "id number",
        "id card",
        "idcard",
        "sfz",
        "sfzh",
        "ric",
    ),
    "CN_OLD_ID": ("身份证", "证件号", "id number", "id card", "idcard", "sfz", "sfzh"),
    "CN_MOBILE": ("手机", "电话", "联系方式", "phone", "mobile", "tel", "cell", "sjh"),
    "CN_LANDLINE": ("固话", "座机", "电话", "传真", "联系方式", "phone", "tel", "telephone", "fax", "landline"),
    "CN_BANK_CARD": (
        "银行卡",
        "卡号",
        "银行账号",
        "银行帐号",
        "账户",
        "bank card",
        "card number",
        "bank account",
        "yhk",
    ),
    "CN_USCC": ("信用代码", "uscc", "credit code"),
    "CN_ORG_CODE": ("组织机构代码", "机构代码", "org code", "organization code", "zzjgdm"),
    "CN_PASSPORT": ("护照", "passport"),
    "HK_MACAU_PERMIT": ("港澳", "回乡证", "通行证", "permit"),
    "TAIWAN_PERMIT": ("台胞证", "台湾居民", "大陆通行证", "taiwan permit"),
    "HONG_KONG_ID": ("香港身份证", "hkid"),
    "TAIWAN_ID": ("台湾身份证", "taiwan id"),
    "CN_PLATE": ("车牌", "号牌", "plate"),
    "VIN": ("车架号", "车辆识别", "vin"),
    "IMEI": ("imei", "设备号", "串号"),
    "QQ": ("qq", "扣扣", "企鹅号"),
    "WECHAT": ("微信", "wechat", "weixin", "wx", "vx"),
    "COORDINATES": ("经度", "纬度", "坐标", "经纬", "lat", "lng", "lon", "latitude", "longitude", "gps", "coordinates"),
    "ADDRESS": ("地址", "住址", "居住地", "户籍", "住所", "address", "addr"),
    "BIRTH_DATE": (
        "出生日期",
        "出生年月日",
        "出生年月",
        "出生时间",
        "出生",
        "生日",
        "生于",
        "birth",
        "birthday",
        "birthdate",
        "dob",
        "csrq",
    ),
    "PERSON_NAME": (
        *(
            "姓名",
            "联系人",
            "负责人",
            "法定代表人",
            "法人代表",
            "经办人",
            "收件人",
            "签收人",
            "户主",
            "申请人",
            "真实姓名",
        ),
        *("contact name", "real name", "full name", "person name", "worker name", "user name", "username", "xm"),
        *("creator", "author", "authors", "lastmodifiedby", "last modified by", "manager"),
    ),
}

_WORD = re.compile(r"[0-9a-z]+|[\u0080-\U0010ffff]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)
def cued(headers: tuple[str, ...]) -> frozenset[str]:
    """The entities that these headers announce."""
    padded = [f" {' '.join(_WORD.findall(_fold(header)))} " for header in headers]
    return frozenset(entity for entity, words in CUES.items() if any(_says(text, words) for text in padded))


def in_text(entity: str) -> str:
    """A regular expression for an entity's cue words as they stand before a value in running text."""
    words = sorted(CUES[entity], key=len, reverse=True)
    return "(?:" + "|".join(_word(word) for word in words) + ")"


def _word(word: str) -> str:
    return rf"(?<![A-Za-z]){re.escape(word).replace(chr(92) + ' ', '[ _]?')}(?![A-Za-z])" if word.isascii() else word


def _fold(header: str) -> str:
    return unicodedata.normalize("NFKC", _CAMEL.sub(" ", header)).lower()


def _says(padded: str, words: Iterable[str]) -> bool:
    return any(f" {word} " in padded if word.isascii() else word in padded for word in words)


def headers(context: str | Iterable[str] | None) -> tuple[str, ...]:
    """A context as callers give it, as a tuple."""
    if context is None:
        return ()
    return (context,) if isinstance(context, str) else tuple(context)
