"""Any sequence of events: the legal prefix folds as the table says, the rest is refused and leaves no trace."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lives import D1, D2, NOW, OTHER, RELEASE, body_of

from gateway.base.errors import IntegrityError
from gateway.ledger import Ledger, states
from gateway.ledger.entry import make
from gateway.ledger.fold import step
from gateway.model.release import TRANSITIONS, Event, State

STEPS = st.tuples(
    st.sampled_from(list(Event)),
    st.sampled_from([RELEASE, OTHER]),
    st.sampled_from(["steward-a", "steward-b"]),
    st.sampled_from([D1, D1, D1, D2]),
)


def _body(event: Event, release: str, digest: str) -> dict[str, str]:
    by = release[:-1] + "2"
    return {
        key: digest if key in {"statement", "package", "receipt"} else by if key == "by" else value
        for key, value in body_of(event).items()
    }


@st.composite
def likely(draw: st.DrawFn) -> list[tuple[Event, str, str, str]]:
    """Mostly events that the table allows, so that long lives are seen, with strangers between."""
    rows, at = [], dict.fromkeys((RELEASE, OTHER))
    for _ in range(draw(st.integers(0, 25))):
        event, release, actor, digest = draw(STEPS)
        allowed = [known for known, before in TRANSITIONS.items() if at[release] in before]
        if allowed and draw(st.integers(0, 5)):
            event = draw(st.sampled_from(allowed))
        rows.append((event, release, actor, digest))
        at[release] = TRANSITIONS[event].get(at[release], at[release])
    return rows


@given(likely())
@settings(max_examples=400, deadline=None)
def test_no_sequence_brings_a_release_where_the_rules_forbid(rows):
    views, entries = {}, []
    for event, release, actor, digest in rows:
        body = _body(event, release, digest)
        entry = make(
            seq=len(entries) + 1, at=NOW.isoformat(), kind=event, release=release, actor=actor, body=body, prev="0" * 64
        )
        before = views.get(release)
        try:
            views[release] = step(before, entry)
        except IntegrityError:
            continue
        entries.append(entry)
        assert views[release].state is TRANSITIONS[event][before.state if before else None]
        _promises(views[release])
    assert states(entries) == views


def _promises(view) -> None:
    stewards = [vote.steward for vote in view.approvals]
    assert len(stewards) == len(set(stewards)) <= 2
    assert all(vote.statement == view.statement for vote in view.approvals)
    if view.state in {State.APPROVED, State.DELIVERED, State.ACKNOWLEDGED, State.DISPUTED, State.RECALLED}:
        assert len(stewards) == 2
    if view.state in {State.DELIVERED, State.ACKNOWLEDGED, State.DISPUTED, State.RECALLED}:
        assert view.package
        assert view.proofs
    if view.state is State.ACKNOWLEDGED:
        assert view.receipts


@given(likely())
@settings(max_examples=25, deadline=None)
def test_the_file_takes_what_the_fold_takes_and_nothing_else(tmp_path_factory, rows):
    ledger = Ledger.create(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
    taken = []
    for event, release, actor, digest in rows:
        head = ledger.head()
        try:
            new = ledger.append(
                event, release=release, actor=actor, body=_body(event, release, digest), at=NOW, expect=head
            )
        except IntegrityError:
            assert ledger.head() == head
            continue
        taken.append(event)
        assert new == ledger.head()
    assert [entry.kind for entry in ledger.entries()] == taken
    assert ledger.check() is None
