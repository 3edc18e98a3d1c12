"""Handover of holdings to another keeper: begun, signed for anew, filed where the agreement asks, told, done.

Until it is done the giver keeps the holdings; nothing is moved or decrypted by it."""

from collections.abc import Sequence

from gateway.base.canonical import digest
from gateway.base.errors import InputError
from gateway.custody.access import open_copies
from gateway.custody.people import unfit
from gateway.custody.refusal import Reason
from gateway.custody.room import Stay
from gateway.custody.terms import Terms, demands, granted, named
from gateway.custody.views import Handover, Holding
from gateway.model.custody import Rule


def begin(stay: Stay, names: Sequence[str], taker: str, reason: str) -> Handover:
    """Begins a handover of holdings of one keeper, under one agreement, to ``taker``, who has to sign anew for it."""
    found = [stay.held(name) for name in dict.fromkeys(names)]
    if not found:
        raise InputError("没有要交接的材料", "there is nothing to hand over")
    terms = found[0][1]
    givers = {holding.by for holding, _ in found}
    if len(givers) != 1 or any(other.id != terms.id for _, other in found):
        raise InputError("一次交接只限同一协议、同一保管人", "a handover is of one keeper under one agreement")
    for holding, _ in found:
        _may_take(stay, terms, holding, taker)
    new = stay.room.new_id("t")
    body = {
        "handover": new,
        "agreement": terms.id,
        "holdings": [holding.id for holding, _ in found],
        "giver": givers.pop(),
        "taker": taker,
        "reason": reason,
    }
    stay.note("custody.handing_over", body)
    return stay.views.handovers[new]


def finish(stay: Stay, name: str, *, leaves: bool = False) -> Handover:
    """Completes a handover once the taker has signed for it. ``leaves``: the giver's right ends with it.

    Refuses while the commitment is not the new one, is not filed where the agreement asks, or a copy is open."""
    handover, terms = _find(stay, name)
    taker = stay.views.person(terms.id, handover.taker)
    rule = demands(terms, Rule.RESIGN_HANDOVER)
    signed = taker.signed
    if signed is None or (rule and signed.occasion != name):
        stay.refuse(
            Reason.NO_COMMITMENT,
            agreement=terms.id,
            clause=rule.clause if rule else terms.commitment.clause,
            next=f"gateway custody commit {terms.id} --as {handover.taker} --for {name}",
        )
    if problem := unfit(terms, taker, stay.now.date()):
        stay.refuse(problem[0], agreement=terms.id, clause=problem[1])
    for holding in (stay.held(each)[0] for each in handover.holdings):
        if any(access.person == handover.giver for access in open_copies(holding)):
            stay.refuse(Reason.COPY_OPEN, agreement=terms.id, holding=holding.id)
    body = {"handover": name, "commitment": signed.signature, "leaves": leaves}
    stay.note("custody.handed_over", body)
    return stay.views.handovers[name]


def told(stay: Stay, name: str, notice: bytes) -> Handover:
    """Records that the persons concerned were told, by the digest of the notice."""
    handover, _ = _find(stay, name, done=True)
    stay.note("custody.told", {"handover": name, "notice": digest(notice)})
    return stay.views.handovers[handover.id]


def _find(stay: Stay, name: str, *, done: bool = False) -> tuple[Handover, Terms]:
    found = stay.views.handovers.get(name)
    if found is None or (found.done is not None) != done:
        raise InputError(
            "没有这次交接，或不在这一步", "no such handover, or not at this step", next="gateway custody list"
        )
    return found, stay.compartment(found.agreement)


def _may_take(stay: Stay, terms: Terms, holding: Holding, taker: str) -> None:
    grant = granted(terms, taker)
    if named(terms, taker) is None:
        stay.refuse(Reason.NOT_NAMED, agreement=terms.id, holding=holding.id)
    if grant is None or holding.purpose not in grant.purposes:
        stay.refuse(Reason.PURPOSE_NOT_GRANTED, agreement=terms.id, holding=holding.id)
    if not {row for row in holding.classes if row.sensitive} <= set(grant.classes):
        stay.refuse(Reason.CLASS_NOT_GRANTED, agreement=terms.id, holding=holding.id)
