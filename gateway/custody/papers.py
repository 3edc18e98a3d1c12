"""The owner's papers: a signed permission, a signed receipt. Each names the holdings that it is for.

An owner signs with ssh-keygen like everybody else; a letter on paper is typed in as such a document and signed by the
coordinator who holds the letter, whom the agreement names as the owner's."""

import json
from collections.abc import Sequence
from typing import Any

from gateway.base.canonical import digest, encode_for_people
from gateway.base.errors import InputError
from gateway.custody.refusal import Reason
from gateway.custody.room import Stay
from gateway.custody.terms import Terms

PERMISSION, RECEIPT = "custody-permission", "custody-receipt"
_FORMATS = {PERMISSION: "custody-permission/1", RECEIPT: "custody-receipt/1"}


def form(kind: str, *, agreement: str, holdings: Sequence[str], purpose: str = "", package: str = "") -> bytes:
    """The document that the owner signs. ``purpose``: ``destroy`` or ``copy``, of a permission; ``package``: the digest
    of what came back, of a receipt."""
    document = {"format": _FORMATS[kind], "agreement": agreement, "holdings": list(holdings)}
    document |= {"for": purpose} if kind == PERMISSION else {"package": package}
    return encode_for_people(document)


def permit(stay: Stay, name: str, document: bytes, signature: str) -> str:
    """Records the owner's permission to destroy, or to copy, this holding; what it is for.

    Refuses one for another holding, and one that the owner did not sign."""
    _, terms = stay.held(name)
    paper = _paper(stay, terms, name, document, signature, PERMISSION)
    if paper.get("for") not in ("destroy", "copy"):
        raise _malformed()
    stay.note("custody.permitted", {"holding": name, "for": paper["for"], "permission": digest(document)})
    return str(paper["for"])


def receipted(stay: Stay, name: str, terms: Terms, document: bytes, signature: str) -> str:
    """The package that the owner confirms to have received. Refuses as ``permit`` does."""
    paper = _paper(stay, terms, name, document, signature, RECEIPT)
    return str(paper.get("package"))


def _paper(stay: Stay, terms: Terms, holding: str, document: bytes, signature: str, kind: str) -> dict[str, Any]:
    stay.signed_by(document, signature, kind, terms.owner, holding, terms.id)
    try:
        found = dict(json.loads(document))
    except (ValueError, TypeError) as error:
        raise _malformed() from error
    if found.get("format") != _FORMATS[kind] or not isinstance(found.get("holdings"), list):
        raise _malformed()
    if holding not in found["holdings"] or found.get("agreement") != terms.id:
        stay.refuse(Reason.OTHER_PERMISSION, agreement=terms.id, holding=holding)
    return found


def _malformed() -> InputError:
    return InputError(
        "许可或签收文件的格式不正确",
        "this is neither a permission nor a receipt",
        safe=("没有任何改动", "nothing was changed"),
        next="gateway custody form",
    )
