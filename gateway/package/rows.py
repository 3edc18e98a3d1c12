"""The rows of a published table, checked and in a reader's order, before anything is written.

A table that says more than it may (a value under a mark that hides it, a code that the declaration doesn't show) is
refused here, once, for every format."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from gateway.base.errors import ConfigurationError, DisclosureError, QualityError
from gateway.model.cells import Place, PublishedTable, Shown
from gateway.model.hierarchy import Hierarchy, Node
from gateway.model.table import Dimension
from gateway.package.columns import figures, hierarchy_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One place of a table. ``depths``: for each dimension how many shown levels lie above the node (0: its total)."""

    place: Place
    nodes: tuple[Node, ...]
    depths: tuple[int, ...]
    figures: Mapping[str, Shown]


def rows(table: PublishedTable, hierarchies: Mapping[str, Hierarchy]) -> list[Row]:
    """The rows in the order of the code lists, each total before its parts.

    Raises ConfigurationError for a place outside the declaration, QualityError for a figure that is absent or not a
    number, DisclosureError for a value under a mark that hides it."""
    spec = table.spec
    lists = [hierarchy_of(dimension, hierarchies) for dimension in spec.dimensions]
    expected = {figure.name for figure in figures(spec)}
    paths = [_paths(hierarchy) for hierarchy in lists]
    found = []
    for number, (place, shown) in enumerate(table.rows.items(), start=1):
        if len(place) != len(lists):
            raise _refused(spec.name, number, "维度个数不符", "it has another number of dimensions")
        for code, dimension, hierarchy in zip(place, spec.dimensions, lists, strict=True):
            if code not in hierarchy or hierarchy[code].level not in dimension.levels:
                where = f"代码不在维度 {dimension.name} 公布的层级内"
                raise _refused(spec.name, number, where, f"its code is not at a level that {dimension.name} shows")
        _check_figures(spec.name, number, expected, shown)
        nodes = tuple(hierarchy[code] for code, hierarchy in zip(place, lists, strict=True))
        found.append(Row(place=place, nodes=nodes, depths=_depths(place, spec.dimensions, lists), figures=shown))
    found.sort(key=lambda row: tuple(path[code] for path, code in zip(paths, row.place, strict=True)))
    return found


def _check_figures(table: str, number: int, expected: set[str], shown: Mapping[str, Shown]) -> None:
    if set(shown) != expected:
        raise QualityError(
            f"表 {table} 第 {number} 行：指标与声明不一致", f"table {table}, row {number}: not the declared figures"
        )
    for name, figure in shown.items():
        if not figure.mark.has_value and figure.value is not None:
            raise DisclosureError(
                f"表 {table} 第 {number} 行：{name} 标为不公布或缺失，却带有数值",
                f"table {table}, row {number}: {name} is marked withheld or missing and yet has a value",
                safe=("没有写出任何文件", "no file has been written"),
            )
        if figure.mark.has_value and not _is_number(figure.value):
            raise QualityError(
                f"表 {table} 第 {number} 行：{name} 标为正常，却没有数值",
                f"table {table}, row {number}: {name} is marked normal and has no number",
            )


def _is_number(value: int | Decimal | None) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, Decimal) and value.is_finite()
    )


def _refused(table: str, number: int, zh: str, en: str) -> ConfigurationError:
    return ConfigurationError(
        f"表 {table} 第 {number} 行：{zh}",
        f"table {table}, row {number}: {en}",
        safe=("没有写出任何文件", "no file has been written"),
    )


def _paths(hierarchy: Hierarchy) -> dict[str, tuple[int, ...]]:
    """Each code's way down from the top, in the list's order: sorts a list as a tree, parents first."""
    paths: dict[str, tuple[int, ...]] = {}
    for node in hierarchy.nodes:
        steps, at = [], node
        while at.parent is not None:
            steps.append(hierarchy.order[at.code])
            at = hierarchy[at.parent]
        paths[node.code] = tuple(reversed(steps))
    return paths


def _depths(place: Place, dimensions: tuple[Dimension, ...], lists: list[Hierarchy]) -> tuple[int, ...]:
    return tuple(_depth(code, d.levels, h) for code, d, h in zip(place, dimensions, lists, strict=True))


def _depth(code: str, levels: tuple[str, ...], hierarchy: Hierarchy) -> int:
    depth, above = 0, hierarchy.up(code, levels)
    while above is not None:
        depth, above = depth + 1, hierarchy.up(above, levels)
    return depth
