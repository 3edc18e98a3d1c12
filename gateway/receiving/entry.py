"""One line of the register: the fields of a 电子档案移交与接收登记表, and ours (FIELD 6)."""

from dataclasses import dataclass, fields
from enum import StrEnum


class Verdict(StrEnum):
    """What the checks of one aspect say together."""

    PASSED = "合格"
    FAILED = "不合格"
    OPEN = "未检"


class Aspect(StrEnum):
    """The four examinations of a handover."""

    ACCURACY = "准确性检验"
    COMPLETENESS = "完整性检验"
    USABILITY = "可用性检验"
    SECURITY = "安全性检验"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What only a person can say of a delivery; empty until someone does."""

    passphrase_told: str = ""
    late_notice_at: str = ""
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an entry says besides its key. Texts as they are exported; empty where unknown. No value of the data.

    ``receipt`` and ``signature``: the exact bytes of the receipt that was signed for it, as text, or empty."""

    revision: str = ""
    supersedes: str = ""
    description: str = ""
    count: str = ""
    size: str = ""
    digest: str = ""
    accuracy: str = Verdict.OPEN
    completeness: str = Verdict.OPEN
    usability: str = Verdict.OPEN
    security: str = Verdict.OPEN
    due: str = ""
    sent_at: str = ""
    arrived_at: str = ""
    decrypted_at: str = ""
    confirmed_at: str = ""
    receiver: str = ""
    passphrase_told: str = ""
    signature_result: str = ""
    rows_result: str = ""
    late_notice_at: str = ""
    resupply_reason: str = ""
    ledger_head: str = ""
    filled_by: str = ""
    reviewed_by: str = ""
    reason: str = ""
    package_sha256: str = ""
    receipt: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the register. ``manifest_sha256`` is the package's identity; ``number`` counts from 1."""

    number: int
    release: str
    manifest_sha256: str
    disposition: str
    details: Details

    @property
    def package_sha256(self) -> str:
        """The zip's digest by its manifest."""
        return self.details.package_sha256


DETAILS = tuple(field.name for field in fields(Details))

HEADINGS: tuple[tuple[str, str, str], ...] = (
    ("number", "登记号", "No."),
    ("release", "批次号", "Release"),
    ("revision", "版本", "Revision"),
    ("supersedes", "替代批次", "Supersedes"),
    ("description", "内容描述", "Description"),
    ("count", "数量", "Files"),
    ("size", "数据量", "Size"),
    ("digest", "数字摘要（算法）", "Digest (algorithm)"),
    ("accuracy", "准确性检验", "Accuracy"),
    ("completeness", "完整性检验", "Completeness"),
    ("usability", "可用性检验", "Usability"),
    ("security", "安全性检验", "Security"),
    ("due", "应报期限", "Due"),
    ("sent_at", "发送时刻", "Sent"),
    ("arrived_at", "到达时刻", "Arrived"),
    ("decrypted_at", "解密时刻", "Decrypted"),
    ("confirmed_at", "确认时刻", "Confirmed"),
    ("receiver", "接收人", "Received by"),
    ("passphrase_told", "口令送达渠道与时间", "Passphrase told"),
    ("signature_result", "验签结果", "Signature"),
    ("rows_result", "行数核对", "Row counts"),
    ("disposition", "处理结果", "Disposition"),
    ("reason", "未通过原因", "Why it was refused"),
    ("late_notice_at", "迟报通知时刻", "Told of delay"),
    ("resupply_reason", "补报原因", "Reason of resupply"),
    ("manifest_sha256", "清单摘要（SHA-256）", "Manifest, SHA-256"),
    ("ledger_head", "账本头哈希", "Ledger head"),
    ("filled_by", "填表人", "Filled in by"),
    ("reviewed_by", "审核人", "Reviewed by"),
    ("seal", "单位印章", "Seal"),
)
"""The columns as they are filed, with their headings; ``seal`` stays empty for the stamp."""
