"""Keys of people and of the gateway: taken in, replaced, ended; each with a record in the ledger.

The record comes first, then the file is drawn from the ledger; interrupted in between, ``restore`` finishes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from gateway.base.errors import ConfigurationError, TermsError
from gateway.base.files import write_atomic
from gateway.base.sshsig import (
    APPROVAL,
    CHECKPOINT,
    HISTORY,
    MANIFEST,
    NOTICE,
    RECEIPT,
    Signer,
    generate_key,
    public_line,
)
from gateway.base.sshsig import read_allowed_signers as read_signers
from gateway.release.site.deployment import SIGNING_KEY, Deployment
from gateway.release.site.keybook import ADDED, REVOKED, ROTATED, Key, Standing, body_of, keys, lines

PURPOSES: Mapping[str, tuple[str, ...]] = {
    "manifest": (MANIFEST, CHECKPOINT, HISTORY),
    "approval": (APPROVAL, NOTICE),
    "receipt": (RECEIPT,),
}
"""What a key is for, as a command says it, and the namespaces that go with it: a steward signs holiday notices too."""
_NEXT = f"{SIGNING_KEY}-next"
MOST_MANAGERS = 2
"""Data managers who may sign receipts at one time (四(一)3 of the main agreement: one or two are named)."""

P = ParamSpec("P")
R = TypeVar("R")


def _alone(step: Callable[Concatenate[Deployment, P], R]) -> Callable[Concatenate[Deployment, P], R]:
    """``step`` while no other command is at work on the deployment."""

    @wraps(step)
    def locked(deployment: Deployment, /, *arguments: P.args, **more: P.kwargs) -> R:
        with deployment.lock():
            return step(deployment, *arguments, **more)

    return locked


@_alone
def add(
    deployment: Deployment,
    principal: str,
    public: str,
    purpose: str,
    now: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Key:
    """Takes in the first key of someone whom the agreement names. ``public``: the text of their .pub file.

    Raises TermsError for someone whom it does not name for this, ConfigurationError when they have a valid key already
    or the key is not an Ed25519 key."""
    _check_named(deployment, principal, purpose)
    new = _key(principal, public, PURPOSES[purpose], since, until)
    _check_new(deployment, new, now)
    _record(deployment, ADDED, body_of(new), now)
    draw(deployment)
    return new


@_alone
def accept(deployment: Deployment, now: datetime) -> tuple[Key, ...]:
    """Takes in the lines of the file that are new to the ledger, each of someone who has no key there for that purpose.

    Raises ConfigurationError when the file holds another key for someone, and then takes in none; else as ``add``."""
    known = keys(deployment.ledger.entries())
    file = deployment.file_of_signers()
    new = [_of(signer) for signer in file if signer not in {key.signer for key in known}]
    for key in new:
        _check_named(deployment, key.principal, _purpose(key))
        if any(old.principal == key.principal and set(old.namespaces) & set(key.namespaces) for old in known):
            raise ConfigurationError(
                f"{key.principal} 在账本中已有同一用途的密钥，文件中的是另一把",
                f"{key.principal} has a key for this in the ledger; the file holds another one",
                safe=("没有采用文件中的密钥", "no key of the file was taken in"),
                next=("更换用 gateway keys rotate，恢复名单用 gateway keys restore", "gateway keys rotate, or restore"),
            )
        _check_new(deployment, key, now)
    for key in new:
        _record(deployment, ADDED, body_of(key), now)
    draw(deployment)
    return tuple(new)


@_alone
def rotate(
    deployment: Deployment, principal: str, public: str | None, now: datetime, *, since: datetime | None = None
) -> Key:
    """Replaces someone's valid key from ``since`` on (default now). The gateway's own key is made here.

    Raises ConfigurationError when there is no valid key to replace, or the gateway's is not to be replaced now."""
    old = _standing(deployment, principal, now)
    own = principal == deployment.terms.platform.sender
    if own != (public is None) or (own and since is not None):
        raise ConfigurationError(
            "网关自己的密钥由本命令生成并立即启用；其他人的须提供公钥文件",
            "the gateway's own key is made here and used at once; anyone else's comes as a public key",
        )
    private = generate_key() if own else None
    text = public_line(private) if private else str(public)
    start = _second(since or now)
    all_of_it = next((full for full in PURPOSES.values() if set(old.namespaces) <= set(full)), old.namespaces)
    new = _key(principal, text, all_of_it, start, old.until if old.until and old.until > start else None)
    _check_unknown(deployment, new)
    if private:  # beside the old one until the record stands: a crash in between loses neither
        deployment.keyring.put(_NEXT, private)
    _record(deployment, ROTATED, body_of(new, replaces=old.fingerprint), now)
    draw(deployment)
    _finish(deployment)
    return new


@_alone
def revoke(deployment: Deployment, principal: str, reason: str, now: datetime) -> Key:
    """Ends someone's valid key at once. Raises ConfigurationError when there is none."""
    old = _standing(deployment, principal, now)
    at = _second(now)
    body = {"principal": principal, "fingerprint": old.fingerprint, "from": at.isoformat(), "reason": reason}
    _record(deployment, REVOKED, body, now)
    draw(deployment)
    return replace(old, until=at, revoked=True)


@_alone
def restore(deployment: Deployment) -> None:
    """Finishes what was interrupted: allowed_signers as the ledger has it, and the gateway's new key in its place."""
    draw(deployment)
    _finish(deployment)


def _finish(deployment: Deployment) -> None:
    """Puts a new signing key in its place once the ledger knows it; one that it does not know was never used."""
    if not deployment.keyring.has(_NEXT):
        return
    private = deployment.keyring.get(_NEXT)
    if any(key.key == public_line(private) for key in deployment.known_keys):
        deployment.keyring.put(SIGNING_KEY, private)
    deployment.keyring.remove(_NEXT)


def draw(deployment: Deployment) -> None:
    """Writes allowed_signers as the ledger has it."""
    path = deployment.root / deployment.settings.allowed_signers
    write_atomic(path, lines(keys(deployment.ledger.entries())).encode())


def _record(deployment: Deployment, kind: str, body: Mapping[str, str | None], now: datetime) -> None:
    deployment.ledger.append(kind, actor=deployment.settings.operator, body=body, at=now, expect=None)


def _standing(deployment: Deployment, principal: str, now: datetime) -> Key:
    found = [key for key in deployment.known_keys if key.principal == principal and key.standing(now) is Standing.VALID]
    if not found:
        raise ConfigurationError(
            f"{principal} 没有有效的密钥", f"{principal} has no valid key", next="gateway keys list"
        )
    return found[-1]


def _check_named(deployment: Deployment, principal: str, purpose: str) -> None:
    terms = deployment.terms
    named = {
        "manifest": {terms.platform.sender},
        "approval": set(terms.stewards),
        "receipt": {recipient.id for recipient in terms.recipients},
    }[purpose]
    if principal not in named:
        raise TermsError(
            f"协议 {terms.id} 没有为此用途（{purpose}）指定 {principal}",
            f"agreement {terms.id} does not name {principal} for this ({purpose})",
            safe=("没有登记任何密钥", "no key was taken in"),
            next=("先更新协议文件", "change the agreement file first"),
        )


def _check_new(deployment: Deployment, new: Key, now: datetime) -> None:
    """That its holder has no other valid key for this, that it was never seen, and that managers are at most two."""
    _check_unknown(deployment, new)
    valid = [key for key in keys(deployment.ledger.entries()) if key.standing(now) is Standing.VALID]
    if any(key.principal == new.principal and set(key.namespaces) & set(new.namespaces) for key in valid):
        raise ConfigurationError(
            f"{new.principal} 已有有效密钥",
            f"{new.principal} has a valid key",
            next=f"gateway keys rotate {new.principal}",
        )
    managers = {key.principal for key in valid if RECEIPT in key.namespaces}
    if RECEIPT in new.namespaces and len(managers | {new.principal}) > MOST_MANAGERS:
        raise TermsError(
            f"接收方至多 {MOST_MANAGERS} 名数据管理员同时有效",
            f"at most {MOST_MANAGERS} data managers may be valid at one time",
            next=("先作废一名：gateway keys revoke", "end one first: gateway keys revoke"),
        )


def _check_unknown(deployment: Deployment, new: Key) -> None:
    """A key that was recorded once, and perhaps ended, does not come back, nor under another name."""
    if any(key.key == new.key for key in keys(deployment.ledger.entries())):
        raise ConfigurationError(
            "这把密钥已经登记过：请生成新的密钥",
            "this key was recorded before: make a new one",
            next="gateway keys list",
        )


def _key(
    principal: str, public: str, namespaces: tuple[str, ...], since: datetime | None, until: datetime | None
) -> Key:
    text = " ".join(public.split()[:2])
    read_signers(f"{principal} {text}\n")  # raises ConfigurationError for what is no Ed25519 key
    return Key(
        principal=principal,
        key=text,
        namespaces=namespaces,
        since=_second(since) if since else None,
        until=_second(until) if until else None,
    )


def _of(signer: Signer) -> Key:
    return Key(
        principal=signer.principal,
        key=signer.key,
        namespaces=signer.namespaces,
        since=signer.valid_after,
        until=signer.valid_before,
    )


def _purpose(key: Key) -> str:
    """The purpose to which the key's namespaces belong. Raises ConfigurationError for those of two."""
    for purpose, namespaces in PURPOSES.items():
        if key.namespaces and set(key.namespaces) <= set(namespaces):
            return purpose
    raise ConfigurationError(
        f"{key.principal}：一把密钥只能有一种用途", f"{key.principal}: a key has one purpose", next="gateway keys list"
    )


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
