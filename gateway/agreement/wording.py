"""A clock's rule, a unit and a topic in a person's words."""

from datetime import datetime

from gateway.agreement.clock import Clock, Unit
from gateway.agreement.reckoning import Reckoned
from gateway.base.language import say
from gateway.model.period import ZONE

UNITS: dict[Unit, tuple[str, str]] = {
    "minute": ("分钟", "minutes"),
    "hour": ("小时", "hours"),
    "day": ("日", "days"),
    "working_day": ("个工作日", "working days"),
    "month": ("个月", "months"),
}
READINGS = {
    "statutory_day": ("遇法定节假日当日顺延", "moved by the statutory days themselves"),
    "published_block": ("遇放假安排顺延至其后第一个工作日", "moved past a published holiday to the next working day"),
    "any_rest_day": ("遇任何休息日顺延至下一工作日", "moved past any day off to the next working day"),
}
SIDES = {
    "provider": ("平台", "provider"),
    "receiver": ("就业服务机构", "receiver"),
    "holder": ("保管方", "holder"),
    "owner": ("材料所有方", "owner"),
    "either": ("任何一方", "either side"),
}
TOPICS = {
    "delivery": ("按月提供", "monthly delivery"),
    "delay": ("延迟与补送", "delay and resupply"),
    "request": ("临时调取", "ad-hoc requests"),
    "fault": ("错误与异议", "faults and disputes"),
    "rectification": ("监督与整改", "supervision and rectification"),
    "renewal": ("续约", "renewal"),
    "end": ("终止", "the end"),
    "force_majeure": ("不可抗力", "force majeure"),
    "confidentiality": ("保密", "confidentiality"),
    "retention": ("保存", "retention"),
    "deletion": ("删除", "deletion"),
    "handover": ("交接", "handover"),
    "legal_demand": ("依法调取", "legal demands"),
    "incident": ("安全事件", "incidents"),
    "complaint": ("投诉", "complaints"),
    "response": ("响应", "response"),
}


def rule_text(clock: Clock, length: int | None) -> str:
    """When it is due, as a sentence part."""
    zh, en = UNITS[clock.unit] if clock.unit else ("", "")
    match clock.kind:
        case "within":
            return say(f"{length}{zh}内", f"within {length} {en}")
        case "before":
            return say(f"至少提前{length}{zh}", f"at least {length} {en} ahead")
        case "at_once":
            own = say(f"（自定尺度：{length}{zh}内）", f" (own measure: within {length} {en})") if length else ""
            return say("立即", "at once") + own
        case "set":
            return say("对方指定的日期", "by the date that the other side sets")
        case "day_of_month":
            moved = say(*READINGS[clock.reading or "published_block"])
            return say(f"每月{clock.day}日前（含），{moved}", f"by day {clock.day} of the month, {moved}")
        case "permanent":
            return say("长期有效", "without end")


def moment_text(moment: datetime) -> str:
    """A day, with its time only where the term runs in hours."""
    local = moment.astimezone(ZONE)
    return f"{local:%Y-%m-%d}" if (local.hour, local.minute) == (23, 59) else f"{local:%Y-%m-%d %H:%M}"


def when_text(found: Reckoned) -> str:
    """When it is due; the target beside it where that is another day; that it is provisional."""
    if found.due is None:
        return moment_text(found.target) + say("（暂定）", " (provisional)")
    due, target = moment_text(found.due), moment_text(found.target)
    return due if due == target else due + say(f"（目标 {target}）", f" (target {target})")
