"""Signed heads of the ledger: made after each delivery and on demand, to be kept where the ledger is not.

``<length>.json`` is a ``Checkpoint``; ``<length>.json.sig`` signs it in the namespace ``ledger-checkpoint``. Every head
that was given out (manifests, checkpoints) is what ``gateway ledger verify`` holds the ledger against."""

import hashlib
from datetime import datetime
from pathlib import Path

from gateway.base.canonical import encode_for_people
from gateway.base.files import write_atomic
from gateway.base.sshsig import CHECKPOINT, sign, verify
from gateway.ledger import covered, head_of
from gateway.model.documents import CHECKPOINT_ALGORITHMS, Checkpoint
from gateway.model.period import ZONE
from gateway.release.site.deployment import SIGNING_KEY, Deployment

_NAME = "{length:06}.json"


def make_checkpoint(deployment: Deployment, now: datetime, folder: Path | None = None) -> Path:
    """Writes the ledger's head as it is now, signed, to ``folder`` (default ``var/checkpoints``); the file's path.

    The same length again leaves what is there. Raises IntegrityError when the gateway's key may not sign it now."""
    entries = deployment.ledger.entries()
    path = (folder or checkpoint_folder(deployment)) / _NAME.format(length=len(entries))
    signature = path.with_name(path.name + ".sig")
    if path.is_file() and signature.is_file():
        return path
    document = Checkpoint(
        format="gateway-checkpoint/1",
        alg=dict(CHECKPOINT_ALGORITHMS),
        sender=deployment.terms.platform.sender,
        at=now.astimezone(ZONE).isoformat(timespec="seconds"),
        ledger=head_of(entries),
        sm3=hashlib.new("sm3", b"".join(map(covered, entries))).hexdigest(),
    )
    data = encode_for_people(document.model_dump(mode="json"))
    armored = sign(data, deployment.keyring.get(SIGNING_KEY), CHECKPOINT)
    verify(data, armored, CHECKPOINT, deployment.allowed_signers(), now)
    write_atomic(path, data)
    write_atomic(signature, armored.encode())
    return path


def is_checkpointed(deployment: Deployment, seq: int) -> bool:
    """Whether a checkpoint in its usual place covers the ledger's entry ``seq``."""
    return any(
        int(path.stem) >= seq and path.with_name(path.name + ".sig").is_file()
        for path in checkpoint_folder(deployment).glob("[0-9]*.json")
    )


def checkpoint_folder(deployment: Deployment) -> Path:
    """Where checkpoints lie unless they are asked for elsewhere."""
    return deployment.var / "checkpoints"


def given_out(var: Path) -> list[Path]:
    """The signed documents below ``var`` that carry a ledger head: manifests of sealed packages, and checkpoints."""
    found = [*var.glob("releases/*/package/*.manifest.json"), *var.glob("checkpoints/*.json")]
    return sorted(path for path in found if path.with_name(path.name + ".sig").is_file())
