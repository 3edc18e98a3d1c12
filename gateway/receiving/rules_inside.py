"""Checks on what the passphrase opens. Each asks one thing and raises Failed."""

import csv
import io
import unicodedata
from itertools import islice

from gateway.base.canonical import digest, digests
from gateway.base.sshsig import APPROVAL
from gateway.model.documents import STATEMENT_ALGORITHMS, FileEntry
from gateway.receiving.archive import ACCEPTANCE, STATEMENT
from gateway.receiving.case import Case
from gateway.receiving.failed import Failed

_ENDINGS = {
    "workbook": ".xlsx",
    "table": ".csv",
    "dictionary": ".csv",
    "metadata": ".json",
    "validation": ".html",
    "certificate": ".json",
}
_APPROVALS = 2


def decryption(case: Case) -> None:
    """The passphrase opens every entry, and each is what was encrypted."""
    if not case.contents:
        raise Failed("压缩包是空的", "the zip is empty")


def statement(case: Case) -> None:
    """The statement is the one that the manifest names, and it is a statement."""
    named = {"sha256": case.manifest.statement_sha256, "sm3": case.manifest.statement_sm3}
    if digests(case.contents[STATEMENT]) != named:
        raise Failed("签批单的摘要与清单不符", "the statement's digest is not the manifest's")
    statement = case.statement
    if statement.alg != STATEMENT_ALGORITHMS:
        raise Failed("签批单使用了未知的算法", "the statement names algorithms that are not known here")
    if not statement.files:
        raise Failed("签批单没有列出任何文件", "the statement lists no files")
    if min(gate.checked for gate in (statement.disclosure, statement.quality, statement.privacy)) < 0:
        raise Failed("检查项数不能为负", "a number of checks can't be negative")


def entries(case: Case) -> None:
    """The zip holds exactly the files that the statement lists, in its order, and the two that go with them."""
    listed = [file.entry for file in case.statement.files]
    if list(case.archive.names) != [*listed, STATEMENT, ACCEPTANCE]:
        raise Failed("压缩包条目与签批单所列不一致", "the zip's entries are not those that the statement lists")
    if any(not file.entry.endswith(_ENDINGS[file.role]) for file in case.statement.files):
        raise Failed("签批单中文件的用途与类型不符", "a file's role in the statement does not fit its type")


def contents(case: Case) -> None:
    """Every file is byte for byte the one that the stewards approved."""
    for file in case.statement.files:
        data = case.contents[file.entry]
        if len(data) != file.bytes or digests(data) != {"sha256": file.sha256, "sm3": file.sm3}:
            raise Failed(
                f"{file.entry} 的大小、SHA-256 或 SM3 与签批单不符",
                f"the size, SHA-256 or SM3 of {file.entry} is not the statement's",
            )


def rows(case: Case) -> None:
    """Every table has as many data rows as the statement says."""
    for file in case.statement.files:
        if (file.rows is None and file.role == "table") or (file.rows is not None and not file.entry.endswith(".csv")):
            raise Failed(f"签批单未正确给出 {file.entry} 的行数", f"the statement's row count of {file.entry} is amiss")
        if file.rows is not None and (found := _data_rows(case.contents[file.entry], file)) != file.rows:
            raise Failed(
                f"{file.entry} 有 {found} 行数据，签批单为 {file.rows} 行",
                f"{file.entry} has {found} data rows, the statement says {file.rows}",
            )


def approvals(case: Case) -> None:
    """Two different people with two different keys approved the statement, neither of them its operator."""
    given = case.manifest.approvals
    signers = [case.signed_by(case.contents[STATEMENT], approval.signature, APPROVAL) for approval in given]
    if any(signer.principal != approval.steward for signer, approval in zip(signers, given, strict=True)):
        raise Failed("批准签名不是所称的数据审核员作出的", "an approval was signed by someone else than it says")
    people = {_person(signer.principal) for signer in signers}
    keys = {signer.key for signer in signers}
    if not len(given) == len(people) == len(keys) == _APPROVALS:
        raise Failed(
            f"应有两名不同的数据审核员各批准一次，现有 {len(given)} 份批准、{len(people)} 人",
            f"two different stewards approve once each; there are {len(given)} approvals by {len(people)}",
        )
    if _person(case.statement.operator) in people:
        raise Failed("制作人批准了自己制作的数据", "the operator approved their own build")


def acceptance_code(case: Case) -> None:
    """The acceptance code inside is the one whose digest the manifest names."""
    code = case.acceptance
    if code is None or digest(code.encode()) != case.manifest.acceptance_sha256:
        raise Failed("验收码与清单不符", "the acceptance code is not the manifest's")


def consistency(case: Case) -> None:
    """What the stewards approved is what the gateway sent: release, period, revision, agreement, supersedes."""
    for name in ("release", "period", "revision", "agreement", "supersedes"):
        if getattr(case.statement, name) != getattr(case.manifest, name):
            raise Failed(f"签批单与清单的 {name} 不一致", f"statement and manifest differ in {name}")


def gates(case: Case) -> None:
    """The platform's own gates passed before the stewards approved."""
    for name in ("disclosure", "quality", "privacy"):
        if not getattr(case.statement, name).passed:
            raise Failed(f"签批单中的 {name} 检查未通过", f"the statement's {name} gate did not pass")


def _data_rows(data: bytes, file: FileEntry) -> int:
    """Records after the header of a CSV file."""
    try:
        text = io.StringIO(data.decode("utf-8-sig"), newline="")
        return sum(1 for _ in islice(csv.reader(text, strict=True), 1, None))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Failed(f"{file.entry} 不是可读取的 CSV", f"{file.entry} is not a CSV file that can be read") from error


def _person(name: str) -> str:
    """A name as one compares people: width, case and outer space don't make two of one."""
    return unicodedata.normalize("NFKC", name).casefold().strip()
