"""A secret certificate checked again, with the files it is about and without any solver: in whole numbers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.verifier.protection import certificate as form
from gateway.verifier.protection.files import contents
from gateway.verifier.protection.findings import Findings
from gateway.verifier.protection.material import Material, Sources, read_sources
from gateway.verifier.protection.proof import unproved
from gateway.verifier.protection.report import ProtectionReport
from gateway.verifier.protection.worlds import FINE, Worlds, fitting, joined
from gateway.verifier.report import Check, Problem
from gateway.verifier.shapes import read

NAMES = ("certificate", "public", "digests", "files", "cells", "primary", "published", "history", "worlds", "results")


def recheck(
    secret: Path | bytes,
    declaration: Path | bytes,
    microdata: Path | bytes,
    cells: Path | bytes,
    published: Path | bytes,
    *,
    public: Path | bytes | None = None,
    history: Path | bytes | None = None,
) -> ProtectionReport:
    """Checks every statement of the secret certificate, and that ``public`` is its public one. Where that, or the
    ``history`` that the certificate names, is not given, the report has no such check and says so (``left_out``).
    Without a solver only cells that can be computed exactly are shown to be broken.

    ``results`` passes where the certificate states what its worlds prove; the four tests' own checks follow it."""
    missing = {name for name, given in (("public", public), ("history", history)) if given is None}
    names = [name for name in NAMES if name not in missing]
    checks: list[Check] = []
    try:
        stated = contents(secret, "certificate.secret.json")
        document = _document(stated)
        checks.append(Check(name="certificate", passed=True))
        if public is not None:
            if contents(public, "certificate.json") != form.public_of(stated, document):
                raise Problem("公开证书与秘密证书不符", "the public certificate is not that of the secret one")
            checks.append(Check(name="public", passed=True))
        sources = read_sources(declaration, microdata, cells, published, history)
        _digests(sources, document)
        checks.append(Check(name="digests", passed=True))
        material = _material(sources, checks)
        if history is not None:
            _history(material, document)
            checks.append(Check(name="history", passed=True))
        findings = _proved(material, document, checks)
        _stated(material, document, findings)
        checks.append(Check(name="results", passed=True))
    except Problem as problem:
        checks.append(Check(name=names[len(checks)], passed=False, zh=problem.zh, en=problem.en))
        return ProtectionReport(checks=tuple(checks), not_checked=tuple(names[len(checks) :]))
    return ProtectionReport(
        checks=(*checks, *findings.checks()),
        not_checked=(),
        broken=findings.keys(findings.broken),
        unknown=findings.keys(findings.unknown),
        insiders=findings.insiders,
        left_out=tuple(sorted(missing - {"history"} if document["history"] is None else missing)),
    )


def _material(sources: Sources, checks: list[Check]) -> Material:
    material = Material(sources)
    checks.append(Check(name="files", passed=True))
    for name in ("cells", "primary", "published"):
        getattr(material, f"check_{name}")()
        checks.append(Check(name=name, passed=True))
    return material


def _document(secret: bytes) -> dict[str, Any]:
    document = read(secret, form.SECRET_SHAPE)
    if form.canonical(document) != secret:
        raise Problem("证书不是规范的 JSON", "the certificate is not canonical JSON")
    return document


def _history(material: Material, document: Mapping[str, Any]) -> None:
    """The history agrees with the cells, and is the one that the certificate names; later releases do not matter."""
    stated = document["history"]
    if stated is None or material.check_history(stated["head"]).stated() != stated:
        raise Problem("证书所述的历史不是所给的历史", "the history is not the one that the certificate states")


def _digests(sources: Sources, document: Mapping[str, Any]) -> None:
    if sources.digests() != document["files"]:
        raise Problem("文件不是证书所指的文件", "the files are not those of the certificate")


def _proved(material: Material, document: Mapping[str, Any], checks: list[Check]) -> Findings:
    """What the worlds and the equations prove. Raises Problem where a world does not fit what is published."""

    system = material.system()
    count = len(material.cells.inner)
    worlds = worlds_in(document["worlds"], count)
    if not fitting(worlds, system.equations, material.cells.inner_value).all():
        raise Problem("有见证不符合已公布的数字", "a witness does not fit what is published")
    witnesses = _witnesses(document["witnesses"], material, len(worlds))
    checks.append(Check(name="worlds", passed=True))
    left = unproved(material.cells, material.demands, worlds, witnesses)
    pinned = material.determined(system)
    every = (2 << len(material.cells.names)) - 1
    return Findings.of(material, pinned, left, {cell: every for cell in witnesses if pinned[cell]})


def worlds_in(stated: Sequence[Mapping[str, Any]], count: int) -> Worlds:
    """The worlds of a certificate, of ``count`` unknowns. Raises Problem."""
    import numpy as np

    problem = Problem("见证的格式不正确", "a witness is malformed")
    places, steps = [], []
    for world in stated:
        if not world["steps"] or not 1 <= world["unit"] <= FINE:
            raise problem
        own = [
            int(name) if name.isascii() and name.isdecimal() and len(name) < 10 else count for name in world["steps"]
        ]
        if max(own) >= count or len(set(own)) != len(own):
            raise problem
        places.append(np.array(own, dtype=np.int64))
        steps.append(np.array(list(world["steps"].values()), dtype=np.int64))
    return joined([world["unit"] for world in stated], places, steps, np.int64)


def _witnesses(stated: Mapping[str, Sequence[int]], material: Material, count: int) -> dict[int, list[int]]:
    primary = {str(cell): cell for cell, one in enumerate(material.demands.primary.tolist()) if one}
    if stated.keys() != primary.keys() or any(number >= count for numbers in stated.values() for number in numbers):
        raise Problem("见证与敏感单元不对应", "the witnesses are not those of the sensitive cells")
    return {primary[name]: list(numbers) for name, numbers in stated.items()}


def _stated(material: Material, document: Mapping[str, Any], findings: Findings) -> None:
    results = dict.fromkeys(("cells", "primary", "published"), True)
    found = {
        "rules": form.rules_of(material.declaration),
        "cells": material.by_status(),
        "results": results | {one.name: one.passed for one in findings.checks()},
        **findings.stated(),
    }
    if any(document[name] != value for name, value in found.items()):
        raise Problem("证书所述不是所查得的", "the certificate does not state what is found")
