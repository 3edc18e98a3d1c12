"""The employers of the made-up market: trades, homes, groups, sizes and company names.

About 15% of employers belong to groups of two to fourteen that share a name. Sizes are heavy-tailed. Some
cells of county and section have one group that makes about four fifths of the postings, and the rare trades
have at most three employers in a county, whatever the size of the extract.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gateway.demo.platform.cells import Floats, Ints, take, weighted
from gateway.demo.platform.codes import CodeLists
from gateway.demo.platform.company_names import company_names
from gateway.demo.platform.identifiers import mobile_numbers
from gateway.demo.platform.people import polite_names
from gateway.demo.platform.places import Places
from gateway.demo.platform.trades import TRADES

ALONE = -1
_GROUPED_SHARE = 0.15
_LARGEST_GROUP = 14
_MOST_GROUPS = 90_000
_RARE_COUNTS = (0, 1, 1, 2, 2, 3)
_RARE_AT_MOST = 0.06
_DOMINATED = (("E", 4), ("I", 4), ("I", 1), ("M", 0), ("Q", 2), ("P", 1), ("K", 3), ("A", 0))
_DOMINANCE = 4.5
_LARGEST_WEIGHT, _LARGEST_WEIGHT_SHARE = 250.0, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Employers:
    """One entry per employer; `group` is ALONE for an employer that is its own group."""

    trade: Ints
    township: Ints
    group: Ints
    weight: Floats
    phone: Ints
    contact: pa.Array
    name: pa.Array


def _rare(rng: np.random.Generator, places: Places, at_most: int) -> tuple[Ints, Ints]:
    """Trades and townships of the employers in rare trades: nought to three in each county."""
    rare = [index for index, trade in enumerate(TRADES) if trade.share == 0]
    trade, county = np.meshgrid(np.array(rare), np.arange(len(places.counties)))
    times = rng.choice(np.array(_RARE_COUNTS), trade.size)
    chosen = rng.permutation(np.repeat(np.arange(trade.size), times))[:at_most]
    return trade.ravel()[chosen], places.draw_within(rng, county.ravel()[chosen])


def _group_sizes(rng: np.random.Generator, members: int) -> Ints:
    """Heavy-tailed group sizes from two up, with at least `members` members in all."""
    sizes = 2 + np.minimum(rng.pareto(1.3, members // 2 + 1), _LARGEST_GROUP - 2).astype(np.int64)
    needed = int(np.searchsorted(np.cumsum(sizes), members)) + 1
    return sizes[:needed][:_MOST_GROUPS]


def _dominate(
    weight: Floats, group: Ints, section: list[str], county: Ints, cells: tuple[tuple[str, int], ...]
) -> tuple[Floats, Ints]:
    """Make the two largest employers of each cell one group, `_DOMINANCE` times as heavy as the rest."""
    weight, group = weight.copy(), group.copy()
    sections = np.array(section)
    for letter, place in cells:
        members = np.flatnonzero((sections == letter) & (county == place))
        if len(members) < 3:
            continue
        heavy = members[np.argsort(weight[members], kind="stable")[-2:]]
        rest = weight[members].sum() - weight[heavy].sum()
        weight[heavy] = rest * _DOMINANCE * np.array([0.4, 0.6])
        group[heavy] = group.max() + 1
    return weight, group


def found_employers(rng: np.random.Generator, count: int, codes: CodeLists, places: Places) -> Employers:
    """`count` employers in random order.

    Raises KeyError when the list of industries lacks the division of a trade.
    """
    rare_trade, rare_township = _rare(rng, places, int(count * _RARE_AT_MOST))
    common = count - len(rare_trade)
    sizes = _group_sizes(rng, max(2, int(common * _GROUPED_SHARE)))
    member_of = np.repeat(np.arange(len(sizes)), sizes)[:common]
    nth = np.arange(len(member_of)) - (np.cumsum(sizes) - sizes)[member_of]
    firm = np.concatenate((member_of, len(sizes) + np.arange(count - len(member_of))))
    trade = weighted(rng, [row.share for row in TRADES], len(sizes) + common)[firm]
    trade[common:] = rare_trade
    township = np.concatenate((places.draw(rng, common), rare_township))
    group = np.concatenate((member_of, np.full(count - len(member_of), ALONE)))
    largest = min(_LARGEST_WEIGHT, _LARGEST_WEIGHT_SHARE * count)
    weight = 1.0 + np.minimum(rng.pareto(1.15, count), largest)
    section = [codes.sections[TRADES[index].division] for index in trade.tolist()]
    weight, group = _dominate(weight, group, section, places.county[township], _DOMINATED)
    branch = np.concatenate((nth, np.zeros(count - len(nth), dtype=np.int64)))
    name = company_names(rng, codes, places, trade=trade, township=township, firm=firm, branch=branch)
    order = rng.permutation(count)
    return Employers(
        trade=trade[order],
        township=township[order],
        group=group[order],
        weight=weight[order],
        phone=mobile_numbers(rng, count),
        contact=polite_names(rng, count),
        name=take(name, order),
    )
