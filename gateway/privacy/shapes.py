"""The shapes that identifiers have, one table for the gate and the recognizers.

The gate lets a text through when any shape occurs; the recognizer of the entity then checks digits, ranges and tables.
A shape with ``tier`` None says nothing alone: it counts only where a header or a word before it announces it. The value
is the group ``v``; ``announced``: the pattern begins with a word that announces it. Texts have been normalised: digits
are 0-9, forms are half-width."""

import re
from dataclasses import dataclass
from functools import cache

from gateway.model.finding import Tier
from gateway.privacy.cues import in_text


@dataclass(frozen=True, slots=True)
class Shape:
    """One spelling of an entity and how sure it is on its own."""

    entity: str
    pattern: re.Pattern[str]
    tier: Tier | None
    announced: bool = False


HIGH, MEDIUM, LOW = Tier.HIGH, Tier.MEDIUM, Tier.LOW

_D0, _D1 = r"(?<![0-9])", r"(?![0-9])"
_N0 = r"(?<![0-9])(?<![0-9]\.)"  # nor a number's decimals
_A0, _A1 = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_NO_CENTS = r"(?!\.(?!0{1,2}(?![0-9]))[0-9]{1,2}(?![0-9]))"  # money has one or two decimals; a float's .0 is none
_NO_X = r"(?![Xx](?![0-9A-Za-z]))"  # a resident ID ends so, a card does not
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71)"
_AREA = r"0(?:10|2[0-9]|[3-9][0-9]{2})"
_YEAR = r"(?:19[0-9]{2}|20[0-3][0-9])"
_MD = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_HAN = r"\u4e00-\u9fff"
_PLATE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_MD_PARTED = r"(?:1[0-2]|0?[1-9])[-/.年月](?:3[01]|[12][0-9]|0?[1-9])"
_DATE = rf"(?:{_YEAR}[-/.]{_MD_PARTED}|{_YEAR}年(?:1[0-2]|0?[1-9])月(?:(?:3[01]|[12][0-9]|0?[1-9])[日号])?)"
_OLD_DATE = _DATE.replace(_YEAR, r"(?:19[3-9][0-9]|200[0-9]|201[0-2])")
_ROAD = r"(?:大街|大道|公路|胡同|路|街|巷|弄|小区|花园|公寓|家园|大厦|广场|新村)"
_VILLAGE = r"(?:村|屯|庄|社区|委)"
_PLACE = rf"(?:(?!先生|女士)(?![住址在至往于请寄])[{_HAN}])"
_NUMBER = r"[0-9一二三四五六七八九十百]{1,5}"
_AMEX_JCB_DINERS = r"(?:3[47][0-9]{13}|35(?:2[89]|[3-8][0-9])[0-9]{12}|3(?:0[0-5]|[68][0-9])[0-9]{11})"
_UNIT = r"(?:号楼|号院|号|栋|幢|座|单元|室|弄|户)"
_INNER = rf"(?: ?{_NUMBER} ?(?:{_UNIT}|门|层|楼))*"

_TABLE: tuple[tuple[str, Tier | None, str], ...] = (
    # region, date of birth, sequence, check; 81-83 residence permits, 9… foreign permanent residents; at any place
    (
        "CN_RESIDENT_ID",
        MEDIUM,
        rf"(?=(?P<v>(?:{_PROVINCE}[0-9]{{4}}|8[123]0000|9{_PROVINCE}[0-9]{{3}}){_YEAR}{_MD}[0-9]{{3}}[0-9Xx]))",
    ),
    ("CN_RESIDENT_ID", None, rf"{_D0}(?P<v>[1-9][0-9]{{14}}(?:[0-9]{{2}}[0-9Xx])?){_D1}(?!\.[0-9])"),
    ("CN_RESIDENT_ID", None, rf"{_D0}(?P<v>[1-9]\.[0-9]{{2,}}[Ee]\+?17){_D1}"),  # what a spreadsheet left of it
    ("CN_OLD_ID", MEDIUM, rf"{_N0}(?P<v>{_PROVINCE}[0-9]{{6}}{_MD}[0-9]{{3}}){_D1}{_NO_CENTS}"),
    ("CN_MOBILE", MEDIUM, rf"{_D0}(?P<v>(?:(?:\+?86|0086)[ -]?|(?<![A-Za-z])0)?1[3-9][0-9]{{9}}){_D1}{_NO_CENTS}"),
    ("CN_MOBILE", None, rf"{_D0}(?P<v>1[0-9]{{10}}){_D1}{_NO_CENTS}"),
    ("CN_MOBILE", None, rf"{_D0}(?P<v>1\.[3-9][0-9]*[Ee]\+?10){_D1}"),
    ("CN_LANDLINE", MEDIUM, rf"{_N0}(?P<v>{_AREA}[ -]{{1,2}}[2-8][0-9]{{6,7}}){_D1}"),
    ("CN_LANDLINE", MEDIUM, rf"{_N0}(?P<v>\({_AREA}\)[ -]{{0,2}}[2-8][0-9]{{6,7}}){_D1}"),
    ("CN_LANDLINE", MEDIUM, rf"{_N0}(?<![A-Za-z])(?P<v>{_AREA}[2-8][0-9]{{6,7}}){_D1}"),
    ("CN_LANDLINE", None, rf"{_D0}(?P<v>0[0-9]{{2,3}}[ -]?[0-9]{{7,8}}){_D1}"),
    ("CN_LANDLINE", None, rf"{_N0}(?P<v>[2-8][0-9]{{6,7}}){_D1}"),
    ("CN_BANK_CARD", LOW, rf"{_N0}(?P<v>(?:62[0-9]{{14,17}}|81[0-7][0-9]{{13,16}})){_D1}{_NO_X}{_NO_CENTS}"),
    ("CN_BANK_CARD", LOW, rf"{_N0}(?P<v>9[0-9]{{15,18}}|60[0-9]{{14,17}}|[45][0-9]{{15,18}}){_D1}{_NO_CENTS}"),
    ("CN_BANK_CARD", LOW, rf"{_N0}(?P<v>{_AMEX_JCB_DINERS}){_D1}{_NO_CENTS}"),
    ("CN_BANK_CARD", None, rf"{_N0}(?P<v>[0-9]{{12,21}}){_D1}"),
    ("CN_BANK_CARD", None, rf"{_D0}(?P<v>[3-9]\.[0-9]{{2,}}[Ee]\+?1[5-8]){_D1}"),
    (
        "CN_USCC",
        MEDIUM,
        rf"{_A0}(?P<v>[1-9ANYany][1-9]{_PROVINCE}[0-9]{{4}}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{{10}}){_A1}",
    ),
    # inside a longer token: departments and kinds of GB 32100; the recognizer asks for a valid check
    (
        "CN_USCC",
        LOW,
        rf"(?=(?P<v>(?:1[1239]|2[19]|3[1-59]|4[19]|5[1-59]|6[129]|7[129]|8[19]|9[123]|A[19]|N[1239]|Y1){_PROVINCE}[0-9]{{4}}"
        r"[0-9A-HJ-NPQRTUWXY]{10}))",
    ),
    ("CN_ORG_CODE", LOW, rf"{_A0}(?P<v>[0-9A-Z]{{8}}-[0-9X]){_A1}"),
    ("CN_ORG_CODE", None, rf"{_A0}(?P<v>[0-9A-Z]{{8}}-?[0-9X]){_A1}"),
    ("CN_PASSPORT", MEDIUM, rf"{_A0}(?P<v>[EGDSPegdsp][0-9]{{8}}|[Ee][A-HJ-NP-Za-hj-np-z][0-9]{{7}}){_A1}"),
    ("CN_PASSPORT", None, rf"{_A0}(?P<v>1[45][0-9]{{7}}|[A-Z]{{1,2}}[0-9]{{6,8}}){_A1}"),
    ("HK_MACAU_PERMIT", MEDIUM, rf"{_A0}(?P<v>[HMhm][0-9]{{8}}(?:[0-9]{{2}})?){_A1}"),
    ("HK_MACAU_PERMIT", LOW, rf"{_A0}(?P<v>[CW][0-9]{{8}}|C[A-Z][0-9]{{7}}){_A1}"),
    ("TAIWAN_PERMIT", LOW, rf"{_A0}(?P<v>[TL][0-9]{{8}}){_A1}"),
    ("TAIWAN_PERMIT", None, rf"{_A0}(?P<v>[0-9]{{8}}(?:[0-9]{{2}})?){_A1}"),
    ("HONG_KONG_ID", MEDIUM, rf"{_A0}(?P<v>[A-Za-z]{{1,2}}[0-9]{{6}}(?:\([0-9Aa]\)|[0-9Aa]{_A1}))"),
    ("TAIWAN_ID", MEDIUM, rf"{_A0}(?P<v>[A-Za-z][12][0-9]{{8}}){_A1}"),
    (
        "CN_PLATE",
        MEDIUM,
        rf"(?P<v>[{_PLATE}][A-HJ-NP-Za-hj-np-z][ .·-]?"
        rf"(?:[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳试超])){_A1}",
    ),
    ("VIN", LOW, rf"{_A0}(?P<v>[A-HJ-NPR-Za-hj-npr-z0-9]{{13}}[0-9]{{4}}){_A1}"),
    ("IMEI", MEDIUM, rf"{_N0}(?P<v>(?:35|86|01|99)[0-9]{{13}}){_D1}{_NO_CENTS}"),
    ("IMEI", None, rf"{_N0}(?P<v>[0-9]{{15}}){_D1}"),
    (
        "EMAIL",
        MEDIUM,
        r"(?<![A-Za-z0-9._%+-])(?P<v>[A-Za-z0-9][A-Za-z0-9._%+-]{0,63} ?(?:@|\(at\)|\[at\]) ?"
        r"(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24})(?![A-Za-z0-9])",
    ),
    ("IP_ADDRESS", MEDIUM, r"(?<![0-9A-Za-z.])(?P<v>(?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![0-9A-Za-z]|\.[0-9])"),
    (
        "IP_ADDRESS",
        MEDIUM,
        r"(?<![0-9A-Za-z])(?<![0-9A-Fa-f]:)(?P<v>(?:[0-9A-Fa-f]{1,4}:(?:[0-9A-Fa-f]{0,4}:){2,6}|::?"
        r"(?:[0-9A-Fa-f]{1,4}:){2,6})[0-9A-Fa-f]{1,4})(?![0-9A-Za-z:])",
    ),
    (
        "MAC_ADDRESS",
        MEDIUM,
        r"(?<![0-9A-Za-z])(?<![0-9A-Fa-f][:-])(?P<v>[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\2){4}[0-9A-Fa-f]{2})(?![0-9A-Za-z:-])",
    ),
    ("MAC_ADDRESS", MEDIUM, rf"{_A0}(?P<v>[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}}\.[0-9A-Fa-f]{{4}}){_A1}"),
    ("WECHAT", HIGH, rf"{_A0}(?P<v>wxid_[0-9a-z]{{6,24}}){_A1}"),
    (
        "WECHAT",
        MEDIUM,
        r"(?:微信|薇信|威信|[Vv]信|加[Vv]|(?<![0-9A-Za-z+/=_-])(?:[Vv][Xx]|[Ww][Xx]|[Ww]e[Cc]hat|[Ww]eixin))"
        r"(?:号码?|ID|id)?[ :：=是为]{0,3}(?P<v>[A-Za-z][A-Za-z0-9_-]{5,19})(?![0-9A-Za-z+/=])",
    ),
    ("WECHAT", None, rf"{_A0}(?P<v>[A-Za-z][A-Za-z0-9_-]{{5,19}}){_A1}"),
    (
        "QQ",
        MEDIUM,
        r"(?:(?<![A-Za-z])[Qq]{2}|扣扣|企鹅号?|加[Qq])(?:号码?|群)?[ :：=是为]{0,3}" rf"(?P<v>[1-9][0-9]{{4,10}}){_A1}",
    ),
    ("QQ", None, rf"{_N0}(?P<v>[1-9][0-9]{{4,10}}){_A1}"),
    (
        "COORDINATES",
        MEDIUM,
        r"(?<![0-9.])(?P<v>-?[0-9]{1,3}\.[0-9]{4,}[NSEW°]?[ ,;、/|]{1,3}(?:[a-z]{3}[ :=]{1,2})?"
        r"-?[0-9]{1,3}\.[0-9]{4,})(?![0-9])",
    ),
    ("COORDINATES", MEDIUM, r"(?P<v>[0-9]{1,3}° ?[0-9]{1,2}[′'](?: ?[0-9]{1,2}(?:\.[0-9]+)?[″\"])?)"),
    ("COORDINATES", None, r"(?<![0-9.])(?P<v>-?[0-9]{1,3}\.[0-9]{4,})(?![0-9])"),
    ("ADDRESS", MEDIUM, rf"(?P<v>{_PLACE}{{1,16}}?{_ROAD}[{_HAN}A-Za-z0-9]{{0,12}}?{_NUMBER} ?{_UNIT}{_INNER})"),
    ("ADDRESS", MEDIUM, rf"(?P<v>{_PLACE}{{1,16}}?{_VILLAGE}[{_HAN}]{{0,6}}?{_NUMBER} ?[组号户队]{_INNER})"),
    (
        "ADDRESS",
        MEDIUM,
        rf"(?P<v>{_NUMBER} ?(?:号楼|栋|幢|座)[ -]?(?:{_NUMBER} ?(?:单元|门)[ -]?)?{_NUMBER} ?(?:室|号))",
    ),
    ("ADDRESS", None, rf"(?P<v>[{_HAN}]{{2,20}}(?:{_ROAD}|{_VILLAGE})[{_HAN}A-Za-z0-9-]{{0,20}})"),
    ("BIRTH_DATE", LOW, rf"(?m)^ *(?P<v>{_OLD_DATE}(?:[ T]00:00(?::00)?)?) *$"),
    ("BIRTH_DATE", MEDIUM, rf"{_D0}(?P<v>{_DATE})(?=(?:出)?生(?![产活效]))"),
    ("BIRTH_DATE", None, rf"{_D0}(?P<v>{_DATE}|{_YEAR}{_MD}){_D1}"),
)
_TOLD_IN_TEXT = frozenset({"QQ", "WECHAT"})
"""Their shapes above hold the announcing words already."""
_ANNOUNCE = r"[号码为是:：=（( \"']{0,6}"
_FAR = r"[^0-9A-Za-z\n\x00]{0,14}"
_LONG = frozenset({"CN_RESIDENT_ID", "CN_BANK_CARD", "CN_MOBILE", "CN_USCC", "VIN"})
"""Numbers so long that the announcing word may stand some words before."""


@cache
def shapes() -> tuple[Shape, ...]:
    """The whole table; for each shape that needs announcing, also its spelling in text after an announcing word."""
    table = [Shape(entity, re.compile(pattern), tier) for entity, tier, pattern in _TABLE]
    announced = [
        Shape(
            entity,
            re.compile(in_text(entity) + (_FAR if entity in _LONG else _ANNOUNCE) + pattern, re.IGNORECASE),
            MEDIUM,
            announced=True,
        )
        for entity, tier, pattern in _TABLE
        if tier in {None, LOW} and entity not in _TOLD_IN_TEXT and not pattern.startswith("(?m)")
    ]
    return (*table, *announced)


@cache
def of(entity: str) -> tuple[Shape, ...]:
    """The shapes of one entity."""
    return tuple(shape for shape in shapes() if shape.entity == entity)


def occurs(text: str, announced: frozenset[str]) -> bool:
    """Whether any shape occurs in ``text``, under headers that announce these entities."""
    return any((s.tier is not None or s.entity in announced) and s.pattern.search(text) for s in shapes())
