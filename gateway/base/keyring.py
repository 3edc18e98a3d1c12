"""The deployment's secrets, in one private folder: nothing else of the gateway stores a key.

A secret is a file of mode 0600 that belongs to this user; a looser one is refused. The ``master`` key wraps the keys of
the files that the gateway writes (``seal``/``open_sealed``): AES-256-GCM with a fresh key a file, bound to the file's
purpose, so that a sealed file can't be passed off as another. Secrets that come and go with a release are sealed like
this as well (``put_sealed``): no file but the master key and the keys made with ssh-keygen holds one in plain."""

import os
import secrets
import stat
from abc import ABC, abstractmethod
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.base.errors import ConfigurationError, IntegrityError
from gateway.base.files import PRIVATE, write_atomic

MASTER = "master"
_MAGIC = b"GWSEAL1\n"
_WRAPPED = 12 + 32 + 16
_NAMES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Sealer(ABC):
    """Seals files under a fresh key each, which one key wraps: the master key, or a holding's."""

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """``key`` (32 bytes) encrypted under that key, bound to ``purpose``."""
        nonce = secrets.token_bytes(12)
        return nonce + self._wrapping(new=True).encrypt(nonce, key, purpose.encode())

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """The key that ``wrap`` was given. Raises IntegrityError if it was wrapped elsewhere or for another purpose."""
        wrapping = self._wrapping(new=False)
        try:
            if len(wrapped) != _WRAPPED:
                raise InvalidTag
            return wrapping.decrypt(wrapped[:12], wrapped[12:], purpose.encode())
        except InvalidTag as error:
            raise IntegrityError(
                f"“{purpose}”无法用这把密钥解开：密钥不同，或文件已损坏",
                f"'{purpose}' can't be opened with this key: another one, or a damaged file",
            ) from error

    def seal(self, data: bytes, purpose: str) -> bytes:
        """``data`` encrypted under a fresh key that this one wraps."""
        key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
        return _MAGIC + self.wrap(key, purpose) + nonce + AESGCM(key).encrypt(nonce, data, purpose.encode())

    def open_sealed(self, sealed: bytes, purpose: str) -> bytes:
        """The data of ``seal``. Raises IntegrityError when anything about it was changed."""
        head = len(_MAGIC)
        if sealed[:head] != _MAGIC or len(sealed) < head + _WRAPPED + 28:
            raise IntegrityError(f"“{purpose}”不是密封文件", f"'{purpose}' is not a sealed file")
        key = self.unwrap(sealed[head : head + _WRAPPED], purpose)
        body = sealed[head + _WRAPPED :]
        try:
            return AESGCM(key).decrypt(body[:12], body[12:], purpose.encode())
        except InvalidTag as error:
            raise IntegrityError(f"密封文件“{purpose}”已损坏", f"the sealed file '{purpose}' is damaged") from error

    def opens(self, path: Path, purpose: str) -> bool:
        """Whether the sealed file at ``path`` was sealed with this key; its content is not looked at."""
        head = len(_MAGIC) + _WRAPPED
        with path.open("rb") as stream:
            start = stream.read(head)
        try:
            self.unwrap(start[len(_MAGIC) :], purpose)
        except IntegrityError:
            return False
        return start.startswith(_MAGIC)

    @abstractmethod
    def _wrapping(self, *, new: bool) -> AESGCM:
        """The key that wraps; ``new``: to seal something, not to open it."""


class Keyring(Sealer):
    """The secrets below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def create(cls, folder: Path) -> "Keyring":
        """A keyring with a new master key; an existing one is left as it is."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        ring = cls(folder)
        if not ring.has(MASTER):
            ring.put(MASTER, secrets.token_bytes(32))
        return ring

    @property
    def folder(self) -> Path:
        """Where the secrets lie."""
        return self._folder

    def path(self, name: str) -> Path:
        """The file of a secret, for programs such as ssh that take a path."""
        if not name or not set(name) <= _NAMES or name.startswith("."):
            raise ConfigurationError(f"密钥名不合法：{name!r}", f"not a name for a key: {name!r}")
        return self._folder / name

    def has(self, name: str) -> bool:
        """Whether the secret exists."""
        return self.path(name).is_file()

    def names(self) -> list[str]:
        """The names of all secrets."""
        if not self._folder.is_dir():
            return []
        return sorted(p.name for p in self._folder.iterdir() if p.is_file() and not p.name.startswith("."))

    def get(self, name: str) -> bytes:
        """The secret. Raises ConfigurationError when it is missing or readable by others."""
        path = self.path(name)
        try:
            info = path.stat()
        except FileNotFoundError as error:
            raise ConfigurationError(
                f"密钥环中没有 {name}",
                f"the keyring has no {name}",
                safe=("没有打开、密封或发送任何内容", "nothing was opened, sealed or sent"),
                next="gateway doctor",
            ) from error
        if stat.S_IMODE(info.st_mode) & 0o077 or info.st_uid != os.getuid():
            raise ConfigurationError(
                f"密钥 {name} 可被他人读取", f"the key {name} can be read by others", next=f"chmod 600 {path}"
            )
        data = path.read_bytes()
        return self.open_sealed(data, _purpose(name)) if data.startswith(_MAGIC) else data

    def put(self, name: str, value: bytes) -> None:
        """Stores a secret, replacing an older one."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(self.path(name), value, mode=PRIVATE)

    def put_sealed(self, name: str, value: bytes) -> None:
        """Stores a secret that is of no use without the master key; ``get`` opens it."""
        self.put(name, self.seal(value, _purpose(name)))

    def remove(self, name: str) -> None:
        """Forgets a secret."""
        self.path(name).unlink(missing_ok=True)

    def _wrapping(self, *, new: bool) -> AESGCM:
        key = self.get(MASTER)
        if len(key) != 32:
            raise ConfigurationError(
                "主密钥已损坏：应为 32 字节", "the master key is damaged: it has 32 bytes", next="gateway restore"
            )
        return AESGCM(key)


def _purpose(name: str) -> str:
    return f"keyring/{name}"
