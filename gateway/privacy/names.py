"""Person names by rule: a surname, characters that people are named with, and what stands around them.

A bare name of three characters is MEDIUM, of two LOW (too many words look like that); a header or a word beside it
makes any MEDIUM."""

import re
from collections.abc import Iterator

from gateway.model.finding import Tier
from gateway.privacy.name_words import COMPOUND, GIVEN, NEVER, SINGLE, STOP

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
_BEFORE_TITLE = re.compile(rf"(?P<v>{_SURNAME}[{_HAN}]{{1,2}}?)(?={_TITLE})")


def likely(name: str) -> bool:
    """A surname, then only characters that people are named with, and no common word."""
    surname = _surname(name)
    given = name[len(surname) :]
    return bool(surname) and 1 <= len(given) <= 2 and set(given) <= GIVEN and name not in STOP


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
            yield match.start(), match.end(), Tier.MEDIUM if len(name) > 2 else Tier.LOW
    for match in _DOTTED.finditer(text):
        yield match.start(), match.end(), Tier.MEDIUM if announced else Tier.LOW
    for match in _AFTER_ROLE.finditer(text):
        if possible(match["v"]):
            yield *match.span("v"), Tier.MEDIUM
    for match in _BEFORE_TITLE.finditer(text):
        if likely(match["v"]):
            yield *match.span("v"), Tier.MEDIUM


def _surname(name: str) -> str:
    if name[:2] in COMPOUND and len(name) > 2:
        return name[:2]
    return name[:1] if name[:1] in SINGLE else ""
