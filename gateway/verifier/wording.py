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
    "protection": ("披露控制证书相符", "the disclosure certificate is that of these tables"),
    "ledger-file": ("账本文件可读取", "the ledger's file can be read"),
    "ledger-chain": ("每条记录与哈希链相符", "every entry fits the chain"),
    "ledger-guards": ("账本的表和触发器完好", "the ledger's table and triggers are whole"),
    "ledger-head": ("与所保存的账本头相符", "it fits every head that was kept"),
}

MONTH_TITLES: Mapping[str, tuple[str, str]] = {
    "secret": ("保密证书是签批单所指的", "the secret certificate is the one that the statement names"),
    "certificate": ("保密证书格式正确", "the secret certificate is understood"),
    "public": ("公开证书与保密证书相符", "the public certificate is that of the secret one"),
    "digests": ("文件与证书的摘要相符", "the files are those of the certificate"),
    "material": ("保密资料完整，份额与各表加总相符", "the secret material is whole and adds up"),
    "history": ("历史的链条成立，本月的均在内", "the history's chain holds, and all of the month is there"),
    "statuses": ("同一单元只有一种状态", "a cell has one status in all tables"),
    "primary": ("敏感单元均已标明", "every sensitive cell is marked"),
    "published": ("各表与状态相符", "the tables show what may be shown"),
    "rounded": ("取整数字合看不超出所承诺的", "rounded figures together tell no more than is promised"),
    "witnesses": ("见证符合已公布的数字", "the witnesses fit what is published"),
    "results": ("证书所述即所查得", "the certificate states what is found"),
    "exact": ("没有敏感数字可被精确推算", "no sensitive figure can be computed exactly"),
    "outsider": ("外部人员推不窄敏感数字", "no outsider can narrow a sensitive figure"),
    "insider": ("任何贡献者推不窄敏感数字", "no contributor can narrow a sensitive figure"),
    "group": ("推不出全体人员同属一类", "nobody is known to be where everybody is"),
}
"""The checks of a month's protection itself, from its secret side."""
