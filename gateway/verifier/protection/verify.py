"""A protection verified from the contributors' rows up: recomputed, attacked, and certified."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.verifier.protection import certificate as form
from gateway.verifier.protection.blocks import Joined, blocks
from gateway.verifier.protection.compact import compact
from gateway.verifier.protection.coverage import Coverage
from gateway.verifier.protection.findings import NAMES, Findings
from gateway.verifier.protection.insider import insiders
from gateway.verifier.protection.local import locally
from gateway.verifier.protection.material import Material, read_sources
from gateway.verifier.protection.nearby import Nearby
from gateway.verifier.protection.proof import unproved
from gateway.verifier.protection.report import ProtectionReport
from gateway.verifier.protection.search import settle, sweep
from gateway.verifier.report import Check, Problem

CONFIRMATIONS = 1000
"""So many cells are shown to be narrowed before the rest counts as not protected unasked."""
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
    history: Path | bytes | None = None,
    progress: Tell | None = None,
) -> ProtectionReport:
    """Checks a protected table. ``salt``: at least 16 secret random bytes; ``at``: now, with its zone; ``version``: of
    this software; ``history``: the release history that came before, where there is one. Raises ValueError for those,
    and nothing for what it finds: see the report."""
    if len(salt) < 16 or at.tzinfo is None:
        raise ValueError("salt of at least 16 bytes, time with its zone")
    tell = progress or (lambda _: None)
    checks: list[Check] = []
    names = [name for name in NAMES if name != "history" or history is not None]
    covered = None
    try:
        material = Material(read_sources(declaration, microdata, cells, published, history))
        checks.append(Check(name="files", passed=True))
        for name in ("cells", "primary", "published"):
            getattr(material, f"check_{name}")()
            checks.append(Check(name=name, passed=True))
        if history is not None:
            covered = material.check_history().stated()
            checks.append(Check(name="history", passed=True))
    except Problem as problem:
        checks.append(Check(name=names[len(checks)], passed=False, zh=problem.zh, en=problem.en))
        return ProtectionReport(checks=tuple(checks), not_checked=tuple(names[len(checks) :]))
    given = {"salt": salt.hex(), "at": at.isoformat(), "version": version, "history": covered}
    return _attacked(material, checks, given, tell)


def _attacked(material: Material, checks: list[Check], given: dict[str, Any], tell: Tell) -> ProtectionReport:
    system = material.system()
    pinned = material.determined(system)
    tell("exact")
    joined = Joined()
    for block in blocks(material.cells, material.demands, system):
        coverage = Coverage(block.cells, block.demands, block.system, material.declaration.insiders)
        joined.add(block, *_searched(coverage, pinned[block.places], tell), coverage.shown)
    worlds, witnesses = joined.worlds, joined.witnesses
    left = unproved(material.cells, material.demands, worlds, witnesses)
    findings = Findings.of(material, pinned, left, joined.shown)
    checks += findings.checks()
    document = {
        "format": form.SECRET,
        **given,
        "files": material.sources.digests(),
        "rules": form.rules_of(material.declaration),
        "cells": material.by_status(),
        "results": {check.name: check.passed for check in checks if check.name in form.TESTS},
        **findings.stated(),
        "arithmetic": form.ARITHMETIC,
        "worlds": form.worlds_of(worlds),
        "witnesses": {str(cell): numbers for cell, numbers in witnesses.items()},
    }
    secret = form.canonical(document)
    return ProtectionReport(
        checks=tuple(checks),
        not_checked=(),
        broken=findings.keys(findings.broken),
        unknown=findings.keys(findings.unknown),
        insiders=findings.insiders,
        secret=secret,
        public=form.public_of(secret, document),
    )


def _searched(coverage: Coverage, pinned: Any, tell: Tell) -> tuple[Any, dict[int, list[int]]]:
    import numpy as np

    rng = np.random.default_rng(1)
    for cell in coverage.used:
        if pinned[cell]:
            coverage.show(cell, coverage.outsider)
    sweep(coverage, coverage.outsider, rng)
    nearby = Nearby(coverage.system.rows, coverage.system.fixed)
    locally(coverage, nearby, coverage.outsider, lambda _, left: left)
    left = sorted({cell for side in (0, 1) for cell in coverage.open_for(side, coverage.outsider)})
    for cell in left[:CONFIRMATIONS]:
        settle(coverage, nearby, cell, coverage.outsider)
    coverage.lost.update(
        cell for cell in left if coverage.is_open(cell, coverage.outsider) and cell not in coverage.demands.capped
    )
    tell("outsider")
    insiders(coverage, nearby, tell, CONFIRMATIONS)
    return compact(coverage.cells, coverage.demands, coverage.pool(), coverage.used, coverage.attackers())
