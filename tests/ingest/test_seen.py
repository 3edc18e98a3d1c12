"""Which keys came before: as a set would say."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.ingest.seen import Seen

KEY = st.one_of(st.integers(0, 30), st.sampled_from([2**64 - 1, 2**63, 0]), st.integers(0, 2**64 - 1))


@settings(max_examples=300, deadline=None)
@given(batches=st.lists(st.lists(KEY, max_size=60), max_size=12))
def test_seen_says_what_a_set_says(batches: list[list[int]]) -> None:
    seen, plain = Seen(), set()
    for batch in batches:
        expected = []
        for key in batch:
            expected.append(key not in plain)
            plain.add(key)
        assert seen.first(np.array(batch, np.uint64)).tolist() == expected


def test_seen_stays_in_a_handful_of_runs_over_many_batches() -> None:
    seen, generator = Seen(), np.random.default_rng(1)
    plain: set[int] = set()
    for _ in range(400):
        batch = generator.integers(0, 50_000, 1000, dtype=np.uint64)
        first = seen.first(batch)
        fresh = set(batch.tolist()) - plain
        assert set(batch[first].tolist()) == fresh
        assert int(first.sum()) == len(fresh)
        plain |= fresh
    assert len(seen._runs) < 20
