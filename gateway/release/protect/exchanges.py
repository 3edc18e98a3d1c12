"""The release history of ``gateway protect``, as a person keeps it: begun, signed, added to, emptied of values."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.base.errors import InputError
from gateway.base.sshsig import HISTORY, read_allowed_signers, verify
from gateway.base.toml import load_toml
from gateway.disclosure import Declaration, Exchange, exchange, retention
from gateway.model.cells import Place

_SAFE = ("历史未改动", "the history is as it was")


def begin_history(path: Path, *, imports: tuple[Path, Path] | None = None) -> dict[str, Any]:
    """Begins a history. ``imports``: a ``published.csv`` of before the gateway and the declaration of its table;
    without, the history states that nothing was released before. Raises IntegrityError when there is one already."""
    figures = _figures(*imports) if imports else None
    found = exchange.begin(path, path.stem, imports=figures is not None)
    if figures is not None:
        found = exchange.import_figures(path, found, *figures)
    return told(found)


def import_published(path: Path, published: Path, spec: Path) -> dict[str, Any]:
    """Adds figures that were published before the gateway. Raises IntegrityError when the history has one of them."""
    figures = _figures(published, spec)
    return told(exchange.import_figures(path, exchange.load(path, path.stem), *figures))


def sign_history(path: Path, signature: Path, allowed_signers: Path, *, at: datetime) -> dict[str, Any]:
    """Adds the signature that ``ssh-keygen -Y sign -n release-history`` made of the file as it stands.

    Raises IntegrityError when an allowed signer did not sign exactly that."""
    found = exchange.load(path, path.stem)
    armored, listed = _text(signature), _text(allowed_signers)
    signer = verify(found.chain.raw, armored, HISTORY, read_allowed_signers(listed), at)
    return told(exchange.add_signature(path, found, signer.principal, armored))


def forget_releases(path: Path, releases: list[str], *, at: datetime) -> dict[str, Any]:
    """Destroys the contributors' values of ``releases``; the history keeps their equations and intervals.

    Raises ConfigurationError for a release that is not there, DisclosureError when an interval can't be computed."""
    found = exchange.load(path, path.stem)
    kept = retention.kept(found, releases)
    return told(exchange.forget(path, found, releases, kept, at.isoformat()))


def show_history(path: Path) -> dict[str, Any]:
    """What a history says, without a figure."""
    return told(exchange.load(path, path.stem))


def told(found: Exchange) -> dict[str, Any]:
    """What ``--json`` prints of a history."""
    return {
        "exchange": found.name,
        "head": found.head,
        "before": found.chain.first["before"],
        "signed": found.signed,
        "releases": list(found.releases),
        "destroyed": list(found.destroyed),
        "published": len(found.shown),
        "withheld": len(found.held),
        "imported": len(found.imported),
    }


def _figures(published: Path, spec: Path) -> tuple[list[str], dict[Place, int | None]]:
    """The dimensions and the figures of a ``published.csv``; None for what was withheld then. Raises InputError."""
    names = [axis.name for axis in load_toml(spec, Declaration).dimensions]
    try:
        with published.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(
            f"{published}：无法作为 UTF-8 CSV 读取", f"{published}: can't be read as UTF-8 CSV", safe=_SAFE
        ) from error
    if header != [*names, "value", "mark"]:
        raise InputError(
            f"{published}：列应为各维度、value、mark",
            f"{published}: the columns should be the dimensions, value, mark",
            safe=_SAFE,
        )
    found: dict[Place, int | None] = {}
    for number, row in enumerate(rows, start=2):
        place, value, mark = tuple(row[: len(names)]), row[-2], row[-1]
        shown = mark == "A" and value.isascii() and value.isdigit() and len(value) <= 15
        if len(row) != len(header) or place in found or not all(place) or not (shown or (mark == "C" and not value)):
            raise InputError(
                f"{published}：第 {number} 行不符", f"{published}: row {number} is not as agreed", safe=_SAFE
            )
        found[place] = int(value) if shown else None
    return names, found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}：无法读取", f"{path}: can't be read", safe=_SAFE) from error
