"""``gateway clock``: every term with its standing; what has happened; reminders. Loads no engine."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.release.terms.clocks import Row

app = typer.Typer(
    help=say("时限：查看、登记事件、提醒。", "Terms: look, tell what happened, remind."), no_args_is_help=True
)

HELP = {
    "event": say(
        "登记发生的事。例：gateway clock event breach_notified --subject 函2",
        "Tell what happened. Example: gateway clock event breach_notified --subject L2",
    ),
    "move": say(
        "对方改期。例：gateway clock move supply_rectification/函2 --date 2026-12-04 --reference 函3",
        "The other side moved a date. "
        "Example: gateway clock move supply_rectification/L2 --date 2026-12-04 --reference L3",
    ),
    "remind": say(
        "登记并通知即将到期与已逾期的时限。例：gateway clock remind",
        "Record and tell what is due soon or overdue. Example: gateway clock remind",
    ),
    "export": say(
        "导出日历文件。例：gateway clock export clocks.ics",
        "Export as iCalendar. Example: gateway clock export clocks.ics",
    ),
}

Due = Annotated[
    str | None, typer.Option("--due", help=say("只列多久之内到期的，如 7d、24h", "due within, e.g. 7d or 24h"))
]
All = Annotated[bool, typer.Option("--all", help=say("包括已完成的", "also what has stopped"))]
Event = Annotated[
    str, typer.Argument(help=say("事件名，见 gateway agreement show", "an event: gateway agreement show"))
]
Subject = Annotated[str, typer.Option("--subject", help=say("关于什么：月份、批次、函号", "what it is about"))]
At = Annotated[str | None, typer.Option("--at", help=say("发生时间，默认现在", "when; now when left out"))]
Sets = Annotated[str | None, typer.Option("--date", help=say("对方指定的日期", "the date that the other side sets"))]
Agreement = Annotated[str | None, typer.Option("--agreement", help=say("协议 id", "the agreement's id"))]
Lifted = Annotated[str | None, typer.Option("--as", help=say("done、waived 或 withdrawn", "done, waived or withdrawn"))]


@app.command(
    "list", help=say("列出时限。例：gateway clock list --due 7d", "List terms. Example: gateway clock list --due 7d")
)
def list_(
    due: Due = None, everything: All = False, root: options.Root = options.HERE, as_json: options.Json = False
) -> None:
    """Lists clocks, the earliest first."""
    from gateway.release.terms.clocks import standings
    from gateway.release.terms.month import OPEN, row_json

    now = options.now()
    rows = standings(options.office(root), now)
    if not everything:
        rows = [row for row in rows if row.clock.runs]
    if due is not None:
        until = now + _span(due)
        rows = [row for row in rows if row.standing in OPEN and row.reckoned.target <= until]
    if as_json:
        emit([row_json(row) for row in rows])
        return
    tell(_lines(rows), title=say(f"{len(rows)} 项时限", f"{len(rows)} clocks"))


@app.command("event", help=HELP["event"])
def event(
    name: Event,
    subject: Subject,
    at: At = None,
    sets: Sets = None,
    outcome: Lifted = None,
    agreement: Agreement = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records an event; the clocks that it started or stopped."""
    from gateway.agreement import Happening, Outcome, reckon, standing
    from gateway.release.terms.clocks import Row, happen
    from gateway.release.terms.month import row_json

    now, office = options.now(), options.office(root)
    if outcome is not None and outcome not in set(Outcome):
        raise typer.BadParameter(say("--as 只能是 done、waived、withdrawn", "--as is done, waived or withdrawn"))
    happening = Happening(
        event=name,
        subject=subject,
        at=moment(at) if at else now,
        sets=day(sets) if sets else None,
        outcome=Outcome(outcome or "done"),
    )
    touched = happen(office, agreement or office.terms.id, happening, actor=office.settings.operator, now=now)
    rows = [
        Row(clock=c, reckoned=reckon(c, office.calendar), standing=standing(c, office.calendar, now)) for c in touched
    ]
    if as_json:
        emit([row_json(row) for row in rows])
        return
    tell(_lines(rows), title=name)


@app.command("move", help=HELP["move"])
def move(
    key: Annotated[str, typer.Argument(help=say("时限/事项", "clock/subject"))],
    to: Annotated[str, typer.Option("--date", help=say("新日期", "the new date"))],
    reference: Annotated[str, typer.Option("--reference", help=say("来函编号", "the letter's reference"))],
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records another date of the other side."""
    from gateway.agreement import reckon, standing
    from gateway.release.terms.clocks import Row, postpone
    from gateway.release.terms.month import row_json

    now, office = options.now(), options.office(root)
    one = postpone(office, key, day(to), reference, actor=office.settings.operator, now=now)
    row = Row(clock=one, reckoned=reckon(one, office.calendar), standing=standing(one, office.calendar, now))
    if as_json:
        emit(row_json(row))
        return
    tell(_lines([row]), title=key)


@app.command("remind", help=HELP["remind"])
def remind(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Records what time has brought about and sends messages."""
    from gateway.release.terms.messages import send_reminders
    from gateway.release.terms.month import row_json

    sent = send_reminders(options.office(root), options.now())
    if as_json:
        emit({"channels": sent.channels, "clocks": [row_json(row) for row in sent.rows]})
        return
    title = say(
        f"{len(sent.rows)} 项提醒，{sent.channels} 个渠道", f"{len(sent.rows)} reminders by {sent.channels} channels"
    )
    tell(_lines(sent.rows), title=title)


@app.command("export", help=HELP["export"])
def export(
    out: Annotated[Path, typer.Argument(help=say("iCalendar 文件", "the iCalendar file"))],
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Writes what is open, and the next deliveries, as events of a calendar."""
    from gateway.base.files import write_atomic
    from gateway.release.terms.icalendar import calendar_file

    data, count = calendar_file(options.office(root), options.now())
    write_atomic(out, data)
    if as_json:
        emit({"file": str(out), "events": count})
        return
    tell([(say("事件", "events"), str(count))], title=str(out))


def _lines(rows: "Sequence[Row]") -> list[tuple[str, str]]:
    from gateway.agreement import Standing
    from gateway.agreement.clockwork import WORDING
    from gateway.agreement.wording import when_text

    lines = []
    for row in rows:
        rule = row.clock.rule
        until = "—" if row.standing is Standing.PERMANENT else when_text(row.reckoned)
        title = f"{say(*WORDING[row.standing])} · {say(rule.title.zh, rule.title.en)} · {rule.clause} · {row.clock.key}"
        lines.append((until, title))
        if row.reckoned.reason:
            lines.append(("", say(*row.reckoned.reason)))
    return lines


def _span(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,3})([dh])", text)
    if not match:
        raise typer.BadParameter(say("写作 7d 或 24h", "written like 7d or 24h"))
    return timedelta(days=int(match[1])) if match[2] == "d" else timedelta(hours=int(match[1]))


def day(text: str) -> date:
    """``2026-12-04``. Raises BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(say("日期写作 2026-12-04", "a date is written like 2026-12-04")) from error


def moment(text: str) -> datetime:
    """``2026-12-04T09:30``, in Asia/Shanghai unless it says another zone. Raises BadParameter."""
    from gateway.model.period import ZONE

    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(say("时间写作 2026-12-04T09:30", "a time is written like 2026-12-04T09:30")) from error
    return found if found.tzinfo else found.replace(tzinfo=ZONE)
