"""A year under the four agreements on custody, driven by a fixed clock: what each agreement asks for happens once.

Every scene says which duty it shows, and fails when what should be refused is not, or a clock is missed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.base.keyring import Keyring
from gateway.custody import (
    Reason,
    as_csv,
    as_page,
    as_workbook,
    begin_handover,
    case_notice,
    certificate,
    certificate_page,
    close,
    close_case,
    consent,
    destroy,
    end,
    finish_handover,
    for_auditor,
    for_subject,
    give_back,
    handover_notice,
    open_case,
    permit,
    returned,
    revoke,
    take,
    tell_handover,
    told_text,
)
from gateway.demo.custody import AGREEMENTS, PERMISSION, RECEIPT, Office, found_custody
from gateway.model.custody import Step
from gateway.model.period import ZONE
from gateway.release.upkeep.custody import custody_room

Progress = Callable[[str, float], None]
START = datetime(2026, 1, 5, 9, 0, tzinfo=ZONE)
HARDSHIP = {"agreement": "hardship-000", "purpose": "eligibility", "material": "hardship_proof", "told": "1"}
EDUCATION = {"agreement": "education-001", "purpose": "project", "material": "pupil_records", "subject": "class-3"}
LEGAL = {"agreement": "legal-002", "purpose": "mandate", "material": "case_file"}
MEDICAL = {"agreement": "medical-003", "purpose": "cooperation", "material": "insurance_data", "subject": "batch-2026"}
PASSPHRASE = "MADEUPPASSPHRASEOFADEMOA"


def custody_year(folder: Path, progress: Progress) -> dict[str, Any]:
    """Lives the year in ``folder``; what happened, the reports and the certificates.

    Raises ConfigurationError when ``folder`` is not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise ConfigurationError(f"{folder} 不是空目录", f"{folder} is not empty")
    folder = folder.resolve()
    people = Keyring.create(folder / "people")
    root = found_custody(folder / "site", people, START)
    office = Office(room=custody_room(root, START), people=people, inbox=folder / "inbox", now=START)
    for number, scene in enumerate(SCENES):
        progress("保管协议的一年 a year of custody", number / len(SCENES))
        scene(office)
    progress("保管协议的一年 a year of custody", 1.0)
    return {
        "deployment": str(root),
        "happened": [row.as_json() for row in sorted(office.happened, key=lambda row: row.at)],
        "reports": _reports(office, folder / "reports"),
        "certificates": _certificates(office, folder / "certificates"),
    }


# 000 困难家庭 ---------------------------------------------------------------------------------------------------------


def hardship_collected(o: Office) -> None:
    """Told, collected, encrypted; what is not needed or lies elsewhere is refused."""
    a = "hardship-000"
    o.on("2026-01-12 09:00")
    for person in ("reviewer_a", "reviewer_b", "service_a"):
        o.commits(a, person)
        o.trains(a, person)
    with o.stay("reviewer_a") as stay:
        if "删除" not in told_text(stay.room.terms[a]):
            raise IntegrityError("告知书不完整", "the text to tell is incomplete")
    o.refused(Reason.NOT_TOLD, lambda: o.adds("reviewer_a", **HARDSHIP | {"told": None}, subject="case-0001"))
    o.on("2026-01-14 10:00")
    holding = o.adds("reviewer_a", **HARDSHIP, subject="case-0001", paper=1)
    o.note(a, "told", "三1", "告知用途与保密承诺后收取困难证明", "told purpose and promise, then collected")
    o.refused(
        Reason.MATERIAL_UNKNOWN,
        lambda: o.adds("reviewer_a", **HARDSHIP | {"material": "bank_statement"}, subject="case-0001"),
    )
    o.note(a, "collect_needed", "三1", "收取银行流水：协议没有列出，拒绝", "a bank statement: not listed, refused")
    for place in ("public_cloud", "third_party", "plain_mail"):
        o.refused(
            Reason.PLACE_FORBIDDEN,
            lambda place=place: o.adds("reviewer_a", **HARDSHIP, subject="case-0001", place=place),  # type: ignore[misc]
        )
    o.note(a, "storage_place", "三3(3)", "公共云盘、第三方、非加密邮箱：拒绝", "cloud, third party, mail: refused")
    sealed = (o.room.vault.place(holding.id) / "0001.sealed").read_bytes()
    if b"made-up material" in sealed:
        raise IntegrityError("未加密", "not encrypted")
    o.note(a, "encrypted", "三3(1)", "以专用密钥加密存储", "stored encrypted under a key of its own")
    o.on("2026-01-20 14:00")
    shown = o.sees("reviewer_a", holding.id, "eligibility", copy=True)
    with o.stay("reviewer_a") as stay:
        close(stay, shown.access.id)
    o.refused(Reason.NOT_NAMED, lambda: o.sees("lawyer_a", holding.id, "eligibility"))
    o.note(a, "named_reviewers", "三3(1)", "审核专员查阅;协议之外的人拒绝", "seen by a reviewer; an outsider refused")
    o.refused(Reason.PURPOSE_UNKNOWN, lambda: o.sees("reviewer_a", holding.id, "promotion"))
    o.refused(Reason.OUTSIDE_PURPOSE, lambda: o.sees("reviewer_a", holding.id, "service"))
    o.note(a, "purpose", "三2", "用于推广、超出收集用途：拒绝", "for promotion, beyond the purpose: refused")
    o.on("2026-02-02 17:00")
    _ended(o, holding.id, "completed", "reviewer_a")
    o.on("2026-03-04 16:00")  # day 30
    o.refused(Reason.PAPER_LEFT, lambda: _destroyed(o, holding.id, "reviewer_a"))
    _destroyed(o, holding.id, "reviewer_a", paper=1)
    o.met(a, holding.id, "delete_after_completion")
    o.note(a, "delete_30_days", "三3(2)", "服务完成第30日删除电子档与纸质副本", "files and paper gone on day 30")
    with o.stay("reviewer_a") as stay:
        certificate(stay, holding.id)
    o.note(a, "certificate", "四1(2)", "应本人要求出具删除凭证", "certificate of deletion given on request")
    kept = [c for c in o.clocks(a, holding.id) if c.name == "keep_deletion_record"]
    if [c.due.date().isoformat() for c in kept if c.due] != ["2026-09-04"]:
        raise IntegrityError("删除记录的留存期限不对", "the record's term is wrong")
    o.note(a, "record_6_months", "三3(2)", "删除记录留存至少6个月", "the deletion's record is kept at least 6 months")


def hardship_withdrawn(o: Office) -> None:
    """Withdrawn, or failed: gone in seven working days, holidays counted."""
    a = "hardship-000"
    o.on("2026-03-09 09:00")
    one = o.adds("reviewer_a", **HARDSHIP, subject="case-0002")
    o.on("2026-03-10 11:00")
    _ended(o, one.id, "withdrawn", "reviewer_a")
    o.on("2026-03-19 15:00")  # the seventh working day
    _destroyed(o, one.id, "reviewer_a")
    o.met(a, one.id, "delete_after_withdrawal")
    o.note(a, "delete_7_days", "六3", "放弃申请后第7个工作日删除", "withdrawn: gone on the 7th working day")
    other = o.adds("reviewer_a", **HARDSHIP | {"material": "disability_proof"}, subject="case-0003")
    o.on("2026-03-31 10:00")
    _ended(o, other.id, "review_failed", "reviewer_a")
    o.on("2026-04-10 10:00")  # 清明 lies in between
    _destroyed(o, other.id, "reviewer_a")
    o.met(a, other.id, "delete_after_failed_review")
    o.note(a, "delete_7_days", "六3", "审核未通过后7个工作日内删除（跨清明）", "failed review: gone in 7 working days")


def hardship_handed_over(o: Office) -> None:
    """A keeper leaves: recorded, signed anew, told."""
    a = "hardship-000"
    o.on("2026-05-11 09:00")
    holding = o.adds("reviewer_a", **HARDSHIP, subject="case-0004")
    with o.stay("reviewer_a") as stay:
        handover = begin_handover(stay, [holding.id], "reviewer_b", "transfer to another post")
    o.refused(Reason.NO_COMMITMENT, lambda: _handed(o, handover.id, "reviewer_a"))
    o.commits(a, "reviewer_b", handover.id)
    _handed(o, handover.id, "reviewer_a")
    o.refused(Reason.REVOKED, lambda: o.sees("reviewer_a", holding.id, "eligibility"))
    with o.stay("reviewer_b") as stay:
        draft = handover_notice(stay, stay.views.handovers[handover.id])
        tell_handover(stay, handover.id, draft.encode())
    o.met(a, handover.id, "handover_notice")
    o.note(a, "handover", "三4", "工作交接：登记、重新签署、告知本人", "recorded, signed anew, the person told")


def hardship_legal_demand(o: Office) -> None:
    """A demand by law: told three working days ahead; in an emergency within three after."""
    a = "hardship-000"
    holding = next(h.id for h in _held(o, a) if h.subject == "case-0004")
    o.on("2026-06-01 09:00")
    case = _case(o, a, "legal_demand", "reviewer_b", [holding], planned=datetime(2026, 6, 4, 10, 0, tzinfo=ZONE))
    o.refused(Reason.STEP_OUT_OF_PLACE, lambda: _step(o, case, Step.PROVIDED, "reviewer_b"))
    _step(o, case, Step.NOTICE, "reviewer_b")
    _step(o, case, Step.NECESSITY, "reviewer_b")
    o.on("2026-06-02 09:00")
    o.refused(Reason.TOO_EARLY, lambda: _step(o, case, Step.PROVIDED, "reviewer_b"))
    o.on("2026-06-04 10:00")
    _step(o, case, Step.PROVIDED, "reviewer_b")
    _closed(o, case, "reviewer_b")
    o.met(a, case, "legal_demand_notice")
    o.note(a, "legal_before", "三5", "依法调取：提前3个工作日书面告知本人", "legal demand: told 3 working days before")
    o.on("2026-06-15 09:00")
    urgent = _case(o, a, "legal_demand", "reviewer_b", [holding], urgent=True)
    _step(o, urgent, Step.NECESSITY, "reviewer_b")
    _step(o, urgent, Step.PROVIDED, "reviewer_b")
    o.refused(Reason.STEP_MISSING, lambda: _closed(o, urgent, "reviewer_b"))
    o.on("2026-06-18 17:00")  # the third working day after
    _step(o, urgent, Step.NOTICE, "reviewer_b")
    _closed(o, urgent, "reviewer_b")
    o.met(a, urgent, "legal_demand_notice_after")
    o.note(a, "legal_after", "三5", "紧急调取：事后3个工作日内补充告知", "emergency: told within 3 working days after")


# 001 教育信息 ---------------------------------------------------------------------------------------------------------


def education_known_to_few(o: Office) -> None:
    """Only staff who signed; no copies; a remote supporter after consent."""
    a = "education-001"
    o.on("2026-06-22 09:00")
    o.commits(a, "engineer_a")
    holding = o.adds("engineer_a", **EDUCATION)
    sides = {row.id for row in o.room.terms[a].persons if row.clause == "1"}
    if sides != {"holder_coordinator", "school_coordinator"}:
        raise IntegrityError("缺少协调责任人", "a coordinator is missing")
    o.note(a, "coordinators", "1", "双方各有一名安全保密协调责任人", "a coordinator on each side")
    o.refused(Reason.NO_COMMITMENT, lambda: o.sees("engineer_b", holding.id, "project"))
    o.sees("engineer_a", holding.id, "project")
    o.note(a, "need_to_know", "3.4", "只有签署者可以知悉;未签者拒绝", "only who signed may know; another refused")
    o.refused(Reason.COPY_NOT_PERMITTED, lambda: o.sees("engineer_a", holding.id, "project", copy=True))
    o.note(a, "no_copies", "3.11", "未经书面许可复制：拒绝", "a copy without written permission: refused")
    teaching = o.adds("engineer_a", **EDUCATION | {"material": "teaching", "subject": "school-1"})
    o.commits(a, "remote_a")
    o.refused(Reason.NO_CONSENT, lambda: o.sees("remote_a", teaching.id, "project"))
    with o.stay("engineer_a") as stay:
        consent(stay, a, "remote_a", b"letter of consent")
    o.sees("remote_a", teaching.id, "project")
    o.refused(Reason.COPY_NOT_PERMITTED, lambda: o.sees("remote_a", teaching.id, "project", copy=True))
    o.note(a, "supporters", "3.9", "远程人员列名、签署、经同意后参与", "remote supporter listed, signed, with consent")
    with o.stay("engineer_a") as stay:
        answer = as_page(for_subject(stay, a, "class-3")).decode()
    if o.room.terms[a].title.zh in answer:
        raise IntegrityError("答复中出现协议名称", "an answer names the agreement")
    o.note(a, "existence", "3.3", "对外答复不提本协议的存在", "an answer to third parties does not name the agreement")


def education_incident(o: Office) -> None:
    """Told in writing within 48 hours, with time and scope; a defect answered within 24."""
    a = "education-001"
    holding = next(h.id for h in _held(o, a))
    o.on("2026-07-03 22:30")
    case = _case(o, a, "incident", "engineer_a", [holding], occurred=datetime(2026, 7, 3, 22, 0, tzinfo=ZONE))
    _step(o, case, Step.MEASURES, "engineer_a")
    o.refused(Reason.STEP_MISSING, lambda: _closed(o, case, "engineer_a"))
    with o.stay("engineer_a") as stay:
        draft = case_notice(stay, stay.views.cases[case])
    if "2026-07-03 22:00" not in draft or holding not in draft:
        raise IntegrityError("通知缺少时间或范围", "the notice lacks time or scope")
    o.on("2026-07-05 20:00")  # 46 hours after it happened
    _step(o, case, Step.NOTICE, "engineer_a", draft.encode())
    _closed(o, case, "engineer_a")
    o.met(a, case, "incident_notice")
    o.met(a, case, "incident_measures")
    o.note(a, "incident_48_hours", "8.4", "事件后46小时书面告知时间与范围", "written notice after 46 hours")
    o.on("2026-07-13 09:00")
    defect = _case(o, a, "defect", "engineer_a", [])
    o.on("2026-07-14 08:00")
    _step(o, defect, Step.RESPONSE, "engineer_a")
    _step(o, defect, Step.REPAIR, "engineer_a")
    _closed(o, defect, "engineer_a")
    o.met(a, defect, "defect_response")
    o.note(a, "defect_24_hours", "8.6", "缺陷24小时内响应并修复", "defect answered within 24 hours and mended")


def education_legal_demand(o: Office) -> None:
    """The lawyer's opinion and the owner's confirmation first."""
    a = "education-001"
    o.on("2026-07-20 09:00")
    case = _case(o, a, "legal_demand", "engineer_a", [])
    for step in (Step.LAWYERS_OPINION, Step.NOTICE, Step.OWNER_CONFIRMATION):
        o.refused(Reason.STEP_OUT_OF_PLACE, lambda: _step(o, case, Step.PROVIDED, "engineer_a"))
        _step(o, case, step, "engineer_a")
    _step(o, case, Step.PROVIDED, "engineer_a")
    _closed(o, case, "engineer_a")
    o.note(a, "legal_opinion", "5", "依法透露：先有律师意见与甲方确认", "legal demand: opinion and confirmation first")


def education_ended(o: Office) -> None:
    """Destruction waits for permission; the rest goes back, and no copy is kept."""
    a = "education-001"
    records, teaching = (h.id for h in _held(o, a))
    o.on("2026-08-03 09:00")
    _ended(o, teaching, "project_ended", "engineer_a")
    o.refused(Reason.NO_PERMISSION, lambda: _destroyed(o, teaching, "engineer_a"))
    o.on("2026-08-10 09:00")
    paper = o.paper(PERMISSION, "school_coordinator", a, teaching, purpose="destroy")
    o.refused(Reason.OTHER_PERMISSION, lambda: _permitted(o, records, paper))
    _permitted(o, teaching, paper)
    _destroyed(o, teaching, "engineer_a")
    o.note(a, "permission", "6.2", "销毁等到对方书面许可", "a destruction waited for the written permission")
    _ended(o, records, "return_demanded", "engineer_a")
    _gone_back(o, records, "engineer_a", "school_coordinator")
    o.met(a, records, "return_on_demand")
    o.note(a, "return", "6.1", "按要求全部交回，不留备份", "everything returned on demand, no copy kept")
    for_ever = [c for c in o.clocks(a, records) if c.name == "personal_for_ever"]
    if [c.stands[1] for c in for_ever] != ["goes on"]:
        raise IntegrityError("保密义务不应结束", "the duty of confidence must go on")
    o.note(a, "for_ever", "9.3", "个人信息的保密义务继续", "confidence about personal information goes on")


# 002 法律信息平台 -----------------------------------------------------------------------------------------------------


def legal_seen_by_the_authorised(o: Office) -> None:
    """Listed purposes, authorised persons, training first."""
    a = "legal-002"
    o.on("2026-08-17 09:00")
    for person in ("lawyer_a", "assistant_a", "desk_a"):
        o.commits(a, person)
    file = o.adds("lawyer_a", **LEGAL, subject="matter-12")
    o.refused(Reason.NOT_TRAINED, lambda: o.sees("lawyer_a", file.id, "mandate"))
    for person in ("lawyer_a", "assistant_a", "desk_a"):
        o.trains(a, person)
    o.sees("lawyer_a", file.id, "mandate")
    o.note(a, "trained", "四2", "未经培训拒绝，培训登记后查阅", "untrained refused; seen after the training")
    o.refused(Reason.CLASS_NOT_GRANTED, lambda: o.sees("assistant_a", file.id, "mandate"))
    o.note(a, "sensitive", "二4", "违法犯罪记录仅授权人员接触，助理拒绝", "offences: the assistant is refused")
    o.refused(Reason.PURPOSE_UNKNOWN, lambda: o.sees("lawyer_a", file.id, "marketing"))
    o.refused(Reason.PLACE_FORBIDDEN, lambda: o.adds("lawyer_a", **LEGAL, subject="matter-12", place="lead_trading"))
    o.note(a, "purposes", "二1", "用途限于所列五项;营销用途、第三方系统拒绝", "five purposes; marketing refused")
    calls = o.adds("desk_a", agreement=a, purpose="communication", material="call_records", subject="matter-12")
    with o.stay("desk_a") as stay:
        handover = begin_handover(stay, [calls.id], "lawyer_a", "taken over by the lawyer")
    _handed(o, handover.id, "desk_a", leaves=False)


def legal_answered(o: Office) -> None:
    """Leads in minutes, complaints in a day or four hours, incidents at once, records on request."""
    a = "legal-002"
    o.on("2026-09-07 10:00")
    lead = _case(o, a, "lead", "lawyer_a", [])
    o.on("2026-09-07 10:12")
    _answered(o, a, lead, "lead_response")
    o.on("2026-09-07 22:00")
    late = _case(o, a, "lead", "lawyer_a", [], urgent=True)
    o.on("2026-09-07 23:30")
    _answered(o, a, late, "lead_urgent_response")
    o.note(a, "first_response", "五1", "首次响应12分钟;特殊时段90分钟", "first response 12 minutes; special hours 90")
    o.on("2026-09-10 16:00")
    complaint = _case(o, a, "complaint", "lawyer_a", [])
    o.on("2026-09-11 11:00")
    _answered(o, a, complaint, "complaint_response", Step.STATEMENT)
    o.note(a, "complaint_1_day", "六1", "一般投诉次日（1个工作日内）反馈", "a complaint answered within 1 working day")
    o.on("2026-09-12 09:00")
    urgent = _case(o, a, "complaint", "lawyer_a", [], urgent=True)
    o.on("2026-09-12 12:00")
    _answered(o, a, urgent, "complaint_urgent_response", Step.STATEMENT)
    o.note(a, "complaint_4_hours", "六1", "紧急投诉3小时内反馈（限4小时）", "urgent: answered in 3 of 4 hours")
    file = next(h.id for h in _held(o, a) if h.material == "case_file")
    o.on("2026-09-21 14:00")
    incident = _case(o, a, "incident", "lawyer_a", [file])
    o.on("2026-09-21 14:20")
    _step(o, incident, Step.NOTICE, "lawyer_a")
    _step(o, incident, Step.MEASURES, "lawyer_a")
    _closed(o, incident, "lawyer_a")
    o.met(a, incident, "incident_notice")
    o.note(a, "incident_at_once", "六2", "发生事件立即通知并采取措施", "an incident told at once, with measures")
    o.on("2026-09-22 09:00")
    inquiry = _case(o, a, "inquiry", "lawyer_a", [file], planned=datetime(2026, 9, 28, 18, 0, tzinfo=ZONE))
    o.on("2026-09-25 17:00")
    _step(o, inquiry, Step.STATEMENT, "lawyer_a")
    _step(o, inquiry, Step.RECORDS, "lawyer_a")
    _closed(o, inquiry, "lawyer_a")
    o.met(a, inquiry, "inquiry_statement")
    o.note(a, "records_on_request", "六3", "按要求的日期提交说明与记录", "statement and records by the date asked")
    o.on("2026-09-28 09:00")
    demand = _case(o, a, "legal_demand", "lawyer_a", [file])
    o.refused(Reason.STEP_OUT_OF_PLACE, lambda: _step(o, demand, Step.PROVIDED, "lawyer_a"))
    _step(o, demand, Step.NOTICE, "lawyer_a")
    _step(o, demand, Step.NECESSITY, "lawyer_a")
    _step(o, demand, Step.PROVIDED, "lawyer_a")
    _closed(o, demand, "lawyer_a")
    o.met(a, demand, "legal_demand_notice")
    o.note(a, "legal_first_moment", "三3", "第一时间通知，只提供必要范围", "told at once, only what is needed")


def legal_ended(o: Office) -> None:
    """Deleted, returned, made anonymous, as the owner demands; confirmed in writing; on record."""
    a = "legal-002"
    o.on("2026-10-12 09:00")
    file, calls = (h.id for h in _held(o, a))
    papers = o.adds("lawyer_a", **LEGAL | {"material": "identity_papers"}, subject="matter-12").id
    _ended(o, file, "deletion_demanded", "lawyer_a")
    _ended(o, papers, "return_demanded", "lawyer_a")
    _ended(o, calls, "anonymisation_demanded", "lawyer_a")
    o.on("2026-10-13 09:00")
    _destroyed(o, file, "lawyer_a")
    with o.stay("lawyer_a") as stay:
        destroy(stay, calls, anonymised=b"calls,minutes\n12,340\n")
    _gone_back(o, papers, "lawyer_a", "platform_officer")
    for name, clock in ((file, "delete"), (papers, "return"), (calls, "anonymise")):
        o.met(a, name, f"{clock}_on_demand")
        with o.stay("lawyer_a") as stay:
            certificate(stay, name)
    o.note(a, "end_confirmed", "七2", "删除、返还、匿名化，各有书面确认（七3）", "deleted, returned, anonymised")
    with o.stay("lawyer_a") as stay:
        sheets = {sheet.name: len(sheet.rows) for sheet in for_auditor(stay, a).sheets}
    if not (sheets["accesses"] and sheets["handovers"] and sheets["ends"]):
        raise IntegrityError("记录不完整", "a record is missing")
    o.note(a, "records", "四3", "访问、交接、删除记录齐备", "records of access, handover and deletion")


# 003 医疗保障局 -------------------------------------------------------------------------------------------------------


def medical_signed_and_filed(o: Office) -> None:
    """Signed and filed before anything is seen; the replacement again."""
    a = "medical-003"
    o.on("2026-10-19 09:00")
    holding = None
    o.commits(a, "analyst_a")
    holding = o.adds("analyst_a", **MEDICAL)
    o.refused(Reason.NOT_FILED, lambda: o.sees("analyst_a", holding.id, "cooperation"))
    o.files_commitment(a, "analyst_a")
    o.sees("analyst_a", holding.id, "cooperation")
    o.note(a, "signed_and_filed", "二(二)5", "承诺书签署并备案后方可查阅", "signed and filed before anything is seen")
    o.refused(Reason.PURPOSE_UNKNOWN, lambda: o.sees("analyst_a", holding.id, "research"))
    o.refused(Reason.NO_COMMITMENT, lambda: o.sees("analyst_b", holding.id, "cooperation"))
    o.note(a, "granted_scope", "二(二)7", "超出授予权限：拒绝", "beyond the granted scope: refused")
    o.on("2026-11-02 09:00")
    with o.stay("analyst_a") as stay:
        handover = begin_handover(stay, [holding.id], "analyst_b", "replacement")
    o.commits(a, "analyst_b", handover.id)
    o.refused(Reason.NOT_FILED, lambda: _handed(o, handover.id, "analyst_a"))
    o.files_commitment(a, "analyst_b")
    _handed(o, handover.id, "analyst_a")
    o.note(a, "replacement", "二(二)5", "接替人员重新签署并再次备案", "the replacement signed and was filed again")


def medical_ended(o: Office) -> None:
    """A possible breach told at once; returned without a backup; the rest destroyed at the end of the work."""
    a = "medical-003"
    (batch,) = (h.id for h in _held(o, a))
    documents = o.adds("analyst_b", **MEDICAL | {"material": "documents"}).id
    o.on("2026-11-16 10:00")
    breach = _case(o, a, "breach", "analyst_b", [batch])
    o.on("2026-11-16 10:25")
    _step(o, breach, Step.NOTICE, "analyst_b")
    _step(o, breach, Step.MEASURES, "analyst_b")
    _closed(o, breach, "analyst_b")
    o.met(a, breach, "breach_notice")
    o.note(a, "breach_at_once", "二(二)10", "可能违反协议：立即告知", "a possible breach told at once")
    o.on("2026-12-14 09:00")
    _ended(o, batch, "return_demanded", "analyst_b")
    _gone_back(o, batch, "analyst_b", "bureau_officer")
    o.met(a, batch, "return_on_demand")
    o.note(a, "return", "二(二)8", "要求交回时全部交回，不留备份", "returned on demand, no backup kept")
    shown = o.sees("analyst_b", documents, "cooperation", copy=True)
    o.on("2026-12-21 09:00")
    _ended(o, documents, "work_ended", "analyst_b")
    _destroyed(o, documents, "analyst_b")  # with the working copy that was still open
    if any(path.exists() for path in shown.copies):
        raise IntegrityError("残留工作副本", "a working copy is left")
    o.met(a, documents, "destroy_at_end")
    o.note(a, "end_of_work", "二(二)9", "工作期结束，副本与残留数据销毁", "end of work: copies, residue destroyed")
    with o.stay("analyst_b") as stay:
        revoke(stay, a, "analyst_b", "end of the work")


SCENES: tuple[Callable[[Office], None], ...] = (
    hardship_collected,
    hardship_withdrawn,
    hardship_handed_over,
    hardship_legal_demand,
    education_known_to_few,
    education_incident,
    education_legal_demand,
    education_ended,
    legal_seen_by_the_authorised,
    legal_answered,
    legal_ended,
    medical_signed_and_filed,
    medical_ended,
)
"""The year, in its order."""


def _held(o: Office, agreement: str) -> list[Any]:
    with o.stay("gateway") as stay:
        return [h for h in stay.views.holdings.values() if h.agreement == agreement and not h.is_gone]


def _ended(o: Office, holding: str, event: str, person: str) -> None:
    with o.stay(person) as stay:
        end(stay, holding, event, o.now)


def _destroyed(o: Office, holding: str, person: str, paper: int = 0) -> None:
    with o.stay(person) as stay:
        destroy(stay, holding, paper=paper)


def _permitted(o: Office, holding: str, paper: tuple[bytes, str]) -> None:
    with o.stay("engineer_a") as stay:
        permit(stay, holding, *paper)


def _gone_back(o: Office, holding: str, person: str, owner: str) -> None:
    """Packed, received, confirmed; the package itself went to the owner."""
    out = o.inbox / f"{holding}.zip"
    with o.stay(person) as stay:
        found = give_back(stay, holding, out, PASSPHRASE)
    out.unlink()
    wrong = o.paper(RECEIPT, owner, found.agreement, holding, package="0" * 64)
    o.refused(Reason.RECEIPT_MISSING, lambda: _received(o, holding, person, wrong))
    _received(o, holding, person, o.paper(RECEIPT, owner, found.agreement, holding, package=found.package or ""))


def _received(o: Office, holding: str, person: str, receipt: tuple[bytes, str]) -> None:
    with o.stay(person) as stay:
        returned(stay, holding, *receipt)


def _handed(o: Office, handover: str, person: str, *, leaves: bool = True) -> None:
    with o.stay(person) as stay:
        finish_handover(stay, handover, leaves=leaves)


def _case(
    o: Office,
    agreement: str,
    procedure: str,
    person: str,
    holdings: list[str],
    *,
    urgent: bool = False,
    occurred: datetime | None = None,
    planned: datetime | None = None,
) -> str:
    with o.stay(person) as stay:
        found = open_case(
            stay,
            agreement,
            procedure,
            urgent=urgent,
            holdings=holdings,
            occurred=occurred or o.now,
            summary="made up for the demo",
            planned=planned,
        )
    return found.id


def _step(o: Office, case: str, step: Step, person: str, paper: bytes = b"a made-up paper") -> None:
    with o.stay(person) as stay:
        take(stay, case, step, paper, o.now)


def _closed(o: Office, case: str, person: str) -> None:
    with o.stay(person) as stay:
        close_case(stay, case, "settled")


def _answered(o: Office, agreement: str, case: str, clock: str, *more: Step) -> None:
    for step in (Step.RESPONSE, *more):
        _step(o, case, step, "lawyer_a")
    _closed(o, case, "lawyer_a")
    o.met(agreement, case, clock)


_AUDITORS = {
    "hardship-000": "reviewer_b",
    "education-001": "holder_coordinator",
    "legal-002": "lawyer_a",
    "medical-003": "analyst_b",
}


def _reports(o: Office, folder: Path) -> list[str]:
    """The auditor's report of each agreement, and the answer to one person."""
    made = []
    for agreement in AGREEMENTS:
        with o.stay(_AUDITORS[agreement]) as stay:
            found = {agreement: for_auditor(stay, agreement)}
            if agreement == "hardship-000":
                found["case-0001"] = for_subject(stay, agreement, "case-0001")
        for name, report in found.items():
            files = {"report.html": as_page(report), "report.xlsx": as_workbook(report)}
            files |= {f"{sheet.name}.csv": as_csv(sheet) for sheet in report.sheets}
            for file, data in files.items():
                write_atomic(folder / name / file, data, mode=PRIVATE)
            made.append(str(folder / name / "report.html"))
    return made


def _certificates(o: Office, folder: Path) -> list[str]:
    """The certificate of everything that is gone."""
    with o.stay("gateway") as stay:
        gone = [holding for holding in stay.views.holdings.values() if holding.is_gone]
    made = []
    for holding in gone:
        with o.stay(_AUDITORS[holding.agreement]) as stay:
            found = certificate(stay, holding.id)
            page = certificate_page(stay, found)
        write_atomic(folder / f"{holding.id}.json", found.data, mode=PRIVATE)
        write_atomic(folder / f"{holding.id}.json.sig", found.signature.encode(), mode=PRIVATE)
        write_atomic(folder / f"{holding.id}.html", page, mode=PRIVATE)
        made.append(str(folder / f"{holding.id}.html"))
    return made
