"""The statement's file entries, the package's contents, and the manifest; every value is passed in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pydantic import ValidationError

from gateway.base.canonical import digests, encode_for_people
from gateway.base.errors import AwaitingApprovalError, ConfigurationError, IntegrityError
from gateway.model.documents import (
    ALGORITHMS,
    Approval,
    FileEntry,
    LedgerHead,
    Manifest,
    PackageFile,
    Receipt,
    Statement,
)
from gateway.package.codes import acceptance_digest, acceptance_file
from gateway.package.names import ACCEPTANCE, STATEMENT

APPROVALS = 2


def file_entry(entry: str, role: str, title: str, data: bytes, rows: int | None) -> FileEntry:
    """The statement's line for one plain file. ``rows``: data rows of a CSV, else None.

    Raises ConfigurationError for a role that the model doesn't know."""
    fields = {"entry": entry, "role": role, "title": title, "bytes": len(data), "rows": rows, **digests(data)}
    try:
        return FileEntry.model_validate(fields)
    except ValidationError as error:
        raise ConfigurationError(
            f"文件 {entry} 的清单项不合规定", f"the statement's line for {entry} is not valid"
        ) from error


def beside(name: str, data: bytes) -> PackageFile:
    """The manifest's line for a file that lies beside it."""
    return PackageFile(name=name, bytes=len(data), **digests(data))


def document_bytes(document: Statement | Manifest | Receipt) -> bytes:
    """The bytes of a document on the wire: what is signed, and what a person can read."""
    return encode_for_people(document.model_dump())


def read_statement(data: bytes) -> Statement:
    """The statement in ``data``. Raises IntegrityError."""
    try:
        return Statement.model_validate_json(data)
    except ValidationError as error:
        raise IntegrityError("签批单格式不正确", "the statement is malformed") from error


def package_entries(files: Mapping[str, bytes], statement: bytes, acceptance: str) -> list[tuple[str, bytes]]:
    """What to seal: the files in the statement's order, the statement, the acceptance code.

    Raises IntegrityError unless ``files`` are exactly those that the statement lists."""
    listed = read_statement(statement).files
    _check_files(listed, files)
    ordered = [(entry.entry, files[entry.entry]) for entry in listed]
    return [*ordered, (STATEMENT, statement), (ACCEPTANCE, acceptance_file(acceptance))]


def check_contents(opened: Mapping[str, bytes], statement: bytes, acceptance: str) -> Statement:
    """The statement of an opened package that holds exactly what was approved. Raises IntegrityError."""
    if opened.get(STATEMENT) != statement or opened.get(ACCEPTANCE) != acceptance_file(acceptance):
        raise IntegrityError(
            "数据包中的签批单或验收码与批准时不同", "the package's statement or acceptance code is not the approved one"
        )
    approved = read_statement(statement)
    _check_files(approved.files, {name: data for name, data in opened.items() if name not in (STATEMENT, ACCEPTANCE)})
    return approved


def build_manifest(
    *,
    statement: bytes,
    package: bytes,
    privacy: bytes,
    acceptance: str,
    sender: str,
    recipients: Sequence[str],
    due: date | None,
    sealed_at: datetime,
    approvals: Sequence[Approval],
    ledger: LedgerHead,
) -> Manifest:
    """The manifest of a sealed package. ``statement``: its exact bytes; ``sealed_at``: aware.

    Raises AwaitingApprovalError unless two people other than the operator approved, ConfigurationError for a naive time
    or other than one or two recipients. The approvals' signatures are the caller's to verify."""
    approved = read_statement(statement)
    _check_approvals(approved, approvals)
    if sealed_at.utcoffset() is None or not 1 <= len(recipients) <= 2 or len(set(recipients)) != len(recipients):
        raise ConfigurationError(
            "交付清单需要带时区的封装时间和一至两名收件人",
            "a manifest needs a sealing time with its zone, and one or two recipients",
        )
    said = digests(statement)
    return Manifest(
        format="gateway-manifest/1",
        alg=dict(ALGORITHMS),
        release=approved.release,
        agreement=approved.agreement,
        sender=sender,
        recipients=tuple(recipients),
        period=approved.period,
        revision=approved.revision,
        supersedes=approved.supersedes,
        due=due.isoformat() if due else None,
        sealed_at=sealed_at.isoformat(timespec="seconds"),
        package=beside(f"{approved.release}.zip", package),
        privacy=beside(f"{approved.release}.privacy.json", privacy),
        entries=len(approved.files) + 2,
        statement_sha256=said["sha256"],
        statement_sm3=said["sm3"],
        acceptance_sha256=acceptance_digest(acceptance),
        approvals=tuple(approvals),
        ledger=ledger,
    )


def _check_files(listed: Sequence[FileEntry], files: Mapping[str, bytes]) -> None:
    names = [entry.entry for entry in listed]
    if len(set(names)) != len(names) or set(names) != set(files):
        raise IntegrityError("文件与签批单所列不一致", "the files are not those that the statement lists")
    for entry in listed:
        data = files[entry.entry]
        if len(data) != entry.bytes or digests(data) != {"sha256": entry.sha256, "sm3": entry.sm3}:
            raise IntegrityError(
                f"文件 {entry.entry} 与签批单的摘要不符", f"the file {entry.entry} is not the one that was approved"
            )


def _check_approvals(statement: Statement, approvals: Sequence[Approval]) -> None:
    stewards = {approval.steward for approval in approvals}
    if len(approvals) != APPROVALS or len(stewards) != APPROVALS or statement.operator in stewards:
        raise AwaitingApprovalError(
            "须由制作人以外的两名数据审核员各自批准",
            "two data stewards, neither of them the operator, each have to approve",
            safe=("数据包尚未发出", "the package has not been sent"),
            next=f"gateway approve {statement.release}",
        )
