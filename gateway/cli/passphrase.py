"""``gateway passphrase``: the package's passphrase, to be told to a data manager by a second channel."""

from pathlib import Path
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
    slip: Annotated[
        bool, typer.Option("--slip", help=say("口令单，直接送打印机", "a slip, straight to a printer: … --slip | lp"))
    ] = False,
    age: Annotated[
        Path | None, typer.Option("--age", help=say("用其公钥加密到文件", "a file that only the manager's key opens"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Tells the passphrase and records that it is told."""
    from gateway.base.files import write_atomic
    from gateway.release.sending.telling import Way, tell_passphrase

    if slip and age:
        raise typer.BadParameter(say("--slip 与 --age 只能选一个", "--slip and --age exclude each other"))
    way = Way.SLIP if slip else Way.AGE if age else Way.SPOKEN
    told = tell_passphrase(options.deployment(root), release, recipient, options.now(), way)
    if age:
        write_atomic(age, told["age"].encode())
    if as_json:
        emit(told)
        return
    if slip:
        typer.echo(told["slip"], nl=False)
        return
    rows = [(say("告知", "tell"), told["recipient"]), (say("渠道", "by"), told["channel"])]
    if age:
        rows += [
            (say("口令文件", "file"), str(age)),
            (say("打开", "opens with"), f"age -d -i KEY {age.name}"),
            (
                say("注意", "note"),
                say("只有其回执私钥能打开；已入账本", "only the receipt key opens it; noted"),
            ),
        ]
    else:
        rows += [
            (say("口令", "passphrase"), told["passphrase"]),
            (say("注意", "note"), say("不得经 SFTP 或邮件告知；已记入账本", "never by SFTP or mail; in the ledger")),
        ]
    tell(rows, title=release)


command.__doc__ = say(
    "显示数据包口令并登记告知了谁。例：gateway passphrase LGTJ_…_R01 --recipient manager_a",
    "Show a package's passphrase and record who is told. Example: gateway passphrase LGTJ_…_R01 --recipient manager_a",
)
