"""Ad-hoc requests: registered, checked, refused with a drafted reply or granted as a table declaration (三(二)).

A request is known by ``YYYYMM_Ann``, the period and kind of the release that answers it. Its letter, its file, its
table and our reply are the bureau's working secrets (四(二)6): they lie encrypted below ``var/requests`` and stand in
no log; the ledger holds dates, reference, clauses and digests. How a request stands is a fold over the ledger."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from gateway.agreement import Happening, check_in_force, due, permit
from gateway.agreement.request import RequestFile, Verdict, judge
from gateway.base.canonical import digest, encode_for_people
from gateway.base.errors import GatewayError, InputError, TermsError
from gateway.base.files import PRIVATE, write_atomic
from gateway.base.toml import load_toml
from gateway.ledger import Entry, head_of, states
from gateway.model.period import ZONE, Period
from gateway.model.release import ReleaseId, State
from gateway.model.table import TableSpec
from gateway.quality import generic_suite
from gateway.release.site.deployment import Deployment, check_table
from gateway.release.site.kinds import REQUESTS
from gateway.release.site.office import Office
from gateway.release.terms.clocks import check_time, happen, refuse
from gateway.release.terms.letters import refusal

REGISTERED, REFUSED, GRANTED, WITHDRAWN = (
    "request.registered",
    "request.refused",
    "request.granted",
    "request.withdrawn",
)
NOT_REGISTERED = "request.not_registered"
MOST = 99


class RequestState(StrEnum):
    """How a request stands; once it is granted, its release's state says more."""

    REGISTERED = "registered"
    REFUSED = "refused"
    GRANTED = "granted"
    BUILT = "built"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


WORDING = {
    RequestState.REGISTERED: ("已登记，待答复", "registered, to be answered"),
    RequestState.REFUSED: ("已婉拒", "refused"),
    RequestState.GRANTED: ("已同意，待编制", "granted, to be built"),
    RequestState.BUILT: ("编制、签批中", "being built and approved"),
    RequestState.ANSWERED: ("已提供", "answered"),
    RequestState.WITHDRAWN: ("对方已撤回", "withdrawn"),
}
SENT = frozenset({State.DELIVERED, State.ACKNOWLEDGED, State.DISPUTED, State.RECALLED, State.SUPERSEDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as the ledger knows it. ``clauses``: on which it was refused; ``consent``: whether the platform agreed
    to a shorter notice; ``release``: the latest revision of its answer."""

    id: str
    reference: str
    letter: str
    received: str
    needed_by: str
    state: RequestState
    short: bool
    clauses: tuple[str, ...] = ()
    consent: bool = False
    release: str | None = None

    @property
    def period(self) -> Period:
        """The month that it is about."""
        return Period.parse(f"{self.id[:4]}-{self.id[4:6]}")

    @property
    def kind(self) -> str:
        """``A01``, as in its release's id."""
        return self.id[7:]


def register(deployment: Deployment, path: Path, letter: bytes, now: datetime) -> tuple[Request, Verdict]:
    """Takes in the request in the file at ``path`` with its ``letter``, and judges it; again gives the same request.

    What can't be (a date before the notice, an unknown kind of data, received in the future) is refused and recorded,
    and nothing is registered. Raises ConfigurationError, InputError, TermsError."""
    ledger, operator = deployment.ledger, deployment.settings.operator
    try:
        check_time(ledger, now)
        asked = load_toml(path, RequestFile)
        _check_received(asked, letter, now)
        verdict = judge_request(deployment, asked)
    except GatewayError as error:
        refuse(ledger, error, actor=operator, now=now, what=path.name, kind=NOT_REGISTERED)
        raise
    entries = ledger.entries()
    sha = digest(letter)
    for known in fold(entries).values():
        if (known.letter, known.reference) == (sha, asked.reference):
            return known, verdict
    id = _next_id(entries, asked.month)
    _keep(deployment, id, "letter", letter)
    _keep(deployment, id, "request.json", encode_for_people(asked.model_dump(mode="json")))
    body = {
        "request": id,
        "reference": asked.reference,
        "letter": sha,
        "received": asked.received.astimezone(ZONE).isoformat(),
        "needed_by": asked.needed_by.isoformat(),
        "asked_by": asked.asked_by,
        "short": verdict.short,
    }
    ledger.append(REGISTERED, actor=operator, body=body, at=now, expect=head_of(entries))
    _clock(deployment, "request_notified", id, asked.received, now, sets=asked.needed_by)
    return find(deployment, id), verdict


def judge_request(deployment: Deployment, asked: RequestFile) -> Verdict:
    """Whether the agreement covers it. Raises TermsError for a kind of data that the agreement does not know."""
    region = deployment.hierarchies["region"]
    return judge(
        deployment.terms,
        asked,
        deployment.calendar,
        lambda code: region[code].level if code in region else None,
    )


def refuse_request(deployment: Deployment, id: str, now: datetime) -> str:
    """Refuses it with the clauses against it, or because the notice was too short; the drafted reply.

    Raises TermsError for one that the agreement covers and that came in time, or that was answered already."""
    asked, one = asked_of(deployment, id), _open(deployment, id, {RequestState.REGISTERED, RequestState.REFUSED})
    verdict = judge_request(deployment, asked)
    if one.state is RequestState.REFUSED:
        return text_of(deployment, id, "reply.txt").decode()
    if verdict.within and not verdict.short:
        raise TermsError(
            f"需求 {id} 在协议范围内且提前期足够，应予配合（三(二)）",
            f"the request {id} is within the agreement and came in time: it has to be met",
            safe=("没有改动", "nothing was changed"),
            next=f"gateway request grant {id} --table TABLE.toml",
        )
    reply = refusal(deployment.terms, asked, verdict, now.astimezone(ZONE).date()).text()
    _keep(deployment, id, "reply.txt", reply.encode())
    clauses = [reason.clause for reason in verdict.against] or [deployment.terms.delivery.clause]
    body: dict[str, object] = {"request": id, "clauses": clauses, "reply": digest(reply.encode())}
    _record(deployment, REFUSED, body, now)
    _clock(deployment, "request_closed", id, now, now)
    return reply


def grant(deployment: Deployment, id: str, table: Path, now: datetime, *, consent: bool = False) -> Request:
    """Grants it as the declared ``table``; ``consent``: the platform's word that it meets a shorter notice.

    Raises TermsError when the agreement does not cover the request or the table, or when the notice is short and
    nobody consents; ConfigurationError for a mistake in the declaration."""
    asked, one = asked_of(deployment, id), _open(deployment, id, {RequestState.REGISTERED, RequestState.GRANTED})
    check_in_force(deployment.terms, now.astimezone(ZONE).date())
    verdict = judge_request(deployment, asked)
    _check_covered(deployment, id, verdict, consent=consent)
    spec = check_table(load_toml(table, TableSpec), table, deployment.hierarchies)
    spec = permit(deployment.terms, spec, now.astimezone(ZONE).date())
    if spec.name in {known.name for known in deployment.tables} or spec.derived:
        raise TermsError(
            f"{table.name}：临时表须有自己的名称，且不含派生指标",
            f"{table.name}: an ad-hoc table has a name of its own and no derived figures",
            safe=("没有改动", "nothing was changed"),
        )
    data = encode_for_people(spec.model_dump(mode="json"))
    if one.state is RequestState.GRANTED and text_of(deployment, id, "table.json") == data:
        return one
    _keep(deployment, id, "table.json", data)
    body = {"request": id, "table": digest(data), "consent": consent and verdict.short}
    _record(deployment, GRANTED, body, now)
    return find(deployment, id)


def withdraw(deployment: Deployment, id: str, now: datetime) -> Request:
    """The bureau takes it back. Raises TermsError when it was answered or refused already."""
    _open(deployment, id, {RequestState.REGISTERED, RequestState.GRANTED})
    _record(deployment, WITHDRAWN, {"request": id}, now)
    _clock(deployment, "request_closed", id, now, now)
    return find(deployment, id)


def fold(entries: Iterable[Entry]) -> dict[str, Request]:
    """Every request, by id."""
    entries = tuple(entries)
    found: dict[str, Request] = {}
    for entry in entries:
        body = entry.body
        match entry.kind:
            case "request.registered":
                found[body["request"]] = Request(
                    id=body["request"],
                    reference=body["reference"],
                    letter=body["letter"],
                    received=body["received"],
                    needed_by=body["needed_by"],
                    short=body["short"],
                    state=RequestState.REGISTERED,
                )
            case "request.refused":
                one = found[body["request"]]
                found[one.id] = replace(one, state=RequestState.REFUSED, clauses=tuple(body["clauses"]))
            case "request.granted":
                one = found[body["request"]]
                found[one.id] = replace(one, state=RequestState.GRANTED, consent=body["consent"])
            case "request.withdrawn":
                one = found[body["request"]]
                found[one.id] = replace(one, state=RequestState.WITHDRAWN)
    for name, view in states(entries).items():
        release = ReleaseId.parse(name)
        id = f"{release.period.compact}_{release.kind}"
        if id in found:
            state = RequestState.ANSWERED if view.state in SENT else RequestState.BUILT
            found[id] = replace(found[id], state=state, release=name)
    return found


def find(deployment: Deployment | Office, id: str) -> Request:
    """The request. Raises TermsError when there is none."""
    one = fold(deployment.ledger.entries()).get(id)
    if one is None:
        raise TermsError(f"没有需求 {id}", f"there is no request {id}", next="gateway request list")
    return one


def asked_of(deployment: Deployment, id: str) -> RequestFile:
    """What it asks for, as it was typed in."""
    find(deployment, id)
    return RequestFile.model_validate_json(text_of(deployment, id, "request.json"))


def text_of(deployment: Deployment, id: str, name: str) -> bytes:
    """One of its sealed texts: ``letter``, ``request.json``, ``table.json``, ``reply.txt``. Raises InputError."""
    path = _path(deployment, id, name)
    if not path.is_file():
        raise InputError(f"需求 {id} 没有 {name}", f"the request {id} has no {name}", next=f"gateway request show {id}")
    return deployment.sealer(id, REQUESTS).open_sealed(path.read_bytes(), _purpose(id, name))


def first_release(deployment: Deployment, one: Request) -> ReleaseId:
    """The id of the first release that answers it."""
    return deployment.terms.release(one.period, kind=one.kind)


def dressed(deployment: Deployment, release: str) -> Deployment:
    """The deployment as ``release`` needs it: for an ad-hoc answer with its own table and suite instead of the month's.

    Raises TermsError when it answers no request that was granted."""
    parsed = ReleaseId.parse(release)
    if parsed.kind == "M":
        return deployment
    one = find(deployment, f"{parsed.period.compact}_{parsed.kind}")
    if one.state not in {RequestState.GRANTED, RequestState.BUILT, RequestState.ANSWERED}:
        raise TermsError(
            f"需求 {one.id} 尚未同意",
            f"the request {one.id} is not granted",
            safe=("未生成、未发送任何内容", "nothing was built or sent"),
            next=f"gateway request show {one.id}",
        )
    spec = TableSpec.model_validate(json.loads(text_of(deployment, one.id, "table.json")))
    suites = {spec.name: generic_suite(spec)}
    return replace(deployment, tables=(spec,), given_suites=suites, beside=deployment.tables)


def due_date(deployment: Deployment, release: ReleaseId) -> date | None:
    """When a release is due: a month by the agreement, an answer by the date that the bureau needs it; None where the
    year's notice is not known."""
    if release.kind == "M":
        return due(deployment.terms, release.period, deployment.calendar).due
    return date.fromisoformat(find(deployment, f"{release.period.compact}_{release.kind}").needed_by)


def _check_received(asked: RequestFile, letter: bytes, now: datetime) -> None:
    unchanged = ("没有登记", "nothing was registered")
    if not letter:
        raise InputError("来函文件是空的", "the letter's file is empty", safe=unchanged)
    if asked.received > now:
        raise InputError("收到时间在将来", "it was received in the future", safe=unchanged)
    if now < asked.month.end:
        raise InputError(f"{asked.period} 尚未结束", f"{asked.period} has not ended", safe=unchanged)


def _check_covered(deployment: Deployment, id: str, verdict: Verdict, *, consent: bool) -> None:
    if verdict.against:
        terms = deployment.terms
        zh = "；".join(f"{r.zh}（{r.clause}“{terms.clauses[r.clause]}”）" for r in verdict.against)
        en = "; ".join(f"{r.en} ({r.clause})" for r in verdict.against)
        raise TermsError(
            f"需求 {id} 超出协议：{zh}",
            f"the request {id} is beyond the agreement: {en}",
            safe=("没有改动", "nothing was changed"),
            next=f"gateway request refuse {id}",
        )
    if verdict.short and not consent:
        raise TermsError(
            f"需求 {id} 不足3个工作日的提前期；平台自愿满足的，加 --consent",
            f"the request {id} came with less notice than agreed; where the platform meets it all the same: --consent",
            safe=("没有改动", "nothing was changed"),
            next=f"gateway request refuse {id}",
        )


def _open(deployment: Deployment, id: str, states: set[RequestState]) -> Request:
    one = find(deployment, id)
    if one.state not in states:
        zh, en = WORDING[one.state]
        raise TermsError(
            f"需求 {id} 的状态是：{zh}",
            f"the request {id} is {en}",
            safe=("没有改动", "nothing was changed"),
            next=f"gateway request show {id}",
        )
    return one


def _next_id(entries: Iterable[Entry], period: Period) -> str:
    taken = [id for id in fold(entries) if id.startswith(f"{period.compact}_")]
    if len(taken) >= MOST:
        raise InputError(f"{period} 的需求已达 {MOST} 件", f"{period} has {MOST} requests already")
    return f"{period.compact}_A{len(taken) + 1:02}"


def _record(deployment: Deployment, kind: str, body: dict[str, object], now: datetime) -> None:
    check_time(deployment.ledger, now)
    deployment.ledger.append(
        kind, actor=deployment.settings.operator, body=body, at=now, expect=deployment.ledger.head()
    )


def _clock(deployment: Deployment, event: str, id: str, at: datetime, now: datetime, sets: date | None = None) -> None:
    """Tells the clocks, where the agreement has one for requests."""
    office, terms = deployment.office, deployment.terms
    if any(event in (row.started_by, row.stopped_by) for row in terms.all_clocks):
        told = Happening(event=event, subject=id, at=at, sets=sets)
        happen(office, terms.id, told, actor=deployment.settings.operator, now=now)


def _keep(deployment: Deployment, id: str, name: str, data: bytes) -> None:
    write_atomic(
        _path(deployment, id, name), deployment.sealer(id, REQUESTS).seal(data, _purpose(id, name)), mode=PRIVATE
    )


def _path(deployment: Deployment, id: str, name: str) -> Path:
    return deployment.var / "requests" / id / f"{name}.sealed"


def _purpose(id: str, name: str) -> str:
    return f"request/{id}/{name}"
