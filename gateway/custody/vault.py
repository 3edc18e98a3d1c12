"""Where holdings lie: each file encrypted under its holding's key (AES-256-GCM), nothing in plain but working copies.

``holdings/<id>/`` has an index and the files under neutral names, for a name can tell as much as a file; the index
holds the names, the plain copies' places and the digests of the plain files. ``work/<access>/`` are working copies,
readable by this user only, removed by overwriting."""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.base.canonical import digest, digest_of, encode
from gateway.base.errors import IntegrityError
from gateway.base.files import PRIVATE, write_atomic
from gateway.base.holdingkeys import HoldingKeys
from gateway.base.shred import shred_folder

INDEX = "index"
_NONCE = 12
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A file of a holding, as its encrypted index has it: ``plain`` is where the copy that was handed in lay."""

    name: str
    plain: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the ledger says of a holding's files: how many, how many bytes, one digest over all that is encrypted."""

    files: int
    size: int
    sealed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """The holdings below ``folder``."""

    folder: Path
    keys: HoldingKeys

    def place(self, holding: str) -> Path:
        """A holding's folder."""
        return self.folder / "holdings" / holding

    def put(self, holding: str, files: Sequence[tuple[Filed, bytes]]) -> Stored:
        """Encrypts the files under a new key and reads them back. Raises IntegrityError when that differs."""
        key = self.keys.create(holding)
        contents = [encode([_as_json(filed) for filed, _ in files]), *(data for _, data in files)]
        sealed = [_seal(key, holding, number, data) for number, data in enumerate(contents)]
        for number, data in enumerate(sealed):
            write_atomic(self._path(holding, number), data, mode=PRIVATE)
        stored = Stored(
            files=len(files), size=sum(filed.size for filed, _ in files), sealed=digest_of([digest(d) for d in sealed])
        )
        for number, (filed, _) in enumerate(files, start=1):
            self.read(holding, stored, number, filed)
        return stored

    def index(self, holding: str, stored: Stored) -> tuple[Filed, ...]:
        """What the holding consists of. Raises IntegrityError when its key is missing or anything was changed."""
        key = self.keys.get(holding)
        paths = [self._path(holding, number) for number in range(stored.files + 1)]
        if not all(path.is_file() for path in paths):
            raise _changed(holding)
        if digest_of([digest(path.read_bytes()) for path in paths]) != stored.sealed:
            raise _changed(holding)
        rows = json.loads(_open(key, holding, 0, paths[0].read_bytes()))
        return tuple(Filed(**row) for row in rows)

    def read(self, holding: str, stored: Stored, number: int, filed: Filed) -> bytes:
        """The plain content of file ``number`` (from 1). Raises IntegrityError unless it is what was handed in."""
        data = _open(self.keys.get(holding), holding, number, self._path(holding, number).read_bytes())
        if digest(data) != filed.sha256:
            raise _changed(holding)
        return data

    def work(self, access: str) -> Path:
        """The folder of an access's working copies."""
        return self.folder / "work" / access

    def copy_out(self, holding: str, stored: Stored, access: str) -> list[Path]:
        """Working copies of the holding's files, under neutral names, readable by this user only."""
        folder = self.work(access)
        folder.mkdir(parents=True, mode=0o700)
        paths = []
        for number, filed in enumerate(self.index(holding, stored), start=1):
            path = folder / f"{number:04}{ending(filed.name)}"
            write_atomic(path, self.read(holding, stored, number, filed), mode=PRIVATE)
            paths.append(path)
        return paths

    def clear_work(self, access: str) -> int:
        """Removes an access's working copies; how many there were."""
        return shred_folder(self.work(access))

    def remove(self, holding: str) -> None:
        """Shreds the key first, then what it sealed: from the first step on nothing can be read, here or in a copy."""
        self.keys.shred(holding)
        shred_folder(self.place(holding))

    def gone(self, holding: str, accesses: Sequence[str]) -> bool:
        """Whether neither key, nor file, nor working copy is left."""
        left = (self.place(holding), *(self.work(access) for access in accesses))
        return self.keys.gone(holding) and not any(path.exists() for path in left)

    def _path(self, holding: str, number: int) -> Path:
        return self.place(holding) / (f"{number:04}.sealed" if number else f"{INDEX}.sealed")


def ending(name: str) -> str:
    """The file's ending, when it is a plain one: the rest of a name may name a person."""
    found = Path(name).suffix
    return found.lower() if _ENDING.fullmatch(found) else ""


def _as_json(filed: Filed) -> dict[str, str | int]:
    return {"name": filed.name, "plain": filed.plain, "size": filed.size, "sha256": filed.sha256}


def _seal(key: bytes, holding: str, number: int, data: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, f"{holding}/{number}".encode())


def _open(key: bytes, holding: str, number: int, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], f"{holding}/{number}".encode())
    except (InvalidTag, ValueError) as error:
        raise _changed(holding) from error


def _changed(holding: str) -> IntegrityError:
    return IntegrityError(
        f"{holding} 的密存文件缺失，或与入库时不同",
        f"an encrypted file of {holding} is missing or differs from what was added",
        next="gateway custody report",
    )
