"""Telling a package's passphrase to a data manager by the channel that the agreement names."""

from datetime import datetime

from gateway.base.errors import TermsError
from gateway.base.language import say
from gateway.model.release import Event
from gateway.release.corridor import Book, note
from gateway.release.deployment import Deployment
from gateway.release.managers import managers
from gateway.release.sealing import passphrase_name


def tell_passphrase(deployment: Deployment, release: str, recipient: str, now: datetime) -> dict[str, str]:
    """The passphrase, for whom, by which channel; recorded. Raises TermsError for someone who is not a recipient."""
    found = next((row for row in managers(deployment, now) if row.id == recipient), None)
    if found is None:
        raise TermsError(
            f"{recipient} 不是当前指定的数据管理员，或没有有效的回执密钥",
            f"{recipient} is not a designated data manager now, or has no valid key for receipts",
            safe=("口令没有显示", "the passphrase was not shown"),
        )
    Book.read(deployment).view(release)
    passphrase = deployment.keyring.get(passphrase_name(release)).decode()
    channel = say(found.channel.zh, found.channel.en)
    body: dict[str, str | int | None] = {"recipient": recipient, "channel": found.channel.en}
    note(deployment, Event.PASSPHRASE_TOLD, release, deployment.settings.operator, body, now)
    return {"release": release, "passphrase": passphrase, "recipient": recipient, "channel": channel}
