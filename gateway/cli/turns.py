"""The release's other turns: return, reject, withdraw, dispute, recall, supersede. Each needs a reason."""

from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell
from gateway.cli.run import lines
from gateway.model.release import Event

Steward = Annotated[str, typer.Option("--steward", help=say("数据审核员编号", "the data steward's id"))]


def return_(
    release: options.Release,
    steward: Steward,
    reason: options.Reason,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Returns a release."""
    _close(Event.RETURNED, release, steward, reason, root, as_json)


def reject(
    release: options.Release,
    steward: Steward,
    reason: options.Reason,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Rejects a release."""
    _close(Event.REJECTED, release, steward, reason, root, as_json)


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
    release: options.Release, reason: options.Reason, root: options.Root = options.HERE, as_json: options.Json = False
) -> None:
    """Recalls what was sent in error."""
    _note(Event.RECALLED, release, reason, root, as_json)


def supersede(
    month: options.Month, reason: options.Reason, root: options.Root = options.HERE, as_json: options.Json = False
) -> None:
    """Opens the next revision."""
    from gateway.model.period import Period
    from gateway.release import corridor

    deployment = options.deployment(root)
    release = corridor.supersede(deployment, Period.parse(month), reason, options.now)
    _show(root, release, as_json)


def _close(event: Event, release: str, steward: str, reason: str, root: options.Root, as_json: bool) -> None:
    from gateway.release.review import close

    close(options.deployment(root), event, release, steward, reason, options.now())
    _show(root, release, as_json)


def _note(event: Event, release: str, reason: str, root: options.Root, as_json: bool) -> None:
    from gateway.release.corridor import note

    deployment = options.deployment(root)
    note(deployment, event, release, deployment.settings.operator, {"reason": reason}, options.now())
    _show(root, release, as_json)


def _show(root: options.Root, release: str, as_json: bool) -> None:
    from gateway.release.status import status

    document = status(options.deployment(root), release)
    if as_json:
        emit(document)
    else:
        tell(lines(document), title=release)


return_.__doc__ = say("退回修改，须说明原因。", "Return a release to its operator, with a reason.")
reject.__doc__ = say("不予批准，批次到此为止。", "Reject a release: it ends here.")
withdraw.__doc__ = say("发送前撤回批次。", "Withdraw a release before it is sent.")
dispute.__doc__ = say("登记接收方的异议。", "Record the receiver's objection.")
recall.__doc__ = say("召回已发出的批次。", "Recall a release that was sent in error.")
supersede.__doc__ = say(
    "开出某月的下一版（更正、补送）。例：gateway supersede 2026-10 --reason 更正",
    "Open the next revision of a month. Example: gateway supersede 2026-10 --reason correction",
)
