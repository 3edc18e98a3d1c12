"""``gateway protect``: a file of contributors protected, then proved by the separate verifier, then written.

Nothing is written before the verifier has agreed: what can't be proved is not released. A table that is declared to be
rounded has no withheld cells to prove anything of; it gets no certificate."""

import csv
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway import __version__
from gateway.base.errors import ConfigurationError, DisclosureError, GatewayError, InputError
from gateway.base.language import is_chinese, say
from gateway.base.toml import load_toml
from gateway.disclosure import (
    Declaration,
    Exchange,
    ProtectedTable,
    RoundedTable,
    exchange,
    page,
    protect,
    risk,
    round_table,
)
from gateway.model.cells import Place, Status
from gateway.release.protect.files import published_csv, rounded_csv, secret_csv
from gateway.release.protect.handing import TOGETHER, hand_out
from gateway.release.protect.together import together
from gateway.verifier.protection import ProtectionReport, verify

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    """Where a release goes: its folder, and its history, which ``begins`` with it or says what was ``before``."""

    name: str
    out: Path
    history: Path | None
    begins: bool
    before: Exchange | None

    def hand_out(self, files: dict[str, bytes], table: ProtectedTable | RoundedTable) -> None:
        """Writes the files, and the release into the history; one that was begun for it goes again if that fails."""
        hand_out(files, self.out, lambda: self._record(table))

    def _record(self, table: ProtectedTable | RoundedTable) -> None:
        if self.history is None or self.before is None:
            return
        known = exchange.begin(self.history, self.history.stem) if self.begins else self.before
        try:
            exchange.append(self.history, known, self.name, table.spec, table.microdata, table.shown)
        except (GatewayError, OSError):
            if self.begins:
                self.history.unlink(missing_ok=True)
            raise


def protect_file(
    cells: Path,
    spec: Path,
    out: Path,
    *,
    at: datetime,
    history: Path | None = None,
    begin_history: bool = False,
    release: str = "release",
    previous: Path | None = None,
    progress: Progress = lambda stage, done: None,
) -> dict[str, Any]:
    """Writes ``cells.csv`` and ``page.html`` (both secret), ``published.csv`` and the certificates to ``out``; what
    ``--json`` prints. ``previous``: the ``cells.csv`` of the table before, for the page.

    Raises InputError for bad records, ConfigurationError for a name that the history has already, IntegrityError for a
    damaged history, DisclosureError (exit 14) when a sensitive cell can't be protected or the verifier is not
    convinced; then nothing is written."""
    declaration = load_toml(spec, Declaration)
    columns = _columns(cells)
    statuses = _statuses(previous, declaration) if previous is not None else None
    before = _before(history, begin_history) if history is not None else None
    if before is not None and release in before.releases:
        raise ConfigurationError(
            f"历史中已有名为 {release} 的提供",
            f"the history has a release {release} already",
            safe=("没有写出任何文件，历史未改动", "no file was written, the history is as it was"),
            next=("用 --release 另起名称", "another name: --release"),
        )
    target = _Release(name=release, out=out, history=history, begins=begin_history, before=before)
    started = time.monotonic()
    if declaration.rounding is not None:
        return _rounded(round_table(columns, declaration, before), target, started)
    label = say("披露控制", "disclosure control")
    table = protect(columns, declaration, before, lambda part: progress(label, part))
    seconds = time.monotonic() - started
    rows = [(cell.place, cell.value, cell.status) for cell in table.cells]
    files = {"cells.csv": secret_csv(declaration, rows), "published.csv": published_csv(declaration, rows)}
    if before is None or not before.shown | before.held:
        alone = spec.read_bytes(), cells.read_bytes(), files["cells.csv"], files["published.csv"]
        files |= _certificates(_verified(*alone, before, at, progress))
    else:
        files |= _joint(together(table, before), before, at, progress)
    certificate = next((name for name in files if name.endswith("certificate.secret.json")), None)
    files["page.html"] = page(table, risk(table), name=spec.stem, previous=statuses, chinese=is_chinese())
    target.hand_out(files, table)
    return {
        "cells": len(table.cells),
        "primary": table.number(Status.PRIMARY),
        "secondary": table.number(Status.SECONDARY),
        "value_share": round(table.value_share, 6),
        "seconds": round(seconds, 3),
        "certificate": str(out / certificate) if certificate else None,
    }


def _before(history: Path, begin: bool) -> Exchange:
    """What was released before: read, or nothing where a history is to be begun. Raises IntegrityError for a damaged
    one, and for one that is there already."""
    if not begin:
        return exchange.load(history, history.stem)
    if history.exists():
        return exchange.begin(history, history.stem)
    return exchange.fresh(history.stem)


def _rounded(table: RoundedTable, target: _Release, started: float) -> dict[str, Any]:
    """Writes a rounded table."""
    seconds = time.monotonic() - started
    secret, public = rounded_csv(table.spec, ((cell.place, cell.value, cell.rounded) for cell in table.cells))
    target.hand_out({"cells.csv": secret, "published.csv": public}, table)
    return {
        "cells": len(table.cells),
        "primary": 0,
        "secondary": 0,
        "value_share": 0.0,
        "seconds": round(seconds, 3),
        "certificate": None,
        "rounding": {"base": table.spec.rounding.base if table.spec.rounding else None, "restricted": table.restricted},
    }


def _statuses(path: Path, spec: Declaration) -> dict[Place, Status]:
    """An earlier ``cells.csv``. Raises InputError when it is not one of a table with the same dimensions."""
    columns = _columns(path)
    names = [axis.name for axis in spec.dimensions]
    known = {status.value: status for status in Status}
    if list(columns) != [*names, "value", "status"] or not set(columns["status"]) <= set(known):
        raise InputError(
            f"{path}：不是同样维度的 cells.csv", f"{path}: is not the cells.csv of a table with the same dimensions"
        )
    places = zip(*(columns[name] for name in names), strict=True)
    return {place: known[status] for place, status in zip(places, columns["status"], strict=True)}


def _joint(joint: dict[str, bytes], before: Exchange, at: datetime, progress: Progress) -> dict[str, bytes]:
    """What was ever released, checked as one table."""
    spec, contributors, cells, published = joint.values()
    report = _verified(spec, contributors, cells, published, before, at, progress)
    return joint | {f"{TOGETHER}/{name}": data for name, data in _certificates(report).items()}


def _verified(
    spec: bytes,
    contributors: bytes,
    cells: bytes,
    published: bytes,
    before: Exchange | None,
    at: datetime,
    progress: Progress,
) -> ProtectionReport:
    label = say("独立核验", "the separate verifier")
    progress(label, 0.0)
    salt = secrets.token_bytes(32)
    covered = before.chain.raw if before is not None else None
    report = verify(spec, contributors, cells, published, salt=salt, at=at, version=__version__, history=covered)
    progress(label, 1.0)
    return report


def _certificates(report: ProtectionReport) -> dict[str, bytes]:
    if not report.valid or report.secret is None or report.public is None:
        failed = [check.name for check in report.checks if not check.passed]
        raise DisclosureError(
            f"独立核验未通过：{'、'.join(failed)}",
            f"the separate verifier is not convinced: {', '.join(failed)}",
            safe=("没有写出任何文件", "no file was written"),
            next=("减少该表的分组", "publish this table in a coarser breakdown"),
        )
    return {"certificate.secret.json": report.secret, "certificate.json": report.public}


def _columns(path: Path) -> dict[str, list[str]]:
    """A CSV's columns as texts. Raises InputError when it can't be read or a row has another number of cells."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = next(rows, [])
            body = list(rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}：无法作为 UTF-8 CSV 读取", f"{path}: can't be read as UTF-8 CSV") from error
    if len(set(header)) != len(header):
        raise InputError(f"{path}：列名重复", f"{path}: a column name stands twice")
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise InputError(
                f"{path}：第 {number} 行的列数与表头不同", f"{path}: row {number} has another number of cells"
            )
    return {name: [row[at] for row in body] for at, name in enumerate(header)}
