"""Whose key may sign what, from when until when: a fold over the ledger's records of keys.

``keys/allowed_signers`` is drawn from it and held against it before every use: a key that was swapped, added or
prolonged in the file alone is refused (ADR 0013). Nothing is ever taken out: an ended key keeps its line and its last
moment, so that what it signed before can still be verified."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.base.errors import IntegrityError
from gateway.base.sshsig import Signer, fingerprint
from gateway.ledger import Entry
from gateway.model.period import ZONE

ADDED, ROTATED, REVOKED = "keys.added", "keys.rotated", "keys.revoked"
RECORDS = (ADDED, ROTATED, REVOKED)


class Standing(StrEnum):
    """Whether a key may be used at a moment."""

    VALID = "valid"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"


WORDING = {
    Standing.VALID: ("有效", "valid"),
    Standing.NOT_YET: ("尚未生效", "not yet valid"),
    Standing.EXPIRED: ("已过期", "expired"),
    Standing.REVOKED: ("已作废", "revoked"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of one person, as the ledger has it; times are aware, ``until`` is the first moment no longer covered."""

    principal: str
    key: str
    namespaces: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None
    revoked: bool = False

    @property
    def fingerprint(self) -> str:
        """``SHA256:…``, as read out over the telephone."""
        return fingerprint(self.key)

    @property
    def signer(self) -> Signer:
        """Its line of allowed_signers."""
        return Signer(
            principal=self.principal,
            key=self.key,
            namespaces=self.namespaces,
            valid_after=self.since,
            valid_before=self.until,
        )

    def standing(self, at: datetime) -> Standing:
        """Whether it may be used at ``at``."""
        if self.until is not None and at >= self.until:
            return Standing.REVOKED if self.revoked else Standing.EXPIRED
        return Standing.NOT_YET if self.since is not None and at < self.since else Standing.VALID


def keys(entries: Iterable[Entry]) -> tuple[Key, ...]:
    """Every key that was ever recorded, in that order."""
    found: list[Key] = []
    for entry in entries:
        body = entry.body
        match entry.kind:
            case "keys.added":
                found.append(_of(body))
            case "keys.rotated":
                new = _of(body)
                found = [_ended(key, new) if key.fingerprint == body["replaces"] else key for key in found]
                found.append(new)
            case "keys.revoked":
                at = datetime.fromisoformat(str(body["from"]))
                found = [
                    replace(key, until=min(at, key.until) if key.until else at, revoked=True)
                    if (key.principal, key.fingerprint) == (body["principal"], body["fingerprint"])
                    else key
                    for key in found
                ]
    return tuple(found)


def body_of(key: Key, **more: str | None) -> dict[str, str | None]:
    """What a record of ``key`` carries."""
    return {
        "principal": key.principal,
        "key": key.key,
        "fingerprint": key.fingerprint,
        "namespaces": ",".join(key.namespaces),
        "from": key.since.isoformat() if key.since else None,
        "until": key.until.isoformat() if key.until else None,
        **more,
    }


def lines(known: Iterable[Key]) -> str:
    """The allowed_signers file: times are Asia/Shanghai, as OpenSSH takes local time."""
    head = (
        "# Who may sign what (ssh-keygen(1), ALLOWED SIGNERS). Drawn from the ledger by `gateway keys`:\n"
        "# a line that is changed here alone is refused.\n"
    )
    return head + "".join(_line(key) for key in known)


def check_file(signers: Iterable[Signer], known: Iterable[Key]) -> None:
    """Raises IntegrityError unless the file says exactly what the ledger says; it names who differs."""
    file, ledger = set(signers), {key.signer for key in known}
    differ = sorted({signer.principal for signer in file ^ ledger})
    if differ:
        names = "、".join(differ)
        raise IntegrityError(
            f"签名人名单与账本登记的密钥不一致：{names}",
            f"allowed_signers differs from the keys that the ledger knows: {', '.join(differ)}",
            safe=("名单中的任何密钥都未被采用", "no key of the file was used"),
            next=(
                "核对指纹：新人员用 gateway keys accept 登记；否则用 gateway keys restore 恢复名单",
                "compare fingerprints; gateway keys accept takes in new people, gateway keys restore redraws the file",
            ),
        )


def _of(body: Mapping[str, Any]) -> Key:
    return Key(
        principal=str(body["principal"]),
        key=str(body["key"]),
        namespaces=tuple(str(body["namespaces"]).split(",")),
        since=_time(body["from"]),
        until=_time(body["until"]),
    )


def _ended(old: Key, new: Key) -> Key:
    return replace(old, until=min(new.since, old.until) if old.until and new.since else new.since)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _line(key: Key) -> str:
    options = [f'namespaces="{",".join(key.namespaces)}"']
    for name, moment in (("valid-after", key.since), ("valid-before", key.until)):
        if moment is not None:
            options.append(f'{name}="{moment.astimezone(ZONE):%Y%m%d%H%M%S}"')
    return f"{key.principal} {','.join(options)} {key.key}\n"
