"""Backup and restore: ledger, keys, history, declarations, packages and sealed holdings, in one encrypted file.

The file is AES-256-GCM under a key that scrypt (RFC 7914; N = 2^17, r = 8, p = 1) makes from a passphrase. Without the
passphrase it gives nothing; restoring checks the whole before anything is put in place, and never overwrites."""

import io
import secrets
import tarfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.files import PRIVATE, sync, write_atomic
from gateway.base.toml import load_toml
from gateway.ledger import Ledger, backup, restore
from gateway.model.documents import LedgerHead
from gateway.release.deployment import Deployment
from gateway.release.settings import Settings

_MAGIC = b"GWBACKUP1\n"
_SALT, _NONCE = 16, 12
_LEDGER = "var/ledger.db"
SHORTEST = 12
"""The fewest characters of a passphrase."""


def make_backup(deployment: Deployment, target: Path, passphrase: str) -> LedgerHead:
    """Writes the backup to ``target`` (which may not exist); the ledger's head in it. The extract and the feeds, which
    can be made again, are left out."""
    store = deployment.settings.store
    if (store.var, store.keyring) != ("var", "keyring"):
        raise ConfigurationError(
            "只能备份 var 与 keyring 在部署目录内的部署",
            "only a deployment that keeps var and keyring in its own folder can be backed up this way",
        )
    if len(passphrase) < SHORTEST:
        raise ConfigurationError(f"口令至少 {SHORTEST} 个字符", f"the passphrase needs at least {SHORTEST} characters")
    if target.exists():
        raise ConfigurationError(f"{target} 已存在，不覆盖", f"{target} exists and is not overwritten")
    archive = io.BytesIO()
    with (
        TemporaryDirectory(dir=deployment.var, prefix=".backup-") as folder,
        tarfile.open(fileobj=archive, mode="w") as tar,
    ):
        copy = Path(folder) / "ledger.db"
        head = backup(deployment.ledger, copy)
        tar.add(copy, arcname=_LEDGER)
        for path, name in _members(deployment):
            tar.add(path, arcname=name)
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    body = AESGCM(_key(passphrase, salt)).encrypt(nonce, archive.getvalue(), _MAGIC)
    write_atomic(target, _MAGIC + salt + nonce + body, mode=PRIVATE)
    return head


def restore_backup(
    source: Path, root: Path, passphrase: str, *, now: datetime, known: Iterable[LedgerHead] = ()
) -> LedgerHead:
    """Makes the deployment ``root`` from a backup, and records that it was restored; the head in the backup.

    ``known``: heads that were given out; a backup that is older than one of them is refused. Raises ConfigurationError
    when something is there already, IntegrityError for a wrong passphrase, a damaged file or too old a ledger; nothing
    is put in place then."""
    if root.exists() and any(root.iterdir()):
        raise ConfigurationError(f"{root} 不是空目录", f"{root} is not empty", safe=("没有改动", "nothing was changed"))
    data = source.read_bytes()
    start = len(_MAGIC) + _SALT + _NONCE
    salt, nonce = data[len(_MAGIC) : len(_MAGIC) + _SALT], data[start - _NONCE : start]
    if not data.startswith(_MAGIC) or len(data) < start + 16:
        raise IntegrityError("不是备份文件", "not a backup")
    try:
        plain = AESGCM(_key(passphrase, salt)).decrypt(nonce, data[start:], _MAGIC)
    except InvalidTag as error:
        raise IntegrityError("口令不正确，或备份已损坏", "a wrong passphrase, or a damaged backup") from error
    root.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root.parent, prefix=".restore-") as folder:
        place = Path(folder) / "deployment"
        with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
            for member in tar:
                _extract(tar, member, place)
        (place / _LEDGER).rename(place / "ledger.copy")
        head = restore(place / "ledger.copy", place / _LEDGER, known)
        (place / "ledger.copy").unlink()
        operator = load_toml(place / "gateway.toml", Settings).operator
        body = {"length": head.length, "head": head.head if head.length else None}
        Ledger(place / _LEDGER).append("ledger.restored", actor=operator, body=body, at=now, expect=head)
        (place / "keyring").chmod(0o700)
        place.rename(root)  # all of it at once
    sync(root.parent)
    return head


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    """Writes one plain file below ``place``; a backup of ours holds nothing else."""
    path, stream = (place / member.name).resolve(), tar.extractfile(member)
    if stream is None or not path.is_relative_to(place.resolve()):
        raise IntegrityError("备份中有不属于它的内容", "the backup holds something that is not its own")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, stream.read(), mode=member.mode & 0o777)


def _members(deployment: Deployment) -> Iterator[tuple[Path, str]]:
    """Files to keep and their names in the archive, in order."""
    root = deployment.root
    yield root / "gateway.toml", "gateway.toml"
    for name in ("agreements", "pipelines", "expectations", "keys"):
        yield from _below(root / name, name)
    yield from _below(deployment.keyring.folder, "keyring")
    yield from _below(deployment.var / "history", "var/history")
    yield from _holdings(deployment.var / "custody")
    yield from _below(deployment.var / "checkpoints", "var/checkpoints")
    for path, name in _below(deployment.var / "releases", "var/releases"):
        if "/feeds/" not in name:
            yield path, name


def _holdings(folder: Path) -> Iterator[tuple[Path, str]]:
    """Holdings as ciphertext, and the signed papers. Working copies and holdings' keys are never backed up: a key that
    came back would open what was destroyed (ADR 15)."""
    for name in ("holdings", "commitments"):
        yield from _below(folder / name, f"var/custody/{name}")


def _below(folder: Path, name: str) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path, f"{name}/{path.relative_to(folder).as_posix()}"


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << 17, r=8, p=1).derive(passphrase.encode())
