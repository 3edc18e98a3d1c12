"""Drafted letters in Chinese: what the agreement has us tell the other side, for a person to check, sign and send.

A draft names parties, clauses, dates and reasons that a person gave; never a figure of the data. What has to be filled
in by hand stands as ＿＿＿＿."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gateway.agreement import Clock, Terms
from gateway.agreement.request import RequestFile, Verdict
from gateway.model.period import ZONE

BLANK = "＿＿＿＿"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A draft: its title and paragraphs; ``to`` the receiver of it."""

    title: str
    to: str
    paragraphs: tuple[str, ...]
    sender: str
    day: date

    def text(self) -> str:
        """The draft as plain text."""
        body = "\n\n".join(f"　　{paragraph}" for paragraph in self.paragraphs)
        return f"{self.title}\n（草稿，核对、签章后发出）\n\n{self.to}：\n\n{body}\n\n{self.sender}\n{zh(self.day)}\n"


def zh(day: date | datetime) -> str:
    """``2026年11月5日``, with the time for a moment."""
    if isinstance(day, datetime):
        local = day.astimezone(ZONE)
        return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02}分"
    return f"{day.year}年{day.month}月{day.day}日"


def _letter(terms: Terms, title: str, paragraphs: Sequence[str], day: date) -> Letter:
    parties = terms.parties
    contact = f"联系人：{parties.provider.contact.role.zh}（{parties.provider.contact.reach}）。"
    return Letter(
        title=title,
        to=parties.receiver.name.zh,
        paragraphs=(*paragraphs, contact),
        sender=parties.provider.name.zh,
        day=day,
    )


def quote(terms: Terms, clause: str) -> str:
    """``《…协议》二(一)1“…”``."""
    return f"《{terms.title.zh}》{clause}“{terms.clauses[clause]}”"


def refusal(terms: Terms, asked: RequestFile, verdict: Verdict, day: date) -> Letter:
    """The reply to a request that the agreement does not cover, or that comes too late."""
    received = zh(asked.received.astimezone(ZONE).date())
    opening = f"贵局《{asked.reference}》（{received}收到）收悉。经对照双方协议，答复如下："
    reasons = [
        f"{number}. {reason.zh}。{quote(terms, reason.clause)}。" for number, reason in enumerate(verdict.against, 1)
    ]
    if verdict.short and not verdict.against:
        notice = terms.clauses[terms.delivery.clause]
        first = f"，我方最早可于{zh(verdict.earliest)}提供" if verdict.earliest else ""
        reasons = [f"来函距所需日期（{zh(asked.needed_by)}）不足约定的提前期（“{notice}”）{first}，请贵局酌定。"]
    offered = "、".join(row.title.zh for row in terms.scope.permitted)
    closing = [f"协议范围内的脱敏汇总数据（{offered}），我方可随时依约提供；超出范围的，可由双方另行签订补充协议。"]
    refused = ["因此，上述内容我方不能提供。"] if verdict.against else []
    return _letter(terms, f"关于《{asked.reference}》的复函", [opening, *reasons, *refused, *closing], day)


def delay(terms: Terms, what: str, due: date, until: date, reason: str, day: date) -> Letter:
    """Notice of a foreseeable delay (四(二)5)."""
    clause = _clause(terms, "delay_notice")
    paragraphs = [
        f"我方原应于{zh(due)}前提供{what}。因{reason}，预计不能按期提供，新的提供日期为{zh(until)}。",
        f"依据{quote(terms, clause)}，特此通知。故障排除后我方将及时补送，补送数据将注明原因。",
    ]
    return _letter(terms, f"关于延迟提供{what}的通知", paragraphs, day)


def force_majeure(terms: Terms, at: datetime, reason: str, evidence_by: date | None, day: date) -> Letter:
    """Notice of force majeure within 24 hours (九2)."""
    clause = _clause(terms, "force_majeure_notice")
    paragraphs = [
        f"{zh(at)}，因{reason}，我方暂时不能履行协议约定的数据提供义务。",
        f"依据{quote(terms, clause)}，特此通知。相关证明文件将于{zh(evidence_by) if evidence_by else BLANK}前提供。",
        "我方将尽力减少由此造成的影响，恢复后立即继续履行；如需部分履行、延期履行或终止，请贵局函告意见。",
    ]
    return _letter(terms, "不可抗力通知", paragraphs, day)


def rectified(terms: Terms, reference: str, demanded: date, until: date | None, done: str, day: date) -> Letter:
    """Report that a breach was put right, by the date that was set or the contract's term (六2, 六4)."""
    by = f"（限期{zh(until)}）" if until else ""
    paragraphs = [
        f"贵局《{reference}》（{zh(demanded)}收到）要求整改的事项{by}，我方已整改完毕：{done}。",
        "请贵局核验；如有不符，请告知我方。",
    ]
    return _letter(terms, f"关于《{reference}》的整改报告", paragraphs, day)


def breach(terms: Terms, clock: Clock, what: str, until: date | None, day: date) -> Letter:
    """Our demand that the other side puts something right (四(二)1, 六4)."""
    when = f"请于{zh(until)}前整改并函告结果。" if until else "请立即整改并函告结果。"
    paragraphs = [f"我方发现：{what}。", f"依据{quote(terms, clock.clause)}，{when}"]
    return _letter(terms, "关于要求整改的函", paragraphs, day)


def renewal(terms: Terms, day: date) -> Letter:
    """The talk of renewal, 30 days before the end (七)."""
    paragraphs = [
        f"双方协议将于{zh(terms.last)}期满。依据{quote(terms, terms.term.clause)}，我方提议就续约事宜协商。",
        "协商一致的，请另行签订补充协议；未续约的，期满后我方将停止提供数据，保密义务继续有效。",
    ]
    return _letter(terms, "关于协商续约的函", paragraphs, day)


def termination(terms: Terms, ended: date, reason: str, day: date) -> Letter:
    """Notice of the end: provision stops, confidentiality goes on (八)."""
    stop = quote(terms, terms.term.stop_clause)
    paragraphs = [
        f"双方协议于{zh(ended)}终止（{reason}）。依据{stop}，我方自即日起停止提供数据。",
        "协议终止后，双方的保密义务、违约责任条款继续有效。",
    ]
    return _letter(terms, "关于协议终止、停止提供数据的函", paragraphs, day)


def _clause(terms: Terms, clock: str) -> str:
    found = terms.clock(clock)
    return found.clause if found else terms.delivery.clause
