"""A month verified: its linear system rebuilt, attacked, and certified."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.verifier.month import certificate as form
from gateway.verifier.month.attack import attack
from gateway.verifier.month.canonical import canonical
from gateway.verifier.month.material import Month
from gateway.verifier.month.published import check_rows, read_rows
from gateway.verifier.month.room import GivenUp
from gateway.verifier.month.rounded import read_rounded
from gateway.verifier.month.rules import Rules
from gateway.verifier.month.sheets import (
    TESTS,
    Verdict,
    check_primary,
    check_statuses,
    grounded,
    not_checked,
    sheets,
    tests,
    verdict,
    words,
)
from gateway.verifier.month.system import Sheet
from gateway.verifier.protection.report import ProtectionReport
from gateway.verifier.protection.worlds import Worlds, fitting
from gateway.verifier.public import ASSUMED
from gateway.verifier.report import Check, Problem

SEED = b"search"
BEFORE_TESTS = ("material", "history", "statuses", "primary", "published", "rounded")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Suggested:
    """What a search proposes for one sheet; nothing of it is believed before it is checked."""

    worlds: Worlds
    witnesses: Mapping[int, Sequence[int]]
    given_up: Sequence[GivenUp]


def search_month(material: bytes) -> list[Suggested]:
    """Looks for the proofs of a month while its tables are still being written; none where the material is amiss: then
    ``verify_month`` says why. Takes far longer than to check what it finds."""
    try:
        found = [attack(sheet, SEED) for _, sheet in sheets(Month.read(material))]
    except Problem:
        return []
    return [Suggested(worlds=one.worlds, witnesses=one.witnesses, given_up=one.given_up) for one in found]


def verify_month(
    material: bytes,
    tables: Mapping[str, bytes],
    *,
    salt: bytes,
    version: str,
    suggested: Sequence[Suggested] | None = None,
) -> ProtectionReport:
    """Verifies a month's protection. ``tables``: the package's CSV files by entry; ``salt``: at least 16 secret bytes;
    ``suggested``: what ``search_month`` found, else it is looked for. Raises ValueError for a short salt, and nothing
    for what it finds: see the report. The same input gives the same bytes: the time of it is the ledger's."""
    if len(salt) < 16:
        raise ValueError("salt of at least 16 bytes")
    checks: list[Check] = []
    try:
        month, history = checked(material, tables, checks)
        proofs = search_month(material) if suggested is None else suggested
        if len(proofs) != len(found := sheets(month)):
            raise Problem("没有见证", "there are no witnesses")
        seed = seed_of(tables)
        verdicts = [_checked(month, *one, proof, seed) for one, proof in zip(found, proofs, strict=True)]
    except Problem as problem:
        return stopped(problem, checks, (*BEFORE_TESTS, *TESTS))
    checks += tests_of(verdicts, month.rules)
    document = {
        "format": form.SECRET,
        "release": month.document["release"],
        "period": month.document["period"],
        "version": version,
        "salt": salt.hex(),
        "files": digests(material, tables),
        "rules": form.rules_of(month.rules),
        "assumed": ASSUMED,
        "arithmetic": form.ARITHMETIC,
        "history": history,
        "structure": month.structure,
        "rounding": month.rounding,
        "results": {check.name: check.passed for check in checks},
        "not_checked": not_checked(month.rules),
        "sheets": [one.stated for one in verdicts],
    }
    secret = canonical(document)
    return ProtectionReport(
        checks=tuple(checks),
        not_checked=(),
        insiders="any" if month.rules.insiders == "any" else "second",
        secret=secret,
        public=form.public_of(secret, document),
    )


def checked(material: bytes, tables: Mapping[str, bytes], checks: list[Check]) -> tuple[Month, dict[str, Any]]:
    """The month, and what is said of its history, with a check for all that needs no attack. Raises Problem."""
    month = Month.read(material)
    month.check_structural()
    passed(checks, "material", lambda: (month.rules, month.counted, month.past))
    history = month.check_history()
    passed(checks, "history")
    passed(checks, "statuses", lambda: check_statuses(month))
    passed(checks, "primary", lambda: check_primary(month))
    if sorted(tables) != sorted(month.document["entries"]):
        raise Problem("数据包的统计表不是保密资料所述的", "the tables of the package are not those of the material")
    figures = {table.name: own for table, own in zip(month.tables, month.figures, strict=True)}
    rounded = []
    for entry, table in zip(month.document["entries"], month.declared, strict=True):
        rows = read_rows(tables[entry], table, month.document["period"])
        if table.rounding is None:
            check_rows(rows, table, figures[table.name], month.by_population)
        else:
            rounded.append(read_rounded(rows, table, table.rounding, month.rounded(table)))
    passed(checks, "published")
    passed(checks, "rounded", lambda: month.check_rounded(rounded))
    return month, history


def passed(checks: list[Check], name: str, check: Callable[[], object] = lambda: None) -> None:
    """Makes a check, and notes that it passed. Raises its Problem."""
    check()
    checks.append(Check(name=name, passed=True))


def stopped(problem: Problem, checks: list[Check], names: tuple[str, ...]) -> ProtectionReport:
    """The report of a verification that could not go on."""
    checks.append(Check(name=names[len(checks)], passed=False, zh=problem.zh, en=problem.en))
    return ProtectionReport(checks=tuple(checks), not_checked=names[len(checks) :])


def tests_of(verdicts: Sequence[Verdict], rules: Rules) -> list[Check]:
    """A check for each test that the rules ask for, over all sheets."""
    made = []
    for name in tests(rules):
        zh, en = words(name, sum(len(one.unproved[name]) for one in verdicts))
        made.append(Check(name=name, passed=not en, zh=zh, en=en))
    return made


def digests(material: bytes, tables: Mapping[str, bytes]) -> dict[str, Any]:
    """SHA-256 of all files."""
    return {
        "material": hashlib.sha256(material).hexdigest(),
        "tables": {entry: hashlib.sha256(data).hexdigest() for entry, data in sorted(tables.items())},
    }


def seed_of(tables: Mapping[str, bytes]) -> bytes:
    """Of the exact test's random solution: from what is published."""
    return hashlib.sha256(b"".join(data for _, data in sorted(tables.items()))).digest()


def _checked(month: Month, population: str, sheet: Sheet, proof: Suggested, seed: bytes) -> Verdict:
    """Raises Problem where a world does not fit what is published, or what is given up is not proved."""
    ground = grounded(sheet, proof.given_up, seed)
    if not fitting(proof.worlds, ground.system.equations, ground.cells.inner_value).all():
        raise Problem("有见证不符合已公布的数字", "a witness does not fit what is published")
    return verdict(month, population, sheet, ground, proof.worlds, proof.witnesses, proof.given_up)
