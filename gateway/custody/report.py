"""Answers: for an auditor, who held what, saw what, when, under which clause, and when it was destroyed; for a person
concerned, what was collected, why, how it is kept, and the certificates.

All of it is drawn from the ledger and the agreement. A report is of one agreement: agreements are compartments."""

from collections.abc import Sequence
from datetime import datetime

from gateway.base.canonical import digest_of
from gateway.base.errors import InputError
from gateway.base.sshsig import fingerprint
from gateway.custody.notices import WORDS
from gateway.custody.refusal import REASONS, Reason
from gateway.custody.room import Stay
from gateway.custody.sheets import Cell, Report, Sheet
from gateway.custody.terms import Terms, demands, granted, material, procedure, purpose
from gateway.custody.views import Holding
from gateway.model.custody import Rule
from gateway.model.period import ZONE
from gateway.model.table import Wording

_W = Wording


def for_auditor(stay: Stay, agreement: str) -> Report:
    """Everything under one agreement."""
    terms = stay.compartment(agreement)
    holdings = [h for h in stay.views.holdings.values() if h.agreement == agreement]
    sheets = [
        _holdings(stay, terms, holdings),
        _accesses(terms, holdings),
        _ends(stay, terms, holdings),
        _persons(stay, terms),
        _handovers(stay, agreement),
        _cases(stay, terms),
        _refusals(stay, agreement),
        _rules(terms),
    ]
    facts = [
        (_W(zh="协议", en="Agreement"), f"{terms.title.zh}（{terms.id}）"),
        (_W(zh="保管方", en="Holder"), terms.holder.zh),
        (_W(zh="所有方", en="Owner"), terms.principal.zh),
        (_W(zh="保管中 / 已销毁或交回", en="Held / gone"), _counts(holdings)),
    ]
    title = _W(zh="保密材料保管报告", en="Custody report")
    return _report(stay, title, _W(zh="供审计", en="for an auditor"), facts, sheets)


def for_subject(stay: Stay, agreement: str, subject: str) -> Report:
    """What is and was held of one person. Raises InputError when there is nothing under this pseudonym."""
    terms = stay.compartment(agreement)
    holdings = [h for h in stay.views.holdings.values() if h.agreement == agreement and h.subject == subject]
    if not holdings:
        raise InputError("本协议下没有此代号的材料", "nothing is held of this pseudonym under this agreement")
    facts = [
        (_W(zh="代号", en="Pseudonym"), subject),
        (_W(zh="保管方", en="Holder"), terms.holder.zh),
        (_W(zh="用途", en="Purposes"), "；".join(f"{p.title.zh}（{p.clause}）" for p in terms.purposes)),
    ]
    if demands(terms, Rule.EXISTENCE_SECRET) is None:
        facts.insert(0, (_W(zh="协议", en="Agreement"), terms.title.zh))
    sheets = [_holdings(stay, terms, holdings), _seen(terms, holdings), _ends(stay, terms, holdings)]
    if demands(terms, Rule.EXISTENCE_SECRET) is None:
        sheets.append(_rules(terms))
    title = _W(zh="个人信息保管情况答复", en="Answer to a person concerned")
    return _report(stay, title, _W(zh="供本人", en="for the person concerned"), facts, sheets)


def _report(
    stay: Stay, title: Wording, whom: Wording, facts: Sequence[tuple[Wording, str]], sheets: Sequence[Sheet]
) -> Report:
    length, head = len(stay.entries), stay.entries[-1].hash if stay.entries else "0" * 64
    made = (_W(zh="编制时刻", en="Made at"), f"{stay.now.astimezone(ZONE):%Y-%m-%d %H:%M:%S}")
    based = (_W(zh="账本", en="Ledger"), f"第 {length} 条　{head}")
    number = digest_of([head, title.en, stay.now.isoformat(), [text for _, text in facts]])[:12]
    return Report(
        title=title,
        for_whom=whom,
        number=number,
        at=stay.now,
        facts=[*facts, made, based],
        sheets=sheets,
        length=length,
        head=head,
    )


def _holdings(stay: Stay, terms: Terms, holdings: Sequence[Holding]) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for h in holdings:
        use, kind = purpose(terms, h.purpose), material(terms, h.material)
        rows.append(
            (
                h.id,
                h.subject,
                f"{kind.title.zh}（{kind.clause}）" if kind else h.material,
                "、".join(row.wording.zh for row in h.classes),
                f"{use.title.zh}（{use.clause}）" if use else h.purpose,
                h.stored.files,
                h.paper,
                terms.places.titled(h.place),
                _moment(h.since),
                h.by,
                f"版本 {h.told}" if h.told else "—",
                "已删除" if h.cleared else "未删除",
                h.state.wording[0] + ("" if h.is_gone or stay.room.vault.keys.has(h.id) else "（密钥不在）"),
            )
        )
    return _sheet(
        "holdings",
        ("材料", "Holdings"),
        "保管号 Holding|代号 Pseudonym|材料 Material|敏感类别 Classes|用途 Purpose|文件数 Files|纸质份数 Paper|"
        "存放 Where|起始 Since|保管人 Keeper|告知 Told|明文原件 Plain copy|状态 State",
        rows,
    )


def _accesses(terms: Terms, holdings: Sequence[Holding]) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for h in holdings:
        for a in h.accesses:
            use = purpose(terms, a.purpose)
            clause = use.clause if use else ""
            copy = "无" if not a.copy else (f"已收回 {_moment(a.closed)}" if a.closed else "未收回")
            rows.append(
                (
                    _moment(a.at),
                    a.person,
                    h.id,
                    use.title.zh if use else a.purpose,
                    clause,
                    copy,
                    a.commitment[:16],
                    a.request[:16],
                ),
            )
    return _sheet(
        "accesses",
        ("查阅记录", "Accesses"),
        "时刻 At|人员 Person|保管号 Holding|用途 Purpose|条款 Clause|工作副本 Working copy|"
        "承诺书 Commitment|申请 Request",
        sorted(rows, key=lambda row: str(row[0])),
    )


def _seen(terms: Terms, holdings: Sequence[Holding]) -> Sheet:
    """For the person concerned: when, by a person of which role, for what."""
    titles = {row.id: row.title.zh for row in terms.persons}
    rows = [
        (_moment(a.at), titles.get(a.person, a.person), h.id, use.title.zh if use else a.purpose)
        for h in holdings
        for a in h.accesses
        for use in [purpose(terms, a.purpose)]
    ]
    columns = "时刻 At|人员 Person|保管号 Holding|用途 Purpose"
    return _sheet("accesses", ("查阅记录", "Accesses"), columns, sorted(rows))


def _ends(stay: Stay, terms: Terms, holdings: Sequence[Holding]) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for h in holdings:
        clocks = [c for c in stay.clocks(terms.id, h.id) if c.due or c.met]
        due = "；".join(f"{c.title.zh}（{c.clause}）{_moment(c.due)} {c.stands[0]}" for c in clocks) or "—"
        ended = "；".join(f"{_moment(e.at)} {_end(terms, e.event)}" for e in h.ended) or "—"
        paper = (h.permission or h.receipt or "")[:16] or "—"
        number = f"{h.id}-{h.gone_seq}" if h.is_gone else "—"
        rows.append((h.id, ended, due, paper, _moment(h.gone) if h.gone else "—", number))
    return _sheet(
        "ends",
        ("期限与销毁", "Retention and destruction"),
        "保管号 Holding|结束事由 Ended by|期限 Due|许可或签收 Paper|销毁或交回 Gone at|凭证号 Certificate",
        rows,
    )


def _purpose_title(terms: Terms, name: str) -> str:
    use = purpose(terms, name)
    return use.title.zh if use else name


def _persons(stay: Stay, terms: Terms) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for named in terms.persons:
        person, grant = stay.views.person(terms.id, named.id), granted(terms, named.id)
        signed = person.signed
        rows.append(
            (
                named.id,
                named.title.zh,
                f"版本 {signed.version} {_moment(signed.at)}" if signed else "未签",
                "已备案" if signed and person.filed == signed.signature else "—",
                _moment(person.trained) if person.trained else "—",
                _moment(person.revoked) if person.revoked else "—",
                "、".join(_purpose_title(terms, name) for name in grant.purposes) if grant else "—",
                "、".join(row.wording.zh for row in grant.classes) if grant else "—",
                "远程" if grant and grant.remote else "—",
                fingerprint(person.key) if person.key else "—",
            )
        )
    return _sheet(
        "persons",
        ("人员", "Persons"),
        "人员 Person|岗位 Role|承诺书 Commitment|备案 Filed|培训 Trained|撤销 Revoked|"
        "用途 Purposes|敏感类别 Classes|远程 Remote|签名密钥 Signing key",
        rows,
    )


def _handovers(stay: Stay, agreement: str) -> Sheet:
    rows = [
        (
            h.id,
            _moment(h.at),
            h.giver,
            h.taker,
            "、".join(h.holdings),
            _moment(h.done) if h.done else "未完成",
            (h.told or "—")[:16],
        )
        for h in stay.views.handovers.values()
        if h.agreement == agreement
    ]
    return _sheet(
        "handovers",
        ("交接记录", "Handovers"),
        "编号 Number|开始 Begun|交出 From|接收 To|保管号 Holdings|完成 Done|告知 Told",
        rows,
    )


def _cases(stay: Stay, terms: Terms) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for case in stay.views.cases.values():
        if case.agreement != terms.id:
            continue
        kind = procedure(terms, case.procedure)
        steps = "；".join(f"{WORDS[t.step.value]} {_moment(t.at)} {t.paper[:8]}" for t in case.steps) or "—"
        clocks = "；".join(f"{c.title.zh}（{c.clause}）{c.stands[0]}" for c in stay.clocks(terms.id, case.id))
        title = kind.title.zh if kind else case.procedure
        urgent = f"（{kind.urgent_title.zh}）" if kind and case.urgent else ""
        closed = _moment(case.closed) if case.closed else "未办结"
        rows.append((case.id, title + urgent, _moment(case.occurred), "、".join(case.holdings), steps, clocks, closed))
    return _sheet(
        "cases",
        ("事项", "Cases"),
        "编号 Number|事项 Case|发生 Occurred|保管号 Holdings|步骤 Steps|时限 Clocks|办结 Closed",
        rows,
    )


def _refusals(stay: Stay, agreement: str) -> Sheet:
    rows = [
        (_moment(r.at), r.person, r.holding or "—", REASONS[Reason(r.reason)][0], r.seq)
        for r in stay.views.refusals
        if r.agreement == agreement
    ]
    return _sheet(
        "refusals", ("被拒绝的请求", "Refusals"), "时刻 At|人员 Person|保管号 Holding|原因 Reason|账本 Entry", rows
    )


def _rules(terms: Terms) -> Sheet:
    rows = [(row.clause, row.title.zh, terms.clauses.get(row.clause, "")) for row in terms.rules]
    return _sheet("rules", ("保管规则与条款", "Rules and clauses"), "条款 Clause|规则 Rule|原文 Words", rows)


def _sheet(name: str, title: tuple[str, str], columns: str, rows: Sequence[tuple[Cell, ...]]) -> Sheet:
    heads = [head.split(" ", 1) for head in columns.split("|")]
    return Sheet(
        name=name,
        title=Wording(zh=title[0], en=title[1]),
        columns=tuple(Wording(zh=zh, en=en) for zh, en in heads),
        rows=rows,
    )


def _end(terms: Terms, event: str) -> str:
    found = next((row for row in terms.ends if row.event == event), None)
    return f"{found.title.zh}（{found.clause}）" if found else event


def _counts(holdings: Sequence[Holding]) -> str:
    gone = sum(h.is_gone for h in holdings)
    return f"{len(holdings) - gone} / {gone}"


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}" if moment else ""
