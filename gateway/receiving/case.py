"""One package under examination: its bytes, read once, and the documents in them, parsed strictly.

Everything is read into memory first and checked there, so that nobody can change a file between its check and its use.
What can't be read raises Failed, in whichever check asks for it first."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.base.canonical import digest
from gateway.base.errors import GatewayError
from gateway.base.sshsig import Signer, verify
from gateway.model.documents import Manifest, Statement
from gateway.receiving.archive import ACCEPTANCE, STATEMENT, Archive
from gateway.receiving.failed import Failed
from gateway.receiving.found import Found, Part
from gateway.receiving.register import Register

Document = TypeVar("Document", bound=BaseModel)

_CODE = re.compile(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}")
_MOST_BYTES = {Part.SIGNATURE: 1 << 16, Part.MANIFEST: 1 << 22, Part.PRIVACY: 1 << 26, Part.PACKAGE: 1 << 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who receives, when, with what knowledge."""

    recipient: str
    passphrase: str
    signers: Sequence[Signer]
    register: Register
    now: datetime


class Case:
    """A package and its receiver. Properties are computed once; each raises Failed for what can't be read."""

    def __init__(self, found: Found, receiver: Receiver) -> None:
        self.found, self.receiver = found, receiver
        self._raw: dict[Part, bytes] = {}

    def raw(self, part: Part) -> bytes:
        """The bytes of one of the four files."""
        if part not in self._raw:
            most = _MOST_BYTES[part]
            try:
                with self.found.path(part).open("rb") as stream:
                    data = stream.read(most + 1)
            except OSError as error:
                raise Failed(f"文件 *{part.value} 无法读取", f"the file *{part.value} can't be read") from error
            if len(data) > most:
                raise Failed(f"文件 *{part.value} 过大", f"the file *{part.value} is too large")
            self._raw[part] = data
        return self._raw[part]

    def signed_by(self, message: bytes, armored: str, namespace: str) -> Signer:
        """The allowed signer of ``message``."""
        try:
            return verify(message, armored, namespace, self.receiver.signers, self.receiver.now)
        except GatewayError as error:
            raise Failed(error.zh, error.en) from error

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest; whoever uses it has checked its signature."""
        return read_document(self.raw(Part.MANIFEST), Manifest)

    @property
    def manifest_sha256(self) -> str:
        """The digest of the manifest's bytes: the package's identity."""
        return digest(self.raw(Part.MANIFEST))

    @cached_property
    def archive(self) -> Archive:
        """The zip, still encrypted."""
        return Archive.inspect(self.raw(Part.PACKAGE))

    @cached_property
    def contents(self) -> Mapping[str, bytes]:
        """Every entry of the zip, decrypted."""
        return self.archive.read(self.receiver.passphrase)

    @cached_property
    def statement(self) -> Statement:
        """The statement; whoever uses it has checked its digest."""
        return read_document(self.contents[STATEMENT], Statement)

    @property
    def acceptance(self) -> str | None:
        """The acceptance code inside the package, or None if what lies there is not one."""
        line = self.contents[ACCEPTANCE].decode("ascii", errors="replace").removesuffix("\n").removesuffix("\r")
        return line if _CODE.fullmatch(line) else None


def read_json(data: bytes) -> Any:
    """The JSON in ``data``: UTF-8, no key twice, no NaN. Raises Failed."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Failed("不是规范的 JSON", "not well-formed JSON") from error


def read_document(data: bytes, model: type[Document]) -> Document:
    """The document in ``data``, nothing missing, nothing unknown. Raises Failed."""
    read_json(data)
    try:
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        count = error.error_count()
        raise Failed(f"有 {count} 处不符合格式", f"{count} places don't fit the format") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(name)
