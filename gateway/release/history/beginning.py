"""How the release history begins: stated by the operator, signed with the gateway's key, in the ledger.

``var/history/beginning.json`` says for one agreement that nothing was published before the gateway, or which figures
were; ``beginning.json.sig`` signs it in the namespace ``release-history``; the ledger's ``history.begun`` holds its
digest. The history's chain rests on that digest, so that every package names it. Until it is stated nothing is built;
after that a history that is not there is damaged, never empty (docs/adr/0033)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.base.canonical import digest, digest_of, encode_for_people
from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.files import write_atomic
from gateway.base.sshsig import HISTORY, public_line, sign, verify
from gateway.ledger import Entry
from gateway.model.period import ZONE
from gateway.release.site.deployment import SIGNING_KEY, Deployment
from gateway.release.site.keybook import keys

BEGUN = "history.begun"
FILE, SIGNATURE = "beginning.json", "beginning.json.sig"
NOTHING, IMPORTED = "nothing was published", "what was published is imported"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Import(_Strict):
    """A month published before the gateway, as the history has it: ``digest`` of what was published, ``declared`` of
    its tables' declarations; how many figures were shown and withheld."""

    release: str
    digest: str
    declared: str
    shown: int
    withheld: int


class Beginning(_Strict):
    """The statement. ``at``: when, ISO 8601; ``by``: the operator who says so."""

    format: Literal["gateway-beginning/1"] = "gateway-beginning/1"
    agreement: str
    sender: str
    at: str
    by: str
    before: Literal["nothing was published", "what was published is imported"]
    imported: tuple[Import, ...] = ()


def begun(entries: Iterable[Entry]) -> Entry | None:
    """The ledger's record of the beginning; None while nothing is stated."""
    return next((entry for entry in entries if entry.kind == BEGUN), None)


def start_of(agreement: str, sha: str) -> str:
    """The head of a history of which only the beginning is there; ``sha``: the statement's digest."""
    return digest_of([agreement, "begun", sha])


def write_beginning(deployment: Deployment, folder: Path, imported: tuple[Import, ...], now: datetime) -> str:
    """Signs the statement and writes it to ``folder``; its digest. Raises ConfigurationError when the gateway's key may
    not sign it now: one that was made before there were such statements."""
    sender, private = deployment.terms.platform.sender, deployment.keyring.get(SIGNING_KEY)
    own = [signer for signer in deployment.allowed_signers() if signer.key == public_line(private)]
    if not any(signer.problem(HISTORY, now) is None for signer in own):
        raise ConfigurationError(
            "网关的密钥无权签署发布历史：启用新密钥后再声明",
            "the gateway's key may not sign the release history: replace it, then state it again",
            safe=("没有声明任何内容", "nothing was stated"),
            next=f"gateway keys rotate {sender}",
        )
    statement = Beginning(
        agreement=deployment.terms.id,
        sender=sender,
        at=now.astimezone(ZONE).isoformat(timespec="seconds"),
        by=deployment.settings.operator,
        before=IMPORTED if imported else NOTHING,
        imported=imported,
    )
    data = encode_for_people(statement.model_dump(mode="json"))
    write_atomic(folder / FILE, data)
    write_atomic(folder / SIGNATURE, sign(data, private, HISTORY).encode())
    return digest(data)


def read_beginning(deployment: Deployment, folder: Path, entries: tuple[Entry, ...]) -> Beginning | None:
    """The statement as the ledger's ``entries`` know it; None while nothing is stated.

    Raises IntegrityError when it is missing, is not the one that was recorded, is another exchange's, or its signature
    does not hold."""
    record = begun(entries)
    if record is None:
        return None
    try:
        data, armored = (folder / FILE).read_bytes(), (folder / SIGNATURE).read_text(encoding="utf-8")
        statement = Beginning.model_validate_json(data)
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise damaged() from error
    exchange = deployment.terms.id, deployment.terms.platform.sender
    told = (statement.before == IMPORTED) == bool(statement.imported)
    if digest(data) != record.body["digest"] or (statement.agreement, statement.sender) != exchange or not told:
        raise damaged()
    # the ledger says when it was signed: a key that ended since, however early, could sign it then
    signers = [replace(key.signer, valid_before=None) for key in keys(e for e in entries if e.seq <= record.seq)]
    signer = verify(data, armored, HISTORY, signers, datetime.fromisoformat(statement.at))
    if signer.principal != statement.sender:
        raise damaged()
    return statement


def damaged() -> IntegrityError:
    """The history can't be believed."""
    return IntegrityError(
        "发布历史已损坏、不完整，或属于另一交换；损坏的历史不等于没有历史",
        "the release history is damaged, incomplete, or another exchange's; a damaged history is not an empty one",
        safe=("没有任何内容离开", "nothing has left"),
        next="gateway restore",
    )
