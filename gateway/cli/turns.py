"""The release's other turns: return, reject, withdraw, dispute, recall, supersede. Each needs a reason."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell
from gateway.cli.run import lines
from gateway.model.release import Event

Signature = Annotated[
    Path | None,
    typer.Argument(
        help=say("数据审核员对决定的签名文件；省略则先写出决定", "the steward's signature; without it, the draft")
    ),
]
Why = Annotated[str | None, typer.Option("--reason", help=say("原因（不得含数据）", "why; it may hold no data"))]


def return_(
    release: options.Release,
    signature: Signature = None,
    reason: Why = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Returns a release."""
    _close(Event.RETURNED, release, signature, reason, root, as_json)


def reject(
    release: options.Release,
    signature: Signature = None,
    reason: Why = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Rejects a release."""
    _close(Event.REJECTED, release, signature, reason, root, as_json)


def withdraw(
    release: options.Release, reason: options.Reason, root: options.Root = options.HERE, as_json: options.Json = False
) -> None:
    """Withdraws a release before it was sent."""
    _note(Event.WITHDRAWN, release, reason, root, as_json)


def dispute(
    release: options.Release, reason: options.Reason, root: options.Root = options.HERE, as_json: options.Json = False
) -> None:
    """Records the receiver's objection."""
    _note(Event.DISPUTED, release, reason, root, as_json)


def recall(
    release: options.Release,
    reason: Why = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=say("对方定的整改期限", "the date that the receiver set")),
    ] = None,
    letter: Annotated[
        Path | None,
        typer.Option(help=say("对方确认删除的函件扫描件", "scan of the receiver's confirmation of deletion")),
    ] = None,
    person: Annotated[str | None, typer.Option(help=say("确认删除的数据管理员", "who confirmed the deletion"))] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Recalls what was sent in error, or registers the confirmation."""
    from gateway.release.sending import recalling

    deployment = options.deployment(root)
    if letter is not None and person is not None and reason is None and until is None:
        recalling.confirm(deployment, release, person, _read(letter), options.now())
    elif reason is not None and letter is None and person is None:
        day = until.date() if until else None
        recalling.recall(deployment, release, reason, options.now(), until=day)
    else:
        raise typer.BadParameter(
            say(
                "召回用 --reason；登记确认用 --person 与 --letter",
                "--reason to recall; --person and --letter to confirm",
            )
        )
    _show(root, release, as_json)


def supersede(
    month: options.Month, reason: options.Reason, root: options.Root = options.HERE, as_json: options.Json = False
) -> None:
    """Opens the next revision."""
    from gateway.release.build import corridor

    deployment = options.deployment(root)
    release = corridor.supersede(deployment, options.period(month), reason, options.now)
    _show(root, release, as_json)


def _close(
    event: Event, release: str, signature: Path | None, reason: str | None, root: options.Root, as_json: bool
) -> None:
    from gateway.release.review.approving import close, propose

    if (signature is None) == (reason is None):
        raise typer.BadParameter(
            say(
                "先用 --reason 写出决定，再给出签名文件",
                "first --reason, which writes the decision; then its signature",
            )
        )
    deployment = options.deployment(root)
    if signature is not None:
        close(deployment, event, release, _read(signature).decode("ascii", errors="replace"), options.now())
        _show(root, release, as_json)
        return
    path = propose(deployment, event, release, str(reason))
    name = "return" if event is Event.RETURNED else "reject"
    sign = f"ssh-keygen -Y sign -n release-approval -f KEY {path}"
    commands = [sign, f"gateway {name} {release} {path}.sig"]
    if as_json:
        emit({"decision": str(path), "commands": commands})
    else:
        rows = [(say("签名", "sign"), commands[0]), (say("登记", "record"), commands[1])]
        tell(rows, title=say("待数据审核员签署", "to be signed by a data steward"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} 无法读取", f"{path.name} can't be read") from error


def _note(event: Event, release: str, reason: str, root: options.Root, as_json: bool) -> None:
    from gateway.release.build.corridor import note

    deployment = options.deployment(root)
    note(deployment, event, release, deployment.settings.operator, {"reason": reason}, options.now())
    _show(root, release, as_json)


def _show(root: options.Root, release: str, as_json: bool) -> None:
    from gateway.release.upkeep.status import status

    document = status(options.deployment(root), release)
    if as_json:
        emit(document)
    else:
        tell(lines(document), title=release)


return_.__doc__ = say(
    "退回修改，须由数据审核员签署。例：gateway return LGTJ_…_R01 --reason 口径有误；再附签名文件登记",
    "Return a release, signed by a steward. Example: gateway return LGTJ_…_R01 --reason …; then with the signature",
)
reject.__doc__ = say(
    "不予批准，须由数据审核员签署；批次到此为止。例：gateway reject LGTJ_…_R01 --reason 不宜公布",
    "Reject a release, signed by a steward; it ends here. Example: gateway reject LGTJ_…_R01 --reason …",
)
withdraw.__doc__ = say(
    "发送前撤回批次。例：gateway withdraw LGTJ_…_R01 --reason 口径有误",
    "Withdraw a release before it is sent. Example: gateway withdraw LGTJ_…_R01 --reason …",
)
dispute.__doc__ = say(
    "登记接收方的异议。例：gateway dispute LGTJ_…_R01 --reason 合计与登记不符",
    "Record the receiver's objection. Example: gateway dispute LGTJ_…_R01 --reason …",
)
recall.__doc__ = say(
    "召回已发出的批次，或登记对方的删除确认。例：gateway recall LGTJ_…_R01 --reason 统计月份有误 --until 2026-11-10",
    "Recall what was sent in error, or register the confirmation. Example: gateway recall LGTJ_…_R01 --reason …",
)
supersede.__doc__ = say(
    "开出某月的下一版（更正、补送）。例：gateway supersede 2026-10 --reason 更正",
    "Open the next revision of a month. Example: gateway supersede 2026-10 --reason correction",
)
