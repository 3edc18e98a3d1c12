"""An agreement as a person would read it, and what it means for this month: sections of lines, drawn from the file."""

from dataclasses import dataclass
from datetime import date, datetime

from gateway.agreement import Agreement, CustodyTerms, Standing, Terms, in_force
from gateway.agreement.clockwork import WORDING
from gateway.agreement.sections import Party
from gateway.agreement.wording import READINGS, SIDES, TOPICS, rule_text, when_text
from gateway.base.language import say
from gateway.model.period import Period
from gateway.model.table import Wording
from gateway.release.site.office import Office
from gateway.release.terms.clocks import standings
from gateway.release.terms.month import OPEN, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its lines: label, text, and the clause that it rests on."""

    title: str
    lines: tuple[tuple[str, str, str], ...]


Lines = list[tuple[str, str, str]]


def portrait(office: Office, terms: Terms | CustodyTerms, now: datetime) -> list[Section]:
    """All sections of the agreement that have something to say; the month last."""
    today = now.date()
    sections = [
        (say("双方", "parties"), _parties(terms)),
        (say("期限", "term"), _term(terms, today)),
        (say("用途", "purposes"), [(_w(row.title), "", row.clause) for row in terms.purposes]),
        (say("可以提供", "may be shared"), [(_w(row.title), "", row.clause) for row in terms.scope.permitted]),
        (say("严禁提供", "may never be shared"), [(_w(row.title), "", row.clause) for row in terms.scope.forbidden]),
        *(_statistics(terms) if isinstance(terms, Terms) else _custody(terms)),
        (say("指定人员", "named persons"), _persons(terms)),
        (say("时限", "terms"), _clocks(terms)),
        (say("义务与落实", "duties, and how they are kept"), _duties(terms)),
        (say("另行约定后开通", "only by a supplement"), _options(terms, today)),
        (say("补充协议", "amendments"), _amendments(terms)),
        (say("合同空白处", "blanks of the contract"), [(row.at, row.words, row.clause) for row in terms.blanks]),
        (say(f"本月（{today:%Y年%m月}）", f"this month ({today:%Y-%m})"), _month(office, terms, now)),
    ]
    return [Section(title=title, lines=tuple(lines)) for title, lines in sections if lines]


def _w(wording: Wording) -> str:
    return say(wording.zh, wording.en)


def _parties(terms: Terms | CustodyTerms) -> Lines:
    parties = terms.parties
    pairs: list[tuple[str, Party]] = [(side, getattr(parties, side)) for side in type(parties).model_fields]
    return [
        (
            f"{party.side} {say(*SIDES[side])}",
            f"{_w(party.name)} · {_w(party.contact.role)} {party.contact.reach}",
            party.clause,
        )
        for side, party in pairs
    ]


def _term(terms: Agreement, today: date) -> Lines:
    last = terms.last_day or say("无固定期限", "no last day")
    stands = say("有效", "in force") if in_force(terms, today) else say("不在有效期内", "not in force")
    return [
        (f"{terms.term.since} — {last}", stands, terms.term.clause),
        (say("终止后", "after the end"), terms.clauses[terms.term.stop_clause], terms.term.stop_clause),
    ]


def _statistics(terms: Terms) -> list[tuple[str, Lines]]:
    delivery = terms.delivery
    when = say(
        f"每月{delivery.day}日前（含）提供上一月度数据，{READINGS[delivery.reading][0]}；内部目标为三种读法中最早一日的前一天",
        f"by day {delivery.day} of the next month, {READINGS[delivery.reading][1]}; target: the day before the "
        "earliest of the three readings",
    )
    received = [
        (
            f"{_w(row.title)} {row.id}",
            f"{row.since} — {row.until} · {say('口令渠道', 'passphrase by')} {_w(row.channel)}",
            row.clause,
        )
        for row in terms.recipients
    ]
    hosts = [(f"{row.host}:{row.port}" if row.port else row.host, "", row.clause) for row in terms.endpoints]
    shown = [(name, say("、", ", ").join(levels), "") for name, levels in terms.levels.items()]
    return [
        (say("提供时间", "when"), [(when, "", delivery.clause)]),
        (say("接收人", "recipients"), received),
        (say("允许的地址", "allowed hosts"), hosts),
        (say("可公布的层级", "levels that may be shown"), shown),
    ]


def _custody(terms: CustodyTerms) -> list[tuple[str, Lines]]:
    held = [
        (_w(row.title), say("、", ", ").join(_w(one.wording) for one in row.classes), row.clause)
        for row in terms.materials
    ]
    return [
        (say("材料", "material"), held),
        (say("规则", "rules"), [(_w(row.title), "", row.clause) for row in terms.rules]),
        (say("允许的存放处", "places"), [(say("、", ", ").join(terms.places.allowed), "", terms.places.clause)]),
    ]


def _persons(terms: Terms | CustodyTerms) -> Lines:
    lines = [(f"{_w(row.title)} {row.id}", say(*SIDES[row.of]), row.clause) for row in terms.persons]
    if isinstance(terms, Terms):
        lines += [
            (say("操作员", "operators"), say("、", ", ").join(terms.operators), ""),
            (say("数据审核员", "data stewards"), say("、", ", ").join(terms.stewards), ""),
        ]
    return lines


def _clocks(terms: Agreement) -> Lines:
    return [
        (
            _w(row.title),
            f"{say(*TOPICS[row.topic])} · {say(*SIDES[row.who])} · {rule_text(row, terms.length(row))}",
            row.clause,
        )
        for row in terms.all_clocks
    ]


def _duties(terms: Agreement) -> Lines:
    return [(_w(row.title), f"{say(*SIDES[row.who])} · {_w(row.kept)}", row.clause) for row in terms.duties]


def _options(terms: Agreement, today: date) -> Lines:
    on, off = say("已开通", "on"), say("未开通", "off")
    return [(_w(row.title), on if terms.enabled(row.name, today) else off, row.clause) for row in terms.options]


def _amendments(terms: Agreement) -> Lines:
    return [
        (_w(row.title), say(f"自 {row.effective} 起", f"from {row.effective} on"), row.clause)
        for row in terms.amendments
    ]


def _month(office: Office, terms: Terms | CustodyTerms, now: datetime) -> Lines:
    """What is due and open now under this agreement."""
    lines: Lines = []
    if isinstance(terms, Terms):
        made = plan(office, Period(year=now.year, month=now.month), now)
        due = str(made.due.due or say("未定", "not known"))
        state = made.view.state.value if made.view else say("未开始", "not begun")
        shown = say(
            f"应报 {made.month.previous.zh}数据：期限 {due}，内部目标 {made.due.target}，{state}",
            f"data of {made.month.previous}: due {due}, target {made.due.target}, {state}",
        )
        lines.append((shown, "", terms.delivery.clause))
        lines += [(say("风险", "at risk"), say(*risk), "") for risk in made.risks]
    for row in standings(office, now):
        mine = row.clock.agreement == terms.id and row.standing in OPEN
        soon = row.standing is not Standing.RUNNING or (row.reckoned.target - now).days <= 31
        if mine and soon and row.clock.rule.name != "delivery":
            until = f"{when_text(row.reckoned)} {say(*WORDING[row.standing])}"
            lines.append((_w(row.clock.rule.title), f"{until} · {row.clock.subject}", row.clock.rule.clause))
    return lines
