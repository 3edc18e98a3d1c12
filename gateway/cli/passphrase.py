"""``gateway passphrase``: the package's passphrase, to be told to a data manager by a second channel."""

from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(
    release: options.Release,
    recipient: Annotated[
        str, typer.Option("--recipient", help=say("告知哪位数据管理员", "which data manager is told"))
    ],
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Shows the passphrase and records that it is told."""
    from gateway.release.telling import tell_passphrase

    told = tell_passphrase(options.deployment(root), release, recipient, options.now())
    if as_json:
        emit(told)
        return
    rows = [
        (say("口令", "passphrase"), told["passphrase"]),
        (say("告知", "tell"), told["recipient"]),
        (say("渠道", "by"), told["channel"]),
        (say("注意", "note"), say("不得经 SFTP 或邮件告知；已记入账本", "never by SFTP or mail; noted in the ledger")),
    ]
    tell(rows, title=release)


command.__doc__ = say(
    "显示数据包口令并登记告知了谁。例：gateway passphrase LGTJ_…_R01 --recipient manager_a",
    "Show a package's passphrase and record who is told. Example: gateway passphrase LGTJ_…_R01 --recipient manager_a",
)
