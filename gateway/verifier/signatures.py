"""Reads OpenSSH signatures and allowed_signers files, from their published descriptions alone.

Sources: PROTOCOL.sshsig (blob and signed data), RFC 4253 6.6 and RFC 8709 (ssh-ed25519), ssh-keygen(1) ALLOWED SIGNERS.
Only Ed25519 is known; a key may sign only in namespaces that its line names."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from fnmatch import fnmatchcase

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.verifier.report import Problem

_ARMOR = re.compile(
    r"-----BEGIN SSH SIGNATURE-----\r?\n((?:[A-Za-z0-9+/=]+\r?\n)+)-----END SSH SIGNATURE-----[ \t\r\n]*"
)
_LINE = re.compile(r"(?P<who>\S+)[ \t]+(?:(?P<options>\S+)[ \t]+)?ssh-ed25519[ \t]+(?P<key>\S+)(?:[ \t].*)?")
_OPTION = re.compile(r'(namespaces|valid-after|valid-before)="([^"]*)"(?:,(?=.)|$)')
_TIME = re.compile(r"([0-9]{8})([0-9]{4})?([0-9]{2})?(Z?)")
_CHINA = timezone(timedelta(hours=8))
_TYPE = b"ssh-ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """One line of an allowed_signers file: whose key (32 bytes), for what, from when until when."""

    who: str
    key: bytes
    namespaces: tuple[str, ...]
    after: datetime | None
    before: datetime | None

    def may_sign(self, namespace: str, at: datetime) -> bool:
        """Whether this key may sign in ``namespace`` at ``at`` (aware)."""
        named = any(fnmatchcase(namespace, pattern) for pattern in self.namespaces)
        return named and not (self.after and at < self.after) and not (self.before and at >= self.before)


def trusted_keys(text: str) -> list[Trusted]:
    """The lines of an allowed_signers file. Raises Problem for a line that is not understood."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    return [_trusted(line, number) for number, line in lines if line and not line.startswith("#")]


def signer(message: bytes, armored: str, namespace: str, trusted: list[Trusted], at: datetime) -> Trusted:
    """Who signed ``message`` in ``namespace``. Raises Problem unless a trusted key did, and might at ``at``."""
    key, signed_namespace, hash_name, raw = _unpacked(armored)
    if signed_namespace != namespace.encode():
        raise Problem(f"签名不属于用途 {namespace}", f"the signature is not one for {namespace}")
    inner = [signed_namespace, b"", hash_name, hashlib.new(hash_name.decode(), message).digest()]
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw, b"SSHSIG" + b"".join(map(_packed, inner)))
    except InvalidSignature as error:
        raise Problem("签名与内容不符", "the signature does not fit the content") from error
    holders = [line for line in trusted if line.key == key]
    if not holders:
        raise Problem("签名密钥不在名单中", "the signing key is not on the list")
    for holder in holders:
        if holder.may_sign(namespace, at):
            return holder
    raise Problem(
        f"签名密钥此时无权签署 {namespace}（用途不符、未生效或已过期）",
        f"the signing key may not sign for {namespace} at this time (other purpose, not yet valid, or expired)",
    )


def _unpacked(armored: str) -> tuple[bytes, bytes, bytes, bytes]:
    """(key, namespace, hash name, signature) of an armored signature."""
    match = _ARMOR.fullmatch(armored)
    try:
        if match is None:
            raise ValueError("armor")
        text = re.sub(r"[\r\n]", "", match[1])
        blob = base64.b64decode(text, validate=True)
        if base64.b64encode(blob).decode() != text:
            raise ValueError("bits after the end")
        if blob[:10] != b"SSHSIG\x00\x00\x00\x01":
            raise ValueError("preamble")
        public, namespace, reserved, hash_name, signature = _fields(blob[10:], 5)
        key_type, key = _fields(public, 2)
        signature_type, raw = _fields(signature, 2)
    except ValueError as error:
        raise Problem("签名格式不正确", "the signature is malformed") from error
    types = key_type == signature_type == _TYPE and hash_name in (b"sha512", b"sha256")
    if not types or reserved or len(key) != 32 or len(raw) != 64:
        raise Problem("签名算法不受支持", "the signature's algorithm is not supported")
    return key, namespace, hash_name, raw


def _fields(data: bytes, count: int) -> list[bytes]:
    """``data`` as ``count`` strings of RFC 4251, with nothing left over. Raises ValueError."""
    found = []
    for _ in range(count):
        length = int.from_bytes(data[:4], "big")
        if len(data) < 4 + length:
            raise ValueError("too short")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    if data:
        raise ValueError("too long")
    return found


def _packed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _trusted(line: str, number: int) -> Trusted:
    problem = Problem(f"allowed_signers 第 {number} 行无法识别", f"allowed_signers: line {number} is not understood")
    match = _LINE.fullmatch(line)
    if match is None:
        raise problem
    options = dict(_OPTION.findall(match["options"] or ""))
    spelled = sum(1 for _ in _OPTION.finditer(match["options"] or ""))
    if _OPTION.sub("", match["options"] or "") or spelled != len(options):
        raise problem
    if set(options.get("namespaces", "")) & set("![]"):
        raise problem
    try:
        key_type, key = _fields(base64.b64decode(match["key"], validate=True), 2)
        after, before = _moment(options.get("valid-after")), _moment(options.get("valid-before"))
    except ValueError as error:
        raise problem from error
    if key_type != _TYPE or len(key) != 32:
        raise problem
    namespaces = tuple(filter(None, options.get("namespaces", "").split(",")))
    return Trusted(who=match["who"], key=key, namespaces=namespaces, after=after, before=before)


def _moment(text: str | None) -> datetime | None:
    """``YYYYMMDD[HHMM[SS]][Z]``; without Z it is the local time of the exchange, Asia/Shanghai. Raises ValueError."""
    if text is None:
        return None
    match = _TIME.fullmatch(text)
    if match is None or (match[3] and not match[2]):
        raise ValueError("time")
    digits = match[1] + (match[2] or "0000") + (match[3] or "00")
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC if match[4] else _CHINA)
