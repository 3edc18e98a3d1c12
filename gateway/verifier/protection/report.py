"""What a verification of a protection found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.verifier.protection.files import Key
from gateway.verifier.report import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionReport:
    """``checks`` were made, ``not_checked`` were not. ``broken``: by test the keys of the sensitive cells that failed
    it (secret, never shown). ``secret`` and ``public``: the certificates; None where not every check was made."""

    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]
    broken: Mapping[str, tuple[Key, ...]] = field(default_factory=dict, repr=False)
    secret: bytes | None = field(default=None, repr=False)
    public: bytes | None = field(default=None, repr=False)

    @property
    def valid(self) -> bool:
        """Whether every check was made and passed."""
        return not self.not_checked and bool(self.checks) and all(check.passed for check in self.checks)
