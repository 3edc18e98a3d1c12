"""The postings feed: first the facts of all postings as numbers, then their cells, chunk by chunk.

Postings come in the order they were published; the first stands at the very start of the window, so that
every activity has one to refer to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gateway.demo.platform.cells import (
    SECONDS_A_DAY,
    Columns,
    Floats,
    GroupedPool,
    Ints,
    any_of,
    blank,
    date_times,
    digits,
    join,
    keys,
    pool,
    strings,
    take,
    weighted,
)
from gateway.demo.platform.codes import CodeLists
from gateway.demo.platform.descriptions import descriptions, duty_texts
from gateway.demo.platform.employers import ALONE, Employers
from gateway.demo.platform.faults import Fault, Plan, repeated, spoil
from gateway.demo.platform.pay import pay_texts
from gateway.demo.platform.places import Places
from gateway.demo.platform.trades import TRADES
from gateway.demo.platform.window import Window

POSTING_COLUMNS = (
    "posting_id", "employer_id", "employer_name", "employer_group", "title", "industry", "region",
    "headcount", "pay", "settlement", "published_at", "closed_at", "contact_name", "contact_phone",
    "description",
)  # fmt: skip
NEVER = np.int64(2**62)
FIRST_POSTING, FIRST_EMPLOYER, FIRST_GROUP = 100_000_001, 100_001, 1_001
_CHUNK = 50_000
_OPENING_STOCK = 0.01
_MOVED_NEAR, _MOVED_FAR = 0.12, 0.03
_CLOSED_SHARE = 0.6
_OPEN_DAYS = 12.0
_HEADCOUNT_SPREAD, _HEADCOUNT_BY_SIZE = 0.8, 0.2
_BULK_SHARE, _BULK = 0.02, 10
_MOST_WANTED = 300
_SETTLEMENTS = pool(["日结", "周结", "月结"])
_INDUSTRY_NAMED = 0.05
_SOME = "若干人"
_HEADCOUNTS = pool([*(str(n) for n in range(_MOST_WANTED + 1)), *(f"{n}人" for n in range(_MOST_WANTED + 1)),
                    _SOME, None])  # fmt: skip
_HEADCOUNT_FORMS = (0.58, 0.36, 0.05, 0.01)
_NO_CONTACT, _NO_PHONE = 0.08, 0.05
_TITLE_MARKS = pool(["", "", "", "", "", "（包吃住）", "（急）", " 2名", "（可兼职）", "/长期"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """One entry per posting: times in seconds, `closed` may be NEVER; positions of the rest."""

    published: Ints
    closed: Ints
    employer: Ints
    township: Ints
    trade: Ints


def draft_postings(
    rng: np.random.Generator, count: int, window: Window, places: Places, employers: Employers
) -> Postings:
    """`count` postings, by employer size, most at the employer's own place."""
    published = window.draw(rng, count)
    stock = max(1, int(count * _OPENING_STOCK))
    published[:stock] = window.start + rng.integers(0, 3600, stock)
    published[0] = window.start
    published.sort()
    employer = weighted(rng, employers.weight, count)
    township = employers.township[employer]
    moved = rng.random(count)
    near = np.flatnonzero(moved < _MOVED_NEAR)
    far = np.flatnonzero((moved >= _MOVED_NEAR) & (moved < _MOVED_NEAR + _MOVED_FAR))
    township[near] = places.draw_within(rng, places.county[township[near]])
    township[far] = places.draw(rng, len(far))
    closed = published + (rng.exponential(_OPEN_DAYS, count) * SECONDS_A_DAY).astype(np.int64) + 7200
    closed[(rng.random(count) >= _CLOSED_SHARE) | (closed >= window.end)] = NEVER
    trade = employers.trade[employer]
    return Postings(published=published, closed=closed, employer=employer, township=township, trade=trade)


def posting_keys(index: Ints) -> pa.Array:
    """Keys of these postings."""
    return keys("P", index + FIRST_POSTING, 9)


def employer_keys(index: Ints) -> pa.Array:
    """Keys of these employers."""
    return keys("E", index + FIRST_EMPLOYER, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """The ready texts that posting cells are taken from."""

    title: GroupedPool
    duty: GroupedPool
    pay: GroupedPool
    industry: pa.Array


def _texts(rng: np.random.Generator, codes: CodeLists) -> _Texts:
    divisions = [trade.division for trade in TRADES]
    return _Texts(
        title=GroupedPool.of([trade.titles for trade in TRADES]),
        duty=duty_texts(),
        pay=pay_texts(rng),
        industry=pool([*divisions, *(codes.division_names[division] for division in divisions)]),
    )


def _settlements(rng: np.random.Generator, trade: Ints) -> Ints:
    """0, 1 or 2 for 日结, 周结, 月结, by the mix of the trade."""
    edges = np.cumsum([row.settlement for row in TRADES], axis=1)[trade]
    spot = rng.random(len(trade)) * edges[:, 2]
    settlement: Ints = (spot[:, None] >= edges[:, :2]).sum(axis=1)
    return settlement


def _headcounts(rng: np.random.Generator, weight: Floats) -> pa.Array:
    """Headcount cells; larger employers want more, with a heavy tail."""
    wanted = rng.lognormal(0.0, _HEADCOUNT_SPREAD, len(weight)) * weight**_HEADCOUNT_BY_SIZE
    wanted[rng.random(len(weight)) < _BULK_SHARE] *= _BULK
    number = np.clip(wanted, 1, _MOST_WANTED).astype(np.int64)
    form = weighted(rng, _HEADCOUNT_FORMS, len(weight))
    size = _MOST_WANTED + 1
    return take(_HEADCOUNTS, np.where(form < 2, form * size + number, 2 * size + form - 2))


def _cells(
    rng: np.random.Generator,
    postings: Postings,
    employers: Employers,
    places: Places,
    texts: _Texts,
    at: Ints,
) -> Columns:
    """The cells of the postings at these positions."""
    employer, trade, closed = postings.employer[at], postings.trade[at], postings.closed[at]
    group, phone = employers.group[employer], employers.phone[employer]
    settlement = _settlements(rng, trade)
    title = join(texts.title.draw(rng, trade), any_of(rng, _TITLE_MARKS, len(at)))
    duty, contact = texts.duty.draw(rng, trade), take(employers.contact, employer)
    named = (rng.random(len(at)) < _INDUSTRY_NAMED) * len(TRADES)
    columns = {
        "posting_id": posting_keys(at),
        "employer_id": employer_keys(employer),
        "employer_name": take(employers.name, employer),
        "employer_group": blank(keys("G", np.maximum(group, 0) + FIRST_GROUP, 5), group == ALONE),
        "title": title,
        "industry": take(texts.industry, trade + named),
        "region": places.cells(rng, postings.township[at]),
        "headcount": _headcounts(rng, employers.weight[employer]),
        "pay": texts.pay.draw(rng, trade * 3 + settlement),
        "settlement": take(_SETTLEMENTS, settlement),
        "published_at": date_times(postings.published[at]),
        "closed_at": blank(date_times(np.where(closed == NEVER, 0, closed)), closed == NEVER),
        "contact_name": blank(contact, rng.random(len(at)) < _NO_CONTACT),
        "contact_phone": blank(strings(digits(phone, 11)), rng.random(len(at)) < _NO_PHONE),
        "description": descriptions(rng, title=title, duty=duty, phone=phone, contact=contact),
    }
    return {name: columns[name] for name in POSTING_COLUMNS}


def posting_chunks(
    rng: np.random.Generator,
    *,
    postings: Postings,
    employers: Employers,
    places: Places,
    codes: CodeLists,
    plan: Plan,
) -> Iterator[Columns]:
    """The postings' cells with the planned faults, in chunks of one size."""
    texts = _texts(rng, codes)
    count = len(postings.published)
    for first in range(0, count, _CHUNK):
        last = min(first + _CHUNK, count)
        cells = _cells(rng, postings, employers, places, texts, np.arange(first, last))
        columns = spoil(cells, plan, first, last)
        again = repeated(rng, plan.of(Fault.REPEATED_POSTING, first, last), last - first)
        yield {name: take(column, again) for name, column in columns.items()}
