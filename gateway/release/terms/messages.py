"""Messages about terms: mail, DingTalk, WeCom or Feishu, through apprise.

A message holds titles, clauses, dates and what a term is about; never a figure of the data. The channels are apprise
addresses, which carry tokens: they lie in the keyring as ``messages``, one a line. What could not be sent is not
recorded as told, so that the next run sends it again."""

from dataclasses import dataclass
from datetime import datetime

from gateway.agreement import Standing
from gateway.agreement.clockwork import WORDING
from gateway.agreement.wording import moment_text
from gateway.base.errors import ConfigurationError, TransferError
from gateway.base.keyring import Keyring
from gateway.release.site.office import Office
from gateway.release.terms.clocks import Row, due_now, record_told

CHANNELS = "messages"
PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was told, by how many channels (0: none is set up, it is only recorded)."""

    rows: tuple[Row, ...]
    channels: int


def send_reminders(office: Office, now: datetime) -> Sent:
    """Tells what has become due soon or overdue, once each, and records it. Raises TransferError when a channel fails:
    then nothing is recorded as told."""
    rows = due_now(office, now)
    channels = addresses(office.keyring)
    if rows and channels:
        send(channels, *message(rows))
    record_told(office, rows, now)
    return Sent(rows=tuple(rows), channels=len(channels))


def addresses(keyring: Keyring) -> list[str]:
    """The channels' addresses; none when the keyring has no ``messages``."""
    if not keyring.has(CHANNELS):
        return []
    lines = keyring.get(CHANNELS).decode("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def message(rows: list[Row]) -> tuple[str, str]:
    """Title and text, in Chinese: they are read by people of the platform."""
    overdue = sum(row.standing is Standing.OVERDUE for row in rows)
    title = f"数据共享网关：{len(rows)} 项时限提醒" + (f"，其中 {overdue} 项已逾期" if overdue else "")
    return title, "\n".join(_line(row) for row in rows)


def send(channels: list[str], title: str, text: str) -> None:
    """Sends to every channel. Raises ConfigurationError for an address that is none, TransferError when one fails; the
    address itself is never told: it holds a token."""
    import apprise

    failed = []
    for number, address in enumerate(channels, 1):
        channel = apprise.Apprise()
        if not channel.add(address):
            raise ConfigurationError(
                f"密钥环 {CHANNELS} 的第 {number} 行不是可用的消息地址",
                f"line {number} of {CHANNELS} in the keyring is not a channel",
                next=("见 docs/operations.md 的“消息”", "see Messages in docs/operations.md"),
            )
        if not channel.notify(title=title, body=text):
            failed.append(number)
    if failed:
        listed = "、".join(map(str, failed))
        raise TransferError(
            f"第 {listed} 个消息渠道未能送出",
            f"channel {listed} could not be reached",
            safe=("未记为已通知，下次会再次发送", "nothing is recorded as told; the next run sends it again"),
            next="gateway clock remind",
        )


def _line(row: Row) -> str:
    rule = row.clock.rule
    return f"{WORDING[row.standing][0]} {_when(row)} {rule.title.zh}（{rule.clause}）{row.clock.subject}"


def _when(row: Row) -> str:
    found = row.reckoned
    return moment_text(found.due) if found.due else f"{moment_text(found.target)}（暂定）"
