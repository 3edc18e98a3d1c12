"""What employment statistics are made of must not be taken for personal data: no finding of any tier."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.base import sshsig
from gateway.privacy import scan_text
from gateway.privacy.checks import resident_id

TEXTS = [
    "220302001", "220300", "220381104", "22",  # GB/T 2260
    "A", "62", "O", "81", "5921", "C3911",  # GB/T 4754
    "0", "17", "123456", "9876543", "1234567890",  # counts
    "150元/天", "21-31元/小时", "1-1.5万/月", "8k-12k", "底薪2340+绩效400", "13000-150000元/月", "99999999",  # money
    "13,812,345,678", "13812345678.50", "-1,234.5", "0.30000000000000004", "66.7%", "1.25e-05",
    "202610", "2026-10", "2026年10月", "2026-10-05", "2026年第4季度",
    "2026-10-05T12:34:56+08:00", "2026-10-05 12:34:56", "2026-11-02T00:00:00Z", "20261005",
    "LGTJ_220300_LHYG_202610_M_R01", "LGTJ_220300_LHYG_202610_A03_R12.zip",
    "ABCD-EFGH-2345", "2222-3333-4444", "E234-5672-3444",
    "month:2000-3000", "16-24", "45岁以上", "35-44岁", "100000-200000元/年",
    "GB/T 4754-2017", "GB/T 2260", "GB 11643-1999", "第二条（一）1",
    "01.xlsx", "statement.json", "gateway 0.1.0+g1e12345", "pyarrow 26.0.1",
    "550e8400-e29b-41d4-a716-446655440000",
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "四平市", "伊通满族自治县", "吉林双辽经济开发区", "货币金融服务", "土木工程建筑业", "无要求", "未填写",
    "岗位数", "求人倍率", "需求人数", "校验结果", "合格", "数据管理员甲",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_statistics_are_no_personal_data(text):
    assert scan_text(text) == []


def test_all_divisions_and_industries_of_the_code_lists_pass():
    folder = Path(__file__).parents[2] / "pipelines" / "codes"
    lists = sorted(folder.glob("*.csv"))
    for file in lists:
        for line in file.read_text("utf-8-sig").splitlines():
            for cell in line.split(","):
                assert scan_text(cell) == [], file.name


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=64))
def test_a_digest_is_no_identifier(data):
    for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sm3"):
        assert scan_text(hashlib.new(name, data, usedforsecurity=False).hexdigest()) == []


def test_keys_and_signatures_are_no_identifiers():
    for _ in range(20):
        key = sshsig.generate_key()
        for line in sshsig.sign(b"message", key, sshsig.APPROVAL).splitlines():
            assert scan_text(line) == []
        assert scan_text(sshsig.public_line(key)) == []
        assert scan_text(sshsig.fingerprint(sshsig.public_line(key))) == []


def test_an_identity_number_inside_a_digest_is_still_found():
    number = next(f"44052419900101002{c}" for c in "0123456789" if resident_id(f"44052419900101002{c}"))
    digest = ("ab" * 30)[: 64 - 18 - 7] + number + "c0ffee" + "d"
    assert len(digest) == 64
    assert [f.entity for f in scan_text(digest)] == ["CN_RESIDENT_ID"]


@settings(deadline=None)
@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=12, max_size=12))
def test_an_acceptance_code_is_no_identifier(code):
    assert scan_text("-".join((code[:4], code[4:8], code[8:]))) == []


@settings(deadline=None)
@given(st.integers(-(10**10) + 1, 10**10 - 1))
def test_a_count_is_no_identifier(number):
    assert scan_text(str(number)) == []
