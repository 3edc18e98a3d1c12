"""Incidents, complaints, defects, legal demands, leads: each runs its agreement's clocks and closes only with what the
agreement asks for. Papers are recorded by digest; a summary holds no data."""

from collections.abc import Sequence
from datetime import datetime

from gateway.base.canonical import digest
from gateway.base.errors import InputError
from gateway.custody.refusal import Reason
from gateway.custody.room import Stay
from gateway.custody.terms import Terms, procedure
from gateway.custody.views import Case
from gateway.model.custody import Need, Procedure, Step


def open_case(
    stay: Stay,
    agreement: str,
    name: str,
    *,
    urgent: bool,
    holdings: Sequence[str],
    occurred: datetime,
    summary: str,
    planned: datetime | None = None,
) -> Case:
    """Opens a case. ``occurred``: when it happened or came in; ``planned``: when a legal demand is to be met."""
    terms = stay.compartment(agreement)
    kind = _procedure(terms, name)
    for each in holdings:
        if stay.holding(each)[0].agreement != agreement:
            stay.refuse(Reason.NOT_SERVING, agreement=agreement, holding=each)
    if not occurred <= stay.now or (planned and planned < occurred):
        raise InputError("时间在将来，或先后颠倒", "a moment in the future, or in the wrong order")
    if kind.planned and not urgent and planned is None:
        raise InputError("须写明计划提供的日期(--by)", "the day on which it is to be met is missing (--by)")
    new = stay.room.new_id("c")
    body = {
        "case": new,
        "agreement": agreement,
        "procedure": name,
        "urgent": urgent,
        "holdings": list(holdings),
        "at": occurred.isoformat(),
        "by": planned.isoformat() if planned else None,
        "summary": summary,
    }
    stay.note("custody.case_opened", body)
    return stay.views.cases[new]


def take(stay: Stay, name: str, step: Step, paper: bytes, at: datetime) -> Case:
    """Records a step, by the digest of its paper. Refuses one that is not of this procedure, or not yet its turn."""
    case, kind, terms = _case(stay, name)
    needs = kind.needed(case.urgent)
    if step not in {need.step for need in needs}:
        stay.refuse(Reason.STEP_OUT_OF_PLACE, agreement=terms.id, clause=kind.clause, detail=_steps(needs))
    if not case.occurred <= at <= stay.now:
        raise InputError("时间在将来，或早于事由", "a moment in the future, or before the case")
    for need in needs:
        if need.before is step and case.step(need.step) is None:
            stay.refuse(Reason.STEP_OUT_OF_PLACE, agreement=terms.id, clause=need.clause, detail=_steps([need]))
    if step is Step.PROVIDED and case.planned and not case.urgent and (at < case.planned or _late(stay, case)):
        stay.refuse(Reason.TOO_EARLY, agreement=terms.id, clause=kind.clause)
    stay.note("custody.case_step", {"case": name, "step": step.value, "at": at.isoformat(), "paper": digest(paper)})
    return stay.views.cases[name]


def close_case(stay: Stay, name: str, outcome: str) -> Case:
    """Closes a case. Refuses until every step that the agreement asks for is recorded."""
    case, kind, terms = _case(stay, name)
    missing = missing_steps(kind, case)
    if missing:
        stay.refuse(Reason.STEP_MISSING, agreement=terms.id, clause=missing[0].clause, detail=_steps(missing))
    stay.note("custody.case_closed", {"case": name, "outcome": outcome})
    return stay.views.cases[name]


def missing_steps(kind: Procedure, case: Case) -> list[Need]:
    """What the agreement asks for and is not recorded."""
    return [need for need in kind.needed(case.urgent) if case.step(need.step) is None]


def _late(stay: Stay, case: Case) -> bool:
    """Whether a notice that had to come ahead did not."""
    return any(not clock.met for clock in stay.clocks(case.agreement, case.id))


def _case(stay: Stay, name: str) -> tuple[Case, Procedure, Terms]:
    found = stay.views.cases.get(name)
    if found is None or found.closed is not None:
        raise InputError("没有这个事项，或已办结", "no such case, or it is closed", next="gateway custody list")
    terms = stay.compartment(found.agreement)
    return found, _procedure(terms, found.procedure), terms


def _procedure(terms: Terms, name: str) -> Procedure:
    found = procedure(terms, name)
    if found is None:
        known = [row.name for row in terms.procedures]
        raise InputError(f"本协议的事项有：{'、'.join(known)}", f"this agreement knows {', '.join(known)}")
    return found


def _steps(needs: Sequence[Need]) -> tuple[str, str]:
    names = [f"{need.step.value}({need.clause})" for need in needs]
    return "、".join(names), ", ".join(names)
