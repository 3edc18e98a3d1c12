"""What is due, as an iCalendar file (RFC 5545) that any calendar program reads: titles, clauses and dates, no data."""

from datetime import UTC, date, datetime, timedelta

from gateway.agreement import due, in_force
from gateway.base.canonical import digest_of
from gateway.model.period import Period
from gateway.release.site.office import Office
from gateway.release.terms.clocks import standings
from gateway.release.terms.month import OPEN

MONTHS = 12


def calendar_file(office: Office, now: datetime) -> tuple[bytes, int]:
    """The file and its number of events: clocks that are open, and the targets of the next twelve deliveries."""
    events = []
    for row in standings(office, now):
        if row.standing in OPEN:
            rule = row.clock.rule
            day = row.reckoned.target.date()
            note = "暂定：放假通知未载入" if row.reckoned.reason else f"条款 {rule.clause}"
            events.append((row.clock.key, day, f"{rule.title.zh}（{row.clock.subject}）", note))
    month = Period(year=now.year, month=now.month)
    for _ in range(MONTHS):
        found = due(office.terms, month, office.calendar)
        if in_force(office.terms, found.target):
            note = f"应报期限 {found.due}" if found.due else "暂定：放假通知未载入"
            events.append((f"target/{month}", found.target, f"内部目标：推送 {month.zh} 数据", note))
        month = month.next
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gateway//clocks//ZH", "CALSCALE:GREGORIAN"]
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for key, day, summary, note in events:
        lines += _event(office.terms.id, key, day, summary, note, stamp)
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) for line in lines).encode(), len(events)


def _event(agreement: str, key: str, day: date, summary: str, note: str, stamp: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{digest_of([agreement, key])[:32]}@gateway",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(note)}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(summary)}",
        "TRIGGER:-P1D",
        "END:VALARM",
        "END:VEVENT",
    ]


def _text(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """A content line, folded so that no line has more than 75 octets (RFC 5545, 3.1)."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > 73:
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part]) + "\r\n"
