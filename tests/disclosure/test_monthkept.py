"""What a month leaves when its values are destroyed: the intervals are those that an attacker, written apart, finds."""

from math import ceil, floor
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.base.errors import DisclosureError
from gateway.disclosure import kept_of_month
from gateway.model.table import Kind
from tests.disclosure.intervals import intervals
from tests.disclosure.microdata import Record, dimension, flat, measure, table
from tests.disclosure.siege import Siege

PLACES, TRADES = ("a", "b", "c"), ("x", "y", "z")
LISTS = {"place": flat("place", PLACES), "trade": flat("trade", TRADES)}


@st.composite
def sieges(draw: Any) -> Siege:
    """One table of places and trades, its rows by few employers: some cells are sensitive, others not."""
    kind = draw(st.sampled_from([Kind.COUNT, Kind.SUM]))
    rows = st.tuples(
        st.sampled_from(PLACES), st.sampled_from(TRADES), st.sampled_from("efghij"), st.sampled_from([1, 2, 9, 30])
    )
    records = [
        Record(group=group, codes={"place": place, "trade": trade}, amount=amount)
        for place, trade, group, amount in draw(st.lists(rows, min_size=20, max_size=60))
    ]
    spec = table("t", [dimension("place"), dimension("trade")], [measure("m", kind)])
    return Siege(specs=[spec], records=records, lists=LISTS)


@settings(deadline=None, max_examples=40)
@given(siege=sieges())
def test_the_intervals_are_an_attacker_s(siege: Siege) -> None:
    try:
        published = siege.published
    except DisclosureError:
        assume(False)
    (system,) = kept_of_month(siege.cells, siege.lists, siege.protection, published, siege.holdings, siege.before)
    (found,) = system["measures"].values()
    kept = {frozenset(map(tuple, name)): (low, high) for name, low, high in found["intervals"]}
    attacked = intervals(siege.attack, siege.primary(), whole=False)
    assert kept.keys() == {number.at for number in attacked}
    for number, (low, high) in attacked.items():
        least, most = kept[number.at]
        assert ceil(least - 1e-4) == low
        assert (None if most is None else floor(most + 1e-4)) == high
