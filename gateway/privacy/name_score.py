"""The model of bare names: how much more a person than a word, from weights of its characters."""

from functools import cache

from gateway.privacy import name_model
from gateway.privacy.name_words import COMPOUND, NEVER, SINGLE


@cache
def _weights(table: str) -> dict[str, float]:
    return {c: float(line.split()[0]) for line in table.split("\n") if line for c in line.split()[1]}


def score(name: str) -> float:
    """How much more a person than a word (log odds); without a surname or with a long given name not at all."""
    surname = surname_of(name)
    given = name[len(surname) :]
    if not surname or len(given) not in name_model.LENGTH or set(given) & NEVER:
        return -99.0
    total = name_model.LENGTH[len(given)] + _weights(name_model.SURNAME).get(surname, 0.0)
    front = name_model.ONLY if len(given) == 1 else name_model.FIRST
    return total + _weights(front).get(given[0], 0.0) + _weights(name_model.LAST).get(given[-1], 0.0)


def surname_of(name: str) -> str:
    """The surname with which ``name`` begins, or nothing."""
    if name[:2] in COMPOUND and len(name) > 2:
        return name[:2]
    return name[:1] if name[:1] in SINGLE else ""
