"""Who looks at what: workers by eagerness, postings by popularity, nearness, freshness and trade."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gateway.demo.platform.cells import SECONDS_A_DAY, Ints, Mask, weighted
from gateway.demo.platform.codes import CodeLists
from gateway.demo.platform.places import Places
from gateway.demo.platform.postings import Postings
from gateway.demo.platform.trades import TRADES
from gateway.demo.platform.window import Window
from gateway.demo.platform.workers import SkillTexts, Workers

_AT_HOME = 0.86
_FRESH_DAYS = 4.0
_MOST_POPULAR = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What events are drawn from.

    `crowd` holds each worker as often as it is eager, in order of registration; `crowd_size` counts it up to
    and including each worker. `shelf` holds each posting as often as it is popular, by county and then by
    time; `shelf_key` is the county in the upper and the time in the lower 32 bits.
    """

    workers: Workers
    postings: Postings
    places: Places
    window: Window
    crowd: npt.NDArray[np.int32]
    crowd_size: Ints
    shelf: npt.NDArray[np.int32]
    shelf_key: Ints
    wanted: Mask
    first_skill: Ints

    def workers_at(self, rng: np.random.Generator, time: Ints) -> Ints:
        """One worker per time, registered before it."""
        registered = np.searchsorted(self.workers.registered, time)
        size = self.crowd_size[np.maximum(registered, 1) - 1]
        drawn: Ints = self.crowd[(rng.random(len(time)) * size).astype(np.int64)].astype(np.int64)
        return drawn

    def postings_for(self, rng: np.random.Generator, time: Ints, worker: Ints) -> Ints:
        """One posting per time and worker, published by then: mostly near, fresh and of a fitting trade."""
        county = self.places.county[self.workers.township[worker]]
        away = np.flatnonzero(rng.random(len(time)) >= _AT_HOME)
        county[away] = weighted(rng, self.places.county_weight(), len(away))
        first = np.searchsorted(self.shelf_key, county << 32)
        upto = np.searchsorted(self.shelf_key, (county << 32) + time, side="right")
        one, other = (self._fresh(rng, county, first, upto) for _ in range(2))
        skill = self.first_skill[self.workers.skill[worker]]
        fits = self.wanted[self.postings.trade[one], skill]
        chosen = np.where(fits, one, other)
        bare = np.flatnonzero(first == upto)
        published = np.searchsorted(self.postings.published, time[bare], side="right")
        chosen[bare] = (rng.random(len(bare)) * published).astype(np.int64)
        return chosen

    def _fresh(self, rng: np.random.Generator, county: Ints, first: Ints, upto: Ints) -> Ints:
        """A posting from the shelf between `first` and `upto`, rather a recent one; any if there is none."""
        edges = np.searchsorted(self.shelf_key, np.arange(len(self.places.counties) + 1) << 32)
        days = (self.window.end - self.window.start) / SECONDS_A_DAY
        a_day = np.diff(edges) / days
        back = rng.exponential(_FRESH_DAYS, len(county)) * a_day[county]
        room = upto - first
        back = np.where(back < room, back, rng.random(len(county)) * room).astype(np.int64)
        return self.shelf[np.clip(upto - 1 - back, 0, None)].astype(np.int64)


def open_market(
    rng: np.random.Generator,
    *,
    workers: Workers,
    postings: Postings,
    places: Places,
    window: Window,
    codes: CodeLists,
    skills: SkillTexts,
) -> Market:
    """The market of these workers and postings."""
    popularity = 1 + np.minimum(rng.pareto(1.2, len(postings.published)), _MOST_POPULAR).astype(np.int64)
    shelf_key = (places.county[postings.township] << 32) + postings.published
    order = np.argsort(shelf_key, kind="stable")
    wanted = [[code in trade.skills for code in codes.skills] for trade in TRADES]
    return Market(
        workers=workers,
        postings=postings,
        places=places,
        window=window,
        crowd=np.repeat(np.arange(len(workers.registered), dtype=np.int32), workers.eagerness),
        crowd_size=np.cumsum(workers.eagerness),
        shelf=np.repeat(order.astype(np.int32), popularity[order]),
        shelf_key=np.repeat(shelf_key[order], popularity[order]),
        wanted=np.array(wanted),
        first_skill=skills.first,
    )
