"""``gateway calendar``: what a month asks for. Loads neither pandas nor any engine."""

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(month: options.Month, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Shows the month."""
    from gateway.agreement.clockwork import WORDING
    from gateway.agreement.wording import when_text
    from gateway.release.terms.month import plan

    made = plan(options.office(root), options.period(month), options.now())
    if as_json:
        emit(made.as_json())
        return
    none = say("未定", "not known")
    off = say("、", ", ").join(
        f"{day.date.day}" + (f"({day.holiday})" if day.holiday else "") for day in made.off or ()
    )
    rows = [
        (say("报送", "delivers"), say(made.month.previous.zh, str(made.month.previous))),
        (say("编制", "build on"), f"{made.month.first}"),
        (say("签批", "approve"), say("、", ", ").join(made.stewards)),
        (say("内部目标", "target"), f"{made.due.target}"),
        (say("应报期限", "due"), f"{made.due.due or none}"),
        (say("批次", "release"), f"{made.view.release} {made.view.state}" if made.view else say("未开始", "not begun")),
        (say("期限前休息日", "days off until then"), (off or say("无", "none")) if made.off is not None else none),
    ]
    if made.makeup:
        rows.append((say("调休上班", "make-up days"), say("、", ", ").join(str(day) for day in made.makeup)))
    for row in made.rows:
        title, stands = say(row.clock.rule.title.zh, row.clock.rule.title.en), say(*WORDING[row.standing])
        until = when_text(row.reckoned)
        rows.append(
            (say("时限", "clock"), f"{until} {stands} · {title} · {row.clock.rule.clause} · {row.clock.subject}")
        )
    rows += [(say("风险", "at risk"), say(*risk)) for risk in made.risks]
    tell(rows, title=say(made.month.zh, str(made.month)))


command.__doc__ = say(
    "某月要报什么、何时编制、由谁签批、期限与风险。例：gateway calendar 2026-11",
    "What a month asks for: what is due, when to build, who approves, the risks. Example: gateway calendar 2026-11",
)
