"""A release of the size and shape of a small month: three tables over counties, towns, industries and pay bands, with
few groups that post much and many that post little."""

import random
from functools import cache

import pytest

from gateway.model.table import Kind
from tests.disclosure.microdata import Record, dimension, flat, hierarchy, leaves, measure, table
from tests.disclosure.siege import Siege, check_promises

REGION, PAY = ("total", "county", "town"), ("total", "unit", "band")
LISTS = {
    "region": hierarchy("region", {"Total": {f"c{i}": {f"c{i}t{j}": {} for j in range(3)} for i in range(4)}}, REGION),
    "industry": flat("industry", [f"i{k}" for k in range(7)]),
    "pay": hierarchy("pay", {"Total": {unit: {f"{unit}{k}": {} for k in range(3)} for unit in "hd"}}, PAY),
}
N, X = measure("n"), measure("x", Kind.SUM)
SPECS = [
    table("recruiting_area", [dimension("region", REGION)], [N, X]),
    table("supply", [dimension("region", REGION[:2]), dimension("industry")], [N, X]),
    table("pay_bands", [dimension("region", REGION[:2]), dimension("industry"), dimension("pay", PAY)], [N]),
]


@cache
def release(seed: int) -> Siege:
    """Some 300 postings by 60 groups."""
    chance = random.Random(seed)
    records = []
    for group in range(60):
        for _ in range(1 + int(chance.paretovariate(0.9)) % 60):
            codes = {
                "region": chance.choice(leaves(LISTS["region"])),
                "industry": f"i{min(6, int(chance.expovariate(0.6)))}",
                "pay": chance.choice(leaves(LISTS["pay"])),
            }
            records.append(Record(group=f"g{group}", codes=codes, amount=int(chance.paretovariate(0.8))))
    return Siege(SPECS, records, LISTS)


@pytest.mark.parametrize("seed", [*range(6), 17, 22])
def test_a_month_is_made_and_keeps_its_promises(seed: int) -> None:
    check_promises(release(seed))


@pytest.mark.parametrize("seed", [5, 20])
def test_no_count_of_a_month_is_fixed_by_being_at_least_one(seed: int) -> None:
    """Zeros are published, so whatever is withheld is at least one: does that leave more than one value?"""
    assert not release(seed).pinned(whole=False)
