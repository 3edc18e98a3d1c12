"""A good package is accepted once, registered, receipted and unpacked, however often and from wherever it is named."""

import csv
import io
import json
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.base import sshsig
from gateway.base.errors import ConfigurationError, InputError, IntegrityError
from gateway.receiving import RULES, ByHand, Disposition, read_register, register_csv
from tests.package_factory import (
    ALLOWED_SIGNERS,
    CODE,
    CSV,
    NOW,
    PASSPHRASE,
    RECIPIENT,
    RELEASE,
    STRANGER,
    Plan,
    measured,
    sha,
)
from tests.receiving.bureau import Bureau


def test_a_good_package_passes_every_check(bureau: Bureau) -> None:
    package = Plan().write(bureau.inbox)
    seen: list[str] = []
    reception = bureau.receive(progress=seen.append)
    assert reception.valid
    assert [check.name for check in reception.checks] == [rule.name for rule in RULES]
    assert len(seen) == len(RULES)
    assert reception.as_json() | {"checks": []} == {
        "package": str(package),
        "valid": True,
        "checks": [],
        "not_checked": [],
        "release": RELEASE,
        "disposition": "processed",
        "register_number": 1,
        "receipt": str(bureau.receipts / f"{RELEASE}.R1.json"),
        "receipt_signature": str(bureau.receipts / f"{RELEASE}.R1.json.sig"),
        "unpacked": str(bureau.files / RELEASE),
        "repeated": False,
    }


def test_the_receipt_says_what_happened_and_proves_decryption(bureau: Bureau) -> None:
    package = Plan().write(bureau.inbox)
    bureau.receive(arrived=NOW.replace(hour=0))
    receipt = bureau.receipt()
    manifest = package.with_name(f"{RELEASE}.manifest.json").read_bytes()
    assert receipt.model_dump(include={"release", "disposition", "acceptance", "receiver", "register_number"}) == {
        "release": RELEASE,
        "disposition": "processed",
        "acceptance": CODE,
        "receiver": RECIPIENT,
        "register_number": 1,
    }
    assert (receipt.package_sha256, receipt.manifest_sha256) == (sha(package.read_bytes()), sha(manifest))
    assert (receipt.received_sha256, receipt.received_sm3) == (receipt.package_sha256, receipt.package_sm3)
    assert receipt.package_sm3 == measured(package.read_bytes())["sm3"]
    assert receipt.manifest_sm3 == measured(manifest)["sm3"]
    assert receipt.ledger.model_dump() == {"length": 7, "head": "f" * 64}
    assert receipt.arrived_at == "2026-11-03T08:30:00+08:00"
    assert receipt.decrypted_at == receipt.confirmed_at == "2026-11-03T09:30:00+08:00"
    assert receipt.previous is None
    assert [check.name for check in receipt.checks] == [rule.name for rule in RULES]


def test_the_receipt_of_a_failure_has_the_digest_of_what_came(bureau: Bureau) -> None:
    package = Plan().write(bureau.inbox)
    sent = package.read_bytes()
    package.write_bytes(sent[:-1])
    bureau.refused()
    receipt, came = bureau.receipt(), measured(sent[:-1])
    assert (receipt.disposition, receipt.package_sha256) == ("failed/integrity", sha(sent))
    assert (receipt.received_sha256, receipt.received_sm3) == (came["sha256"], came["sm3"])


def test_ssh_keygen_accepts_the_receipt(bureau: Bureau, tmp_path: Path) -> None:
    Plan().write(bureau.inbox)
    reception = bureau.receive()
    signers = tmp_path / "allowed_signers"
    signers.write_text(ALLOWED_SIGNERS)
    assert reception.receipt is not None
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", RECIPIENT, "-n", "delivery-receipt"]
    command += ["-s", str(reception.signature)]
    data = reception.receipt.read_bytes()
    assert subprocess.run(command, input=data, capture_output=True).returncode == 0
    assert subprocess.run(command, input=data + b" ", capture_output=True).returncode != 0


def test_the_plain_files_are_there_for_their_owner_only(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    folder = bureau.receive().unpacked
    assert folder == bureau.files / RELEASE
    assert folder is not None
    assert {path.name for path in folder.iterdir()} == {
        "01.xlsx",
        "02.csv",
        "03.csv",
        "04.json",
        "05.html",
        "statement.json",
        "acceptance.txt",
    }
    assert (folder / "02.csv").read_bytes() == CSV
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [path.name for path in bureau.files.iterdir()] == [RELEASE]


def test_nothing_is_unpacked_unless_asked(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    assert bureau.receive(unpack=None).unpacked is None
    assert not bureau.files.exists()


@pytest.mark.parametrize("ending", [".zip", ".privacy.json", ".manifest.json", ".manifest.json.sig", ""])
def test_any_of_its_files_or_its_folder_names_the_package(bureau: Bureau, ending: str) -> None:
    Plan().write(bureau.inbox)
    assert bureau.receive(bureau.inbox / f"{RELEASE}{ending}" if ending else bureau.inbox).valid


def test_all_its_files_together_name_it_too(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    assert bureau.receive(*bureau.inbox.iterdir()).valid


def test_what_names_no_package_or_two_is_an_input_error(bureau: Bureau, tmp_path: Path) -> None:
    Plan().write(bureau.inbox)
    Plan(release=RELEASE.replace("R01", "R02"), manifest={"supersedes": RELEASE}).write(bureau.inbox)
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text("x")
    for named in (bureau.inbox, tmp_path / "empty", tmp_path / "note.txt", tmp_path / "none.zip"):
        with pytest.raises(InputError):
            bureau.receive(named)
    assert bureau.receive(bureau.inbox / f"{RELEASE}.zip").valid


def test_the_same_again_changes_nothing(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    first = bureau.receive()
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in bureau.receipts.iterdir()}
    again = bureau.receive(now=NOW.replace(day=9), passphrase=f" {PASSPHRASE}\n")
    assert again == replace(first, repeated=True)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in bureau.receipts.iterdir()} == before
    assert len(read_register(bureau.register)) == 1


def test_a_receipt_or_folder_that_was_lost_comes_back_the_same(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    first = bureau.receive(unpack=None)
    assert first.receipt is not None
    assert first.signature is not None
    receipt = first.receipt.read_bytes()
    first.receipt.unlink()
    first.signature.write_text("damaged")
    assert bureau.receive(now=NOW.replace(day=9)).unpacked == bureau.files / RELEASE
    assert first.receipt.read_bytes() == receipt
    signers = sshsig.read_allowed_signers(ALLOWED_SIGNERS)
    sshsig.verify(receipt, first.signature.read_text(), sshsig.RECEIPT, signers, NOW)


def test_a_wrong_passphrase_can_be_put_right(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    refused = bureau.refused(passphrase="WRONG")
    assert (refused.disposition, refused.checks[-1].name) == (Disposition.DECRYPT, "decryption")
    failed = bureau.receipt()
    assert (failed.disposition, failed.acceptance, failed.decrypted_at) == ("failed/decrypt", None, None)
    assert not bureau.files.exists()
    assert bureau.refused(passphrase="").number == refused.number  # said once, however often it is tried
    assert bureau.receive().number == 2
    receipt = bureau.receipt()
    assert receipt.disposition == "processed"
    assert receipt.previous == sha(read_register(bureau.register)[0].details.receipt.encode())


def test_a_wrong_passphrase_after_success_leaves_the_receipt_alone(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    bureau.receive()
    refused = bureau.refused(passphrase="WRONG")
    assert (refused.number, refused.repeated) == (1, True)
    assert bureau.receipt().disposition == "processed"
    assert len(read_register(bureau.register)) == 1


def test_the_same_zip_under_another_manifest_is_a_harmless_duplicate(bureau: Bureau, tmp_path: Path) -> None:
    package = Plan().write(bureau.inbox)
    bureau.receive()
    data = package.read_bytes()
    other = Plan(zipped=lambda _: data, manifest={"due": None}).write(tmp_path / "again")
    refused = bureau.refused(other)
    assert (refused.disposition, refused.checks[-1].name) == (Disposition.DUPLICATE, "duplicate")
    assert "harmless" in refused.checks[-1].en
    assert bureau.receipt().disposition == "processed"


def test_another_content_under_a_received_release_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    Plan().write(bureau.inbox)
    bureau.receive()
    refused = bureau.refused(Plan().write(tmp_path / "again"))  # fresh salts: other bytes
    assert (refused.disposition, refused.checks[-1].name) == (Disposition.DUPLICATE, "duplicate")
    assert "never changes" in refused.checks[-1].en
    assert [entry.disposition for entry in read_register(bureau.register)] == ["processed", "failed/duplicate"]
    assert bureau.receipt().disposition == "processed"


def test_a_revision_follows_and_the_old_one_cannot_come_back(bureau: Bureau, tmp_path: Path) -> None:
    old = Plan().write(tmp_path / "old")
    second = RELEASE.replace("R01", "R02")
    naming = {"supersedes": RELEASE}
    new = Plan(release=second, manifest=naming, statement=naming | {"reason": "补报"}).write(tmp_path / "new")
    assert bureau.receive(new).release == second  # the first was withdrawn before it was sent: no obstacle
    refused = bureau.refused(old)
    assert (refused.disposition, refused.checks[-1].name) == (Disposition.DUPLICATE, "duplicate")
    assert bureau.receipt(RELEASE).disposition == "failed/duplicate"
    assert not (bureau.files / RELEASE).exists()


def test_a_first_revision_received_before_its_successor_stays_received(bureau: Bureau, tmp_path: Path) -> None:
    old = Plan().write(tmp_path / "old")
    naming = {"supersedes": RELEASE}
    new = Plan(release=RELEASE.replace("R01", "R02"), manifest=naming, statement=naming).write(tmp_path / "new")
    first = bureau.receive(old)
    bureau.receive(new)
    assert bureau.receive(old) == replace(first, repeated=True)


def test_a_key_whose_receipts_nobody_accepts_stops_before_anything_is_opened(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    with pytest.raises(ConfigurationError):
        bureau.receive(key=STRANGER)
    assert not bureau.register.exists()


def test_unpacked_files_that_differ_are_not_overwritten(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    mine = bureau.files / RELEASE / "02.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(IntegrityError):
        bureau.receive()
    assert mine.read_text() == "mine"
    assert read_register(bureau.register) == ()
    assert not bureau.receipts.exists()


def test_a_receipt_that_the_register_does_not_know_stops_it(bureau: Bureau) -> None:
    Plan().write(bureau.inbox)
    bureau.receive()
    bureau.register.unlink()  # set back to nothing
    with pytest.raises(IntegrityError, match="register"):
        bureau.receive(now=NOW.replace(day=9))
    assert bureau.receipt().register_number == 1


def test_no_figure_stands_in_register_receipt_or_result(bureau: Bureau) -> None:
    secret = CSV.replace(b",37,", b",918273645,")
    plan = Plan()
    plan.files[1] = ({**plan.files[1][0], "bytes": len(secret)}, secret)
    plan.write(bureau.inbox)
    reception = bureau.refused()
    assert reception.checks[-1].name == "contents"
    spoken = json.dumps(reception.as_json()) + repr(reception) + repr(read_register(bureau.register))
    assert "918273645" not in spoken + bureau.receipt().model_dump_json()
    assert PASSPHRASE not in spoken + bureau.register.read_bytes().decode("latin-1")


def test_the_exported_register_is_the_form_that_the_field_knows(bureau: Bureau) -> None:
    Plan(statement={"reason": "=补报"}).write(bureau.inbox)
    bureau.refused(passphrase="WRONG")
    bureau.receive(by_hand=ByHand(passphrase_told="电话 2026-11-03 09:00", reviewed_by="审核岗"))
    data = register_csv(bureau.register)
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 3
    header, failed, done = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    wanted = "批次号 版本 替代批次 内容描述 数量 数据量 数字摘要（算法） 准确性检验 完整性检验 可用性检验 安全性检验 "
    wanted += "应报期限 发送时刻 到达时刻 解密时刻 确认时刻 接收人 口令送达渠道与时间 验签结果 行数核对 "
    wanted += "迟报通知时刻 补报原因 账本头哈希 填表人 审核人 单位印章"
    assert set(wanted.split()) <= set(header)
    row, before = dict(zip(header, done, strict=True)), dict(zip(header, failed, strict=True))
    assert (row["批次号"], row["版本"], row["处理结果"]) == (RELEASE, "R01", "已接收 [processed]")
    assert {row[f"{what}性检验"] for what in ("准确", "完整", "可用", "安全")} == {"合格"}
    assert (row["口令送达渠道与时间"], row["审核人"], row["补报原因"]) == ("电话 2026-11-03 09:00", "审核岗", "'=补报")
    assert (before["处理结果"], before["可用性检验"], before["行数核对"]) == (
        "未接收：口令打不开 [failed/decrypt]",
        "不合格",
        "未检",
    )
    assert (before["验签结果"], before["解密时刻"]) == ("合格", "")
