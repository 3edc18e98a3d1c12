"""Statistics: a table's declaration → one query → cells with their contributors' figures; derived figures afterwards.

Guarantees: each feed is scanned once; counts and sums are exact integers; persons are counted once in every total; a
derived figure comes from published figures only and is withheld when any of its terms is."""

from gateway.statistics.count import compute
from gateway.statistics.derive import publish
from gateway.statistics.engine import Engine
from gateway.statistics.month import Counted, count_feed, month_of, prepare
from gateway.statistics.moves import compare
from gateway.statistics.parts import Holdings, read_parts, write_parts
from gateway.statistics.totals import source_totals

__all__ = [
    "Counted",
    "Engine",
    "Holdings",
    "compare",
    "compute",
    "count_feed",
    "month_of",
    "prepare",
    "publish",
    "read_parts",
    "source_totals",
    "write_parts",
]
