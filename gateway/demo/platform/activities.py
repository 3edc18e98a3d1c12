"""The activities feed: views, applications, matches, completed jobs and service visits, in order of time.

Every application follows a view of the same worker and posting, every match an application, every completion
a match; a posting is viewed only after it was published and a worker is active only after registering. Events
are drawn a run of days at a time; those a run leaves for later days wait for the next run, so memory depends
on the events of a run and not on the length of the feed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gateway.demo.platform.cells import (
    SECONDS_A_DAY,
    Columns,
    Floats,
    Ints,
    Mask,
    blank,
    date_times,
    keys,
    pool,
    take,
)
from gateway.demo.platform.faults import Fault, Plan, repeated, spoil
from gateway.demo.platform.market import Market
from gateway.demo.platform.postings import employer_keys, posting_keys
from gateway.demo.platform.workers import worker_keys

ACTIVITY_COLUMNS = (
    "activity_id", "event", "worker_id", "posting_id", "employer_id", "region", "occurred_at",
)  # fmt: skip
FIRST_ACTIVITY = 1_000_000_001
VIEW, APPLICATION, MATCH, COMPLETED, VISIT = range(5)
_EVENTS = pool(["浏览", "报名", "录用", "完工", "服务"])
_RUN = 250_000
_VISIT_SHARE, _APPLICATION_SHARE, _MATCH_SHARE, _COMPLETED_SHARE = 0.07, 0.15, 0.045, 0.027
_MATCH_DAYS, _COMPLETED_DAYS = 1.2, 3.0
_NOWHERE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """One entry per event; `posting` is -1 for a service visit."""

    time: Ints
    kind: Ints
    worker: Ints
    posting: Ints
    township: Ints

    def at(self, rows: Ints | slice) -> "Events":
        """The events at these positions."""
        return Events(
            time=self.time[rows],
            kind=self.kind[rows],
            worker=self.worker[rows],
            posting=self.posting[rows],
            township=self.township[rows],
        )


def _together(parts: list[Events]) -> Events:
    """All events of the parts, in order of time."""
    every = Events(
        time=np.concatenate([part.time for part in parts]),
        kind=np.concatenate([part.kind for part in parts]),
        worker=np.concatenate([part.worker for part in parts]),
        posting=np.concatenate([part.posting for part in parts]),
        township=np.concatenate([part.township for part in parts]),
    )
    return every.at(np.argsort(every.time, kind="stable"))


def _later(rng: np.random.Generator, time: Ints, wait: Floats, end: int) -> Ints:
    """The times plus a wait in seconds; what would fall behind the end falls somewhere before it."""
    after = time + wait.astype(np.int64)
    room = np.maximum(end - 1 - time, 0)
    return np.where(after < end, after, time + (rng.random(len(time)) * room).astype(np.int64))


def _follow(rng: np.random.Generator, events: Events, kind: int, count: int, days: float, end: int) -> Events:
    """`count` of the events go on to the next stage after a wait of some days."""
    chosen = events.at(np.sort(rng.permutation(len(events.time))[:count]))
    wait = rng.exponential(days * SECONDS_A_DAY, count) + 900
    return Events(
        time=_later(rng, chosen.time, wait, end),
        kind=np.full(count, kind),
        worker=chosen.worker,
        posting=chosen.posting,
        township=chosen.township,
    )


def _counts(total: int) -> tuple[int, int, int, int, int]:
    """Views, applications, matches, completions and visits; they add up to `total`."""
    shares = (_APPLICATION_SHARE, _MATCH_SHARE, _COMPLETED_SHARE, _VISIT_SHARE)
    applications, matches, completed, visits = (round(total * share) for share in shares)
    return total - applications - matches - completed - visits, applications, matches, completed, visits


def _run(rng: np.random.Generator, market: Market, days: tuple[int, int], total: int) -> Events:
    """`total` events that begin on these days, or follow from ones that do."""
    window = market.window
    view_count, application_count, match_count, completed_count, visit_count = _counts(total)
    seen = np.maximum(window.draw(rng, view_count, *days), window.start + 3600)
    viewer = market.workers_at(rng, seen)
    views = Events(
        time=seen,
        kind=np.full(view_count, VIEW),
        worker=viewer,
        posting=market.postings_for(rng, seen, viewer),
        township=market.workers.township[viewer],
    )
    reluctance = rng.random(view_count) + (market.postings.closed[views.posting] < seen + 1800)
    eager = np.sort(np.argpartition(reluctance, application_count)[:application_count])
    applied = views.at(eager)
    wait = rng.integers(30, 1800, application_count).astype(np.float64)
    applications = Events(
        time=_later(rng, applied.time, wait, window.end),
        kind=np.full(application_count, APPLICATION),
        worker=applied.worker,
        posting=applied.posting,
        township=applied.township,
    )
    matches = _follow(rng, applications, MATCH, match_count, _MATCH_DAYS, window.end)
    completed = _follow(rng, matches, COMPLETED, completed_count, _COMPLETED_DAYS, window.end)
    came = window.draw(rng, visit_count, *days)
    visitor = market.workers_at(rng, came)
    visits = Events(
        time=came,
        kind=np.full(visit_count, VISIT),
        worker=visitor,
        posting=np.full(visit_count, _NOWHERE),
        township=market.workers.township[visitor],
    )
    return _together([views, applications, matches, completed, visits])


def _event_runs(rng: np.random.Generator, market: Market, count: int) -> Iterator[Events]:
    """All events in order of time, a run of days at a time."""
    waiting: list[Events] = []
    runs = market.window.slices(count, _RUN)
    for number, (first, last, total) in enumerate(runs, start=1):
        events = _together([*waiting, _run(rng, market, (first, last), total)])
        if number == len(runs):
            yield events
            return
        due = int(np.searchsorted(events.time, market.window.start + last * SECONDS_A_DAY))
        waiting = [events.at(slice(due, None))]
        yield events.at(slice(0, due))


def _cells(rng: np.random.Generator, events: Events, market: Market, first: int) -> Columns:
    """The cells of these events, which are numbered from `first`."""
    count = len(events.time)
    without: Mask = events.posting == _NOWHERE
    posting = np.maximum(events.posting, 0)
    at_work = (events.kind == MATCH) | (events.kind == COMPLETED)
    township = np.where(at_work, market.postings.township[posting], events.township)
    columns = {
        "activity_id": keys("A", np.arange(first, first + count) + FIRST_ACTIVITY, 10),
        "event": take(_EVENTS, events.kind),
        "worker_id": worker_keys(events.worker),
        "posting_id": blank(posting_keys(posting), without),
        "employer_id": blank(employer_keys(market.postings.employer[posting]), without),
        "region": market.places.cells(rng, township),
        "occurred_at": date_times(events.time),
    }
    return {name: columns[name] for name in ACTIVITY_COLUMNS}


def activity_chunks(
    rng: np.random.Generator,
    *,
    market: Market,
    plan: Plan,
    last_active: Ints,
) -> Iterator[Columns]:
    """The activities' cells with the planned faults, a run of days at a time.

    Moves the time in `last_active` on to each worker's last event, where that is later.
    """
    first = 0
    for events in _event_runs(rng, market, plan.count):
        last = first + len(events.time)
        last_active[events.worker] = np.maximum(last_active[events.worker], events.time)
        columns = spoil(_cells(rng, events, market, first), plan, first, last)
        again = repeated(rng, plan.of(Fault.REPEATED_ACTIVITY, first, last), last - first)
        yield {name: take(column, again) for name, column in columns.items()}
        first = last
