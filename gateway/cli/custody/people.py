"""Persons: their keys, commitments, training, filing, consent, revocation; handover from one to another."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.files import write_atomic
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.custody import common

Occasion = Annotated[str, typer.Option("--for", help=say("为哪次交接重新签署", "for which handover it is signed anew"))]


def enrol(
    agreement: common.AgreementName,
    who: common.PersonName,
    public: Annotated[Path, typer.Argument(help=say("公钥文件（.pub）", "the public key's file (.pub)"))],
    person: common.As,
    letter: Annotated[
        Path | None, typer.Option(help=say("更换密钥时本人的书面说明", "their letter, to replace a key"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records a person's key."""
    from gateway.custody import enrol as enrol_

    with common.stay(root, person) as stay:
        found = enrol_(stay, agreement, who, common.text(public), common.data(letter) if letter else None)
    common.done(who, as_json, agreement=agreement, person=who, key=found.key)


def commit(
    agreement: common.AgreementName,
    person: common.As,
    document: Annotated[Path | None, typer.Argument(help=say("所签承诺书", "the text that was signed"))] = None,
    signature: Annotated[Path | None, typer.Argument(help=say("签名文件", "the signature"))] = None,
    occasion: Occasion = "first",
    out: Annotated[Path, typer.Option(help=say("承诺书文件", "where to write the text"))] = Path("commitment.txt"),
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Gives the text to sign, or records it signed."""
    from gateway.custody import COMMITMENT, commitment_text
    from gateway.custody import commit as commit_

    with common.stay(root, person) as stay:
        if document is None or signature is None:
            text = commitment_text(stay.compartment(agreement), person, occasion)
            write_atomic(out, text)
            sign = f"ssh-keygen -Y sign -n {COMMITMENT} -f KEY {out}"
            common.done(person, as_json, text=str(out), sign=sign)
            return
        found = commit_(stay, agreement, common.data(document), common.text(signature), occasion)
    version = found.signed.version if found.signed else None
    common.done(person, as_json, agreement=agreement, person=person, version=version)


def file_(
    agreement: common.AgreementName,
    who: common.PersonName,
    letter: common.Paper,
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records that a commitment was filed."""
    from gateway.custody import file_commitment

    with common.stay(root, person) as stay:
        file_commitment(stay, agreement, who, common.data(letter))
    common.done(who, as_json, agreement=agreement, person=who, filed=True)


def train(
    agreement: common.AgreementName,
    who: common.PersonName,
    record: common.Paper,
    person: common.As,
    at: common.At = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records a training."""
    from gateway.custody import train as train_

    with common.stay(root, person) as stay:
        train_(stay, agreement, who, common.moment(stay, at), common.data(record))
    common.done(who, as_json, agreement=agreement, person=who, trained=True)


def consent(
    agreement: common.AgreementName,
    who: common.PersonName,
    letter: common.Paper,
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records the owner's consent to a remote supporter."""
    from gateway.custody import consent as consent_

    with common.stay(root, person) as stay:
        consent_(stay, agreement, who, common.data(letter))
    common.done(who, as_json, agreement=agreement, person=who, consent=True)


def revoke(
    agreement: common.AgreementName,
    who: common.PersonName,
    reason: options.Reason,
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Takes a right away."""
    from gateway.custody import revoke as revoke_

    with common.stay(root, person) as stay:
        revoke_(stay, agreement, who, reason)
    common.done(who, as_json, agreement=agreement, person=who, revoked=True)


def handover(
    holdings: Annotated[list[str], typer.Argument(help=say("保管号", "the holdings"))],
    to: Annotated[str, typer.Option(help=say("接替人", "who takes over"))],
    reason: options.Reason,
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Begins a handover."""
    from gateway.custody import begin_handover

    with common.stay(root, person) as stay:
        found = begin_handover(stay, holdings, to, reason)
    sign = f"gateway custody commit {found.agreement} --as {to} --for {found.id}"
    common.done(found.id, as_json, handover=found.id, sign=sign, next=f"gateway custody handed {found.id}")


def handed(
    name: Annotated[str, typer.Argument(help=say("交接编号", "the handover's id"))],
    person: common.As,
    leaves: Annotated[bool, typer.Option("--leaves", help=say("交出人同时撤销权限", "the giver's right ends"))] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Completes a handover."""
    from gateway.custody import finish_handover

    with common.stay(root, person) as stay:
        found = finish_handover(stay, name, leaves=leaves)
    done: datetime | None = found.done
    common.done(name, as_json, handover=name, done=done.isoformat() if done else None)


def told(
    name: Annotated[str, typer.Argument(help=say("交接编号", "the handover's id"))],
    notice: common.Paper,
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records that the persons concerned were told."""
    from gateway.custody import tell_handover

    with common.stay(root, person) as stay:
        tell_handover(stay, name, common.data(notice))
    common.done(name, as_json, handover=name, told=True)


COMMANDS: dict[str, Callable[..., None]] = {
    "enrol": enrol,
    "commit": commit,
    "file": file_,
    "train": train,
    "consent": consent,
    "revoke": revoke,
    "handover": handover,
    "handed": handed,
    "told": told,
}
enrol.__doc__ = say(
    "登记人员在本协议下的签名公钥。例：gateway custody enrol hardship-000 reviewer_a a.pub --as reviewer_a",
    "Record a person's key for an agreement. Example: gateway custody enrol hardship-000 reviewer_a a.pub …",
)
commit.__doc__ = say(
    "取得承诺书文本，或登记已签的承诺书。例：gateway custody commit hardship-000 --as reviewer_a",
    "Get the commitment's text, or record it signed. Example: gateway custody commit hardship-000 --as reviewer_a",
)
file_.__doc__ = say(
    "登记承诺书已报对方备案。例：gateway custody file medical-003 analyst_a 函.pdf --as analyst_a",
    "Record that a commitment was filed. Example: gateway custody file medical-003 analyst_a letter.pdf …",
)
train.__doc__ = say(
    "登记保密培训。例：gateway custody train legal-002 lawyer_a 记录.pdf --as lawyer_a",
    "Record a training. Example: gateway custody train legal-002 lawyer_a record.pdf --as lawyer_a",
)
consent.__doc__ = say(
    "登记对方同意某名后备(远程)人员。例：gateway custody consent education-001 remote_a 函.pdf --as engineer_a",
    "Record the owner's consent to a supporter. Example: gateway custody consent education-001 remote_a l.pdf …",
)
revoke.__doc__ = say(
    "立即撤销权限。例：gateway custody revoke hardship-000 reviewer_b --reason 离岗 --as reviewer_a",
    "Take a right away at once. Example: gateway custody revoke hardship-000 reviewer_b --reason left …",
)
handover.__doc__ = say(
    "开始交接。例：gateway custody handover h-… --to reviewer_b --reason 调岗 --as reviewer_a",
    "Begin a handover. Example: gateway custody handover h-… --to reviewer_b --reason moved --as reviewer_a",
)
handed.__doc__ = say(
    "接替人重新签署后完成交接。例：gateway custody handed t-… --leaves --as reviewer_a",
    "Complete a handover once the taker has signed. Example: gateway custody handed t-… --leaves --as reviewer_a",
)
told.__doc__ = say(
    "登记已将交接告知本人。例：gateway custody told t-… 告知.txt --as reviewer_b",
    "Record that the persons concerned were told. Example: gateway custody told t-… notice.txt --as reviewer_b",
)
