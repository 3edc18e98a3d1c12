"""A protection verified from the contributors' rows up: recomputed, attacked, and certified."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.verifier.protection import certificate as form
from gateway.verifier.protection.compact import compact
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.insider import insiders
from gateway.verifier.protection.material import Material, check_exact, read_sources
from gateway.verifier.protection.proof import unproved
from gateway.verifier.protection.report import ProtectionReport
from gateway.verifier.protection.search import settle, sweep
from gateway.verifier.report import Check, Problem

NAMES = ("files", *form.TESTS)
CONFIRMATIONS = 200
"""So many cells are asked again from a fresh start before the rest counts as not protected unasked."""
Tell = Callable[[str], None]


def verify(
    declaration: Path | bytes,
    microdata: Path | bytes,
    cells: Path | bytes,
    published: Path | bytes,
    *,
    salt: bytes,
    at: datetime,
    version: str,
    progress: Tell | None = None,
) -> ProtectionReport:
    """Checks a protected table. ``salt``: at least 16 secret random bytes; ``at``: now, with its zone; ``version``: of
    this software. Raises ValueError for those, and nothing for what it finds: see the report."""
    if len(salt) < 16 or at.tzinfo is None:
        raise ValueError("salt of at least 16 bytes, time with its zone")
    tell = progress or (lambda _: None)
    checks: list[Check] = []
    try:
        material = Material(read_sources(declaration, microdata, cells, published))
        checks.append(Check(name="files", passed=True))
        for name in ("cells", "primary", "published"):
            getattr(material, f"check_{name}")()
            checks.append(Check(name=name, passed=True))
    except Problem as problem:
        checks.append(Check(name=NAMES[len(checks)], passed=False, zh=problem.zh, en=problem.en))
        return ProtectionReport(checks=tuple(checks), not_checked=NAMES[len(checks) :])
    return _attacked(material, checks, {"salt": salt.hex(), "at": at.isoformat(), "version": version}, tell)


def _attacked(material: Material, checks: list[Check], given: dict[str, str], tell: Tell) -> ProtectionReport:
    import numpy as np

    system = material.system()
    pinned = material.determined(system)
    tell("exact")
    worlds, witnesses = _searched(Coverage(material.cells, material.demands, system), pinned, tell)
    left = unproved(material.cells, material.demands, worlds, witnesses)
    failed: dict[str, Sequence[int]] = {
        "exact": np.flatnonzero(pinned & material.demands.primary).tolist(),
        "outsider": sorted(left.outsider),
        "insider_second": sorted(left.second),
        "insider": sorted(left.any),
    }
    checks += judged(failed)
    document = {
        "format": form.SECRET,
        **given,
        "files": material.sources.digests(),
        "rules": form.rules_of(material.declaration),
        "cells": material.by_status(),
        "results": {check.name: check.passed for check in checks if check.name in form.TESTS},
        "withheld_determined": int(pinned.sum()),
        **form.findings(int(material.demands.primary.sum()), failed),
        "arithmetic": form.ARITHMETIC,
        "history": None,
        "worlds": form.worlds_of(worlds),
        "witnesses": {str(cell): numbers for cell, numbers in witnesses.items()},
    }
    secret = form.canonical(document)
    broken = {name: tuple(material.cells.keys[place] for place in places) for name, places in failed.items()}
    public = form.public_of(secret, document)
    return ProtectionReport(checks=tuple(checks), not_checked=(), broken=broken, secret=secret, public=public)


def judged(failed: dict[str, Sequence[int]]) -> list[Check]:
    """The checks of the four tests."""
    made = []
    for name in ("exact", "outsider", "insider_second", "insider"):
        count, label = len(failed[name]), name.replace("_", "-")
        zh, en = f"{count} 个敏感单元未证明受保护", f"{count} sensitive cells are not proved to be protected"
        try:
            if name == "exact":
                check_exact(count)
            made.append(Check(name=label, passed=not count, zh=zh if count else "", en=en if count else ""))
        except Problem as problem:
            made.append(Check(name=label, passed=False, zh=problem.zh, en=problem.en))
    return made


def _searched(coverage: Coverage, pinned: Any, tell: Tell) -> tuple[Any, dict[int, list[int]]]:
    import numpy as np

    rng = np.random.default_rng(1)
    coverage.lost.update(cell for cell in coverage.used if pinned[cell])
    sweep(coverage, coverage.outsider, rng)
    lost, unknown = settle(coverage, coverage.outsider, CONFIRMATIONS)
    coverage.lost.update(lost, unknown)
    tell("outsider")
    insiders(coverage, rng, tell, CONFIRMATIONS)
    return compact(coverage.cells, coverage.demands, coverage.pool(), coverage.used)
