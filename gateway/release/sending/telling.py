"""Telling a package's passphrase to a data manager by a second channel: spoken, on a printed slip, or wrapped by age.

Who is told, by which channel and in which way stands in the ledger before anything is shown. Nothing is written to a
file in plain: the slip goes to standard output, for a printer; the wrapped passphrase opens with the manager's key."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from gateway.agreement import Recipient
from gateway.base.age import wrap
from gateway.base.errors import TermsError
from gateway.base.language import say
from gateway.base.sshsig import RECEIPT, fingerprint
from gateway.model.release import Event
from gateway.package import passphrase_slip
from gateway.release.build.corridor import Body, Book, note
from gateway.release.sending.managers import managers
from gateway.release.sending.sealing import passphrase_name
from gateway.release.site.deployment import Deployment


class Way(StrEnum):
    """How a passphrase is told."""

    SPOKEN = "spoken"
    SLIP = "slip"
    AGE = "age"


def tell_passphrase(
    deployment: Deployment, release: str, recipient: str, now: datetime, way: Way = Way.SPOKEN
) -> Mapping[str, str]:
    """What to tell whom, by which channel; recorded first. With ``slip`` or ``age`` also the page or the wrapped text.

    Raises TermsError for someone who is not a data manager with a valid key now, ConfigurationError when the passphrase
    is not sealed yet or was forgotten with the receipt."""
    manager = _manager(deployment, recipient, now)
    Book.read(deployment).view(release)
    passphrase = deployment.keyring.get(passphrase_name(release))
    key = _key(deployment, recipient, now)
    body: Body = {"recipient": recipient, "channel": manager.channel.en, "way": way}
    told = {"release": release, "recipient": recipient, "channel": say(manager.channel.zh, manager.channel.en)}
    if way is Way.AGE:
        body["key"] = fingerprint(key)
        told["age"] = wrap(passphrase, key)
    else:
        told["passphrase"] = passphrase.decode()
    if way is Way.SLIP:
        told["slip"] = passphrase_slip(
            title=deployment.terms.publication,
            sender=deployment.terms.parties.provider.name,
            release=release,
            recipient=manager.title,
            channel=manager.channel,
            passphrase=passphrase.decode(),
            day=now.date(),
        )
    note(deployment, Event.PASSPHRASE_TOLD, release, deployment.settings.operator, body, now)
    return told


def _manager(deployment: Deployment, recipient: str, now: datetime) -> Recipient:
    found = next((row for row in managers(deployment, now) if row.id == recipient), None)
    if found is None:
        raise TermsError(
            f"{recipient} 不是当前指定的数据管理员，或没有有效的回执密钥",
            f"{recipient} is not a designated data manager now, or has no valid key for receipts",
            safe=("口令没有显示", "the passphrase was not shown"),
            next="gateway keys list",
        )
    return found


def _key(deployment: Deployment, recipient: str, now: datetime) -> str:
    """The manager's valid key for receipts, a line ``ssh-ed25519 AAAA…``; the newest when there are several."""
    keys = [
        signer.key
        for signer in deployment.allowed_signers()
        if signer.principal == recipient and signer.problem(RECEIPT, now) is None
    ]
    return keys[-1]
