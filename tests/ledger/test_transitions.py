"""The table of transitions is complete, and the guard lets through exactly what it says."""

import pytest
from lives import D1, D2, OTHER, RELEASE, TO, actor_of, body_of, chain, life

from gateway.base.errors import IntegrityError
from gateway.ledger import CARRIES, guard, states, step, timeline
from gateway.ledger.guard import RESTS_ON
from gateway.model.release import TRANSITIONS, Event, State

PAIRS = [(state, event) for state in State for event in Event]


def test_every_event_has_its_transitions_and_its_body():
    assert set(TRANSITIONS) == set(Event) == set(CARRIES)
    assert all(TRANSITIONS.values())
    assert set(RESTS_ON) <= set(Event)


def test_every_state_can_be_reached_from_nothing():
    reached: set[State | None] = {None}
    while new := {to for steps in TRANSITIONS.values() for old, to in steps.items() if old in reached} - reached:
        reached |= new
    assert reached == {None, *State}


@pytest.mark.parametrize("state", State)
def test_the_fold_comes_to_every_state(state):
    view = states(life(TO[state]))[RELEASE]
    assert view.state is state
    assert set(view.next) == {event for event in Event if state in TRANSITIONS[event]}


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_an_event_is_let_through_only_where_the_table_lists_it(state, event):
    view = states(life(TO[state]))[RELEASE]
    wrong = guard(view, event, actor_of(event), body_of(event))
    if state not in TRANSITIONS[event]:
        assert wrong is not None
        assert "状态" in wrong[0]
    elif event in {Event.PROVED, Event.DELIVERED, Event.PASSPHRASE_TOLD, Event.ACKNOWLEDGED}:
        assert wrong is None or "状态" not in wrong[0]  # these also rest on earlier events: see below
    else:
        assert wrong is None


@pytest.mark.parametrize("event", [event for event in Event if event is not Event.OPENED])
def test_nothing_but_opening_begins_a_release(event):
    assert guard(None, event, actor_of(event), body_of(event)) is not None


@pytest.mark.parametrize(("event", "key"), [(event, key) for event, keys in CARRIES.items() for key in keys])
def test_an_event_without_what_it_must_carry_is_refused(event, key):
    state = next(iter(TRANSITIONS[event]))
    before = [*TO[state], *((Event.SEALED, Event.PROVED) if state is State.APPROVED else ())]
    if event in {Event.RECEIPT, Event.ACKNOWLEDGED, Event.RECEIPT_REFUSED}:
        before = [*TO[State.DELIVERED], Event.RECEIPT]
    view = states(life(tuple(before)))[RELEASE]
    assert guard(view, event, actor_of(event), body_of(event)) is None
    lacking = {name: value for name, value in body_of(event).items() if name != key}
    for body in (lacking, {**lacking, key: ""}, {**lacking, key: 7}, {**lacking, key: None}):
        wrong = guard(view, event, actor_of(event), body)
        assert wrong is not None
        assert key in wrong[1]


ATTACKS = {
    "delivered without a read-back proof": ((*TO[State.APPROVED], Event.SEALED), Event.DELIVERED, "operator-a", D1),
    "delivered, another package": (
        (*TO[State.APPROVED], Event.SEALED, Event.PROVED),
        Event.DELIVERED,
        "operator-a",
        D2,
    ),
    "proof of another package": ((*TO[State.APPROVED], Event.SEALED), Event.PROVED, "operator-a", D2),
    "proof of what was never sealed": (TO[State.APPROVED], Event.PROVED, "operator-a", D1),
    "acknowledged without a receipt": (TO[State.DELIVERED], Event.ACKNOWLEDGED, "operator-a", D1),
    "acknowledged by a receipt never seen": (
        (*TO[State.DELIVERED], Event.RECEIPT),
        Event.ACKNOWLEDGED,
        "operator-a",
        D2,
    ),
    "one steward twice": (TO[State.PARTIALLY_APPROVED], Event.APPROVED, "steward-a", D1),
    "second approval, other statement": (TO[State.PARTIALLY_APPROVED], Event.APPROVED, "steward-b", D2),
    "first approval, other statement": (TO[State.SUBMITTED], Event.APPROVED_ONCE, "steward-a", D2),
    "passphrase before sealing": (TO[State.APPROVED], Event.PASSPHRASE_TOLD, "operator-a", D1),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_an_event_rests_on_must_have_happened(name):
    before, event, actor, digest = ATTACKS[name]
    view = states(life(tuple(before)))[RELEASE]
    body = {key: digest if key in {"statement", "package", "receipt"} else v for key, v in body_of(event).items()}
    assert view.state in TRANSITIONS[event]
    assert guard(view, event, actor, body) is not None


@pytest.mark.parametrize(
    "by", [RELEASE, OTHER, "LGTJ_220300_LHYG_202610_A01_R02", "R02", "LGTJ_220300_XX_202610_M_R02"]
)
def test_only_a_later_revision_supersedes(by):
    view = states(life(TO[State.DELIVERED]))[RELEASE]
    assert guard(view, Event.SUPERSEDED, "operator-a", {"by": by}) is not None


def test_a_rebuild_voids_approvals_package_and_proofs():
    events = (*TO[State.APPROVED], Event.SEALED, Event.PASSPHRASE_TOLD, Event.BLOCKED, Event.OPENED)
    view = states(life(events))[RELEASE]
    assert (view.state, view.statement, view.approvals, view.package) == (State.DRAFT, None, (), None)
    assert (view.proofs, view.told, view.blocked) == ((), (), None)


def test_sealing_anew_voids_the_proof_of_the_package_before():
    entries = life((*TO[State.APPROVED], Event.SEALED, Event.PROVED, Event.PASSPHRASE_TOLD))
    rows = [(e.kind, e.release, e.actor, e.body) for e in entries]
    view = states(chain([*rows, (Event.SEALED, RELEASE, "operator-a", {"package": D2})]))[RELEASE]
    assert (view.package, view.proofs, view.told) == (D2, (), ())


def test_a_view_says_since_when_and_by_whom():
    entries = life((*TO[State.ACKNOWLEDGED], Event.RECEIPT))
    view = states(entries)[RELEASE]
    acknowledged = next(e for e in entries if e.kind == Event.ACKNOWLEDGED)
    assert view.since == acknowledged.at  # a further receipt moves no state
    assert view.seq == len(entries)
    assert [vote.steward for vote in view.approvals] == ["steward-a", "steward-b"]
    assert view.receipts == (D1, D1)


def test_releases_do_not_touch_each_other_and_records_move_no_state():
    mixed = list(
        chain(
            [
                (Event.OPENED, RELEASE, "operator-a", {}),
                ("keys.rotated", None, "operator-a", {"key": "gateway"}),
                (Event.OPENED, OTHER, "operator-a", {}),
                ("review.opened", RELEASE, "steward-a", {}),
                (Event.BLOCKED, OTHER, "operator-a", {"reason": "quality"}),
            ]
        )
    )
    views = states(mixed)
    assert (views[RELEASE].state, views[OTHER].state) == (State.DRAFT, State.BLOCKED)
    assert [entry.seq for entry in timeline(mixed, RELEASE)] == [1, 4]


def test_the_fold_stops_at_an_illegal_event():
    with pytest.raises(IntegrityError):
        states(life((Event.OPENED, Event.DELIVERED)))
    with pytest.raises(IntegrityError):
        step(None, life((Event.SUBMITTED,))[0])


@pytest.mark.parametrize("event", [Event.BLOCKED, Event.WITHDRAWN])
def test_what_has_begun_to_reach_the_receiver_is_neither_blocked_nor_withdrawn(event):
    view = states(life((*TO[State.APPROVED], Event.SEALED, Event.PROVED)))[RELEASE]
    assert guard(view, event, "operator-a", {"reason": "x"}) is not None
