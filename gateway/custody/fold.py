"""The state of everything in custody, folded from the ledger: nothing else remembers it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.custody.terms import Noted
from gateway.custody.vault import Stored
from gateway.custody.views import (
    Access,
    Case,
    Ended,
    Handover,
    Holding,
    Person,
    Refusal,
    Signed,
    State,
    Taken,
)
from gateway.model.custody import Sensitivity, Step


@dataclass(slots=True, kw_only=True)
class Views:
    """What is in custody. Persons are told apart by agreement and id: agreements are compartments."""

    holdings: dict[str, Holding] = field(default_factory=dict)
    persons: dict[tuple[str, str], Person] = field(default_factory=dict)
    handovers: dict[str, Handover] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    requests: set[str] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)

    def person(self, agreement: str, person: str) -> Person:
        """A person as the ledger knows it; one that it does not know has signed nothing."""
        return self.persons.get((agreement, person)) or Person(id=person, agreement=agreement)


def fold(entries: Sequence[Noted]) -> Views:
    """The views after ``entries`` (a whole ledger, or its records of custody)."""
    views = Views()
    for entry in entries:
        if found := FOLDS.get(entry.kind):
            found(views, entry)
    return views


def _at(entry: Noted, key: str = "at") -> datetime:
    """When it happened: the moment that the record names, or else the entry's own."""
    return datetime.fromisoformat(entry.body.get(key) or entry.at)


def _added(views: Views, entry: Noted) -> None:
    body = entry.body
    views.holdings[body["holding"]] = Holding(
        id=body["holding"],
        agreement=body["agreement"],
        purpose=body["purpose"],
        material=body["material"],
        classes=tuple(Sensitivity(name) for name in body["classes"]),
        subject=body["subject"],
        place=body["place"],
        stored=Stored(files=body["files"], size=body["bytes"], sealed=body["sealed"]),
        told=body["told"],
        paper=body["paper"],
        since=datetime.fromisoformat(entry.at),
        by=entry.actor,
        seq=entry.seq,
        hash=entry.hash,
    )


def _cleared(views: Views, entry: Noted) -> None:
    _change(views, entry, cleared=True)


def _opened(views: Views, entry: Noted) -> None:
    body = entry.body
    access = Access(
        id=body["access"],
        person=entry.actor,
        purpose=body["purpose"],
        at=datetime.fromisoformat(entry.at),
        request=body["request"],
        commitment=body["commitment"],
        copy=body["copy"],
    )
    views.requests.add(body["request"])
    holding = views.holdings[body["holding"]]
    views.holdings[holding.id] = replace(holding, accesses=(*holding.accesses, access))


def _closed(views: Views, entry: Noted) -> None:
    holding, at = views.holdings[entry.body["holding"]], datetime.fromisoformat(entry.at)
    accesses = tuple(replace(a, closed=at) if a.id == entry.body["access"] else a for a in holding.accesses)
    views.holdings[holding.id] = replace(holding, accesses=accesses)


def _ended(views: Views, entry: Noted) -> None:
    holding = views.holdings[entry.body["holding"]]
    ended = Ended(event=entry.body["event"], at=_at(entry))
    views.holdings[holding.id] = replace(holding, ended=(*holding.ended, ended))


def _permitted(views: Views, entry: Noted) -> None:
    which = "copying" if entry.body["for"] == "copy" else "permission"
    _change(views, entry, **{which: entry.body["permission"]})


def _returning(views: Views, entry: Noted) -> None:
    _change(views, entry, state=State.RETURNING, package=entry.body["package"])


def _receipted(views: Views, entry: Noted) -> None:
    _change(views, entry, receipt=entry.body["receipt"])


def _destroying(views: Views, entry: Noted) -> None:
    _change(views, entry, state=State.DESTROYING)


def _destroyed(views: Views, entry: Noted) -> None:
    at = datetime.fromisoformat(entry.at)
    state = State.RETURNED if entry.body["action"] == "return" else State.DESTROYED
    _change(views, entry, state=state, gone=at, gone_seq=entry.seq)


def _change(views: Views, entry: Noted, **changes: object) -> None:
    holding = views.holdings[entry.body["holding"]]
    views.holdings[holding.id] = replace(holding, **changes)  # type: ignore[arg-type]


def _committed(views: Views, entry: Noted) -> None:
    body = entry.body
    signed = Signed(
        version=body["version"],
        text=body["text"],
        signature=body["signature"],
        occasion=body["occasion"],
        at=datetime.fromisoformat(entry.at),
    )
    _person(views, entry, signed=signed, revoked=None)


def _enrolled(views: Views, entry: Noted) -> None:
    _person(views, entry, key=entry.body["key"])


def _filed(views: Views, entry: Noted) -> None:
    _person(views, entry, filed=entry.body["signature"])


def _trained(views: Views, entry: Noted) -> None:
    _person(views, entry, trained=_at(entry))


def _consented(views: Views, entry: Noted) -> None:
    _person(views, entry, consent=entry.body["letter"])


def _revoked(views: Views, entry: Noted) -> None:
    _person(views, entry, revoked=datetime.fromisoformat(entry.at))


def _person(views: Views, entry: Noted, **changes: object) -> None:
    key = (entry.body["agreement"], entry.body["person"])
    views.persons[key] = replace(views.person(*key), **changes)  # type: ignore[arg-type]


def _handing(views: Views, entry: Noted) -> None:
    body = entry.body
    views.handovers[body["handover"]] = Handover(
        id=body["handover"],
        agreement=body["agreement"],
        holdings=tuple(body["holdings"]),
        giver=body["giver"],
        taker=body["taker"],
        at=datetime.fromisoformat(entry.at),
    )


def _handed(views: Views, entry: Noted) -> None:
    handover, at = views.handovers[entry.body["handover"]], datetime.fromisoformat(entry.at)
    views.handovers[handover.id] = replace(handover, done=at)
    for name in handover.holdings:
        views.holdings[name] = replace(views.holdings[name], by=handover.taker)
    key = (handover.agreement, handover.giver)
    if entry.body["leaves"]:
        views.persons[key] = replace(views.person(*key), revoked=at)


def _told(views: Views, entry: Noted) -> None:
    handover = views.handovers[entry.body["handover"]]
    views.handovers[handover.id] = replace(handover, told=entry.body["notice"])


def _case(views: Views, entry: Noted) -> None:
    body = entry.body
    views.cases[body["case"]] = Case(
        id=body["case"],
        agreement=body["agreement"],
        procedure=body["procedure"],
        urgent=body["urgent"],
        holdings=tuple(body["holdings"]),
        occurred=_at(entry),
        opened=datetime.fromisoformat(entry.at),
        planned=datetime.fromisoformat(body["by"]) if body["by"] else None,
        summary=body["summary"],
        by=entry.actor,
        seq=entry.seq,
    )


def _step(views: Views, entry: Noted) -> None:
    body = entry.body
    case = views.cases[body["case"]]
    taken = Taken(step=Step(body["step"]), at=_at(entry), paper=body["paper"], by=entry.actor)
    views.cases[case.id] = replace(case, steps=(*case.steps, taken))


def _case_closed(views: Views, entry: Noted) -> None:
    case = views.cases[entry.body["case"]]
    views.cases[case.id] = replace(case, closed=datetime.fromisoformat(entry.at))


def _refused(views: Views, entry: Noted) -> None:
    body = entry.body
    views.refusals.append(
        Refusal(
            seq=entry.seq,
            at=datetime.fromisoformat(entry.at),
            reason=body["reason"],
            agreement=body.get("agreement"),
            holding=body.get("holding"),
            person=entry.actor,
        )
    )


FOLDS: dict[str, Callable[[Views, Noted], None]] = {
    "custody.added": _added,
    "custody.cleared": _cleared,
    "custody.opened": _opened,
    "custody.closed": _closed,
    "custody.ended": _ended,
    "custody.permitted": _permitted,
    "custody.returning": _returning,
    "custody.receipted": _receipted,
    "custody.destroying": _destroying,
    "custody.destroyed": _destroyed,
    "custody.enrolled": _enrolled,
    "custody.committed": _committed,
    "custody.filed": _filed,
    "custody.trained": _trained,
    "custody.consented": _consented,
    "custody.revoked": _revoked,
    "custody.handing_over": _handing,
    "custody.handed_over": _handed,
    "custody.told": _told,
    "custody.case_opened": _case,
    "custody.case_step": _step,
    "custody.case_closed": _case_closed,
    "custody.refused": _refused,
}
"""Every record of custody and what it changes; a record of another room changes nothing here."""
