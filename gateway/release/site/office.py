"""What a command needs that only looks at terms and times: settings, agreements, calendar, ledger. Light: no engine, no
pandas; a deadline is a matter of a moment.

Guarantees: the agreements of one deployment are compartments (no two claim one recipient); a holiday notice counts only
with a steward's signature and only if it does not contradict the library. What is refused here is recorded."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from gateway.agreement import Calendar, CustodyTerms, Terms, check_together, load, load_agreement, load_calendar
from gateway.base.canonical import digest
from gateway.base.errors import ConfigurationError, GatewayError, TermsError
from gateway.base.holdingkeys import HoldingKeys
from gateway.base.keyring import Keyring
from gateway.base.sshsig import NOTICE, read_allowed_signers, verify
from gateway.base.toml import load_toml
from gateway.ledger import Ledger
from gateway.release.site.settings import Settings

REFUSED = "configuration.refused"


@dataclass(frozen=True, kw_only=True)
class Office:
    """A deployment's terms. ``further``: its other agreements (custody)."""

    root: Path
    settings: Settings
    terms: Terms
    further: tuple[Terms | CustodyTerms, ...]
    calendar: Calendar

    @property
    def agreements(self) -> tuple[Terms | CustodyTerms, ...]:
        """All agreements that this deployment serves."""
        return (self.terms, *self.further)

    def agreement(self, name: str) -> Terms | CustodyTerms:
        """The agreement of that id. Raises TermsError."""
        for terms in self.agreements:
            if terms.id == name:
                return terms
        raise TermsError(
            f"本部署没有协议 {name}", f"this deployment has no agreement {name}", next="gateway agreement show"
        )

    @property
    def var(self) -> Path:
        """The gateway's own folder."""
        return self.root / self.settings.store.var

    @property
    def keyring(self) -> Keyring:
        """The secrets."""
        return Keyring(self.root / self.settings.store.keyring)

    @property
    def own_keys(self) -> HoldingKeys:
        """The keys of the gateway's own files, beside those of holdings: in no backup."""
        return HoldingKeys(self.root / self.settings.custody.keys / "own", self.keyring)

    @property
    def ledger(self) -> Ledger:
        """The ledger. Raises ConfigurationError when there is none."""
        return Ledger(self.var / "ledger.db")


def load_office(root: Path, now: datetime) -> Office:
    """The terms of the deployment in ``root``. Raises ConfigurationError for every mistake, IntegrityError for a notice
    whose signature does not hold; a refusal is recorded in the ledger, once for each content of the files."""
    root = root.resolve()
    path = root / "gateway.toml"
    if not path.is_file():
        raise ConfigurationError(
            f"{root} 不是网关部署目录：没有 gateway.toml",
            f"{root} is not a deployment: it has no gateway.toml",
            next=f"gateway init {root}",
        )
    settings = load_toml(path, Settings)
    names = [settings.agreement, *settings.further_agreements, *([settings.calendar] if settings.calendar else [])]
    try:
        terms = load(root / settings.agreement)
        further = tuple(load_agreement(root / name) for name in settings.further_agreements)
        check_together((terms, *further))
        calendar = _calendar(root, settings, terms, now)
    except GatewayError as error:
        _record(root, settings, names, error, now)
        raise
    return Office(root=root, settings=settings, terms=terms, further=further, calendar=calendar)


def _calendar(root: Path, settings: Settings, terms: Terms, now: datetime) -> Calendar:
    if settings.calendar is None:
        return Calendar()
    path = root / settings.calendar
    return load_calendar(path, verify=partial(_check_signed, root, settings, terms, path, now))


def _check_signed(root: Path, settings: Settings, terms: Terms, path: Path, now: datetime, data: bytes) -> None:
    """Raises IntegrityError unless a steward signed exactly these bytes."""
    signature = path.with_name(path.name + ".sig")
    again = f"ssh-keygen -Y sign -n {NOTICE} -f STEWARD_KEY {path.name}"
    unused = ("这份放假通知没有被采用", "this holiday notice is not used")
    if not signature.is_file():
        raise ConfigurationError(
            f"{path} 没有签名文件 {signature.name}",
            f"{path} is unsigned: there is no {signature.name}",
            safe=unused,
            next=again,
        )
    signers = read_allowed_signers((root / settings.allowed_signers).read_text(encoding="utf-8"))
    armored = signature.read_text(encoding="ascii", errors="replace")
    principal = verify(data, armored, NOTICE, signers, now).principal
    if principal not in terms.stewards:
        raise ConfigurationError(
            f"{signature.name} 由 {principal} 签名，不是协议指定的数据审核员",
            f"{signature.name} was signed by {principal}, who is no data steward of the agreement",
            safe=unused,
            next=again,
        )


def _record(root: Path, settings: Settings, names: list[str], error: GatewayError, now: datetime) -> None:
    """What was refused and why, by digests; the same content is recorded once."""
    path = root / settings.store.var / "ledger.db"
    if not path.is_file():
        return
    files = {name: digest((root / name).read_bytes()) for name in names if (root / name).is_file()}
    body = {"error": error.code, "files": [f"{name} {sha}" for name, sha in sorted(files.items())]}
    ledger = Ledger(path)
    if not any(entry.body == body for entry in ledger.entries(kind=REFUSED)):
        ledger.append(REFUSED, actor=settings.operator, body=body, at=now, expect=None)
