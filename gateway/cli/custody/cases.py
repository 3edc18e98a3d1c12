"""Incidents, complaints, defects, legal demands, leads."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.custody import common
from gateway.cli.output import emit, tell
from gateway.model.custody import Step

if TYPE_CHECKING:
    from gateway.custody import Case, Stay

CaseName = Annotated[str, typer.Argument(help=say("事项编号", "the case's id"))]


def case(
    agreement: common.AgreementName,
    procedure: Annotated[str, typer.Argument(help=say("事项，如 incident", "what it is, e.g. incident"))],
    person: common.As,
    summary: Annotated[str, typer.Option(help=say("情况（不得含数据）", "what happened; it may hold no data"))],
    holdings: Annotated[
        list[str] | None, typer.Option("--holding", help=say("涉及的保管号", "holdings that it concerns"))
    ] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help=say("紧急、特殊时段", "urgent; special hours"))] = False,
    at: common.At = None,
    by: Annotated[
        datetime | None, typer.Option(help=say("计划提供或对方要求的日期", "the day on which it is to be met"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Opens a case."""
    from gateway.custody import open_case

    with common.stay(root, person) as stay:
        planned = common.moment(stay, by) if by else None
        found = open_case(
            stay,
            agreement,
            procedure,
            urgent=urgent,
            holdings=holdings or [],
            occurred=common.moment(stay, at),
            summary=summary,
            planned=planned,
        )
        _show(stay, found, as_json)


def step(
    name: CaseName,
    what: Annotated[Step, typer.Argument(help=say("步骤，如 notice", "the step, e.g. notice"))],
    paper: common.Paper,
    person: common.As,
    at: common.At = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records a step."""
    from gateway.custody import take

    with common.stay(root, person) as stay:
        _show(stay, take(stay, name, what, common.data(paper), common.moment(stay, at)), as_json)


def settle(
    name: CaseName,
    outcome: Annotated[str, typer.Option(help=say("结果（不得含数据）", "the outcome; it may hold no data"))],
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Closes a case."""
    from gateway.custody import close_case

    with common.stay(root, person) as stay:
        _show(stay, close_case(stay, name, outcome), as_json)


def notice(
    name: Annotated[
        str, typer.Argument(help=say("事项、交接或保管号，或协议编号", "a case, handover, holding or agreement"))
    ],
    person: common.As,
    out: Annotated[Path | None, typer.Option(help=say("输出文件", "where to write it"))] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Drafts a notice."""
    from gateway.base.files import write_atomic
    from gateway.custody import case_notice, handover_notice, permission_request, told_text

    with common.stay(root, person) as stay:
        if found := stay.views.cases.get(name):
            stay.compartment(found.agreement)
            text = case_notice(stay, found)
        elif passed := stay.views.handovers.get(name):
            stay.compartment(passed.agreement)
            text = handover_notice(stay, passed)
        elif name in stay.views.holdings:
            text = permission_request(stay, stay.holding(name)[0])
        else:
            text = told_text(stay.compartment(name))
    if not text:
        raise InputError("本协议没有这样的告知书", "this agreement asks for no such notice")
    if out:
        write_atomic(out, text.encode())
    if as_json:
        emit({"draft": text, "file": str(out) if out else None})
    elif not out:
        typer.echo(text)


def _show(stay: "Stay", found: "Case", as_json: bool) -> None:
    from gateway.custody import missing_steps, procedure

    kind = procedure(stay.room.terms[found.agreement], found.procedure)
    missing = [need.step.value for need in missing_steps(kind, found)] if kind else []
    clocks = stay.clocks(found.agreement, found.id)
    if as_json:
        emit(
            {
                "case": found.id,
                "procedure": found.procedure,
                "urgent": found.urgent,
                "steps": [taken.step.value for taken in found.steps],
                "missing": missing,
                "clocks": [
                    {"clock": c.name, "clause": c.clause, "due": c.due.isoformat() if c.due else None, "met": c.met}
                    for c in clocks
                ],
                "closed": found.closed.isoformat() if found.closed else None,
            }
        )
        return
    rows = [(say(c.title.zh, c.title.en), f"{c.due:%Y-%m-%d %H:%M} {say(*c.stands)}" if c.due else "—") for c in clocks]
    rows.append((say("待办", "to do"), "、".join(missing) or say("可办结", "nothing: it can be closed")))
    tell(rows, title=found.id)


COMMANDS: dict[str, Callable[..., None]] = {"case": case, "step": step, "settle": settle, "notice": notice}
case.__doc__ = say(
    "登记事项，时限随之开始。例：gateway custody case legal-002 complaint --urgent --summary 投诉 --as lawyer_a",
    "Open a case; its clocks start. Example: gateway custody case legal-002 complaint --urgent --summary … …",
)
step.__doc__ = say(
    "登记事项的一步及其文书摘要。例：gateway custody step c-… notice 通知.pdf --as lawyer_a",
    "Record a step and its paper's digest. Example: gateway custody step c-… notice notice.pdf --as lawyer_a",
)
settle.__doc__ = say(
    "办结事项，协议要求的缺一不可。例：gateway custody settle c-… --outcome 已处理 --as lawyer_a",
    "Close a case once all is done that is asked for. Example: gateway custody settle c-… --outcome done …",
)
notice.__doc__ = say(
    "按账本事实起草通知。例：gateway custody notice c-… --as lawyer_a",
    "Draft a notice from the ledger's facts. Example: gateway custody notice c-… --as lawyer_a",
)
