"""The time an extract covers: whole months and a thin tail of days after them, in local time.

Times are whole seconds since 1970-01-01 00:00:00 on the local clock (Asia/Shanghai has no summer time).
"""

from dataclasses import dataclass

import numpy as np

from gateway.demo.platform.cells import SECONDS_A_DAY, Floats, Ints, weighted

_TAIL_DAYS = 5
_TAIL_WEIGHT = 0.05
_WEEKDAY_WEIGHT = (1.08, 1.05, 1.0, 1.0, 1.0, 0.85, 0.70)
_HOUR_WEIGHT = (1, 0.5, 0.3, 0.3, 0.5, 2, 5, 8, 12, 14, 13, 11, 10, 10, 10, 10, 10, 9, 10, 12, 13, 11, 7, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """`start` of the first month, `months_end` (exclusive) of the last, `end` of the tail; weight per day."""

    start: int
    months_end: int
    end: int
    day_weight: Floats

    def draw(self, rng: np.random.Generator, count: int, first: int = 0, last: int | None = None) -> Ints:
        """Ascending times on the days `first` to `last` (exclusive), which count from the start."""
        days = first + weighted(rng, self.day_weight[first:last], count)
        hours = weighted(rng, _HOUR_WEIGHT, count)
        seconds = rng.integers(0, 3600, count)
        return np.sort(self.start + days * SECONDS_A_DAY + hours * 3600 + seconds)

    def slices(self, count: int, size: int) -> list[tuple[int, int, int]]:
        """Cut `count` events into runs of days: (first day, last day exclusive, events).

        A run has about `size` events, more where a single day has; the events add up to `count`.
        """
        share = np.cumsum(self.day_weight) / self.day_weight.sum()
        upto = np.rint(share * count).astype(np.int64)
        upto[-1] = count
        runs: list[tuple[int, int, int]] = []
        first, done = 0, 0
        for day, total in enumerate(upto.tolist(), start=1):
            if total - done >= size or day == len(upto):
                runs.append((first, day, total - done))
                first, done = day, total
        return runs


def read_window(month: str, months: int) -> Window:
    """The window of `months` months up to and including `month` (`YYYY-MM`), and the days after.

    Raises ValueError for a month that is not one and for fewer months than one.
    """
    if months < 1:
        raise ValueError("months must be 1 or more")
    last = np.datetime64(month, "M")
    first_day = (last - (months - 1)).astype("M8[D]")
    after = (last + 1).astype("M8[D]")
    days = np.arange(first_day, after + _TAIL_DAYS)
    weekday = (days.astype(np.int64) + 3) % 7
    weight = np.array(_WEEKDAY_WEIGHT)[weekday]
    weight[-_TAIL_DAYS:] *= _TAIL_WEIGHT
    return Window(
        start=int(first_day.astype(np.int64)) * SECONDS_A_DAY,
        months_end=int(after.astype(np.int64)) * SECONDS_A_DAY,
        end=int((after + _TAIL_DAYS).astype(np.int64)) * SECONDS_A_DAY,
        day_weight=weight,
    )
