"""``gateway calendar``: what is due in a month."""

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(month: options.Month, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Shows the month."""
    from gateway.agreement import days_off, due
    from gateway.model.period import Period
    from gateway.release.status import latest

    shown = Period.parse(month)
    deployment = options.deployment(root)
    found = due(deployment.terms, shown.previous)
    view = latest(deployment, shown.previous)
    off = days_off(shown.first, found.due or found.target)
    document = {
        "month": month,
        **found.as_json(),
        "release": view.release if view else None,
        "state": view.state.value if view else None,
        "build_on": shown.first.isoformat(),
        "days_off": [day.date.isoformat() for day in off] if off is not None else None,
        "workdays_before_target": None
        if off is None
        else (found.target - shown.first).days + 1 - sum(day.date <= found.target for day in off),
    }
    if as_json:
        emit(document)
        return
    none = say("未定", "not known")
    rows = [
        (say("报送", "delivers"), shown.previous.zh),
        (say("编制", "build on"), str(document["build_on"])),
        (say("内部目标", "target"), str(found.target)),
        (say("应报期限", "due"), str(found.due or none)),
        (say("批次", "release"), f"{view.release} {view.state}" if view else say("未开始", "not begun")),
        (say("休息日", "days off"), "、".join(document["days_off"] or []) or none),
    ]
    if document["workdays_before_target"] == 0:
        at_risk = say("目标日前没有工作日：提前安排值班签批", "no working day before the target: have stewards on duty")
        rows.append((say("风险", "at risk"), at_risk))
    if found.reason:
        rows.append((say("说明", "reason"), say(*found.reason)))
    tell(rows, title=shown.zh)


command.__doc__ = say(
    "某月要报什么、何时编制、期限与风险。例：gateway calendar 2026-11",
    "What a month asks for: when to build, when it is due, what is at risk. Example: gateway calendar 2026-11",
)
