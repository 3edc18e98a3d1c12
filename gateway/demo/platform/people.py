"""Names of people who do not exist: common surnames and given-name characters put together at random."""

import numpy as np
import pyarrow as pa

from gateway.demo.platform.cells import Ints, Mask, any_of, blank, join, pool, take, weighted

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文佟"
)
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟")
_MALE = "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆龙海山峰林成东国建志文德庆福生永宝学立新春光金玉祥"
_FEMALE = "芳娜敏静丽艳娟霞秀英红玲燕桂兰凤洁梅琳素云莲真雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉雅芝晶妍茜秋珊"
_SURNAME_POOL = pool([*_SURNAMES, *_COMPOUND])
_SURNAME_WEIGHTS = np.concatenate(
    [1.0 / (np.arange(len(_SURNAMES)) + 6.0), np.full(len(_COMPOUND), 0.0008)],
)
_GIVEN_POOL = pool([*_MALE, *_FEMALE])
_SINGLE_GIVEN = 0.18
_FORMS_OF_ADDRESS = pool(["女士", "先生", "经理", "姐", "老板", "主管", "店长", "师傅"])


def _given(rng: np.random.Generator, female: Mask) -> pa.Array:
    """One given-name character per person, by sex."""
    index: Ints = np.where(
        female,
        len(_MALE) + rng.integers(0, len(_FEMALE), len(female)),
        rng.integers(0, len(_MALE), len(female)),
    )
    return take(_GIVEN_POOL, index)


def surnames(rng: np.random.Generator, count: int) -> pa.Array:
    """Surnames, the common ones often."""
    return take(_SURNAME_POOL, weighted(rng, _SURNAME_WEIGHTS, count))


def full_names(rng: np.random.Generator, female: Mask) -> pa.Array:
    """Names of two to four characters, one per entry of `female`."""
    second = blank(_given(rng, female), rng.random(len(female)) < _SINGLE_GIVEN)
    return join(surnames(rng, len(female)), _given(rng, female), second)


def polite_names(rng: np.random.Generator, count: int) -> pa.Array:
    """Names as postings give them: a surname and a form of address, such as 王女士."""
    return join(surnames(rng, count), any_of(rng, _FORMS_OF_ADDRESS, count))
