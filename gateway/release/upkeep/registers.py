"""Registers drawn from the ledger: sent (移交登记), received (接收登记), keys, approvals, passphrases told.

Who, when and which digest come from the ledger; sizes, dates and counts from the signed manifest whose digest it holds.
The fields are those of a 电子档案移交与接收登记表, and ours (FIELD 6). No register holds a value of the data.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from gateway.base.sshsig import APPROVAL, CHECKPOINT, HISTORY, MANIFEST, NOTICE, RECEIPT
from gateway.ledger import Entry, head_of
from gateway.model.documents import Manifest, Receipt, Statement
from gateway.model.period import ZONE
from gateway.model.release import Event, ReleaseId
from gateway.model.table import Wording
from gateway.package import Column, RegisterTable, read_statement
from gateway.package.slip import size
from gateway.receiving import SAID as DISPOSED
from gateway.receiving import Disposition
from gateway.release.build.corridor import Book
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.sending.receiptchecks import SAID as REFUSED
from gateway.release.sending.receiptchecks import Refusal
from gateway.release.sending.receipts import STRAY, receipt_path
from gateway.release.sending.sealing import package_of
from gateway.release.site.deployment import Deployment
from gateway.release.site.keybook import RECORDS
from gateway.release.upkeep.status import WORDING

Row = dict[str, str]


def _columns(*named: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(key=key, zh=zh, en=en) for key, zh, en in named)


SENT = _columns(
    ("number", "序号", "No."),
    ("release", "批次号", "Release"),
    ("revision", "版本", "Revision"),
    ("supersedes", "替代批次", "Supersedes"),
    ("description", "内容描述", "Description"),
    ("count", "数量", "Files"),
    ("rows", "表行数", "Rows of tables"),
    ("size", "数据量", "Size"),
    ("sha256", "数字摘要（SHA-256）", "Digest, SHA-256"),
    ("sm3", "数字摘要（SM3）", "Digest, SM3"),
    ("accuracy", "准确性检验", "Accuracy"),
    ("completeness", "完整性检验", "Completeness"),
    ("usability", "可用性检验", "Usability"),
    ("security", "安全性检验", "Security"),
    ("due", "应报期限", "Due"),
    ("sent", "发送时刻", "Sent"),
    ("arrived", "到达时刻", "Arrived"),
    ("decrypted", "解密时刻", "Decrypted"),
    ("confirmed", "确认时刻", "Confirmed"),
    ("receiver", "接收人", "Received by"),
    ("told", "口令送达渠道与时间", "Passphrase told"),
    ("signature", "验签结果", "Signature"),
    ("counted", "行数核对", "Row counts"),
    ("late", "迟报通知时刻", "Told of delay"),
    ("reason", "补报原因", "Reason of resupply"),
    ("ledger", "账本头哈希", "Ledger head"),
    ("state", "状态", "State"),
    ("filled", "填表人", "Filled in by"),
    ("reviewed", "审核人", "Reviewed by"),
    ("seal", "单位印章", "Seal"),
)
RECEIVED = _columns(
    ("number", "序号", "No."),
    ("release", "批次号", "Release"),
    ("kind", "回执种类", "Kind"),
    ("disposition", "处理结果", "Disposition"),
    ("receiver", "接收人", "Received by"),
    ("arrived", "到达时刻", "Arrived"),
    ("decrypted", "解密时刻", "Decrypted"),
    ("confirmed", "确认时刻", "Confirmed"),
    ("register", "对方登记号", "Their number"),
    ("recorded", "登记时刻", "Recorded"),
    ("digest", "回执摘要（SHA-256）", "Digest, SHA-256"),
    ("filled", "填表人", "Filled in by"),
)
KEYS = _columns(
    ("number", "序号", "No."),
    ("at", "登记时刻", "Recorded"),
    ("what", "事项", "What"),
    ("principal", "人员", "Whose"),
    ("fingerprint", "密钥指纹", "Fingerprint"),
    ("namespaces", "用途", "May sign"),
    ("since", "生效", "From"),
    ("until", "失效", "Until"),
    ("reason", "原因", "Reason"),
    ("filled", "填表人", "Filled in by"),
)
APPROVALS = _columns(
    ("number", "序号", "No."),
    ("at", "时刻", "At"),
    ("release", "批次号", "Release"),
    ("what", "意见", "Decision"),
    ("steward", "数据审核员", "Data steward"),
    ("digest", "签批单或决定摘要（SHA-256）", "Digest signed, SHA-256"),
    ("reason", "原因", "Reason"),
)
PASSPHRASES = _columns(
    ("number", "序号", "No."),
    ("at", "时刻", "At"),
    ("release", "批次号", "Release"),
    ("recipient", "告知何人", "Told to"),
    ("channel", "渠道", "By"),
    ("way", "方式", "How"),
    ("filled", "填表人", "Told by"),
)
_WHAT = {
    "keys.added": "登记",
    "keys.rotated": "更换",
    "keys.revoked": "作废",
    Event.APPROVED_ONCE: "批准（第一人）",
    Event.APPROVED: "批准（第二人）",
    Event.RETURNED: "退回",
    Event.REJECTED: "不予批准",
}

_PURPOSES = {
    MANIFEST: "交付清单",
    CHECKPOINT: "账本检查点",
    HISTORY: "发布历史",
    APPROVAL: "批准",
    NOTICE: "假日通知",
    RECEIPT: "回执",
}
_WAYS = {"spoken": "口述", "slip": "打印口令单", "age": "用其公钥加密（age）"}


def register(deployment: Deployment, name: str, now: datetime) -> RegisterTable:
    """The register of that name, as the ledger stands. ``name``: one of ``REGISTERS``."""
    title, columns, draw = REGISTERS[name]
    entries = Book.read(deployment).entries
    rows = [{"number": str(number), **row} for number, row in enumerate(draw(deployment, entries), start=1)]
    head = head_of(entries)
    drawn = f"据账本第 {head.length} 条（{head.head[:16]}…）编制，{_when(now.isoformat())}"
    return RegisterTable(name=name, title=title, columns=columns, rows=tuple(rows), drawn=drawn)


def _sent(deployment: Deployment, entries: tuple[Entry, ...]) -> Iterator[Row]:
    for entry in entries:
        if entry.kind == Event.DELIVERED and entry.release is not None:
            yield _one_sent(deployment, entries, entry, entry.release)


def _one_sent(deployment: Deployment, entries: tuple[Entry, ...], delivered: Entry, release: str) -> Row:
    own = [entry for entry in entries if entry.release == release]
    manifest = Manifest.model_validate_json(package_of(deployment, release).paths[2].read_bytes())
    statement = read_statement(deployment.store(release, OPEN_NAMES).get("statement.json"))
    receipts = [entry for entry in own if entry.kind == Event.RECEIPT]
    last = receipts[-1].body if receipts else {}
    upto = [entry for entry in entries if entry.seq <= delivered.seq]
    return {
        "release": release,
        "revision": f"R{manifest.revision:02}",
        "supersedes": manifest.supersedes or "",
        "description": _description(manifest, statement),
        "count": f"{manifest.entries} 个文件",
        "rows": str(sum(file.rows or 0 for file in statement.files if file.role == "table")),
        "size": size(manifest.package.bytes),
        "sha256": manifest.package.sha256,
        "sm3": manifest.package.sm3,
        **_examined(deployment, release, last),
        "due": manifest.due or "",
        "sent": _when(delivered.at),
        "arrived": _when(last.get("arrived")),
        "decrypted": _when(last.get("decrypted")),
        "confirmed": _when(last.get("confirmed")),
        "receiver": str(last.get("person", "")),
        "told": "\n".join(
            f"{_channel(deployment, entry)}，{_when(entry.at)}" for entry in own if entry.kind == Event.PASSPHRASE_TOLD
        ),
        "late": _told_of_delay(entries, release),
        "reason": statement.reason or "",
        "ledger": f"{len(upto)}:{head_of(upto).head}",
        "state": WORDING[Book.read(deployment).view(release).state][0],
        "filled": delivered.actor,
        "reviewed": "、".join(approval.steward for approval in manifest.approvals),
        "seal": "",
    }


_CHECKS = {
    "accuracy": ("package-digest", "statement", "contents", "rows", "acceptance-code", "consistency"),
    "completeness": ("files", "names", "entries"),
    "usability": ("manifest-form", "archive", "decryption"),
    "security": ("manifest-signature", "privacy-certificate", "approvals", "gates"),
    "signature": ("manifest-signature",),
    "counted": ("rows",),
}
"""Which of the receiver's checks make up an examination; the names are those of ``gateway receive``."""


def _examined(deployment: Deployment, release: str, last: Mapping[str, object]) -> Row:
    """The receiver's examinations by its latest machine receipt; not examined where there is none."""
    path = receipt_path(deployment, release, str(last.get("kind", "R1")))
    made: dict[str, bool] = {}
    if path.is_file() and "basis" not in last:
        receipt = Receipt.model_validate_json(path.read_bytes())
        made = {check.name: check.passed for check in receipt.checks}
    return {aspect: _verdict([made.get(name) for name in names]) for aspect, names in _CHECKS.items()}


def _verdict(made: list[bool | None]) -> str:
    if False in made:
        return "不合格"
    return "未检" if None in made else "合格"


def _received(deployment: Deployment, entries: tuple[Entry, ...]) -> Iterator[Row]:
    """Every receipt, those that were refused too: they are on record."""
    basis = {"acceptance-code": "R2 验收码", "stamped-slip": "R2 盖章移交单", None: ""}
    for entry in entries:
        body = entry.body
        if entry.kind == Event.RECEIPT:
            kind = basis[body.get("basis")] or str(body.get("kind", "R1"))
            disposition = f"{DISPOSED[Disposition(body['disposition'])][0]} [{body['disposition']}]"
        elif entry.kind in (Event.RECEIPT_REFUSED, STRAY):
            kind, disposition = "", f"拒收：{REFUSED[Refusal(body['reason'])]} [{body['reason']}]"
        else:
            continue
        yield {
            "release": entry.release or str(body.get("named", "")),
            "kind": kind,
            "disposition": disposition,
            "receiver": str(body.get("person", "")),
            "arrived": _when(body.get("arrived")),
            "decrypted": _when(body.get("decrypted")),
            "confirmed": _when(body.get("confirmed")),
            "register": str(body.get("register") or ""),
            "recorded": _when(entry.at),
            "digest": str(body.get("receipt", "")),
            "filled": entry.actor,
        }


def _keys(_deployment: Deployment, entries: tuple[Entry, ...]) -> Iterator[Row]:
    for entry in entries:
        if entry.kind in RECORDS:
            body = entry.body
            yield {
                "at": _when(entry.at),
                "what": _WHAT[entry.kind],
                "principal": body["principal"],
                "fingerprint": body["fingerprint"],
                "namespaces": "、".join(
                    _PURPOSES.get(name, name) for name in str(body.get("namespaces", "")).split(",")
                ),
                "since": _when(body.get("from")),
                "until": _when(body.get("until")),
                "reason": str(body.get("reason", "")),
                "filled": entry.actor,
            }


def _approvals(_deployment: Deployment, entries: tuple[Entry, ...]) -> Iterator[Row]:
    for entry in entries:
        if entry.kind in (Event.APPROVED_ONCE, Event.APPROVED, Event.RETURNED, Event.REJECTED):
            body = entry.body
            yield {
                "at": _when(entry.at),
                "release": str(entry.release),
                "what": _WHAT[entry.kind],
                "steward": entry.actor,
                "digest": str(body.get("statement") or body.get("decision", "")),
                "reason": str(body.get("reason", "")),
            }


def _passphrases(deployment: Deployment, entries: tuple[Entry, ...]) -> Iterator[Row]:
    for entry in entries:
        if entry.kind == Event.PASSPHRASE_TOLD:
            yield {
                "at": _when(entry.at),
                "release": str(entry.release),
                "recipient": entry.body["recipient"],
                "channel": _channel(deployment, entry),
                "way": _WAYS.get(str(entry.body.get("way")), ""),
                "filled": entry.actor,
            }


Draw = Callable[[Deployment, tuple[Entry, ...]], Iterable[Row]]
REGISTERS: Mapping[str, tuple[Wording, tuple[Column, ...], Draw]] = {
    "sent": (Wording(zh="移交登记", en="Register of what was sent"), SENT, _sent),
    "received": (Wording(zh="接收登记", en="Register of receipts"), RECEIVED, _received),
    "keys": (Wording(zh="密钥登记", en="Register of keys"), KEYS, _keys),
    "approvals": (Wording(zh="签批登记", en="Register of approvals"), APPROVALS, _approvals),
    "passphrases": (Wording(zh="口令告知登记", en="Register of passphrases told"), PASSPHRASES, _passphrases),
}
"""Name → title, columns, and how its rows are drawn."""


def _description(manifest: Manifest, statement: Statement) -> str:
    titles = [file.title for file in statement.files if file.role == "table"]
    return "；".join([f"{manifest.period} 统计数据", *titles])


def _channel(deployment: Deployment, entry: Entry) -> str:
    """The channel in Chinese, where the agreement still names it so."""
    told = entry.body["channel"]
    found = [r.channel.zh for r in deployment.terms.recipients if r.channel.en == told]
    return f"{entry.body['recipient']}：{found[0] if found else told}"


def _told_of_delay(entries: tuple[Entry, ...], release: str) -> str:
    """When the receiver was told that the month comes late (四(二)5): the stop of that clock."""
    month = str(ReleaseId.parse(release).period)
    found = [
        entry.body["at"]
        for entry in entries
        if entry.kind == "clock.stopped" and entry.body.get("by") == "delay_notified" and entry.body["subject"] == month
    ]
    return _when(found[-1]) if found else ""


def _when(text: object) -> str:
    """A moment as it is read in Siping: ``2026-11-02 09:00:12``; empty when there is none."""
    return datetime.fromisoformat(str(text)).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S") if text else ""
