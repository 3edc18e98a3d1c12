"""The checks of a reception, in their order. The first that fails ends it, and says what became of the package.

The names are those of the independent verifier, wherever both ask the same thing."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.receiving import rules_inside as inside
from gateway.receiving import rules_outside as outside
from gateway.receiving.case import Case
from gateway.receiving.dispositions import Disposition
from gateway.receiving.entry import Aspect


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check: its stable name, its title, what it says of the package when it fails."""

    name: str
    zh: str
    en: str
    disposition: Disposition
    aspect: Aspect
    run: Callable[[Case], None]


def _rule(run: Callable[[Case], None], zh: str, en: str, disposition: Disposition, aspect: Aspect) -> Rule:
    name = run.__name__.replace("_", "-")
    return Rule(name=name, zh=zh, en=en, disposition=disposition, aspect=aspect, run=run)


_D, _A = Disposition, Aspect

RULES: tuple[Rule, ...] = (
    _rule(outside.files, "四个文件齐全", "all four files are there", _D.INTEGRITY, _A.COMPLETENESS),
    _rule(outside.manifest_signature, "清单签名有效", "the manifest's signature holds", _D.UNKNOWN_SIGNER, _A.SECURITY),
    _rule(outside.manifest_form, "清单格式和算法可识别", "the manifest is understood", _D.INTEGRITY, _A.USABILITY),
    _rule(outside.names, "文件名与批次号相符", "the files fit the release id", _D.INTEGRITY, _A.COMPLETENESS),
    _rule(outside.recipient, "收件人是本接收人", "it is for this receiver", _D.WRONG_RECIPIENT, _A.SECURITY),
    _rule(outside.duplicate, "未重复", "it is not a duplicate", _D.DUPLICATE, _A.COMPLETENESS),
    _rule(outside.supersedes, "替代关系成立", "what it supersedes fits", _D.INTEGRITY, _A.COMPLETENESS),
    _rule(outside.package_digest, "压缩包摘要相符", "the zip's digests hold", _D.INTEGRITY, _A.ACCURACY),
    _rule(outside.privacy_certificate, "隐私检查证书相符", "the privacy certificate holds", _D.INTEGRITY, _A.SECURITY),
    _rule(outside.archive, "压缩包结构和加密合规", "the zip is built as agreed", _D.INTEGRITY, _A.USABILITY),
    _rule(inside.decryption, "口令可解密", "the passphrase opens it", _D.DECRYPT, _A.USABILITY),
    _rule(inside.statement, "签批单摘要相符", "the statement's digest holds", _D.INTEGRITY, _A.ACCURACY),
    _rule(inside.entries, "条目与签批单一致", "the entries are the statement's", _D.INTEGRITY, _A.COMPLETENESS),
    _rule(inside.contents, "文件摘要与签批单一致", "the files are the statement's", _D.INTEGRITY, _A.ACCURACY),
    _rule(inside.rows, "行数与签批单一致", "the row counts are the statement's", _D.ROW_MISMATCH, _A.ACCURACY),
    _rule(inside.approvals, "两名数据审核员已批准", "two stewards approved it", _D.UNKNOWN_SIGNER, _A.SECURITY),
    _rule(inside.acceptance_code, "验收码相符", "the acceptance code holds", _D.INTEGRITY, _A.ACCURACY),
    _rule(inside.consistency, "签批单与清单一致", "statement and manifest agree", _D.INTEGRITY, _A.ACCURACY),
    _rule(inside.gates, "平台各项检查已通过", "the platform's gates passed", _D.INTEGRITY, _A.SECURITY),
)
