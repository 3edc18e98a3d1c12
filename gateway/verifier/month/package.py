"""A sealed package with its secret side, and what the package alone gives away."""

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gateway.verifier.evidence import Evidence
from gateway.verifier.month.intervals import FigureInterval, month_intervals
from gateway.verifier.month.recheck import recheck_month
from gateway.verifier.package import verify_package
from gateway.verifier.protection.files import contents
from gateway.verifier.report import Check, Problem, Report


def verify_month_package(
    package: Path,
    secret: Path,
    material: Path,
    *,
    allowed_signers: str,
    at: datetime,
    passphrase: str,
    recipient: str | None = None,
) -> Report:
    """``verify_package``, and the protection itself from its ``secret`` certificate and the secret ``material``."""
    report = verify_package(package, allowed_signers=allowed_signers, at=at, passphrase=passphrase, recipient=recipient)
    if not report.valid:
        return replace(report, not_checked=(*report.not_checked, "secret"))
    evidence = Evidence(package, allowed_signers, passphrase, at, recipient)
    try:
        files = contents(secret, "certificate"), contents(material, "material")
        tables, public = protected(evidence)
        if hashlib.sha256(files[0]).hexdigest() != evidence.statement["disclosure"]["certificate"]:
            raise Problem("秘密证书不是签批单所指的", "the secret certificate is not the one that the statement names")
    except Problem as problem:
        return _with(report, (Check(name="secret", passed=False, zh=problem.zh, en=problem.en),), ())
    found = recheck_month(*files, tables, public)
    checks = (Check(name="secret", passed=True), *found.checks)
    return _with(report, checks, (*found.left_out, *found.not_checked))


def package_intervals(package: Path, *, allowed_signers: str, at: datetime, passphrase: str) -> list[FigureInterval]:
    """How narrowly anyone can know each withheld figure of a package. Raises Problem."""
    return month_intervals(*protected(Evidence(package, allowed_signers, passphrase, at, None)))


def protected(evidence: Evidence) -> tuple[dict[str, bytes], bytes]:
    """The package's tables by entry, and its public certificate. Raises Problem."""
    by_role: dict[str, dict[str, bytes]] = {}
    for file in evidence.statement["files"]:
        by_role.setdefault(file["role"], {})[file["entry"]] = evidence.contents[file["entry"]]
    if len(by_role.get("certificate", {})) != 1:
        raise Problem("数据包中没有披露控制证书", "there is no disclosure certificate in the package")
    return by_role.get("table", {}), next(iter(by_role["certificate"].values()))


def _with(report: Report, checks: tuple[Check, ...], not_checked: tuple[str, ...]) -> Report:
    return replace(report, checks=(*report.checks, *checks), not_checked=(*report.not_checked, *not_checked))
