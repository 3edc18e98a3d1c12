"""What a verification found: checks by name, each with its reason, and what was not looked at."""

import os
from dataclasses import dataclass
from typing import Any, Literal

Scope = Literal["outside", "all", "ledger"]


class Problem(Exception):  # noqa: N818 - it ends one check, not the program
    """A check did not pass: why, in both languages; never with a value of the data."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class NotThere(Exception):  # noqa: N818 - it leaves out one check, not the program
    """What a check is about is not there, and need not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check that was made; ``zh`` and ``en`` say why it failed."""

    name: str
    passed: bool
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``scope`` says what ``valid`` speaks for: ``outside`` (no passphrase was given: what lies around the encrypted
    files), ``all``, or ``ledger``. ``not_checked`` names the checks that were not made. ``first_bad``: the first
    entry of a ledger that does not hold."""

    package: str
    scope: Scope
    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]
    first_bad: int | None = None

    @property
    def valid(self) -> bool:
        """Whether every check that was made passed; see ``scope``."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """The stable shape of ``gateway verify --json``; reasons in the reader's language."""
        chinese = _is_chinese()
        checks = [{"name": c.name, "passed": c.passed, "reason": c.zh if chinese else c.en} for c in self.checks]
        document = {
            "package": self.package,
            "valid": self.valid,
            "scope": self.scope,
            "checks": checks,
            "not_checked": list(self.not_checked),
        }
        return document | ({"first_bad": self.first_bad} if self.scope == "ledger" else {})


def _is_chinese() -> bool:
    settings = (os.environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in settings if value), "").lower().startswith("zh")
