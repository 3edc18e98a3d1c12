"""Taking material in: only what the purpose needs, only where it may lie, from a person who was told; then the plain
copy is asked away.

A file is encrypted under the holding's own key before the ledger says that it is held; the copy that was handed in
stays until ``clear`` removes it, and until then nothing calls the holding safe."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.base.canonical import digest
from gateway.base.errors import IntegrityError
from gateway.base.shred import shred
from gateway.custody.refusal import Reason
from gateway.custody.room import Stay
from gateway.custody.terms import Terms, demands, material, purpose
from gateway.custody.vault import Filed
from gateway.custody.views import Holding
from gateway.model.custody import Rule, Sensitivity

LARGEST = 256 << 20
"""The most bytes of one file: it is encrypted in one piece."""
MOST = 500
_SUBJECT = re.compile(r"[A-Za-z](?!.*[0-9]{7})[A-Za-z0-9-]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is to be added. ``classes``: what stands in it, all of the material's when empty; ``told``: the version of
    the text that the person was told; ``paper``: copies on paper."""

    agreement: str
    purpose: str
    material: str
    subject: str
    place: str
    files: Sequence[Path]
    classes: tuple[Sensitivity, ...] = ()
    told: str | None = None
    paper: int = 0


def add(stay: Stay, wanted: Material) -> Holding:
    """Stores the files encrypted and records them. Refuses what the agreement's purpose does not list."""
    terms = stay.compartment(wanted.agreement)
    classes = _check(stay, terms, wanted)
    contents = [_read(stay, terms, path) for path in wanted.files]
    holding = stay.room.new_id("h")
    with stay.journalled("add", holding=holding):
        stored = stay.room.vault.put(holding, contents)
        body = {
            "holding": holding,
            "agreement": terms.id,
            "purpose": wanted.purpose,
            "material": wanted.material,
            "classes": [row.value for row in classes],
            "subject": wanted.subject,
            "place": wanted.place,
            "files": stored.files,
            "bytes": stored.size,
            "sealed": stored.sealed,
            "told": wanted.told,
            "paper": wanted.paper,
        }
        stay.note("custody.added", body)
    return stay.views.holdings[holding]


def clear(stay: Stay, name: str) -> int:
    """Removes the plain copies that were handed in, each only while it is what was added; how many there still were.

    Records that none is left. A file that was changed since is kept, and the command refused."""
    holding, terms = stay.held(name)
    left = [filed for filed in index(stay, holding) if Path(filed.plain).exists()]
    for filed in left:
        if digest(Path(filed.plain).read_bytes()) != filed.sha256:
            stay.refuse(
                Reason.CHANGED,
                agreement=terms.id,
                holding=name,
                detail=(
                    "交来的明文文件已被改动，未删除",
                    "the plain file was changed since it was added and is not removed",
                ),
                next=("核对后作为新材料加入，或自行删除", "look at it; add it as new material, or remove it yourself"),
            )
    for filed in left:
        shred(Path(filed.plain))
    stay.note("custody.cleared", {"holding": name, "removed": len(left), "files": holding.stored.files})
    return len(left)


def index(stay: Stay, holding: Holding) -> tuple[Filed, ...]:
    """What the holding consists of; refuses when its key is missing or a file was changed."""
    vault = stay.room.vault
    if not vault.keys.has(holding.id):
        stay.refuse(Reason.KEY_MISSING, agreement=holding.agreement, holding=holding.id)
    try:
        return vault.index(holding.id, holding.stored)
    except IntegrityError:
        stay.refuse(Reason.CHANGED, agreement=holding.agreement, holding=holding.id)


def _check(stay: Stay, terms: Terms, wanted: Material) -> tuple[Sensitivity, ...]:
    """The classes of what is added. Refuses in the order in which a person would ask."""
    use, kind = purpose(terms, wanted.purpose), material(terms, wanted.material)
    if use is None:
        stay.refuse(Reason.PURPOSE_UNKNOWN, agreement=terms.id, detail=_listed([p.name for p in terms.purposes]))
    if kind is None:
        stay.refuse(Reason.MATERIAL_UNKNOWN, agreement=terms.id, detail=_listed([m.name for m in terms.materials]))
    if wanted.purpose not in kind.needed_for:
        stay.refuse(Reason.BEYOND_PURPOSE, agreement=terms.id, clause=use.clause)
    if not set(wanted.classes) <= set(kind.classes):
        stay.refuse(Reason.CLASS_UNDECLARED, agreement=terms.id, clause=kind.clause)
    if wanted.place not in terms.places.allowed:
        stay.refuse(Reason.PLACE_FORBIDDEN, agreement=terms.id, clause=terms.places.clause)
    told = demands(terms, Rule.TELL_PURPOSE)
    if told and terms.told and wanted.told != terms.told.version:
        stay.refuse(
            Reason.NOT_TOLD,
            agreement=terms.id,
            clause=told.clause,
            next=("gateway custody notice 给出告知书", "gateway custody notice gives the text to tell"),
        )
    if not _SUBJECT.fullmatch(wanted.subject):
        stay.refuse(Reason.NOT_PSEUDONYM, agreement=terms.id)
    if not 1 <= len(wanted.files) <= MOST or not 0 <= wanted.paper <= 999:
        stay.refuse(Reason.FILE_UNUSABLE, agreement=terms.id)
    return wanted.classes or kind.classes


def _read(stay: Stay, terms: Terms, path: Path) -> tuple[Filed, bytes]:
    if path.is_symlink() or not path.is_file() or not 0 < path.stat().st_size <= LARGEST:
        stay.refuse(Reason.FILE_UNUSABLE, agreement=terms.id)
    data = path.read_bytes()
    return Filed(name=path.name, plain=str(path.resolve()), size=len(data), sha256=digest(data)), data


def _listed(names: Sequence[str]) -> tuple[str, str]:
    return f"已列出 {'、'.join(names)}", f"it lists {', '.join(names)}"
