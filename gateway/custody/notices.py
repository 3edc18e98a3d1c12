"""Drafts of what has to be told, from the ledger's facts alone: times, numbers, clauses; a person fills in the rest.

A draft holds no name and nothing of the material. Where the agreement's existence is a secret, what goes to a third
party would not name it; these go to the owner or the person concerned, who signed it."""

from gateway.custody.cases import missing_steps
from gateway.custody.room import Stay
from gateway.custody.terms import Terms, procedure
from gateway.custody.views import Case, Handover, Holding

BLANK = "________"


def told_text(terms: Terms) -> str:
    """What a person is told before anything is collected: purposes, promise, what is kept how."""
    if terms.told is None:
        return ""
    purposes = "、".join(row.title.zh for row in terms.purposes)
    return (
        f"告知书（{terms.title.zh}，{terms.told.clause}，版本 {terms.told.version}）\n"
        f"{terms.told.text.strip()}\n用途：{purposes}\n本人已知晓：{BLANK}　日期：{BLANK}\n"
    )


def case_notice(stay: Stay, case: Case) -> str:
    """The written notice of a case: when it happened, what it concerns, what was done, what is still to be done."""
    terms = stay.room.terms[case.agreement]
    kind = procedure(terms, case.procedure)
    if kind is None:
        return ""
    to = terms.principal.zh if kind.to == "owner" else "材料所属本人"
    concerned = [stay.views.holdings[name] for name in case.holdings]
    lines = [
        f"关于{kind.title.zh}的书面通知",
        f"致：{to}",
        f"依据：{terms.title.zh} {kind.clause}“{terms.clauses.get(kind.clause, '')}”",
        f"编号：{case.id}{'（' + kind.urgent_title.zh + '）' if case.urgent else ''}",
        f"一、时间：{_moment(case.occurred)}（登记于 {_moment(case.opened)}）",
        f"二、影响范围：{_scope(concerned)}",
        f"三、情况：{case.summary}",
    ]
    if case.planned:
        lines.append(f"四、计划提供日期：{case.planned:%Y年%m月%d日}；仅提供必要范围内的信息")
    lines.append("已采取的措施：" + ("；".join(f"{_moment(t.at)} {WORDS[t.step.value]}" for t in case.steps) or "无"))
    lines.append("待办：" + ("；".join(WORDS[need.step.value] for need in missing_steps(kind, case)) or "无"))
    for clock in stay.clocks(terms.id, case.id):
        due = _moment(clock.due) if clock.due else "未定"
        lines.append(f"时限：{clock.title.zh}（{clock.clause}）截止 {due}，{clock.stands[0]}")
    return "\n".join([*lines, _foot(terms)])


def handover_notice(stay: Stay, handover: Handover) -> str:
    """The notice to the persons concerned that their material went to another keeper."""
    terms = stay.room.terms[handover.agreement]
    subjects = sorted({stay.views.holdings[name].subject for name in handover.holdings})
    lines = [
        "关于保密材料交接的告知",
        f"致：{'、'.join(subjects)}（无需确认）",
        f"依据：{terms.title.zh}",
        f"您的材料(保管号 {'、'.join(handover.holdings)})因工作调整由 {handover.giver} 交接给 {handover.taker}。",
        f"接替人已重新签署保密承诺；交接时间：{_moment(handover.done or handover.at)}。用途、存储方式与删除期限不变。",
    ]
    return "\n".join([*lines, _foot(terms)])


def permission_request(stay: Stay, holding: Holding) -> str:
    """The request for the owner's written permission to destroy."""
    terms = stay.room.terms[holding.agreement]
    lines = [
        "关于销毁保密材料的许可申请",
        f"致：{terms.principal.zh}",
        f"依据：{terms.title.zh}",
        f"保管号 {holding.id},{holding.stored.files} 个文件，自 {_moment(holding.since)} 起保管；"
        f"结束事由：{'、'.join(e.event for e in holding.ended) or '无'}。",
        "拟销毁全部电子档、工作副本、纸质副本及密钥，备份因无密钥不可恢复。未获书面许可前不作处理。",
    ]
    return "\n".join([*lines, _foot(terms)])


def _scope(holdings: list[Holding]) -> str:
    if not holdings:
        return "待查明"
    classes = sorted({row.wording.zh for holding in holdings for row in holding.classes})
    persons = len({holding.subject for holding in holdings})
    files = sum(holding.stored.files for holding in holdings)
    names = "、".join(holding.id for holding in holdings)
    return f"{len(holdings)} 份材料({names}),{files} 个文件，涉及 {persons} 个对象；类别：{'、'.join(classes)}"


def _foot(terms: Terms) -> str:
    return f"\n{terms.holder.zh}（盖章）　经办人：{BLANK}　审核人：{BLANK}　日期：{BLANK}\n"


def _moment(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


WORDS: dict[str, str] = {
    "notice": "书面通知",
    "measures": "控制与补救措施",
    "response": "响应、反馈",
    "statement": "书面说明",
    "records": "提交记录",
    "repair": "修复",
    "lawyers_opinion": "律师书面意见",
    "owner_confirmation": "对方确认",
    "necessity": "限定必要范围",
    "provided": "依法提供",
}
"""A procedure's steps in words."""
