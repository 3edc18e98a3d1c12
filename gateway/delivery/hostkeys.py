"""Which host keys are pinned for a server, from an OpenSSH ``known_hosts`` text (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).

A server is named exactly: ``host``, ``[host]:port`` for any port but 22, or the hashed form of either. Patterns and
certificate authorities would trust servers that nobody named, so such a file is refused; ``@revoked`` is honoured."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.base.errors import ConfigurationError
from gateway.delivery.errors import HostKeyError

_HASHED = re.compile(r"\|1\|(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{3}=\|(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{3}=")
"""``|1|salt|hash``, both 20 bytes in base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKey:
    """A server's public key: ``kind`` such as ``ssh-ed25519``, ``blob`` its wire form."""

    kind: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -l`` prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """The keys that a server may show, and those that it may never show again."""

    server: str
    trusted: tuple[HostKey, ...]
    revoked: tuple[HostKey, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the trusted keys, in the file's order."""
        return tuple(dict.fromkeys(key.kind for key in self.trusted))

    def check(self, shown: HostKey) -> None:
        """Raises HostKeyError unless ``shown`` is a trusted key. An unknown server is refused like a changed one."""
        known = tuple(key.fingerprint for key in self.trusted)
        if shown in self.revoked:
            zh, en = f"{self.server} 的主机密钥 {shown.fingerprint} 已被吊销", "its host key {} is revoked"
        elif not self.trusted:
            zh, en = f"{self.server} 的主机密钥 {shown.fingerprint} 未登记", "its host key {} is not known"
        elif shown not in self.trusted:
            pinned = ", ".join(known)
            zh = f"{self.server} 的主机密钥已变：出示 {shown.fingerprint},登记的是 {pinned}"
            en = f"its host key has changed: it shows {{}}, pinned is {pinned}"
        else:
            return
        told = f"{self.server}: {en.format(shown.fingerprint)}"
        raise HostKeyError(zh, told, shown=shown.fingerprint, pinned=known)


def read_pins(known_hosts: str, host: str, port: int) -> Pins:
    """The pins of ``host`` at ``port``. Raises ConfigurationError on a line that is not understood."""
    server = host.lower() if port == 22 else f"[{host.lower()}]:{port}"
    trusted: list[HostKey] = []
    revoked: list[HostKey] = []
    for marker, names, key in _lines(known_hosts):
        if any(_matches(name, server) for name in names):
            (revoked if marker else trusted).append(key)
    return Pins(server=server, trusted=tuple(trusted), revoked=tuple(revoked))


def _lines(text: str) -> Iterator[tuple[str, list[str], HostKey]]:
    """(marker or empty, names, key) of each line."""
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        marker = fields.pop(0) if fields[0].startswith("@") else ""
        if marker not in ("", "@revoked"):
            raise _broken(number, "不接受此标记", "this marker is not accepted")
        if len(fields) < 3:
            raise _broken(number, "应为“主机 类型 公钥”", "expected 'host type key'")
        names, kind, encoded = fields[0].split(","), fields[1], fields[2]
        if any(set(name) & set("*?!") for name in names):
            raise _broken(number, "不接受通配符，请写明主机", "patterns are not accepted: name the host")
        if any(name.startswith("|") and not _HASHED.fullmatch(name) for name in names):
            raise _broken(number, "主机名散列无法识别", "the hashed host name is not understood")
        try:
            blob = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise _broken(number, "公钥不是 base64", "the key is not base64") from error
        if blob[4 : 4 + int.from_bytes(blob[:4], "big")] != kind.encode():
            raise _broken(number, "公钥与类型不符", "the key is not of the type it says")
        yield marker, names, HostKey(kind=kind, blob=blob)


def _matches(name: str, server: str) -> bool:
    if not name.startswith("|1|"):
        return name.lower() == server
    salt, expected = (base64.b64decode(part) for part in name.split("|")[2:])
    return hmac.compare_digest(hmac.digest(salt, server.encode(), "sha1"), expected)


def _broken(number: int, zh: str, en: str) -> ConfigurationError:
    return ConfigurationError(f"known_hosts 第 {number} 行：{zh}", f"known_hosts line {number}: {en}")
