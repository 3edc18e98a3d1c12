"""The privacy certificate: what was searched, with what, and what came of it; counts and digests only.

It travels beside the package and is read by the receiver, so that it names source columns but never a value, and no
file name in which something was found."""

from importlib.metadata import version
from typing import Any

from gateway.base.canonical import digest
from gateway.model.documents import CERTIFICATE_ALGORITHMS
from gateway.model.finding import Finding, Tier
from gateway.privacy.canaries import CanaryCheck
from gateway.privacy.recognizers import CATALOGUE
from gateway.privacy.scanned import BLOCKING, WORDING, NotSearched, Scan, Searched
from gateway.privacy.source import SourceMatch
from gateway.privacy.text import scan_text

FORMAT = "gateway-privacy/1"
LIBRARIES = ("presidio-analyzer", "pyarrow")


def certificate(
    scan: Scan,
    match: SourceMatch | None,
    *,
    package_sha256: str,
    package_sm3: str | None = None,
    release: str | None = None,
    checked_at: str | None = None,
    canaries: CanaryCheck | None = None,
    cleared: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """A JSON document over the bytes with digest ``package_sha256``, and ``package_sm3`` where they are sealed.

    The verdict is *block* when a finding is HIGH or MEDIUM, a source value occurs, anything was not searched, the
    source was not compared (``match`` None), nothing was searched at all, or the run's ``canaries`` did not behave.
    ``cleared``: marks of MEDIUM findings that a steward cleared; a HIGH one can't be."""
    why = reasons(scan, match, canaries, cleared)
    return {
        "format": FORMAT,
        "release": release,
        "alg": dict(CERTIFICATE_ALGORITHMS) if package_sm3 else {"digest": "sha256"},
        "package_sha256": package_sha256,
        "package_sm3": package_sm3,
        "checked_at": checked_at,
        "searched": [_searched(s) for s in scan.searched],
        "cells": scan.cells,
        "not_searched": [_not_searched(n) for n in _missed(scan, match)],
        "recognizers": [
            {"entity": e.entity, "name": e.name, "version": e.version, "standard": e.standard} for e in CATALOGUE
        ],
        "libraries": {name: version(name) for name in LIBRARIES},
        "source": None if match is None else _source(match),
        "findings": scan.counts(),
        "cleared": Scan(findings=tuple(f for f in scan.findings if _cleared(f, cleared))).counts(),
        "canaries": None if canaries is None else canaries.document(),
        "reasons": why,
        "verdict": "block" if why else "pass",
    }


def reasons(
    scan: Scan, match: SourceMatch | None, canaries: CanaryCheck | None = None, cleared: frozenset[str] = frozenset()
) -> list[str]:
    """Why this may not leave, as stable words; empty when it may."""
    found = []
    if any(f.tier in BLOCKING and not _cleared(f, cleared) for f in scan.findings):
        found.append("finding")
    if match is None or not match.checked:
        found.append("source-not-compared")
    elif any(c.matches for c in match.columns):
        found.append("source-match")
    if _missed(scan, match):
        found.append("not-searched")
    if not scan.cells:
        found.append("nothing-searched")
    if canaries is not None and not canaries.passed:
        found.append("canary")
    return found


def _cleared(finding: Finding, marks: frozenset[str]) -> bool:
    return finding.tier is Tier.MEDIUM and finding.mark in marks


def _missed(scan: Scan, match: SourceMatch | None) -> list[NotSearched]:
    both = [*scan.not_searched, *(match.not_searched if match else ())]
    return sorted(set(both))


def _searched(item: Searched) -> dict[str, Any]:
    return {"file": _name(item.file), "sha256": item.sha256, "cells": item.cells}


def _not_searched(item: NotSearched) -> dict[str, str]:
    zh, en = WORDING[item.reason]
    return {"file": _name(item.file), "reason": item.reason.value, "zh": zh, "en": en}


def _source(match: SourceMatch) -> dict[str, Any]:
    return {
        "checked": match.checked,
        "columns": [
            {
                "column": c.column,
                "kind": c.kind.value,
                "checked": c.checked,
                "matches": c.matches,
                "cleared": dict(c.cleared),
                "files": [_name(f) for f in c.files],
            }
            for c in match.columns
        ],
    }


def _name(file: str) -> str:
    """A file's name, or its digest where the name itself may be personal data."""
    return f"sha256:{digest(file.encode())}" if scan_text(file) or scan_text(file.rsplit("!", 1)[-1]) else file
