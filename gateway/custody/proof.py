"""The document that a person or owner gets when nothing is left: 删除凭证, or the written confirmation of a return.

It is drawn from the ledger alone and signed by the gateway (sshsig, namespace custody-certificate), so that it can be
given again at any time (byte for byte while the signing key is the same) and checked with ``ssh-keygen -Y verify``."""

from dataclasses import dataclass
from typing import Any

from gateway.base.canonical import encode_for_people
from gateway.base.errors import InputError
from gateway.base.sshsig import fingerprint, public_line, sign
from gateway.custody.destruction import basis
from gateway.custody.room import Stay
from gateway.custody.sheets import render
from gateway.custody.terms import Noted, Terms, ending, material, purpose
from gateway.custody.views import Holding, State
from gateway.model.custody import Sensitivity

CERTIFICATE = "custody-certificate"
FORMAT = "custody-certificate/1"
SIGNER = "gateway"
METHOD = (
    "覆写并删除电子档、工作副本与本材料专用密钥；备份中只有密文，不含密钥，无法恢复；删除后已检查密钥、文件、工作副本均不存在",
    "files, working copies and the key of this material alone were overwritten and deleted; backups hold ciphertext "
    "without that key; it was then checked that neither key, file nor working copy exists",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The document, its signature, and the line by which ``ssh-keygen -Y verify`` checks it."""

    document: dict[str, Any]
    data: bytes
    signature: str
    signer: str


def certificate(stay: Stay, name: str) -> Certificate:
    """The certificate of a holding that is gone. Raises InputError while it is not."""
    holding, terms = stay.holding(name)
    if not holding.is_gone:
        raise InputError(
            "材料尚未销毁或交回，没有凭证",
            "it is neither destroyed nor returned: there is no certificate yet",
            next=f"gateway custody destroy {name}",
        )
    document = _document(stay, holding, terms)
    data = encode_for_people(document)
    private = stay.room.signing()
    return Certificate(
        document=document,
        data=data,
        signature=sign(data, private, CERTIFICATE),
        signer=f'{SIGNER} namespaces="{CERTIFICATE}" {public_line(private)}\n',
    )


def certificate_page(stay: Stay, found: Certificate) -> bytes:
    """The certificate as a page for A4, with room for signatures and the seal."""
    document = found.document
    terms = stay.room.terms[document["agreement"]]
    kind, use = material(terms, document["material"]), purpose(terms, document["purpose"])
    why = ending(terms, document["ended_by"]) if document["ended_by"] else None
    return render(
        "certificate.html",
        c=document,
        terms=terms,
        material=f"{kind.title.zh}（{kind.clause}）" if kind else document["material"],
        purpose=f"{use.title.zh}（{use.clause}）" if use else document["purpose"],
        classes="、".join(Sensitivity(name).wording.zh for name in document["classes"]),
        ended=f"{why.title.zh}（{why.clause}）" if why else "",
    )


def _document(stay: Stay, holding: Holding, terms: Terms) -> dict[str, Any]:
    action = "return" if holding.state is State.RETURNED else "destroy"
    entry = _entry(stay, holding)
    found = basis(terms, holding, action) or basis(terms, holding, "anonymise")
    ended, why = found if found else (None, None)
    clock = next((c for c in stay.clocks(terms.id, holding.id) if why and c.name == why.clock), None)
    return {
        "format": FORMAT,
        "title": {"zh": terms.proof.title.zh, "en": terms.proof.title.en},
        "clause": terms.proof.clause,
        "number": f"{holding.id}-{entry.seq}",
        "agreement": terms.id,
        "holder": terms.holder.zh,
        "owner": terms.principal.zh,
        "holding": holding.id,
        "subject": holding.subject,
        "material": holding.material,
        "classes": [row.value for row in holding.classes],
        "purpose": holding.purpose,
        "held_since": holding.since.isoformat(),
        "ended_by": ended.event if ended else None,
        "ended_at": ended.at.isoformat() if ended else None,
        "ended_clause": why.clause if why else None,
        "due": clock.due.isoformat() if clock and clock.due else None,
        "in_time": clock.met if clock else None,
        "action": action,
        "done_at": entry.at,
        "files": entry.body["files"],
        "bytes": holding.stored.size,
        "working_copies": entry.body["copies"],
        "paper_copies": entry.body["paper"],
        "key": entry.body["key"],
        "method": {"zh": METHOD[0], "en": METHOD[1]},
        "anonymised": entry.body["anonymised"],
        "permission": holding.permission,
        "receipt": holding.receipt,
        "sealed": holding.stored.sealed,
        "signed_by": fingerprint(public_line(stay.room.signing())),
        "ledger": {"length": entry.seq, "head": entry.hash},
    }


def _entry(stay: Stay, holding: Holding) -> Noted:
    return next(entry for entry in stay.entries if entry.seq == holding.gone_seq)
