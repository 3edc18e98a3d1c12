"""Names of companies that do not exist: place, a lucky word of two characters, trade and form."""

import numpy as np
import pyarrow as pa

from gateway.demo.platform.cells import GroupedPool, Ints, join, pool, take
from gateway.demo.platform.codes import CodeLists, Place
from gateway.demo.platform.places import Places
from gateway.demo.platform.trades import TRADES

_FIRST = "鑫金宏鸿瑞祥福万德信诚汇恒盛丰泰华嘉佳美顺兴隆利通达旺吉聚广永春东北关松白云天龙"
_SECOND = "源达丰盛泰和顺祥兴发隆昌裕润康宁安悦美佳福临诚远航腾飞鹏程晟洋"
_WORDS = [first + second for first in _FIRST for second in _SECOND if first != second]
_ORDINALS = ("", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")


def _short(name: str) -> str:
    """铁东 for 铁东区, 伊通 for 伊通满族自治县."""
    for ending in ("满族自治县", "自治县", "区", "县", "市"):
        name = name.removesuffix(ending)
    return name


def _openings(codes: CodeLists, place: Place, county: Place) -> list[str]:
    """What a name may begin with: the city most often, else the county or the town."""
    city = codes.city.name
    district = county.name if county.name.endswith(("县", "市")) else city + county.name
    town = place.name.removeprefix(city).removeprefix(county.name).removesuffix("街道")
    seat = city if county.name.endswith("区") else _short(county.name) + county.name[-1]
    return [seat, seat, seat, city, district, town]


def company_names(
    rng: np.random.Generator,
    codes: CodeLists,
    places: Places,
    *,
    trade: Ints,
    township: Ints,
    firm: Ints,
    branch: Ints,
) -> pa.Array:
    """One name per employer; members of one firm share it, and a branch (1 and up) names its county.

    `firm` numbers the firms from 0; a firm's name is drawn once and read by each of its members.
    """
    head_office = np.zeros(int(firm.max()) + 1, dtype=np.int64)
    head_office[firm[::-1]] = np.arange(len(firm))[::-1]
    county = [next(c for c in places.counties if c.code == place.parent) for place in places.townships]
    opening = GroupedPool.of([_openings(codes, *pair) for pair in zip(places.townships, county, strict=True)])
    sign = GroupedPool.of([row.signs for row in TRADES])
    words = rng.integers(0, len(_WORDS), len(head_office))
    base = join(
        opening.draw(rng, township[head_office]),
        take(pool(_WORDS), words),
        sign.draw(rng, trade[head_office]),
    )
    suffixes = [f"（{_short(place.name)}{nth}分店）" for place in places.counties for nth in _ORDINALS]
    where = places.county[township] * len(_ORDINALS) + np.minimum(branch, len(_ORDINALS))
    return join(take(base, firm), take(pool(["", *suffixes]), np.where(branch > 0, where, 0)))
