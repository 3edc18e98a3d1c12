"""``gateway doctor``: is this deployment able to deliver?"""

from typing import Annotated

import typer

from gateway.base.errors import Exit
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(
    offline: Annotated[
        bool, typer.Option("--offline", help=say("不登录收件服务器", "do not log in to the inbox"))
    ] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Checks the deployment."""
    from gateway.release.upkeep.checkup import checkup

    found = checkup(options.deployment(root), options.now(), online=not offline)
    sound = all(finding.passed for finding in found)
    if as_json:
        checks = [{"name": f.name, "passed": f.passed, "reason": f.detail, "next": f.next} for f in found]
        emit({"deployment": str(root), "valid": sound, "checks": checks})
    else:
        rows = []
        for one in found:
            rows.append((f"{'√' if one.passed else '×'} {one.name}", one.detail))
            rows += [(f"  {say('下一步', 'next')}", one.next)] if one.next else []
        tell(rows, title=str(root.resolve()))
    if not sound:
        raise typer.Exit(int(Exit.CONFIGURATION))


command.__doc__ = say(
    "检查密钥、名单、日历、数据源、账本、磁盘与收件服务器。例：gateway doctor",
    "Check keys, signers, calendar, extract, ledger, disk and inbox. Example: gateway doctor",
)
