"""What a scan leaves behind: findings, what was searched, what could not be. Whatever was not searched blocks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from gateway.model.finding import Finding, Tier

BLOCKING = frozenset({Tier.HIGH, Tier.MEDIUM})


class Reason(StrEnum):
    """Why something was not searched."""

    FORMAT = "format"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    PASSPHRASE = "passphrase"
    LIMIT = "limit"
    DEPTH = "depth"
    HIDDEN = "hidden"
    BINARY = "binary"
    LINK = "link"
    ABSENT = "absent"


WORDING: dict[Reason, tuple[str, str]] = {
    Reason.FORMAT: ("不认识的文件格式", "a format that is not understood"),
    Reason.DAMAGED: ("文件损坏或与其格式不符", "damaged, or not what its format says"),
    Reason.ENCRYPTED: ("已加密，未提供口令", "encrypted, and no passphrase was given"),
    Reason.PASSPHRASE: ("口令不正确", "the passphrase does not open it"),
    Reason.LIMIT: ("超过大小、数量或压缩比上限", "over the limit of size, number or compression ratio"),
    Reason.DEPTH: ("压缩包嵌套过深", "archives nested too deep"),
    Reason.HIDDEN: ("压缩包中有条目之外的字节", "bytes in the archive that belong to no entry"),
    Reason.BINARY: ("内嵌的二进制内容（图片、字体等）无法检索", "embedded binary content that can't be searched"),
    Reason.LINK: ("符号链接", "a symbolic link"),
    Reason.ABSENT: ("文件不存在或无法读取", "absent or unreadable"),
}


class Searched(NamedTuple):
    """A file that was read to its end: name, digest of its bytes, number of texts in it."""

    file: str
    sha256: str
    cells: int


class NotSearched(NamedTuple):
    """A file, or a part of one, that was not."""

    file: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The result of one scan."""

    findings: tuple[Finding, ...] = ()
    searched: tuple[Searched, ...] = ()
    not_searched: tuple[NotSearched, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether this may not leave: a finding of HIGH or MEDIUM, or anything that was not searched."""
        return bool(self.not_searched) or any(f.tier in BLOCKING for f in self.findings)

    @property
    def cells(self) -> int:
        """How many texts were searched."""
        return sum(s.cells for s in self.searched)

    def counts(self) -> dict[str, dict[str, int]]:
        """Findings by entity and tier."""
        counted = Counter((f.entity, f.tier.value) for f in self.findings)
        out: dict[str, dict[str, int]] = {}
        for (entity, tier), number in sorted(counted.items()):
            out.setdefault(entity, {})[tier] = number
        return out


def merged(scans: Iterable[Scan]) -> Scan:
    """Several scans as one."""
    parts = list(scans)
    return Scan(
        findings=tuple(f for s in parts for f in s.findings),
        searched=tuple(f for s in parts for f in s.searched),
        not_searched=tuple(f for s in parts for f in s.not_searched),
    )
