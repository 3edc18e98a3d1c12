"""What a verification of a protection found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.verifier.protection.files import Key
from gateway.verifier.report import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionReport:
    """``checks`` were made, ``not_checked`` were not. By test the keys of the sensitive cells that failed it (secret,
    never written into a message): ``broken`` those that an attacker is shown to narrow, ``unknown`` those of which
    neither that nor the protection is shown. ``secret`` and ``public``: the certificates; None where not every check
    was made. ``insiders``: whether protection was tested against ``any`` group or only the ``second`` largest of a
    cell; None where it was not. ``left_out``: checks for which what they need was not given."""

    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]
    broken: Mapping[str, tuple[Key, ...]] = field(default_factory=dict, repr=False)
    insiders: Literal["any", "second"] | None = None
    unknown: Mapping[str, tuple[Key, ...]] = field(default_factory=dict, repr=False)
    secret: bytes | None = field(default=None, repr=False)
    public: bytes | None = field(default=None, repr=False)
    left_out: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether every check was made and passed."""
        return not self.not_checked and bool(self.checks) and all(check.passed for check in self.checks)
