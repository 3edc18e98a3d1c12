"""Person names: a surname, a small statistical model of given names, and what stands around them.

A bare name of three characters is MEDIUM, of two LOW (too many words look like that); a header or a word beside it
makes any MEDIUM. The model adds a weight for the surname, each character at its place and the length; it was made from
a word list with a licence (docs/privacy.md, model card)."""

import re
from collections.abc import Iterator

from gateway.model.finding import Tier
from gateway.privacy import name_model
from gateway.privacy.name_score import score, surname_of
from gateway.privacy.name_words import COMPOUND, NEVER, SINGLE, STOP
from gateway.privacy.running import named
from gateway.privacy.views import CUT

LEAST, SURE = -0.6, 0.6
"""Scores from which a bare word is a name: 2% of words in a dictionary reach LEAST, 1% SURE."""

BARE = 4
"""Characters of the longest bare name."""

CLEAR = 3.0
"""How much worse running text must read without a name of three characters that nothing announces."""

_HAN = r"\u4e00-\u9fff"
_RUN = re.compile(rf"(?<!{CUT})(?<![{_HAN}])[{_HAN}]{{2,}}")
_SURNAME = f"(?:{'|'.join(sorted(COMPOUND))}|[{''.join(sorted(SINGLE))}])"
_ROLE = (
    "姓名|联系人|名字|负责人|法定代表人|法人代表|法人|经办人|签收人|收件人|户主|申请人|本人|叫做?|联络人|录用了?|联系"
)
_TITLE = "先生|女士|小姐|同志|师傅|老师|经理|主任|阿姨|大姐|大哥"
_TOKEN = re.compile(rf"(?<![{_HAN}A-Za-z0-9·•])[{_HAN}](?: ?[{_HAN}]){{1,3}}(?![{_HAN}A-Za-z0-9·•]| [{_HAN}])")
_DOTTED = re.compile(
    rf"(?<![{_HAN}])[{_HAN}]{{2,8}}(?:[·•・][{_HAN}]{{1,8}}?){{1,3}}(?=[^{_HAN}·•・]|$|[的于在是和与及说称向已将曾住因，])"
)
_AFTER_ROLE = re.compile(
    rf"(?:{_ROLE})[:：是为\s]{{0,3}}(?P<v>{_SURNAME}[{_HAN}]{{1,2}}?)"
    rf"(?=[^{_HAN}]|$|电话|手机|微信|联系|{_TITLE})"
)
_BEFORE_TITLE = re.compile(rf"(?P<v>{_SURNAME}[{_HAN}]{{1,2}}?)(?={_TITLE})")


def likely(name: str, least: float = LEAST) -> bool:
    """Whether the model takes it for a person, and it is no word that is known."""
    return score(name) > least and name not in STOP and name not in name_model.WORDS


def possible(name: str) -> bool:
    """A surname and one or two further characters (three: two surnames and a name), none of them a function word."""
    surname = surname_of(name)
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
    for run in _RUN.finditer(text):
        yield from _running(run[0], run.start(), alone=run[0] == text.strip())
    for match in _DOTTED.finditer(text):
        yield match.start(), match.end(), Tier.MEDIUM if announced else Tier.LOW
    for match in _AFTER_ROLE.finditer(text):
        if possible(match["v"]):
            yield *match.span("v"), Tier.MEDIUM
    for match in _BEFORE_TITLE.finditer(text):
        if likely(match["v"]):
            yield *match.span("v"), Tier.MEDIUM


def _running(run: str, at: int, *, alone: bool) -> Iterator[tuple[int, int, Tier]]:
    """Names in a run of Chinese: sure where a word beside it says so, or three characters read as a name alone.

    ``alone``: the run is all there is, a bare cell: up to four characters it is for the model of bare names to say."""
    for name in named(run):
        if alone and len(run) <= BARE and (not name.told or name.end - name.start == len(run)):
            continue
        sure = name.told or (name.end - name.start > 2 and name.margin >= CLEAR)
        yield at + name.start, at + name.end, Tier.MEDIUM if sure else Tier.LOW
