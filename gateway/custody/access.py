"""Seeing material: a named person signs a request for one holding and one purpose; what is shown is recorded first.

A request holds for a day and opens once. Without a working copy the content is given to the caller and never written;
a working copy lies in the room's own folder until it is closed, and may not be made where copies need permission."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest, encode
from gateway.base.errors import InputError
from gateway.custody.adding import index
from gateway.custody.people import barred
from gateway.custody.refusal import Reason
from gateway.custody.room import Stay
from gateway.custody.terms import Terms, demands, granted
from gateway.custody.vault import ending
from gateway.custody.views import Access, Holding
from gateway.model.custody import Rule

REQUEST = "custody-request"
FORMAT = "custody-request/1"
HOLDS = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an access gave: the contents with their files' endings, or the paths of working copies."""

    access: Access
    contents: Sequence[tuple[str, bytes]] = ()
    copies: Sequence[Path] = ()


def request(stay: Stay, name: str, purpose: str) -> bytes:
    """The document that the actor signs to see a holding; refused at once when it would be refused later."""
    holding, terms = stay.held(name)
    _check(stay, terms, holding, purpose)
    document = {
        "format": FORMAT,
        "agreement": holding.agreement,
        "holding": holding.id,
        "person": stay.actor,
        "purpose": purpose,
        "at": stay.now.isoformat(),
        "access": stay.room.new_id("a"),
    }
    return encode(document)


def open_holding(stay: Stay, document: bytes, signature: str, *, copy: bool = False) -> Shown:
    """Shows a holding to the person who signed ``document``. Every refusal is recorded, and every access beforehand."""
    wanted = read_request(document)
    stay.actor = wanted["person"]
    holding, terms = stay.held(wanted["holding"])
    stay.signed_by(document, signature, REQUEST, stay.actor, holding.id, terms.id)
    sha = digest(document)
    if sha in stay.views.requests or any(a.id == wanted["access"] for a in holding.accesses):
        stay.refuse(Reason.REQUEST_USED, agreement=terms.id, holding=holding.id)
    asked = datetime.fromisoformat(wanted["at"])
    if not asked <= stay.now <= asked + HOLDS:
        stay.refuse(
            Reason.REQUEST_OLD, agreement=terms.id, holding=holding.id, next=f"gateway custody request {holding.id}"
        )
    _check(stay, terms, holding, wanted["purpose"])
    if copy:
        _check_copy(stay, terms, holding)
    files = index(stay, holding)
    commitment = stay.views.person(terms.id, stay.actor).signed
    body = {
        "holding": holding.id,
        "access": wanted["access"],
        "purpose": wanted["purpose"],
        "request": sha,
        "commitment": commitment.signature if commitment else "",
        "copy": copy,
    }
    if not copy:
        stay.note("custody.opened", body)
        vault = stay.room.vault
        contents = [
            (ending(filed.name), vault.read(holding.id, holding.stored, number, filed))
            for number, filed in enumerate(files, start=1)
        ]
        return Shown(access=_access(stay, holding, wanted["access"]), contents=contents)
    with stay.journalled("open", holding=holding.id, access=wanted["access"]):
        stay.note("custody.opened", body)
        paths = stay.room.vault.copy_out(holding.id, holding.stored, wanted["access"])
    return Shown(access=_access(stay, holding, wanted["access"]), copies=paths)


def close(stay: Stay, access: str) -> int:
    """Removes an access's working copies and records it; how many there were."""
    found = next((h for h in stay.views.holdings.values() if any(a.id == access for a in h.accesses)), None)
    if found is None:
        raise InputError("没有这次查阅", "there is no such access", next="gateway custody list")
    stay.compartment(found.agreement)
    count = stay.room.vault.clear_work(access)
    if any(a.id == access and a.closed is None for a in found.accesses):
        body = {"holding": found.id, "access": access, "copies": count, "reason": "closed"}
        stay.note("custody.closed", body)
    return count


def open_copies(holding: Holding) -> list[Access]:
    """Accesses whose working copies were not removed yet."""
    return [access for access in holding.accesses if access.copy and access.closed is None]


def read_request(document: bytes) -> dict[str, Any]:
    """A request's fields. Raises InputError when it is not one."""
    try:
        found = json.loads(document)
        fits = found["format"] == FORMAT and datetime.fromisoformat(found["at"]).tzinfo is not None
        fits = fits and all(
            isinstance(found[key], str) for key in ("agreement", "holding", "person", "purpose", "access")
        )
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        raise InputError("不是查阅申请", "not a request for access", next="gateway custody request")
    return dict(found)


def _check(stay: Stay, terms: Terms, holding: Holding, purpose: str) -> None:
    problem = barred(terms, stay.views.person(terms.id, stay.actor), holding, purpose, stay.now.date())
    if problem:
        stay.refuse(problem[0], agreement=terms.id, holding=holding.id, clause=problem[1])


def _check_copy(stay: Stay, terms: Terms, holding: Holding) -> None:
    grant, rule = granted(terms, stay.actor), demands(terms, Rule.NO_COPIES)
    if (grant and grant.remote) or (rule and holding.copying is None):
        clause = rule.clause if rule else None
        stay.refuse(Reason.COPY_NOT_PERMITTED, agreement=terms.id, holding=holding.id, clause=clause)


def _access(stay: Stay, holding: Holding, access: str) -> Access:
    return next(a for a in stay.views.holdings[holding.id].accesses if a.id == access)
