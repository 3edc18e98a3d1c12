"""A year under the main agreement, driven by a fixed clock: what its clauses bring about, one scene after the other.

Every part is the real one: corridor, clocks, letters, requests, an SFTP server on loopback, the bureau's own side. Only
the data, the roles and the dates are made up: the agreement runs from 2025 to the end of 2026, so that the year ends
with its termination, and months are only built in full where a scene is about them, unless all are asked for."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.agreement import Happening, Outcome, Standing, check_endpoint, levels
from gateway.agreement.clockwork import WORDING
from gateway.base.errors import ConfigurationError, GatewayError
from gateway.base.files import write_atomic
from gateway.base.keyring import Keyring
from gateway.base.language import say
from gateway.base.sshsig import APPROVAL, public_line, sign
from gateway.demo.month import found_with_people, make_extract, pin, receive_release
from gateway.demo.server import local_server
from gateway.model.period import ZONE, Period
from gateway.model.release import Event, State
from gateway.package import read_statement
from gateway.release.build.corridor import Book, answer, note, run
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.review.approving import approve
from gateway.release.sending.delivering import deliver
from gateway.release.sending.receipts import fetch_receipts
from gateway.release.sending.sealing import package_of
from gateway.release.sending.telling import tell_passphrase
from gateway.release.site.deployment import LOGIN_KEY, Deployment, load_deployment
from gateway.release.site.office import Office, load_office
from gateway.release.terms import requests
from gateway.release.terms.clocks import due_now, happen, record_told, standings
from gateway.release.terms.month import plan
from gateway.release.terms.notices import RESUPPLY, Notice, Told, draft
from gateway.release.upkeep.status import WORDING as STATE_WORDING
from gateway.release.upkeep.status import status
from gateway.verifier import verify_ledger

Progress = Callable[[str, float], None]
AGREEMENT = "siping-004"
OPERATOR = "operator_a"
FIRST_OF_ALL = Period(year=2025, month=12)
FIRST, LATE, UNFORESEEN = Period(year=2026, month=4), Period(year=2026, month=5), Period(year=2026, month=6)
TABLE = """name = "pay_by_county"
clause = "二(一)4"
title = { zh = "分县（市、区）计薪方式", en = "Pay by county" }
definition = { zh = "本月发布岗位的计薪方式。", en = "How the month's postings pay." }
dimensions = [
  { name = "region", title = { zh = "地区", en = "Region" }, hierarchy = "region", levels = ["city", "county"] },
  { name = "pay", title = { zh = "计薪方式", en = "Pay" }, hierarchy = "pay", levels = ["total", "unit"] },
]

[[measures]]
name = "postings"
title = { zh = "岗位数", en = "Postings" }
unit = { zh = "个", en = "postings" }
definition = { zh = "本月发布的岗位信息条数。", en = "Number of postings published in the month." }
feed = "postings"
kind = "count"
contributor = "employer"
model = "business"
"""
REQUEST = """format = "gateway-request/1"
reference = "{reference}"
received = {received}
needed_by = {needed_by}
asked_by = "manager_a"
purpose = "policy"
clause = "二(一)4"
period = "2026-06"
area = ["220300"]
asks_for = ["{asks_for}"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What happened on a day under which clauses, and what came of it. ``held``: it went as the agreement says."""

    name: str
    day: date
    clauses: tuple[str, ...]
    zh: str
    en: str
    outcome: str
    held: bool


@dataclass(kw_only=True)
class Year:
    """The stage: a deployment, its people, the bureau, and the moment that every clock shows."""

    root: Path
    people: Keyring
    bureau: Path
    rows: int
    seed: int
    progress: Progress
    every_month: bool = False
    moment: datetime = datetime(2026, 1, 1, 9, tzinfo=ZONE)
    next_month: Period = FIRST_OF_ALL
    scenes: list[Scene] = field(default_factory=list)

    def now(self) -> datetime:
        """The made-up moment, a second later each time."""
        self.moment += timedelta(seconds=1)
        return self.moment

    def at(self, text: str) -> datetime:
        """Moves the clock on. Raises ConfigurationError for a moment that has passed: the year runs one way."""
        moment = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        if moment < self.moment:
            raise ConfigurationError("演示的时间只能向前", "the demo's time only goes on")
        while self.every_month and (quiet := self.next_month.end + timedelta(days=1, hours=9)) < moment:
            if self.next_month not in (FIRST, LATE, UNFORESEEN):
                self.moment = max(quiet, self.moment)
                self.deliver_month(self.next_month)
            self.next_month = self.next_month.next
        self.moment = max(moment, self.moment)
        return self.moment

    @property
    def office(self) -> Office:
        """The terms now."""
        return load_office(self.root, self.moment)

    @property
    def deployment(self) -> Deployment:
        """The deployment now."""
        return load_deployment(self.root, self.moment)

    def tell(self, event: str, subject: str, *, sets: date | None = None, outcome: Outcome = Outcome.DONE) -> None:
        """Somebody says that something has happened."""
        told = Happening(event=event, subject=subject, at=self.moment, sets=sets, outcome=outcome)
        happen(self.office, AGREEMENT, told, actor=OPERATOR, now=self.now())

    def stands(self, key: str) -> Standing:
        """How a clock stands now."""
        return next(row.standing for row in standings(self.office, self.moment) if row.clock.key == key)

    def due_soon_or_overdue(self) -> list[str]:
        """What people are told of now, once each."""
        rows = due_now(self.office, self.now())
        record_told(self.office, rows, self.now())
        return [row.clock.key for row in rows]

    def letter(self, notice: Notice, subject: str, reason: str, until: date | None = None) -> str:
        """Drafts a letter."""
        told = Told(notice=notice, subject=subject, reason=reason, at=self.moment, until=until)
        return draft(self.office, told, self.now()).text

    def show(self, name: str, clauses: str, zh: str, en: str, outcome: str, held: bool) -> None:
        """Adds a scene to the report."""
        self.progress(f"{self.moment:%Y-%m-%d} {say(zh, en)}", 1.0)
        rests_on = tuple(clauses.split())
        day = self.moment.date()
        self.scenes.append(Scene(name=name, day=day, clauses=rests_on, zh=zh, en=en, outcome=outcome, held=held))

    def refused(self, act: Callable[[], object]) -> GatewayError | None:
        """The error with which ``act`` was refused, or None when it was done."""
        try:
            act()
        except GatewayError as error:
            return error
        return None

    def deliver_month(self, period: Period) -> str:
        """Builds, approves, delivers and has the bureau receive a month; the release."""
        make_extract(self.root / "extract", self.rows, self.seed, period, self.progress)
        release = run(self.deployment, period, self.now, self.shown).release
        self.send(release)
        return release

    def send(self, release: str) -> None:
        """Approves, delivers, receives, registers the receipt."""
        statement = Path(str(status(self.deployment, release)["files"]["statement"]))
        for steward in self.deployment.terms.stewards[:2]:
            signature = sign(statement.read_bytes(), self.people.get(steward), APPROVAL)
            approve(self.deployment, release, signature, self.now())
        deliver(self.deployment, release, self.now, self.shown, sleep=time.sleep, random=random.SystemRandom().random)
        passphrase = tell_passphrase(self.deployment, release, "manager_a", self.now())["passphrase"]
        receive_release(self.deployment, release, "manager_a", passphrase, self.people, self.bureau, self.now())
        fetch_receipts(self.deployment, self.now())

    def shown(self, stage: str, done: float) -> None:
        """Progress with the day in front."""
        self.progress(f"{self.moment:%Y-%m-%d} {stage}", done)


def year(folder: Path, *, rows: int, seed: int, every_month: bool, progress: Progress) -> dict[str, Any]:
    """Plays the year; its scenes, and whether the ledger holds. ``every_month``: build the quiet months too.

    Raises ConfigurationError when ``folder`` is not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise ConfigurationError(
            f"{folder} 不是空目录", f"{folder} is not empty", safe=("没有改动", "nothing was changed")
        )
    folder = folder.resolve()
    people, bureau = Keyring.create(folder / "people"), folder / "bureau"
    root = found_with_people(folder / "platform", people, AGREEMENT)
    _shorten(root)
    for name in ("inbox", "receipts"):
        (bureau / "sftp" / name).mkdir(parents=True)
    login = public_line(Keyring(root / "keyring").get(LOGIN_KEY))
    with local_server(bureau / "sftp", [login]) as server:
        pin(root, server)
        stage = Year(root=root, people=people, bureau=bureau, rows=rows, seed=seed, progress=progress)
        stage.every_month = every_month
        for play in PLAYS:
            play(stage)
    report = verify_ledger(root / "var" / "ledger.db")
    return {
        "deployment": str(root),
        "ledger": report.valid,
        "held": report.valid and all(scene.held for scene in stage.scenes),
        "delivered": sorted({e.release for e in stage.deployment.ledger.entries(kind=Event.DELIVERED) if e.release}),
        "scenes": [
            {
                "name": scene.name,
                "day": scene.day.isoformat(),
                "clauses": list(scene.clauses),
                "scene": say(scene.zh, scene.en),
                "outcome": scene.outcome,
                "held": scene.held,
            }
            for scene in stage.scenes
        ],
    }


def _shorten(root: Path) -> None:
    """Sets the blanks of 七: two years to the end of 2026."""
    path = root / "agreements" / f"{AGREEMENT}.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("since = 2026-01-01\nuntil = 2027-12-31", "since = 2025-01-01\nuntil = 2026-12-31")
    write_atomic(path, text.encode())


def _looking_ahead(stage: Year) -> None:
    """The plan of a month without a working day before the 5th, made a month ahead."""
    stage.at("2026-04-20T09:00")
    made = plan(stage.office, FIRST.next, stage.moment)
    held = made.workdays == 0 and made.due.due == date(2026, 5, 6) and made.due.target == date(2026, 5, 4)
    zh, en = "提前一个月看清：5月1日至5日放假，期限顺延", "a month ahead: the 1st to the 5th of May are days off"
    stage.show("looking_ahead", "三(二)", zh, en, f"{made.due.due} / {made.due.target}", held)
    known = load_office(stage.root, stage.moment)
    named = [row.id for row in known.terms.recipients]
    contact = known.terms.parties.provider.contact
    zh, en = "指定1－2名数据管理员，平台指定联系人", "one or two data managers are named, and a contact of the platform"
    stage.show("people_named", "四(一)3 四(二)4", zh, en, "、".join([*named, contact.id]), 1 <= len(named) <= 2)
    viewing = known.terms.enabled("viewing_account", stage.moment.date())
    zh, en = "查看账号未经补充条款不开通", "no viewing account without a supplement"
    stage.show("no_viewing_account", "三(一)", zh, en, say("未开通", "off"), not viewing)
    wrong = stage.refused(lambda: check_endpoint(known.terms, "pan.example.com", 22))
    zh, en = "非政务渠道的地址被拒", "a host that is not the government's is refused"
    stage.show("wrong_channel", "三(一) 四(一)4", zh, en, str(wrong or "—"), wrong is not None)


def _holiday(stage: Year) -> None:
    """A month on the last day of a deadline that the holidays have moved."""
    stage.at("2026-05-06T09:00")
    release = stage.deliver_month(FIRST)
    met = stage.stands(f"delivery/{FIRST}") is Standing.MET
    view = Book.read(stage.deployment).view(release)
    registered = view.state is State.ACKNOWLEDGED and (stage.bureau / "register.csv").is_file()
    store = stage.deployment.store(release, OPEN_NAMES)
    gates = store.get_json("quality.json")["success"] and store.get_json("privacy-drafts.json")["verdict"] == "pass"
    arrived = {path.name for path in (stage.bureau / "sftp" / "inbox").iterdir()}
    package = package_of(stage.deployment, release)
    roles = {entry.role for entry in read_statement(store.get("statement.json")).files}
    whole = arrived >= set(package.names) and roles >= {"workbook", "table"} and len(view.proofs) == 4
    zh, en = (
        "5月5日放假，顺延至5月6日，当日送达并登记",
        "the 5th of May is a holiday: delivered on the 6th",
    )
    clauses = "二(一)1 二(一)2 二(一)3 二(二)1 二(二)2 三(一) 三(二) 四(一)3 四(二)3 四(二)4"
    held = met and registered and gates and whole
    stage.show("holiday_shifted", clauses, zh, en, f"{release} {say(*STATE_WORDING[view.state])}", held)


def _late_foreseen(stage: Year) -> None:
    """A delay that is foreseen: notice one working day ahead, resupply after the outage."""
    stage.at("2026-06-03T15:00")
    text = stage.letter(Notice.DELAY, str(LATE), "平台系统升级", date(2026, 6, 9))
    stage.at("2026-06-04T10:00")
    stage.tell("delay_notified", str(LATE))
    told = stage.stands(f"delay_notice/{LATE}") is Standing.MET and "2026年6月9日" in text
    stage.at("2026-06-08T18:00")
    stage.tell("outage_ended", str(LATE))
    stage.at("2026-06-09T09:00")
    release = stage.deliver_month(LATE)
    opened = next(e for e in Book.read(stage.deployment).entries if e.release == release and e.kind == Event.OPENED)
    marked = str(opened.body.get("reason", "")).startswith(RESUPPLY)
    late = stage.stands(f"delivery/{LATE}") is Standing.MET_LATE and stage.stands(f"resupply/{LATE}") is Standing.MET
    zh, en = (
        "可预见的延迟：提前1个工作日通知，恢复后补送",
        "a foreseen delay: told a day ahead, resupplied",
    )
    stage.show("late_foreseen", "四(二)5", zh, en, str(opened.body.get("reason")), told and marked and late)


def _late_unforeseen(stage: Year) -> None:
    """An outage on the due day itself: the notice is late, and that is on record."""
    stage.at("2026-07-05T20:00")
    stage.letter(Notice.DELAY, str(UNFORESEEN), "机房突发断电", date(2026, 7, 7))
    overdue = f"delay_notice/{UNFORESEEN}" in stage.due_soon_or_overdue()
    stage.tell("delay_notified", str(UNFORESEEN))
    stage.at("2026-07-06T09:00")
    stage.tell("outage_ended", str(UNFORESEEN))
    stage.at("2026-07-07T09:00")
    release = stage.deliver_month(UNFORESEEN)
    opened = next(e for e in Book.read(stage.deployment).entries if e.release == release and e.kind == Event.OPENED)
    marked = str(opened.body.get("reason", "")).startswith(RESUPPLY)
    late = stage.stands(f"delay_notice/{UNFORESEEN}") is Standing.MET_LATE
    zh, en = (
        "突发故障：当日通知、补送，通知晚于约定有记录",
        "an outage on the day: told at once, late on record",
    )
    stage.show("late_unforeseen", "四(二)5", zh, en, str(opened.body.get("reason")), overdue and late and marked)


def _ask(stage: Year, reference: str, needed_by: str, asks_for: str = "aggregate") -> requests.Request:
    path = stage.root / "request.toml"
    received = stage.moment.isoformat()
    text = REQUEST.format(reference=reference, received=received, needed_by=needed_by, asks_for=asks_for)
    write_atomic(path, text.encode())
    letter = f"{reference}：商请提供数据".encode()
    one, _ = requests.register(stage.deployment, path, letter, stage.now())
    path.unlink()
    return one


def _answer(stage: Year, one: requests.Request, *, consent: bool = False) -> str:
    table = stage.root / "table.toml"
    write_atomic(table, TABLE.replace("pay_by_county", f"pay_by_county_{one.kind.lower()}").encode())
    requests.grant(stage.deployment, one.id, table, stage.now(), consent=consent)
    table.unlink()
    release = answer(stage.deployment, one.id, stage.now, stage.shown).release
    stage.send(release)
    return release


def _request_granted(stage: Year) -> None:
    """An ad-hoc request three working days ahead."""
    stage.at("2026-07-13T09:00")
    one = _ask(stage, "四就函〔2026〕7号", "2026-07-16")
    stage.at("2026-07-14T09:00")
    release = _answer(stage, one)
    met = stage.stands(f"ad_hoc_answer/{one.id}") is Standing.MET
    secret = "商请提供数据".encode()
    plain = any(secret in path.read_bytes() for path in stage.deployment.var.rglob("*") if path.is_file())
    zh, en = (
        "临时调取，提前3个工作日，按期提供；来函加密保存",
        "a request in time is answered; its letter encrypted",
    )
    stage.show("request_granted", "二(一)4 三(二) 四(二)6 五1", zh, en, release, met and not one.short and not plain)


def _request_refused(stage: Year) -> None:
    """A request for individual data."""
    stage.at("2026-07-20T09:00")
    one = _ask(stage, "四就函〔2026〕8号", "2026-07-24", "individuals")
    reply = requests.refuse_request(stage.deployment, one.id, stage.now())
    found = requests.find(stage.deployment, one.id)
    held = found.clauses == ("四(一)6",) and "四(一)6“不得要求乙方提供" in reply
    zh, en = "要求个体数据：引用条款婉拒", "individual data are refused with the clause"
    stage.show("request_refused", "四(一)6 二(二)1", zh, en, "、".join(found.clauses), held)


def _request_by_consent(stage: Year) -> None:
    """A request on shorter notice, met by consent."""
    stage.at("2026-07-27T09:00")
    one = _ask(stage, "四就函〔2026〕9号", "2026-07-29")
    release = _answer(stage, one, consent=True)
    found = requests.find(stage.deployment, one.id)
    held = one.short and found.consent and stage.stands(f"ad_hoc_answer/{one.id}") is Standing.MET
    zh, en = "提前期不足，平台同意，按期提供", "shorter notice, met by consent"
    stage.show("request_by_consent", "三(二)", zh, en, release, held)


def _rectification(stage: Year) -> None:
    """The bureau sets a date, moves it, and what was sent in error is recalled."""
    stage.at("2026-08-10T10:00")
    stage.tell("rectification_demanded", "四就函10", sets=date(2026, 8, 17))
    release = str(stage.deployment.terms.release(FIRST))
    stage.at("2026-08-11T10:00")
    note(stage.deployment, Event.DISPUTED, release, OPERATOR, {"reason": "四就函10"}, stage.now())
    disputed = stage.stands(f"fault_check/{release}") is not Standing.OVERDUE
    zh, en = "甲方发现错误，共同核查", "the bureau finds a fault: checked together"
    stage.show("dispute", "四(一)5", zh, en, release, disputed)
    stage.tell("dispute_settled", release)
    note(stage.deployment, Event.RECALLED, release, OPERATOR, {"reason": "四就函10"}, stage.now())
    stage.due_soon_or_overdue()
    stage.at("2026-08-12T10:00")
    stage.tell("recall_confirmed", release)
    text = stage.letter(Notice.RECTIFIED, "四就函10", "已召回并改正")
    stage.at("2026-08-14T10:00")
    stage.tell("rectified", "四就函10")
    met = stage.stands("supply_rectification/四就函10") is Standing.MET
    recalled = stage.stands(f"recall/{release}") is Standing.MET
    zh, en = (
        "限期整改：按甲方所定日期完成，误发数据已召回",
        "put right by the bureau's date, and recalled",
    )
    stage.show("rectification", "六2", zh, en, "2026-08-17", met and recalled and "2026年8月17日" in text)


def _breaches(stage: Year) -> None:
    """Supervision, misuse, and other breaches of either side."""
    stage.at("2026-08-24T09:00")
    stage.tell("use_report_asked", "函U1", sets=date(2026, 8, 31))
    stage.at("2026-08-28T09:00")
    stage.tell("use_report_received", "函U1")
    text = stage.letter(Notice.MISUSE, "函M1", "数据出现在公开网页")
    stage.at("2026-08-28T16:00")
    stage.tell("misuse_corrected", "函M1")
    held = [stage.stands(key) for key in ("use_report/函U1", "misuse_correction/函M1")] == [Standing.MET] * 2
    zh, en = "要求使用情况报告；发现违规，要求立即整改", "a use report; misuse has to be put right at once"
    stage.show("supervision", "四(二)1 四(一)2 一", zh, en, "函U1、函M1", held and "立即整改" in text)
    stage.at("2026-08-31T09:00")
    stage.tell("breach_notified", "四就函11")
    stage.letter(Notice.BREACH, "函B1", "未登记接收时间")
    stage.at("2026-09-03T09:00")
    stage.tell("breach_rectified", "四就函11")
    stage.at("2026-09-04T09:00")
    late = "receiver_rectification/函B1" in stage.due_soon_or_overdue()
    stage.tell("breach_corrected", "函B1")
    ours, theirs = stage.stands("rectification/四就函11"), stage.stands("receiver_rectification/函B1")
    zh, en = (
        "其他违约：我方3个工作日内整改；对方逾期有记录",
        "other breaches: ours in time; theirs late, on record",
    )
    outcome = f"{say(*WORDING[ours])} / {say(*WORDING[theirs])}"
    stage.show("breach", "六4", zh, en, outcome, late and (ours, theirs) == (Standing.MET, Standing.MET_LATE))


def _force_majeure(stage: Year) -> None:
    """A flood: notice in 24 hours, evidence in 15 days."""
    stage.at("2026-09-10T03:00")
    text = stage.letter(Notice.FORCE_MAJEURE, "洪水", "洪水致机房停运")
    stage.at("2026-09-10T20:00")
    stage.tell("force_majeure_notified", "洪水")
    stage.at("2026-09-22T09:00")
    warned = "force_majeure_evidence/洪水" in stage.due_soon_or_overdue()
    stage.at("2026-09-24T09:00")
    stage.tell("evidence_handed", "洪水")
    held = [stage.stands(f"force_majeure_{part}/洪水") for part in ("notice", "evidence")] == [Standing.MET] * 2
    zh, en = "不可抗力：24小时内通知，15日内提交证明", "force majeure: told in 24 hours, evidence in 15 days"
    stage.show("force_majeure", "九2", zh, en, "2026-09-25", held and ("2026年9月25日" in text) and not warned)


def _supplement(stage: Year) -> None:
    """A supplementary agreement adds townships from its day on."""
    stage.at("2026-10-12T09:00")
    path = stage.root / "agreements" / f"{AGREEMENT}.toml"
    added = (
        '\n[[amendments]]\nid = "townships"\nclause = "十1"\ntitle = { zh = "补充协议：增加乡镇", en = "townships" }\n'
        'effective = 2026-11-01\nenable = ["viewing_account"]\n'
        'levels = [{ dimension = "region", add = ["township"], tables = ["recruiting_area"] }]\n'
    )
    write_atomic(path, path.read_text(encoding="utf-8").replace("\n[clauses]", f"{added}\n[clauses]").encode())
    terms = stage.office.terms
    before, after = (levels(terms, "region", day, "recruiting_area") for day in (date(2026, 10, 31), date(2026, 11, 1)))
    zh, en = "补充协议自生效日起增加乡镇一级", "a supplement adds townships from its day on"
    held = "township" not in before and "township" in after
    stage.show("supplement", "十1 二(一)1", zh, en, "2026-11-01", held)
    off, on = (terms.enabled("viewing_account", day) for day in (date(2026, 10, 31), date(2026, 11, 1)))
    zh, en = "查看账号自补充协议生效日起可以开通", "a viewing account may be opened from the supplement's day on"
    stage.show("viewing_account", "三(一) 十1", zh, en, "2026-11-01", on and not off)


def _renewal(stage: Year) -> None:
    """The reminder, thirty days before the end; nobody renews."""
    stage.at("2026-11-18T09:00")
    reminded = "renewal/2026-12-31" in stage.due_soon_or_overdue()
    text = stage.letter(Notice.RENEWAL, AGREEMENT, "期满")
    zh, en = "期满前30日提醒续约", "a reminder thirty days before the end"
    stage.show("renewal", "七", zh, en, "2026-12-01", reminded and "2026年12月31日" in text)


def _end(stage: Year) -> None:
    """The end: nothing can be built or sent any more, and what survives goes on."""
    stage.at("2027-01-02T09:00")
    stage.due_soon_or_overdue()
    december = Period(year=2026, month=12)
    refused = stage.refused(lambda: run(stage.deployment, december, stage.now, stage.shown))
    held = refused is not None and int(refused.exit) == 19 and stage.stands(f"stop/{AGREEMENT}") is Standing.MET
    text = stage.letter(Notice.TERMINATION, AGREEMENT, "期满未续约")
    zh, en = "期满终止：立即停止提供，不能再编制", "the end: nothing can be built any more"
    stage.show("termination", "八1 七", zh, en, str(refused or "—"), held and "停止提供" in text)
    goes_on = [stage.stands(f"{name}/{AGREEMENT}") for name in ("confidentiality", "liability")]
    kept = stage.stands(f"keep_requests/{AGREEMENT}") is Standing.RUNNING
    zh, en = "保密义务继续，函件销毁期限继续计时", "confidentiality goes on, and so do the terms of deletion"
    outcome = say(*WORDING[Standing.PERMANENT])
    stage.show("goes_on", "五3 八2 四(二)6", zh, en, outcome, goes_on == [Standing.PERMANENT] * 2 and kept)


PLAYS: tuple[Callable[[Year], None], ...] = (
    _looking_ahead,
    _holiday,
    _late_foreseen,
    _late_unforeseen,
    _request_granted,
    _request_refused,
    _request_by_consent,
    _rectification,
    _breaches,
    _force_majeure,
    _supplement,
    _renewal,
    _end,
)
"""The year in order."""
