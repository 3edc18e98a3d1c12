"""What each check of a reception means: its title, its disposition when it fails, the examination it is part of.

The names are those of the independent verifier, wherever both ask the same thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.receiving.dispositions import Disposition
from gateway.receiving.entry import Aspect

C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Of one check."""

    zh: str
    en: str
    disposition: Disposition
    aspect: Aspect


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[C]):
    """One check: its stable name, what it means, and what it does: it raises Failed."""

    name: str
    meaning: Meaning
    run: Callable[[C], None]


_D, _A = Disposition, Aspect
MEANINGS: Mapping[str, Meaning] = {
    "files": Meaning(
        zh="四个文件齐全", en="all four files are there", disposition=_D.INTEGRITY, aspect=_A.COMPLETENESS
    ),
    "manifest-signature": Meaning(
        zh="清单签名有效", en="the manifest's signature holds", disposition=_D.UNKNOWN_SIGNER, aspect=_A.SECURITY
    ),
    "manifest-form": Meaning(
        zh="清单格式和算法可识别", en="the manifest is understood", disposition=_D.INTEGRITY, aspect=_A.USABILITY
    ),
    "names": Meaning(
        zh="文件名与批次号相符", en="the files fit the release id", disposition=_D.INTEGRITY, aspect=_A.COMPLETENESS
    ),
    "recipient": Meaning(
        zh="收件人是本接收人", en="it is for this receiver", disposition=_D.WRONG_RECIPIENT, aspect=_A.SECURITY
    ),
    "duplicate": Meaning(zh="未重复", en="it is not a duplicate", disposition=_D.DUPLICATE, aspect=_A.COMPLETENESS),
    "supersedes": Meaning(
        zh="替代关系成立", en="what it supersedes fits", disposition=_D.INTEGRITY, aspect=_A.COMPLETENESS
    ),
    "package-digest": Meaning(
        zh="压缩包摘要相符", en="the zip's digests hold", disposition=_D.INTEGRITY, aspect=_A.ACCURACY
    ),
    "privacy-certificate": Meaning(
        zh="隐私检查证书相符", en="the privacy certificate holds", disposition=_D.INTEGRITY, aspect=_A.SECURITY
    ),
    "archive": Meaning(
        zh="压缩包结构和加密合规", en="the zip is built as agreed", disposition=_D.INTEGRITY, aspect=_A.USABILITY
    ),
    "decryption": Meaning(zh="口令可解密", en="the passphrase opens it", disposition=_D.DECRYPT, aspect=_A.USABILITY),
    "statement": Meaning(
        zh="签批单摘要相符", en="the statement's digest holds", disposition=_D.INTEGRITY, aspect=_A.ACCURACY
    ),
    "entries": Meaning(
        zh="条目与签批单一致", en="the entries are the statement's", disposition=_D.INTEGRITY, aspect=_A.COMPLETENESS
    ),
    "contents": Meaning(
        zh="文件摘要与签批单一致", en="the files are the statement's", disposition=_D.INTEGRITY, aspect=_A.ACCURACY
    ),
    "rows": Meaning(
        zh="行数与签批单一致", en="the row counts are the statement's", disposition=_D.ROW_MISMATCH, aspect=_A.ACCURACY
    ),
    "approvals": Meaning(
        zh="两名数据审核员已批准", en="two stewards approved it", disposition=_D.UNKNOWN_SIGNER, aspect=_A.SECURITY
    ),
    "acceptance-code": Meaning(
        zh="验收码相符", en="the acceptance code holds", disposition=_D.INTEGRITY, aspect=_A.ACCURACY
    ),
    "consistency": Meaning(
        zh="签批单与清单一致", en="statement and manifest agree", disposition=_D.INTEGRITY, aspect=_A.ACCURACY
    ),
    "gates": Meaning(
        zh="平台各项检查已通过", en="the platform's gates passed", disposition=_D.INTEGRITY, aspect=_A.SECURITY
    ),
}
"""By name, in the order in which the checks are made."""


def rule_of(run: Callable[[C], None]) -> Rule[C]:
    """The rule whose check is ``run``: they have one name."""
    name = run.__name__.replace("_", "-")
    return Rule(name=name, meaning=MEANINGS[name], run=run)
