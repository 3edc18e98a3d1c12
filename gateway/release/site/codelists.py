"""Code lists from their CSV files: hierarchies, and the bands of those that have edges."""

import csv
from pathlib import Path

from gateway.base.errors import ConfigurationError
from gateway.ingest import Band
from gateway.model.hierarchy import REST, Hierarchy, Node
from gateway.model.table import Wording
from gateway.release.site.settings import HierarchySettings

Edges = dict[str, tuple[int | None, int | None]]


def read_hierarchy(name: str, settings: HierarchySettings, folder: Path) -> Hierarchy:
    """The hierarchy ``name``. Raises ConfigurationError naming the file and what is wrong with it."""
    rows = _rows(folder / settings.file, settings)
    listed = {row[settings.code] for row in rows}
    top = settings.top
    nodes = [Node(code=top.code, label=top.zh, label_en=top.en, level=top.level, parent=None)] if top else []
    for row in rows:
        code = row[settings.code]
        above = row[settings.parent] if settings.parent else None
        parent = above if above in listed and above != code else (top.code if top else None)
        label = row[settings.label]
        label_en = (row[settings.label_en] if settings.label_en else "") or label
        level = row[settings.level] if settings.level else settings.all_at or ""
        nodes.append(Node(code=code, label=label, label_en=label_en, level=level, parent=parent))
    head = next(node.code for node in nodes if node.parent is None)
    for extra in settings.extra:
        nodes.append(Node(code=extra.code, label=extra.zh, label_en=extra.en, level=extra.level, parent=head))
    if settings.rest:
        nodes += _rest(nodes, settings.levels, settings.rest)
    unknown = {node.level for node in nodes} - set(settings.levels)
    if unknown:
        raise ConfigurationError(
            f"代码表 {name}:层级 {'、'.join(sorted(unknown))} 未声明",
            f"code list {name}: undeclared levels {', '.join(sorted(unknown))}",
        )
    return Hierarchy(name=name, levels=settings.levels, nodes=tuple(nodes), edition=settings.edition)


def read_bands(settings: HierarchySettings, folder: Path) -> tuple[tuple[Band, ...], Edges]:
    """(the bands in integer units for parsing, each band's edges in the file's unit)."""
    columns = settings.bands
    if columns is None:
        return (), {}
    bands, edges = [], Edges()
    for row in _rows(folder / settings.file, settings):
        low, high = row[columns.low], row[columns.high]
        if not low and not high:
            continue
        edges[row[settings.code]] = (int(low) if low else None, int(high) if high else None)
        unit = row[columns.unit] if columns.unit else ""
        top = int(high) * columns.scale if high else None
        bands.append(Band(code=row[settings.code], unit=unit, low=int(low or 0) * columns.scale, high=top))
    return tuple(bands), edges


def _rest(nodes: list[Node], levels: tuple[str, ...], wording: Wording) -> list[Node]:
    """A "not stated" child below every node that can have children."""
    parents = {node.parent for node in nodes}
    return [
        Node(
            code=node.code + REST,
            label=f"{node.label}({wording.zh})",
            label_en=f"{node.label_en} ({wording.en})",
            level=levels[levels.index(node.level) + 1],
            parent=node.code,
        )
        for node in nodes
        if node.code in parents
    ]


def _rows(path: Path, settings: HierarchySettings) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path}: 没有这个文件", f"{path}: no such file", next="gateway doctor") from error
    bands = settings.bands
    wanted = [settings.code, settings.label, settings.label_en, settings.level, settings.parent]
    wanted += [bands.low, bands.high, bands.unit] if bands else []
    lacking = [name for name in wanted if name and rows and name not in rows[0]]
    if lacking or not rows:
        names = "、".join(lacking) or "*"
        raise ConfigurationError(f"{path}: 缺少列或没有内容：{names}", f"{path}: lacks columns or rows: {names}")
    return rows
