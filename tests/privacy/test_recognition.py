"""The reach of issue 4 on a part of the benchmark's sets: values made from the standards, near misses, disguises.

``make bench-privacy`` measures the whole of them."""

from random import Random

import pytest

from benchmarks.privacy import recognition
from benchmarks.privacy.disguises import MAILS, NUMBERS
from benchmarks.privacy.misses import MISSES
from benchmarks.privacy.standards import VALID, email
from gateway.privacy.cells import strings
from gateway.privacy.prefilter import candidates

NUMBER = 30


@pytest.mark.parametrize("kind", VALID)
def test_valid_identifiers_block(kind):
    rng = Random(kind)
    count = recognition.tally((VALID[kind][1](rng) for _ in range(NUMBER)), recognition.ours)
    assert count.found == count.made


def test_near_misses_do_not():
    found = recognition.near_misses(recognition.ours, NUMBER)
    assert sum(t.found for t in found.values()) <= 0.01 * NUMBER * len(MISSES)


@pytest.mark.parametrize("way", NUMBERS)
def test_numbers_in_disguise_are_seen_through(way):
    rng = Random(way)
    for make in recognition.DISGUISED.values():
        count = recognition.tally((NUMBERS[way](make(rng), rng) for _ in range(12)), recognition.ours)
        assert count.found == count.made


@pytest.mark.parametrize("way", MAILS)
def test_mail_addresses_in_disguise_are_seen_through(way):
    rng = Random(way)
    count = recognition.tally((MAILS[way](email(rng), rng) for _ in range(NUMBER)), recognition.ours)
    assert count.found >= count.made - 1


def test_the_vectorised_sieve_holds_none_of_them_back():
    rng = Random("sieve")
    plain = [make(rng) for _, make in VALID.values() for _ in range(NUMBER)]
    hidden = [
        way(make(rng), rng) for way in NUMBERS.values() for make in recognition.DISGUISED.values() for _ in range(9)
    ]
    mails = [way(email(rng), rng) for way in MAILS.values() for _ in range(9)]
    every = sorted({value for value in (*plain, *hidden, *mails) if recognition.ours(value)})
    passed = candidates(strings(every), strings([]), announced=False)
    assert set(every) == set(passed.to_pylist())
