"""Identifiers against near misses, and identifiers in disguise.

A value counts as found when a finding that blocks (HIGH or MEDIUM) covers at least half of it, and as wrongly found
when one touches a near miss. A third of the values stands alone, a third between words, a third after a colon."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.privacy import standards
from benchmarks.privacy.disguises import MAILS, NUMBERS, Disguise
from benchmarks.privacy.misses import MISSES
from benchmarks.privacy.standards import VALID
from gateway.privacy import scan_text

CARRIERS = ("{}", "备注{}，请核对", "编号：{} 其他")
SEED = 20261120
Finder = Callable[[str], list[tuple[int, int]]]


def ours(text: str) -> list[tuple[int, int]]:
    """The spans that block."""
    return [(f.start, f.end) for f in scan_text(text) if f.tier != "LOW"]


@dataclass(slots=True)
class Tally:
    """Of ``made`` values ``found`` were found."""

    made: int = 0
    found: int = 0

    @property
    def share(self) -> float:
        return self.found / self.made if self.made else 0.0


def _carried(values: Iterator[str]) -> Iterator[tuple[str, int, int]]:
    for number, value in enumerate(values):
        before, after = CARRIERS[number % 3].split("{}")
        yield before + value + after, len(before), len(before) + len(value)


def tally(values: Iterator[str], find: Finder, least: float = 0.5) -> Tally:
    """How many of the values are covered to at least ``least`` by one span."""
    count = Tally()
    for text, start, end in _carried(values):
        covered = [min(e, end) - max(s, start) for s, e in find(text)]
        count.made += 1
        count.found += max(covered, default=0) > least * (end - start) if least else max(covered, default=0) > 0
    return count


def identifiers(find: Finder, number: int) -> dict[str, Tally]:
    """Recall by kind of identifier."""
    return {
        name: tally((make(rng) for _ in range(number)), find)
        for name, (_, make) in VALID.items()
        for rng in [Random(f"{SEED} {name}")]
    }


def near_misses(find: Finder, number: int) -> dict[str, Tally]:
    """False findings by kind of near miss."""
    return {
        name: tally((make(rng) for _ in range(number)), find, least=0.0)
        for name, make in MISSES.items()
        for rng in [Random(f"{SEED} {name}")]
    }


DISGUISED = {
    "resident ID": standards.resident_id,
    "mobile": lambda rng: standards.mobile(rng)[-11:],
    "bank card": standards.bank_card,
    "credit code": standards.uscc,
}


def disguised(find: Finder, number: int) -> dict[str, dict[str, Tally]]:
    """Recall by way of hiding and kind of identifier."""
    found: dict[str, dict[str, Tally]] = {}
    for way, disguise in NUMBERS.items():
        found[way] = {kind: _hidden(make, disguise, find, number, f"{way} {kind}") for kind, make in DISGUISED.items()}
    for way, disguise in MAILS.items():
        found.setdefault(way, {})["email"] = _hidden(standards.email, disguise, find, number, f"{way} email")
    return found


def _hidden(make: Callable[[Random], str], disguise: Disguise, find: Finder, number: int, seed: str) -> Tally:
    rng = Random(f"{SEED} {seed}")
    return tally((disguise(make(rng), rng) for _ in range(number)), find)
