"""Names in running text, where no blank parts the words: which way of cutting a run of Chinese is the likeliest?

Each run is cut into words of a list with their frequencies, single characters, and names; a name is as likely as its
surname and the characters of its given name are among persons, and as what stands beside it says. The best way of
cutting is found by dynamic programming (Viterbi 1967); a name in it is a finding, and how much worse the best way
without it is says how sure that is. Word list and counts: docs/privacy.md, model card."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from gateway.privacy.name_model import WORDS
from gateway.privacy.name_score import score
from gateway.privacy.name_words import COMPOUND, NEVER, SINGLE, STOP

LEXICON = "lexicon.txt"
PRIOR = 5.5
"""What a name costs beside a word, before its neighbours are asked (natural logarithm)."""
TRUST = 0.35
"""What the model of bare names adds, so that a given name that is a word as well (建国) stays with its surname."""
LONGEST_WORD, LONGEST_NAME = 4, 4
LEAST_LIKELY = -14.0
"""How unlikely a name of two characters is taken to be at most, where it is known to be somebody's."""
MOST = 400
"""Characters of a run that are looked at as one; a longer one is looked at in overlapping parts."""

_BEFORE_WORDS = """
联系 客户 用户 员工 顾客 病人 患者 学生 同事 朋友 居民 业主 乘客 会员 司机 经理 老师 医生 教授
市民 村民 律师 记者 名叫 昵称 通知 委托 感谢 欢迎 原告 被告 妻子 丈夫 父亲 母亲 妈妈 爸爸 儿子
女儿 哥哥 姐姐 弟弟 妹妹 爷爷 奶奶 邻居 房东 租客 租户 车主 护士 老板 秘书 助理 总监 董事长 总经理
主管 主任 业务员 快递员 骑手 受益人 投保人 被保险人 发件人 收货人 寄件人 持卡人 嫌疑人 当事人 证人
代表 代表人 作者 导演 演员 主持人 人员 亲爱的 尊敬的 你好 您好 转告 查询 授权 我是 我叫 叫做 叫
名字是 名为 报销人 申请人 考生 家长 队长 组长 班长 厂长 校长 院长 局长 科长 处长 部长 书记 市长
总裁 参保人 借款人 担保人 监护人 旅客 居住人 承租人 出租人 买方 卖方 甲方 乙方 消费者 求职者 应聘者
劳动者 工人 师傅 户主 负责人 联系人 经办人 法人 法定代表人 收件人 签收人 联络人 姓名 名字 本人
"""
_TELLING_WORDS = """
同学 同志 女士 先生 老师 医生 教授 经理 主任 律师 师傅 电话 手机 身份证 邮箱 微信 出生 生于 毕业
现居 居住 您好 你好 来电 小姐 阿姨 大姐 大哥 住在 家住 的电话 的手机 的身份证 的邮箱 的微信 的住址
的银行卡 的联系方式 联系方式 的护照 的账户
"""
_AFTER_WORDS = """
担任 表示 提交 申请 预约 登记 注册 反映 购买 下单 咨询 办理 今年 就职 任职 入职 报名 的 于 在 说
称 向 已 将 曾 住 因 把 被 和 与 及 是 昨天 今天 明天 最近 负责 参加 通过 需要 现在 已经 同意
签字 签收 出席 主持 来 去 到 从 等人 等
"""
_PLACE_END = frozenset("路街巷镇村县市区省园庄站桥州湾港岛山湖河院校店厂楼坊里城寺庙嘴滩洼坡坪沟岗屯坝")
_FREE = "[^在的是和与于向由被从给对称说已昨今明来去到为]"
_NO_PERSON_AFTER = re.compile(
    f"{_FREE}{{0,2}}(?:[省市县区镇乡村屯路街巷州湾]|道(?!歉)|族自治)"
    f"|{_FREE}{{0,5}}(?:公司|集团|有限|股份|银行|大学|学院|医院|大厦|广场|科技|大街|大道|地铁|机场|酒店)"
)
_NEVER_LAST = frozenset("于已向给帮代系把被对从让请将也又都就才还没不跟由因说讲叫要想我你他她它并但则即")
"""Words of one character that follow a name rather than end it."""
_WEAK, _WEAKER = frozenset("由应从都全和向经连"), 3.0
"""Surnames that are words of every sentence, and how much less likely that makes them."""
LEAST = 0.3
"""How much worse the way without a name must be; less does where a neighbour says that it is one."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Natural logarithms of shares: of words in text; of surnames and characters at their places among persons."""

    words: Mapping[str, float]
    surname: Mapping[str, float]
    only: Mapping[str, float]
    first: Mapping[str, float]
    last: Mapping[str, float]
    unknown: float

    def word(self, text: str) -> float | None:
        """A word's logarithm; an unknown character's; None for what is no word."""
        return self.words.get(text, self.unknown if len(text) == 1 else None)

    def person(self, surname: str, given: str) -> float:
        """A name's logarithm."""
        rare = -10.5
        total = self.surname.get(surname, -9.0)
        if len(given) == 1:
            return total + _ONE + self.only.get(given, rare)
        return total + _TWO + self.first.get(given[0], rare) + self.last.get(given[1], rare)


_ONE, _TWO = math.log(0.25), math.log(0.75)  # given names of one and of two characters


@cache
def lexicon() -> Lexicon:
    """The shipped list: lines of a kind, a logarithm and what has it."""
    tables: dict[str, dict[str, float]] = {kind: {} for kind in "wsofl"}
    text = resources.files("gateway.privacy").joinpath(LEXICON).read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, logarithm, *entries = line.split(" ")
            tables[kind].update(dict.fromkeys(entries, float(logarithm)))
    words, surname, only, first, last = tables.values()
    return Lexicon(words, surname, only, first, last, unknown=min(words.values()) - 1)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a run: its place, how much worse the best way without it is, and whether its neighbours say so."""

    start: int
    end: int
    margin: float
    told: bool


@lru_cache(maxsize=1 << 14)
def named(run: str) -> tuple[Named, ...]:
    """The names in a run of Chinese characters, in order. A run may be one as a whole: so it is in a sentence; alone in
    a cell it is for the model of bare names to say."""
    found: dict[tuple[int, int], Named] = {}
    for offset in range(0, max(1, len(run) - 20), MOST - 20):
        part = run[offset : offset + MOST]
        for one in _named(part):
            place = offset + one.start, offset + one.end
            found.setdefault(place, Named(*place, one.margin, one.told))
    return tuple(found.values())


def _named(run: str) -> Iterator[Named]:
    persons = _persons(run)
    if not persons:
        return
    best, names = _cut(run, persons)
    for place in names:
        start, end = place
        without, _ = _cut(run, {p: gain for p, gain in persons.items() if p != place})
        margin = best - without
        told = run.endswith(_BEFORE, 0, start) or run.startswith(_TELLING, end)
        if told or margin >= LEAST:
            yield Named(start, end, margin, told)


def _persons(run: str) -> dict[tuple[int, int], float]:
    """Where a name could stand, and its logarithm with what its neighbours add."""
    known = lexicon()
    out: dict[tuple[int, int], float] = {}
    for start, char in enumerate(run[:-1]):
        for surname in (run[start : start + 2], char):
            if surname not in (COMPOUND if len(surname) == 2 else SINGLE):
                continue
            for size in (1, 2):
                end = start + len(surname) + size
                if end <= len(run) and _may_be(run, start, end, given := run[end - size : end]):
                    gain = known.person(surname, given) - PRIOR + _beside(run, start, end)
                    gain += TRUST * min(max(score(run[start:end]) - 1, 0.0), 6.0)
                    gain -= _WEAKER if surname in _WEAK else 0.0
                    if gain > _parts(run[start:end], known):
                        out[start, end] = gain
    return out


def _may_be(run: str, start: int, end: int, given: str) -> bool:
    name = run[start:end]
    return not (
        set(given) & NEVER
        or (len(given) == 2 and given[1] in _NEVER_LAST)
        or name in STOP
        or name in WORDS
        or name[-1] in _PLACE_END
        or given == "家"
        or _NO_PERSON_AFTER.match(run, end)
    )


def _parts(name: str, known: Lexicon) -> float:
    """A name's characters one by one: what reads better so is no name."""
    return sum(known.words.get(char, known.unknown) for char in name)


_BEFORE = tuple(_BEFORE_WORDS.split())
_TELLING = tuple(_TELLING_WORDS.split())
_AFTER = tuple(_AFTER_WORDS.split())
_KINDS = tuple("人员师长者方宾客警友")
"""How words for kinds of people end."""
_BEFORE_ONE = tuple("是由请给向和与或及为跟同对让找把")


def _beside(run: str, start: int, end: int) -> float:
    """What a name's neighbours add to it."""
    if start == 0:
        before = 1.5
    elif run.endswith(_BEFORE, 0, start):
        before = 4.0
    elif run.endswith(_KINDS, 0, start):
        before = 2.0
    else:
        before = 1.0 if run.endswith(_BEFORE_ONE, 0, start) else 0.0
    if end == len(run):
        return before + 1.0
    if run.startswith(_TELLING, end):
        return before + 3.0
    return before + (1.0 if run.startswith(_AFTER, end) else 0.0)


def _cut(run: str, persons: Mapping[tuple[int, int], float]) -> tuple[float, list[tuple[int, int]]]:
    """(logarithm of the best way of cutting, the names in it)."""
    best, names, _ = _ways(run, persons)
    return best, names


def _ways(
    run: str, persons: Mapping[tuple[int, int], float]
) -> tuple[float, list[tuple[int, int]], list[tuple[int, int]]]:
    """(logarithm of the best way of cutting, the names in it, the words in it)."""
    known, size = lexicon(), len(run)
    best = [0.0] + [-math.inf] * size
    back = [(0, False)] * (size + 1)
    for start in range(size):
        for end in range(start + 1, min(start + LONGEST_WORD, size) + 1):
            ways = ((known.word(run[start:end]), False), (persons.get((start, end)), True))
            for gain, person in ways:
                if gain is not None and best[start] + gain > best[end]:
                    best[end], back[end] = best[start] + gain, (start, person)
    names: list[tuple[int, int]] = []
    words: list[tuple[int, int]] = []
    end = size
    while end:
        start, person = back[end]
        (names if person else words).append((start, end))
        end = start
    return best[size], names[::-1], words[::-1]


_LOOSE = (
    _NEVER_LAST
    | {word for word in (*_BEFORE, *_BEFORE_ONE, *_KINDS, *_AFTER, *_TELLING) if len(word) == 1}
    | set("的了是在与及或等以对按由从和大小老阿总工哥姐叔姨")
)
"""Single characters that may stand beside a name; a word that is a name and one of them clears nothing."""


def pairs_within(run: str) -> Iterator[int]:
    """Where two characters of a run stand within one longer word, and so are no name of two characters.

    The run is cut as if every pair that begins with a surname were likely to be a name; a word that is cut all the
    same holds its pairs, unless the rest of the word may stand beside a name as well (高高的)."""
    known = lexicon()
    persons = {
        (i, i + 2): max(known.person(run[i], run[i + 1]), LEAST_LIKELY) for i in range(len(run) - 1) if run[i] in SINGLE
    }
    _, _, words = _ways(run, persons)
    for start, end in words:
        if end - start > 2:
            yield from (i for i in range(start, end - 1) if not _LOOSE & {*run[start:i], *run[i + 2 : end]})
