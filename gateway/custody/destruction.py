"""The end of a holding: what ends it, the owner's permission, the shredding, and the check that nothing is left.

The ledger says ``destroying`` before the first byte goes and ``destroyed`` only when neither key, nor file, nor working
copy is there any more. A copy in a backup is ciphertext without a key: no backup takes holdings' keys."""

from datetime import datetime
from pathlib import Path

from gateway.base.canonical import digest
from gateway.base.errors import InputError, IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.custody.adding import index
from gateway.custody.papers import receipted
from gateway.custody.parcel import pack
from gateway.custody.refusal import Reason
from gateway.custody.room import SYSTEM, Stay
from gateway.custody.terms import Terms, demands, ending
from gateway.custody.vault import Filed
from gateway.custody.views import Ended, Holding, State
from gateway.model.custody import End, Rule


def end(stay: Stay, name: str, event: str, at: datetime) -> Holding:
    """Records what ends the keeping, when it happened; its clocks start."""
    holding, terms = stay.held(name)
    if ending(terms, event) is None:
        known = [row.event for row in terms.ends]
        detail = (f"本协议的事由：{'、'.join(known)}", f"this agreement knows {', '.join(known)}")
        stay.refuse(Reason.NOT_ENDED, agreement=terms.id, holding=name, detail=detail)
    if not holding.since <= at <= stay.now:
        detail = ("时间在入库之前或在将来", "the moment is before it was added, or in the future")
        stay.refuse(Reason.NOT_ENDED, agreement=terms.id, holding=name, detail=detail)
    if all(row.event != event for row in holding.ended):
        stay.note("custody.ended", {"holding": name, "event": event, "at": at.isoformat()})
    return stay.views.holdings[name]


def destroy(stay: Stay, name: str, *, paper: int = 0, anonymised: bytes | None = None) -> Holding:
    """Destroys a holding whose keeping has ended. ``paper``: paper copies that were shredded before; ``anonymised``:
    what stays of it, made anonymous, where the owner demands that.

    Refuses without permission where the agreement demands it, and while a plain copy is left."""
    holding, terms = stay.held(name)
    ended = _ended(stay, holding, terms, "destroy" if anonymised is None else "anonymise")
    rule = demands(terms, Rule.DESTROY_WITH_PERMISSION)
    if rule and holding.permission is None:
        stay.refuse(
            Reason.NO_PERMISSION,
            agreement=terms.id,
            holding=name,
            clause=rule.clause,
            next=f"gateway custody permit {name} PERMISSION SIGNATURE",
        )
    _check_left(stay, holding, terms, paper)
    if anonymised is not None and any(digest(anonymised) == filed.sha256 for filed in index(stay, holding)):
        stay.refuse(Reason.NOT_ANONYMOUS, agreement=terms.id, holding=name)
    _begin(stay, holding, ended, "destroy", paper, digest(anonymised) if anonymised is not None else None)
    return finish(stay, name)


def give_back(stay: Stay, name: str, out: Path, passphrase: str) -> Holding:
    """Packs the holding for its owner into ``out``, which no file may be; nothing is deleted before the receipt."""
    holding, terms = stay.holding(name)
    if holding.state not in (State.HELD, State.RETURNING):
        stay.refuse(Reason.NOT_HELD, agreement=terms.id, holding=name, detail=holding.state.wording)
    _ended(stay, holding, terms, "return")
    if out.exists():
        raise InputError(f"{out} 已存在，不覆盖", f"{out} exists and is not overwritten")
    vault = stay.room.vault
    files = [
        (filed.name, vault.read(name, holding.stored, number, filed))
        for number, filed in enumerate(index(stay, holding), start=1)
    ]
    package = pack(files, passphrase)
    write_atomic(out, package, mode=PRIVATE)
    stay.note("custody.returning", {"holding": name, "package": digest(package), "bytes": len(package)})
    return stay.views.holdings[name]


def returned(stay: Stay, name: str, receipt: bytes, signature: str, *, paper: int = 0) -> Holding:
    """The owner has it: nothing is kept here. Refuses a receipt for another package."""
    holding, terms = stay.holding(name)
    if holding.state is not State.RETURNING:
        stay.refuse(Reason.NOT_HELD, agreement=terms.id, holding=name, detail=holding.state.wording)
    if receipted(stay, name, terms, receipt, signature) != holding.package:
        stay.refuse(Reason.RECEIPT_MISSING, agreement=terms.id, holding=name)
    ended = _ended(stay, holding, terms, "return")
    _check_left(stay, holding, terms, paper)
    stay.note("custody.receipted", {"holding": name, "receipt": digest(receipt)})
    _begin(stay, holding, ended, "return", paper)
    return finish(stay, name)


def finish(stay: Stay, name: str) -> Holding:
    """Shreds to the end, checks that nothing can be read, and only then records that it is gone. Safe to repeat.

    Raises IntegrityError when something is left: the ledger then still says that it is being destroyed."""
    holding, vault = stay.views.holdings[name], stay.room.vault
    began = next(e for e in reversed(stay.entries) if e.kind == "custody.destroying" and e.body["holding"] == name)
    accesses = [access.id for access in holding.accesses]
    for access in accesses:
        vault.clear_work(access)
    vault.remove(name)
    if not vault.gone(name, accesses):
        raise IntegrityError(
            f"{name} 尚未删净",
            f"something of {name} is left",
            safe=("账本仍记为销毁中", "the ledger still says that it is being destroyed"),
            next="gateway custody list",
        )
    body = {
        "holding": name,
        "action": began.body["action"],
        "event": began.body["event"],
        "files": holding.stored.files,
        "copies": sum(access.copy for access in holding.accesses),
        "paper": began.body["paper"],
        "anonymised": began.body["anonymised"],
        "key": "shredded",
        "checked": "nothing_left",
    }
    stay.note("custody.destroyed", body, actor=began.actor if began.actor == stay.actor else SYSTEM)
    return stay.views.holdings[name]


def basis(terms: Terms, holding: Holding, action: str) -> tuple[Ended, End] | None:
    """What ended the keeping and asks for this action."""
    for ended in holding.ended:
        found = ending(terms, ended.event)
        if found and found.action == action:
            return ended, found
    return None


def _ended(stay: Stay, holding: Holding, terms: Terms, action: str) -> Ended:
    found = basis(terms, holding, action)
    if found is None:
        stay.refuse(
            Reason.NOT_ENDED, agreement=terms.id, holding=holding.id, next=f"gateway custody end {holding.id} EVENT"
        )
    return found[0]


def _check_left(stay: Stay, holding: Holding, terms: Terms, paper: int) -> None:
    """Refuses while the plain copy that was handed in, or paper, is left."""
    if not holding.cleared or _plain_left(stay, holding):
        stay.refuse(
            Reason.PLAIN_LEFT, agreement=terms.id, holding=holding.id, next=f"gateway custody clear {holding.id}"
        )
    if paper != holding.paper:
        detail = (f"应有 {holding.paper} 份", f"there are {holding.paper}")
        stay.refuse(Reason.PAPER_LEFT, agreement=terms.id, holding=holding.id, detail=detail)


def _plain_left(stay: Stay, holding: Holding) -> bool:
    """Whether a plain copy has come back since it was cleared. Without the key its place is not known any more."""
    if not stay.room.vault.keys.has(holding.id):
        return False
    return any(_is_copy(filed) for filed in index(stay, holding))


def _is_copy(filed: Filed) -> bool:
    path = Path(filed.plain)
    return path.is_file() and digest(path.read_bytes()) == filed.sha256


def _begin(stay: Stay, holding: Holding, ended: Ended, action: str, paper: int, anonymised: str | None = None) -> None:
    body = {
        "holding": holding.id,
        "action": action,
        "event": ended.event,
        "paper": paper,
        "permission": holding.permission,
        "anonymised": anonymised,
    }
    stay.note("custody.destroying", body)
