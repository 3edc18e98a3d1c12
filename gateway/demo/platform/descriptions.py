"""Free text of postings, put together from templates; some give away a phone, a WeChat id or a name.

About 8% carry a phone (plain, dashed, spaced or full-width), 3% a WeChat id and 4% the name of a contact.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gateway.demo.platform.cells import (
    ByteRows,
    GroupedPool,
    Ints,
    any_of,
    digits,
    join,
    mosaic,
    pool,
    strings,
    take,
    weighted,
)
from gateway.demo.platform.people import full_names
from gateway.demo.platform.trades import TRADES

_NOTHING, _PHONE, _WECHAT, _NAME = range(4)
_CONTACT_WEIGHTS = (0.85, 0.08, 0.03, 0.04)
_PHONE_SPELLING_WEIGHTS = (0.60, 0.15, 0.13, 0.12)
_ZERO = ord("0")
_OPENINGS = pool([
    "因业务扩大，现招", "本店长期招", "急招", "诚聘", "公司直招", "旺季用工，招", "招熟练", "招",
    "门店新开，招", "常年招聘", "节前缺人，急需", "现面向本市招",
])  # fmt: skip
_BREAKS = pool(["。", "，", "\n", "；"])
_BREAK_WEIGHTS = (0.64, 0.27, 0.03, 0.06)
_TERMS = pool([
    "包吃住，工资当天结", "管一顿午饭", "每天8小时，加班另算", "早八晚五，中午休息1小时",
    "月休4天，缴五险", "多劳多得，上不封顶", "两班倒，夜班每晚补20元", "试用期3天，合适再定",
    "干满一个月奖励200元", "“按时到岗”者优先", "工期约15天, 可长期合作", "工具自带, 不会可以教",
    "下雨下雪停工，不算缺勤", "路费报销，早6点集合", '合同期"一年一签"', "待遇从优，面谈",
    '"当天结算"，不拖欠', "就近安排，有班车", "提供工服和手套", "计件+全勤100",
])  # fmt: skip
_WISHES = pool([
    "，18-55岁，身体健康。", "，男女不限。", "，有经验优先。", "，能吃苦耐劳。", "，持健康证。",
    "，会骑电动车。", "，家住附近优先。", "，无不良嗜好。", "，初中以上文化。", "，有C1驾照。",
    "，学生、宝妈也可以。", "，需夜班。", "。", "。", "，随时上岗！",
])  # fmt: skip
_CALLS = pool(["联系电话：", "电话", "有意者请致电", "咨询热线", "打电话", "手机", "报名拨打", "Tel:"])
_AFTER_CALLS = pool(["", "", "（微信同号）", "，非诚勿扰", "，随时可打", " 找我报名"])
_WECHATS = pool(["加微信：", "微信号", "VX:", "加V ", "wx：", "＋微", "联系微信"])
_NAMES = pool(["联系人", "联系人：", "到店找", "请找", "负责人"])


def _spread(rows: ByteRows, separator: str) -> pa.Array:
    """138-1234-5678, with the separator given."""
    mark = np.full((len(rows), 1), ord(separator), dtype=np.uint8)
    return strings(np.hstack((rows[:, :3], mark, rows[:, 3:7], mark, rows[:, 7:])))


def _full_width(rows: ByteRows) -> pa.Array:
    """The digits as U+FF10 to U+FF19, which UTF-8 writes in three bytes."""
    wide = np.empty((len(rows), rows.shape[1], 3), dtype=np.uint8)
    wide[:] = np.frombuffer("\uff10".encode(), dtype=np.uint8)
    wide[:, :, 2] += rows - np.uint8(_ZERO)
    return strings(wide.reshape(len(rows), -1))


def _phones(rng: np.random.Generator, phone: Ints) -> pa.Array:
    """A call to ring the number, spelled in one of four ways."""
    rows = digits(phone, 11)
    spelled = mosaic(
        weighted(rng, _PHONE_SPELLING_WEIGHTS, len(phone)),
        {
            0: lambda at: strings(rows[at]),
            1: lambda at: _spread(rows[at], "-"),
            2: lambda at: _spread(rows[at], " "),
            3: lambda at: _full_width(rows[at]),
        },
    )
    calls = any_of(rng, _CALLS, len(phone))
    return join(calls, spelled, any_of(rng, _AFTER_CALLS, len(phone)))


def _wechats(rng: np.random.Generator, count: int) -> pa.Array:
    """An invitation to add a WeChat id of three letters and six digits or letters."""
    letters = np.frombuffer(b"abcdefghijkmnpqrstuvwxyz", dtype=np.uint8)
    either = np.frombuffer(b"abcdefghijk0123456789_", dtype=np.uint8)
    head = letters[rng.integers(0, len(letters), (count, 3))]
    tail = either[rng.integers(0, len(either), (count, 6))]
    return join(any_of(rng, _WECHATS, count), strings(np.hstack((head, tail))))


def _contacts(rng: np.random.Generator, phone: Ints, contact: pa.Array) -> pa.Array:
    """What stands at the end: nothing, a phone, a WeChat id or a name."""

    def named(at: Ints) -> pa.Array:
        strangers = full_names(rng, rng.random(len(at)) < 0.5)
        known = pa.array(rng.random(len(at)) < 0.5)
        names = pc.if_else(known, take(contact, at), strangers)
        return join(any_of(rng, _NAMES, len(at)), names)

    return mosaic(
        weighted(rng, _CONTACT_WEIGHTS, len(phone)),
        {
            _NOTHING: lambda at: pool([""]).take(pa.array(np.zeros(len(at), dtype=np.int64))),
            _PHONE: lambda at: _phones(rng, phone[at]),
            _WECHAT: lambda at: _wechats(rng, len(at)),
            _NAME: named,
        },
    )


def duty_texts() -> GroupedPool:
    """What there is to do, by trade."""
    return GroupedPool.of([trade.duties for trade in TRADES])


def descriptions(
    rng: np.random.Generator, *, title: pa.Array, duty: pa.Array, phone: Ints, contact: pa.Array
) -> pa.Array:
    """One description per posting from its title, a duty of its trade, and the number and name to ask for."""
    count = len(phone)
    return join(
        any_of(rng, _OPENINGS, count),
        title,
        take(_BREAKS, weighted(rng, _BREAK_WEIGHTS, count)),
        duty,
        take(_BREAKS, weighted(rng, _BREAK_WEIGHTS, count)),
        any_of(rng, _TERMS, count),
        any_of(rng, _WISHES, count),
        _contacts(rng, phone, contact),
    )
