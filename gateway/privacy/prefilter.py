"""The vectorised gate: which of a column's distinct values could hold personal data at all, in RE2 over Arrow.

It is coarser than :func:`gateway.privacy.text.passes` and lets everything through that the shapes could match in any
view (tests hold the two together). Order: plain numbers, then distinct values, then vocabulary, then the suspicion."""

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from gateway.privacy.joins import LETTERS, NUMERALS
from gateway.privacy.name_words import COMPOUND, SINGLE
from gateway.privacy.running import named

# digits of one number that no shape takes for an identifier unless a header says so: up to ten, no leading zero
PLAIN_NUMBER = r"^[+-]?(?:[0-9]|[1-9][0-9]{1,9})(?:\.[0-9]{1,10})?%?$"
# thousands parted by commas; money with its cents, unless they are nought
PLAIN_AMOUNT = (
    r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,4})?[元万亿%]{0,2}$"
    r"|^[+-]?[1-9][0-9]{0,13}\.(?:[0-9][1-9]|[1-9]0?)[元万亿%]{0,2}$"
)
# months, days and times that the masks hide in every view; a moment in fourteen digits
PLAIN_TIME = (
    r"^20[1-9][0-9]-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9])?(?:Z|[+-][01][0-9]:[0-5][0-9])?)?)?$"
    r"|^20[1-9][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-2][0-9][0-5][0-9][0-5][0-9]$"
)
_HAN = r"\x{4e00}-\x{9fff}"
_DIGIT = "0-9" + "".join(NUMERALS) + "".join(c for c in LETTERS if c != "|") + "|"
_ONE = "1" + "".join(c for c, d in (NUMERALS | LETTERS).items() if d == "1")
_NOUGHT = "0" + "".join(c for c, d in (NUMERALS | LETTERS).items() if d == "0")
_PARTING = r"[ \t\r\n\-_./\\,，、。~*+()（）—\[\]#:：|]{0,4}"
_START, _END = r"(?:^|[^0-9])", r"(?:[^0-9]|$)"
_EDGE, _CLOSE = r"(?:^|[^0-9A-Za-z])", r"(?:[^0-9A-Za-z]|$)"
_SURNAME = f"(?:[{''.join(sorted(SINGLE))}]|{'|'.join(sorted(COMPOUND))})"
_SUSPICIOUS = (
    # a character that is neither ASCII, nor Chinese, nor ordinary punctuation: full-width digits, zero-width spaces, …
    rf"[^\t\n\r -~{_HAN}、。《》「」【】（），：；！？“”—]",
    # numbers in any disguise: eleven digits like a mobile number's, ten to twelve after a nought, fourteen or more
    rf"{_START}[{_ONE}|]{_PARTING}[{_DIGIT}](?:{_PARTING}[{_DIGIT}]){{9}}{_END}",
    rf"{_START}[{_NOUGHT}](?:{_PARTING}[{_DIGIT}]){{9,11}}{_END}",
    rf"[8八捌]{_PARTING}[6六陆]{_PARTING}[{_ONE}|](?:{_PARTING}[{_DIGIT}]){{10}}{_END}",
    rf"(?:[{_DIGIT}]{_PARTING}){{14}}",
    # seventeen or eighteen letters and digits: VIN, credit code
    rf"(?:[0-9A-Za-z{_DIGIT}]{_PARTING}){{17}}",
    r"[0-9A-Z]{8}-[0-9X]",
    # hexadecimal; base64 of digits (other base64 has letters of both cases and is asked for below)
    r"[0-9A-Fa-f]{14}",
    r"[MNO][DTjz][AEIMQUYcgk][w-z0-5][MNO]",
    r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}",
    r"(?:[0-9A-Fa-f]{2}[:：-]){3}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.|[:：][0-9A-Fa-f]{0,4}[:：]",
    r"[0-9]{1,3}\.[0-9]{4,}(?:[^0-9]|$)|°",
    r"@|#[A-Za-z]|艾特|(?i:\b(?:at|dot)\b)",
    r"[0-9][eE]\+?1[0-9]",
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z]",
    r"%[0-9A-Fa-f]{2}|&[#A-Za-z]|\\[ux]",
    r"[Qq][Qq]|[Vv][Xx]|[Ww][Xx]|[Ww]e[Cc]hat|[Ww]eixin|微信|薇信|威信|[Vv]信|加[VvQq]|扣扣|企鹅",
    r"[0-9一二三四五六七八九十百]{1,5} ?(?:号|栋|幢|座|单元|室|弄|户|组|队)",
    r"(?:19|20)[0-9][0-9][-/.年][0-9]{1,2}[-/.月]?(?:[0-9]{1,2}[日号]?)? ?(?:出)?生",
    r"(?:^|\n) *(?:19[3-9][0-9]|200[0-9]|201[0-2])[-/.年][0-9]",
    r"姓名|联系|名字|负责人|法定代表|法人|经办人|签收人|收件人|户主|申请人|本人|叫|联络|录用",
    r"先生|女士|小姐|同志|师傅|老师|经理|主任|阿姨|大姐|大哥|·",
    # passports, permits and identity cards of a letter or two and six to ten digits
    rf"{_EDGE}[A-Za-z]{{1,2}}[0-9]{{6}}(?:[Aa(]|[0-9]{{1,4}}{_CLOSE})",
    rf"(?:^|[^{_HAN}A-Za-z0-9]){_SURNAME}(?: ?[{_HAN}]){{1,3}}(?:[^{_HAN}A-Za-z0-9]|$)",
)


@cache
def suspicion() -> str:
    """The one regular expression of what is let through."""
    from gateway.privacy.cues import CUES

    words = sorted({word.replace(" ", "[ _]?") for words in CUES.values() for word in words})
    return "|".join([*_SUSPICIOUS, f"(?i:{'|'.join(words)})"])


def candidates(values: pa.Array, vocabulary: pa.Array, *, announced: bool) -> pa.Array:
    """The distinct values of a string column that a closer look is due to.

    ``announced``: the column's header names an entity, so that only the vocabulary clears a value."""
    rest = values
    if not announced:
        rest = rest.filter(pc.invert(pc.match_substring_regex(rest, f"{PLAIN_NUMBER}|{PLAIN_AMOUNT}|{PLAIN_TIME}")))
    distinct = pc.unique(rest).drop_null()
    if len(vocabulary):
        distinct = distinct.filter(pc.invert(pc.is_in(distinct, value_set=vocabulary)))
    if announced or not len(distinct):
        return distinct
    suspicious = pc.or_(pc.match_substring_regex(distinct, suspicion()), _base64(distinct))
    rest = distinct.filter(pc.invert(suspicious))
    return pa.concat_arrays([distinct.filter(suspicious), _named(rest)])


def _named(values: pa.Array) -> pa.Array:
    """Those with a name in running text: each distinct run of Chinese is looked at once."""
    from gateway.privacy.cells import strings

    runs = pc.split_pattern_regex(values, rf"[^{_HAN}]+")
    texts, rows = pc.list_flatten(runs), pc.list_parent_indices(runs)
    distinct = pc.unique(texts)
    distinct = distinct.filter(pc.match_substring_regex(distinct, rf"{_SURNAME}[{_HAN}]|[{_HAN}]{_SURNAME}"))
    names = strings([run for run in distinct.to_pylist() if named(run)])
    return values.take(pc.unique(rows.filter(pc.is_in(texts, value_set=names))))


def _base64(values: pa.Array) -> pa.Array:
    """Whether a long token may be base64: letters of both cases occur."""
    long, lower, upper = (pc.match_substring_regex(values, p) for p in (r"[A-Za-z0-9+/_-]{11}", "[a-z]", "[A-Z]"))
    return pc.and_(long, pc.and_(lower, upper))
