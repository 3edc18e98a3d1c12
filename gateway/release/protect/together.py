"""Everything that an exchange ever released as one table, for the separate verifier: what earlier releases and this one
show is checked together, from all contributors' records."""

import json
from collections.abc import Iterable
from typing import Any

from gateway.disclosure import Declaration, Exchange, Microdata, ProtectedTable
from gateway.model.cells import Place, Status
from gateway.release.protect.files import csv_bytes, published_csv, secret_csv
from gateway.release.protect.handing import TOGETHER


def together(table: ProtectedTable, before: Exchange) -> dict[str, bytes]:
    """Declaration, contributors, cells and published figures of all releases, as files of ``gateway protect``.

    The declaration shows the levels that any release showed; ``partial``: not all cells of these levels
    are listed."""
    new = {cell.place: cell.status for cell in table.cells}
    cells = []
    for place, row in sorted(table.system.row_of.items()):
        if not table.system.figures[row].value and place not in new and place not in before.held:
            continue  # a published zero is not listed
        old = Status.PUBLISHED if place in before.shown else Status.SECONDARY
        primary = bool(table.system.grid.sensitive[row] and table.system.figures[row].value)
        cells.append((place, table.system.figures[row].value, new.get(place, Status.PRIMARY if primary else old)))
    return {
        f"{TOGETHER}/declaration.toml": _declaration(table, [place for place, _, _ in cells]),
        f"{TOGETHER}/contributors.csv": _contributors(table.spec, table.records),
        f"{TOGETHER}/cells.csv": secret_csv(table.spec, cells),
        f"{TOGETHER}/published.csv": published_csv(table.spec, cells),
    }


def _declaration(table: ProtectedTable, places: Iterable[Place]) -> bytes:
    spec, records = table.spec, table.records
    document = spec.model_dump(mode="json", exclude_none=True)
    lines = [f"{name} = {json.dumps(document[name])}" for name in ("format", "model", "group", "value")]
    lines += ["partial = true"] if table.system.rests is not None else []
    columns = list(zip(*places, strict=True))
    for at, axis in enumerate(spec.dimensions):
        upward = [*reversed(axis.levels), "Total"]
        level_of: dict[str, str] = {}
        for code, above in records.above[at].items():
            level_of.update(zip((code, *above), upward, strict=True))
        found = {level_of[code] for code in columns[at]}
        shown = [level for level in reversed(upward) if level in found]
        lines += ["", "[[dimensions]]", f"name = {json.dumps(axis.name, ensure_ascii=False)}"]
        lines += [f"levels = {json.dumps(list(axis.levels), ensure_ascii=False)}"]
        lines += [f"shown = {json.dumps(shown, ensure_ascii=False)}"]
    for zero in spec.structural_zeros:
        lines += ["", "[[structural_zeros]]"]
        lines += [f"{json.dumps(name)} = {json.dumps(code, ensure_ascii=False)}" for name, code in zero.items()]
    lines += ["", "[rules]", *(f"{name} = {json.dumps(value)}" for name, value in document["rules"].items())]
    return ("\n".join(lines) + "\n").encode()


def _contributors(spec: Declaration, records: Microdata) -> bytes:
    header = [spec.group, *(level for axis in spec.dimensions for level in axis.levels), spec.value]
    rows: list[list[Any]] = []
    for codes, group, value in zip(records.codes, records.groups, records.values, strict=True):
        row: list[Any] = [group]
        for code, above in zip(codes, records.above, strict=True):
            row += reversed((code, *above[code][:-1]))
        rows.append([*row, value])
    return csv_bytes(header, rows)
