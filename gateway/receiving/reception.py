"""What a reception came to: its checks, its line in the register, its receipt."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.base.errors import IntegrityError
from gateway.base.language import say
from gateway.receiving.dispositions import NEXT, Disposition
from gateway.receiving.rule import MEANINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One check that was made; ``zh`` and ``en`` say why it failed."""

    name: str
    passed: bool
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """The result of ``receive``.

    ``release``: the release id, or None when the package could not be identified. ``not_checked``: checks that were not
    reached. ``number``: the line in the register that speaks of this result. ``receipt`` and ``signature``: where the
    receipt that stands for this release lies. ``repeated``: this very package had been received before."""

    package: Path
    release: str | None
    disposition: Disposition
    checks: tuple[Outcome, ...]
    not_checked: tuple[str, ...]
    number: int | None
    receipt: Path | None
    signature: Path | None
    unpacked: Path | None
    repeated: bool

    @property
    def valid(self) -> bool:
        """Whether every check was made and passed."""
        return self.disposition is Disposition.PROCESSED

    def as_json(self) -> dict[str, Any]:
        """The stable shape of ``gateway receive --json``."""
        checks = [{"name": c.name, "passed": c.passed, "reason": say(c.zh, c.en)} for c in self.checks]
        return {
            "package": str(self.package),
            "valid": self.valid,
            "checks": checks,
            "not_checked": list(self.not_checked),
            "release": self.release,
            "disposition": self.disposition.value,
            "register_number": self.number,
            "receipt": _text(self.receipt),
            "receipt_signature": _text(self.signature),
            "unpacked": _text(self.unpacked),
            "repeated": self.repeated,
        }


class PackageRefusedError(IntegrityError):
    """A package did not pass a check; ``reception`` says all that was found, and what was recorded."""

    def __init__(self, reception: Reception) -> None:
        failed = reception.checks[-1]
        super().__init__(
            f"数据包未通过检查“{MEANINGS[failed.name].zh}”[{failed.name}]：{failed.zh}",
            f"the package did not pass the check '{failed.name}': {failed.en}",
            safe=_safe(reception),
            next=NEXT[reception.disposition],
        )
        self.reception = reception


def _safe(reception: Reception) -> tuple[str, str]:
    if reception.repeated:
        return (
            f"此前的接收（登记第 {reception.number} 号）不受影响",
            f"received before as no. {reception.number}: unchanged",
        )
    if reception.number is None:
        return "未接收，也未解压任何文件", "nothing was accepted or unpacked"
    return (
        f"未接收，也未解压任何文件；结果登记为第 {reception.number} 号",
        f"nothing was accepted or unpacked; the result is registered as no. {reception.number}",
    )


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
