"""What each check asks, for people: by its name, in Chinese and English."""

from collections.abc import Mapping

TITLES: Mapping[str, tuple[str, str]] = {
    "allowed-signers": ("签名人名单可读取", "the list of signers can be read"),
    "files": ("四个文件齐全", "all four files are there"),
    "manifest-signature": ("清单签名有效", "the manifest's signature holds"),
    "manifest-form": ("清单格式和算法可识别", "the manifest is understood"),
    "names": ("文件名与批次号相符", "the files fit the release id"),
    "recipient": ("收件人相符", "it is for this recipient"),
    "supersedes": ("替代关系成立", "what it supersedes fits"),
    "package-digest": ("压缩包摘要相符", "the zip's digests hold"),
    "privacy-certificate": ("隐私检查证书相符", "the privacy certificate holds"),
    "archive": ("压缩包结构和加密合规", "the zip is built as agreed"),
    "decryption": ("口令可解密", "the passphrase opens it"),
    "statement": ("签批单摘要相符", "the statement's digests hold"),
    "entries": ("条目与签批单一致", "the entries are the statement's"),
    "contents": ("文件摘要与签批单一致", "the files are the statement's"),
    "rows": ("行数与签批单一致", "the row counts are the statement's"),
    "figures": ("数字与状态标记相符", "figures and their marks agree"),
    "approvals": ("两名数据审核员已批准", "two stewards approved it"),
    "acceptance-code": ("验收码相符", "the acceptance code holds"),
    "consistency": ("签批单与清单一致", "statement and manifest agree"),
    "gates": ("平台各项检查已通过", "the platform's gates passed"),
    "ledger-file": ("账本文件可读取", "the ledger's file can be read"),
    "ledger-chain": ("每条记录与哈希链相符", "every entry fits the chain"),
    "ledger-guards": ("账本的表和触发器完好", "the ledger's table and triggers are whole"),
    "ledger-head": ("与所保存的账本头相符", "it fits every head that was kept"),
}
