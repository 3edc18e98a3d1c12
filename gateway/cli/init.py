"""``gateway init``: a new deployment."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(
    folder: Annotated[Path, typer.Argument(help=say("新部署目录", "the new deployment's folder"))],
    agreement: Annotated[str, typer.Option(help=say("协议文件名", "an agreement file's name"))] = "siping-004",
    host: Annotated[str, typer.Option(help=say("收件服务器", "the inbox's host"))] = "sftp.siping.example",
    port: Annotated[int, typer.Option(help=say("端口", "its port"))] = 22,
    user: Annotated[str, typer.Option(help=say("登录名", "the login's name"))] = "lhyg",
    empty_history: Annotated[
        bool,
        typer.Option(
            "--empty-history",
            help=say("同时声明接入之前未提供过任何数据", "also state that nothing was published before the gateway"),
        ),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Makes a deployment."""
    from gateway.agreement import load
    from gateway.release.upkeep.founding import SHIPPED, found

    terms = load(SHIPPED / "agreements" / f"{agreement}.toml")
    paths = found(
        folder,
        agreement=agreement,
        operator=terms.operators[0],
        sender=terms.platform.sender,
        host=host,
        port=port,
        user=user,
        now=options.now(),
    )
    if empty_history:
        from gateway.release.history.importing import begin_own

        begin_own(options.deployment(folder), [], now=options.now())
    if as_json:
        emit({"deployment": str(folder), "complete": [str(path) for path in paths]})
        return
    rows = [(say("请补全", "complete"), str(path)) for path in paths]
    if not empty_history:
        rows.append((say("请声明", "state"), f"gateway history begin --empty -C {folder}"))
    rows.append((say("下一步", "next"), f"gateway doctor -C {folder}"))
    tell(rows, title=str(folder))


command.__doc__ = say(
    "建立新的部署目录：声明、密钥、空账本。例：gateway init 四平",
    "Make a new deployment: declarations, keys, an empty ledger. Example: gateway init siping",
)
