"""Whether cells.csv and published.csv say what the contributors' rows and the rules say."""

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any

from gateway.verifier.protection.cells import Cells
from gateway.verifier.protection.files import Key
from gateway.verifier.report import Problem


def check_cells(cells: Cells, found: Mapping[Key, tuple[int, str]], listed: Sequence[bool]) -> None:
    """Raises Problem unless cells.csv has exactly the recomputed cells that are ``listed``, with their values."""
    keys = list(compress(cells.keys, listed))
    missing, surplus = len(set(keys) - found.keys()), len(found.keys() - set(keys))
    if missing or surplus:
        raise Problem(
            f"cells.csv 少 {missing} 个单元，多 {surplus} 个",
            f"cells.csv lacks {missing} cells and has {surplus} others",
        )
    wrong = sum(found[key][0] != value for key, value in zip(keys, compress(cells.value.tolist(), listed), strict=True))
    if wrong:
        raise Problem(f"cells.csv 有 {wrong} 个数值不符", f"{wrong} values in cells.csv are not those recomputed")


def check_primary(cells: Cells, primary: Any, found: Mapping[Key, tuple[int, str]], listed: Sequence[bool]) -> None:
    """Raises Problem unless exactly the sensitive cells that are ``listed`` are marked primary."""
    marked = [found[key][1] == "primary" for key in compress(cells.keys, listed)]
    pairs = list(zip(compress(primary.tolist(), listed), marked, strict=True))
    missing, surplus = pairs.count((True, False)), pairs.count((False, True))
    if missing or surplus:
        raise Problem(
            f"{missing} 个敏感单元未标为 primary，{surplus} 个不敏感单元被标为 primary",
            f"{missing} sensitive cells are not marked primary, {surplus} others are",
        )


def check_published(found: Mapping[Key, tuple[int, str]], published: Mapping[Key, int | None]) -> None:
    """Raises Problem unless published.csv has the cells of cells.csv: a value exactly for those with status published,
    the same value."""
    if found.keys() != published.keys():
        raise Problem("published.csv 与 cells.csv 的单元不同", "published.csv and cells.csv have different cells")
    shown = sum((status == "published") != (published[key] is not None) for key, (_, status) in found.items())
    if shown:
        raise Problem(
            f"published.csv 有 {shown} 个标记与状态不符", f"{shown} marks in published.csv do not fit the status"
        )
    wrong = sum(published[key] not in (None, value) for key, (value, _) in found.items())
    if wrong:
        raise Problem(
            f"published.csv 有 {wrong} 个数值不符", f"{wrong} values in published.csv are not those of cells.csv"
        )
