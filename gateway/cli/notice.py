"""``gateway notice``: letters that the agreement demands, drafted in Chinese."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.clock import day, moment
from gateway.cli.output import emit, tell


def command(
    kind: Annotated[
        str,
        typer.Argument(help="delay, force-majeure, rectified, breach, misuse, renewal, termination"),
    ],
    subject: Annotated[
        str, typer.Option("--subject", help=say("月份、来函编号或事由", "the month, the letter, or the matter"))
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", help=say("原因或整改情况（不得含数据）", "why, or what was done; no data"))
    ] = "",
    at: Annotated[str | None, typer.Option("--at", help=say("发生时间，默认现在", "when; now when left out"))] = None,
    until: Annotated[str | None, typer.Option("--date", help=say("新日期或期限", "the new or the last date"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=say("写到此文件", "write it to this file"))] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Drafts a letter."""
    from gateway.base.files import PRIVATE, write_atomic
    from gateway.release.terms.notices import Notice, Told, draft

    if kind not in set(Notice):
        raise typer.BadParameter(", ".join(Notice))
    now, office = options.now(), options.office(root)
    told = Told(
        notice=Notice(kind),
        subject=subject or office.terms.id,
        reason=reason or "＿＿＿＿",
        at=moment(at) if at else now,
        until=day(until) if until else None,
    )
    made = draft(office, told, now)
    then = f"gateway clock event {made.sent} --subject {told.subject}" if made.sent else None
    if out is not None:
        write_atomic(out, made.text.encode(), mode=PRIVATE)
    if as_json:
        emit({"notice": kind, "subject": told.subject, "file": str(out) if out else None, "sent": made.sent})
        return
    if out is None:
        typer.echo(made.text)
    rows = [(say("草稿", "draft"), str(out))] if out else []
    tell([*rows, *([(say("发出后", "once sent"), then)] if then else [])])


command.__doc__ = say(
    "起草协议要求的通知。例：gateway notice delay --subject 2026-10 --date 2026-11-09 --reason 平台系统故障",
    "Draft a letter. Example: gateway notice delay --subject 2026-10 --date 2026-11-09 --reason outage",
)
