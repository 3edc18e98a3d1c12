"""Receipts that count and those that don't: each refusal is on record with its reason, and changes nothing else."""

import csv
import html
import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.base.canonical import digest, encode_for_people
from gateway.base.errors import InputError, IntegrityError, ReceiptError, TermsError
from gateway.base.sshsig import MANIFEST, RECEIPT, generate_key, sign
from gateway.model.documents import LedgerHead
from gateway.model.release import Event, State
from gateway.package import register_files
from gateway.receiving import PackageRefusedError, receive
from gateway.release.build.corridor import Book, note, run, supersede
from gateway.release.review.approving import approve
from gateway.release.sending.acknowledging import acknowledge
from gateway.release.sending.delivering import deliver
from gateway.release.sending.recalling import confirm, recall, recalled
from gateway.release.sending.receipts import STRAY, disposition, fetch_receipts, register_receipt
from gateway.release.sending.sealing import acceptance_name, package_of, passphrase_name
from gateway.release.sending.telling import tell_passphrase
from gateway.release.site.kinds import PACKAGES
from gateway.release.site.office import load_office
from gateway.release.terms.clocks import due_now, record_told
from gateway.release.upkeep.keys import revoke
from gateway.release.upkeep.registers import REGISTERS, register
from gateway.release.upkeep.status import alerts
from tests.release.conftest import NOW, PERIOD, Site, clock, point, silent
from tests.servers import Sshd, sshd

RELEASE = "LGTJ_220300_LHYG_202610_M_R01"


@pytest.fixture(scope="module")
def sent(founded: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A release at a real sshd, with no receipt yet; tests copy the deployment and share the server."""
    folder = tmp_path_factory.mktemp("sent")
    shutil.copytree(founded.root, folder / "platform")
    for name in ("inbox", "receipts"):
        (folder / "bureau" / name).mkdir(parents=True)
    with sshd(folder / "sshd", folder=folder / "bureau") as server:
        point(folder / "platform", server)
        site = Site(root=folder / "platform", people=founded.people, server=server)
        run(site.deployment, PERIOD, clock, silent)
        for steward in ("steward_a", "steward_b"):
            approve(site.deployment, RELEASE, site.sign(steward, RELEASE), NOW)
        deliver(site.deployment, RELEASE, clock, silent, sleep=time.sleep, random=lambda: 0.5)
        yield site


@dataclass(frozen=True)
class Desk:
    """A copy of the deployment, and the bureau's good receipt for its release."""

    site: Site
    server: Sshd
    receipt: dict[str, Any]

    @property
    def view(self) -> Any:
        return Book.read(self.site.deployment).view(RELEASE)

    def put(self, document: dict[str, Any] | bytes, key: bytes | None = None, **how: Any) -> None:
        """Lays a receipt on the server."""
        data = document if isinstance(document, bytes) else encode_for_people(document)
        name = f"{how.get('name', RELEASE)}.{how.get('kind', 'R1')}.json"
        folder = self.server.folder / "receipts"
        (folder / name).write_bytes(data)
        armored = sign(data, key or self.site.people.get("manager_a"), how.get("namespace", RECEIPT))
        (folder / f"{name}.sig").write_text(armored)

    def fetch(self) -> list[Any]:
        return fetch_receipts(self.site.deployment, NOW)

    def refusals(self) -> list[str]:
        kinds = (Event.RECEIPT_REFUSED, STRAY)
        return [e.body["reason"] for e in self.site.deployment.ledger.entries() if e.kind in kinds]


@pytest.fixture
def desk(sent: Site, tmp_path: Path) -> Desk:
    assert sent.server is not None
    shutil.copytree(sent.root, tmp_path / "platform")
    folder = sent.server.folder / "receipts"
    for path in folder.iterdir():
        path.unlink()
    site = Site(root=tmp_path / "platform", people=sent.people, server=sent.server)
    return Desk(site=site, server=sent.server, receipt=received(site, tmp_path / "bureau"))


def received(site: Site, folder: Path, passphrase: str | None = None) -> dict[str, Any]:
    """What the bureau's own program signs."""
    assert site.server is not None
    deployment = site.deployment
    told = passphrase or deployment.keyring.get(passphrase_name(RELEASE)).decode()
    try:
        receive(
            [site.server.folder / "inbox"],
            passphrase=told,
            allowed_signers=deployment.allowed_signers_path.read_text(),
            recipient="manager_a",
            key=site.people.get("manager_a"),
            register=folder / "register.db",
            receipts=folder / "receipts",
            unpack=None,
            now=NOW,
        )
    except PackageRefusedError:
        assert passphrase
    document: dict[str, Any] = json.loads((folder / "receipts" / f"{RELEASE}.R1.json").read_bytes())
    return document


# receipts that count -----------------------------------------------------------------------------------------------


def test_a_good_receipt_acknowledges_and_says_who_when_what(desk: Desk) -> None:
    desk.put(desk.receipt)
    assert [view.state for view in desk.fetch()] == [State.ACKNOWLEDGED]
    (entry,) = [e for e in desk.site.deployment.ledger.entries() if e.kind == Event.RECEIPT]
    assert (entry.body["kind"], entry.body["person"], entry.body["disposition"]) == ("R1", "manager_a", "processed")
    assert entry.body["confirmed"].startswith("2026-11-02T09:00")
    assert desk.fetch() == []
    assert desk.refusals() == []


def test_a_receipt_of_a_failure_is_recorded_and_the_next_one_acknowledges(desk: Desk, tmp_path: Path) -> None:
    failed = received(desk.site, tmp_path / "other", passphrase="WRONG")
    assert failed["disposition"] == "failed/decrypt"
    desk.put(failed)
    assert [view.state for view in desk.fetch()] == [State.DELIVERED]
    assert disposition(desk.site.deployment, RELEASE) == "failed/decrypt"
    assert desk.site.deployment.keyring.has(passphrase_name(RELEASE))
    desk.put({**desk.receipt, "previous": digest(encode_for_people(failed))})
    assert [view.state for view in desk.fetch()] == [State.ACKNOWLEDGED]
    assert not desk.site.deployment.keyring.has(passphrase_name(RELEASE))


@pytest.mark.parametrize("days", [-1, 1])
def test_a_receiver_whose_clock_is_a_day_off_is_believed(desk: Desk, days: int) -> None:
    moved = {key: _moved(desk.receipt[key], days) for key in ("arrived_at", "decrypted_at", "confirmed_at")}
    desk.put(desk.receipt | moved)
    assert [view.state for view in desk.fetch()] == [State.ACKNOWLEDGED]


def _moved(text: str, days: int) -> str:
    from datetime import datetime

    return (datetime.fromisoformat(text) + timedelta(days=days)).isoformat()


# receipts that don't -----------------------------------------------------------------------------------------------

FORGERIES: dict[str, tuple[Callable[[Desk], None], str]] = {
    "signed by a stranger": (lambda d: d.put(d.receipt, generate_key()), "forged"),
    "signed by a steward": (lambda d: d.put(d.receipt, d.site.people.get("steward_a")), "forged"),
    "signed as a manifest": (lambda d: d.put(d.receipt, namespace=MANIFEST), "forged"),
    "signed by another manager": (lambda d: d.put(d.receipt, d.site.people.get("manager_b")), "wrong-recipient"),
    "in another's name": (lambda d: d.put(d.receipt | {"receiver": "manager_c"}), "wrong-recipient"),
    "for another release": (lambda d: d.put(d.receipt | {"release": RELEASE.replace("10", "09")}), "crossed"),
    "for another digest": (lambda d: d.put(d.receipt | {"package_sha256": "0" * 64}), "crossed"),
    "processed, over other bytes": (lambda d: d.put(d.receipt | {"received_sha256": "0" * 64}), "crossed"),
    "processed, over other bytes by SM3": (lambda d: d.put(d.receipt | {"received_sm3": "0" * 64}), "crossed"),
    "for another digest by SM3": (lambda d: d.put(d.receipt | {"package_sm3": "0" * 64}), "crossed"),
    "for another manifest by SM3": (lambda d: d.put(d.receipt | {"manifest_sm3": "0" * 64}), "crossed"),
    "for another manifest": (lambda d: d.put(d.receipt | {"manifest_sha256": "0" * 64}), "crossed"),
    "for another ledger": (lambda d: d.put(d.receipt | {"ledger": {"length": 1, "head": "0" * 64}}), "crossed"),
    "without the code": (lambda d: d.put(d.receipt | {"acceptance": None}), "wrong-code"),
    "with a guessed code": (lambda d: d.put(d.receipt | {"acceptance": "AAAA-AAAA-AAAA"}), "wrong-code"),
    "before it was sealed": (
        lambda d: d.put(d.receipt | {"arrived_at": "2026-10-01T09:00:00+08:00"}),
        "wrong-time",
    ),
    "in the future": (lambda d: d.put(d.receipt | {"confirmed_at": "2026-12-01T09:00:00+08:00"}), "wrong-time"),
    "without a zone": (lambda d: d.put(d.receipt | {"arrived_at": "2026-11-02T09:00:00"}), "wrong-time"),
    "with a key more": (lambda d: d.put(d.receipt | {"note": "x"}), "malformed"),
    "with an unknown algorithm": (lambda d: d.put(d.receipt | {"alg": {"digest": "md5"}}), "unknown-algorithm"),
    "with an unknown disposition": (lambda d: d.put(d.receipt | {"disposition": "processed/warning"}), "malformed"),
    "a failed check called processed": (
        lambda d: d.put(d.receipt | {"checks": [{"name": "files", "passed": False, "reason": "x"}]}),
        "malformed",
    ),
    "no JSON": (lambda d: d.put(b"\xff\xfe"), "malformed"),
    "R1 under the name of R2": (lambda d: d.put(d.receipt, kind="R2"), "malformed"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_does_not_count_is_refused_on_record_once(desk: Desk, name: str) -> None:
    lay, reason = FORGERIES[name]
    lay(desk)
    for _ in range(2):
        with pytest.raises(ReceiptError):
            desk.fetch()
    assert desk.refusals() == [reason]
    assert desk.view.state is State.DELIVERED
    assert desk.site.deployment.keyring.has(passphrase_name(RELEASE))
    for path in (desk.server.folder / "receipts").iterdir():
        path.unlink()
    desk.put(desk.receipt)
    assert [view.state for view in desk.fetch()] == [State.ACKNOWLEDGED]


def test_a_revoked_manager_can_not_sign_for_what_was_sent_before(desk: Desk) -> None:
    revoke(desk.site.deployment, "manager_a", "left", NOW)
    desk.put(desk.receipt)
    with pytest.raises(ReceiptError):
        desk.fetch()
    assert desk.refusals() == ["forged"]


def test_an_older_receipt_put_back_is_a_replay(desk: Desk, tmp_path: Path) -> None:
    first = received(desk.site, tmp_path / "one", passphrase="WRONG")
    desk.put(first)
    desk.fetch()
    desk.put({**first, "disposition": "failed/integrity", "previous": digest(encode_for_people(first))})
    desk.fetch()
    desk.put(first)
    with pytest.raises(ReceiptError, match="older receipt"):
        desk.fetch()
    assert desk.refusals() == ["replayed"]


@pytest.mark.parametrize("event", [Event.DISPUTED, Event.RECALLED])
def test_a_receipt_after_the_end_comes_late_and_stops_nothing(desk: Desk, event: Event) -> None:
    note(desk.site.deployment, event, RELEASE, "operator_a", {"reason": "wrong month"}, NOW)
    desk.put(desk.receipt)
    for _ in range(2):
        assert desk.fetch() == []
    assert desk.refusals() == ["late"]


def test_a_receipt_for_what_was_never_sent_is_recorded(desk: Desk) -> None:
    desk.put(desk.receipt, name=RELEASE.replace("LHYG", "OTHER"))
    assert desk.fetch() == []
    assert desk.refusals() == ["unknown-release"]


FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(choice=st.data())
def test_any_change_of_a_signed_receipt_is_refused(desk: Desk, choice: st.DataObject) -> None:
    data = bytearray(encode_for_people(desk.receipt))
    armored = sign(bytes(data), desk.site.people.get("manager_a"), RECEIPT)
    at = choice.draw(st.integers(0, len(data) - 1))
    data[at] ^= choice.draw(st.integers(1, 255))
    with pytest.raises(ReceiptError):
        register_receipt(desk.site.deployment, desk.view, bytes(data), armored.encode(), NOW)
    assert desk.view.state is State.DELIVERED


# a named person ----------------------------------------------------------------------------------------------------


def code_of(site: Site) -> str:
    return site.deployment.keyring.get(acceptance_name(RELEASE)).decode()


def test_the_code_from_inside_the_package_told_back_acknowledges(desk: Desk) -> None:
    view = acknowledge(desk.site.deployment, RELEASE, "manager_b", NOW, code=f" {code_of(desk.site).lower()}\n")
    assert view.state is State.ACKNOWLEDGED
    (entry,) = [e for e in desk.site.deployment.ledger.entries() if e.kind == Event.RECEIPT]
    assert (entry.body["kind"], entry.body["basis"], entry.body["person"]) == ("R2", "acceptance-code", "manager_b")
    assert not desk.site.deployment.keyring.has(passphrase_name(RELEASE))


def test_the_stamped_slip_is_entered_by_digest_and_kept_encrypted(desk: Desk) -> None:
    scan = b"%PDF-1.7 a stamped page"
    assert acknowledge(desk.site.deployment, RELEASE, "manager_a", NOW, scan=scan).state is State.ACKNOWLEDGED
    (entry,) = [e for e in desk.site.deployment.ledger.entries() if e.kind == Event.RECEIPT]
    assert entry.body["evidence"] == digest(scan)
    folder = desk.site.root / "var" / "releases" / RELEASE / "receipts"
    (sealed,) = folder.glob("*.sealed")
    assert scan not in sealed.read_bytes()
    sealer = desk.site.deployment.sealer(RELEASE, PACKAGES)
    assert sealer.open_sealed(sealed.read_bytes(), f"slip-scan/{RELEASE}") == scan
    document = json.loads((folder / f"{RELEASE}.confirmation.json").read_bytes())
    assert document["evidence"] | {"bytes": 0} == {
        "bytes": 0,
        "sha256": digest(scan),
        "sm3": document["evidence"]["sm3"],
    }


def test_a_later_machine_receipt_still_counts(desk: Desk) -> None:
    acknowledge(desk.site.deployment, RELEASE, "manager_a", NOW, code=code_of(desk.site))
    desk.put(desk.receipt)
    assert [view.state for view in desk.fetch()] == [State.ACKNOWLEDGED]
    assert len(desk.view.receipts) == 2


@pytest.mark.parametrize(
    ("person", "how", "reason"),
    [
        ("manager_a", {"code": "AAAA-AAAA-AAAA"}, "wrong-code"),
        ("manager_a", {"code": ""}, "wrong-code"),
        ("manager_c", {"scan": b"x"}, "wrong-recipient"),
        ("steward_a", {"scan": b"x"}, "wrong-recipient"),
        ("manager_a", {"scan": b"x", "received": NOW - timedelta(days=30)}, "wrong-time"),
        ("manager_a", {"scan": b"x", "received": NOW + timedelta(hours=1)}, "wrong-time"),
    ],
)
def test_a_confirmation_that_does_not_hold(desk: Desk, person: str, how: dict[str, Any], reason: str) -> None:
    with pytest.raises(ReceiptError):
        acknowledge(desk.site.deployment, RELEASE, person, NOW, **how)
    assert desk.refusals() == [reason]
    assert desk.view.state is State.DELIVERED
    assert not package_of(desk.site.deployment, RELEASE).folder.parent.joinpath("receipts").exists()


@pytest.mark.parametrize("how", [{}, {"code": "x", "scan": b"x"}, {"scan": b""}])
def test_exactly_one_proof_is_asked_for(desk: Desk, how: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        acknowledge(desk.site.deployment, RELEASE, "manager_a", NOW, **how)


def test_by_the_command_the_code_comes_from_stdin_and_is_not_repeated(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "code"
    secret.write_text("WRON-GGGG-CODE\n")
    refused = desk.site.gateway("acknowledge", RELEASE, "--person", "manager_a", "--code-file", str(secret), "--json")
    assert refused.returncode == 17, refused.stderr
    assert "WRON" not in refused.stdout + refused.stderr
    secret.write_text(code_of(desk.site))
    done = desk.site.gateway("acknowledge", RELEASE, "--person", "manager_a", "--code-file", str(secret), "--json")
    document = json.loads(done.stdout)
    assert (document["state"], Path(document["files"]["receipt"]).name) == (
        "ACKNOWLEDGED",
        f"{RELEASE}.confirmation.json",
    )


# the agreed time ---------------------------------------------------------------------------------------------------


def alerted(desk: Desk, days: int) -> list[tuple[str, str | None]]:
    """What status says so many days after the delivery (Monday 2026-11-02): clock and standing."""
    later = NOW + timedelta(days=days)
    office = load_office(desk.site.root, later)
    return [(str(one["clock"]), one["standing"]) for one in alerts(office, RELEASE, later)]


def test_no_receipt_by_the_agreed_time_is_an_alert_and_on_record(desk: Desk) -> None:
    assert alerted(desk, 0) == []
    assert alerted(desk, 2) == [("receipt", "due_soon")]
    assert alerted(desk, 3) == [("receipt", "overdue")]
    office = load_office(desk.site.root, NOW + timedelta(days=3))
    due = due_now(office, NOW + timedelta(days=3))
    record_told(office, due, NOW + timedelta(days=3))
    overdue = [e for e in desk.site.deployment.ledger.entries() if e.kind == "clock.overdue"]
    assert [(e.body["clock"], e.body["subject"]) for e in overdue if e.body["clock"] == "receipt"] == [
        ("receipt", RELEASE)
    ]


def test_a_receipt_or_the_release_s_end_stops_the_clock(desk: Desk) -> None:
    acknowledge(desk.site.deployment, RELEASE, "manager_a", NOW, code=code_of(desk.site))
    assert alerted(desk, 9) == []


def test_a_disputed_release_waits_for_no_receipt(desk: Desk) -> None:
    note(desk.site.deployment, Event.DISPUTED, RELEASE, "operator_a", {"reason": "wrong month"}, NOW)
    assert "receipt" not in [clock for clock, _ in alerted(desk, 9)]


def test_status_shows_the_alert(desk: Desk) -> None:
    """Today is long after the delivery."""
    shown = desk.site.gateway("status", RELEASE)
    assert "receipt for each delivery" in shown.stdout, shown.stderr
    (document,) = json.loads(desk.site.gateway("status", "--json").stdout)
    assert [one["clock"] for one in document["alerts"]] == ["receipt"]


# registers ---------------------------------------------------------------------------------------------------------


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_registers_say_what_the_ledger_and_the_manifest_say_in_all_three_forms(desk: Desk, tmp_path: Path) -> None:
    told = tell_passphrase(desk.site.deployment, RELEASE, "manager_a", NOW)["passphrase"]
    desk.put(desk.receipt | {"receiver": "manager_b"})
    with pytest.raises(ReceiptError):
        desk.fetch()
    desk.put(desk.receipt)
    desk.fetch()
    out = tmp_path / "registers"
    made = json.loads(desk.site.gateway("register", "all", "--out", str(out), "--json").stdout)
    assert {one["register"]: one["rows"] for one in made} == {
        "sent": 1,
        "received": 2,
        "keys": 5,
        "approvals": 2,
        "passphrases": 1,
    }
    (sent,) = rows_of(out / "sent.csv")
    manifest = json.loads(package_of(desk.site.deployment, RELEASE).paths[2].read_bytes())
    assert sent["批次号"] == RELEASE
    assert (sent["数字摘要（SHA-256）"], sent["数字摘要（SM3）"]) == (
        manifest["package"]["sha256"],
        manifest["package"]["sm3"],
    )
    assert (sent["应报期限"], sent["发送时刻"], sent["确认时刻"]) == (
        "2026-11-05",
        "2026-11-02 09:00:00",
        "2026-11-02 09:00:00",
    )
    assert {
        sent[name] for name in ("准确性检验", "完整性检验", "可用性检验", "安全性检验", "验签结果", "行数核对")
    } == {"合格"}
    assert "政务办公电话，2026-11-02 09:00:00" in sent["口令送达渠道与时间"]
    assert (sent["填表人"], sent["审核人"], sent["单位印章"]) == ("operator_a", "steward_a、steward_b", "")
    length, _, head = sent["账本头哈希"].partition(":")
    assert desk.site.deployment.ledger.check([LedgerHead(length=int(length), head=head)]) is None
    assert [row["处理结果"] for row in rows_of(out / "received.csv")] == [
        "拒收：签署人不是接收人 [wrong-recipient]",
        "已接收 [processed]",
    ]
    assert [row["数据审核员"] for row in rows_of(out / "approvals.csv")] == ["steward_a", "steward_b"]
    for one in made:
        page, _, book = (Path(file) for file in one["files"])
        sheet = openpyxl.load_workbook(book).worksheets[0]
        lines = [[str(value or "") for value in line] for line in sheet.iter_rows(values_only=True)]
        csv_rows = rows_of(out / f"{one['register']}.csv")
        assert [heading.split("\n")[0] for heading in lines[2]] == list(csv_rows[0])
        assert lines[3 : 3 + len(csv_rows)] == [list(row.values()) for row in csv_rows]
        text = page.read_text()
        assert all(html.escape(value).replace("&#x27;", "&#39;") in text for row in csv_rows for value in row.values())
        assert "<script" not in text
        assert told not in text + str(lines)
    again = tmp_path / "again"
    now = desk.site.deployment
    for name in ("sent", "keys"):
        first, second = (register_files(register(now, name, NOW)) for _ in range(2))
        assert first == second
    assert not again.exists()


def test_every_field_of_the_register_of_transfers_is_there() -> None:
    """FIELD 6: 电子档案移交与接收登记表, and ours."""
    fields = (
        "批次号, 版本, 替代批次, 内容描述, 数量, 数据量, 数字摘要, 准确性, 完整性, 可用性, 安全性, 应报期限,"
        "发送, 到达, 解密, 确认, 接收人, 口令送达渠道与时间, 验签结果, 行数核对, 迟报通知时刻, 补报原因, 账本头哈希,"
        "填表人, 审核人, 单位印章"
    )
    headings = "、".join(column.zh for column in REGISTERS["sent"][1])
    assert all(field.strip() in headings for field in fields.split(","))


def test_the_bureaus_own_register_needs_no_deployment(desk: Desk, tmp_path: Path) -> None:
    arguments = (
        "register",
        "--book",
        str(tmp_path / "bureau" / "register.db"),
        "--out",
        str(tmp_path / "out"),
        "--json",
    )
    (made,) = json.loads(desk.site.gateway(*arguments).stdout)
    assert (made["register"], made["rows"]) == ("bureau", 1)
    (row,) = rows_of(tmp_path / "out" / "bureau.csv")
    assert (row["批次号"], row["处理结果"], row["验签结果"]) == (RELEASE, "已接收 [processed]", "合格")


# recall ------------------------------------------------------------------------------------------------------------


def test_a_recall_with_its_notice_confirmation_and_successor(desk: Desk) -> None:
    deployment = desk.site.deployment
    found = recall(deployment, RELEASE, "统计月份有误", NOW, until=NOW.date() + timedelta(days=5))
    assert desk.view.state is State.RECALLED
    page = found.notice.read_text()
    manifest = json.loads(package_of(deployment, RELEASE).paths[2].read_bytes())
    for said in (RELEASE, "四(一)5、六2", "统计月份有误", "2026-11-07", manifest["package"]["sm3"][:8], "删除确认"):
        assert said in page
    event = deployment.ledger.entries()[-1]
    assert (event.body["until"], event.body["notice"]) == ("2026-11-07", digest(found.notice.read_bytes()))
    assert (found.confirmed_by, found.replaced_by) == (None, None)

    letter = b"%PDF-1.7 deleted everything"
    assert confirm(deployment, RELEASE, "manager_a", letter, NOW).confirmed_by == "manager_a"
    confirm(deployment, RELEASE, "manager_a", letter, NOW)  # the same again adds nothing
    records = [e for e in deployment.ledger.entries() if e.kind == "recall.confirmed"]
    assert [record.body["sha256"] for record in records] == [digest(letter)]
    sealed = (found.notice.parent / "letter.sealed").read_bytes()
    assert letter not in sealed
    assert deployment.sealer(RELEASE, PACKAGES).open_sealed(sealed, f"recall-letter/{RELEASE}") == letter

    new = supersede(deployment, PERIOD, "更正统计月份", clock)
    assert recalled(deployment, RELEASE).replaced_by == new == RELEASE.replace("R01", "R02")
    shown = json.loads(desk.site.gateway("status", RELEASE, "--json").stdout)["recall"]
    assert (shown["until"], shown["confirmed_by"], shown["replaced_by"]) == ("2026-11-07", "manager_a", new)


def test_what_can_not_be_recalled_or_confirmed(desk: Desk) -> None:
    deployment = desk.site.deployment
    length = deployment.ledger.head().length
    with pytest.raises(InputError):
        recall(deployment, RELEASE, "x", NOW, until=NOW.date() - timedelta(days=1))
    with pytest.raises(TermsError):
        confirm(deployment, RELEASE, "manager_a", b"letter", NOW)
    with pytest.raises(IntegrityError):
        recall(deployment, RELEASE.replace("10", "09"), "x", NOW)
    assert deployment.ledger.head().length == length
    recall(deployment, RELEASE, "x", NOW)
    for person, letter, error in (("steward_a", b"x", TermsError), ("manager_a", b"", InputError)):
        with pytest.raises(error):
            confirm(deployment, RELEASE, person, letter, NOW)
    with pytest.raises(IntegrityError):
        recall(deployment, RELEASE, "again", NOW)
    assert deployment.ledger.head().length == length + 1


def test_recall_by_the_command(desk: Desk, tmp_path: Path) -> None:
    gateway = desk.site.gateway
    assert gateway("recall", RELEASE).returncode == 2
    done = gateway("recall", RELEASE, "--reason", "wrong month", "--json")
    assert json.loads(done.stdout)["state"] == "RECALLED", done.stderr
    (tmp_path / "letter.pdf").write_bytes(b"%PDF")
    arguments = ("--person", "manager_b", "--letter", str(tmp_path / "letter.pdf"))
    confirmed = gateway("recall", RELEASE, *arguments)
    assert confirmed.returncode == 0, confirmed.stderr
    assert "manager_b" in confirmed.stdout
