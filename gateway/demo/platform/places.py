"""Where people live and work: few big towns, many tiny ones, and how a region cell is written."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gateway.demo.platform.cells import Floats, Ints, pool, take, weighted
from gateway.demo.platform.codes import CodeLists, Place

_COUNTY_WEIGHT = {"220302": 0.34, "220303": 0.27, "220322": 0.17, "220382": 0.12, "220323": 0.10}
_OTHER_COUNTY_WEIGHT = 0.05
_ZIPF = 1.8
_SIZE_ORDER = ("街道", "镇", "乡")
_SPELLINGS = ("township code", "county code", "county name", "township name", "city code", "city name")
_SPELLING_WEIGHTS = (0.860, 0.080, 0.040, 0.014, 0.004, 0.002)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The townships in code order, with the position of each one's county and its share of all activity."""

    counties: tuple[Place, ...]
    townships: tuple[Place, ...]
    county: Ints
    weight: Floats
    spellings: pa.Array

    def draw(self, rng: np.random.Generator, count: int) -> Ints:
        """Townships in proportion to their size."""
        return weighted(rng, self.weight, count)

    def draw_within(self, rng: np.random.Generator, county: Ints) -> Ints:
        """One township of each row's county, in proportion to size."""
        edges = np.concatenate(([0.0], np.cumsum(self.weight)))
        last = np.searchsorted(self.county, county, side="right")
        first = np.searchsorted(self.county, county, side="left")
        spot = edges[first] + rng.random(len(county)) * (edges[last] - edges[first])
        drawn: Ints = np.searchsorted(edges, spot, side="right") - 1
        return drawn.clip(first, last - 1)

    def county_weight(self) -> Floats:
        """Share of each county."""
        weight = np.zeros(len(self.counties))
        np.add.at(weight, self.county, self.weight)
        return weight

    def cells(self, rng: np.random.Generator, township: Ints) -> pa.Array:
        """Region cells: mostly the township's code, sometimes a county's or the city's code or name."""
        spelling = weighted(rng, _SPELLING_WEIGHTS, len(township))
        return take(self.spellings, spelling * len(self.townships) + township)


def _size(place: Place) -> tuple[int, str]:
    """Sort key: streets of the seat first, then towns, then villages."""
    kind = next((rank for rank, ending in enumerate(_SIZE_ORDER) if place.name.endswith(ending)), 1)
    return kind, place.code


def read_places(codes: CodeLists) -> Places:
    """The places of the code lists; sizes follow Zipf's law within a county (rank to the power -1.8)."""
    position = {county.code: index for index, county in enumerate(codes.counties)}
    townships = sorted(codes.townships, key=lambda place: (position[place.parent], place.code))
    weight = np.zeros(len(townships))
    for county in codes.counties:
        own = sorted((place for place in townships if place.parent == county.code), key=_size)
        shares = np.arange(1, len(own) + 1, dtype=np.float64) ** -_ZIPF
        shares *= _COUNTY_WEIGHT.get(county.code, _OTHER_COUNTY_WEIGHT) / shares.sum()
        for place, share in zip(own, shares, strict=True):
            weight[townships.index(place)] = share
    parents = [codes.counties[position[place.parent]] for place in townships]
    written = {
        "township code": [place.code for place in townships],
        "county code": [county.code for county in parents],
        "county name": [county.name for county in parents],
        "township name": [place.name for place in townships],
        "city code": [codes.city.code] * len(townships),
        "city name": [codes.city.name] * len(townships),
    }
    return Places(
        counties=codes.counties,
        townships=tuple(townships),
        county=np.array([position[place.parent] for place in townships], dtype=np.int64),
        weight=weight / weight.sum(),
        spellings=pool([text for spelling in _SPELLINGS for text in written[spelling]]),
    )
