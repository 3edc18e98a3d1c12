"""All commands under one name, in the order of a month."""

from collections.abc import Callable

import typer

from gateway.base.language import say
from gateway.cli import (
    acknowledge,
    agreement,
    approve,
    backup,
    calendar,
    clear,
    clock,
    custody,
    deadline,
    deliver,
    demo,
    doctor,
    export,
    history,
    init,
    keys,
    kit,
    ledger,
    notice,
    passphrase,
    protect,
    receipts,
    receive,
    register,
    rehearse,
    request,
    review,
    run,
    scan,
    status,
    turns,
    verify,
)
from gateway.cli.typers import in_our_words

COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo.command,
    "init": init.command,
    "doctor": doctor.command,
    "rehearse": rehearse.command,
    "run": run.command,
    "status": status.command,
    "calendar": calendar.command,
    "deadline": deadline.command,
    "notice": notice.command,
    "review": review.command,
    "clear": clear.command,
    "approve": approve.command,
    "return": turns.return_,
    "reject": turns.reject,
    "withdraw": turns.withdraw,
    "deliver": deliver.command,
    "passphrase": passphrase.command,
    "receipts": receipts.command,
    "acknowledge": acknowledge.command,
    "register": register.command,
    "dispute": turns.dispute,
    "recall": turns.recall,
    "supersede": turns.supersede,
    "export": export.command,
    "kit": kit.command,
    "receive": receive.command,
    "verify": verify.command,
    "scan": scan.command,
    "protect": protect.command,
    "backup": backup.backup_,
    "restore": backup.restore_,
}
"""A command's name and its function."""

GROUPS: dict[str, typer.Typer] = {
    "agreement": agreement.app,
    "clock": clock.app,
    "request": request.app,
    "ledger": ledger.app,
    "keys": keys.app,
    "history": history.app,
    "custody": custody.app,
}
"""Groups with commands of their own."""

app = typer.Typer(
    name="gateway",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=say(
        "零工平台向就业服务机构提供月度统计：制表、保护、检验、签批、加密、推送、登记。",
        "Monthly statistics from a gig-work platform to its bureau: counted, protected, approved, delivered.",
    ),
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)
for _name, _group in GROUPS.items():
    app.add_typer(_group, name=_name)
in_our_words(app)
