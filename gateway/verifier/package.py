"""Checks a sealed package, from outside or whole."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gateway.verifier import inside, outside
from gateway.verifier.evidence import Evidence
from gateway.verifier.report import Check, NotThere, Problem, Report

Asked = Callable[[Evidence], None]

OUTSIDE: tuple[Asked, ...] = (
    outside.allowed_signers,
    outside.files,
    outside.manifest_signature,
    outside.manifest_form,
    outside.names,
    outside.recipient,
    outside.supersedes,
    outside.package_digest,
    outside.privacy_certificate,
    outside.archive,
)
INSIDE: tuple[Asked, ...] = (
    inside.decryption,
    inside.statement,
    inside.entries,
    inside.contents,
    inside.rows,
    inside.figures,
    inside.approvals,
    inside.acceptance_code,
    inside.consistency,
    inside.gates,
    inside.protection,
)


def verify_package(
    package: Path,
    *,
    allowed_signers: str,
    at: datetime,
    passphrase: str | None = None,
    recipient: str | None = None,
) -> Report:
    """Checks the package that ``package`` (one of its files, or a folder that holds only it) names.

    ``allowed_signers``: the file's text. ``at`` (aware): when the keys must have been valid. Without ``passphrase``
    only the outside is checked, and the report says so; without ``recipient`` it is not asked whom the package is for.
    The checks are made in order, up to the first that fails. Raises nothing for what it finds: see the report."""
    evidence = Evidence(package, allowed_signers, passphrase, at, recipient)
    wanted = OUTSIDE if passphrase is None else OUTSIDE + INSIDE
    wanted = tuple(asked for asked in wanted if asked is not outside.recipient or recipient is not None)
    checks: list[Check] = []
    for asked in wanted:
        try:
            asked(evidence)
        except NotThere:
            continue
        except Problem as problem:
            checks.append(Check(name=_name(asked), passed=False, zh=problem.zh, en=problem.en))
            break
        checks.append(Check(name=_name(asked), passed=True))
    made = {check.name for check in checks}
    return Report(
        package=str(package),
        scope="outside" if passphrase is None else "all",
        checks=tuple(checks),
        not_checked=tuple(name for asked in OUTSIDE + INSIDE if (name := _name(asked)) not in made),
    )


def _name(asked: Asked) -> str:
    return asked.__name__.replace("_", "-")
