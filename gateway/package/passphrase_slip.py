"""The passphrase slip (口令单): a page of text for a printer, handed over apart from the package and signed for."""

from datetime import date

from gateway.base.errors import ConfigurationError
from gateway.model.table import Wording
from gateway.package.codes import is_passphrase

_LINE = "─" * 38


def passphrase_slip(
    *,
    title: Wording,
    sender: Wording,
    release: str,
    recipient: Wording,
    channel: Wording,
    passphrase: str,
    day: date,
) -> str:
    """The slip as plain text, the passphrase in groups of four. It is printed and never kept as a file."""
    if not is_passphrase(passphrase):
        raise ConfigurationError("不是数据包口令", "not a package's passphrase")
    grouped = " ".join(passphrase[at : at + 4] for at in range(0, len(passphrase), 4))
    rows = (
        ("报表 Publication", f"{title.zh} / {title.en}"),
        ("批次号 Release", release),
        ("提供方 From", f"{sender.zh} / {sender.en}"),
        ("接收人 To", f"{recipient.zh} / {recipient.en}"),
        ("告知渠道 Channel", f"{channel.zh} / {channel.en}"),
        ("日期 Date", day.isoformat()),
        ("口令 Passphrase", grouped),
    )
    notes = (
        "输入口令时不含空格。请与数据包分开保管，不得拍照、转发，不得经 SFTP 或邮件传送；回执登记后销毁本单。",
        "Type it without spaces. Keep it apart from the package; no photographs, no mail, no SFTP.",
        "Destroy this slip when the receipt is registered.",
    )
    signed = ("交付人 Handed over by ________________", "签收人 Received by ________________  时间 Time __________")
    body = [f"{name}\n    {value}" for name, value in rows]
    return "\n".join(["数据包口令单  Passphrase slip", _LINE, *body, _LINE, *notes, _LINE, *signed]) + "\n"
