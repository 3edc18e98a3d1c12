"""Ed25519 signatures in OpenSSH's ``sshsig`` format (PROTOCOL.sshsig), byte for byte those of ``ssh-keygen -Y sign``.

Anyone checks them with ``ssh-keygen -Y verify``. A signature is bound to a namespace; one made for another namespace
is refused. Trust stands in an ``allowed_signers`` file (ssh-keygen(1), ALLOWED SIGNERS)."""

import base64
import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from gateway.base.errors import ConfigurationError, IntegrityError

MANIFEST = "delivery-manifest"
RECEIPT = "delivery-receipt"
APPROVAL = "release-approval"
CHECKPOINT = "ledger-checkpoint"
HISTORY = "release-history"
NOTICE = "holiday-notice"

_MAGIC = b"SSHSIG"
_KEY_LENGTH = 32
_HEAD, _FOOT = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


def generate_key() -> bytes:
    """A new Ed25519 private key in OpenSSH's file format, unencrypted: it belongs in a keyring and nowhere else."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def public_line(private: bytes) -> str:
    """``ssh-ed25519 AAAA…`` of a private key."""
    raw = _private(private).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return raw.decode()


def fingerprint(public: str) -> str:
    """``SHA256:…`` of a public key line, as ``ssh-keygen -l`` prints it."""
    blob = base64.b64decode(public.split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def sign(message: bytes, private: bytes, namespace: str) -> str:
    """The armored signature of ``message``."""
    key = _private(private)
    blob = _key_blob(key.public_key())
    signature = _string(b"ssh-ed25519") + _string(key.sign(_signed_data(message, namespace, "sha512")))
    body = _MAGIC + struct.pack(">I", 1) + _string(blob) + _string(namespace.encode())
    body += _string(b"") + _string(b"sha512") + _string(signature)
    text = base64.b64encode(body).decode()
    lines = [text[i : i + 70] for i in range(0, len(text), 70)]
    return "\n".join([_HEAD, *lines, _FOOT]) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One line of an allowed_signers file: who may sign what, when."""

    principal: str
    key: str
    namespaces: tuple[str, ...]
    valid_after: datetime | None = None
    valid_before: datetime | None = None

    def problem(self, namespace: str, at: datetime) -> str | None:
        """Why this signer may not sign in ``namespace`` at ``at`` (aware), or None."""
        if not any(fnmatchcase(namespace, pattern) for pattern in self.namespaces):
            return "namespace"
        if self.valid_after and at < self.valid_after:
            return "not yet valid"
        if self.valid_before and at >= self.valid_before:
            return "expired"
        return None


def verify(message: bytes, armored: str, namespace: str, signers: Iterable[Signer], at: datetime) -> Signer:
    """The signer of ``message``. Raises IntegrityError unless a listed, currently valid key signed exactly this.

    A signer without a ``namespaces`` option is not accepted: what a key may sign is stated, never implied."""
    blob, hash_name, raw = _parse(armored, namespace)
    key = "ssh-ed25519 " + base64.b64encode(blob).decode()
    public = Ed25519PublicKey.from_public_bytes(blob[-_KEY_LENGTH:])
    try:
        public.verify(raw, _signed_data(message, namespace, hash_name))
    except InvalidSignature as error:
        raise IntegrityError(
            "签名与内容不符：内容或签名被改动过",
            "the signature does not fit the content: one of them was changed",
        ) from error
    listed = [signer for signer in signers if signer.key == key]
    if not listed:
        raise IntegrityError(
            f"签名密钥 {fingerprint(key)} 不在允许的签名人名单中",
            f"the signing key {fingerprint(key)} is not among the allowed signers",
        )
    problems = [signer.problem(namespace, at) for signer in listed]
    for signer, problem in zip(listed, problems, strict=True):
        if problem is None:
            return signer
    raise IntegrityError(
        f"签名密钥 {fingerprint(key)} 当前无权签署 {namespace}({problems[0]})",
        f"the signing key {fingerprint(key)} may not sign {namespace} now ({problems[0]})",
    )


def read_allowed_signers(text: str) -> list[Signer]:
    """The signers of an allowed_signers file; times are Asia/Shanghai as OpenSSH takes local time, or UTC with Z."""
    signers = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = line.split()
        where = next((i for i, field in enumerate(fields) if field == "ssh-ed25519"), None)
        if where not in (1, 2) or len(fields) <= where + 1:
            raise ConfigurationError(
                f"allowed_signers 第 {number} 行：应为“人员 选项 ssh-ed25519 公钥”",
                f"allowed_signers line {number}: expected 'principal options ssh-ed25519 key'",
            )
        _check_public(fields[where + 1], number)
        options = _options(fields[1] if where == 2 else "")
        signers.append(
            Signer(
                principal=fields[0],
                key=f"ssh-ed25519 {fields[where + 1]}",
                namespaces=_namespaces(options),
                valid_after=_time(options.get("valid-after")),
                valid_before=_time(options.get("valid-before")),
            )
        )
    return signers


def _private(private: bytes) -> Ed25519PrivateKey:
    try:
        key = load_ssh_private_key(private, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: the key wants a passphrase
        raise ConfigurationError("私钥文件无法读取", "the private key can't be read") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError("私钥不是 Ed25519", "the private key is not Ed25519")
    return key


def _key_blob(public: Ed25519PublicKey) -> bytes:
    return _string(b"ssh-ed25519") + _string(public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _signed_data(message: bytes, namespace: str, hash_name: str) -> bytes:
    hashed = hashlib.new(hash_name, message).digest()
    return _MAGIC + _string(namespace.encode()) + _string(b"") + _string(hash_name.encode()) + _string(hashed)


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _parse(armored: str, namespace: str) -> tuple[bytes, str, bytes]:
    """(public key blob, hash name, raw signature) of an armored signature. Raises IntegrityError."""
    broken = IntegrityError("签名文件格式不正确", "the signature file is malformed")
    lines = [line.strip(" \t\r") for line in armored.strip(" \t\r\n").split("\n")]  # str.splitlines breaks at more
    if len(lines) < 3 or lines[0] != _HEAD or lines[-1] != _FOOT:
        raise broken
    try:
        text = "".join(lines[1:-1])
        body = base64.b64decode(text, validate=True)
        if base64.b64encode(body).decode() != text:  # bits after the end are ignored by decoders
            raise broken
        if body[:10] != _MAGIC + struct.pack(">I", 1):
            raise broken
        blob, signed_namespace, reserved, hash_name, signature = _strings(body[10:], 5)
        kind, raw = _strings(signature, 2)
        key_kind, public = _strings(blob, 2)
    except (ValueError, struct.error) as error:
        raise broken from error
    if signed_namespace.decode(errors="replace") != namespace:
        raise IntegrityError(
            f"签名不是为 {namespace} 用途作出的", f"the signature was made for another purpose than {namespace}"
        )
    if kind != b"ssh-ed25519" or key_kind != b"ssh-ed25519" or reserved or hash_name not in (b"sha512", b"sha256"):
        raise IntegrityError("签名算法不受支持", "the signature's algorithm is not supported")
    if len(public) != _KEY_LENGTH:
        raise broken
    return blob, hash_name.decode(), raw


def _strings(data: bytes, count: int) -> list[bytes]:
    out, at = [], 0
    for _ in range(count):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 4 + length > len(data):
            raise ValueError("truncated")
        out.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    if at != len(data):
        raise ValueError("trailing bytes")
    return out


def _options(text: str) -> dict[str, str]:
    """``a="x,y",b="z"`` as a dict; flags such as cert-authority are refused."""
    options: dict[str, str] = {}
    rest = text
    while rest:
        name, equals, tail = rest.partition('="')
        value, quote, tail = tail.partition('"')
        known = {"namespaces", "valid-after", "valid-before"}
        if not equals or not quote or name not in known or name in options or (tail and not tail.startswith(",")):
            raise ConfigurationError("allowed_signers:选项无法识别", "allowed_signers: an option is not understood")
        options[name] = value
        rest = tail[1:]
    return options


def _namespaces(options: dict[str, str]) -> tuple[str, ...]:
    """The patterns of ``namespaces``; ``!`` (OpenSSH's negation) and ``[`` (none of its) are refused, not misread."""
    patterns = options.get("namespaces", "")
    if "!" in patterns or "[" in patterns:
        raise ConfigurationError(
            "allowed_signers:namespaces 只能使用名称和 * ?",
            "allowed_signers: namespaces may hold names, * and ? only",
        )
    return tuple(pattern for pattern in patterns.split(",") if pattern)


def _check_public(text: str, number: int) -> None:
    """Raises ConfigurationError unless ``text`` is the base64 of an Ed25519 key: a damaged key never matches."""
    try:
        kind, public = _strings(base64.b64decode(text, validate=True), 2)
    except (ValueError, struct.error):
        kind, public = b"", b""
    if kind != b"ssh-ed25519" or len(public) != _KEY_LENGTH:
        raise ConfigurationError(
            f"allowed_signers 第 {number} 行：公钥已损坏", f"allowed_signers line {number}: the key is damaged"
        )


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    zone = ZoneInfo("UTC") if text.endswith("Z") else ZoneInfo("Asia/Shanghai")
    digits = text.removesuffix("Z")
    layout = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    try:
        if layout is None or not (digits.isascii() and digits.isdigit()):
            raise ValueError(len(digits))
        return datetime.strptime(digits, layout).replace(tzinfo=zone)
    except ValueError as error:
        raise ConfigurationError("allowed_signers:时间格式不正确", "allowed_signers: a time is malformed") from error
