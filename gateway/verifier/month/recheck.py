"""A month's secret certificate checked again, with its secret material and the package, without any solver.

All is recomputed; every witness is tried in whole numbers, and every proof that earlier releases leave a number no
room (``given_up``)."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.verifier.month import certificate as form
from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.material import Month
from gateway.verifier.month.sheets import Verdict, grounded, not_checked, sheets, verdict
from gateway.verifier.month.system import Sheet
from gateway.verifier.month.verify import BEFORE_TESTS, checked, digests, passed, seed_of, stopped, tests_of
from gateway.verifier.protection.recheck import worlds_in
from gateway.verifier.protection.report import ProtectionReport
from gateway.verifier.protection.worlds import fitting
from gateway.verifier.public import ASSUMED
from gateway.verifier.report import Check, Problem
from gateway.verifier.shapes import read

NAMES = ("certificate", "public", "digests", *BEFORE_TESTS, "witnesses", "results")


def recheck_month(secret: bytes, material: bytes, tables: Mapping[str, bytes], public: bytes) -> ProtectionReport:
    """Checks every statement of the secret certificate, and that ``public`` is its public one. ``tables``: the
    package's CSV files by entry. Raises nothing for what it finds: see the report."""
    checks: list[Check] = []
    try:
        document = read(secret, form.SECRET_SHAPE)
        if canonical(document) != secret:
            raise Problem("证书不是规范的 JSON", "the certificate is not canonical JSON")
        passed(checks, "certificate")
        if public != form.public_of(secret, document):
            raise Problem("公开证书与秘密证书不符", "the public certificate is not that of the secret one")
        passed(checks, "public")
        if document["files"] != digests(material, tables):
            raise Problem("文件不是证书所指的文件", "the files are not those of the certificate")
        passed(checks, "digests")
        month, history = checked(material, tables, checks)
        verdicts = _proved(month, document["sheets"], seed_of(tables))
        passed(checks, "witnesses")
        _stated(month, document, history, verdicts, checks)
        passed(checks, "results")
    except Problem as problem:
        return stopped(problem, checks, NAMES)
    return ProtectionReport(
        checks=(*checks, *tests_of(verdicts, month.rules)),
        not_checked=(),
        insiders="any" if month.rules.insiders == "any" else "second",
        left_out=tuple(not_checked(month.rules)),
    )


def _proved(month: Month, stated: Sequence[Mapping[str, Any]], seed: bytes) -> list[Verdict]:
    """What the certificate's worlds prove of each sheet. Raises Problem where one does not fit what is published."""
    known = sheets(month)
    if [(one["population"], one["counts"]) for one in stated] != [(name, sheet.counts) for name, sheet in known]:
        raise Problem("证书所述的总体不是所查得的", "the populations are not those that the certificate states")
    return [_sheet(month, population, sheet, one, seed) for (population, sheet), one in zip(known, stated, strict=True)]


def _sheet(
    month: Month,
    population: str,
    sheet: Sheet,
    one: Mapping[str, Any],
    seed: bytes,
) -> Verdict:
    given_up = form.given_up_in(one["given_up"])
    ground = grounded(sheet, given_up, seed)
    worlds = worlds_in(one["worlds"], len(ground.cells.inner))
    if not fitting(worlds, ground.system.equations, ground.cells.inner_value).all():
        raise Problem("有见证不符合已公布的数字", "a witness does not fit what is published")
    primary = {str(place): place for place, is_one in enumerate(ground.demands.primary.tolist()) if is_one}
    witnesses = one["witnesses"]
    if witnesses.keys() != primary.keys() or any(n >= len(worlds) for own in witnesses.values() for n in own):
        raise Problem("见证与敏感单元不对应", "the witnesses are not those of the sensitive cells")
    proofs = {primary[name]: list(numbers) for name, numbers in witnesses.items()}
    return verdict(month, population, sheet, ground, worlds, proofs, given_up)


def _stated(
    month: Month,
    document: Mapping[str, Any],
    history: Mapping[str, Any],
    verdicts: Sequence[Verdict],
    checks: Sequence[Check],
) -> None:
    made = tests_of(verdicts, month.rules)
    found = {
        "release": month.document["release"],
        "period": month.document["period"],
        "rules": form.rules_of(month.rules),
        "history": history,
        "structure": month.structure,
        "rounding": month.rounding,
        "results": dict.fromkeys(BEFORE_TESTS, True) | {one.name: one.passed for one in made},
        "not_checked": not_checked(month.rules),
        "sheets": [one.stated for one in verdicts],
    }
    same = all(document[name] == value for name, value in found.items())
    if same and all(check.passed for check in checks):
        return
    if document["assumed"] != ASSUMED:
        raise Problem(
            "证书作于并列最大者尚不全算攻击者之时，按现行规则查得的与其所述不同",
            "the certificate is of a time when not all who share the largest part were attackers; now they are, and it "
            "does not state what is found",
        )
    raise Problem("证书所述不是所查得的", "the certificate does not state what is found")
