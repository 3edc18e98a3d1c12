"""Bare name cells: made-up persons against words that are no names, beside jieba and a plain surname rule.

Persons: the hundred most frequent surnames (Ministry of Public Security, report on names, 2020; weights fall with the
rank) with given names from the same reports' lists of the most frequent names of each decade, or made of two of the
characters that they list. Words: the fifth of jieba's word list that the model never saw, and the code lists."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.privacy.train_names import held_out, words
from gateway.model.finding import Tier
from gateway.privacy import scan_text
from gateway.privacy.name_score import score
from gateway.privacy.names import likely

CODES = Path(__file__).parents[2] / "pipelines" / "codes"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
RARER = (
    "葛范裴祝左莘柯阮蓝闵席季麻强娄危童颜梅盛林刁骆樊凌霍虞支昝管卢莫经房裘缪干解应宗宣贲郁单杭洪包诸左石"
    "崔吉钮嵇邢滑裴荣翁荀羊甄曲家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴"
    "甘厉戎祖符景詹束龙叶幸司韶"
)
"""From the Hundred Family Surnames; the hundred most frequent belong to 85 in 100 people."""
_GIVEN = """
秀英 桂英 秀兰 玉兰 桂兰 秀珍 凤英 玉珍 玉英 兰英 建国 建华 国强 志强 建军 国华 建平 桂芳 玉华 秀芳
军 勇 伟 建 平 强 辉 敏 静 丽 艳 娟 霞 芳 燕 玲 涛 磊 鹏 杰
超 波 斌 浩 婷 雪 洁 倩 鑫 欣怡 梓涵 诗涵 子涵 浩宇 浩然 宇轩 宇航 子轩 子墨 奕辰
亦辰 宇辰 梓豪 一诺 依诺 语桐 欣妍 可欣 语汐 雨桐 梦瑶 俊杰 佳怡 佳琪 思雨 雨欣 嘉怡 雅婷 晓东 晓燕
海燕 志伟 文杰 小红 小龙 建伟 永强 春梅 红梅 丽娟 丽华 淑英 淑珍 凤兰 桂珍 玉梅 国庆 国平 立新 卫东
红军 爱民 金凤 美玲 雅丽 文静 志刚 海涛 晓明 晓丽 俊峰 天宇 梦琪 佳慧 思琪 雪梅
"""
GIVEN = _GIVEN.split()
_CHARACTERS = (
    "英华玉秀明珍文芳兰国春梅丽红金平志建海云凤林军荣生永德强桂清福元美伟杰燕霞小龙俊成光晓慧玲艳娟敏静洪"
    "峰雪琴庆新东宏涛鹏飞辉佳子欣雨梓涵宇浩然轩嘉怡思婷琪瑶诗雅梦辰奕睿泽博一诺晨阳翔毅凯旭彬超磊勇斌波刚"
    "亮娜莉倩洁颖莹琳"
)


def persons(number: int) -> list[str]:
    """Made-up names; nobody in particular."""
    rng = Random("persons")
    weights = [1 / (rank + 8) for rank in range(len(SURNAMES))]
    common = rng.choices(SURNAMES, weights, k=number)
    surnames = [s if rng.random() < 0.85 else rng.choice(RARER) for s in common]
    return [s + (rng.choice(GIVEN) if rng.random() < 0.5 else "".join(rng.choices(_CHARACTERS, k=2))) for s in surnames]


def others(dictionary: Path | None) -> list[str]:
    """Words that are no names."""
    labels = {
        cell
        for file in CODES.glob("*.csv")
        for line in file.read_text("utf-8-sig").splitlines()
        for cell in line.split(",")
        if 2 <= len(cell) <= 4 and all("\u4e00" <= c <= "\u9fff" for c in cell)
    }
    known = {w for w, person in words(dictionary) if not person and held_out(w)} if dictionary else set()
    return sorted(labels | known)


def found(text: str) -> bool:
    """Any finding, as the sieve and the certificate count it."""
    return any(f.entity == "PERSON_NAME" for f in scan_text(text))


def blocking(text: str) -> bool:
    """A finding that blocks a release until a steward has seen it."""
    return any(f.entity == "PERSON_NAME" and f.tier is not Tier.LOW for f in scan_text(text))


def surname_rule(text: str) -> bool:
    """A surname among the hundred and one or two further characters."""
    return len(text) in (2, 3) and text[0] in SURNAMES


def jieba_finder(root: Path) -> Callable[[str], bool]:
    """jieba's part of speech: the whole cell is one word, a person."""
    sys.path.insert(0, str(root))
    posseg: Any = importlib.import_module("jieba.posseg")

    def whole(text: str) -> bool:
        tagged = [(pair.word, pair.flag) for pair in posseg.cut(text)]
        return len(tagged) == 1 and tagged[0][1].startswith("nr")

    return whole


def curve(good: list[str], bad: list[str]) -> list[tuple[float, float, float]]:
    """(threshold, recall, share of words taken for names) of the model over bare cells."""

    def share(cells: list[str], least: float) -> float:
        return sum(likely(c, least) for c in cells) / len(cells)

    return [
        (least, share(good, least), share(bad, least)) for least in (-4, -3, -2, -1.5, -1, -0.5, 0, 0.6, 1, 1.5, 2, 3)
    ]


def at(good: list[str], bad: list[str], false: float) -> float:
    """Recall where this share of words is taken for names."""
    scores = sorted((score(w) if likely(w, -98) else -99.0 for w in bad), reverse=True)
    least = scores[int(false * len(bad))]
    return sum(likely(w, least) for w in good) / len(good)
