"""What ``gateway doctor`` looks at: each check by itself, so that one fault does not hide the next."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.agreement import check_in_force, due, recipients
from gateway.base.errors import ConfigurationError, GatewayError
from gateway.base.language import say
from gateway.base.sshsig import APPROVAL, MANIFEST, RECEIPT, Signer, public_line
from gateway.delivery import probe
from gateway.ingest import files_of
from gateway.model.period import Period
from gateway.release.history.chain import History
from gateway.release.sending.delivering import connect
from gateway.release.site.checkpoints import given_out
from gateway.release.site.deployment import EXCHANGE_SECRET, LOGIN_KEY, SIGNING_KEY, Deployment
from gateway.verifier import verify_ledger

LEAST_FREE = 1 << 30
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: its name, whether it passed, what was seen; where it failed, the command that goes on from here."""

    name: str
    passed: bool
    detail: str
    next: str | None = None


def checkup(deployment: Deployment, now: datetime, *, online: bool = True) -> list[Finding]:
    """All checks. ``online``: also log in to the inbox."""
    checks: list[tuple[str, Callable[[Deployment, datetime], str]]] = [
        (say("协议期限", "agreement in force"), _terms),
        (say("应报日历", "calendar"), _calendar),
        (say("数据源", "extract"), _extract),
        (say("期望套件", "expectation suites"), _suites),
        (say("密钥环", "keyring"), _keys),
        (say("签名人名单", "allowed signers"), _signers),
        (say("账本", "ledger"), _ledger),
        (say("发布历史", "release history"), _history),
        (say("磁盘空间", "disk"), _disk),
    ]
    if online:
        checks.append((say("收件服务器", "inbox"), _inbox))
    return [_one(name, check, deployment, now) for name, check in checks]


def _one(name: str, check: Callable[[Deployment, datetime], str], deployment: Deployment, now: datetime) -> Finding:
    try:
        return Finding(name=name, passed=True, detail=check(deployment, now))
    except GatewayError as error:
        return Finding(name=name, passed=False, detail=str(error), next=error.what_next)


def _terms(deployment: Deployment, now: datetime) -> str:
    check_in_force(deployment.terms, now.date())
    names = [recipient.id for recipient in recipients(deployment.terms, now.date())]
    until = deployment.terms.term.until
    return say(f"至 {until}；接收人 {'、'.join(names)}", f"until {until}; recipients {', '.join(names)}")


def _calendar(deployment: Deployment, now: datetime) -> str:
    this = Period(year=now.year, month=now.month)
    shown = [due(deployment.terms, month, deployment.calendar) for month in (this, this.next)]
    told: list[str] = []
    for found in shown:
        if found.due:
            told.append(f"{found.period} → {found.due}")
        elif found.reason and not any(one.reason for one in shown[: shown.index(found)]):
            told.append(f"{found.period}: {say(*found.reason)}")
        else:  # the same notice is missing: its reason was given
            told.append(say(f"{found.period} 暂定 {found.target}", f"{found.period}: provisionally {found.target}"))
    return say("；", "; ").join(told)


def _extract(deployment: Deployment, now: datetime) -> str:
    if deployment.extract.connection:
        return say("数据库", "database")
    feeds = deployment.source.feeds.values()
    found = [path.name for feed in feeds for path in files_of(deployment.extract.folder, feed.source)]
    return _listed(found)


def _suites(deployment: Deployment, now: datetime) -> str:
    return str(len(deployment.digests_of_suites))


def _keys(deployment: Deployment, now: datetime) -> str:
    keyring = deployment.keyring
    for name in (SIGNING_KEY, LOGIN_KEY, EXCHANGE_SECRET, "master"):
        keyring.get(name)
    return f"{len(keyring.names())}"


def _signers(deployment: Deployment, now: datetime) -> str:
    signers = deployment.allowed_signers()
    own = public_line(deployment.keyring.get(SIGNING_KEY))
    wanted = [(deployment.terms.platform.sender, MANIFEST)]
    wanted += [(steward, APPROVAL) for steward in deployment.terms.stewards]
    wanted += [(r.id, RECEIPT) for r in recipients(deployment.terms, now.date())]
    missing = [who for who, what in wanted if not _valid(signers, who, what, now)]
    if missing or not any(s.key == own and s.principal == deployment.terms.platform.sender for s in signers):
        names = missing or [deployment.terms.platform.sender]
        raise ConfigurationError(
            f"{deployment.settings.allowed_signers} 中缺少有效公钥：{'、'.join(names)}",
            f"{deployment.settings.allowed_signers} has no valid key for: {', '.join(names)}",
            next=(
                f"新人员用 gateway keys add {names[0]} 公钥文件；密钥到期用 gateway keys rotate",
                f"gateway keys add {names[0]} KEY.pub for someone new; gateway keys rotate for a key that has ended",
            ),
        )
    late = [s.principal for s in signers if s.valid_before and s.valid_before < now + SOON]
    return say(f"30 日内到期：{'、'.join(late)}", f"expiring within 30 days: {', '.join(late)}") if late else "√"


def _listed(names: list[str]) -> str:
    return say("、", ", ").join(names)


def _valid(signers: list[Signer], who: str, what: str, now: datetime) -> bool:
    return any(s.principal == who and s.problem(what, now) is None for s in signers)


def _ledger(deployment: Deployment, now: datetime) -> str:
    signers = deployment.allowed_signers_path.read_text(encoding="utf-8")
    report = verify_ledger(deployment.ledger.path, *given_out(deployment.var), allowed_signers=signers)
    if not report.valid:
        raise ConfigurationError(report.checks[-1].zh, report.checks[-1].en, next="gateway ledger verify")
    head = deployment.ledger.head()
    return f"{head.length} · {head.head[:16]}"


def _history(deployment: Deployment, now: datetime) -> str:
    history = History(deployment)
    history.check_begun()
    return history.head()[:16]


def _disk(deployment: Deployment, now: datetime) -> str:
    deployment.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(deployment.var).free
    if free < LEAST_FREE:
        raise ConfigurationError(f"可用空间仅 {free >> 20} MiB", f"only {free >> 20} MiB are free", next=_ROOM)
    return f"{free >> 30} GiB"


_ROOM = ("腾出空间后再次运行 gateway doctor", "free some space, then run gateway doctor again")


def _inbox(deployment: Deployment, now: datetime) -> str:
    with connect(deployment) as session:
        found = probe(session, deployment.settings.sftp.inbox)
    if not found.fit:
        raise ConfigurationError(
            "收件目录不能写入、读回，或会覆盖已有文件",
            "the inbox can't be written or read back, or overwrites what is there",
            next=(
                "请接收方核对收件目录的权限后再次运行 gateway doctor",
                "ask the receiver to check the inbox's permissions, then run gateway doctor again",
            ),
        )
    return f"{found.server} · {found.cipher} · fsync {'√' if found.fsync else '—'}"
