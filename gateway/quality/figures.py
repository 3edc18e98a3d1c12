"""The columns that show a figure: its mark, and whether value and mark agree."""

from gateway.model.cells import PublishedTable, Shown
from gateway.quality.columns import Column, integers, texts


def shown(table: PublishedTable, name: str) -> list[Shown | None]:
    """The figure in each row, None where the row has none of this name."""
    return [figures.get(name) for figures in table.rows.values()]


def mark_columns(table: PublishedTable, name: str) -> dict[str, Column]:
    """The figure's mark, missing where the row has no such figure, and both ways in which value and mark disagree."""
    found = shown(table, name)
    return {
        f"{name}__mark": texts(None if s is None else str(s.mark) for s in found),
        f"{name}__withheld_has_value": integers(
            int(s is not None and not s.mark.has_value and s.value is not None) for s in found
        ),
        f"{name}__normal_without_value": integers(
            int(s is not None and s.mark.has_value and s.value is None) for s in found
        ),
    }
