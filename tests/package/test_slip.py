"""The transfer slip: its fields, its isolation, and what may never stand on it."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gateway.base.canonical import digests
from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.model.documents import Approval, FileEntry, Gate, LedgerHead, Manifest, PackageFile, Statement
from gateway.model.table import Wording
from gateway.package import Contact, Slip, document_bytes, slip_page
from gateway.package.slip import groups, size

GATE = Gate(passed=True, checked=1, certificate="0" * 64)
RELEASE = "LGTJ_220300_LHYG_202610_M_R02"
FIELDS = (
    "批次号", "版本", "替代批次", "内容描述", "数量", "数据量", "SHA-256", "SM3",
    "准确性", "完整性", "可用性", "安全性", "应报期限", "发送时刻", "到达时刻", "解密时刻",
    "确认时刻", "接收人", "口令送达渠道", "口令送达时刻", "验签结果", "行数核对", "迟报通知时刻", "补报原因",
    "账本头哈希", "填表人", "审核人", "印章",
)  # fmt: skip


def a_statement() -> Statement:
    entry = FileEntry(
        entry="02.csv", role="table", title="岗位供求情况", bytes=6741, rows=1081, sha256="ab" * 32, sm3="cd" * 32
    )
    return Statement(
        format="gateway-statement/1",
        alg={"digest": "sha256+sm3"},
        release=RELEASE,
        agreement="004",
        agreement_digest="1" * 64,
        period="2026-10",
        revision=2,
        supersedes="LGTJ_220300_LHYG_202610_M_R01",
        reason="更正行业分类",
        round=1,
        operator="制作员甲",
        files=(entry,),
        declarations={},
        disclosure=GATE,
        quality=GATE,
        privacy=GATE,
        history_head="3" * 64,
        software="0.1.0",
    )


def a_manifest() -> Manifest:
    return Manifest(
        format="gateway-manifest/1",
        alg={},
        release=RELEASE,
        agreement="004",
        sender="零工平台",
        recipients=("数据管理员甲", "数据管理员乙"),
        period="2026-10",
        revision=2,
        supersedes="LGTJ_220300_LHYG_202610_M_R01",
        due="2026-11-05",
        sealed_at="2026-11-03T09:30:00+08:00",
        package=PackageFile(name=f"{RELEASE}.zip", bytes=123456, sha256="5a" * 32, sm3="6b" * 32),
        privacy=PackageFile(name=f"{RELEASE}.privacy.json", bytes=10, sha256="7c" * 32, sm3="8d" * 32),
        entries=3,
        statement_sha256="9e" * 32,
        statement_sm3="9f" * 32,
        acceptance_sha256="af" * 32,
        approvals=(Approval(steward="数据专员甲", signature="x"), Approval(steward="数据专员乙", signature="y")),
        ledger=LedgerHead(length=17, head="bc" * 32),
    )


@pytest.fixture
def slip() -> Slip:
    return Slip(
        title=Wording(zh="四平市零工市场月度统计", en="Monthly statistics"),
        agreement=Wording(zh="数据共享合作协议", en="Agreement"),
        clause="三(二)",
        sender=Wording(zh="零工平台运营方", en="Sender"),
        recipient=Wording(zh="四平市就业服务局", en="Bureau"),
        contacts=(Contact(role=Wording(zh="报送联系人", en="Contact"), reach="见协议首页"),),
        statement=a_statement(),
        manifest=a_manifest(),
        ledger=LedgerHead(length=21, head="de" * 32),
        passphrase_channel="电话，告知数据管理员甲本人",
    )


def text(page: bytes) -> str:
    """What the page says, tags and grouping removed."""
    body = page.decode().split("<body>")[1]
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", body))


def test_every_field_of_the_register_has_its_place(slip):
    said = text(slip_page(slip))
    assert [field for field in FIELDS if field not in said] == []
    manifest = digests(document_bytes(slip.manifest))["sha256"]
    for value in (
        RELEASE,
        "5a" * 32,
        "6b" * 32,
        "9e" * 32,
        manifest,
        "de" * 32,
        "第21条",
        "1,081",
        "第2版",
        "更正行业分类",
    ):
        assert value in said
    assert "123,456字节（120.6KB）" in said


def test_it_is_self_contained_and_runs_nothing(slip):
    page = slip_page(slip).decode()
    assert not re.findall(r"\b(?:src|href)=|url\(|@import|://", page)
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert page == slip_page(slip).decode()


class Tags(HTMLParser):
    """Counts tags that no value may bring in."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)


def test_values_can_bring_in_no_markup(slip):
    hostile = replace(slip, filled_by="<script>alert(1)</script>", passphrase_channel='"><img src=x onerror=1>')
    parser = Tags()
    parser.feed(slip_page(hostile).decode())
    assert "script" not in parser.seen
    assert "img" not in parser.seen


@pytest.mark.parametrize(
    "secret", ["ABCDEFGHIJKLMNOPQRSTUVWX", "口令：ABCD EFGH IJKL MNOP QRST UVWX", "ABCD-EFGH-2345"]
)
def test_a_passphrase_or_code_on_it_is_refused(slip, secret):
    for field in ("passphrase_channel", "filled_by", "delivered_at"):
        with pytest.raises(ConfigurationError) as caught:
            slip_page(replace(slip, **{field: secret}))
        assert secret not in caught.value.zh + caught.value.en


def test_statement_and_manifest_of_two_releases_are_refused(slip):
    other = slip.statement.model_copy(update={"release": "LGTJ_220300_LHYG_202610_M_R01"})
    with pytest.raises(IntegrityError):
        slip_page(replace(slip, statement=other))


def test_what_is_not_known_is_a_line_to_fill_in(slip):
    blank = slip_page(slip).decode().count('<i class="blank">')
    filled = replace(slip, filled_by="制作员甲", reviewed_by="数据专员甲", delivered_at="2026-11-03 09:40")
    assert slip_page(filled).decode().count('<i class="blank">') == blank - 3


def test_sizes_and_digests_are_for_reading_aloud():
    assert size(1_234_567) == "1,234,567 字节（1.2 MB）"
    assert groups("ab" * 32) == ["abababab"] * 8
