"""A key of its own for each holding, in a folder of its own that no backup takes: who shreds the key shreds every copy.

A key lies here wrapped by the keyring's master key, so that this folder alone opens nothing either. The folder carries
the mark that backup programs skip (CACHEDIR.TAG); ``gateway backup`` leaves it out (docs/adr/0015, 0030)."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.base.errors import IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.base.keyring import Keyring, Sealer
from gateway.base.shred import shred

TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# keys of holdings: a copy would outlive their destruction\n"
"""The Cache Directory Tagging Specification's mark."""
_TAG_NAME = "CACHEDIR.TAG"


class HoldingKeys:
    """The keys below one folder."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder, self._keyring = folder, keyring

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self._folder

    def create(self, holding: str) -> bytes:
        """A new key, on the disk when this returns. Raises IntegrityError when the holding has one."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark(self._folder)
        if self.has(holding):
            raise IntegrityError(f"{holding} 已有密钥", f"{holding} has a key already")
        key = secrets.token_bytes(32)
        write_atomic(self._folder / holding, self._keyring.wrap(key, _purpose(holding)), mode=PRIVATE)
        return key

    def has(self, holding: str) -> bool:
        """Whether the key is there."""
        return (self._folder / holding).is_file()

    def get(self, holding: str) -> bytes:
        """The key. Raises IntegrityError when it is missing or another keyring wrapped it."""
        path = self._folder / holding
        if not path.is_file():
            raise IntegrityError(
                f"没有 {holding} 的密钥：已销毁，或密钥目录不在此处",
                f"there is no key of {holding}: it was shredded, or the folder of keys is elsewhere",
                safe=("没有改动", "nothing was changed"),
                next=("gateway custody list；gateway custody own", "gateway custody list; gateway custody own"),
            )
        return self._keyring.unwrap(path.read_bytes(), _purpose(holding))

    def names(self) -> list[str]:
        """The holdings that have a key."""
        if not self._folder.is_dir():
            return []
        files = (path.name for path in self._folder.iterdir() if path.is_file())
        return sorted(name for name in files if name != _TAG_NAME and not name.startswith("."))

    def shred(self, holding: str) -> None:
        """Destroys the key and what a kill may have left of writing it. Nothing that it sealed can be read again."""
        for left in (self._folder / holding, *self._folder.glob(f".{holding}.*.part")):
            shred(left)

    def gone(self, holding: str) -> bool:
        """Whether nothing of the key is left here."""
        return not self.has(holding) and not any(self._folder.glob(f".{holding}.*.part"))


@dataclass(frozen=True, slots=True)
class HoldingSealer(Sealer):
    """Seals the files of one holding under its key, which is made with the first of them."""

    keys: HoldingKeys
    holding: str

    @property
    def ready(self) -> bool:
        """Whether the key is there: what it sealed can be opened."""
        return self.keys.has(self.holding)

    def _wrapping(self, *, new: bool) -> AESGCM:
        """Raises IntegrityError when something is to be opened and the key is gone."""
        return AESGCM(self.keys.create(self.holding) if new and not self.ready else self.keys.get(self.holding))


def mark(folder: Path) -> None:
    """Marks a folder as one that backup programs skip."""
    if not (folder / _TAG_NAME).is_file():
        write_atomic(folder / _TAG_NAME, TAG, mode=PRIVATE)


def _purpose(holding: str) -> str:
    return f"holding/{holding}"
