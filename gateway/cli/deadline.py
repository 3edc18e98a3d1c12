"""``gateway deadline``: when a month is due. Loads neither pandas nor any engine."""

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(month: options.Month, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Shows the due date."""
    from gateway.agreement import due

    period = options.period(month)
    office = options.office(root)
    found = due(office.terms, period, office.calendar)
    off = office.calendar.days_off(period.next.first, found.due or found.target)
    document = found.as_json() | {"days_off": [day.date.isoformat() for day in off] if off is not None else None}
    if as_json:
        emit(document)
        return
    rows = [(say("内部目标", "target"), str(document["target"]))]
    if found.readings:
        rows.append((say("三种读法", "readings"), "  ".join(f"{k} {v}" for k, v in document["readings"].items())))
    if found.reason:
        rows.append((say("说明", "reason"), say(*found.reason)))
    if off:
        rows.append((say("其间休息日", "days off"), say("、", ", ").join(day.date.isoformat() for day in off)))
    unknown = say("未定", "not known")
    tell([(say("应报期限", "due"), str(document["due"] or unknown)), *rows], title=say(period.zh, str(period)))


command.__doc__ = say(
    "某月数据的应报期限。例：gateway deadline 2026-09",
    "When a month's data are due. Example: gateway deadline 2026-09",
)
