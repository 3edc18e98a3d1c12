"""Backup and restore: ledger, keys, history, declarations, packages and sealed holdings, in one encrypted file.

The file is AES-256-GCM under a key that scrypt (RFC 7914; N = 2^17, r = 8, p = 1) makes from a passphrase. Without the
passphrase it gives nothing; restoring checks the whole before anything is put in place, and never overwrites.

The keys of what has a term (``kinds``) are in no backup: what they seal is ciphertext there, and gone when they are
destroyed. A second file, of the same kind, takes a copy of those keys; there is one of it, each copy replaces the one
before (docs/adr/0030). Keys of holdings of others are in neither."""

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

from gateway.base.canonical import digest
from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.files import PRIVATE, sync, write_atomic
from gateway.base.shred import shred
from gateway.base.toml import load_toml
from gateway.ledger import Ledger, backup, restore
from gateway.model.documents import LedgerHead
from gateway.release.site.deployment import Deployment
from gateway.release.site.settings import Settings
from gateway.release.upkeep.ownfiles import COPIED

_MAGIC, _KEYS_MAGIC = b"GWBACKUP1\n", b"GWKEYS1\n"
_SALT, _NONCE = 16, 12
_LEDGER, _HOLDING_KEYS = "var/ledger.db", "holding-keys"
SHORTEST = 12
"""The fewest characters of a passphrase."""


_OF_A_RELEASE = ("passphrase-", "acceptance-")
"""Secrets of the keyring that open a package: they go with its key."""


def make_backup(
    deployment: Deployment, target: Path, passphrase: str, *, keys: Path | None = None, now: datetime | None = None
) -> LedgerHead:
    """Writes the backup to ``target`` (which may not exist); the ledger's head in it. The extract and the feeds, which
    can be made again, are left out. ``keys``: where the copy of the keys is, to be written anew at ``now``."""
    store = deployment.settings.store
    if (store.var, store.keyring) != ("var", "keyring"):
        raise _elsewhere()
    if len(passphrase) < SHORTEST:
        raise ConfigurationError(f"口令至少 {SHORTEST} 个字符", f"the passphrase needs at least {SHORTEST} characters")
    if target.exists():
        raise ConfigurationError(f"{target} 已存在，不覆盖", f"{target} exists and is not overwritten")
    if keys is not None and now is not None:
        _copy_keys(deployment, keys, passphrase, now)
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
    write_atomic(target, _encrypted(_MAGIC, archive.getvalue(), passphrase), mode=PRIVATE)
    return head


def _copy_keys(deployment: Deployment, target: Path, passphrase: str, now: datetime) -> None:
    """Writes the copy of the keys over the one before, and records it. Raises ConfigurationError when something else
    lies there."""
    if deployment.settings.custody.keys != _HOLDING_KEYS:
        raise _elsewhere()
    if target.exists() and not target.read_bytes().startswith(_KEYS_MAGIC):
        raise ConfigurationError(
            f"{target} 不是密钥副本，不覆盖", f"{target} is no copy of keys and is not overwritten"
        )
    own, ring = deployment.office.own_keys, deployment.keyring
    members = [(own.folder / name, f"{_HOLDING_KEYS}/{own.folder.name}/{name}") for name in own.names()]
    members += [(ring.path(name), f"keyring/{name}") for name in ring.names() if name.startswith(_OF_A_RELEASE)]
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path, name in members:
            tar.add(path, arcname=name)
    data = _encrypted(_KEYS_MAGIC, archive.getvalue(), passphrase)
    shred(target)  # an older copy opens what is destroyed since
    write_atomic(target, data, mode=PRIVATE)
    body = {"keys": len(members), "copy": digest(data)}
    deployment.ledger.append(COPIED, actor=deployment.settings.operator, body=body, at=now, expect=None)


def restore_backup(
    source: Path,
    root: Path,
    passphrase: str,
    *,
    now: datetime,
    known: Iterable[LedgerHead] = (),
    keys: Path | None = None,
) -> LedgerHead:
    """Makes the deployment ``root`` from a backup, and records that it was restored; the head in the backup.

    ``known``: heads that were given out; a backup that is older than one of them is refused. ``keys``: the copy of the
    keys; without it what has a term stays ciphertext. Raises ConfigurationError when something is there already,
    IntegrityError for a wrong passphrase, a damaged file or too old a ledger; nothing is put in place then."""
    if root.exists() and any(root.iterdir()):
        raise ConfigurationError(
            f"{root} 不是空目录",
            f"{root} is not empty",
            safe=("没有改动", "nothing was changed"),
            next=f"gateway restore {source} -C {root}-2",
        )
    archives = [_decrypted(_MAGIC, source.read_bytes(), passphrase)]
    archives += [_decrypted(_KEYS_MAGIC, keys.read_bytes(), passphrase)] if keys is not None else []
    root.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root.parent, prefix=".restore-") as folder:
        place = Path(folder) / "deployment"
        for plain in archives:
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
    for path, name in _below(deployment.keyring.folder, "keyring"):
        if not path.name.startswith(_OF_A_RELEASE):
            yield path, name
    yield from _below(deployment.var / "history", "var/history")
    yield from _holdings(deployment.var / "custody")
    for name in ("checkpoints", "letters", "requests"):
        yield from _below(deployment.var / name, f"var/{name}")
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


def _encrypted(magic: bytes, data: bytes, passphrase: str) -> bytes:
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    return magic + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, data, magic)


def _decrypted(magic: bytes, data: bytes, passphrase: str) -> bytes:
    start = len(magic) + _SALT + _NONCE
    salt, nonce = data[len(magic) : len(magic) + _SALT], data[start - _NONCE : start]
    if not data.startswith(magic) or len(data) < start + 16:
        raise IntegrityError("不是备份文件", "not a backup", safe=_NOTHING_PLACED, next=_ANOTHER)
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, data[start:], magic)
    except InvalidTag as error:
        raise IntegrityError(
            "口令不正确，或备份已损坏",
            "a wrong passphrase, or a damaged backup",
            safe=_NOTHING_PLACED,
            next=("核对口令后再次运行 gateway restore", "check the passphrase, then run gateway restore again"),
        ) from error


_NOTHING_PLACED = ("没有恢复任何文件，备份未改动", "nothing was restored; the backup is as it was")
_ANOTHER = ("以另一份备份再次运行 gateway restore", "run gateway restore again with another backup")


def _elsewhere() -> ConfigurationError:
    return ConfigurationError(
        "只能备份 var、keyring 与 holding-keys 在部署目录内的部署",
        "only a deployment that keeps var, keyring and holding-keys in its own folder can be backed up this way",
    )


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << 17, r=8, p=1).derive(passphrase.encode())
