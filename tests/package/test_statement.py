"""File entries, the package's contents, the manifest: what was approved is what is sent."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from gateway.base.canonical import digest, digests
from gateway.base.errors import AwaitingApprovalError, ConfigurationError, IntegrityError
from gateway.model.documents import Approval, Gate, LedgerHead, Manifest, Statement
from gateway.package import (
    acceptance_digest,
    acceptance_file,
    build_manifest,
    check_contents,
    document_bytes,
    entry_names,
    file_entry,
    new_acceptance_code,
    open_package,
    package_entries,
    read_acceptance,
    read_statement,
    seal,
)

CODE = "ABCD-EFGH-2345"
PASSPHRASE = "ABCDEFGHIJKLMNOPQRSTUVWX"
FILES = {"01.xlsx": b"workbook", "02.csv": b"table", "03.csv": b"dictionary", "04.json": b"{}", "05.html": b"<p>"}
ROLES = dict(zip(FILES, ("workbook", "table", "dictionary", "metadata", "validation"), strict=True))
GATE = Gate(passed=True, checked=3, certificate="0" * 64)
APPROVALS = (Approval(steward="数据专员甲", signature="a"), Approval(steward="数据专员乙", signature="b"))


def statement(**changes: object) -> bytes:
    found = Statement(
        format="gateway-statement/1",
        alg={"digest": "sha256+sm3"},
        release="LGTJ_220300_LHYG_202610_M_R02",
        agreement="004",
        agreement_digest="1" * 64,
        period="2026-10",
        revision=2,
        supersedes="LGTJ_220300_LHYG_202610_M_R01",
        reason="更正",
        round=1,
        operator="制作员甲",
        files=tuple(file_entry(name, ROLES[name], name, data, None) for name, data in FILES.items()),
        declarations={"supply_demand": "2" * 64},
        disclosure=GATE,
        quality=GATE,
        privacy=GATE,
        history_head="3" * 64,
        software="0.1.0",
    )
    return document_bytes(found.model_copy(update=changes))


def manifest(**changes: object) -> Manifest:
    given = {
        "statement": statement(),
        "package": b"zip",
        "privacy": b"{}",
        "acceptance": CODE,
        "sender": "零工平台",
        "recipients": ["数据管理员甲", "数据管理员乙"],
        "due": date(2026, 11, 5),
        "sealed_at": datetime(2026, 11, 3, 9, 30, tzinfo=timezone(timedelta(hours=8))),
        "approvals": APPROVALS,
        "ledger": LedgerHead(length=4, head="4" * 64),
    }
    return build_manifest(**{**given, **changes})


def test_names_follow_the_order_on_the_wire():
    names = entry_names(5)
    assert [names.workbook, *names.tables, names.dictionary, names.metadata, names.validation, names.certificate] == [
        "01.xlsx", "02.csv", "03.csv", "04.csv", "05.csv", "06.csv", "07.csv", "08.json", "09.html", "10.json",
    ]  # fmt: skip
    assert entry_names(94).certificate == "99.json"
    for count in (0, -1, 95):
        with pytest.raises(ConfigurationError):
            entry_names(count)


def test_a_file_entry_tells_size_rows_and_both_digests():
    entry = file_entry("02.csv", "table", "岗位", b"abc", 1)
    assert (entry.bytes, entry.rows) == (3, 1)
    assert entry.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert entry.sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905, A.1
    with pytest.raises(ConfigurationError):
        file_entry("02.csv", "secret", "岗位", b"abc", 1)


def test_the_manifest_tells_everything_that_was_passed_in():
    made = manifest()
    assert made.package.name == "LGTJ_220300_LHYG_202610_M_R02.zip"
    assert made.privacy.name == "LGTJ_220300_LHYG_202610_M_R02.privacy.json"
    assert {"sha256": made.package.sha256, "sm3": made.package.sm3} == digests(b"zip")
    assert made.statement_sha256 == digest(statement())
    assert made.acceptance_sha256 == digest(CODE.encode())
    assert (made.due, made.sealed_at) == ("2026-11-05", "2026-11-03T09:30:00+08:00")
    assert (made.revision, made.supersedes) == (2, "LGTJ_220300_LHYG_202610_M_R01")
    assert made.entries == len(FILES) + 2
    assert manifest(due=None).due is None


def test_documents_on_the_wire_read_back_and_are_for_people():
    raw = document_bytes(manifest())
    assert Manifest.model_validate_json(raw) == manifest()
    assert "零工平台".encode() in raw
    assert raw.endswith(b"}\n")
    assert list(json.loads(raw))[:2] == ["format", "alg"]
    with pytest.raises(IntegrityError):
        read_statement(b'{"format":"gateway-statement/1"}')
    with pytest.raises(IntegrityError):
        read_statement(statement().replace(b'"operator"', b'"extra": 1, "operator"'))


@pytest.mark.parametrize(
    "approvals",
    [
        pytest.param((), id="none"),
        pytest.param(APPROVALS[:1], id="one"),
        pytest.param((APPROVALS[0], APPROVALS[0]), id="one person twice"),
        pytest.param((APPROVALS[0], Approval(steward="制作员甲", signature="c")), id="the operator's own"),
        pytest.param((*APPROVALS, Approval(steward="数据专员丙", signature="c")), id="three"),
    ],
)
def test_two_others_than_the_operator_have_to_approve(approvals):
    with pytest.raises(AwaitingApprovalError):
        manifest(approvals=approvals)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": []},
        {"recipients": ["甲", "乙", "丙"]},
        {"recipients": ["甲", "甲"]},
        {"sealed_at": datetime(2026, 11, 3, 9, 30, tzinfo=UTC).replace(tzinfo=None)},
    ],
)
def test_one_or_two_recipients_and_a_time_with_its_zone(changes):
    with pytest.raises(ConfigurationError):
        manifest(**changes)


def test_a_package_holds_the_listed_files_the_statement_and_the_code():
    entries = package_entries(FILES, statement(), CODE)
    assert [name for name, _ in entries] == [*FILES, "statement.json", "acceptance.txt"]
    opened = open_package(seal(entries, PASSPHRASE), PASSPHRASE)
    assert check_contents(opened, statement(), CODE) == read_statement(statement())


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**FILES, "06.csv": b"more"}, id="one more"),
        pytest.param({name: data for name, data in FILES.items() if name != "02.csv"}, id="one less"),
        pytest.param({**FILES, "02.csv": b"tablE"}, id="one changed"),
        pytest.param({**FILES, "02.csv": b"table "}, id="one longer"),
    ],
)
def test_files_that_were_not_approved_are_not_sealed(files):
    with pytest.raises(IntegrityError):
        package_entries(files, statement(), CODE)
    opened = {**files, "statement.json": statement(), "acceptance.txt": acceptance_file(CODE)}
    with pytest.raises(IntegrityError):
        check_contents(opened, statement(), CODE)


def test_another_statement_or_code_inside_is_noticed():
    opened = dict(package_entries(FILES, statement(), CODE))
    for changed in (
        {**opened, "statement.json": statement(reason="别的")},
        {**opened, "acceptance.txt": acceptance_file("ABCD-EFGH-2346")},
        {name: data for name, data in opened.items() if name != "acceptance.txt"},
    ):
        with pytest.raises(IntegrityError):
            check_contents(changed, statement(), CODE)


def test_an_acceptance_code_reads_back_from_its_file():
    code = new_acceptance_code(lambda size: bytes(range(size)))
    assert code == "AAAQ-EAYE-AUDA"
    assert acceptance_file(code) == b"AAAQ-EAYE-AUDA\n"
    assert read_acceptance(acceptance_file(code)) == code
    assert acceptance_digest(code) == digest(b"AAAQ-EAYE-AUDA")


@pytest.mark.parametrize(
    "data", [b"", b"ABCD-EFGH", b"abcd-efgh-2345\n", b"ABCD-EFGH-2345\n\n", b"ABCD-EFGH-1890\n", "验收码".encode()]
)
def test_anything_else_is_no_acceptance_code(data):
    with pytest.raises(IntegrityError):
        read_acceptance(data)
