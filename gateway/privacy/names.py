"""Person names: a surname, a small statistical model of given names, and what stands around them.

A bare name of three characters is MEDIUM, of two LOW (too many words look like that); a header or a word beside it
makes any MEDIUM. The model adds a weight for the surname, each character at its place and the length; it was made from
a word list with a licence (docs/privacy.md, model card)."""

import re
from collections.abc import Iterator
from functools import cache

from gateway.model.finding import Tier
from gateway.privacy import name_model
from gateway.privacy.name_words import COMPOUND, NEVER, SINGLE, STOP

LEAST, SURE = -0.6, 0.6
"""Scores from which a bare word is a name: 2% of words in a dictionary reach LEAST, 1% SURE."""

_HAN = r"\u4e00-\u9fff"
_SURNAME = f"(?:{'|'.join(sorted(COMPOUND))}|[{''.join(sorted(SINGLE))}])"
_ROLE = (
    "姓名|联系人|名字|负责人|法定代表人|法人代表|法人|经办人|签收人|收件人|户主|申请人|本人|叫做?|联络人|录用了?|联系"
)
_TITLE = "先生|女士|小姐|同志|师傅|老师|经理|主任|阿姨|大姐|大哥"
_TOKEN = re.compile(rf"(?<![{_HAN}A-Za-z0-9·•])[{_HAN}](?: ?[{_HAN}]){{1,3}}(?![{_HAN}A-Za-z0-9·•]| [{_HAN}])")
_DOTTED = re.compile(rf"(?<![{_HAN}])[{_HAN}]{{2,8}}(?:[·•・][{_HAN}]{{2,8}}){{1,2}}(?![{_HAN}])")
_AFTER_ROLE = re.compile(
    rf"(?:{_ROLE})[:：是为\s]{{0,3}}(?P<v>{_SURNAME}[{_HAN}]{{1,2}}?)"
    rf"(?=[^{_HAN}]|$|电话|手机|微信|联系|{_TITLE})"
)
# in running text: what may stand before a name, what after it, and what says that it is one
BEFORE_ONE = "是由请给向和与及叫为被跟同对让找把"
BEFORE = (
    "联系|客户|用户|员工|顾客|病人|患者|学生|同事|朋友|居民|业主|乘客|会员|司机|经理|老师|医生|教授|市民|村民|律师|记者"
    "|名叫|昵称|通知|委托|感谢|欢迎"
)
AFTER_ONE = "的于在是和与及说称向已将曾住因"
TELLING = (
    "同学|同志|女士|先生|老师|医生|教授|经理|主任|律师|师傅|电话|手机|身份证|邮箱|微信|出生|生于|毕业|现居|居住"
    "|您好|你好|来电"
)
AFTER = f"{TELLING}|担任|表示|提交|申请|预约|登记|注册|反映|购买|下单|咨询|办理|今年|就职|任职|入职|报名"
_IN_TEXT = re.compile(
    rf"(?:(?<![{_HAN}])|(?<=[{BEFORE_ONE}])|(?<={')|(?<='.join(BEFORE.split('|'))}))"
    rf"(?P<v>{_SURNAME}[{_HAN}]{{1,2}}?)(?=$|[^{_HAN}A-Za-z0-9]|[{AFTER_ONE}]|{AFTER})"
)
_TELLING_AFTER = re.compile(f"的?(?:{TELLING})")
_BEFORE_TITLE = re.compile(rf"(?P<v>{_SURNAME}[{_HAN}]{{1,2}}?)(?={_TITLE})")


@cache
def _weights(table: str) -> dict[str, float]:
    return {c: float(line.split()[0]) for line in table.split("\n") if line for c in line.split()[1]}


def score(name: str) -> float:
    """How much more a person than a word (log odds); without a surname or with a long given name not at all."""
    surname = _surname(name)
    given = name[len(surname) :]
    if not surname or len(given) not in name_model.LENGTH or set(given) & NEVER:
        return -99.0
    total = name_model.LENGTH[len(given)] + _weights(name_model.SURNAME).get(surname, 0.0)
    if len(given) == 1:
        return total + _weights(name_model.ONLY).get(given, 0.0)
    return total + _weights(name_model.FIRST).get(given[0], 0.0) + _weights(name_model.LAST).get(given[1], 0.0)


def likely(name: str, least: float = LEAST) -> bool:
    """Whether the model takes it for a person, and it is no word that is known."""
    return score(name) > least and name not in STOP and name not in name_model.WORDS


def possible(name: str) -> bool:
    """A surname and one or two further characters (three: two surnames and a name), none of them a function word."""
    surname = _surname(name)
    given = name[len(surname) :]
    longest = 3 if given[:1] in SINGLE else 2
    return bool(surname) and 1 <= len(given) <= longest and not set(given) & NEVER and name not in STOP


def candidates(text: str, *, announced: bool) -> Iterator[tuple[int, int, Tier]]:
    """Where names stand in ``text`` and how sure that is; ``announced``: a header says that these are names."""
    for match in _TOKEN.finditer(text):
        name = match[0].replace(" ", "")
        if announced and possible(name):
            yield match.start(), match.end(), Tier.MEDIUM
        elif likely(name):
            sure = len(name) > 2 and likely(name, SURE)
            yield match.start(), match.end(), Tier.MEDIUM if sure else Tier.LOW
    yield from _in_text(text)
    for match in _DOTTED.finditer(text):
        yield match.start(), match.end(), Tier.MEDIUM if announced else Tier.LOW
    for match in _AFTER_ROLE.finditer(text):
        if possible(match["v"]):
            yield *match.span("v"), Tier.MEDIUM
    for match in _BEFORE_TITLE.finditer(text):
        if likely(match["v"]):
            yield *match.span("v"), Tier.MEDIUM


def _in_text(text: str) -> Iterator[tuple[int, int, Tier]]:
    """Names in running text, where what stands before and after them may stand beside a name."""
    for match in _IN_TEXT.finditer(text):
        name = match["v"]
        if _TELLING_AFTER.match(text, match.end("v")) and likely(name):
            yield *match.span("v"), Tier.MEDIUM
        elif likely(name, SURE):
            yield *match.span("v"), Tier.MEDIUM if len(name) > 2 else Tier.LOW


def _surname(name: str) -> str:
    if name[:2] in COMPOUND and len(name) > 2:
        return name[:2]
    return name[:1] if name[:1] in SINGLE else ""
