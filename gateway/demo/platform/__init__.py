"""A made-up platform: postings, workers and activities as an extract, skewed and flawed like a real one.

The extract is a function of the seed, the number of rows and the months: the same ones give the same bytes.
No person, company or number in it is taken from anywhere. Memory holds the facts of postings and workers as
numbers and the cells of one chunk; it grows by a few hundred bytes a posting or worker, not by activities.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from gateway.demo.platform.activities import ACTIVITY_COLUMNS, activity_chunks
from gateway.demo.platform.cells import Columns
from gateway.demo.platform.codes import CodeLists, read_codes
from gateway.demo.platform.employers import found_employers
from gateway.demo.platform.faults import ACTIVITY_FAULTS, POSTING_FAULTS, WORKER_FAULTS, Plan, sow
from gateway.demo.platform.market import open_market
from gateway.demo.platform.places import read_places
from gateway.demo.platform.postings import POSTING_COLUMNS, draft_postings, posting_chunks
from gateway.demo.platform.window import Window, read_window
from gateway.demo.platform.workers import WORKER_COLUMNS, draft_workers, skill_texts, worker_chunks
from gateway.demo.platform.writing import FORMATS, feed_sinks

__all__ = ["COLUMNS", "LEAST_ROWS", "generate"]

LEAST_ROWS = 1_000
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "postings": POSTING_COLUMNS,
    "workers": WORKER_COLUMNS,
    "activities": ACTIVITY_COLUMNS,
}
_POSTING_SHARE, _WORKER_SHARE = 0.10, 0.12
_POSTINGS_AN_EMPLOYER, _FEWEST_EMPLOYERS, _MOST_EMPLOYERS = 8, 40, 800_000
# Columns with few repeats, which a dictionary would only make larger.
_PLAIN = (
    "posting_id", "contact_phone", "description", "closed_at", "worker_id", "name", "id_number", "phone",
    "bank_card", "registered_at", "last_active_at", "activity_id", "occurred_at",
)  # fmt: skip

Feed = tuple[str, Iterator[Columns]]


def _feeds(
    rng: list[np.random.Generator], plans: Mapping[str, Plan], codes: CodeLists, window: Window
) -> Iterator[Feed]:
    """The feeds in the order they can be made: a worker's last activity is known after the activities."""
    posting_plan, worker_plan, activity_plan = (plans[feed] for feed in COLUMNS)
    places, skills = read_places(codes), skill_texts(rng[0], codes)
    hirers = min(max(posting_plan.count // _POSTINGS_AN_EMPLOYER, _FEWEST_EMPLOYERS), _MOST_EMPLOYERS)
    employers = found_employers(rng[1], hirers, codes, places)
    postings = draft_postings(rng[2], posting_plan.count, window, places, employers)
    people = draft_workers(rng[3], window=window, places=places, codes=codes, skills=skills, plan=worker_plan)
    market = open_market(
        rng[4], workers=people, postings=postings, places=places, window=window, codes=codes, skills=skills
    )
    chunks = posting_chunks(
        rng[5], postings=postings, employers=employers, places=places, codes=codes, plan=posting_plan
    )
    yield "postings", chunks
    last_active = people.last_active.copy()
    yield "activities", activity_chunks(rng[6], market=market, plan=activity_plan, last_active=last_active)
    people = replace(people, last_active=last_active)
    yield "workers", worker_chunks(rng[7], workers=people, places=places, skills=skills, plan=worker_plan)


def generate(
    out: Path,
    *,
    rows: int,
    seed: int,
    month: str = "2026-10",
    months: int = 2,
    formats: tuple[str, ...] = FORMATS,
    codes: Path,
    progress: Callable[[str, int], None] | None = None,
) -> Mapping[str, int]:
    """Write `postings`, `workers` and `activities` below `out` in each format; returns the rows of each feed.

    `rows` is the total over the feeds, their planted repeats included: 10% postings, 12% workers, the rest
    activities. `month` (`YYYY-MM`) is the last of `months` months; `codes` is the folder of code lists.
    `progress` is told a feed's name and its rows so far after each chunk. A file appears when it is whole.

    Raises ValueError for fewer than LEAST_ROWS rows, a negative seed, an unknown format or a bad month, and
    what `read_codes` and `found_employers` raise for code lists that lack something.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise ValueError(f"formats must be of {', '.join(FORMATS)}")
    if rows < LEAST_ROWS:
        raise ValueError(f"rows must be {LEAST_ROWS} or more")
    window, lists = read_window(month, months), read_codes(codes)
    first, *rng = (np.random.default_rng([seed, stage]) for stage in range(9))
    totals = {"postings": round(rows * _POSTING_SHARE), "workers": round(rows * _WORKER_SHARE)}
    totals["activities"] = rows - sum(totals.values())
    faults = {"postings": POSTING_FAULTS, "workers": WORKER_FAULTS, "activities": ACTIVITY_FAULTS}
    plans = {feed: sow(first, faults[feed], total) for feed, total in totals.items()}
    written = dict.fromkeys(totals, 0)
    for feed, chunks in _feeds(rng, plans, lists, window):
        with feed_sinks(out, feed, formats, COLUMNS[feed], _PLAIN) as sinks:
            for columns in chunks:
                for sink in sinks:
                    sink.append(columns)
                written[feed] += len(next(iter(columns.values())))
                if progress:
                    progress(feed, written[feed])
    return written
