"""An ad-hoc request end to end: from the letter to a delivered answer of its own, and what is refused on the way."""

import dataclasses
import json
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.base.errors import DisclosureError, GatewayError, InputError, TermsError
from gateway.ledger import states
from gateway.model.cells import Protected, Status
from gateway.model.period import ZONE
from gateway.package import read_statement
from gateway.release.build.answering import AnswerFigures
from gateway.release.build.corridor import answer, run
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.chain import History
from gateway.release.review.approving import approve
from gateway.release.sending.delivering import deliver
from gateway.release.site.deployment import Deployment, load_deployment
from gateway.release.terms import requests
from gateway.release.terms.clocks import standings
from gateway.release.terms.requests import RequestState, fold, grant, judge_request, refuse_request, register
from gateway.release.upkeep.status import status
from gateway.verifier import verify_package
from tests.release.conftest import NOW, PERIOD, Site, silent

SECRET = "本局拟于下周研究餐饮业用工保障,请严格保密"
LETTER = f"关于商请提供数据的函。{SECRET}".encode()
ASKED = """format = "gateway-request/1"
reference = "四就函〔2026〕12号"
received = {received}
needed_by = {needed_by}
asked_by = "manager_a"
purpose = "policy"
clause = "二(一)4"
period = "2026-10"
area = ["220300"]
asks_for = ["{asks_for}"]
"""
TABLE = """name = "pay_by_county"
clause = "二(一)4"
title = { zh = "分县（市、区）计薪方式", en = "Pay by county" }
definition = { zh = "本月发布岗位的计薪方式。", en = "How the month's postings pay." }

[[dimensions]]
name = "region"
title = { zh = "地区", en = "Region" }
hierarchy = "region"
levels = ["city", "county"]

[[dimensions]]
name = "pay"
title = { zh = "计薪方式", en = "Pay" }
hierarchy = "pay"
levels = ["total", "unit"]

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
LATER = datetime(2026, 11, 9, 11, 0, tzinfo=ZONE)


def clock() -> datetime:
    return LATER


def request_file(
    site: Site, *, needed_by: str = "2026-11-12", asks_for: str = "aggregate", day: str = "2026-11-09"
) -> Path:
    path = site.root / f"request-{needed_by}-{asks_for}.toml"
    received = f"{day}T10:00:00+08:00"
    path.write_text(ASKED.format(received=received, needed_by=needed_by, asks_for=asks_for), encoding="utf-8")
    return path


def table_file(site: Site, text: str = TABLE) -> Path:
    path = site.root / "table.toml"
    path.write_text(text, encoding="utf-8")
    return path


def send(site: Site, deployment: Deployment, release: str, now: datetime) -> None:
    for steward in ("steward_a", "steward_b"):
        approve(deployment, release, site.sign(steward, release), now)
    deliver(deployment, release, lambda: now, silent, sleep=time.sleep, random=lambda: 0.5)


def everything_shown(_answer: AnswerFigures, table: Protected, _known: object) -> Protected:
    """A fault that would show every cell."""
    shown = {name: dict.fromkeys(cells, Status.PUBLISHED) for name, cells in table.status.items()}
    return dataclasses.replace(table, status=shown)


def test_from_the_letter_to_the_delivered_answer(connected: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = connected.deployment
    one, verdict = register(deployment, request_file(connected), LETTER, LATER)
    assert (one.id, one.state, verdict.within, one.short) == ("202610_A01", RequestState.REGISTERED, True, False)
    assert register(deployment, request_file(connected), LETTER, LATER)[0] == one  # the same letter once
    with pytest.raises(TermsError):
        refuse_request(deployment, one.id, LATER)  # what is within and in time has to be met
    assert grant(deployment, one.id, table_file(connected), LATER).state is RequestState.GRANTED

    with pytest.raises(DisclosureError):  # an answer is protected together with the month, so the month goes first
        answer(deployment, one.id, clock, silent)
    month = run(deployment, PERIOD, lambda: NOW, silent).release
    send(connected, deployment, month, LATER)

    with monkeypatch.context() as patch:
        patch.setattr(AnswerFigures, "_fixed", everything_shown)
        with pytest.raises(DisclosureError):
            answer(deployment, one.id, clock, silent)
    release = answer(deployment, one.id, clock, silent).release
    assert release == "LGTJ_220300_LHYG_202610_A01_R01"
    document = status(deployment, release)
    assert (document["state"], document["due"], document["target"]) == ("SUBMITTED", "2026-11-12", None)
    statement = read_statement(Path(document["files"]["statement"]).read_bytes())
    assert [entry.title for entry in statement.files if entry.role == "table"] == ["分县（市、区）计薪方式"]
    assert "table/pay_by_county" in statement.declarations
    assert statement.history_head == History(deployment).head()
    check_one_status_with_the_month(deployment, month, release)

    send(connected, deployment, release, LATER + timedelta(hours=1))
    assert connected.server is not None
    inbox = connected.server.folder / "inbox"
    passphrase = deployment.keyring.get(f"passphrase-{release}").decode()
    signers = deployment.allowed_signers_path.read_text()
    files = [path for path in inbox.iterdir() if path.name.startswith(release)]
    assert len(files) == 4
    package = next(path for path in files if path.suffix == ".zip")
    report = verify_package(package, allowed_signers=signers, at=LATER, passphrase=passphrase, recipient="manager_a")
    assert report.valid, report
    assert json.loads((inbox / f"{release}.manifest.json").read_bytes())["due"] == "2026-11-12"
    assert History(deployment).releases() == [month, release]
    assert fold(deployment.ledger.entries())[one.id].state is RequestState.ANSWERED
    rows = {row.clock.key: row for row in standings(deployment.office, LATER + timedelta(hours=2))}
    assert not rows[f"ad_hoc_answer/{one.id}"].clock.runs
    assert rows[f"ad_hoc_answer/{one.id}"].standing == "met"
    check_nothing_of_the_letter_is_readable(connected, deployment)


def check_one_status_with_the_month(deployment: Deployment, month: str, release: str) -> None:
    """A cell that the month has as well is withheld or shown here as it is there."""
    theirs = deployment.store(month, OPEN_NAMES).get_json("protected.json")
    mine = deployment.store(release, OPEN_NAMES).get_json("protected.json")
    by_county = {row[0]: row[-1] for row in theirs["recruiting_area"]["postings"]}
    totals = {row[0]: row[-1] for row in mine["pay_by_county"]["postings"] if row[1] == "T"}
    assert totals or {row[1] for row in mine["pay_by_county"]["postings"]}
    for region, state in totals.items():
        assert by_county[region] == state


def check_nothing_of_the_letter_is_readable(site: Site, deployment: Deployment) -> None:
    """四(二)6: neither on the disk nor in the ledger."""
    secret, asked = SECRET.encode(), b"gateway-request/1"
    for path in deployment.var.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert secret not in data, path
            assert asked not in data, path
    assert SECRET not in json.dumps([dict(entry.body) for entry in deployment.ledger.entries()], ensure_ascii=False)
    assert requests.text_of(deployment, "202610_A01", "letter") == LETTER


def test_a_request_for_individuals_is_refused_with_its_clause_in_a_drafted_reply(site: Site) -> None:
    deployment = site.deployment
    one, verdict = register(deployment, request_file(site, asks_for="individuals"), LETTER, LATER)
    assert [reason.clause for reason in verdict.against] == ["四(一)6"]
    with pytest.raises(TermsError) as caught:
        grant(deployment, one.id, table_file(site), LATER)
    assert "四(一)6“不得要求乙方提供本协议约定范围外的敏感数据、个体数据”" in caught.value.zh
    reply = refuse_request(deployment, one.id, LATER)
    for text in (
        "四平市就业服务局：",
        "《四就函〔2026〕12号》",
        "四(一)6“不得要求乙方提供",
        "不能提供",
        "2026年11月9日",
    ):
        assert text in reply
    assert SECRET not in reply
    found = fold(deployment.ledger.entries())[one.id]
    assert (found.state, found.clauses) == (RequestState.REFUSED, ("四(一)6",))
    assert refuse_request(deployment, one.id, LATER + timedelta(days=1)) == reply  # the same letter, once
    with pytest.raises(TermsError):
        answer(deployment, one.id, clock, silent)
    rows = {row.clock.key: row for row in standings(deployment.office, LATER + timedelta(hours=2))}
    assert rows[f"ad_hoc_answer/{one.id}"].standing == "met"
    assert [entry.kind for entry in deployment.ledger.entries() if entry.release] == []
    assert states(deployment.ledger.entries()) == {}


def test_a_shorter_notice_is_met_by_consent_or_answered_with_the_first_day(site: Site) -> None:
    deployment = site.deployment
    one, verdict = register(deployment, request_file(site, needed_by="2026-11-10"), LETTER, LATER)
    assert one.short
    assert verdict.earliest is not None
    with pytest.raises(TermsError):
        grant(deployment, one.id, table_file(site), LATER)
    granted = grant(deployment, one.id, table_file(site), LATER, consent=True)
    assert (granted.state, granted.consent) == (RequestState.GRANTED, True)

    other, _ = register(deployment, request_file(site, needed_by="2026-11-11"), LETTER + b"2", LATER)
    assert other.id == "202610_A02"
    assert "最早可于2026年11月12日提供" in refuse_request(deployment, other.id, LATER)


BAD = {
    "a date before the notice": ({"needed_by": "2026-11-08"}, LETTER, LATER),
    "data that the agreement has no word for": ({"asks_for": "rumours"}, LETTER, LATER),
    "received in the future": ({}, LETTER, LATER - timedelta(days=1)),
    "an empty letter": ({}, b"", LATER),
}


@pytest.mark.parametrize("name", BAD)
def test_what_can_not_be_is_refused_recorded_and_not_registered(site: Site, name: str) -> None:
    changed, letter, now = BAD[name]
    deployment = site.deployment
    with pytest.raises(GatewayError):
        register(deployment, request_file(site, **changed), letter, now)
    entries = deployment.ledger.entries()
    (refused,) = [entry for entry in entries if entry.kind == requests.NOT_REGISTERED]
    assert refused.body["error"]
    assert SECRET not in str(refused.body)
    assert fold(entries) == {}
    assert not (deployment.var / "requests").exists()


TABLES = {
    "out of scope": TABLE.replace('clause = "二(一)4"', 'clause = "二(二)1"'),
    "a dimension that the agreement does not name": TABLE.replace('name = "pay"\n', 'name = "employer"\n'),
    "a level that does not exist": TABLE.replace('levels = ["total", "unit"]', 'levels = ["total", "cent"]'),
    "the name of a monthly table": TABLE.replace('name = "pay_by_county"', 'name = "pay_bands"'),
    "townships": TABLE.replace('levels = ["city", "county"]', 'levels = ["township"]'),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_the_agreement_or_the_deployment_does_not_have_is_not_granted(site: Site, name: str) -> None:
    deployment = site.deployment
    one, _ = register(deployment, request_file(site), LETTER, LATER)
    with pytest.raises(GatewayError):
        grant(deployment, one.id, table_file(site, TABLES[name]), LATER)
    assert requests.find(deployment, one.id).state is RequestState.REGISTERED


def test_withdrawn_and_unknown_requests(site: Site) -> None:
    deployment = site.deployment
    one, _ = register(deployment, request_file(site), LETTER, LATER)
    assert requests.withdraw(deployment, one.id, LATER).state is RequestState.WITHDRAWN
    for act in (
        lambda: grant(deployment, one.id, table_file(site), LATER),
        lambda: answer(deployment, one.id, clock, silent),
        lambda: requests.find(deployment, "202610_A09"),
    ):
        with pytest.raises(TermsError):
            act()
    with pytest.raises(InputError):
        requests.text_of(deployment, one.id, "reply.txt")


def test_nothing_is_granted_or_answered_outside_the_term(site: Site) -> None:
    deployment = site.deployment
    one, _ = register(deployment, request_file(site), LETTER, LATER)
    grant(deployment, one.id, table_file(site), LATER)
    after = datetime(2028, 1, 3, 9, 0, tzinfo=ZONE)
    with pytest.raises(TermsError):
        answer(load_deployment(site.root, LATER), one.id, lambda: after, silent)
    ended = dataclasses.replace(
        deployment,
        terms=deployment.terms.model_copy(
            update={"term": deployment.terms.term.model_copy(update={"ended": LATER.date() - timedelta(days=1)})}
        ),
    )
    assert not judge_request(ended, requests.asked_of(deployment, one.id)).within


def test_the_commands(site: Site) -> None:
    asked, letter = request_file(site, asks_for="individuals"), site.root / "letter.pdf"
    letter.write_bytes(LETTER)
    made = site.gateway("request", "register", str(asked), "--letter", str(letter), "--json")
    assert made.returncode == 0, made.stderr
    document = json.loads(made.stdout)
    assert document["against"][0]["clause"] == "四(一)6"
    out = site.root / "reply.txt"
    refused = site.gateway("request", "refuse", document["request"], "--out", str(out), "--json")
    assert json.loads(refused.stdout)["state"] == "refused"
    assert "四(一)6" in out.read_text(encoding="utf-8")
    listed = site.gateway("request", "list", "--json")
    assert [row["state"] for row in json.loads(listed.stdout)] == ["refused"]
    assert site.gateway("request", "grant", document["request"], "--table", str(table_file(site))).returncode == 19
    assert site.gateway("request", "show", "202610_A07").returncode == 19
    assert SECRET not in made.stdout + made.stderr + refused.stdout + listed.stdout
    assert requests.find(site.deployment, document["request"]).state is RequestState.REFUSED
